//! Editing an organisation (editOrganisation); its place in the tree is another deed's.

use super::{Organisation, OrganisationFields, accept, active};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, OrganisationId};
use crate::may::{Right, Target, may_on};
use crate::refusal::Result;
use crate::sweep::Rest;
use crate::{Library, Position};

static UPDATE: Sql =
    Sql::new("update organisation set credit_code = $2, parent_id = $3, rank = $4, document = $5 where id = $1");

impl Library {
    /// Changes what describes an organisation by `edit`. Where it hangs stays: that is moved.
    ///
    /// # Errors
    /// Refuses an unknown, merged or closed organisation, who does not keep the platform, and malformed fields.
    pub async fn edit_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        edit: impl FnOnce(&mut OrganisationFields) + Send,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_organisation(caller, id).await?;
        let mut fields = before.fields.clone();
        edit(&mut fields);
        (fields.parent, fields.rank) = (before.fields.parent, before.fields.rank);
        let fields = accept(fields, Some(id), &work.directory, work.library().html())?;
        if fields.credit_code != before.fields.credit_code {
            for code in [&fields.credit_code, &before.fields.credit_code].into_iter().flatten() {
                work.key(KeyKind::CreditCode, code);
            }
        }
        put(&mut work, id, &fields).await?;
        commit(work).await
    }

    /// Begins a deed on an organisation that is still active, for who keeps the platform.
    pub(super) async fn begin_on_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
    ) -> Result<(Work, Organisation)> {
        let work = self.begin(caller, Action::OrganisationChanged).await?;
        let target = Target::organisation(&work.directory, id);
        may_on(&work.directory, caller, Right::Platform, target, "id")?;
        let before = Organisation::clone(active(&work.directory, id, "id")?);
        Ok((work, before))
    }

    /// Commits a deed that hung something elsewhere under an organisation, and settles what it and those below it publish where
    /// that is shared.
    pub(super) async fn settle_publisher(&self, work: Work, caller: &Caller, id: OrganisationId) -> Result<Position> {
        if !work.directory.shares_by_publisher() {
            return commit(work).await;
        }
        self.commit_and_sweep(work, caller, Rest::Organisation { id }).await
    }
}

/// Writes what describes an organisation.
pub(super) async fn put(work: &mut Work, id: OrganisationId, fields: &OrganisationFields) -> Result<()> {
    let params = [
        id.into(),
        (&fields.credit_code).into(),
        fields.parent.into(),
        fields.rank.into(),
        serde_json::to_string(fields)?.into(),
    ];
    work.run(&UPDATE, &params).await?;
    work.record(AnyId::OrganisationId(id), Effect::Changed);
    work.list(List::organisations());
    Ok(())
}
