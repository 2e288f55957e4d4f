//! Shared columns, placements and columns on the desk: what is shown where, what waits, and who may do what.

mod columns;
pub mod desk;
mod ending;
mod mirror;
mod naive;
mod oracle;
mod recall;
mod receivers;
mod reviewed;
mod rights;
pub mod sources;
pub mod sweeps;

use library::column::{ColumnFields, CreateColumn, ShareType};
use library::id::{ColumnId, ContentId, PlacementId, SiteId, SubscriptionId};
use library::placement::DecidePlacements;
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode, SubscriptionSource};
use tests::World;

use crate::town::{Town, column_fields, everything};

/// Kept counters that differ from what plain statements count.
const WRONG: &str = "
    select cast(count(*) as bigint) from (
      select s.id from shelf s where s.list = 'column' and s.members <>
        (select count(*) from placement p where p.column_id = s.id and p.kind = s.kind and p.shown)
      union all select s.id from shelf s where s.list = 'site' and s.members <>
        (select count(*) from placement p where p.site_id = s.id and p.kind = s.kind and p.shown)
      union all select s.id from shelf s where s.list = 'tag' and s.members <>
        (select count(*) from content_tag t where t.tag_id = s.id and t.kind = s.kind)
      union all select t.tag_id from tag_shelf t where t.members <>
        (select count(distinct c.content_id) from content_tag c join placement p on p.content_id = c.content_id
         where c.tag_id = t.tag_id and c.kind = t.kind and p.site_id = t.site_id and p.shown)
      union all select f.id from shelf f where f.list = 'family' and f.members <>
        (with recursive family as (select f.id as member union all
           select c.id from family b join site_column c on c.parent_id = b.member)
         select count(distinct p.content_id) from family b join placement p on p.column_id = b.member
         where p.shown and p.kind = f.kind)
      union all select p.id from placement p where p.shown and not exists
        (select 1 from shelf s where s.list = 'column' and s.id = p.column_id and s.kind = p.kind)
      union all select p.id from placement p where p.shown <> (not p.hidden and exists
        (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'ACCEPTED'))
      union all select p.id from placement p where not exists
        (select 1 from placement_reason r where r.placement_id = p.id)
    ) wrong";

/// Asserts that counters and what is shown agree with the rows.
pub async fn holds(world: &World) {
    assert_eq!(world.count(WRONG).await, 0, "counters or showings are wrong");
}

/// A column of a site that is shared as `share` says.
pub async fn column(town: &Town, site: SiteId, path: &str, share_type: ShareType) -> ColumnId {
    let fields = ColumnFields { share_type, ..column_fields(path) };
    let input = CreateColumn { site, path: path.to_owned(), fields };
    town.library().create_column(&town.editor(), input).await.expect("a column").0
}

/// Subscribes a column.
pub async fn subscribe(
    town: &Town,
    target: ColumnId,
    source: impl Into<SubscriptionSource>,
    fields: SubscriptionFields,
) -> SubscriptionId {
    let input = SubscribeColumn { target, source: source.into(), fields };
    town.library().subscribe_column(&town.editor(), input).await.expect("subscribed").0
}

/// What lays everything before the desk.
pub fn reviewed() -> SubscriptionFields {
    SubscriptionFields { mode: SubscriptionMode::Reviewed, ..everything() }
}

/// The columns that show a content.
pub async fn shown(town: &Town, content: ContentId) -> Vec<ColumnId> {
    let mut found = town.read().placements_of_contents(&[content], None).await.expect("placements");
    let mut columns: Vec<_> =
        found.remove(&content).unwrap_or_default().iter().map(|shown| shown.placement.column).collect();
    columns.sort_unstable();
    columns
}

/// The same in a drawn order.
pub fn sorted(mut columns: Vec<ColumnId>) -> Vec<ColumnId> {
    columns.sort_unstable();
    columns
}

/// The placements of a content that wait, by the order of their columns.
pub async fn waiting(town: &Town, content: ContentId) -> Vec<PlacementId> {
    let sql = library::database::Sql::new(
        "select p.id from placement p where p.content_id = $1 and not p.shown and not p.hidden and exists
           (select 1 from placement_reason r where r.placement_id = p.id and r.decision = 'PENDING') order by p.id",
    );
    let rows = town.library().database().rows(&sql, &[content.into()]).await.expect("rows");
    let waiting: Vec<PlacementId> = rows.iter().map(|row| row.get(0).expect("an id")).collect();
    assert_eq!(town.library().waiting_placements(content).await.expect("a count"), waiting.len() as i64);
    waiting
}

/// Decides all that waits of a content.
pub async fn decide(town: &Town, content: ContentId, accept: bool) {
    let ids = waiting(town, content).await;
    let input = DecidePlacements { ids, accept, reason: None, title: None };
    town.library().decide_placements(&town.editor(), input).await.expect("decided");
}
