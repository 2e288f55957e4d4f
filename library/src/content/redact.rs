//! Redacting (redactRevision): personal data that was published by mistake is overwritten in every revision and in what is
//! live; the fact stays. Two administrators of the platform have to ask for the same.

use object_store::ObjectStoreExt as _;
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::publish::publish_at;
use super::state::ContentState;
use super::working::{Standing, Working, move_on, revision, working};
use super::{ContentFields, check::at_most};
use crate::attachment::place;
use crate::changes::{Action, Caller, List, Work, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, AttachmentId, ContentId};
use crate::may::{Right, Target, may, require_account};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// What is to be overwritten.
#[derive(Debug, Clone)]
pub struct RedactRevision {
    /// In which content.
    pub id: ContentId,
    /// Texts, as they stand in its fields.
    pub texts: Vec<String>,
    /// Files, which are removed.
    pub attachments: Vec<AttachmentId>,
    /// Why.
    pub reason: String,
}

/// What stands in the place of what was overwritten, once for each character.
const BLOCK: &str = "█";

static ASKED: Sql = Sql::new("select account from redaction where content_id = $1 and digest = $2 and done_at is null");
static ASK: Sql = Sql::new(
    "insert into redaction (content_id, digest, account, at) values ($1, $2, $3, $4)
     on conflict (content_id, digest) do update set account = excluded.account, at = excluded.at, done_by = null,
       done_at = null",
);
static DONE: Sql = Sql::new("update redaction set done_by = $3, done_at = $4 where content_id = $1 and digest = $2");
static REVISIONS: Sql = Sql::new("select number, document, note from revision where content_id = $1 order by number");
static OVERWRITE: Sql = Sql::new("update revision set document = $3, note = $4 where content_id = $1 and number = $2");
static TITLE: Sql = Sql::new("update working set title = $2 where content_id = $1");
static PLACED_TITLE: Sql =
    Sql::new("update placement set title = replace(title, $2, $3) where content_id = $1 and title is not null");
static FILES: Sql = Sql::new("select id, sha256 from attachment where id in ids($1)");
static SAME_BYTES: Sql = Sql::new("select id from attachment where sha256 = $1 and not (id in ids($2)) limit 1");

impl Library {
    /// Asks for a redaction, or does what another administrator asked for; answers whether it was done.
    ///
    /// # Errors
    /// Refuses who is no administrator of the platform, an unknown content, nothing to be overwritten, texts that stand
    /// nowhere, a missing reason, and the same account twice.
    pub async fn redact_revision(&self, caller: &Caller, redact: RedactRevision) -> Result<(bool, Position)> {
        require_account(caller)?;
        let mut work = self.begin(caller, Action::ContentRedacted).await?;
        may(&work.directory, caller, Right::Platform, &Target::platform())?;
        let before = working(&mut work, redact.id).await?;
        let texts = accept(&redact)?;
        let reason = text::require("reason", &redact.reason, 500)?;
        let digest = digest(&texts, &redact.attachments);
        let asked = work.row(&ASKED, &[before.id.into(), (&digest).into()]).await?;
        let actor = work.actor.clone();
        work.site = Some(before.site);
        work.reason = Some(reason);
        work.list(List::working(before.id));
        let first = match asked.as_ref().and_then(|row| row.text(0)) {
            None => None,
            Some(first) if first == actor => {
                let (message, english) = ("须由另一位平台管理员确认", "another administrator has to confirm it");
                return Err(Refusal::new(RefusalCode::NotAllowed, "", message, english).into());
            }
            Some(first) => Some(first.to_owned()),
        };
        if first.is_none() {
            work.action = Action::RedactionRequested;
            require_there(&mut work, &before, &texts, &redact.attachments).await?;
            work.run(&ASK, &[before.id.into(), digest.into(), actor.into(), work.at.into()]).await?;
            return commit_as(work, |position| (false, position)).await;
        }
        overwrite(&mut work, &before, &texts, &redact.attachments).await?;
        let bytes = own_bytes(&mut work, &redact.attachments).await?;
        work.run(&DONE, &[before.id.into(), digest.into(), actor.into(), work.at.into()]).await?;
        work.action = Action::ContentRedacted;
        let done = commit_as(work, |position| (true, position)).await?;
        for sha256 in bytes {
            // What cannot be removed now is shown by nothing, and is tried again with what nobody uses.
            if let Err(error) = self.files().delete(&place(&sha256)).await {
                tracing::warn!(%error, "the bytes of a redacted file could not be removed yet");
            }
        }
        Ok(done)
    }
}

fn accept(redact: &RedactRevision) -> Result<Vec<String>> {
    at_most("texts", redact.texts.len(), 50)?;
    at_most("attachments", redact.attachments.len(), 50)?;
    if redact.texts.is_empty() && redact.attachments.is_empty() {
        let (message, english) = ("请写明要删除的文字或文件", "say which texts or files are to go");
        return Err(Refusal::new(RefusalCode::Required, "texts", message, english).into());
    }
    redact.texts.iter().map(|given| text::require("texts", given, 500)).collect()
}

fn digest(texts: &[String], attachments: &[AttachmentId]) -> String {
    let mut all: Vec<String> = texts.to_vec();
    all.extend(attachments.iter().map(ToString::to_string));
    all.sort();
    Sha256::digest(serde_json::json!(all).to_string()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses what stands in no revision.
async fn require_there(
    work: &mut Work,
    before: &Working,
    texts: &[String],
    attachments: &[AttachmentId],
) -> Result<()> {
    let mut documents = String::new();
    for row in work.rows(&REVISIONS, &[before.id.into()]).await? {
        let document: Json = row.json(1)?;
        strings(&document, &mut |found| documents.push_str(&format!("{found}\n")));
        documents.push_str(row.text(2).unwrap_or_default());
    }
    let missing = |(at, _): &(usize, &String)| *at;
    if let Some(at) =
        texts.iter().enumerate().find(|(_, text)| !documents.contains(text.as_str())).as_ref().map(missing)
    {
        return Err(Refusal::not_found(&format!("texts.{at}")).into());
    }
    if let Some(at) = attachments.iter().position(|id| !documents.contains(&id.to_string())) {
        return Err(Refusal::not_found(&format!("attachments.{at}")).into());
    }
    Ok(())
}

fn strings(value: &Json, found: &mut impl FnMut(&str)) {
    match value {
        Json::String(text) => found(text),
        Json::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Json::Object(fields) => fields.values().for_each(|value| strings(value, found)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Overwrites every revision, and what is live.
async fn overwrite(work: &mut Work, before: &Working, texts: &[String], attachments: &[AttachmentId]) -> Result<()> {
    let id = before.id;
    for row in work.rows(&REVISIONS, &[id.into()]).await? {
        let number: i64 = row.get(0)?;
        let mut document: Json = row.json(1)?;
        blacken(&mut document, texts);
        let mut fields: ContentFields = serde_json::from_value(document).map_err(|_| too_short())?;
        fields.attachments.retain(|used| !attachments.contains(&used.attachment));
        fields.cover = fields.cover.filter(|used| !attachments.contains(&used.attachment));
        let note = row.text(2).map(|note| blackened(note, texts));
        let params = [id.into(), number.into(), serde_json::to_string(&fields)?.into(), note.into()];
        work.run(&OVERWRITE, &params).await?;
    }
    work.run(&TITLE, &[id.into(), blackened(&before.title, texts).into()]).await?;
    for text in texts {
        work.run(&PLACED_TITLE, &[id.into(), text.into(), block(text).into()]).await?;
    }
    if let Some(live) = before.live_revision {
        publish_at(work, id, Working { revision: live, ..before.clone() }).await?;
        if before.state != ContentState::Published {
            let standing = Standing { level: before.level, levels: before.levels, returned: before.returned };
            move_on(work, id, before.state, standing).await?;
        }
    }
    // Read back: a revision that was not whole any more would have been refused here, and nothing written.
    revision(work, id, before.revision).await?;
    Ok(())
}

/// A text that is a part of a day, a name of a kind or the like as well: overwriting it would break the revision.
fn too_short() -> Refusal {
    let message = "该文字也是日期或代码的一部分，请给出更长的文字";
    let english = "it is a part of a day or a code as well: give a longer text";
    Refusal::new(RefusalCode::Invalid, "texts", message, english)
}

fn block(text: &str) -> String {
    BLOCK.repeat(text.chars().count())
}

fn blackened(text: &str, texts: &[String]) -> String {
    texts.iter().fold(text.to_owned(), |text, found| text.replace(found.as_str(), &block(found)))
}

fn blacken(value: &mut Json, texts: &[String]) {
    match value {
        // Identifiers name nobody.
        Json::String(text) if text.parse::<AnyId>().is_ok() => {}
        Json::String(text) => *text = blackened(text, texts),
        Json::Array(values) => values.iter_mut().for_each(|value| blacken(value, texts)),
        Json::Object(fields) => fields.values_mut().for_each(|value| blacken(value, texts)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// The bytes that only these files have.
async fn own_bytes(work: &mut Work, attachments: &[AttachmentId]) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    for row in work.rows(&FILES, &[attachments.into()]).await? {
        let sha256: String = row.get(1)?;
        if work.row(&SAME_BYTES, &[(&sha256).into(), attachments.into()]).await?.is_none() {
            bytes.push(sha256);
        }
    }
    Ok(bytes)
}
