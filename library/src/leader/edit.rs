//! Editing and removing a leader (editLeader, removeLeader).

use super::LeaderFields;
use super::appoint::accept;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, LeaderId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static UPDATE: Sql = Sql::new("update leader set rank = $2, document = $3 where id = $1");
static DELETE: Sql = Sql::new("delete from leader where id = $1");

impl Library {
    /// Replaces a leader's fields.
    ///
    /// # Errors
    /// Refuses an unknown leader and malformed fields.
    pub async fn edit_leader(&self, caller: &Caller, id: LeaderId, fields: LeaderFields) -> Result<Position> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        let before = work.directory.leaders.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let fields = accept(fields, work.library().html())?;
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Changed);
        work.list(List::leaders(before.organisation));
        commit(work).await
    }

    /// Takes a leader off the organisation.
    ///
    /// # Errors
    /// Refuses an unknown leader.
    pub async fn remove_leader(&self, caller: &Caller, id: LeaderId) -> Result<Position> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        let before = work.directory.leaders.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        work.run(&DELETE, &[id.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Left);
        work.list(List::leaders(before.organisation));
        commit(work).await
    }
}
