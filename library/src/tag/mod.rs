//! The tag library (标签库): groups in three spheres, tags with parents, synonyms and stewards.

mod claim;
mod create;
mod decide;
mod edit;
mod group;
mod merge;
mod propose;
mod read;
mod report;
mod suggest;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind};
use crate::content::TagAssignment;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AccountId, OrganisationId, TagGroupId, TagId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, text};

pub use claim::{ClaimTag, TagClaim, TagClaimState};
pub use create::CreateTag;
pub(crate) use create::register_names;
pub use edit::EditTag;
pub use group::{EditTagGroup, TagGroupFields};
pub(crate) use merge::followed;
pub use propose::ProposeTag;
pub use read::{TagFilter, TagLocator};
pub use report::TagUse;
pub use suggest::TagSuggestion;

/// The three spheres of the tag library (六安: 政务 / 个人 / 企业).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum TagSphere {
    Government,
    Person,
    Enterprise,
}

/// Whether a tag may be used. Only ACTIVE tags are public; a MERGED one answers its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum TagState {
    Proposed,
    Active,
    Retired,
    Merged,
}

/// A group of tags: one dimension of the library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagGroup {
    /// Its identifier.
    pub id: TagGroupId,
    /// Its code, unique in the library.
    pub code: String,
    /// What describes it.
    #[serde(flatten)]
    pub fields: TagGroupFields,
}

impl Entry for TagGroup {
    type Id = TagGroupId;
    const CHANGED_BY: &'static [Action] = &[Action::TagChanged, Action::TagsMerged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new("select id, code, document from tag_group order by rank, code");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get(0)?, code: row.get(1)?, fields: row.json(2)? })
    }

    fn id(&self) -> TagGroupId {
        self.id
    }
}

/// The most steps from a merged tag to the one that stands for it now.
const MOST_MERGES: usize = 16;

impl Directory {
    /// The tag that stands for this one now: itself, or what it was merged into.
    pub(crate) fn tag_of(&self, id: TagId) -> TagId {
        let mut id = id;
        for _ in 0..MOST_MERGES {
            match self.tags.get(id).and_then(|tag| tag.merged_into) {
                Some(target) => id = target,
                None => break,
            }
        }
        id
    }

    /// The tags as what stands for them now, each once: what counters count a content under.
    pub(crate) fn tags_of<'a>(&self, tags: impl IntoIterator<Item = &'a TagId>) -> BTreeSet<TagId> {
        tags.into_iter().map(|tag| self.tag_of(*tag)).collect()
    }

    /// The tags under which contents with one of `tags` lie in the tables now, by their order: these, and those that were
    /// merged into them as long as contents still follow.
    pub(crate) fn tags_walked(&self, tags: &[TagId]) -> Vec<TagId> {
        let mut walked = self.tags_of(tags);
        let following = self.tags.all().iter().filter(|tag| tag.following).map(|tag| tag.id);
        let merged: Vec<TagId> = following.filter(|tag| walked.contains(&self.tag_of(*tag))).collect();
        walked.extend(merged);
        walked.into_iter().collect()
    }

    /// Whether `tag` is `wanted`, merged ones counting as what they were merged into; `deep`, or lies below it.
    pub(crate) fn is_tag(&self, tag: TagId, wanted: TagId, deep: bool) -> bool {
        let (tag, wanted) = (self.tag_of(tag), self.tag_of(wanted));
        tag == wanted || (deep && self.tags.ancestors(tag).iter().any(|above| above.id == wanted))
    }
}

/// Assignments with merged tags as what they were merged into, each once.
pub(crate) fn resolve(directory: &Directory, assignments: &mut Vec<TagAssignment>) {
    let mut seen = Vec::with_capacity(assignments.len());
    assignments.retain_mut(|assignment| {
        assignment.tag = directory.tag_of(assignment.tag);
        let fresh = !seen.contains(&assignment.tag);
        seen.push(assignment.tag);
        fresh
    });
}

/// What describes a tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagFields {
    /// Its name; names and synonyms are unique among active tags.
    pub name: String,
    /// A tag of the same group above it.
    #[serde(default)]
    pub parent: Option<TagId>,
    /// Other words for the same.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// The organisation that looks after it (标签认领).
    #[serde(default)]
    pub steward: Option<OrganisationId>,
}

/// A tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tag {
    /// Its identifier.
    pub id: TagId,
    /// Its code, unique in the library.
    pub code: String,
    /// Its group.
    pub group: TagGroupId,
    /// Whether it may be used.
    pub state: TagState,
    /// Where it went, if it was merged.
    pub merged_into: Option<TagId>,
    /// Who proposed it; not taken along to other libraries.
    #[serde(skip)]
    pub proposed_by: Option<AccountId>,
    /// Whether live contents that had it are still being given what it was merged into.
    #[serde(skip)]
    pub following: bool,
    /// What describes it.
    #[serde(flatten)]
    pub fields: TagFields,
}

impl Entry for Tag {
    type Id = TagId;
    const CHANGED_BY: &'static [Action] = &[Action::TagChanged, Action::TagsMerged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, code, group_id, state, merged_into_id, document, proposed_by, following from tag order by code",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            code: row.get(1)?,
            group: row.get(2)?,
            state: row.text(3).and_then(|text| text.parse().ok()).unwrap_or(TagState::Retired),
            merged_into: row.get(4)?,
            proposed_by: row.get(6)?,
            following: row.get(7)?,
            fields: row.json(5)?,
        })
    }

    fn id(&self) -> TagId {
        self.id
    }

    fn parent(&self) -> Option<TagId> {
        self.fields.parent
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        let mut keys = vec![(KeyKind::TagCode, self.code.clone())];
        if self.state == TagState::Active {
            keys.push((KeyKind::TagName, self.fields.name.clone()));
            keys.extend(self.fields.synonyms.iter().map(|name| (KeyKind::TagName, name.clone())));
        }
        keys
    }
}

/// The most synonyms of a tag.
const MOST_SYNONYMS: usize = 100;

fn accept(mut fields: TagFields, id: Option<TagId>, group: TagGroupId, directory: &Directory) -> Result<TagFields> {
    fields.name = text::require("name", &fields.name, 30)?;
    if fields.synonyms.len() > MOST_SYNONYMS {
        let (message, english) = (format!("最多{MOST_SYNONYMS}个同义词"), format!("at most {MOST_SYNONYMS} synonyms"));
        return Err(Refusal::new(RefusalCode::TooLong, "synonyms", message, english).into());
    }
    for name in &mut fields.synonyms {
        *name = text::require("synonyms", name, 30)?;
    }
    for name in fields.synonyms.iter().chain([&fields.name]) {
        if directory.tags.by_key(KeyKind::TagName, name).is_some_and(|other| Some(other.id) != id) {
            return Err(Refusal::duplicate("name").into());
        }
    }
    let names: std::collections::HashSet<_> = fields.synonyms.iter().chain([&fields.name]).collect();
    if names.len() <= fields.synonyms.len() {
        return Err(Refusal::duplicate("name").into());
    }
    if let Some(parent) = fields.parent {
        let above = directory.tags.get(parent).ok_or_else(|| Refusal::not_found("parent"))?;
        if above.group != group {
            return Err(Refusal::new(RefusalCode::Invalid, "parent", "上级标签应在同一维度", "of another group").into());
        }
        if id.is_some_and(|id| directory.tags.family(id).contains(&parent)) {
            return Err(Refusal::new(
                RefusalCode::Loop,
                "parent",
                "上级标签不能是自身或下级",
                "would be its own parent",
            )
            .into());
        }
    }
    if fields.steward.is_some_and(|steward| directory.organisations.get(steward).is_none()) {
        return Err(Refusal::not_found("steward").into());
    }
    Ok(fields)
}
