//! The lease of an editor (takeEditLease): it tells others who is editing, and keeps nobody from saving.

use serde::{Deserialize, Serialize};

use super::working::working;
use crate::changes::{Action, Caller, List, Work, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, ContentId};
use crate::instant::Instant;
use crate::may::{Right, require_account};
use crate::refusal::Result;
use crate::{Library, Position, Who};

/// How long a lease lasts, in microseconds: an editor's interface takes it again while it is open.
pub(crate) const LASTS: i64 = 5 * 60 * 1_000_000;

/// Who is editing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditLease {
    /// Who.
    pub holder: AccountId,
    /// Until when, unless it is taken again.
    pub until: Instant,
}

static HELD: Sql = Sql::new("select account_id, until from edit_lease where content_id = $1");
static TAKE: Sql = Sql::new(
    "insert into edit_lease (content_id, account_id, until) values ($1, $2, $3)
     on conflict (content_id) do update set account_id = excluded.account_id, until = excluded.until",
);
static GIVE_BACK: Sql = Sql::new("delete from edit_lease where content_id = $1 and account_id = $2");

/// Whether somebody else than `caller` is editing a content now.
pub(super) async fn held_by_another(work: &mut Work, caller: &Caller, id: ContentId) -> Result<bool> {
    let Some(row) = work.row(&HELD, &[id.into()]).await? else { return Ok(false) };
    let (holder, until): (AccountId, Instant) = (row.get(0)?, row.get(1)?);
    let own = matches!(caller.who, Who::Account(account, _) if account == holder);
    Ok(!own && until > work.at)
}

impl Library {
    /// Takes the lease of a content for five minutes, or gives it back; answers who has it then. Somebody else's is left
    /// alone until it ends, unless `by_force`.
    ///
    /// # Errors
    /// Refuses an unknown content, and who may not edit it.
    pub async fn take_edit_lease(
        &self,
        caller: &Caller,
        id: ContentId,
        release: bool,
        by_force: bool,
    ) -> Result<(Option<EditLease>, Position)> {
        let (account, _) = require_account(caller)?;
        let mut work = self.begin(caller, Action::LeaseTaken).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Edit)?;
        let held = match work.row(&HELD, &[id.into()]).await? {
            Some(row) => Some(EditLease { holder: row.get(0)?, until: row.get(1)? }),
            None => None,
        };
        let others = held.filter(|lease| lease.holder != account && lease.until > work.at);
        let lease = match (release, others) {
            (true, others) => {
                work.run(&GIVE_BACK, &[id.into(), account.into()]).await?;
                others
            }
            (false, Some(lease)) if !by_force => Some(lease),
            (false, _) => {
                let until = Instant(work.at.0 + LASTS);
                work.run(&TAKE, &[id.into(), account.into(), until.into()]).await?;
                Some(EditLease { holder: account, until })
            }
        };
        if lease != held {
            work.site = Some(before.site);
            work.list(List::working(id));
        }
        commit_as(work, |position| (lease, position)).await
    }
}
