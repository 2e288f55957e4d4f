//! Editing an organisation (editOrganisation), moving it in the tree included.

use super::{OrganisationFields, accept};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, OrganisationId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql =
    Sql::new("update organisation set credit_code = $2, parent_id = $3, rank = $4, document = $5 where id = $1");

impl Library {
    /// Replaces an organisation's fields.
    ///
    /// # Errors
    /// Refuses an unknown organisation, a parent below itself, and malformed fields.
    pub async fn edit_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        fields: OrganisationFields,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        let directory = work.directory.clone();
        let before = directory.organisations.get(id).ok_or_else(|| Refusal::not_found("id"))?;
        let fields = accept(fields, Some(id), &directory, work.library().html())?;
        let params = [
            id.into(),
            (&fields.credit_code).into(),
            fields.parent.into(),
            fields.rank.into(),
            serde_json::to_string(&fields)?.into(),
        ];
        work.run(&UPDATE, &params).await?;
        if fields.credit_code != before.fields.credit_code {
            for code in [&fields.credit_code, &before.fields.credit_code].into_iter().flatten() {
                work.key(KeyKind::CreditCode, code);
            }
        }
        work.record(AnyId::OrganisationId(id), Effect::Changed);
        work.list(List::organisations());
        commit(work).await
    }
}
