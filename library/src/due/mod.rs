//! What changes with time: every such moment is written down when it is known, and a deed at its moment changes the
//! stored state. No read knows the time. After downtime the clock worker catches up in order.

use crate::Library;
use crate::changes::{Action, Caller, Work, commit};
use crate::content;
use crate::database::Sql;
use crate::id::{ContentId, PanelId, PlacementId};
use crate::instant::Instant;
use crate::refusal::{Error, Refusal, Result};

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Due {
    /// A scheduled content is published.
    Publish,
    /// A content goes off every site.
    Withdraw,
    /// A policy comes into force.
    InForce,
    /// A policy expires.
    Expire,
    /// The validity of an answer ends.
    EntryExpires,
    /// The period of a notice begins or ends.
    NoticeMoves,
    /// A pin ends.
    Unpin,
    /// An item of a panel appears or goes.
    Panel,
}

static INSERT: Sql = Sql::new("insert into due (at, what, subject_id) values ($1, $2, $3) on conflict do nothing");
static INSERT_MANY: Sql = Sql::new(
    "insert into due (at, what, subject_id) select as_int(r.value->>0), r.value->>1, as_id(r.value->>2) from rows($1) r
     where true on conflict do nothing",
);
static FORGET: Sql = Sql::new("delete from due where subject_id = $1");
static FORGET_ALL_BUT: Sql = Sql::new("delete from due where subject_id = $1 and what <> $2");
static FORGET_ONE: Sql = Sql::new("delete from due where subject_id = $1 and what = $2");
static NEXT: Sql =
    Sql::new("select at, what, subject_id from due where at <= $1 order by at, what, subject_id limit 1");
static TAKE: Sql = Sql::new("delete from due where at = $1 and what = $2 and subject_id = $3");

/// Writes down that something is to happen at `at`.
pub(crate) async fn schedule(work: &mut Work, at: Instant, due: Due, subject: uuid::Uuid) -> Result<()> {
    let what: &str = due.into();
    work.run(&INSERT, &[at.into(), what.into(), subject.into()]).await?;
    Ok(())
}

/// Writes down what is to happen to many subjects, of which nothing was written down before.
pub(crate) async fn schedule_all(work: &mut Work, moments: Vec<(Instant, Due, uuid::Uuid)>) -> Result<()> {
    let row = |(at, due, subject): (Instant, Due, uuid::Uuid)| {
        serde_json::json!([at.0, <&str>::from(due), subject.simple().to_string()])
    };
    work.insert(&INSERT_MANY, moments.into_iter().map(row).collect()).await
}

/// Strikes out everything that was to happen to a subject.
pub(crate) async fn forget(work: &mut Work, subject: uuid::Uuid) -> Result<()> {
    work.run(&FORGET, &[subject.into()]).await?;
    Ok(())
}

/// Strikes out everything but one thing that was to happen to a subject.
pub(crate) async fn forget_all_but(work: &mut Work, due: Due, subject: uuid::Uuid) -> Result<()> {
    let what: &str = due.into();
    work.run(&FORGET_ALL_BUT, &[subject.into(), what.into()]).await?;
    Ok(())
}

/// Strikes out one thing that was to happen to a subject.
pub(crate) async fn forget_one(work: &mut Work, due: Due, subject: uuid::Uuid) -> Result<()> {
    let what: &str = due.into();
    work.run(&FORGET_ONE, &[subject.into(), what.into()]).await?;
    Ok(())
}

impl Library {
    /// Does everything that is due by now, oldest first, each as a deed of its own; answers how many were done.
    pub async fn catch_up_clock(&self) -> Result<usize> {
        let caller = Caller::program("clock");
        let mut done = 0;
        loop {
            let now = self.now();
            let rows = self.database().rows(&NEXT, &[now.into()]).await?;
            let Some(row) = rows.first() else { return Ok(done) };
            let (at, what, subject): (Instant, String, uuid::Uuid) = (row.get(0)?, row.get(1)?, row.get(2)?);
            match self.do_due(&caller, at, &what, subject, None).await {
                Ok(true) => done += 1,
                Ok(false) => {}
                Err(Error::Refused(refusal)) => {
                    tracing::warn!(%what, %subject, %refusal, "a due deed was refused at its moment");
                    self.do_due(&caller, at, &what, subject, Some(&refusal)).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes one due row and, unless it was refused before, does what it says; false if another node took it.
    async fn do_due(
        &self,
        caller: &Caller,
        at: Instant,
        what: &str,
        subject: uuid::Uuid,
        refused: Option<&Refusal>,
    ) -> Result<bool> {
        let panel = what == <&str>::from(Due::Panel);
        let action = if panel { Action::PanelChanged } else { Action::ValiditySet };
        let mut work = self.begin(caller, action).await?;
        if work.run(&TAKE, &[at.into(), what.into(), subject.into()]).await? == 0 {
            return Ok(false);
        }
        if let Some(refusal) = refused {
            if what == <&str>::from(Due::Publish) {
                content::unschedule(&mut work, ContentId(subject), refusal).await?;
            }
        } else {
            match what.parse() {
                Ok(Due::Publish) => content::publish_scheduled(&mut work, ContentId(subject), at).await?,
                Ok(Due::Withdraw) => content::withdraw_scheduled(&mut work, ContentId(subject), at).await?,
                Ok(Due::InForce | Due::Expire) => content::pass_validity(&mut work, ContentId(subject)).await?,
                Ok(Due::EntryExpires) => content::expire_entry(&mut work, ContentId(subject)).await?,
                Ok(Due::NoticeMoves) => content::move_notice(&mut work, ContentId(subject)).await?,
                Ok(Due::Unpin) => {
                    work.action = Action::PlacementEdited;
                    crate::placement::unpin(&mut work, PlacementId(subject)).await?;
                }
                Ok(Due::Panel) => crate::panel::pass_time(&mut work, PanelId(subject)).await?,
                Err(_) => tracing::error!(%what, "a due deed of a newer program was struck out"),
            }
        }
        commit(work).await?;
        Ok(true)
    }
}
