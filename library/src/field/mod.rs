//! Fields of a site's own (扩展字段): what a city needs on a content beyond the common fields.

mod define;
mod edit;
mod kept;
mod rules;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Scope;
use crate::changes::{Action, List};
use crate::code::CodeList;
use crate::content::ContentKind;
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AnyId, ColumnId, FieldDefinitionId, SiteId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{text, web};

pub use define::DefineField;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum FieldType {
    Text,
    LongText,
    Number,
    Boolean,
    Date,
    Url,
    Code,
    Content,
    Organisation,
    Attachment,
}

/// What describes a field.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FieldFields {
    /// What people call it.
    pub label: String,
    /// What to fill in.
    #[serde(default)]
    pub help: Option<String>,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether the gate before publication asks for it.
    #[serde(default)]
    pub required: bool,
    /// Whether it may hold several values.
    #[serde(default)]
    pub repeatable: bool,
    /// The list that a CODE field chooses from.
    #[serde(default)]
    pub list: Option<CodeList>,
    /// The smallest number or earliest date.
    #[serde(default)]
    pub minimum: Option<String>,
    /// The largest number or latest date.
    #[serde(default)]
    pub maximum: Option<String>,
    /// A pattern for the form of the front end.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The kinds that have it; empty for all.
    #[serde(default)]
    pub kinds: Vec<ContentKind>,
    /// Whether the table of elements shows it.
    #[serde(default)]
    pub in_element_table: bool,
    /// Whether lists may be narrowed by it.
    #[serde(default)]
    pub filterable: bool,
    /// Whether the public sees it.
    #[serde(default = "yes")]
    pub public: bool,
    /// Order, smallest first.
    #[serde(default)]
    pub rank: i64,
}

fn yes() -> bool {
    true
}

/// A field of a site's own, or of the whole library.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FieldDefinition {
    /// Its identifier.
    pub id: FieldDefinitionId,
    /// Its key in a content's fields.
    pub key: String,
    /// The site that has it; all if not given.
    pub site: Option<SiteId>,
    /// The column that has it, with everything below; all if not given.
    pub column: Option<ColumnId>,
    /// Whether it may still be filled.
    pub retired: bool,
    /// What describes it.
    #[serde(flatten)]
    pub fields: FieldFields,
}

impl FieldDefinition {
    /// Whether contents of `kind` at home on `site` have the field.
    pub fn is_of(&self, site: SiteId, kind: ContentKind) -> bool {
        self.site.is_none_or(|own| own == site) && (self.fields.kinds.is_empty() || self.fields.kinds.contains(&kind))
    }

    /// A value as people read it.
    pub fn print(&self, value: &serde_json::Value) -> String {
        match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Bool(true) => "是".to_owned(),
            serde_json::Value::Bool(false) => "否".to_owned(),
            serde_json::Value::Array(values) => {
                values.iter().map(|value| self.print(value)).collect::<Vec<_>>().join("、")
            }
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// The texts by which lists may be narrowed: one of each value.
    pub(crate) fn texts(&self, value: &serde_json::Value) -> Vec<String> {
        match value {
            serde_json::Value::Array(values) => values.iter().map(|value| self.print(value)).collect(),
            value => vec![self.print(value)],
        }
    }

    /// The value as it is kept, or a refusal of one that the field cannot hold.
    pub(crate) fn accept(&self, path: &str, value: serde_json::Value) -> Result<serde_json::Value> {
        let value = match (self.fields.repeatable, value) {
            (true, serde_json::Value::Array(values)) => {
                return values.into_iter().map(|value| self.accept(path, value)).collect();
            }
            (_, value) => value,
        };
        let fits = match (self.fields.kind, &value) {
            (FieldType::Number, serde_json::Value::Number(number)) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                let bound = |bound: &Option<String>| bound.as_ref().and_then(|text| text.parse::<f64>().ok());
                bound(&self.fields.minimum).is_none_or(|least| number >= least)
                    && bound(&self.fields.maximum).is_none_or(|most| number <= most)
            }
            (FieldType::Boolean, serde_json::Value::Bool(_)) => true,
            (FieldType::Date, serde_json::Value::String(text)) => text.parse::<crate::Date>().is_ok(),
            (FieldType::Url, serde_json::Value::String(text)) => return Ok(web::address(path, text)?.into()),
            (FieldType::Number | FieldType::Boolean, _) => false,
            (_, serde_json::Value::String(text)) => text::accept(path, text, 20_000).is_ok(),
            _ => false,
        };
        if fits {
            return Ok(value);
        }
        Err(Refusal::new(RefusalCode::Invalid, path, "与字段类型不符", "does not fit the field's type").into())
    }
}

impl Entry for FieldDefinition {
    type Id = FieldDefinitionId;
    const CHANGED_BY: &'static [Action] = &[Action::SiteChanged];

    fn load() -> &'static Sql {
        static ALL: Sql =
            Sql::new("select id, key, site_id, column_id, retired, document from field_definition order by rank, key");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            key: row.get(1)?,
            site: row.get(2)?,
            column: row.get(3)?,
            retired: row.get(4)?,
            fields: row.json(5)?,
        })
    }

    fn id(&self) -> FieldDefinitionId {
        self.id
    }
}

impl List {
    /// The field definitions.
    pub(crate) fn fields() -> Self {
        Self::All("fields")
    }
}

impl Scope {
    /// A value as people read it: items of code lists by their names.
    pub fn field_text(&self, definition: &FieldDefinition, value: &serde_json::Value) -> String {
        match (definition.fields.list, value) {
            (Some(list), serde_json::Value::String(code)) => {
                self.code(list, code).map_or_else(|| code.clone(), |item| item.name.clone())
            }
            (Some(_), serde_json::Value::Array(values)) => {
                values.iter().map(|value| self.field_text(definition, value)).collect::<Vec<_>>().join("、")
            }
            _ => definition.print(value),
        }
    }

    /// A field that the public may know of.
    pub fn field_definition(&self, id: FieldDefinitionId) -> Option<Arc<FieldDefinition>> {
        self.note_record(AnyId::FieldDefinitionId(id));
        self.directory().fields.get(id).filter(|field| field.fields.public).cloned()
    }

    /// The public fields of a site, column and kind, as far as each is given, by rank.
    pub fn field_definitions(
        &self,
        site: Option<SiteId>,
        column: Option<ColumnId>,
        kind: Option<ContentKind>,
    ) -> Vec<Arc<FieldDefinition>> {
        self.note_list(List::fields());
        let directory = self.directory();
        let site = site.or_else(|| column.and_then(|column| self.column(column)).map(|column| column.site));
        let line = column.map(|column| {
            let mut line: Vec<_> = self.column_ancestors(column).iter().map(|above| above.id).collect();
            line.push(column);
            line
        });
        let fits = |field: &&Arc<FieldDefinition>| {
            field.fields.public
                && !field.retired
                && site.is_none_or(|site| field.site.is_none_or(|own| own == site))
                && line.as_ref().is_none_or(|line| field.column.is_none_or(|own| line.contains(&own)))
                && kind.is_none_or(|kind| field.fields.kinds.is_empty() || field.fields.kinds.contains(&kind))
        };
        directory.fields.all().iter().filter(fits).cloned().collect()
    }
}
