//! Two nodes do deeds on one content at the same time: neither undoes half of what the other did.

use std::sync::Arc;

use library::clock::SetClock;
use library::content::{ContentFields, ContentKind, Details, DraftContent};
use library::database::Sql;
use library::id::{ColumnId, ContentId, PlacementId};
use library::placement::OverridePlacement;
use library::{Error, Library};
use tests::{World, on_both};

use super::subjects::{column, first_of_a_chain};
use crate::whole::whole;

/// How often each node does its deed.
const ROUNDS: usize = 25;

/// What a deed may say when another came first.
fn refused_at_most<T>(answer: library::Result<T>) {
    match answer {
        Ok(_) | Err(Error::Refused(_)) => {}
        Err(error) => panic!("{error}"),
    }
}

async fn placement_in(library: &Library, content: ContentId, column: ColumnId) -> Option<PlacementId> {
    static IN: Sql = Sql::new("select id from placement where content_id = $1 and column_id = $2");
    let rows = library.database().rows(&IN, &[content.into(), column.into()]).await.expect("placements");
    rows.first().map(|row| row.get(0).expect("an id"))
}

async fn node(world: &World, seed: u64) -> Library {
    World::node(&world.url, &world.files, Arc::new(SetClock::new(seed::END, seed))).await
}

#[test]
fn deeds_of_two_nodes_on_one_content_leave_it_whole() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let editor = world.editor();
        let first = first_of_a_chain(&world).await;
        let (second, further) = (column(&world, "qinghe", "/news"), column(&world, "yunze", "/news/counties"));
        let details = Details::bare(ContentKind::Article);
        let sponsor = world.library.directory().sites.get(first.site).expect("its site").fields.sponsor;
        let mut fields = ContentFields::new("同时办理", sponsor, details);
        fields.columns = vec![first.id];
        let draft = DraftContent { site: first.site, fields };
        let id = world.library.draft_content(&editor, draft).await.expect("drafted");
        world.library.publish_content(&editor, id, 1).await.expect("published");

        let (library, caller) = (node(&world, 501).await, editor.clone());
        let places = tokio::spawn(async move {
            for _ in 0..ROUNDS {
                refused_at_most(library.place_content(&caller, id, further.id).await);
                if let Some(placement) = placement_in(&library, id, further.id).await {
                    refused_at_most(library.remove_placement(&caller, placement).await);
                }
            }
        });
        let (library, caller) = (node(&world, 502).await, editor.clone());
        let hides = tokio::spawn(async move {
            for round in 0..ROUNDS {
                let hide = OverridePlacement { hidden: round % 2 == 0, ..OverridePlacement::default() };
                if let Some(placement) = placement_in(&library, id, second.id).await {
                    refused_at_most(library.override_placement(&caller, placement, hide).await);
                }
            }
        });
        for round in 0..ROUNDS {
            let (revision, mut fields) = world.library.working_content(id).await.expect("the fields");
            fields.title = format!("同时办理{round}");
            let revision = world.library.edit_content(&editor, id, revision, fields, None).await.expect("edited");
            world.library.publish_content(&editor, id, revision).await.expect("corrected");
            if round % 5 == 4 {
                world.library.withdraw_content(&editor, id, "试验", None).await.expect("withdrawn");
                world.library.publish_content(&editor, id, revision).await.expect("published again");
            }
        }
        places.await.expect("one node");
        hides.await.expect("the other");
        whole(&world).await;
    });
}
