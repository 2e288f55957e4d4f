//! How contents are reviewed (审核策略): what a site says, what a column says, and what holds where neither does.
//!
//! This file knows the policy alone; what a review is, and who may give one, is the content's business.

use serde::{Deserialize, Serialize};

use crate::Directory;
use crate::id::{ColumnId, SiteId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text;

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
        return Err(Refusal::new(RefusalCode::Invalid, "levels", chinese, english).into());
    }
    for source in &mut policy.exempt_sources {
        *source = text::require("exempt_sources", source, 100)?;
    }
    policy.exempt_sources.sort();
    policy.exempt_sources.dedup();
    if policy.exempt_sources.len() > MOST_SOURCES {
        let (chinese, english) = ("免审来源最多50个", "at most 50 sources are exempt");
        return Err(Refusal::new(RefusalCode::Invalid, "exempt_sources", chinese, english).into());
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
