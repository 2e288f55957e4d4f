//! Columns on the desk: closing them, and how their contents are reviewed.

use library::RefusalCode::{Invalid, NotFound, TooLong, WrongState};
use library::column::{ColumnStatus, ReviewPolicy, review_policy};
use library::id::AnyId;
use library::placement::EditPlacement;
use library::sharing::SubscriptionFields;
use tests::on_both;

use super::{holds, shown, subscribe};
use crate::refusals::{refuses, unknown};
use crate::town::{Town, everything};

#[test]
fn a_column_is_archived_when_nothing_needs_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.publish(town.article("住在这里")).await;
        refuses(&town, WrongState, "id", library.archive_column(&editor, town.news)).await;
        let rule = library.directory().subscriptions.all()[0].id;
        library.unsubscribe_column(&editor, rule, None).await.unwrap();
        let below = town.column("/news/city").await;
        refuses(&town, WrongState, "id", library.archive_column(&editor, town.news)).await;
        library.archive_column(&editor, below).await.unwrap();
        refuses(&town, WrongState, "id", library.archive_column(&editor, below)).await;
        match library.archive_column(&editor, town.news).await {
            Err(library::Error::Refused(refusal)) => {
                assert!(refusal.message.contains("《住在这里》"), "{}", refusal.message);
                assert!(refusal.hint.is_some());
            }
            other => panic!("{other:?}"),
        }
        town.withdraw(id, None).await;
        library.archive_column(&editor, town.news).await.unwrap();
        refuses(&town, NotFound, "id", library.archive_column(&editor, unknown("column"))).await;
        let directory = library.directory();
        assert_eq!(directory.columns.get(town.news).unwrap().status, ColumnStatus::Closed);
        let query = "{ site(by: {code: \"town\"}) { columns { path } } }";
        let columns = town.data(query, serde_json::json!({})).await;
        assert!(!columns.to_string().contains("/news"), "{columns}");
    });
}

#[test]
fn a_review_policy_is_that_of_the_nearest_that_says_something() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let below = town.column("/news/city").await;
        let holds = |column| review_policy(&library.directory(), town.site, column).levels;
        let policy = |levels| Some(ReviewPolicy { levels, exempt_sources: vec![" 新华社 ".to_owned()] });
        assert_eq!((holds(None), holds(Some(below))), (1, 1));
        library.set_review_policy(&editor, AnyId::SiteId(town.site), policy(3)).await.unwrap();
        assert_eq!((holds(None), holds(Some(below)), holds(Some(town.policies))), (3, 3, 3));
        library.set_review_policy(&editor, AnyId::ColumnId(town.news), policy(2)).await.unwrap();
        assert_eq!((holds(None), holds(Some(below)), holds(Some(town.policies))), (3, 2, 3));
        assert_eq!(review_policy(&library.directory(), town.site, Some(below)).exempt_sources, ["新华社"]);
        library.set_review_policy(&editor, AnyId::ColumnId(town.news), None).await.unwrap();
        assert_eq!(holds(Some(below)), 3);
        for (code, path, on, policy) in [
            (Invalid, "policy.levels", AnyId::SiteId(town.site), policy(0)),
            (Invalid, "policy.levels", AnyId::SiteId(town.site), policy(5)),
            (NotFound, "on", AnyId::SiteId(unknown("site")), policy(1)),
            (NotFound, "on", AnyId::ColumnId(unknown("column")), policy(1)),
            (NotFound, "on", AnyId::OrganisationId(town.publisher), policy(1)),
        ] {
            refuses(&town, code, path, library.set_review_policy(&editor, on, policy)).await;
        }
        let long = Some(ReviewPolicy { levels: 1, exempt_sources: vec!["长".repeat(101)] });
        let too_long = library.set_review_policy(&editor, AnyId::ColumnId(town.news), long);
        refuses(&town, TooLong, "policy.exempt_sources", too_long).await;
    });
}

#[test]
fn a_column_that_moves_is_shared_from_where_it_is_now() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let deep = SubscriptionFields { with_descendants: true, ..everything() };
        let target = super::column(&town, town.county, "/all", library::column::ShareType::Open).await;
        let above = town.column("/above").await;
        subscribe(&town, target, above, deep).await;
        let id = town.publish(town.article("会移动")).await;
        assert!(!shown(&town, id).await.contains(&target));
        town.library().move_column(&town.editor(), town.news, "/above/news").await.unwrap();
        assert!(shown(&town, id).await.contains(&target));
        holds(&town.world).await;
        town.library().move_column(&town.editor(), town.news, "/news").await.unwrap();
        assert!(!shown(&town, id).await.contains(&target));
        holds(&town.world).await;
    });
}

#[test]
fn a_placement_is_edited_by_parts() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.publish(town.article("新闻")).await;
        let placement = town.placement(id, town.town_news).await;
        let edit = EditPlacement::default;
        let titled = EditPlacement { title: Some(Some("县里的标题".to_owned())), ..edit() };
        library.edit_placement(&editor, placement, titled).await.unwrap();
        library.edit_placement(&editor, placement, EditPlacement { rank: Some(5), ..edit() }).await.unwrap();
        let now = async || town.read().placements_by_id(&[placement]).await.unwrap()[0].placement.clone();
        assert_eq!((now().await.title.as_deref(), now().await.rank), (Some("县里的标题"), 5));
        library.edit_placement(&editor, placement, EditPlacement { hidden: Some(true), ..edit() }).await.unwrap();
        assert!(town.read().placements_by_id(&[placement]).await.unwrap().is_empty());
        holds(&town.world).await;
        library.edit_placement(&editor, placement, EditPlacement { hidden: Some(false), ..edit() }).await.unwrap();
        library.edit_placement(&editor, placement, EditPlacement { title: Some(None), ..edit() }).await.unwrap();
        assert_eq!((now().await.title.clone(), now().await.rank), (None, 5));
        holds(&town.world).await;
    });
}
