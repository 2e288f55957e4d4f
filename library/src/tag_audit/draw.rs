//! Drawing contents for an audit (drawTagAudit, 标签抽检取样).

use serde_json::json;

use super::sample::Sample;
use super::{Unit, read};
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, OrganisationId, SiteId, TagAuditId};
use crate::instant::{Date, Instant};
use crate::may::{Right, Target, may_at, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position};

/// The most contents of one audit.
const MOST: usize = 500;

/// What is to be drawn.
#[derive(Debug, Clone)]
pub struct DrawTagAudit {
    /// Of what this organisation publishes.
    pub organisation: Option<OrganisationId>,
    /// Or of what is at home on this site.
    pub site: Option<SiteId>,
    /// How many contents.
    pub size: i64,
    /// Only what was published from this day on.
    pub published_from: Option<Date>,
    /// Only what was published before this day.
    pub published_before: Option<Date>,
}

static INSERT: Sql = Sql::new(
    "insert into tag_audit (id, organisation_id, site_id, published_from, published_before, population, drawn, judged,
       right_tags, wrong_tags, missing_tags, drawn_at, drawn_by) values ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, $8, $9)",
);
static ITEMS: Sql = Sql::new(
    "insert into tag_audit_item (audit_id, ordinal, content_id, tags)
     select $1, as_int(r.value->>0), as_id(r.value->>1), r.value->>2 from rows($2) r",
);

impl Library {
    /// Draws contents of a unit at random, for somebody to look at their tags. What is drawn is kept with the tags that it has
    /// now.
    ///
    /// # Errors
    /// Refuses who is not of the tag office, no unit or two, an unknown one, a number of contents that is not between 1 and
    /// 500, an end that is not behind the beginning, and a unit that published nothing in that time.
    pub async fn draw_tag_audit(&self, caller: &Caller, input: DrawTagAudit) -> Result<(TagAuditId, Position)> {
        require_somebody(caller)?;
        let (unit, size) = check(&self.directory(), caller, &input)?;
        let begin = |day: Option<Date>, else_at| day.map_or(Instant(else_at), |day| self.zone().begin(day));
        let (from, before) = (begin(input.published_from, i64::MIN), begin(input.published_before, i64::MAX));
        let Sample { population, contents } = self.sample(unit, from, before, size).await?;
        if contents.is_empty() {
            let (message, english) = ("该范围内没有已发布的信息", "nothing is live of it in that time");
            return Err(Refusal::new(RefusalCode::WrongState, "", message, english).into());
        }
        let mut work = self.begin(caller, Action::TagsAudited).await?;
        let directory = work.directory.clone();
        check(&directory, caller, &input)?;
        let id = TagAuditId(self.new_id());
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let params = [
            id.into(),
            input.organisation.into(),
            input.site.into(),
            day(input.published_from).into(),
            day(input.published_before).into(),
            population.into(),
            (contents.len() as i64).into(),
            work.at.into(),
            read::account(caller).into(),
        ];
        work.run(&INSERT, &params).await?;
        let mut rows = Vec::with_capacity(contents.len());
        for (ordinal, (content, tags)) in contents.iter().enumerate() {
            rows.push(json!([ordinal, content.0.simple().to_string(), serde_json::to_string(tags)?]));
        }
        work.run(&ITEMS, &[id.into(), serde_json::Value::Array(rows).into()]).await?;
        work.site = input.site;
        work.record(AnyId::TagAuditId(id), Effect::Entered);
        work.list(List::tag_audits());
        commit_as(work, |position| (id, position)).await
    }
}

/// Refuses what cannot be drawn, or not by this caller; answers of whom and how much.
fn check(directory: &Directory, caller: &Caller, input: &DrawTagAudit) -> Result<(Unit, usize)> {
    may_at(directory, caller, Right::AuditTags, Some(&Target::platform()), "")?;
    let unit = Unit::of(input.organisation, input.site)?;
    if unit.target(directory).is_none() {
        let path = if input.site.is_some() { "site" } else { "organisation" };
        return Err(Refusal::not_found(path).into());
    }
    if let (Some(from), Some(before)) = (input.published_from, input.published_before)
        && before <= from
    {
        let (message, english) = ("截止日应晚于起始日", "it ends before it begins");
        return Err(Refusal::new(RefusalCode::Invalid, "published_before", message, english).into());
    }
    match usize::try_from(input.size) {
        Ok(size @ 1..=MOST) => Ok((unit, size)),
        _ => {
            let (message, english) = (format!("抽检数应在1到{MOST}之间"), format!("between 1 and {MOST} contents"));
            Err(Refusal::new(RefusalCode::Invalid, "size", message, english).into())
        }
    }
}
