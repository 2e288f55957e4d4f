//! Correcting imported contents whose source has changed: a new revision of each, published, all in one deed.

use super::grounds::Grounds;
use super::{Imported, Prepared, at_most, end, fresh};
use crate::Library;
use crate::changes::{Action, Caller, Work};
use crate::content::ContentState;
use crate::content::draft::save_revision;
use crate::content::publish::publish_at;
use crate::content::working::{Working, working};
use crate::database::Sql;
use crate::id::ContentId;
use crate::refusal::{Error, Refusal, RefusalCode, Result};

/// What the revision is noted as.
const NOTE: &str = "导入更正";

static UPDATE: Sql = Sql::new(
    "update working set title = $2, column_id = $3, revision = $4, edited_by = $5, updated_at = $6, publisher_id = $7
     where content_id = $1",
);

/// A content and what its source says of it now.
#[derive(Clone)]
pub struct Correction {
    /// The content.
    pub id: ContentId,
    /// Its newest revision, which must be live.
    pub revision: i64,
    /// What it is to be.
    pub content: Prepared,
}

impl Library {
    /// Publishes corrections in one deed. A refused one is left out and the rest goes on. A rehearsal finds out the
    /// same and writes nothing.
    ///
    /// # Errors
    /// Refuses more than 1,000 contents. Any other failure leaves nothing of the batch behind.
    pub async fn correct_contents(
        &self,
        caller: &Caller,
        corrections: &[Correction],
        rehearsal: bool,
    ) -> Result<Imported> {
        at_most(corrections.len())?;
        let mut work = self.begin(caller, Action::ContentEdited).await?;
        let all: Vec<&Prepared> = corrections.iter().map(|correction| &correction.content).collect();
        let mut grounds = Grounds::read(&mut work, &all, false).await?;
        let mut answers = Vec::with_capacity(corrections.len());
        for correction in corrections {
            answers.push(answer(correction, correct(&mut work, &mut grounds, correction, Over::Live).await)?);
        }
        end(work, answers, rehearsal).await
    }
}

/// What a correction goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// What is live, and nothing else.
    Live,
    /// Whatever stands here, be it in work or withdrawn; what was put away for the archive stays there.
    Anything,
}

/// Corrects contents within an open deed, whatever stands here.
pub(crate) async fn correct_within(
    work: &mut Work,
    corrections: &[&Correction],
) -> Result<Vec<Result<ContentId, Refusal>>> {
    let all: Vec<&Prepared> = corrections.iter().map(|correction| &correction.content).collect();
    let mut grounds = Grounds::read(work, &all, false).await?;
    let mut answers = Vec::with_capacity(corrections.len());
    for correction in corrections {
        answers.push(answer(correction, correct(work, &mut grounds, correction, Over::Anything).await)?);
    }
    Ok(answers)
}

/// What came of a correction; a fault is no answer.
fn answer(correction: &Correction, done: Result<()>) -> Result<Result<ContentId, Refusal>> {
    match done {
        Ok(()) => Ok(Ok(correction.id)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error),
    }
}

/// Corrects one content; what refuses does so before the first write.
async fn correct(work: &mut Work, grounds: &mut Grounds, correction: &Correction, over: Over) -> Result<()> {
    let Correction { id, revision, content } = correction;
    let id = *id;
    let before = working(work, id).await?;
    before.expect(*revision)?;
    let fields = &content.fields;
    let stands = match over {
        Over::Live => before.state == ContentState::Published && before.live_revision == Some(*revision),
        Over::Anything => before.state != ContentState::Archived,
    };
    if !stands {
        let english = "its newest revision here is not published";
        return Err(Refusal::new(RefusalCode::WrongState, "id", "本库最新版本尚未发布", english).into());
    }
    if before.kind != fields.details.kind() || before.site != content.site {
        let english = "it is of another kind or site here; withdraw it first";
        return Err(Refusal::new(RefusalCode::Invalid, "kind", "类型或站点与库中不同", english).into());
    }
    if content.index_number.is_some() && before.index_number.is_some() && content.index_number != before.index_number {
        let english = "it has another index number here, which stays for good";
        return Err(Refusal::new(RefusalCode::Invalid, "index_number", "索引号与库中不同", english).into());
    }
    let paths = grounds.new_paths(content, id);
    grounds.judge(work, content, id)??;
    let number = revision + 1;
    save_revision(work, id, number, Some(NOTE.to_owned()), fields).await?;
    let column = fields.columns.first().copied();
    let actor = work.actor.clone();
    let params = [
        id.into(),
        (&fields.title).into(),
        column.into(),
        number.into(),
        actor.into(),
        work.at.into(),
        fields.publisher.into(),
    ];
    work.run(&UPDATE, &params).await?;
    let index_number = before.index_number.clone().or_else(|| content.index_number.clone());
    publish_at(work, id, Working { revision: number, index_number, ..before }).await?;
    let rows = fresh::addresses(work, content.site, &paths, id);
    fresh::write_addresses(work, rows).await?;
    fresh::name(work, id);
    Ok(())
}
