//! Code lists (代码表): statutory lists are data, not enums, so that they can change without a release.

mod edit;
mod import;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, KeyKind, List, key_of};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AnyId, CodeItemId};
use crate::refusal::Result;
use crate::{Directory, Scope};

pub use edit::EditCode;
pub use import::CodeEntry;

/// Which list.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum CodeList {
    Theme,
    DocumentType,
    Genre,
    Audience,
    LifeStage,
    Industry,
    SpecialClass,
    StatutoryCategory,
    ServiceCategory,
    KnowledgeCategory,
    Division,
    Local,
}

/// One item of a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CodeItem {
    /// Its identifier.
    pub id: CodeItemId,
    /// Its list.
    pub list: CodeList,
    /// Its code, unique in the list.
    pub code: String,
    /// The item above it.
    pub parent: Option<CodeItemId>,
    /// What it is called.
    pub name: String,
    /// Whether it may still be given to contents.
    pub retired: bool,
    /// Order among its siblings, smallest first.
    pub rank: i64,
}

impl Entry for CodeItem {
    type Id = CodeItemId;
    const CHANGED_BY: &'static [Action] = &[Action::CodesChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, list, code, parent_id, name, retired, rank from code_item order by list, rank, code");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            list: row.text(1).and_then(|text| text.parse().ok()).unwrap_or(CodeList::Local),
            code: row.get(2)?,
            parent: row.get(3)?,
            name: row.get(4)?,
            retired: row.get(5)?,
            rank: row.get(6)?,
        })
    }

    fn id(&self) -> CodeItemId {
        self.id
    }

    fn parent(&self) -> Option<CodeItemId> {
        self.parent
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        vec![(KeyKind::Code, key_of(self.list.into(), &self.code))]
    }
}

impl Directory {
    /// The item `code` of a list.
    pub fn code(&self, list: CodeList, code: &str) -> Option<&Arc<CodeItem>> {
        self.codes.by_key(KeyKind::Code, &key_of(list.into(), code))
    }
}

impl Scope {
    /// An item by its identifier.
    pub fn code_item(&self, id: CodeItemId) -> Option<Arc<CodeItem>> {
        self.note_record(AnyId::CodeItemId(id));
        self.directory().codes.get(id).cloned()
    }

    /// The item `code` of a list.
    pub fn code(&self, list: CodeList, code: &str) -> Option<Arc<CodeItem>> {
        self.note_list(List::Codes(list));
        self.directory().code(list, code).cloned()
    }

    /// The items of a list: those directly below `under`, or those of a level (1 is the top), or all.
    pub fn codes(&self, list: CodeList, under: Option<&str>, level: Option<usize>) -> Vec<Arc<CodeItem>> {
        self.note_list(List::Codes(list));
        let directory = self.directory();
        let mut items: Vec<_> = directory.codes.all().iter().filter(|item| item.list == list).cloned().collect();
        if let Some(under) = under {
            let above = items.iter().find(|item| item.code == under).map(|item| item.id);
            items.retain(|item| above.is_some() && item.parent == above);
        }
        if let Some(level) = level {
            items.retain(|item| directory.codes.ancestors(item.id).len() + 1 == level);
        } else if under.is_none() {
            items.retain(|item| item.parent.is_none());
        }
        items
    }

    /// The items directly below one.
    pub fn codes_below(&self, item: &CodeItem) -> Vec<Arc<CodeItem>> {
        self.note_list(List::Codes(item.list));
        self.directory().codes.children(item.id).cloned().collect()
    }

    /// What an item hangs under, outermost first.
    pub fn code_ancestors(&self, item: &CodeItem) -> Vec<Arc<CodeItem>> {
        self.note_list(List::Codes(item.list));
        self.directory().codes.ancestors(item.id)
    }
}
