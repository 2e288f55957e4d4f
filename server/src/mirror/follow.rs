//! From page to page: a snapshot of what the other side shows, then its changes, for as long as is wanted.
//!
//! Whatever was done is written down with how far it is, so that it may end at any moment and goes on there.

use std::future::Future;
use std::time::Duration;

use anyhow::Context as _;
use delivery::mirror::{Origin, OriginColumn, OriginContent, Trouble};
use library::mirror::{ExchangeOutcome, MirrorPhase, NewExchange, OpenMirror, Told, Turn};
use library::{Error, Library};
use seed::mirror::{ForeignColumn, ForeignContent, Plan, Taken, Taker};

use super::Followed;

/// The shortest and the longest time to wait when the other side is away.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(300);

/// How long it goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Whether it ends when everything is taken over.
    pub once: bool,
    /// How long it waits when there was nothing new.
    pub every: Duration,
}

/// What follows.
pub(super) struct Follow {
    library: Library,
    origin: Origin,
    plan: Plan,
    name: String,
    anew: bool,
    taker: Taker,
    /// As it stands; nothing before the other side has shown its columns.
    mirror: Option<library::mirror::Mirror>,
    /// The identifiers of the columns that are followed.
    columns: Vec<String>,
    followed: Followed,
}

/// Whether there is more to do at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    More,
    Idle,
}

impl Follow {
    pub fn new(library: Library, origin: Origin, plan: Plan, name: String, anew: bool) -> Self {
        let taker = Taker::new(library.clone(), &name, plan.clone());
        let (columns, followed) = (Vec::new(), Followed::default());
        Self { library, origin, plan, name, anew, taker, mirror: None, columns, followed }
    }

    /// Goes on until it is asked to end, or all is done.
    pub async fn run(mut self, pace: Pace, ended: impl Future<Output = ()>) -> anyhow::Result<Followed> {
        let mut ended = std::pin::pin!(ended);
        let (mut delay, mut met) = (SHORTEST, false);
        loop {
            let waits = match self.step().await {
                Ok(Step::More) => {
                    (delay, met) = (SHORTEST, true);
                    Duration::ZERO
                }
                Ok(Step::Idle) if pace.once => return Ok(self.followed),
                Ok(Step::Idle) => {
                    (delay, met) = (SHORTEST, true);
                    jittered(pace.every)
                }
                Err(error) => {
                    self.trouble(&error).await;
                    if pace.once || !self.passes(&error, met) {
                        return Err(error);
                    }
                    tracing::warn!(mirror = self.name, "{error:#}");
                    let waits = jittered(delay);
                    delay = LONGEST.min(delay * 2);
                    waits
                }
            };
            tokio::select! {
                biased;
                () = &mut ended => return Ok(self.followed),
                () = tokio::time::sleep(waits) => {}
            }
        }
    }

    /// Whether waiting may help: at the first meeting only what passes by itself, later whatever the other side answers, too.
    fn passes(&self, error: &anyhow::Error, met: bool) -> bool {
        match (error.downcast_ref::<Trouble>(), error.downcast_ref::<Error>()) {
            (Some(trouble), _) => met || trouble.passes,
            (None, Some(Error::Refused(_))) => false,
            (None, Some(_)) => met,
            (None, None) => false,
        }
    }

    /// Writes down what keeps it from going on; what was in memory may not be how it stands any more.
    async fn trouble(&mut self, error: &anyhow::Error) {
        self.mirror = None;
        let Some(trouble) = error.downcast_ref::<Trouble>() else { return };
        if let Err(error) = self.library.mirror_trouble(&self.name, trouble.code, &trouble.reason).await {
            tracing::warn!(%error, "what is wrong could not be written down");
        }
    }

    async fn step(&mut self) -> anyhow::Result<Step> {
        self.library.refresh().await?;
        match self.mirror.as_ref().map(|mirror| mirror.phase) {
            None => self.look(None).await.map(|()| Step::More),
            Some(MirrorPhase::Snapshot) => self.snapshot().await,
            Some(MirrorPhase::Clearing) => self.clear().await,
            Some(MirrorPhase::Following) => self.follow().await,
        }
    }

    /// Looks at the columns of the other side, and begins a snapshot if there is a reason.
    async fn look(&mut self, reason: Option<&'static str>) -> anyhow::Result<()> {
        let found = self.origin.columns(&self.plan.followed).await?;
        self.columns = found.iter().filter(|column| column.followed).map(|column| column.id.clone()).collect();
        let layout = layout(&found);
        let foreign = found.into_iter().map(|OriginColumn { id, places, .. }| ForeignColumn { id, places });
        self.taker.lay_out(&foreign.collect::<Vec<_>>());
        let (origin, plan) = (self.origin.url().to_string(), self.plan.text());
        let open =
            OpenMirror { name: self.name.clone(), site: self.plan.site, origin: origin.clone(), plan: plan.clone() };
        let mut mirror = match self.mirror.take() {
            Some(mirror) => mirror,
            None => {
                self.library.forget_exchanges(&self.name).await?;
                self.library.open_mirror(open).await?
            }
        };
        let asked_for = std::mem::take(&mut self.anew).then_some("ASKED_FOR");
        let why = match reason.or(asked_for) {
            Some(code) => Some(Some(code)),
            None if mirror.round == 0 => Some(None),
            None if mirror.origin != origin => Some(Some("ADDRESS_CHANGED")),
            None if mirror.plan != plan => Some(Some("PLAN_CHANGED")),
            None if mirror.layout != layout => Some(Some("COLUMNS_CHANGED")),
            None => None,
        };
        if let Some(code) = why {
            let told = Told { code: code.map(str::to_owned), ..Told::default() };
            self.library.begin_mirror_snapshot(&mut mirror, &origin, &plan, &layout, told).await?;
            tracing::info!(mirror = self.name, why = code.unwrap_or("FIRST"), "looking at everything");
        }
        self.mirror = Some(mirror);
        Ok(())
    }

    async fn snapshot(&mut self) -> anyhow::Result<Step> {
        let mut mirror = self.mirror.take().context("no mirror is open")?;
        let page = match self.origin.contents(&self.columns, mirror.cursor.as_deref()).await {
            Err(trouble) if trouble.code == "POSITION_REFUSED" && mirror.cursor.is_some() => {
                self.mirror = Some(mirror);
                self.look(Some("POSITION_REFUSED")).await?;
                return Ok(Step::More);
            }
            page => page?,
        };
        let seen = page.contents.iter().map(|content| content.id.clone()).collect();
        let contents = page.contents.into_iter().map(foreign).collect();
        let taken = self.taker.take(&mut mirror, contents, Vec::new(), None).await?;
        let phase = if page.next.is_some() { MirrorPhase::Snapshot } else { MirrorPhase::Clearing };
        let position = mirror.position.clone().or(Some(page.position));
        let told = self.count(taken);
        self.library.turn_mirror(&mut mirror, Turn { phase, position, cursor: page.next, seen, told }).await?;
        self.mirror = Some(mirror);
        Ok(Step::More)
    }

    async fn clear(&mut self) -> anyhow::Result<Step> {
        let mut mirror = self.mirror.take().context("no mirror is open")?;
        let withdrawn = self.taker.clear(&mut mirror).await?;
        self.followed.withdrawn += withdrawn;
        if withdrawn == 0 {
            let ended = NewExchange { outcome: ExchangeOutcome::SnapshotEnded, content: None, told: Told::default() };
            let turn = Turn {
                phase: MirrorPhase::Following,
                position: mirror.position.clone(),
                cursor: None,
                seen: Vec::new(),
                told: vec![ended],
            };
            self.library.turn_mirror(&mut mirror, turn).await?;
            tracing::info!(mirror = self.name, "{} until now; following", self.followed);
        }
        self.mirror = Some(mirror);
        Ok(Step::More)
    }

    async fn follow(&mut self) -> anyhow::Result<Step> {
        let mirror = self.mirror.as_ref().context("no mirror is open")?;
        let position = mirror.position.clone().context("a mirror follows from nowhere")?;
        let changes = match self.origin.changes(&self.columns, &position).await {
            Err(trouble) if trouble.code == "POSITION_REFUSED" => {
                self.look(Some("POSITION_REFUSED")).await?;
                return Ok(Step::More);
            }
            changes => changes?,
        };
        if changes.sites {
            // What a site shows when it is opened or closed is told content by content to nobody.
            self.look(Some("SITE_CHANGED")).await?;
            return Ok(Step::More);
        }
        if changes.columns {
            self.look(None).await?;
        }
        let mut mirror = self.mirror.take().context("no mirror is open")?;
        if mirror.phase != MirrorPhase::Following {
            self.mirror = Some(mirror);
            return Ok(Step::More);
        }
        let (found, gone) = self.origin.contents_by_id(&changes.touched).await?;
        let left: Vec<String> = changes.left.into_iter().chain(gone).collect();
        let contents = found.into_iter().map(foreign).collect();
        let taken = self.taker.take(&mut mirror, contents, left, Some(&changes.end)).await?;
        let told = self.count(taken);
        if changes.end != position || !told.is_empty() {
            let position = Some(changes.end);
            let turn = Turn { phase: MirrorPhase::Following, position, cursor: None, seen: Vec::new(), told };
            self.library.turn_mirror(&mut mirror, turn).await?;
        } else {
            self.library.mirror_heard(&self.name).await?;
        }
        self.mirror = Some(mirror);
        Ok(if changes.has_next { Step::More } else { Step::Idle })
    }

    /// Counts what became of a page; answers what is still to be told.
    fn count(&mut self, taken: Taken) -> Vec<NewExchange> {
        let Taken { told, written, updated, withdrawn, noted, failed } = taken;
        if written + updated + withdrawn + failed > 0 {
            tracing::debug!(mirror = self.name, written, updated, withdrawn, failed, "a page");
        }
        self.followed.written += written;
        self.followed.updated += updated;
        self.followed.withdrawn += withdrawn;
        self.followed.told += noted;
        self.followed.failed += failed;
        told
    }
}

/// The columns as they lie, as a text to be compared.
fn layout(columns: &[OriginColumn]) -> String {
    let lines = columns.iter().map(|column| format!("{} {}", column.id, column.places.join(" ")));
    lines.collect::<Vec<_>>().join("\n")
}

fn foreign(content: OriginContent) -> ForeignContent {
    let OriginContent { id, record, columns, pages } = content;
    ForeignContent { id, record, columns, pages }
}

/// A quarter more or less, so that many who wait do not come back together.
fn jittered(delay: Duration) -> Duration {
    let mut random = [0; 2];
    if getrandom::fill(&mut random).is_err() {
        return delay;
    }
    delay.mul_f64(0.75 + f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX) / 2.0)
}
