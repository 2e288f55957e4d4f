//! Files that nothing public shows, for those who may see them: by addresses that are signed and expire.
//!
//! Who uploaded a file may see it, and who may edit a content of which some revision uses it. The proof in the address is
//! made with the signing keys; it says which file and which size of it, and until when.

use std::collections::{BTreeSet, HashMap};

use super::read::File;
use super::{Attached, Rendition};
use crate::database::Sql;
use crate::id::{AccountId, AttachmentId};
use crate::instant::Instant;
use crate::may::{Target, has_role};
use crate::refusal::Result;
use crate::{Caller, Library, Scope, Who};

/// How long a signed address is good for, in microseconds: no longer than a key is kept that was replaced.
const GOOD_FOR: i64 = 600 * 1_000_000;

/// What an address brings along as proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Until when, in seconds since 1970.
    pub expires: i64,
    /// The proof.
    pub proof: String,
}

/// What is signed for a file.
fn said(id: AttachmentId, rendition: Option<Rendition>, expires: i64) -> String {
    let rendition = rendition.map(|rendition| rendition.to_string()).unwrap_or_default();
    format!("{id}\n{rendition}\n{expires}")
}

static RECORDS: Sql = Sql::new("select id, document, account_id from attachment where id in ids($1)");
static USERS: Sql = Sql::new(
    "select distinct u.attachment_id, w.site_id, w.column_id, w.publisher_id from attachment_in_revision u
     join working w on w.content_id = u.content_id where u.attachment_id in ids($1) limit 1000",
);

impl Library {
    /// Until when an address is good that is signed now.
    pub fn signed_until(&self) -> Instant {
        Instant(self.now().0 + GOOD_FOR)
    }

    /// The query of an address that shows a file to whoever has it, until then: `expires=...&signature=...`.
    pub fn signed_query(&self, id: AttachmentId, rendition: Option<Rendition>, until: Instant) -> String {
        let expires = until.0 / 1_000_000;
        let proof = self.seal(&said(id, rendition, expires));
        format!("expires={expires}&signature={proof}")
    }

    /// The proof that this library wrote a text; empty while it has no key, which proves nothing.
    pub(super) fn seal(&self, text: &str) -> String {
        let directory = self.directory();
        // The newest key is the first.
        directory.signing_keys.all().first().map(|key| key.files.sign(text)).unwrap_or_default()
    }

    /// Whether this library wrote a text: with the key that signs now, or with one that it replaced.
    pub(super) fn is_sealed(&self, text: &str, proof: &str) -> bool {
        self.directory().signing_keys.all().iter().any(|key| key.files.verify(text, proof))
    }

    /// A file by its signed address; nothing if the proof is not good for it, or not any more.
    ///
    /// # Errors
    /// Refuses a rendition of what is not a picture.
    pub async fn signed_file(
        &self,
        id: AttachmentId,
        rendition: Option<Rendition>,
        signature: &Signature,
    ) -> Result<Option<File>> {
        let expired = signature.expires <= self.now().0 / 1_000_000;
        if expired || !self.is_sealed(&said(id, rendition, signature.expires), &signature.proof) {
            return Ok(None);
        }
        let rows = self.database().rows(&RECORDS, &[[id].as_slice().into()]).await?;
        match rows.first() {
            Some(row) => self.file_of(row.json(1)?, rendition).await.map(Some),
            None => Ok(None),
        }
    }

    /// Signs the addresses of this library's files in a text of HTML, for somebody who may see them before the public
    /// does.
    pub fn sign_html(&self, html: &str, until: Instant) -> String {
        let begin = format!("{}/{}_", self.files_url(), AttachmentId::PREFIX);
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find(&begin) {
            let (before, found) = rest.split_at(at);
            let end = found.find(['"', '\'', ' ', '<', '>', '?', '#']).unwrap_or(found.len());
            let (address, after) = found.split_at(end);
            out.push_str(before);
            out.push_str(address);
            let parts: Vec<&str> = address[self.files_url().len()..].split('/').skip(1).collect();
            let rendition = if parts.len() > 2 { parts.get(1).and_then(|name| name.parse().ok()) } else { None };
            if let Some(Ok(id)) = parts.first().map(|id| id.parse())
                && !after.starts_with('?')
            {
                out.push('?');
                out.push_str(&self.signed_query(id, rendition, until).replace('&', "&amp;"));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

impl Scope {
    /// Files that nothing public shows, as far as who asks may see them; their addresses are signed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_attachments(&self, ids: &[AttachmentId]) -> Result<HashMap<AttachmentId, Attached>> {
        let mut seen = HashMap::new();
        let Some(caller) = self.caller().cloned() else { return Ok(seen) };
        let Who::Account(account, _) = caller.who else { return Ok(seen) };
        let mut others = HashMap::new();
        for row in self.rows(&RECORDS, vec![ids.into()]).await? {
            let attached: Attached = row.json(1)?;
            match row.get::<Option<AccountId>>(2)? == Some(account) && self.library().may_upload(&caller).is_ok() {
                true => drop(seen.insert(attached.id, attached.signed())),
                false => drop(others.insert(attached.id, attached)),
            }
        }
        // Asked of all of them, whatever was found: what is hidden and what is not there run the same statements.
        for id in self.of_contents_on_the_desk(&caller, ids).await? {
            seen.extend(others.remove(&id).map(|attached| (id, attached.signed())));
        }
        Ok(seen)
    }

    /// Those of the files which some revision uses of a content that `caller` has a role over.
    async fn of_contents_on_the_desk(&self, caller: &Caller, ids: &[AttachmentId]) -> Result<BTreeSet<AttachmentId>> {
        let directory = self.directory();
        let mut found = BTreeSet::new();
        for row in self.rows(&USERS, vec![ids.into()]).await? {
            let target = Target::content(&directory, row.get(1)?, row.get(2)?, row.get(3)?, false);
            if has_role(&directory, Some(caller), &target) {
                found.insert(row.get(0)?);
            }
        }
        Ok(found)
    }
}
