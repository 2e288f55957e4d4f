//! How contents are reviewed (审核策略): what a site says, what a column says, and what holds where neither does.
//!
//! This file knows the policy alone; what a review is, and who may give one, is the content's business.

use serde::{Deserialize, Serialize};

use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, SiteId};
use crate::may::{Right, Target, may, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, Scope, text};

/// The most levels of review (三审 and a central review).
pub const MOST_LEVELS: u8 = 4;
/// The most sources whose reposts need no review.
const MOST_SOURCES: usize = 50;

/// How contents are reviewed before they are published (审核策略).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPolicy {
    /// How many reviews one after the other (审核级数), 1 to 4.
    pub levels: u8,
    /// Names of sources whose reposts need no review (转载免审来源).
    #[serde(default)]
    pub exempt_sources: Vec<String>,
}

impl Default for ReviewPolicy {
    /// One review, and no source is exempt.
    fn default() -> Self {
        Self { levels: 1, exempt_sources: Vec::new() }
    }
}

/// The policy as it is kept, or a refusal of what is wrong in it.
pub(crate) fn accept(mut policy: ReviewPolicy) -> Result<ReviewPolicy> {
    if !(1..=MOST_LEVELS).contains(&policy.levels) {
        let (chinese, english) = ("审核级数应为1至4级", "1 to 4 levels of review");
        return Err(Refusal::new(RefusalCode::Invalid, "policy.levels", chinese, english).into());
    }
    for source in &mut policy.exempt_sources {
        *source = text::require("policy.exempt_sources", source, 100)?;
    }
    policy.exempt_sources.sort();
    policy.exempt_sources.dedup();
    if policy.exempt_sources.len() > MOST_SOURCES {
        let (chinese, english) = ("免审来源最多50个", "at most 50 sources are exempt");
        return Err(Refusal::new(RefusalCode::TooLong, "policy.exempt_sources", chinese, english).into());
    }
    Ok(policy)
}

/// The policy that holds for contents of `column`, or of `site` where no column is given: what the column says, else
/// the nearest column above it that says something, else the site, else one review of everything.
pub fn review_policy(directory: &Directory, site: SiteId, column: Option<ColumnId>) -> ReviewPolicy {
    let own = column.and_then(|id| directory.columns.get(id));
    // Ancestors come from the top down.
    let above = column.map(|id| directory.columns.ancestors(id)).unwrap_or_default();
    let of_columns = own.into_iter().chain(above.iter().rev()).find_map(|column| column.fields.review.clone());
    let of_site = || directory.sites.get(site).and_then(|site| site.fields.review.clone());
    of_columns.or_else(of_site).unwrap_or_default()
}

static OF_SITE: Sql = Sql::new("update site set document = $2 where id = $1");
static OF_COLUMN: Sql = Sql::new("update site_column set document = $2 where id = $1");

impl Library {
    /// Sets how contents of a site or a column are reviewed (setReviewPolicy); nothing for as above it.
    ///
    /// # Errors
    /// Refuses who does not keep it, what is neither a site nor a column, no or more than four levels, and too many sources.
    pub async fn set_review_policy(
        &self,
        caller: &Caller,
        on: AnyId,
        policy: Option<ReviewPolicy>,
    ) -> Result<Position> {
        let of_site = matches!(on, AnyId::SiteId(_));
        let action = if of_site { Action::SiteChanged } else { Action::ColumnChanged };
        let mut work = self.begin(caller, action).await?;
        let directory = work.directory.clone();
        let target = match on {
            AnyId::SiteId(_) | AnyId::ColumnId(_) => Target::of(&directory, on),
            _ => None,
        };
        may_at(&directory, caller, Right::Manage, target.as_ref(), "on")?;
        let policy = policy.map(accept).transpose()?;
        match on {
            AnyId::SiteId(id) => {
                let site = directory.sites.get(id).ok_or_else(|| Refusal::not_found("on"))?;
                let mut fields = site.fields.clone();
                fields.review = policy;
                work.run(&OF_SITE, &[id.into(), serde_json::to_string(&fields)?.into()]).await?;
                work.site = Some(id);
                work.list(List::sites());
            }
            AnyId::ColumnId(id) => {
                let column = directory.columns.get(id).ok_or_else(|| Refusal::not_found("on"))?;
                let mut fields = column.fields.clone();
                fields.review = policy;
                work.run(&OF_COLUMN, &[id.into(), serde_json::to_string(&fields)?.into()]).await?;
                work.site = Some(column.site);
                work.list(List::columns(column.site));
            }
            _ => return Err(Refusal::not_found("on").into()),
        }
        work.record(on, Effect::Changed);
        commit(work).await
    }
}

impl Scope {
    /// The policy that holds for a site or a column of it, for who keeps that; internal, so nothing for others.
    pub fn review_policy(&self, site: SiteId, column: Option<ColumnId>) -> Option<ReviewPolicy> {
        let directory = self.directory();
        self.note_record(AnyId::SiteId(site));
        let target = match column {
            Some(column) => {
                self.note_record(AnyId::ColumnId(column));
                let above = directory.columns.ancestors(column);
                above.iter().for_each(|above| self.note_record(AnyId::ColumnId(above.id)));
                Target::column(&directory, column).filter(|target| target.sites.contains(&site))
            }
            None => Target::site(&directory, site),
        };
        let keeps = may(&directory, self.caller()?, Right::Manage, &target?).is_ok();
        keeps.then(|| review_policy(&directory, site, column))
    }

    /// The same of a record that is a site or a column.
    pub fn review_policy_on(&self, on: AnyId) -> Option<ReviewPolicy> {
        match on {
            AnyId::SiteId(site) => self.review_policy(site, None),
            AnyId::ColumnId(column) => self.review_policy(self.directory().columns.get(column)?.site, Some(column)),
            _ => None,
        }
    }
}
