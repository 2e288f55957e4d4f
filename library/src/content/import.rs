//! Importing contents (importContents): many drafted and published in one deed; each may be refused by itself.

use super::DraftContent;
use super::draft::draft;
use super::edit::working;
use super::publish::publish_at;
use crate::Library;
use crate::changes::{Action, Caller, Work, commit};
use crate::database::Sql;
use crate::id::{AttachmentId, ContentId};
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// The most contents of one deed.
const MOST: usize = 1_000;

static FILES: Sql = Sql::new("select count(*) from attachment where id in ids($1)");

impl Library {
    /// Drafts and publishes contents in one deed. A refused one is left out and the rest goes on; the answers stand
    /// in the order of the input.
    ///
    /// # Errors
    /// Refuses more than 1,000 contents. Any other failure leaves nothing of the batch behind.
    pub async fn import_contents(
        &self,
        caller: &Caller,
        contents: Vec<DraftContent>,
    ) -> Result<Vec<Result<ContentId, Refusal>>> {
        if contents.len() > MOST {
            let message = format!("一次最多导入{MOST}条");
            return Err(Refusal::new(RefusalCode::TooLong, "contents", message, format!("at most {MOST}")).into());
        }
        let mut work = self.begin(caller, Action::ContentPublished).await?;
        let mut answers = Vec::with_capacity(contents.len());
        for content in contents {
            answers.push(import(&mut work, content).await?);
        }
        if answers.iter().any(Result::is_ok) {
            commit(work).await?;
        }
        Ok(answers)
    }
}

/// Drafts and publishes one content within an open deed. Everything that may be refused is refused before the first
/// write, so that a refused content leaves nothing in the deed of the others.
async fn import(work: &mut Work, content: DraftContent) -> Result<Result<ContentId, Refusal>> {
    let id = ContentId(work.library().new_id());
    let drafted = match files_exist(work, &content).await {
        Ok(()) => draft(work, id, content).await,
        Err(error) => Err(error),
    };
    match drafted {
        Ok(()) => {}
        Err(Error::Refused(refusal)) => return Ok(Err(refusal)),
        Err(error) => return Err(error),
    }
    // A refusal from here on would leave a draft behind: it ends the deed.
    let before = working(work, id).await?;
    publish_at(work, id, before).await?;
    Ok(Ok(id))
}

/// Publishing looks the files up; an import has to know before it drafts.
async fn files_exist(work: &mut Work, content: &DraftContent) -> Result<()> {
    let fields = &content.fields;
    let mut files: Vec<AttachmentId> =
        fields.attachments.iter().chain(&fields.cover).map(|used| used.attachment).collect();
    files.sort_unstable();
    files.dedup();
    if files.is_empty() {
        return Ok(());
    }
    let known: i64 = work.row(&FILES, &[files.as_slice().into()]).await?.map_or(Ok(0), |row| row.get(0))?;
    if usize::try_from(known).is_ok_and(|known| known == files.len()) {
        return Ok(());
    }
    Err(Refusal::not_found("attachments").into())
}
