//! Defining a field of a site's own (defineField).

use super::FieldFields;
use super::rules::accept;
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::column::Column;
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, FieldDefinitionId, SiteId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, Result};
use crate::site::{SiteStatus, wrong_state};
use crate::{Library, Position, text};

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
    /// Defines a field of a site's own, or of all sites.
    ///
    /// # Errors
    /// Refuses an unknown or closed site, who does not keep it (the platform, for one of all sites), a key that is taken,
    /// an unknown column or one of another site, and malformed fields.
    pub async fn define_field(&self, caller: &Caller, input: DefineField) -> Result<(FieldDefinitionId, Position)> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let directory = work.directory.clone();
        let right = if input.site.is_some() { Right::Manage } else { Right::Platform };
        may_on(&directory, caller, right, Target::fields(&directory, input.site), "site")?;
        let site = input.site.and_then(|site| directory.sites.get(site));
        if site.is_some_and(|site| site.status == SiteStatus::Closed) {
            return Err(wrong_state("site", "站点已关停", "the site is closed for good"));
        }
        let key = text::code("key", &input.key)?;
        let fields = accept(input.fields)?;
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
            fields.rank.into(),
            serde_json::to_string(&fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = input.site;
        work.record(AnyId::FieldDefinitionId(id), Effect::Entered);
        work.list(List::fields());
        commit_as(work, |position| (id, position)).await
    }
}
