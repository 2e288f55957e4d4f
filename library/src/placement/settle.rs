//! Bringing a content's placements to what its editors' columns and the subscriptions say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::shelf::sites;
use crate::changes::{Effect, List, Member, Work};
use crate::content::{ContentKind, LiveContent};
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId, PlacementId, SiteId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::sharing::mirror;

/// A placement as it stands in the table.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub id: PlacementId,
    pub column: ColumnId,
    pub site: SiteId,
    pub shown: bool,
    pub hidden: bool,
    pub own: bool,
    pub member: Member,
}

static STANDING: Sql = Sql::new(
    "select p.id, p.column_id, p.site_id, p.shown, p.hidden, p.rank, p.published_at, p.updated_at, p.kind,
       exists (select 1 from placement_reason r where r.placement_id = p.id and r.origin = 'OWN')
     from placement p where p.content_id = $1 order by p.id",
);
static INSERT: Sql = Sql::new(
    "insert into placement (id, column_id, site_id, content_id, kind, rank, hidden, shown, published_at, updated_at, shown_since)
     select as_id(r.value->>0), as_id(r.value->>1), as_id(r.value->>2), $1, $2, 0, $3, $4, $5, $6, $7 from rows($8) r",
);
static TAGS: Sql = Sql::new("select tag_id from content_tag where content_id = $1");
static TOUCH: Sql = Sql::new("update placement set published_at = $2, updated_at = $3 where content_id = $1");
static DELETE: Sql = Sql::new("delete from placement where id in ids($1)");
static CLEAR_REASONS: Sql =
    Sql::new("delete from placement_reason where placement_id in (select id from placement where content_id = $1)");
pub(super) static INSERT_REASONS: Sql = Sql::new(
    "insert into placement_reason (placement_id, origin, subscription_id, source_placement_id, decision)
     select as_id(r.value->>0), r.value->>1, as_id(r.value->>2), as_id(r.value->>3), 'ACCEPTED' from rows($1) r",
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
        work.record(AnyId::PlacementId(id), effect);
        let was = was.filter(|standing| standing.shown).map(|standing| standing.member);
        let is = is.filter(|standing| standing.shown).map(|standing| standing.member);
        work.member(List::Column(either.column), was, is);
        work.member(List::Site(either.site), was, is);
    }
    let directory = work.directory.clone();
    work.counts.moved(&directory, before, after, tags);
    work.list(List::Placements(content));
}

/// Takes away every placement of a content.
pub(crate) async fn remove_all(work: &mut Work, content: ContentId) -> Result<()> {
    let before = members(work, content).await?;
    work.run(&CLEAR_REASONS, &[content.into()]).await?;
    let ids: Vec<_> = before.iter().map(|standing| standing.id).collect();
    work.run(&DELETE, &[ids.as_slice().into()]).await?;
    tell_moved(work, &before, content).await
}

/// Brings the placements of a live content to what its editors and the subscriptions say. `earlier` and `now` are
/// the columns that the editors chose before and now; what was placed by other deeds stays. Answers how many there are.
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
    let zone = work.library().zone();
    let wanted = mirror(&directory, zone, content, &own, &hidden);

    // Ids first: a mirrored placement names the placement that it mirrors.
    let mut ids: BTreeMap<ColumnId, PlacementId> = before.iter().map(|s| (s.column, s.id)).collect();
    let mut fresh = Vec::new();
    for column in wanted.keys() {
        if !ids.contains_key(column) {
            let id = PlacementId(work.library().new_id());
            ids.insert(*column, id);
            fresh.push((id, *column));
        }
    }
    let gone: Vec<PlacementId> = before.iter().filter(|s| !wanted.contains_key(&s.column)).map(|s| s.id).collect();
    work.run(&CLEAR_REASONS, &[content.id.into()]).await?;
    if !gone.is_empty() {
        work.run(&DELETE, &[gone.as_slice().into()]).await?;
    }
    insert(work, content, &fresh, work.at).await?;
    work.run(&TOUCH, &[content.id.into(), content.published_at.into(), content.updated_at.into()]).await?;
    let mut reasons = Vec::new();
    for (column, why) in &wanted {
        let id = ids[column].0.simple().to_string();
        if own.contains(column) {
            reasons.push(json!([id, "OWN", Uuid::nil().simple().to_string(), null]));
        }
        for (subscription, source) in why {
            let source = ids[source].0.simple().to_string();
            reasons.push(json!([id, "MIRRORED", subscription.0.simple().to_string(), source]));
        }
    }
    work.run(&INSERT_REASONS, &[serde_json::Value::Array(reasons).into()]).await?;
    tell_moved(work, &before, content.id).await?;
    Ok(wanted.len())
}

async fn insert(
    work: &mut Work,
    content: &LiveContent,
    fresh: &[(PlacementId, ColumnId)],
    since: Instant,
) -> Result<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let directory = work.directory.clone();
    let rows: Vec<_> = fresh
        .iter()
        .filter_map(|(id, column)| {
            let site = directory.columns.get(*column)?.site;
            Some(json!([id.0.simple().to_string(), column.0.simple().to_string(), site.0.simple().to_string()]))
        })
        .collect();
    let kind: &str = content.kind.into();
    let params = [
        content.id.into(),
        kind.into(),
        false.into(),
        true.into(),
        content.published_at.into(),
        content.updated_at.into(),
        since.into(),
        serde_json::Value::Array(rows).into(),
    ];
    work.run(&INSERT, &params).await?;
    Ok(())
}
