//! What a change names: every column, site and list that a publication reaches through shared columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use library::changes::{Change, Effect, KeyKind, Touch};
use library::column::Column;
use library::content::{ContentFields, ContentKind, Details, DraftContent};
use library::database::Sql;
use library::id::{ColumnId, ContentId, PlacementId, SiteId};
use library::placement::OverridePlacement;
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use tests::{World, on_both};

/// The newest change.
async fn newest(world: &World) -> Change {
    let position = world.library.newest_position().await.expect("the position");
    world.library.changes_after(position - 1, 2).await.expect("the log").remove(0)
}

/// The subjects below a prefix that had this effect.
fn named(change: &Change, prefix: &str, effect: Effect) -> BTreeSet<String> {
    let fits = |touch: &&Touch| touch.subject.starts_with(prefix) && touch.effect == effect;
    change.subjects.iter().filter(fits).map(|touch| touch.subject.clone()).collect()
}

/// A placement in the table.
struct Standing {
    id: PlacementId,
    column: ColumnId,
    site: SiteId,
}

async fn standing(world: &World, content: ContentId) -> Vec<Standing> {
    static SHOWN: Sql =
        Sql::new("select id, column_id, site_id from placement where content_id = $1 and shown order by id");
    let rows = world.library.database().rows(&SHOWN, &[content.into()]).await.expect("placements");
    let read = |row: &library::database::Row| Standing {
        id: row.get(0).expect("an id"),
        column: row.get(1).expect("an id"),
        site: row.get(2).expect("an id"),
    };
    rows.iter().map(read).collect()
}

/// The lists and records that a change of these placements must name.
fn subjects(standing: &[Standing]) -> [BTreeSet<String>; 3] {
    [
        standing.iter().map(|placed| format!("members:column:{}", placed.column)).collect(),
        standing.iter().map(|placed| format!("members:site:{}", placed.site)).collect(),
        standing.iter().map(|placed| placed.id.to_string()).collect(),
    ]
}

fn all_named(change: &Change, effect: Effect) -> [BTreeSet<String>; 3] {
    ["members:column:", "members:site:", "placement_"].map(|prefix| named(change, prefix, effect))
}

/// A column of the city by its path.
pub fn column(world: &World, site: &str, path: &str) -> Arc<Column> {
    let directory = world.library.directory();
    let site = directory.sites.by_key(KeyKind::SiteCode, site).expect("a site").id;
    let is = |column: &&Arc<Column>| column.site == site && column.path == path;
    directory.columns.all().iter().find(is).expect("a column").clone()
}

/// A column that a second one mirrors, which two more on two other sites mirror.
pub async fn first_of_a_chain(world: &World) -> Arc<Column> {
    let [first, second] = [column(world, "yunze", "/news/city"), column(world, "qinghe", "/news")];
    let ends = [column(world, "linxi", "/news"), column(world, "nanping", "/news")];
    for (source, target) in [(&first, &second), (&second, &ends[0]), (&second, &ends[1])] {
        let fields = SubscriptionFields {
            mode: SubscriptionMode::Automatic,
            with_descendants: false,
            kinds: Vec::new(),
            tags: Vec::new(),
            published_from: None,
        };
        let input = SubscribeColumn { source: source.id.into(), target: target.id, fields };
        world.library.subscribe_column(&world.editor(), input).await.expect("subscribed");
    }
    first
}

#[test]
fn a_publication_names_every_column_that_gained_it() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let (library, editor) = (&world.library, world.editor());
        let column = first_of_a_chain(&world).await;
        let site = library.directory().sites.get(column.site).expect("its site").clone();
        let details = Details::bare(ContentKind::Article);
        let mut fields = ContentFields::new("共享栏目试验", site.fields.sponsor, details);
        fields.columns = vec![column.id];
        let id = library.draft_content(&editor, DraftContent { site: site.id, fields }).await.expect("drafted");
        assert_eq!(named(&newest(&world).await, "members:", Effect::Entered), BTreeSet::new(), "a draft is nowhere");

        let published = library.publish_content(&editor, id, 1).await.expect("published");
        let gained = newest(&world).await;
        let placed = standing(&world, id).await;
        assert!(placed.len() > 3, "its own column and the chain behind it, not {}", placed.len());
        assert_eq!(published.placed, placed.len());
        assert!(placed.iter().any(|mirror| mirror.site != site.id), "on another site");
        assert_eq!((gained.position, gained.action.as_str()), (published.position, "CONTENT_PUBLISHED"));
        assert_eq!(all_named(&gained, Effect::Entered), subjects(&placed));
        for list in [format!("members:owned:{}", site.id), "members:library".to_owned()] {
            assert_eq!(named(&gained, &list, Effect::Entered), BTreeSet::from([list.clone()]), "{list}");
        }
        assert!(named(&gained, &id.to_string(), Effect::Entered).len() == 1);

        // A correction moves it in every one of them.
        let (revision, fields) = library.working_content(id).await.expect("the fields");
        let revision = library.edit_content(&editor, id, revision, fields, None).await.expect("edited");
        library.publish_content(&editor, id, revision).await.expect("corrected");
        let moved = newest(&world).await;
        assert_eq!(moved.action, "CONTENT_EDITED");
        assert_eq!(all_named(&moved, Effect::Changed), subjects(&placed));

        // Hidden where the chain goes on, it leaves every column behind it.
        let directory = library.directory();
        let middle = placed
            .iter()
            .find(|mirror| {
                mirror.column != column.id && directory.subscriptions.all().iter().any(|s| s.feeds_from(mirror.column))
            })
            .expect("the middle of the chain");
        let hide = OverridePlacement { hidden: true, ..OverridePlacement::default() };
        library.override_placement(&editor, middle.id, hide).await.expect("hidden");
        let hidden = newest(&world).await;
        let left = standing(&world, id).await;
        assert!(left.len() + 1 < placed.len(), "what stood behind it went too");
        let gone: Vec<_> = placed.into_iter().filter(|was| left.iter().all(|is| is.id != was.id)).collect();
        let [columns, _, records] = subjects(&gone);
        assert_eq!(named(&hidden, "members:column:", Effect::Left), columns);
        // The hidden placement itself is still there, behind its curtain.
        let mut mentioned = named(&hidden, "placement_", Effect::Left);
        mentioned.extend(named(&hidden, "placement_", Effect::Changed));
        assert!(mentioned.is_superset(&records), "{mentioned:?} {records:?}");

        // Withdrawn, it leaves the rest.
        library.withdraw_content(&editor, id, "试验", None).await.expect("withdrawn");
        let withdrawn = newest(&world).await;
        let [columns, sites, records] = subjects(&left);
        assert_eq!(named(&withdrawn, "members:column:", Effect::Left), columns);
        assert_eq!(named(&withdrawn, "members:site:", Effect::Left), sites);
        assert!(named(&withdrawn, "placement_", Effect::Left).is_superset(&records));
        assert_eq!(standing(&world, id).await.len(), 0);
        assert!(withdrawn.subjects.iter().all(|touch| touch.effect != Effect::Entered));
    });
}
