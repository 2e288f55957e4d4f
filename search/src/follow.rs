//! Following the change log (跟随变更日志): each content that changed is read again as the public sees it now, and written into
//! the index with the position. Repeating it does no harm; the index itself says from where to go on.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use library::changes::{Action, Change};
use library::findable::Along;
use library::id::{AnyId, ContentId, SiteId, TagId};
use library::{Audience, Directory, Position};
use uuid::Uuid;

use crate::engine::{Batch, Failure};
use crate::public::document;
use crate::search::{Search, Trouble};
use crate::text::cut::prepare;

/// How many changes are read at once.
const BATCH: i64 = 200;
/// What the changes of a batch may touch together.
const MOST_SUBJECTS: i64 = 20_000;
/// How many contents are read at once: their texts are in memory.
pub(crate) const AT_ONCE: usize = 200;

/// What of the directory decides how contents are found, as it was when it was looked at last.
#[derive(Default)]
pub struct Seen {
    running: HashMap<SiteId, bool>,
    tags: HashMap<TagId, String>,
}

impl Seen {
    /// The sites and tags that a batch touched and that make contents findable otherwise than before; all that it touched
    /// if it is not known how they were.
    fn changed(&mut self, batch: &[Change], directory: &Directory) -> Vec<Along> {
        let mut along = Vec::new();
        let of_directory: [&str; 3] =
            [Action::SiteChanged.into(), Action::TagChanged.into(), Action::TagsMerged.into()];
        let told = batch.iter().filter(|change| of_directory.contains(&change.action.as_str()));
        let touched: BTreeSet<AnyId> =
            told.flat_map(|change| &change.subjects).filter_map(|touch| touch.subject.parse().ok()).collect();
        for id in touched {
            match id {
                AnyId::SiteId(id) => {
                    let runs = directory.sites.get(id).is_some_and(|site| site.is_running());
                    if self.running.insert(id, runs) != Some(runs) {
                        along.push(Along::Site(id));
                    }
                }
                AnyId::TagId(id) => {
                    let named =
                        directory.tags.get(id).map(|tag| format!("{:?}", (&tag.fields, tag.state, tag.merged_into)));
                    let named = named.unwrap_or_default();
                    if self.tags.insert(id, named.clone()).as_ref() != Some(&named) {
                        along.push(Along::Tag(id));
                    }
                }
                _ => {}
            }
        }
        along
    }
}

impl Search {
    /// Follows the log until it is dropped: woken by every commit of this process, by a timer otherwise. What fails is tried
    /// again at every tick; nobody waits for it.
    pub async fn follow(&self, every: Duration, mut told: impl FnMut(Result<(), String>)) {
        let mut committed = self.library.commits();
        // What fails of this is met again by who asks first.
        let _ = tokio::task::spawn_blocking(prepare).await;
        let mut seen = Seen::default();
        loop {
            let caught_up = match self.catch_up(&mut seen).await {
                // Others follow, too: where they have come to is looked up anew.
                Err(Trouble::Engine(Failure::Overtaken)) => Ok(()),
                other => other.map(|_| ()),
            };
            let failed = caught_up.is_err();
            told(caught_up.map_err(|trouble| trouble.to_string()));
            if failed {
                tokio::time::sleep(every.max(Duration::from_millis(200))).await;
            } else if let Ok(Err(_)) = tokio::time::timeout(every, committed.changed()).await {
                return;
            }
        }
    }

    /// Brings the index to the end of the log; builds it first if it was never built. Answers its position.
    ///
    /// # Errors
    /// When the engine or the library fails: the index stays where it is.
    pub async fn catch_up(&self, seen: &mut Seen) -> Result<Position, Trouble> {
        let _turn = self.turn.lock().await;
        let Some(mut position) = self.engine.standing().await?.position else {
            return self.build().await;
        };
        if self.position() != Some(position) {
            // Another node has written, or nobody yet: what this one saw last is not what the index was told.
            *seen = Seen::default();
        }
        self.renew_words().await?;
        loop {
            let batch = self.library.changes_within(position, BATCH, MOST_SUBJECTS).await?;
            let Some(last) = batch.last().map(|change| change.position) else {
                self.passed(position);
                return Ok(position);
            };
            self.library.refresh().await?;
            if let Err(trouble) = self.apply(&batch, position, last, seen).await {
                // What was looked at was not written: the next try knows nothing of it.
                *seen = Seen::default();
                return Err(trouble);
            }
            position = last;
            self.passed(position);
            // Names and synonyms count as soon as they are changed.
            self.renew_words().await?;
        }
    }

    async fn apply(&self, batch: &[Change], from: Position, to: Position, seen: &mut Seen) -> Result<(), Trouble> {
        let drafted: &str = Action::ContentDrafted.into();
        let told = batch.iter().filter(|change| change.action != drafted);
        let contents: BTreeSet<ContentId> = told.flat_map(Change::contents).collect();
        let contents: Vec<ContentId> = contents.into_iter().collect();
        for along in seen.changed(batch, &self.library.directory()) {
            self.write_along(along, from).await?;
        }
        let (most, rest) = contents.split_at(contents.len() - contents.len() % AT_ONCE);
        for some in most.chunks(AT_ONCE) {
            self.write(some, from, from).await?;
        }
        self.write(rest, from, to).await
    }

    async fn write_along(&self, along: Along, position: Position) -> Result<(), Trouble> {
        let mut after = None;
        loop {
            let contents = self.library.contents_along(along, after, AT_ONCE).await?;
            let Some(last) = contents.last().copied() else { return Ok(()) };
            self.write(&contents, position, position).await?;
            after = Some(last);
        }
    }

    /// Writes what is public now of these contents, and takes out the others.
    async fn write(&self, contents: &[ContentId], from: Position, position: Position) -> Result<(), Trouble> {
        let scope = self.library.scope(Audience::Public);
        let found = scope.findable(contents).await?;
        let put: Vec<_> = found.iter().map(|found| document(found, self.library.zone())).collect();
        let public: BTreeSet<Uuid> = put.iter().map(|document| document.id).collect();
        let remove = contents.iter().map(|id| id.0).filter(|id| !public.contains(id)).collect();
        self.engine.write(Batch { put, remove, from, position }).await?;
        Ok(())
    }

    /// Builds the index anew beside the one that answers, and lets it take over (重建索引). Answers its position.
    ///
    /// # Errors
    /// When the engine or the library fails: then the old one goes on answering.
    pub async fn rebuild(&self) -> Result<Position, Trouble> {
        let _turn = self.turn.lock().await;
        self.build().await
    }

    async fn build(&self) -> Result<Position, Trouble> {
        self.library.refresh().await?;
        self.renew_words().await?;
        // What changes while it is built is read again afterwards, from here on.
        let position = self.library.known_position();
        let mut building = self.engine.build().await?;
        let mut after = None;
        loop {
            let contents = self.library.contents_along(Along::Library, after, AT_ONCE).await?;
            let Some(last) = contents.last().copied() else { break };
            let found = self.library.scope(Audience::Public).findable(&contents).await?;
            let zone = self.library.zone();
            building.add(found.iter().map(|found| document(found, zone)).collect()).await?;
            after = Some(last);
        }
        building.finish(position).await?;
        let written =
            self.engine.standing().await?.position.ok_or_else(|| {
                Failure::Unavailable("what was built does not say which position it is of".to_owned())
            })?;
        self.passed(written);
        Ok(written)
    }
}
