//! Appointing a leader (appointLeader).

use super::LeaderFields;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::html::Html;
use crate::id::{AnyId, LeaderId, OrganisationId};
use crate::refusal::{Refusal, Result};
use crate::{Library, text};

static INSERT: Sql = Sql::new("insert into leader (id, organisation_id, rank, document) values ($1, $2, $3, $4)");

/// The fields as they are kept.
pub(super) fn accept(mut fields: LeaderFields, html: &Html) -> Result<LeaderFields> {
    fields.name = text::require("name", &fields.name, 50)?;
    fields.position = text::require("position", &fields.position, 200)?;
    fields.biography = fields.biography.map(|text| html.clean("biography", &text)).transpose()?;
    Ok(fields)
}

impl Library {
    /// Adds a leader to an organisation.
    ///
    /// # Errors
    /// Refuses an unknown organisation and malformed fields.
    pub async fn appoint_leader(
        &self,
        caller: &Caller,
        organisation: OrganisationId,
        fields: LeaderFields,
    ) -> Result<LeaderId> {
        let mut work = self.begin(caller, Action::OrganisationChanged).await?;
        if work.directory.organisations.get(organisation).is_none() {
            return Err(Refusal::not_found("organisation").into());
        }
        let fields = accept(fields, work.library().html())?;
        let id = LeaderId(self.new_id());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), organisation.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::LeaderId(id), Effect::Entered);
        work.list(List::leaders(organisation));
        commit(work).await?;
        Ok(id)
    }
}
