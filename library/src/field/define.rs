//! Defining a field of a site's own (defineField).

use super::FieldFields;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::column::Column;
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, FieldDefinitionId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::{Library, text};

/// A field to be defined.
#[derive(Debug, Clone)]
pub struct DefineField {
    /// Its key, unique on its site.
    pub key: String,
    /// The site that has it; all if not given.
    pub site: Option<SiteId>,
    /// The column that has it; all if not given.
    pub column: Option<ColumnId>,
    /// What describes it.
    pub fields: FieldFields,
}

static INSERT: Sql = Sql::new(
    "insert into field_definition (id, site_id, column_id, key, retired, rank, document)
     values ($1, $2, $3, $4, $5, $6, $7)",
);

impl Library {
    /// Defines a field.
    ///
    /// # Errors
    /// Refuses a key that is taken, an unknown site or column, a column of another site, and malformed fields.
    pub async fn define_field(&self, caller: &Caller, input: DefineField) -> Result<FieldDefinitionId> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let directory = work.directory.clone();
        let key = text::code("key", &input.key)?;
        text::require("label", &input.fields.label, 100)?;
        if input.site.is_some_and(|site| directory.sites.get(site).is_none()) {
            return Err(Refusal::not_found("site").into());
        }
        let fits = |column: &Column| input.site.is_none_or(|site| site == column.site);
        if input.column.is_some_and(|column| !directory.columns.get(column).is_some_and(|column| fits(column))) {
            return Err(Refusal::not_found("column").into());
        }
        if directory.fields.all().iter().any(|field| field.key == key && field.site == input.site) {
            return Err(Refusal::duplicate("key").into());
        }
        let id = FieldDefinitionId(self.new_id());
        let params = [
            id.into(),
            input.site.into(),
            input.column.into(),
            key.into(),
            false.into(),
            input.fields.rank.into(),
            serde_json::to_string(&input.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = input.site;
        work.record(AnyId::FieldDefinitionId(id), Effect::Entered);
        work.list(List::fields());
        commit(work).await?;
        Ok(id)
    }
}
