//! Drawing contents for an audit of tags, and writing down what was found (标签抽检).

use async_graphql::{Context, ID, InputObject, Result};
use library::id::{OrganisationId, SiteId, TagAuditId, TagId};

use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::{Date, id, optional_id};
use crate::tag_audit::{TagAudit, TagAuditVerdict};

/// What is to be drawn for an audit (标签抽检取样): of an organisation or of a site.
#[derive(Clone, InputObject)]
pub struct DrawTagAuditInput {
    /// Of what this organisation publishes (机构).
    pub organisation: Option<ID>,
    /// Or of what is at home on this site (站点).
    pub site: Option<ID>,
    /// How many contents, 1 to 500 (抽检数); all, if there are no more.
    pub size: i32,
    /// Only what was published from this day on (发布起始日).
    pub published_from: Option<Date>,
    /// Only what was published before this day (发布截止日之次日).
    pub published_before: Option<Date>,
}

/// What was found of the tags of one content (抽检结论).
#[derive(Clone, InputObject)]
pub struct TagVerdictInput {
    /// Which content, of those that were drawn (信息).
    pub content: ID,
    /// What was found (结论).
    pub verdict: TagAuditVerdict,
    /// The tags that do not fit, of those that it had: with WRONG (错标标签).
    pub wrong: Option<Vec<ID>>,
    /// The active tags that are missing: with MISSING, and as well with WRONG (漏标标签).
    pub missing: Option<Vec<ID>>,
    /// What is said besides (说明).
    pub note: Option<String>,
}

/// What was found in an audit (抽检结论).
#[derive(Clone, InputObject)]
pub struct RecordTagVerdictsInput {
    /// In which audit (抽检).
    pub audit: ID,
    /// What was found, at most 500 at once; of a content that is judged again, this replaces what was said before (结论).
    pub verdicts: Vec<TagVerdictInput>,
}

payload! {
    /// What was drawn (取样结果).
    DrawTagAuditPayload {
        /// The audit (抽检).
        tag_audit: TagAudit,
    }
}

payload! {
    /// What was written down (判定结果).
    RecordTagVerdictsPayload {
        /// The audit (抽检).
        tag_audit: TagAudit,
    }
}

/// Draws contents for an audit.
pub async fn draw_tag_audit(ctx: &Context<'_>, input: DrawTagAuditInput) -> Result<DrawTagAuditPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let draw = library::tag_audit::DrawTagAudit {
        organisation: optional_id::<OrganisationId>(input.organisation.as_ref())?,
        site: optional_id::<SiteId>(input.site.as_ref())?,
        size: i64::from(input.size),
        published_from: input.published_from.map(|day| day.0),
        published_before: input.published_before.map(|day| day.0),
    };
    let who = asker.clone();
    let deed = async move { library.draw_tag_audit(&who, draw).await };
    let mut drawn = None;
    let payload = done(ctx, deed, |(audit, position)| {
        drawn = Some(audit);
        DrawTagAuditPayload { position: written(position), ..DrawTagAuditPayload::default() }
    })
    .await?;
    let Some(audit) = drawn else { return Ok(payload) };
    Ok(DrawTagAuditPayload { tag_audit: TagAudit::find(&afterwards(ctx, asker), audit).await?, ..payload })
}

/// Writes down what was found.
pub async fn record_tag_verdicts(ctx: &Context<'_>, input: RecordTagVerdictsInput) -> Result<RecordTagVerdictsPayload> {
    fn ids(given: Option<Vec<ID>>) -> Result<Vec<TagId>> {
        given.unwrap_or_default().iter().map(id).collect()
    }
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let audit: TagAuditId = id(&input.audit)?;
    let mut verdicts = Vec::with_capacity(input.verdicts.len());
    for one in input.verdicts {
        verdicts.push(library::tag_audit::TagVerdict {
            content: id(&one.content)?,
            verdict: one.verdict.into(),
            wrong: ids(one.wrong)?,
            missing: ids(one.missing)?,
            note: one.note,
        });
    }
    let who = asker.clone();
    let deed = async move { library.record_tag_verdicts(&who, audit, verdicts).await };
    let shown =
        |position| RecordTagVerdictsPayload { position: written(position), ..RecordTagVerdictsPayload::default() };
    let payload = done(ctx, deed, shown).await?;
    if payload.position.is_none() {
        return Ok(payload);
    }
    Ok(RecordTagVerdictsPayload { tag_audit: TagAudit::find(&afterwards(ctx, asker), audit).await?, ..payload })
}
