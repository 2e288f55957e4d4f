//! Reading tags.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Tag, TagGroup, TagSphere, TagState};
use crate::changes::{KeyKind, List};
use crate::content::ContentFilter;
use crate::id::{AnyId, OrganisationId, TagGroupId, TagId};
use crate::may::{Right, Target, may};
use crate::{Scope, Who};

/// How a tag is named by those who ask for it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TagLocator {
    Id(TagId),
    Code(String),
    /// Its name or a synonym.
    Name(String),
}

/// What narrows a list of tags; all given parts must hold.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct TagFilter {
    /// The code of the group.
    pub group: Option<String>,
    pub sphere: Option<TagSphere>,
    pub state: Option<TagState>,
    pub steward: Option<OrganisationId>,
    /// A part of the name or of a synonym.
    pub name: Option<String>,
}

impl List {
    /// The tags and tag groups.
    pub(crate) fn tags() -> Self {
        Self::All("tags")
    }
}

impl Scope {
    /// An active tag; a merged one answers its target.
    pub fn tag(&self, id: TagId) -> Option<Arc<Tag>> {
        let mut id = id;
        for _ in 0..16 {
            self.note_record(AnyId::TagId(id));
            let tag = self.directory().tags.get(id).cloned()?;
            match tag.merged_into {
                Some(target) => id = target,
                None => return Some(tag).filter(|tag| tag.state == TagState::Active),
            }
        }
        None
    }

    /// The tag that a locator names.
    pub fn tag_by(&self, by: &TagLocator) -> Option<Arc<Tag>> {
        let (kind, value) = match by {
            TagLocator::Id(id) => return self.tag(*id),
            TagLocator::Code(code) => (KeyKind::TagCode, code),
            TagLocator::Name(name) => (KeyKind::TagName, name),
        };
        self.note_key(kind, value.clone());
        let id = self.directory().tags.by_key(kind, value)?.id;
        self.tag(id)
    }

    /// The tags that stand for these now, each once: what they were merged into.
    pub(crate) fn tags_meant(&self, tags: &[TagId]) -> Vec<TagId> {
        let directory = self.directory();
        let meant = directory.tags_of(tags);
        for tag in tags.iter().chain(&meant) {
            self.note_record(AnyId::TagId(*tag));
        }
        meant.into_iter().collect()
    }

    /// A filter whose tags are what stands for them now.
    pub(crate) fn with_tags_meant<'a>(&self, filter: &'a ContentFilter) -> Cow<'a, ContentFilter> {
        if filter.any_tags.is_empty() && filter.all_tags.is_empty() {
            return Cow::Borrowed(filter);
        }
        let (any_tags, all_tags) = (self.tags_meant(&filter.any_tags), self.tags_meant(&filter.all_tags));
        Cow::Owned(ContentFilter { any_tags, all_tags, ..filter.clone() })
    }

    /// The active tags that match, by code.
    pub fn tags(&self, filter: &TagFilter) -> Vec<Arc<Tag>> {
        self.note_list(List::tags());
        if filter.state.is_some_and(|state| state != TagState::Active) {
            return Vec::new();
        }
        let directory = self.directory();
        let fits = |tag: &&Arc<Tag>| {
            let group = directory.tag_groups.get(tag.group);
            tag.state == TagState::Active
                && filter.group.as_ref().is_none_or(|code| group.is_some_and(|group| group.code == *code))
                && filter.sphere.is_none_or(|sphere| group.is_some_and(|group| group.fields.sphere == sphere))
                && filter.steward.is_none_or(|steward| tag.fields.steward == Some(steward))
                && filter.name.as_ref().is_none_or(|name| {
                    tag.fields.synonyms.iter().chain([&tag.fields.name]).any(|own| own.contains(name.as_str()))
                })
        };
        directory.tags.all().iter().filter(fits).cloned().collect()
    }

    /// The active tags directly below one.
    pub fn tags_below(&self, id: TagId) -> Vec<Arc<Tag>> {
        self.note_list(List::tags());
        self.directory().tags.children(id).filter(|tag| tag.state == TagState::Active).cloned().collect()
    }

    /// A tag in whatever state, a merged one as its target, for the desk. The answer is private.
    pub fn tag_on_desk(&self, id: TagId) -> Option<Arc<Tag>> {
        let id = self.directory().tag_of(id);
        self.note_record(AnyId::TagId(id));
        self.caller()?;
        self.directory().tags.get(id).cloned()
    }

    /// The tags that were proposed and wait for the tag office, by code: all for who keeps all tags, else one's own.
    pub fn proposed_tags(&self) -> Vec<Arc<Tag>> {
        self.note_list(List::tags());
        let (directory, Some(caller)) = (self.directory(), self.caller()) else { return Vec::new() };
        let all = may(&directory, caller, Right::Steward, &Target::platform()).is_ok();
        let own = |tag: &Tag| matches!(caller.who, Who::Account(id, _) if tag.proposed_by == Some(id));
        let proposed = directory.tags.all().iter().filter(|tag| tag.state == TagState::Proposed);
        proposed.filter(|tag| all || own(tag)).cloned().collect()
    }

    /// A group of tags.
    pub fn tag_group(&self, id: TagGroupId) -> Option<Arc<TagGroup>> {
        self.note_record(AnyId::TagGroupId(id));
        self.directory().tag_groups.get(id).cloned()
    }

    /// The groups of tags, by rank.
    pub fn tag_groups(&self) -> Vec<Arc<TagGroup>> {
        self.note_list(List::tags());
        self.directory().tag_groups.all().to_vec()
    }
}
