//! Refusals of the deeds on placements and shared columns.

use library::RefusalCode::{Duplicate, Invalid, Loop, NotAllowed, NotFound, TooLong, WrongState};
use library::column::{ColumnFields, CreateColumn, ShareType};
use library::content::ContentKind;
use library::id::ColumnId;
use library::placement::OverridePlacement;
use library::sharing::SubscribeColumn;
use tests::on_both;

use super::{long, refuses, unknown};
use crate::town::{Town, at, column_fields, everything};

#[test]
fn of_placing_removing_and_overriding() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.publish(town.article("新闻")).await;
        let draft = town.draft(town.article("草稿")).await;
        let only_policies = ColumnFields { accepts: vec![ContentKind::Policy], ..column_fields("只收政策") };
        let only_policies = CreateColumn { site: town.site, path: "/only".to_owned(), fields: only_policies };
        let (only_policies, _) = library.create_column(&editor, only_policies).await.unwrap();

        refuses(&town, NotFound, "content", library.place_content(&editor, unknown("content"), town.policies)).await;
        refuses(&town, NotFound, "content", library.place_content(&editor, draft, town.policies)).await;
        refuses(&town, NotFound, "column", library.place_content(&editor, id, unknown("column"))).await;
        refuses(&town, Invalid, "column", library.place_content(&editor, id, only_policies)).await;

        let mirrored = town.placement(id, town.town_news).await;
        refuses(&town, WrongState, "id", library.remove_placement(&editor, mirrored)).await;
        refuses(&town, NotFound, "id", library.remove_placement(&editor, unknown("placement"))).await;

        let own = town.placement(id, town.news).await;
        let edit = OverridePlacement::default;
        for (code, path, input) in [
            (Invalid, "rank", OverridePlacement { rank: -1, ..edit() }),
            (Invalid, "rank", OverridePlacement { rank: 1_000_001, ..edit() }),
            (Invalid, "pinned_until", OverridePlacement { pinned_until: Some(at("2026-10-31 18:00")), ..edit() }),
            (TooLong, "title", OverridePlacement { title: Some(long(301)), ..edit() }),
        ] {
            refuses(&town, code, path, library.override_placement(&editor, own, input)).await;
        }
        let nowhere = library.override_placement(&editor, unknown("placement"), edit());
        refuses(&town, NotFound, "id", nowhere).await;
        library.remove_placement(&editor, own).await.unwrap();
        refuses(&town, NotFound, "id", library.remove_placement(&editor, own)).await;
    });
}

#[test]
fn of_sharing_columns() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let column = async |path: &str, share_type| {
            let fields = ColumnFields { share_type, ..column_fields(path) };
            let input = CreateColumn { site: town.site, path: path.to_owned(), fields };
            library.create_column(&editor, input).await.unwrap().0
        };
        let private = column("/private", ShareType::None).await;
        let below = column("/news/below", ShareType::Open).await;
        let share = |target, source: ColumnId| SubscribeColumn { target, source: source.into(), fields: everything() };
        for (code, path, input) in [
            (NotFound, "target", share(unknown("column"), town.news)),
            (NotFound, "source", share(town.policies, unknown("column"))),
            (NotAllowed, "source", share(town.town_news, private)),
            (Duplicate, "source", share(town.town_news, town.news)),
            (Loop, "source", share(town.news, town.news)),
            (Loop, "source", share(town.news, town.town_news)),
        ] {
            refuses(&town, code, path, library.subscribe_column(&editor, input)).await;
        }
        // A circle by way of what hangs below, and over several sites.
        let mut wide = share(below, town.news);
        wide.fields.with_descendants = true;
        refuses(&town, Loop, "source", library.subscribe_column(&editor, wide)).await;
        library.subscribe_column(&editor, share(town.policies, town.town_news)).await.unwrap();
        refuses(&town, Loop, "source", library.subscribe_column(&editor, share(town.news, town.policies))).await;
    });
}
