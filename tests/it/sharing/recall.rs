//! Recall with receipts: which columns carried what was withdrawn, and when the slowest node had passed it.

use library::Caller;
use library::column::ShareType;
use library::content::Schedule;
use library::grant::{GrantScope, Role};
use library::id::{ColumnId, ContentId};
use library::placement::OverridePlacement;
use library::recall::{Node, Reached};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{column, shown, sorted, subscribe};
use crate::accounts::{Staff, caller};
use crate::town::{Town, at, everything};

const ASKED: &str = "query($id: ID!) { desk { content(id: $id) { withdrawal { at reason notice columns
    receipts { site { code } column { id path } placements removedAt cacheEvictedAt searchPassedAt deliveredAt } } } } }";

/// The withdrawal of a content as an account sees it.
async fn withdrawal(town: &Town, who: &Caller, id: ContentId) -> Json {
    let (answer, scope) = town.world.ask_as(who, ASKED, &json!({"id": id.to_string()})).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    assert!(scope.is_private());
    answer["data"]["desk"]["content"]["withdrawal"].clone()
}

/// What one field of the receipts says, by the paths of their columns.
pub async fn told(town: &Town, who: &Caller, id: ContentId, field: &str) -> Vec<(String, Option<String>)> {
    let seen = withdrawal(town, who, id).await;
    let mut told: Vec<_> = seen["receipts"]
        .as_array()
        .expect("receipts")
        .iter()
        .map(|one| {
            let path = one["column"]["path"].as_str().expect("a path").to_owned();
            (path, one[field].as_str().map(str::to_owned))
        })
        .collect();
    told.sort();
    told
}

pub fn written(local: &str) -> Option<String> {
    Some(serde_json::to_value(at(local).utc()).expect("a time").as_str().expect("a text").replace('Z', "+00:00"))
}

/// The same moments, however they are written.
pub fn same(told: &[(String, Option<String>)], wanted: &[(&str, Option<String>)]) {
    let plain = |time: &Option<String>| time.clone().map(|time| time.replace('Z', "+00:00"));
    let told: Vec<_> = told.iter().map(|(path, time)| (path.as_str(), plain(time))).collect();
    let wanted: Vec<_> = wanted.iter().map(|(path, time)| (*path, plain(time))).collect();
    assert_eq!(told, wanted);
}

/// A node that is so far, and so is its search.
fn reached(position: library::Position) -> Reached {
    Reached { position, search: Some(position) }
}

/// A node that has come as far as the log.
pub async fn up_to_date(town: &Town) -> Node {
    let node = town.library().node();
    town.library().node_passed(&node, reached(town.position().await)).await.expect("said");
    node
}

#[test]
fn each_column_that_showed_it_has_a_receipt_whatever_site_it_is_of() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let desk = caller(staff.account("desk", Some((Role::Publisher, GrantScope::Site(town.site)))).await);
        let stranger = caller(staff.account("stranger", Some((Role::Publisher, GrantScope::Site(town.county)))).await);
        let mut mirrors = vec![town.news, town.town_news];
        for number in 0..3 {
            let mirror = column(town, town.county, &format!("/m{number}"), ShareType::Open).await;
            subscribe(town, mirror, town.news, everything()).await;
            mirrors.push(mirror);
        }
        let id = town.publish(town.article("要撤回的")).await;
        assert!(withdrawal(town, &desk, id).await.is_null(), "it is live");
        // What a desk has hidden was not seen there.
        let hidden = mirrors.pop().expect("a column");
        let placement = town.placement(id, hidden).await;
        let hide = OverridePlacement { hidden: true, ..OverridePlacement::default() };
        library.override_placement(&town.editor(), placement, hide).await.expect("hidden");
        assert_eq!(shown(town, id).await, sorted(mirrors.clone()));

        town.pass("2026-11-02 09:30").await;
        library.withdraw_content(&desk, id, "内容有误", Some("该信息已撤下")).await.expect("withdrawn");
        let seen = withdrawal(town, &desk, id).await;
        assert_eq!(
            (&seen["reason"], &seen["notice"], &seen["columns"]),
            (&json!("内容有误"), &json!("该信息已撤下"), &json!(4))
        );
        let receipts = seen["receipts"].as_array().expect("receipts").clone();
        let mut columns: Vec<_> = receipts
            .iter()
            .map(|one| one["column"]["id"].as_str().expect("an id").parse::<ColumnId>().expect("an id"))
            .collect();
        columns.sort_unstable();
        assert_eq!(columns, sorted(mirrors));
        for one in &receipts {
            let county = one["column"]["path"] != "/news";
            assert_eq!(one["site"]["code"], if county { "county" } else { "town" }, "{one}");
            assert_eq!((&one["placements"], &one["removedAt"]), (&json!(1), &seen["at"]));
            for later in ["cacheEvictedAt", "searchPassedAt", "deliveredAt"] {
                assert!(one[later].is_null(), "{one}");
            }
        }
        let page = "query($id: ID!) { desk { content(id: $id) { withdrawal { receipts(first: 3, offset: 2) { placements } } } } }";
        let (rest, _) = town.world.ask_as(&desk, page, &json!({"id": id.to_string()})).await;
        let rest = &rest["data"]["desk"]["content"]["withdrawal"]["receipts"];
        assert_eq!(rest.as_array().map(Vec::len), Some(2));
        // Whoever has nothing to do with the content learns nothing.
        for who in [&stranger, &Caller::nobody()] {
            let (nothing, _) = town.world.ask_as(who, ASKED, &json!({"id": id.to_string()})).await;
            assert!(nothing["data"]["desk"]["content"].is_null(), "{nothing}");
        }

        // Live again it is not withdrawn; withdrawn again it has receipts of that withdrawal alone.
        town.publish_newest(id).await;
        assert!(withdrawal(town, &desk, id).await.is_null());
        town.edit(id, |fields| fields.columns = vec![town.policies]).await;
        town.publish_newest(id).await;
        town.pass("2026-11-03 09:30").await;
        town.withdraw(id, None).await;
        let again = withdrawal(town, &desk, id).await;
        assert_eq!(again["columns"], 1);
        assert_eq!(
            (&again["receipts"][0]["column"]["path"], &again["receipts"][0]["removedAt"]),
            (&json!("/policies"), &again["at"])
        );
    });
}

#[test]
fn a_withdrawal_takes_as_many_statements_however_many_mirror_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let withdraw = async || {
            let id = town.publish(town.article("到处都有的")).await;
            let before = town.library().deeds_asked().count();
            town.withdraw(id, None).await;
            town.library().deeds_asked().count() - before
        };
        let few = withdraw().await;
        for number in 0..40 {
            let mirror = column(&town, town.county, &format!("/m{number}"), ShareType::Open).await;
            subscribe(&town, mirror, town.news, everything()).await;
        }
        assert_eq!(withdraw().await, few, "receipts are written together");
        assert_eq!(town.world.count("select count(*) from withdrawal_receipt").await, 2 + 42);
    });
}

#[test]
fn what_the_clock_withdraws_and_what_is_archived_leave_receipts_too() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let (timed, archived) =
            (town.publish(town.article("到期下线的")).await, town.publish(town.article("归档的")).await);
        let moments = Schedule { publish_at: None, withdraw_at: Some(at("2026-11-01 08:00")) };
        library.schedule(&town.editor(), timed, 1, moments).await.expect("scheduled");
        assert_eq!(town.pass("2026-11-01 08:00").await, 1);
        library.archive_content(&town.editor(), archived, "期满").await.expect("archived");
        for id in [timed, archived] {
            let here = written("2026-11-01 08:00");
            same(&told(town, &admin, id, "removedAt").await, &[("/news", here.clone()), ("/town-news", here)]);
        }
        up_to_date(town).await;
        library.follow_withdrawals(false).await.expect("followed");
        let both =
            "select count(*) from withdrawal_receipt where position is not null and cache_evicted_at is not null";
        assert_eq!(town.world.count(both).await, 4);
    });
}

#[test]
fn the_slowest_node_that_lives_is_waited_for() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let id = town.publish(town.article("有缓存的")).await;
        let (fast, slow, ended) = (up_to_date(town).await, up_to_date(town).await, up_to_date(town).await);
        let before = town.position().await;
        let withdrawn = at("2026-11-02 09:00:00");
        town.world.clock.set(withdrawn);
        town.withdraw(id, None).await;
        let position = town.position().await;
        let look = async |time: &str| {
            town.world.clock.set(at(time));
            library.follow_withdrawals(false).await.expect("followed");
            told(town, &admin, id, "cacheEvictedAt").await
        };
        let nobody = [("/news", None), ("/town-news", None)];
        // No node was heard of for days: nobody says anything.
        same(&look("2026-11-02 09:00:01").await, &nobody);
        for (node, passed) in [(&fast, position), (&slow, before), (&ended, before)] {
            library.node_passed(node, reached(passed)).await.expect("said");
        }
        same(&look("2026-11-02 09:00:02").await, &nobody);
        library.node_left(&ended).await.expect("left");
        same(&look("2026-11-02 09:00:03").await, &nobody);
        library.node_passed(&slow, reached(position)).await.expect("said");
        let then = written("2026-11-02 09:00:04");
        let all = [("/news", then.clone()), ("/town-news", then)];
        same(&look("2026-11-02 09:00:04").await, &all);
        // It was said once, and stays.
        same(&look("2026-11-02 10:00:00").await, &all);

        // So was the search of each: all of them say how far it is.
        assert_eq!(told(town, &admin, id, "searchPassedAt").await, told(town, &admin, id, "cacheEvictedAt").await);

        // A node that is not heard of any more is not waited for for ever.
        let second = town.publish(town.article("第二条")).await;
        let (alive, _dead) = (up_to_date(town).await, up_to_date(town).await);
        town.withdraw(second, None).await;
        let position = town.position().await;
        library.node_passed(&alive, reached(position)).await.expect("said");
        library.follow_withdrawals(false).await.expect("followed");
        same(&told(town, &admin, second, "cacheEvictedAt").await, &nobody);
        town.world.clock.set(at("2026-11-02 10:00:31"));
        library.node_passed(&alive, reached(position)).await.expect("said again");
        library.follow_withdrawals(false).await.expect("followed");
        let then = written("2026-11-02 10:00:31");
        same(&told(town, &admin, second, "cacheEvictedAt").await, &[("/news", then.clone()), ("/town-news", then)]);
    });
}
