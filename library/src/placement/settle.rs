//! Bringing a content's placements to what its editors' columns and the subscriptions say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::shelf::sites;
use crate::changes::{Effect, List, Member, Showing, Work};
use crate::content::{ContentKind, LiveContent};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId, PlacementId, SiteId, SubscriptionId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::sharing::{Decision, Ground, Stand, accepted, mirror};

/// A placement as it stands in the table.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub id: PlacementId,
    pub column: ColumnId,
    pub site: SiteId,
    pub shown: bool,
    pub hidden: bool,
    pub own: bool,
    /// Whether something that brings it was accepted; else it waits, or was refused.
    pub accepted: bool,
    pub since: Instant,
    pub member: Member,
}

static STANDING: Sql = Sql::new(
    "select p.id, p.column_id, p.site_id, p.shown, p.hidden, p.rank, p.published_at, p.updated_at, p.kind,
       exists (select 1 from placement_reason r where r.placement_id = p.id and r.origin = 'OWN'), p.shown_since,
       exists (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'ACCEPTED')
     from placement p where p.content_id = $1 order by p.id",
);
static INSERT: Sql = Sql::new(
    "insert into placement (id, column_id, site_id, content_id, kind, rank, hidden, shown, published_at, updated_at, shown_since)
     select as_id(r.value->>0), as_id(r.value->>1), as_id(r.value->>2), $1, $2, 0, $3, as_bool(r.value->>3), $4, $5, $6 from rows($7) r",
);
static SHOW: Sql = Sql::new(
    "update placement set shown = as_bool(r.value->>1), shown_since = as_int(r.value->>2) from rows($1) r
     where placement.id = as_id(r.value->>0)",
);
static REASONS: Sql = Sql::new(
    "select r.placement_id, r.subscription_id, r.source_placement_id, r.decision from placement p
     join placement_reason r on r.placement_id = p.id where p.content_id = $1",
);
static DECIDED: Sql = Sql::new("select subscription_id, decision from sharing_decision where content_id = $1");
static FORGET_DECISIONS: Sql = Sql::new("delete from sharing_decision where content_id = $1");
static TAGS: Sql = Sql::new("select tag_id from content_tag where content_id = $1");
static MOVE: Sql = Sql::new("update placement set published_at = $2, updated_at = $3 where content_id = $1");
static TOUCH: Sql = Sql::new("update placement set updated_at = $2 where content_id = $1");
static DELETE: Sql = Sql::new("delete from placement where id in ids($1)");
static CLEAR_REASONS: Sql =
    Sql::new("delete from placement_reason where placement_id in (select id from placement where content_id = $1)");
static DELETE_REASONS: Sql = Sql::new(
    "delete from placement_reason where (placement_id, subscription_id) in
       (select as_id(r.value->>0), as_id(r.value->>1) from rows($1) r)",
);
pub(super) static INSERT_REASONS: Sql = Sql::new(
    "insert into placement_reason (placement_id, origin, subscription_id, source_placement_id, decision)
     select as_id(r.value->>0), r.value->>1, as_id(r.value->>2), as_id(r.value->>3), r.value->>4 from rows($1) r where true
     on conflict (placement_id, subscription_id) do update
       set source_placement_id = excluded.source_placement_id, decision = excluded.decision",
);

/// The placements of a content as they stand.
pub(crate) async fn members(work: &mut Work, content: ContentId) -> Result<Vec<Standing>> {
    let mut standing = Vec::new();
    for row in work.rows(&STANDING, &[content.into()]).await? {
        standing.push(Standing {
            id: row.get(0)?,
            column: row.get(1)?,
            site: row.get(2)?,
            shown: row.get(3)?,
            hidden: row.get(4)?,
            own: row.get(9)?,
            accepted: row.get(11)?,
            since: row.get(10)?,
            member: Member {
                content,
                kind: row.text(8).and_then(|text| text.parse().ok()).unwrap_or(ContentKind::Article),
                rank: row.get(5)?,
                published_at: row.get(6)?,
                updated_at: row.get(7)?,
            },
        });
    }
    Ok(standing)
}

/// Tells the log how placements moved from `before` to what stands now, and keeps the counters.
pub(crate) async fn tell_moved(work: &mut Work, before: &[Standing], content: ContentId) -> Result<()> {
    let after = members(work, content).await?;
    let mut tags = Vec::new();
    if sites(before) != sites(&after) {
        for row in work.rows(&TAGS, &[content.into()]).await? {
            tags.push(row.get(0)?);
        }
    }
    tell(work, before, &after, content, &tags);
    Ok(())
}

/// Tells the log how placements of a content with `tags` moved, and keeps the counters.
pub(super) fn tell(work: &mut Work, before: &[Standing], after: &[Standing], content: ContentId, tags: &[TagId]) {
    let by_id = |standing: &[Standing]| -> BTreeMap<PlacementId, Standing> {
        standing.iter().map(|standing| (standing.id, standing.clone())).collect()
    };
    let (left, right) = (by_id(before), by_id(after));
    for id in left.keys().chain(right.keys()).copied().collect::<BTreeSet<_>>() {
        let (was, is) = (left.get(&id), right.get(&id));
        let Some(either) = is.or(was) else { continue };
        let effect = match (was, is) {
            (None, _) => Effect::Entered,
            (_, None) => Effect::Left,
            _ => Effect::Changed,
        };
        // What waits is there for the desk alone.
        let never_shown = [was, is].into_iter().flatten().all(|standing| !standing.shown && !standing.accepted);
        work.record(AnyId::PlacementId(id), if never_shown { Effect::Changed } else { effect });
        if [was, is].into_iter().flatten().any(|standing| !standing.accepted) {
            work.list(List::pending(either.column));
        }
        let shown = |side: Option<&Standing>| side.is_some_and(|standing| standing.shown);
        work.showing(Showing { id, content, column: either.column, was_shown: shown(was), is_shown: shown(is) });
        let was = was.filter(|standing| standing.shown).map(|standing| standing.member);
        let is = is.filter(|standing| standing.shown).map(|standing| standing.member);
        work.member(List::Column(either.column), was, is);
        work.member(List::Site(either.site), was, is);
    }
    let directory = work.directory.clone();
    work.counts.moved(&directory, before, after, tags);
    work.list(List::Placements(content));
}

/// Takes away every placement of a content, and what desks decided of it; answers those that stood.
pub(crate) async fn remove_all(work: &mut Work, content: ContentId) -> Result<Vec<Standing>> {
    let before = members(work, content).await?;
    work.run(&CLEAR_REASONS, &[content.into()]).await?;
    work.run(&FORGET_DECISIONS, &[content.into()]).await?;
    let ids: Vec<_> = before.iter().map(|standing| standing.id).collect();
    work.run(&DELETE, &[ids.as_slice().into()]).await?;
    tell_moved(work, &before, content).await?;
    Ok(before)
}

/// Why a placement is there, as the table says it.
type Why = (Option<PlacementId>, Option<Decision>);

/// Brings the placements of a live content to what its editors, the subscriptions and receiving desks say. `earlier` and
/// `now` are the columns that the editors chose before and now; what was placed by other deeds stays. Answers how many
/// columns show it or would but for a curtain.
pub(crate) async fn settle(
    work: &mut Work,
    content: &LiveContent,
    earlier: &[ColumnId],
    now: &[ColumnId],
) -> Result<usize> {
    let before = members(work, content.id).await?;
    let mut own: BTreeSet<ColumnId> = before.iter().filter(|s| s.own).map(|s| s.column).collect();
    own.retain(|column| !earlier.contains(column) || now.contains(column));
    own.extend(now);
    let directory = work.directory.clone();
    let hidden: BTreeSet<ColumnId> = before.iter().filter(|s| s.hidden).map(|s| s.column).collect();
    let since = before.iter().filter(|s| s.accepted).map(|s| (s.column, s.since)).collect();
    let decided = decided(work, content.id).await?;
    let stand = Stand { own: &own, hidden: &hidden, since: &since, decided: &decided };
    let wanted = mirror(&directory, work.library().zone(), content, &stand);

    // Ids first: a mirrored placement names the placement that it mirrors.
    let mut ids: BTreeMap<ColumnId, PlacementId> = before.iter().map(|s| (s.column, s.id)).collect();
    let mut fresh = Vec::new();
    for (column, grounds) in &wanted {
        if !ids.contains_key(column) {
            let id = PlacementId(work.library().new_id());
            ids.insert(*column, id);
            fresh.push((id, *column, own.contains(column) || accepted(grounds)));
        }
    }
    let gone: Vec<PlacementId> = before.iter().filter(|s| !wanted.contains_key(&s.column)).map(|s| s.id).collect();
    let reasons = reasons(work, content.id, &own, &wanted, &ids).await?;
    work.insert(&DELETE_REASONS, reasons.gone).await?;
    if !gone.is_empty() {
        work.run(&DELETE, &[gone.as_slice().into()]).await?;
    }
    touch(work, content, &before).await?;
    insert(work, content, &fresh).await?;
    work.insert(&INSERT_REASONS, reasons.fresh).await?;
    show(work, &before, &own, &wanted).await?;
    tell_moved(work, &before, content.id).await?;
    Ok(wanted.iter().filter(|(column, grounds)| own.contains(column) || accepted(grounds)).count())
}

/// What receiving desks decided of a content.
async fn decided(work: &mut Work, content: ContentId) -> Result<BTreeMap<SubscriptionId, Decision>> {
    let mut decided = BTreeMap::new();
    for row in work.rows(&DECIDED, &[content.into()]).await? {
        if let Some(decision) = row.text(1).and_then(|text| text.parse().ok()) {
            decided.insert(row.get(0)?, decision);
        }
    }
    Ok(decided)
}

/// Rows of reasons that go and that come or change.
struct Reasons {
    gone: Vec<serde_json::Value>,
    fresh: Vec<serde_json::Value>,
}

/// How the reasons of a content's placements differ from what is wanted.
async fn reasons(
    work: &mut Work,
    content: ContentId,
    own: &BTreeSet<ColumnId>,
    wanted: &BTreeMap<ColumnId, Vec<Ground>>,
    ids: &BTreeMap<ColumnId, PlacementId>,
) -> Result<Reasons> {
    let mut standing: BTreeMap<(PlacementId, SubscriptionId), Why> = BTreeMap::new();
    for row in work.rows(&REASONS, &[content.into()]).await? {
        let decision = row.text(3).and_then(|text| text.parse().ok());
        standing.insert((row.get(0)?, row.get(1)?), (row.get(2)?, decision));
    }
    let hex = |id: Uuid| id.simple().to_string();
    let mut fresh = Vec::new();
    for (column, grounds) in wanted {
        let id = ids[column];
        let nobody = SubscriptionId(Uuid::nil());
        if own.contains(column) && standing.remove(&(id, nobody)).is_none() {
            fresh.push(json!([hex(id.0), "OWN", hex(nobody.0), null, "ACCEPTED"]));
        }
        for ground in grounds {
            let (source, decision) = (ids[&ground.source], ground.decision);
            if standing.remove(&(id, ground.subscription)) != Some((Some(source), Some(decision))) {
                let decision: &str = decision.into();
                fresh.push(json!([hex(id.0), "MIRRORED", hex(ground.subscription.0), hex(source.0), decision]));
            }
        }
    }
    let gone = standing.into_keys().map(|(id, subscription)| json!([hex(id.0), hex(subscription.0)])).collect();
    Ok(Reasons { gone, fresh })
}

/// Shows what was accepted since, and hides what nothing that was accepted brings any more.
async fn show(
    work: &mut Work,
    before: &[Standing],
    own: &BTreeSet<ColumnId>,
    wanted: &BTreeMap<ColumnId, Vec<Ground>>,
) -> Result<()> {
    let mut changed = Vec::new();
    for standing in before {
        let Some(grounds) = wanted.get(&standing.column) else { continue };
        let accepted = own.contains(&standing.column) || accepted(grounds);
        let shown = accepted && !standing.hidden;
        if shown != standing.shown || accepted != standing.accepted {
            let since = if accepted == standing.accepted { standing.since } else { work.at };
            changed.push(json!([standing.id.0.simple().to_string(), shown, since.0]));
        }
    }
    work.insert(&SHOW, changed).await
}

/// Gives the placements that stand the times of the content: each index that a time lies in is written anew for each of them.
async fn touch(work: &mut Work, content: &LiveContent, before: &[Standing]) -> Result<()> {
    let (published, updated) = (content.published_at, content.updated_at);
    if before.iter().any(|standing| standing.member.published_at != published) {
        work.run(&MOVE, &[content.id.into(), published.into(), updated.into()]).await?;
    } else if before.iter().any(|standing| standing.member.updated_at != updated) {
        work.run(&TOUCH, &[content.id.into(), updated.into()]).await?;
    }
    Ok(())
}

/// Inserts placements that are new, each with whether it is shown.
async fn insert(work: &mut Work, content: &LiveContent, fresh: &[(PlacementId, ColumnId, bool)]) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let directory = work.directory.clone();
    let hex = |id: Uuid| id.simple().to_string();
    let rows: Vec<_> = fresh
        .iter()
        .filter_map(|(id, column, shown)| {
            let site = directory.columns.get(*column)?.site;
            Some(json!([hex(id.0), hex(column.0), hex(site.0), shown]))
        })
        .collect();
    let kind: &str = content.kind.into();
    let params = [
        content.id.into(),
        kind.into(),
        false.into(),
        content.published_at.into(),
        content.updated_at.into(),
        work.at.into(),
        serde_json::Value::Array(rows).into(),
    ];
    work.run(&INSERT, &params).await?;
    Ok(())
}
