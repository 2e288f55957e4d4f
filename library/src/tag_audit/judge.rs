//! Writing down what was found of tags (recordTagVerdicts, 抽检结论).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Verdict, read};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, ContentId, TagAuditId, TagId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::tag::TagState;
use crate::{Directory, Library, Position, text};

/// The most verdicts of one deed.
const MOST: usize = 500;
/// The most tags that a verdict names.
const MOST_TAGS: usize = 50;

/// What was said of one content.
#[derive(Debug, Clone)]
pub struct TagVerdict {
    /// Which content.
    pub content: ContentId,
    /// What.
    pub verdict: Verdict,
    /// The tags that do not fit, of those that it had.
    pub wrong: Vec<TagId>,
    /// The tags that are missing.
    pub missing: Vec<TagId>,
    /// What was said besides.
    pub note: Option<String>,
}

/// Whoever judges comes one after the other: the counts are those of everybody.
static TAKE: Sql = Sql::new("update tag_audit set judged = judged where id = $1");
static SITE: Sql = Sql::new("select site_id from tag_audit where id = $1");
static DRAWN: Sql = Sql::new("select content_id, tags from tag_audit_item where audit_id = $1");
static JUDGE: Sql = Sql::new(
    "update tag_audit_item set verdict = r.value->>1, wrong = r.value->>2, missing = r.value->>3, note = r.value->>4,
       judged_at = $3, judged_by = $4 from rows($2) r
     where tag_audit_item.audit_id = $1 and tag_audit_item.content_id = as_id(r.value->>0)",
);
static COUNT: Sql = Sql::new(
    "update tag_audit set
       judged = (select count(*) from tag_audit_item i where i.audit_id = $1 and i.verdict is not null),
       right_tags = (select count(*) from tag_audit_item i where i.audit_id = $1 and i.verdict = 'RIGHT'),
       wrong_tags = (select count(*) from tag_audit_item i where i.audit_id = $1 and i.verdict = 'WRONG'),
       missing_tags = (select count(*) from tag_audit_item i where i.audit_id = $1 and i.verdict = 'MISSING')
     where id = $1",
);

impl Library {
    /// Writes down what was said of contents that were drawn; what was said of one before is replaced.
    ///
    /// # Errors
    /// Refuses who is not of the tag office, an unknown audit, none and more than 500, a content that was not drawn or is
    /// judged twice, a wrong tag that the content did not have, a missing one that it had or that is not active, and a verdict
    /// that does not go with the tags that it names.
    pub async fn record_tag_verdicts(
        &self,
        caller: &Caller,
        audit: TagAuditId,
        verdicts: Vec<TagVerdict>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagsAudited).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::AuditTags, Some(&Target::platform()), "")?;
        if verdicts.is_empty() {
            let (message, english) = ("请给出抽检结论", "say what was found");
            return Err(Refusal::new(RefusalCode::Required, "verdicts", message, english).into());
        }
        if verdicts.len() > MOST {
            let (message, english) = (format!("一次最多{MOST}条"), format!("at most {MOST} at once"));
            return Err(Refusal::new(RefusalCode::TooLong, "verdicts", message, english).into());
        }
        let found = work.row(&SITE, &[audit.into()]).await?.ok_or_else(|| Refusal::not_found("audit"))?;
        let rows = rows(&mut work, &directory, audit, &verdicts).await?;
        let params =
            [audit.into(), serde_json::Value::Array(rows).into(), work.at.into(), read::account(caller).into()];
        work.run(&TAKE, &[audit.into()]).await?;
        work.run(&JUDGE, &params).await?;
        work.run(&COUNT, &[audit.into()]).await?;
        work.site = found.get(0)?;
        work.record(AnyId::TagAuditId(audit), Effect::Changed);
        work.list(List::tag_audits());
        commit(work).await
    }
}

/// The verdicts as they are kept.
async fn rows(
    work: &mut Work,
    directory: &Directory,
    audit: TagAuditId,
    verdicts: &[TagVerdict],
) -> Result<Vec<serde_json::Value>> {
    let mut drawn: BTreeMap<ContentId, Vec<TagId>> = BTreeMap::new();
    for row in work.rows(&DRAWN, &[audit.into()]).await? {
        drawn.insert(row.get(0)?, row.json(1)?);
    }
    let mut rows = Vec::with_capacity(verdicts.len());
    for one in verdicts {
        // Taken out: who judges it twice finds it no more.
        let Some(tags) = drawn.remove(&one.content) else {
            let again = rows.iter().any(|row: &serde_json::Value| row[0] == one.content.0.simple().to_string());
            let refusal = if again { Refusal::duplicate("verdicts") } else { Refusal::not_found("verdicts") };
            return Err(refusal.into());
        };
        check(directory, one, &tags)?;
        let note = one.note.as_deref().map(|note| text::accept("note", note, 500)).transpose()?;
        rows.push(json!([
            one.content.0.simple().to_string(),
            <&str>::from(one.verdict),
            serde_json::to_string(&one.wrong)?,
            serde_json::to_string(&one.missing)?,
            note.filter(|note| !note.is_empty()),
        ]));
    }
    Ok(rows)
}

/// Refuses a verdict that does not go with its tags, or with those that the content had.
fn check(directory: &Directory, one: &TagVerdict, tags: &[TagId]) -> Result<()> {
    let refuse =
        |code, path: &str, message: &str, english: &str| Err(Refusal::new(code, path, message, english).into());
    if one.wrong.len() > MOST_TAGS || one.missing.len() > MOST_TAGS {
        return refuse(RefusalCode::TooLong, "verdicts", "列出的标签过多", "too many tags are named");
    }
    // A tag that was merged in the meantime is the one that it was merged into.
    let had: BTreeSet<TagId> = tags.iter().map(|id| directory.tag_of(*id)).collect();
    if one.wrong.iter().any(|id| !had.contains(&directory.tag_of(*id))) {
        return refuse(RefusalCode::Invalid, "wrong", "该信息抽检时没有此标签", "the content did not have this tag");
    }
    for id in one.missing.iter().map(|id| directory.tag_of(*id)) {
        if directory.tags.get(id).is_none_or(|tag| tag.state != TagState::Active) {
            return Err(Refusal::not_found("missing").into());
        }
        if had.contains(&id) {
            return refuse(RefusalCode::Invalid, "missing", "该信息抽检时已有此标签", "the content had this tag");
        }
    }
    match (one.verdict, one.wrong.is_empty(), one.missing.is_empty()) {
        (Verdict::Right, true, true) | (Verdict::Wrong, false, _) | (Verdict::Missing, true, false) => Ok(()),
        (Verdict::Wrong, true, _) => {
            refuse(RefusalCode::Required, "wrong", "请列出错误的标签", "say which tags are wrong")
        }
        (Verdict::Missing, _, true) => {
            refuse(RefusalCode::Required, "missing", "请列出缺少的标签", "say which tags are missing")
        }
        _ => {
            let english = "the verdict does not go with the tags that it names";
            refuse(RefusalCode::Invalid, "verdict", "结论与列出的标签不符", english)
        }
    }
}
