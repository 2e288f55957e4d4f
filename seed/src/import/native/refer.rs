//! Names in records as identifiers: organisations, tags and items of code lists, as one snapshot of the directory has them.

use std::collections::HashMap;
use std::sync::Arc;

use library::Directory;
use library::changes::KeyKind;
use library::code::CodeList;
use library::id::{OrganisationId, TagId};
use library::tag::TagState;

/// What names mean.
pub(in crate::import) struct Refer {
    directory: Arc<Directory>,
    organisations: HashMap<String, OrganisationId>,
    codes: HashMap<(CodeList, String), String>,
}

impl Refer {
    /// As a snapshot has it.
    pub fn new(directory: Arc<Directory>) -> Self {
        let mut organisations = HashMap::new();
        for organisation in directory.organisations.all() {
            organisations.entry(organisation.fields.name.clone()).or_insert(organisation.id);
        }
        let mut codes: HashMap<(CodeList, String), String> = HashMap::new();
        // An item at the top is meant before those below it that are called the same.
        let items = || directory.codes.all().iter().filter(|item| !item.retired);
        for item in items().filter(|item| item.parent.is_none()).chain(items()) {
            codes.entry((item.list, item.name.clone())).or_insert_with(|| item.code.clone());
        }
        Self { directory, organisations, codes }
    }

    /// Whether another snapshot has the same organisations, tags and codes.
    pub fn is_of(&self, directory: &Directory) -> bool {
        Arc::ptr_eq(&self.directory.organisations, &directory.organisations)
            && Arc::ptr_eq(&self.directory.tags, &directory.tags)
            && Arc::ptr_eq(&self.directory.codes, &directory.codes)
            && Arc::ptr_eq(&self.directory.columns, &directory.columns)
    }

    /// The snapshot.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// An organisation by identifier, code, credit code or full name.
    pub fn organisation(&self, text: &str) -> Option<OrganisationId> {
        let all = &self.directory.organisations;
        if let Some(id) = text.parse().ok().filter(|id| all.get(*id).is_some()) {
            return Some(id);
        }
        let by_key = |kind| all.by_key(kind, text).map(|organisation| organisation.id);
        by_key(KeyKind::OrganisationCode)
            .or_else(|| by_key(KeyKind::CreditCode))
            .or_else(|| self.organisations.get(text).copied())
    }

    /// A tag by identifier, code, name or synonym; `group/name` with the group's code or name in front.
    pub fn tag(&self, text: &str) -> Option<TagId> {
        let tags = &self.directory.tags;
        let active = |id: TagId| tags.get(id).is_some_and(|tag| tag.state == TagState::Active);
        if let Some(id) = text.parse().ok().filter(|id| active(*id)) {
            return Some(id);
        }
        let by = |kind, text: &str| tags.by_key(kind, text).filter(|tag| tag.state == TagState::Active);
        if let Some(tag) = by(KeyKind::TagCode, text).or_else(|| by(KeyKind::TagName, text)) {
            return Some(tag.id);
        }
        let (group, name) = text.split_once('/')?;
        let tag = by(KeyKind::TagName, name.trim()).or_else(|| by(KeyKind::TagCode, name.trim()))?;
        let found = self.directory.tag_groups.get(tag.group)?;
        [found.code.as_str(), found.fields.name.as_str()].contains(&group.trim()).then_some(tag.id)
    }

    /// The code of an item by its code or its name.
    pub fn code(&self, list: CodeList, text: &str) -> Option<String> {
        if self.directory.code(list, text).is_some() {
            return Some(text.to_owned());
        }
        self.codes.get(&(list, text.to_owned())).cloned()
    }
}
