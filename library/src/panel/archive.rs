//! Archiving a panel (archivePanel), and taking it back.

use crate::changes::{Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, PanelId};
use crate::refusal::Result;
use crate::site::wrong_state;
use crate::{Library, Position, text};

static UPDATE: Sql = Sql::new("update panel set archived = $2 where id = $1");

impl Library {
    /// Puts a panel away, or takes it back: no page shows an archived panel, nothing of it is lost, and its code stays
    /// taken.
    ///
    /// # Errors
    /// Refuses an unknown panel, one of a closed site, who does not arrange its page, and a panel that is so already.
    pub async fn archive_panel(
        &self,
        caller: &Caller,
        id: PanelId,
        archived: bool,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, before) = self.begin_on_panel(caller, id).await?;
        match (before.archived, archived) {
            (true, true) => return Err(wrong_state("id", "区块已归档", "the panel is archived already")),
            (false, false) => return Err(wrong_state("id", "区块未归档", "the panel is not archived")),
            _ => {}
        }
        work.reason = text::reason(reason)?;
        work.run(&UPDATE, &[id.into(), archived.into()]).await?;
        work.site = Some(before.site);
        work.record(AnyId::PanelId(id), if archived { Effect::Left } else { Effect::Entered });
        work.list(List::panels(before.site));
        commit(work).await
    }
}
