//! Mirrors (跟随): columns of another instance of Jiyue that are followed into columns of this one.
//!
//! What is kept here is how far each is (the position of the other side), what it brought, and the exchange log (交换日志):
//! what came, when, from where, and what was done. Every write of a mirror takes its turn, so that of two processes that
//! follow the same one notices the other. This room asks nobody and knows no format: what comes is handed in prepared.

mod amend;
mod bring;
mod known;
mod open;
mod read;
mod retract;
mod turn;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::changes::{Caller, Work};
use crate::clock::Clock;
use crate::database::{Row, Sql};
use crate::id::{ContentId, SiteId};
use crate::instant::Instant;
use crate::may::{Right, Target, may_on};
use crate::refusal::{Error, Refusal, RefusalCode, Result};

pub use known::Mirrored;
pub use open::OpenMirror;
pub use read::ExchangeFilter;
pub use turn::Turn;

/// How far a mirror is (跟随阶段).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum MirrorPhase {
    /// Everything that the other side shows is taken over, page by page.
    Snapshot,
    /// What the other side shows no more is taken off.
    Clearing,
    /// Its changes are followed.
    Following,
}

/// A mirror and how far it is.
#[derive(Debug, Clone)]
pub struct Mirror {
    /// What it is called; contents that it brought have it in their origin (`mirror:NAME`).
    pub name: String,
    /// The site into which it brings contents.
    pub site: SiteId,
    /// The address of the other side.
    pub origin: String,
    /// What is followed and where it goes, as who runs it wrote it: with another plan everything is looked at again.
    pub plan: String,
    /// The columns of the other side as they lay when everything was looked at.
    pub layout: String,
    /// How far it is.
    pub phase: MirrorPhase,
    /// Which snapshot it is, counted from 1.
    pub round: i64,
    /// The position of the other side up to which it was followed, or from which it will be; nothing before the first page.
    pub position: Option<String>,
    /// Where the snapshot goes on.
    pub cursor: Option<String>,
    turn: i64,
    /// When it began.
    pub begun_at: Instant,
    /// When the other side answered last.
    pub heard_at: Option<Instant>,
    /// What keeps it from going on, since when: a code and a sentence.
    pub problem: Option<(Instant, String, String)>,
}

/// The columns of a mirror, in the order in which [`Mirror::read`] reads them.
const MIRROR: &str = "name, site_id, origin, plan, layout, phase, round, position, cursor, turn, begun_at, heard_at, problem, \
     problem_reason, problem_at";

impl Mirror {
    /// The system in the origin of contents that a mirror of this name brought.
    pub fn system_of(name: &str) -> String {
        format!("mirror:{name}")
    }

    /// The system in the origin of what it brought.
    pub fn system(&self) -> String {
        Self::system_of(&self.name)
    }

    fn read(row: &Row) -> Result<Self> {
        let phase = row.text(5).and_then(|text| text.parse().ok());
        let problem_at: Option<Instant> = row.get(14)?;
        let text = |at: usize| row.text(at).map(str::to_owned);
        Ok(Self {
            name: row.get(0)?,
            site: row.get(1)?,
            origin: row.get(2)?,
            plan: row.get(3)?,
            layout: row.get(4)?,
            phase: phase.ok_or_else(|| Error::Database("a mirror in an unknown phase".to_owned()))?,
            round: row.get(6)?,
            position: text(7),
            cursor: text(8),
            turn: row.get(9)?,
            begun_at: row.get(10)?,
            heard_at: row.get(11)?,
            problem: problem_at.zip(text(12)).map(|(at, code)| (at, code, text(13).unwrap_or_default())),
        })
    }
}

/// What was done about something that came (交换结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ExchangeOutcome {
    /// A content was published.
    Written,
    /// A content was corrected.
    Updated,
    /// A content that had left was published again.
    Returned,
    /// A content was withdrawn, because the other side shows it no more.
    Withdrawn,
    /// It was rightly not taken over.
    Skipped,
    /// It could not be taken over.
    Failed,
    /// Everything that the other side shows is looked at.
    SnapshotBegun,
    /// All of it was looked at.
    SnapshotEnded,
    /// The other side could not be asked, or did not answer what was asked.
    Trouble,
}

/// What the exchange log says of something beyond what was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The identifier of the content on the other side.
    #[serde(skip)]
    pub origin_id: Option<String>,
    /// A stable code, such as `UNMATCHED_COLUMN`: why it was not done, or not as it came.
    #[serde(skip)]
    pub code: Option<String>,
    /// The title of the content.
    pub title: Option<String>,
    /// The position of the other side at which it came; nothing for a snapshot.
    pub position: Option<String>,
    /// The field in question.
    pub field: Option<String>,
    /// Why, as a plain sentence in English.
    pub reason: Option<String>,
}

/// An entry of the exchange log to be written.
#[derive(Debug, Clone)]
pub struct NewExchange {
    /// What was done.
    pub outcome: ExchangeOutcome,
    /// The content here, if there is one.
    pub content: Option<ContentId>,
    /// What else there is to say.
    pub told: Told,
}

/// Something that came, with what the log is to say of it.
#[derive(Clone)]
pub struct Arrival<T> {
    /// What came.
    pub content: T,
    /// What the log says of it.
    pub told: Told,
}

/// An entry of the exchange log (交换日志).
#[derive(Debug, Clone)]
pub struct Exchange {
    /// By what it is found again.
    pub id: uuid::Uuid,
    /// When.
    pub at: Instant,
    /// What was done.
    pub outcome: ExchangeOutcome,
    /// The content here, if there is one.
    pub content: Option<ContentId>,
    /// What else there is to say.
    pub told: Told,
}

static WRITE: Sql = Sql::new(
    "insert into exchange (id, mirror, at, outcome, origin_id, content_id, code, document)
     select as_id(r.value->>0), $2, $3, r.value->>1, r.value->>2, as_id(r.value->>3), r.value->>4, r.value->>5
     from rows($1) r",
);
static TAKE_TURN: Sql = Sql::new("update mirror set turn = turn + 1 where name = $1 and turn = $2");
static MARK: Sql = Sql::new(
    "insert into mirror_content (mirror, origin_id, round, left_at)
     select $2, r.value->>0, $3, as_int(r.value->>1) from rows($1) r
     where true on conflict (mirror, origin_id) do update set round = excluded.round, left_at = excluded.left_at",
);

/// The rows of entries of the log.
fn rows_of(clock: &dyn Clock, entries: &[NewExchange]) -> Result<Json> {
    let row = |entry: &NewExchange| -> Result<Json> {
        let outcome: &str = entry.outcome.into();
        let id = crate::clock::new_uuid(clock).simple().to_string();
        let content = entry.content.map(|content| content.0.simple().to_string());
        let document = serde_json::to_string(&entry.told)?;
        Ok(json!([id, outcome, entry.told.origin_id, content, entry.told.code, document]))
    };
    entries.iter().map(row).collect::<Result<Vec<Json>>>().map(Json::Array)
}

/// The refusal of who is not the only one.
fn not_alone() -> Refusal {
    let (message, english) =
        ("另有进程正在执行同一跟随任务", "another process follows under the same name, or did in the meantime");
    Refusal::new(RefusalCode::WrongState, "name", message, english)
}

/// Refuses who does not keep the site into which contents come.
fn require_keeper(work: &Work, caller: &Caller, mirror: &Mirror) -> Result<()> {
    let site = Target::site(&work.directory, mirror.site);
    may_on(&work.directory, caller, Right::Manage, site, "name")
}

/// Takes the mirror's turn within a deed, writes the log beside it, and marks what came or left (`left_at`).
async fn beside(work: &mut Work, mirror: &Mirror, entries: &[NewExchange], left_at: Option<Instant>) -> Result<()> {
    if work.run(&TAKE_TURN, &[mirror.name.as_str().into(), mirror.turn.into()]).await? == 0 {
        return Err(not_alone().into());
    }
    let marks: Vec<Json> =
        entries.iter().map(|entry| json!([entry.told.origin_id, left_at.map(|instant| instant.0)])).collect();
    let name = mirror.name.as_str();
    work.run(&MARK, &[Json::Array(marks).into(), name.into(), mirror.round.into()]).await?;
    let rows = rows_of(work.library().clock(), entries)?;
    let at = work.at;
    work.run(&WRITE, &[rows.into(), name.into(), at.into()]).await?;
    Ok(())
}
