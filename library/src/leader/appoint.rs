//! Appointing a leader (appointLeader).

use super::LeaderFields;
use super::rules::accept;
use crate::changes::{Action, Caller, Effect, List, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, LeaderId, OrganisationId};
use crate::may::{Right, Target, may_on};
use crate::organisation::active;
use crate::refusal::Result;
use crate::{Library, Position};

static INSERT: Sql = Sql::new("insert into leader (id, organisation_id, rank, document) values ($1, $2, $3, $4)");

impl Library {
    /// Adds a leader to an organisation.
    ///
    /// # Errors
    /// Refuses an unknown, merged or closed organisation, who keeps neither the platform nor a site that it sponsors, an
    /// unknown column or picture, and malformed fields.
    pub async fn appoint_leader(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        fields: LeaderFields,
    ) -> Result<(LeaderId, Position)> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        let target = Target::leadership(&work.directory, organisation);
        may_on(&work.directory, caller, Right::Manage, target, "organisation")?;
        active(&work.directory, organisation, "organisation")?;
        let fields = accept(&mut work, fields).await?;
        let id = LeaderId(self.new_id());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), organisation.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Entered);
        work.list(List::leaders(organisation));
        commit_as(work, |position| (id, position)).await
    }
}
