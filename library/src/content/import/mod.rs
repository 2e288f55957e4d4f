//! Importing contents (importContents): many published or corrected in one deed; each may be refused by itself.
//!
//! What takes long is done before the deed begins: a content is prepared, then handed in. This room knows no format of
//! files and no other system.

mod correct;
mod fresh;
mod grounds;
mod origins;

use std::sync::Arc;
use std::time::Duration;

pub use correct::Correction;
pub(crate) use correct::correct_within;
pub(crate) use fresh::import as import_within;
pub use origins::KnownOrigin;

use super::check::check;
use super::{ContentFields, DraftContent, body};
use crate::changes::{Action, Caller, Work, commit_measured};
use crate::id::ContentId;
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Directory, Library, text};

/// The most contents of one deed.
const MOST: usize = 1_000;

/// The most old paths of one content.
const MOST_PATHS: usize = 50;

/// How often a deed is begun again when another node took a key meanwhile.
const ATTEMPTS: usize = 3;

/// A content of another system.
#[derive(Debug, Clone)]
pub struct ImportContent {
    /// Its home site and all that is said of it.
    pub draft: DraftContent,
    /// The index number that it has already; kept as it is.
    pub index_number: Option<String>,
    /// Paths of its site at which it was found before; they lead to it from now on.
    pub old_paths: Vec<String>,
}

impl From<DraftContent> for ImportContent {
    fn from(draft: DraftContent) -> Self {
        Self { draft, index_number: None, old_paths: Vec::new() }
    }
}

/// A content that was checked and cleaned, ready to be imported.
#[derive(Clone)]
pub struct Prepared {
    fields: ContentFields,
    site: crate::id::SiteId,
    index_number: Option<String>,
    old_paths: Vec<String>,
    /// The text of its body.
    text: String,
    /// Its first revision as it will be stored.
    document: String,
    /// What it was checked against.
    directory: Arc<Directory>,
}

impl Prepared {
    /// About how many bytes it makes the deed write.
    pub fn weight(&self) -> usize {
        self.document.len() + self.fields.body_html.len() + self.text.len()
    }
}

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    /// What became of each content, in the order of the input.
    pub answers: Vec<Result<ContentId, Refusal>>,
    /// How long the deed lasted until its COMMIT: meanwhile nobody else writes to an embedded database.
    pub held: Duration,
}

impl Library {
    /// Checks a content and does all that needs no transaction: cleans its body, derives its text.
    ///
    /// # Errors
    /// Refuses malformed fields, unknown references, columns of another site, no column, and malformed old paths.
    pub fn prepare_import(&self, content: ImportContent) -> Result<Prepared> {
        let directory = self.directory();
        let ImportContent { draft: DraftContent { site, fields }, index_number, old_paths } = content;
        if directory.sites.get(site).is_none() {
            return Err(Refusal::not_found("site").into());
        }
        let kind = fields.details.kind();
        let fields = check(fields, site, kind, &directory, Some(self.html()))?;
        if fields.columns.is_empty() {
            return Err(
                Refusal::new(RefusalCode::Required, "columns", "至少选择一个栏目", "at least one column").into()
            );
        }
        let index_number = index_number.map(|number| text::require("index_number", &number, 64)).transpose()?;
        super::check::at_most("old_paths", old_paths.len(), MOST_PATHS)?;
        let mut paths = Vec::with_capacity(old_paths.len());
        for path in &old_paths {
            let path = text::path("old_paths", path)?;
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let document = serde_json::to_string(&fields)?;
        let text = body::text(&fields.body_html);
        Ok(Prepared { fields, site, index_number, old_paths: paths, text, document, directory })
    }

    /// Publishes contents that are new in one deed. A refused one is left out and the rest goes on. A rehearsal finds
    /// out the same and writes nothing.
    ///
    /// # Errors
    /// Refuses more than 1,000 contents. Any other failure leaves nothing of the batch behind.
    pub async fn import_contents(&self, caller: &Caller, contents: &[Prepared], rehearsal: bool) -> Result<Imported> {
        at_most(contents.len())?;
        let mut attempt = 1;
        loop {
            let mut work = self.begin(caller, Action::ContentPublished).await?;
            let answers = match fresh::import(&mut work, contents).await {
                // Another node brought the same origin, path or number between the look and the write.
                Err(Error::Taken(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    continue;
                }
                answers => answers?,
            };
            return end(work, answers, rehearsal).await;
        }
    }
}

/// Commits a deed that did something, unless it was a rehearsal.
async fn end(work: Work, answers: Vec<Result<ContentId, Refusal>>, rehearsal: bool) -> Result<Imported> {
    let held = match !rehearsal && answers.iter().any(Result::is_ok) {
        true => commit_measured(work).await?.1,
        false => work.lasts(),
    };
    Ok(Imported { answers, held })
}

/// Refuses more contents than one deed may name.
fn at_most(count: usize) -> Result<()> {
    match count > MOST {
        true => {
            let message = format!("一次最多导入{MOST}条");
            Err(Refusal::new(RefusalCode::TooLong, "contents", message, format!("at most {MOST}")).into())
        }
        false => Ok(()),
    }
}
