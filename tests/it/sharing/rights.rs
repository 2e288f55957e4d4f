//! Who may not do what to columns, placements and shared columns.

use library::Caller;
use library::RefusalCode::{NotAllowed, NotFound, Unauthenticated};
use library::column::{ColumnStatus, CreateColumn, ReviewPolicy, ShareType};
use library::grant::{GrantScope, Role};
use library::id::AnyId;
use library::placement::{DecidePlacements, EditPlacement};
use library::sharing::{EditSubscription, SubscribeColumn};
use tests::on_both;

use super::{column, reviewed, subscribe, waiting};
use crate::accounts::{Staff, caller};
use crate::refusals::refuses;
use crate::town::{column_fields, everything};

#[test]
fn who_lacks_the_role_is_told_so_and_nothing_is_done() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let desk = column(town, town.county, "/desk", ShareType::Open).await;
        let rule = subscribe(town, desk, town.news, reviewed()).await;
        let id = town.publish(town.article("新闻")).await;
        let pending = waiting(town, id).await[0];
        let placement = town.placement(id, town.news).await;
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Platform))).await);
        let elsewhere =
            caller(staff.account("elsewhere", Some((Role::SiteAdmin, GrantScope::Site(staff.below)))).await);
        let create = || CreateColumn { site: town.site, path: "/x".to_owned(), fields: column_fields("新") };
        let share = || SubscribeColumn { target: desk, source: town.policies.into(), fields: everything() };
        let accept = || DecidePlacements { ids: vec![pending], accept: true, reason: None, title: None };
        let policy = || Some(ReviewPolicy::default());
        let news = town.news;
        let pin = || EditPlacement { rank: Some(1), ..EditPlacement::default() };
        for (who, code) in [(&editor, NotAllowed), (&elsewhere, NotAllowed), (&Caller::nobody(), Unauthenticated)] {
            let at = |path: &'static str| if code == Unauthenticated { "" } else { path };
            refuses(town, code, at("site"), library.create_column(who, create())).await;
            let edit = library.edit_column(who, news, ColumnStatus::Open, column_fields("改"));
            refuses(town, code, at("id"), edit).await;
            refuses(town, code, at("id"), library.move_column(who, news, "/moved")).await;
            refuses(town, code, at("id"), library.archive_column(who, news)).await;
            refuses(town, code, at("on"), library.set_review_policy(who, AnyId::ColumnId(news), policy())).await;
            refuses(town, code, at("column"), library.place_content(who, id, town.policies)).await;
            refuses(town, code, at("id"), library.remove_placement(who, placement)).await;
            refuses(town, code, at("id"), library.edit_placement(who, placement, pin())).await;
            refuses(town, code, at("target"), library.subscribe_column(who, share())).await;
            refuses(town, code, at("target"), library.would_show(who, share())).await;
            refuses(town, code, at("id"), library.edit_subscription(who, rule, EditSubscription::default())).await;
            refuses(town, code, at("id"), library.unsubscribe_column(who, rule, None)).await;
            refuses(town, code, at("id"), library.decide_subscription(who, rule, true, None)).await;
            // What waits is nothing that everybody may know of.
            let code = if *who == elsewhere { NotFound } else { code };
            refuses(town, code, at("ids.0"), library.decide_placements(who, accept())).await;
        }
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(town.county)))).await);
        library.decide_placements(&keeper, accept()).await.expect("decided");
        let publisher =
            caller(staff.account("publisher", Some((Role::Publisher, GrantScope::Site(town.county)))).await);
        library.edit_placement(&publisher, pending, pin()).await.expect("pinned");
        refuses(town, NotAllowed, "id", library.edit_placement(&publisher, placement, pin())).await;
        let mine = CreateColumn { site: town.county, path: "/mine".to_owned(), fields: column_fields("本县") };
        library.create_column(&keeper, mine).await.expect("made");
        let theirs = CreateColumn { site: staff.below, path: "/theirs".to_owned(), fields: column_fields("他站") };
        refuses(town, NotFound, "site", library.create_column(&keeper, theirs)).await;
        // A column of a site that is not open is no source for who may not see it.
        let secret = column(town, staff.below, "/secret", ShareType::Open).await;
        let share = SubscribeColumn { target: desk, source: secret.into(), fields: everything() };
        refuses(town, NotFound, "source", library.subscribe_column(&keeper, share)).await;
    });
}

#[test]
fn a_content_that_is_not_shared_freely_is_placed_by_its_own_site_alone() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let mut fields = town.article("有条件");
        fields.share_type = ShareType::Conditional;
        let id = town.publish(fields).await;
        let target = column(town, town.county, "/target", ShareType::Open).await;
        let county = caller(staff.account("county", Some((Role::Publisher, GrantScope::Site(town.county)))).await);
        refuses(town, NotAllowed, "content", library.place_content(&county, id, target)).await;
        let both = staff.account("both", Some((Role::Publisher, GrantScope::Site(town.county)))).await;
        staff.grant(both, Role::Publisher, GrantScope::Site(town.site)).await;
        library.place_content(&caller(both), id, target).await.expect("placed");
    });
}
