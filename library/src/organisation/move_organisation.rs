//! Moving an organisation in the tree (moveOrganisation): its contents, their addresses and index numbers stay.

use super::edit::put;
use super::may_hang_under;
use crate::changes::Caller;
use crate::id::OrganisationId;
use crate::refusal::Result;
use crate::{Library, Position, text};

/// Where an organisation goes; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct MoveOrganisation {
    /// What it hangs under; `Some(None)` for nothing.
    pub parent: Option<Option<OrganisationId>>,
    /// Its order among its siblings, smallest first.
    pub rank: Option<i64>,
    /// Why.
    pub reason: Option<String>,
}

impl Library {
    /// Hangs an organisation under another one, with all that hangs under it. Roles over what it hangs under hold for it
    /// from now on, and those over what it hung under no more.
    ///
    /// # Errors
    /// Refuses an unknown, merged or closed organisation or parent, who does not keep the platform, and a place below
    /// itself.
    pub async fn move_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        to: MoveOrganisation,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_organisation(caller, id).await?;
        let mut fields = before.fields;
        fields.rank = to.rank.unwrap_or(fields.rank);
        if let Some(parent) = to.parent {
            may_hang_under(&work.directory, Some(id), parent)?;
            fields.parent = parent;
        }
        work.reason = text::reason(to.reason.as_deref())?;
        put(&mut work, id, &fields).await?;
        self.settle_publisher(work, caller, id).await
    }
}
