//! Reading the change feed from a position.

use std::collections::{BTreeMap, HashSet};

use super::filter::Wanted;
use super::{ChangeFilter, FeedChange, FeedEffect, FeedPage};
use crate::changes::{Action, Effect, Stands};
use crate::database::{Row, Sql};
use crate::id::{AnyId, ChangeId, ContentId, EffectId, PlacementId, TagId};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::site::SiteStatus;
use crate::tag::TagState;
use crate::{Position, Scope};

/// How many changes a page looks at: those that mean nothing to the follower cost no more than that.
const MOST_CHANGES: i64 = 500;
/// How many changes are looked at for each that was asked for.
const LOOKED_AT: i64 = 20;
/// How many effects a page reads, but for those of its first change.
const MOST_EFFECTS: i64 = 5_000;

static CHANGES: Sql = Sql::new(
    "select position, id, at, action, site_id from change where position > $1 and position <= $3 order by position limit $2",
);
static EFFECTS: Sql = Sql::new(
    "select c.position, e.id, e.subject, e.effect, e.standing from change c join change_effect e on e.change_id = c.id
     where c.position > $1 and c.position <= $2 order by c.position, e.ordinal limit $3",
);
static CHANGE: Sql = Sql::new("select position, id, at, action, site_id from change where id = $1");
static OF_CHANGE: Sql =
    Sql::new("select 0, id, subject, effect, standing from change_effect where change_id = $1 order by ordinal");
static EFFECT: Sql = Sql::new("select 0, id, subject, effect, standing from change_effect where id = $1");

/// An effect as it is kept.
struct Kept {
    position: Position,
    id: EffectId,
    subject: AnyId,
    effect: Effect,
    stands: Option<Stands>,
}

impl Kept {
    fn read(row: &Row) -> Result<Option<Self>> {
        let parsed = row.text(2).and_then(|text| text.parse().ok()).zip(row.text(3).and_then(|text| text.parse().ok()));
        let Some((subject, effect)) = parsed else { return Ok(None) };
        let stands = if row.text(4).is_some() { Some(row.json(4)?) } else { None };
        Ok(Some(Self { position: row.get(0)?, id: row.get(1)?, subject, effect, stands }))
    }
}

fn change(row: &Row) -> Result<Option<FeedChange>> {
    let Some(action) = row.text(3).and_then(|text| text.parse::<Action>().ok()) else { return Ok(None) };
    let (position, id, at, site) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(4)?);
    Ok(Some(FeedChange { id, position, at, action, site, effects: Vec::new() }))
}

impl Scope {
    /// The changes after a position that mean something for `filter`, at most `first`. A page may hold fewer, even none, and go
    /// on: it ends when it has looked at enough.
    ///
    /// # Errors
    /// Refuses a position that the log has not reached: it is that of another library, or of one that was restored.
    pub async fn change_feed(&self, after: Position, first: usize, filter: &ChangeFilter) -> Result<FeedPage> {
        self.note_log();
        // What this read's own directory has not passed is not looked at: it would be judged by what was before.
        let known = self.directory().position;
        let most = (first as i64 * LOOKED_AT).clamp(LOOKED_AT, MOST_CHANGES);
        let rows = self.rows(&CHANGES, vec![after.into(), (most + 1).into(), known.into()]).await?;
        if rows.is_empty() && after > self.library().newest_position().await? {
            let (message, english) =
                ("变更日志尚未到达该位置，请重新取快照", "the log has not come that far: take a new snapshot");
            return Err(Refusal::new(RefusalCode::Invalid, "after", message, english).into());
        }
        let mut end = after;
        let mut more = rows.len() as i64 > most;
        let mut changes = BTreeMap::new();
        for row in rows.iter().take(usize::try_from(most).unwrap_or(usize::MAX)) {
            end = row.get(0)?;
            changes.extend(change(row)?.map(|change| (end, change)));
        }
        let mut rows = self.rows(&EFFECTS, vec![after.into(), end.into(), (MOST_EFFECTS + 1).into()]).await?;
        if rows.len() as i64 > MOST_EFFECTS {
            // The last of them may not be whole; the first is read whole whatever it takes.
            let cut: Position = rows.last().map_or(Ok(end), |row| row.get(0))?;
            let first: Position = rows.first().map_or(Ok(end), |row| row.get(0))?;
            end = if cut > first { cut - 1 } else { cut };
            rows = self.rows(&EFFECTS, vec![after.into(), end.into(), i64::MAX.into()]).await?;
            more = true;
        }
        let kept = rows.iter().filter_map(|row| Kept::read(row).transpose()).collect::<Result<Vec<_>>>()?;
        let mut told = Vec::new();
        for (position, effect) in self.reveal(kept, filter).await? {
            if let Some(change) = changes.get_mut(&position) {
                change.effects.push(effect);
            }
        }
        for (position, change) in changes {
            if position > end || change.effects.is_empty() {
                continue;
            }
            if told.len() == first {
                // The page is full: it ends behind its last change.
                end = told.last().map_or(after, |change: &FeedChange| change.position);
                more = true;
                break;
            }
            told.push(change);
        }
        Ok(FeedPage { changes: told, end, has_next: more })
    }

    /// One change as the feed tells it to who wants everything; nothing if it did nothing that is public.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_change(&self, id: ChangeId) -> Result<Option<FeedChange>> {
        self.note_log();
        let rows = self.rows(&CHANGE, vec![id.into()]).await?;
        let Some(mut found) = rows.first().map(change).transpose()?.flatten() else { return Ok(None) };
        found.effects = self.whole(&OF_CHANGE, id.into()).await?;
        Ok(Some(found).filter(|found| !found.effects.is_empty()))
    }

    /// One effect as the feed tells it to who wants everything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_effect(&self, id: EffectId) -> Result<Option<FeedEffect>> {
        self.note_log();
        Ok(self.whole(&EFFECT, id.into()).await?.pop())
    }

    async fn whole(&self, sql: &Sql, id: crate::database::Value) -> Result<Vec<FeedEffect>> {
        let rows = self.rows(sql, vec![id]).await?;
        let kept = rows.iter().filter_map(|row| Kept::read(row).transpose()).collect::<Result<Vec<_>>>()?;
        let told = self.reveal(kept, &ChangeFilter::default()).await?;
        Ok(told.into_iter().map(|(_, effect)| effect).collect())
    }

    /// What effects mean for a filter, and to the public now: what it does not see any more has left.
    async fn reveal(&self, kept: Vec<Kept>, filter: &ChangeFilter) -> Result<Vec<(Position, FeedEffect)>> {
        let wanted = Wanted::of(self, filter);
        let mut told = Vec::new();
        let mut hidden = HashSet::new();
        for Kept { position, id, subject, effect, stands } in kept {
            let meant = match stands {
                Some(stands) => {
                    if self.is_in_preparation(&stands) {
                        hidden.insert(id);
                    }
                    wanted.effect(effect, &stands)
                }
                None => wanted.wants(subject).then_some((effect, Vec::new())),
            };
            told.extend(meant.map(|(effect, columns)| (position, FeedEffect { id, effect, subject, columns })));
        }
        let (mut contents, mut placements) = (Vec::<ContentId>::new(), Vec::<PlacementId>::new());
        for (_, effect) in told.iter().filter(|(_, effect)| effect.effect != Effect::Left) {
            match effect.subject {
                AnyId::ContentId(id) => contents.push(id),
                AnyId::PlacementId(id) => placements.push(id),
                _ => {}
            }
        }
        let visible = self.visible_of(contents, placements).await?;
        told.retain_mut(|(_, effect)| match effect.subject {
            AnyId::ContentId(_) | AnyId::PlacementId(_) => {
                let seen = visible.contains(&effect.subject);
                if !seen {
                    effect.effect = Effect::Left;
                }
                // What stands and stood on sites alone that never were opened is nobody's business.
                seen || !hidden.contains(&effect.id)
            }
            // What never was public is not told of, not even that it is not there.
            AnyId::TagId(id) if effect.effect != Effect::Left => self.tag_is_active(id),
            AnyId::TagId(_) => true,
            of_directory => self.stands_in_public(of_directory).is_some_and(|stands| {
                if !stands {
                    effect.effect = Effect::Left;
                }
                true
            }),
        });
        Ok(told)
    }

    /// Whether all columns of both sides are of sites that were never opened.
    fn is_in_preparation(&self, stands: &Stands) -> bool {
        let directory = self.directory();
        let of = |column| directory.columns.get(column).and_then(|column| directory.sites.get(column.site));
        let mut columns = stands.columns.before().chain(stands.columns.after()).peekable();
        columns.peek().is_some()
            && columns.all(|column| of(column).is_some_and(|site| site.status == SiteStatus::Preparing))
    }

    async fn visible_of(
        &self,
        mut contents: Vec<ContentId>,
        mut placements: Vec<PlacementId>,
    ) -> Result<HashSet<AnyId>> {
        contents.sort_unstable();
        contents.dedup();
        placements.sort_unstable();
        placements.dedup();
        let mut visible = HashSet::new();
        if !contents.is_empty() {
            visible.extend(self.live_contents(&contents).await?.iter().map(|content| AnyId::ContentId(content.id)));
        }
        if !placements.is_empty() {
            let found = self.placements_by_id(&placements).await?;
            visible.extend(found.iter().map(|shown| AnyId::PlacementId(shown.placement.id)));
        }
        Ok(visible)
    }

    /// Whether the public sees a record of the directory now; nothing if it never did.
    fn stands_in_public(&self, id: AnyId) -> Option<bool> {
        let directory = self.directory();
        let opened = |site| directory.sites.get(site).filter(|site| site.status != SiteStatus::Preparing).map(|_| ());
        match id {
            AnyId::SiteId(id) => opened(id).map(|()| self.site(id).is_some()),
            AnyId::ColumnId(id) => {
                opened(directory.columns.get(id)?.site)?;
                Some(self.column(id).is_some())
            }
            AnyId::PanelId(id) => {
                opened(directory.panels.get(id)?.site)?;
                Some(self.panel(id).is_some())
            }
            AnyId::OrganisationId(id) => Some(self.organisation(id).is_some()),
            _ => None,
        }
    }

    fn tag_is_active(&self, id: TagId) -> bool {
        self.directory().tags.get(id).is_some_and(|tag| tag.state == TagState::Active)
    }
}
