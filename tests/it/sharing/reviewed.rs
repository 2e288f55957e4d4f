//! What is laid before a receiving desk: it waits, it is decided, and the decision lasts as long as the publication.

use library::RefusalCode::{Invalid, NotFound, Required, TooLong};
use library::column::ShareType;
use library::placement::{DecidePlacements, EditPlacement};
use library::sharing::{EditSubscription, SubscriptionMode};
use tests::on_both;

use super::{column, decide, holds, reviewed, shown, sorted, subscribe, waiting};
use crate::refusals::{refuses, unknown};
use crate::town::{Town, everything};

#[test]
fn what_waits_is_shown_nowhere_until_it_is_accepted() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let old = town.publish(town.article("从前")).await;
        town.pass("2026-11-01 09:00").await;
        let desk = column(&town, town.county, "/desk", ShareType::Open).await;
        let beyond = column(&town, town.county, "/beyond", ShareType::Open).await;
        subscribe(&town, desk, town.news, reviewed()).await;
        subscribe(&town, beyond, desk, everything()).await;
        assert_eq!(shown(&town, old).await, sorted(vec![town.news, town.town_news]), "what was there stays away");
        assert!(waiting(&town, old).await.is_empty());

        let new = town.publish(town.article("以后")).await;
        assert_eq!(shown(&town, new).await, sorted(vec![town.news, town.town_news]));
        assert_eq!(waiting(&town, new).await.len(), 1, "the chain goes on from what is shown alone");
        let placement = waiting(&town, new).await[0];
        assert!(town.read().placements_by_id(&[placement]).await.unwrap().is_empty(), "the public does not see it");
        holds(&town.world).await;

        town.edit(new, |fields| fields.title = "以后（更正）".to_owned()).await;
        town.publish_newest(new).await;
        assert_eq!(waiting(&town, new).await, [placement], "a correction waits in its place");

        decide(&town, new, true).await;
        let all = sorted(vec![town.news, town.town_news, desk, beyond]);
        assert_eq!(shown(&town, new).await, all);
        assert!(waiting(&town, new).await.is_empty());
        holds(&town.world).await;
        town.edit(new, |fields| fields.title = "再更正".to_owned()).await;
        town.publish_newest(new).await;
        assert_eq!(shown(&town, new).await, all, "a correction keeps what was decided");

        town.withdraw(new, None).await;
        holds(&town.world).await;
        town.publish_newest(new).await;
        assert_eq!(shown(&town, new).await, sorted(vec![town.news, town.town_news]));
        assert_eq!(waiting(&town, new).await.len(), 1, "published again, it is asked for again");
        decide(&town, new, false).await;
        town.edit(new, |fields| fields.title = "又更正".to_owned()).await;
        town.publish_newest(new).await;
        assert_eq!(shown(&town, new).await, sorted(vec![town.news, town.town_news]), "refused, it stays away");
        assert!(waiting(&town, new).await.is_empty());
        holds(&town.world).await;
    });
}

#[test]
fn a_placement_of_ones_own_needs_no_decision() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let desk = column(&town, town.county, "/desk", ShareType::Open).await;
        subscribe(&town, desk, town.news, reviewed()).await;
        let id = town.publish(town.article("新闻")).await;
        assert_eq!(waiting(&town, id).await.len(), 1);
        let (own, _) = town.library().place_content(&town.editor(), id, desk).await.unwrap();
        assert!(shown(&town, id).await.contains(&desk));
        assert!(waiting(&town, id).await.is_empty(), "it is shown already");
        town.library().remove_placement(&town.editor(), own).await.unwrap();
        assert!(!shown(&town, id).await.contains(&desk));
        assert_eq!(waiting(&town, id).await, [own], "what the subscription brings still waits");
        holds(&town.world).await;
    });
}

#[test]
fn a_mode_that_changes_keeps_what_stands_there() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let first = town.publish(town.article("一")).await;
        let (library, editor) = (town.library(), town.editor());
        let id = library.directory().subscriptions.all()[0].id;
        let mode = |mode| EditSubscription { mode: Some(mode), ..EditSubscription::default() };
        town.pass("2026-11-01 09:00").await;
        library.edit_subscription(&editor, id, mode(SubscriptionMode::Reviewed)).await.unwrap();
        assert!(shown(&town, first).await.contains(&town.town_news), "what was let in stays");
        let second = town.publish(town.article("二")).await;
        let third = town.publish(town.article("三")).await;
        assert_eq!((waiting(&town, second).await.len(), waiting(&town, third).await.len()), (1, 1));
        decide(&town, third, false).await;
        holds(&town.world).await;
        library.edit_subscription(&editor, id, mode(SubscriptionMode::Automatic)).await.unwrap();
        assert!(shown(&town, second).await.contains(&town.town_news), "what waited is shown");
        assert!(!shown(&town, third).await.contains(&town.town_news), "what was refused is not");
        holds(&town.world).await;
    });
}

#[test]
fn what_is_decided_wrongly_is_refused_as_a_whole() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let desk = column(&town, town.county, "/desk", ShareType::Open).await;
        subscribe(&town, desk, town.news, reviewed()).await;
        let (one, other) = (town.publish(town.article("一")).await, town.publish(town.article("二")).await);
        let (library, editor) = (town.library(), town.editor());
        let ids = [waiting(&town, one).await, waiting(&town, other).await].concat();
        let accept = |ids: &[_]| DecidePlacements { ids: ids.to_vec(), accept: true, reason: None, title: None };
        let titled = DecidePlacements { title: Some("题".to_owned()), ..accept(&ids) };
        let many = vec![ids[0]; 101];
        let mixed = [ids.clone(), vec![unknown("placement")]].concat();
        for (code, path, input) in [
            (Required, "ids", accept(&[])),
            (TooLong, "ids", accept(&many)),
            (Invalid, "title", titled),
            (NotFound, "ids.2", accept(&mixed)),
            (NotFound, "ids.0", accept(&[town.placement(one, town.news).await])),
        ] {
            refuses(&town, code, path, library.decide_placements(&editor, input)).await;
        }
        let edit = EditPlacement { rank: Some(1), ..EditPlacement::default() };
        let pinned = library.edit_placement(&editor, ids[0], edit);
        refuses(&town, library::RefusalCode::WrongState, "id", pinned).await;
        let one_titled = DecidePlacements { title: Some("本栏标题".to_owned()), ..accept(&ids[..1]) };
        let (decided, _) = library.decide_placements(&editor, one_titled).await.unwrap();
        let found = town.read().placements_by_id(&decided).await.unwrap();
        assert_eq!(found[0].placement.title.as_deref(), Some("本栏标题"));
        refuses(&town, NotFound, "ids.0", library.decide_placements(&editor, accept(&ids))).await;
        library.decide_placements(&editor, accept(&ids[1..])).await.unwrap();
        holds(&town.world).await;
    });
}
