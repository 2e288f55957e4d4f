//! Creating an organisation (createOrganisation).

use super::{OrganisationFields, accept, may_hang_under};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, OrganisationId};
use crate::may::{Right, Target, may};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// An organisation to be created.
#[derive(Debug, Clone)]
pub struct CreateOrganisation {
    /// Its code, unique in the library.
    pub code: String,
    /// What describes it.
    pub fields: OrganisationFields,
}

static INSERT: Sql = Sql::new(
    "insert into organisation (id, code, credit_code, parent_id, rank, document) values ($1, $2, $3, $4, $5, $6)",
);

impl Library {
    /// Creates an organisation.
    ///
    /// # Errors
    /// Refuses who does not keep the platform, a code that is taken, an unknown, merged or closed parent, and malformed
    /// fields.
    pub async fn create_organisation(
        &self,
        caller: &Caller,
        input: CreateOrganisation,
    ) -> Result<(OrganisationId, Position)> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        may(&work.directory, caller, Right::Platform, &Target::platform())?;
        let code = text::code("code", &input.code)?;
        if work.directory.organisations.by_key(KeyKind::OrganisationCode, &code).is_some() {
            return Err(Refusal::duplicate("code").into());
        }
        may_hang_under(&work.directory, None, input.fields.parent)?;
        let fields = accept(input.fields, None, &work.directory, work.library().html())?;
        let id = OrganisationId(self.new_id());
        let params = [
            id.into(),
            (&code).into(),
            (&fields.credit_code).into(),
            fields.parent.into(),
            fields.rank.into(),
            serde_json::to_string(&fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.record(AnyId::OrganisationId(id), Effect::Entered);
        work.list(List::organisations());
        work.key(KeyKind::OrganisationCode, code);
        if let Some(code) = fields.credit_code {
            work.key(KeyKind::CreditCode, code);
        }
        commit_as(work, |position| (id, position)).await
    }
}
