//! Shared columns that rest, end, or are asked for.

use library::RefusalCode::{NotAllowed, NotFound, Required, TooLong, WrongState};
use library::column::ShareType;
use library::content::ContentKind;
use library::sharing::{EditSubscription, SubscriptionFilter, SubscriptionState};
use tests::on_both;

use super::{column, decide, holds, reviewed, shown, sorted, subscribe, waiting};
use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::town::{Town, everything};
use library::grant::{GrantScope, Role};
use library::sharing::SubscribeColumn;

#[test]
fn what_only_a_rule_explains_goes_with_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let second = column(&town, town.county, "/second", ShareType::Open).await;
        let third = column(&town, town.county, "/third", ShareType::Open).await;
        let rule = subscribe(&town, second, town.news, everything()).await;
        subscribe(&town, third, second, everything()).await;
        // More than one batch.
        let mut contents = Vec::new();
        for number in 0..103 {
            contents.push(town.publish(town.article(&format!("新闻{number}"))).await);
        }
        let kept = contents[50];
        library.place_content(&editor, kept, second).await.unwrap();
        let all = sorted(vec![town.news, town.town_news, second, third]);
        assert_eq!(shown(&town, contents[0]).await, all);

        let pause = |paused| EditSubscription { paused: Some(paused), ..EditSubscription::default() };
        library.edit_subscription(&editor, rule, pause(true)).await.unwrap();
        for id in &contents {
            let expected = if *id == kept { all.clone() } else { sorted(vec![town.news, town.town_news]) };
            assert_eq!(shown(&town, *id).await, expected);
        }
        holds(&town.world).await;
        library.edit_subscription(&editor, rule, pause(false)).await.unwrap();
        assert_eq!(shown(&town, contents[102]).await, all, "it goes on where it was");
        holds(&town.world).await;

        let kinds = SubscriptionFilter { kinds: vec![ContentKind::Policy], ..SubscriptionFilter::default() };
        let narrow = EditSubscription { filter: Some(kinds), ..EditSubscription::default() };
        library.edit_subscription(&editor, rule, narrow).await.unwrap();
        assert_eq!(shown(&town, contents[0]).await, sorted(vec![town.news, town.town_news]));
        let wide = EditSubscription { filter: Some(SubscriptionFilter::default()), ..EditSubscription::default() };
        library.edit_subscription(&editor, rule, wide).await.unwrap();
        assert_eq!(shown(&town, contents[0]).await, all);

        library.unsubscribe_column(&editor, rule, Some("撤并")).await.unwrap();
        assert_eq!(shown(&town, contents[102]).await, sorted(vec![town.news, town.town_news]));
        assert_eq!(shown(&town, kept).await, all);
        assert_eq!(town.world.count("select count(*) from placement_reason where decision <> 'ACCEPTED'").await, 0);
        holds(&town.world).await;
        refuses(&town, NotFound, "id", library.unsubscribe_column(&editor, rule, None)).await;
        subscribe(&town, second, town.news, everything()).await;
        assert_eq!(shown(&town, contents[7]).await, all, "it may be made anew");
    });
}

#[test]
fn a_pause_forgets_no_decision() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let desk = column(&town, town.county, "/desk", ShareType::Open).await;
        let rule = subscribe(&town, desk, town.news, reviewed()).await;
        let [yes, no, open] = [
            town.publish(town.article("好")).await,
            town.publish(town.article("不")).await,
            town.publish(town.article("待")).await,
        ];
        decide(&town, yes, true).await;
        decide(&town, no, false).await;
        let pause = |paused| EditSubscription { paused: Some(paused), ..EditSubscription::default() };
        library.edit_subscription(&editor, rule, pause(true)).await.unwrap();
        for id in [yes, no, open] {
            assert!(waiting(&town, id).await.is_empty() && !shown(&town, id).await.contains(&desk));
        }
        library.edit_subscription(&editor, rule, pause(false)).await.unwrap();
        assert!(shown(&town, yes).await.contains(&desk));
        assert!(!shown(&town, no).await.contains(&desk) && waiting(&town, no).await.is_empty());
        assert_eq!(waiting(&town, open).await.len(), 1);
        holds(&town.world).await;
    });
}

#[test]
fn a_column_on_conditions_is_asked_for() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let asked = column(town, town.site, "/asked", ShareType::Conditional).await;
        let closed = column(town, town.site, "/closed", ShareType::None).await;
        let target = column(town, town.county, "/from-town", ShareType::Open).await;
        let county = caller(staff.account("county", Some((Role::SiteAdmin, GrantScope::Site(town.county)))).await);
        let owner = caller(staff.account("owner", Some((Role::SiteAdmin, GrantScope::Site(town.site)))).await);
        let mut fields = town.article("有条件");
        fields.columns = vec![asked];
        let id = town.publish(fields).await;
        let share =
            |source: library::id::ColumnId| SubscribeColumn { target, source: source.into(), fields: everything() };
        refuses(town, NotAllowed, "source", library.subscribe_column(&county, share(closed))).await;
        let (rule, _) = library.subscribe_column(&county, share(asked)).await.expect("asked for");
        let state = || library.directory().subscriptions.get(rule).expect("a subscription").state;
        assert_eq!(state(), SubscriptionState::Requested);
        assert_eq!(shown(town, id).await, [asked], "nothing is shown before it is granted");
        let pause = EditSubscription { paused: Some(true), ..EditSubscription::default() };
        refuses(town, WrongState, "paused", library.edit_subscription(&county, rule, pause)).await;
        refuses(town, NotAllowed, "id", library.decide_subscription(&county, rule, true, None)).await;
        refuses(town, Required, "reason", library.decide_subscription(&owner, rule, false, None)).await;
        let long = "长".repeat(501);
        refuses(town, TooLong, "reason", library.decide_subscription(&owner, rule, false, Some(&long))).await;
        refuses(town, NotFound, "id", library.decide_subscription(&owner, unknown("subscription"), true, None)).await;
        library.decide_subscription(&owner, rule, true, None).await.expect("granted");
        assert_eq!(shown(town, id).await, sorted(vec![asked, target]));
        refuses(town, WrongState, "id", library.decide_subscription(&owner, rule, false, Some("理由"))).await;
        holds(&town.world).await;
        // Its owner may end it, too; asked for again it may be refused.
        library.unsubscribe_column(&owner, rule, None).await.expect("ended");
        assert_eq!(shown(town, id).await, [asked]);
        let (again, _) = library.subscribe_column(&county, share(asked)).await.expect("asked for");
        library.decide_subscription(&owner, again, false, Some("不宜转载")).await.expect("refused");
        assert_eq!(shown(town, id).await, [asked]);
        let edit = library.edit_subscription(&county, again, EditSubscription::default());
        refuses(town, WrongState, "id", edit).await;
        // Who keeps both ends need not ask.
        library.unsubscribe_column(&county, again, None).await.expect("taken back");
        staff
            .grant(
                match owner.who {
                    library::Who::Account(id, _) => id,
                    _ => unreachable!("an account"),
                },
                Role::SiteAdmin,
                GrantScope::Site(town.county),
            )
            .await;
        library.subscribe_column(&owner, share(asked)).await.expect("at once");
        assert_eq!(shown(town, id).await, sorted(vec![asked, target]));
    });
}
