//! Editing and removing a leader (editLeader, removeLeader).

use std::sync::Arc;

use super::rules::accept;
use super::{Leader, LeaderFields};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, LeaderId};
use crate::may::{Right, Target, may_on};
use crate::organisation::active;
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update leader set rank = $2, document = $3 where id = $1");
static DELETE: Sql = Sql::new("delete from leader where id = $1");

impl Library {
    /// Changes what describes a leader by `edit`.
    ///
    /// # Errors
    /// Refuses an unknown leader, one of a merged or closed organisation, who keeps neither the platform nor a site that
    /// the organisation sponsors, an unknown column or picture, and malformed fields.
    pub async fn edit_leader(
        &self,
        caller: &Caller,
        id: LeaderId,
        edit: impl FnOnce(&mut LeaderFields) + Send,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_leader(caller, id).await?;
        active(&work.directory, before.organisation, "id")?;
        let mut fields = before.fields.clone();
        edit(&mut fields);
        let fields = accept(&mut work, fields).await?;
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Changed);
        work.list(List::leaders(before.organisation));
        commit(work).await
    }

    /// Takes a leader off the organisation.
    ///
    /// # Errors
    /// Refuses an unknown leader, and who keeps neither the platform nor a site that the organisation sponsors.
    pub async fn remove_leader(&self, caller: &Caller, id: LeaderId, reason: Option<&str>) -> Result<Position> {
        let (mut work, before) = self.begin_on_leader(caller, id).await?;
        work.reason = text::reason(reason)?;
        work.run(&DELETE, &[id.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Left);
        work.list(List::leaders(before.organisation));
        commit(work).await
    }

    async fn begin_on_leader(&self, caller: &Caller, id: LeaderId) -> Result<(Work, Arc<Leader>)> {
        let work = self.begin(caller, Action::OrganisationChanged).await?;
        may_on(&work.directory, caller, Right::Manage, Target::of(&work.directory, AnyId::LeaderId(id)), "id")?;
        let before = work.directory.leaders.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        Ok((work, before))
    }
}
