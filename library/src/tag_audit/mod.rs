//! Audits of tags (标签抽检): the tag office draws contents of a unit at random, somebody from outside looks whether their tags are
//! right, and what was found is kept and counted. An audit changes no content and no tag.

mod draw;
mod faults;
mod judge;
mod read;
mod sample;

use serde::{Deserialize, Serialize};

use crate::Directory;
use crate::changes::List;
use crate::database::Row;
use crate::id::{AccountId, ContentId, OrganisationId, SiteId, TagAuditId, TagId};
use crate::instant::{Date, Instant};
use crate::may::Target;
use crate::refusal::{Refusal, RefusalCode, Result};

pub use draw::DrawTagAudit;
pub use faults::TagFaults;
pub use judge::TagVerdict;

/// Whose contents are audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// What an organisation publishes.
    Organisation(OrganisationId),
    /// What is at home on a site.
    Site(SiteId),
}

impl Unit {
    /// The one of two that is given.
    ///
    /// # Errors
    /// Refuses none and both.
    pub fn of(organisation: Option<OrganisationId>, site: Option<SiteId>) -> Result<Self> {
        match (organisation, site) {
            (Some(organisation), None) => Ok(Self::Organisation(organisation)),
            (None, Some(site)) => Ok(Self::Site(site)),
            (None, None) => {
                let (message, english) = ("请给出机构或站点", "say which organisation or which site");
                Err(Refusal::new(RefusalCode::Required, "organisation", message, english).into())
            }
            (Some(_), Some(_)) => {
                let (message, english) = ("机构与站点只能给出一个", "an organisation or a site, not both");
                Err(Refusal::new(RefusalCode::Invalid, "site", message, english).into())
            }
        }
    }

    /// Who works for it: those of the organisation and of the sites that it sponsors, or those of the site.
    fn target(self, directory: &Directory) -> Option<Target> {
        match self {
            Self::Organisation(id) => directory.organisations.get(id).map(|_| Target::colleagues(directory, Some(id))),
            Self::Site(id) => Target::site(directory, id),
        }
    }
}

/// What was said of the tags of a content (抽检结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// They are as they should be.
    Right,
    /// One that it has does not fit; one may be missing as well.
    Wrong,
    /// Those that it has fit, and one is missing.
    Missing,
}

/// An audit of tags.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct TagAudit {
    pub id: TagAuditId,
    pub unit: Unit,
    pub published_from: Option<Date>,
    pub published_before: Option<Date>,
    /// Among how many contents it was drawn.
    pub population: i64,
    /// How many were drawn.
    pub drawn: i64,
    pub judged: i64,
    pub right: i64,
    pub wrong: i64,
    pub missing: i64,
    pub drawn_at: Instant,
    pub drawn_by: Option<AccountId>,
}

const AUDIT: &str = "id, organisation_id, site_id, published_from, published_before, population, drawn, judged, right_tags, \
    wrong_tags, missing_tags, drawn_at, drawn_by";

impl TagAudit {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            unit: Unit::of(row.get(1)?, row.get(2)?)?,
            published_from: row.get(3)?,
            published_before: row.get(4)?,
            population: row.get(5)?,
            drawn: row.get(6)?,
            judged: row.get(7)?,
            right: row.get(8)?,
            wrong: row.get(9)?,
            missing: row.get(10)?,
            drawn_at: row.get(11)?,
            drawn_by: row.get(12)?,
        })
    }

    /// Whether everything that was drawn has been judged.
    pub fn is_complete(&self) -> bool {
        self.judged == self.drawn
    }
}

/// A content that was drawn.
#[derive(Debug, Clone)]
pub struct TagAuditItem {
    /// Which content.
    pub content: ContentId,
    /// The tags that it had when it was drawn.
    pub tags: Vec<TagId>,
    /// What was said of them; nothing before.
    pub verdict: Option<Verdict>,
    /// Those that do not fit.
    pub wrong: Vec<TagId>,
    /// Those that are missing.
    pub missing: Vec<TagId>,
    /// What was said besides.
    pub note: Option<String>,
    /// When.
    pub judged_at: Option<Instant>,
    /// By whom.
    pub judged_by: Option<AccountId>,
}

impl List {
    /// The audits of tags.
    pub(crate) fn tag_audits() -> Self {
        Self::All("tag-audits")
    }
}
