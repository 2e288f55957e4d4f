//! Subscribing tags, refusing recommendations, and what is kept.

use library::Caller;
use library::RefusalCode::{NotAllowed, NotFound, TooLong, Unauthenticated, WrongState};
use library::grant::{GrantScope, Role};
use library::reader::{MOST_TAGS, SubscribeTags};
use serde_json::json;
use tests::on_both;

use super::{reader, subscribe};
use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::sources::tags;
use crate::town::Town;

const KEPT: &str = "select (select count(*) from reader) * 1000 + (select count(*) from reader_tag)";
const MINE: &str = "{ reader { recommendationsAllowed tags { code } } }";

#[test]
fn a_reader_subscribes_tags_and_gives_them_up() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let [one, two, three] = tags(&town, &["住房", "租房", "交通"]).await[..] else { panic!("tags") };
        let (library, ann, bob) = (town.library(), reader(&town, "ann").await, reader(&town, "bob").await);
        let before = town.position().await;
        let deed =
            "mutation($add: [ID!], $remove: [ID!], $all: Boolean) { subscribeTags(input: {add: $add, remove: $remove,
            removeAll: $all}) { reader { tags { code } } userErrors { code } } }";
        let (answer, scope) = town.world.ask_as(&ann, deed, &json!({"add": [one, three, one]})).await;
        assert_eq!(
            answer["data"]["subscribeTags"]["reader"]["tags"],
            json!([{"code": "t0"}, {"code": "t2"}]),
            "{answer}"
        );
        assert!(scope.is_private());
        subscribe(&town, &bob, &[two]).await;
        assert_eq!(town.world.count(KEPT).await, 2003);
        assert_eq!(town.position().await, before, "no log tells what somebody reads");
        // Each sees the own, nobody else's.
        let (answer, _) = town.world.ask_as(&bob, MINE, &json!({})).await;
        assert_eq!(answer["data"]["reader"]["tags"], json!([{"code": "t1"}]), "{answer}");
        let (answer, scope) = town.world.ask(MINE, &json!({})).await;
        assert_eq!((&answer["data"]["reader"], scope.is_private()), (&json!(null), true));
        // Somebody known by another issuer is somebody else.
        let other = library.reader_of_identity("https://other.example", "ann").await.expect("a reader");
        let (answer, _) = town.world.ask_as(&other, MINE, &json!({})).await;
        assert_eq!(answer["data"]["reader"]["tags"], json!([]));

        let (answer, _) = town.world.ask_as(&ann, deed, &json!({"add": [two], "remove": [one]})).await;
        assert_eq!(
            answer["data"]["subscribeTags"]["reader"]["tags"],
            json!([{"code": "t1"}, {"code": "t2"}]),
            "{answer}"
        );
        // A tag that is merged means the other, and is given up by either name; a retired one is shown to nobody.
        library.merge_tags(&town.editor(), three, one).await.expect("merged");
        let (answer, _) = town.world.ask_as(&ann, MINE, &json!({})).await;
        assert_eq!(answer["data"]["reader"]["tags"], json!([{"code": "t0"}, {"code": "t1"}]), "{answer}");
        library.retire_tag(&town.editor(), two).await.expect("retired");
        let (answer, _) = town.world.ask_as(&ann, MINE, &json!({})).await;
        assert_eq!(answer["data"]["reader"]["tags"], json!([{"code": "t0"}]), "{answer}");
        let (answer, _) = town.world.ask_as(&ann, deed, &json!({"remove": [three]})).await;
        assert_eq!(answer["data"]["subscribeTags"]["reader"]["tags"], json!([]), "{answer}");
        assert_eq!(town.world.count(KEPT).await, 1001, "of who subscribes nothing, nothing is kept");
        let (answer, _) = town.world.ask_as(&bob, deed, &json!({"all": true})).await;
        assert_eq!(answer["data"]["subscribeTags"]["userErrors"], json!([]), "{answer}");
        assert_eq!(town.world.count(KEPT).await, 0);
    });
}

#[test]
fn who_refuses_recommendations_is_forgotten() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let [one, ..] = tags(&town, &["住房", "租房"]).await[..] else { panic!("tags") };
        let (library, ann) = (town.library(), reader(&town, "ann").await);
        subscribe(&town, &ann, &[one]).await;
        let deed = "mutation($allowed: Boolean!) { setRecommendations(input: {allowed: $allowed}) {
            reader { recommendationsAllowed tags { code } } userErrors { code } } }";
        let (answer, _) = town.world.ask_as(&ann, deed, &json!({"allowed": false})).await;
        let kept = json!({"recommendationsAllowed": false, "tags": []});
        assert_eq!(answer["data"]["setRecommendations"]["reader"], kept, "{answer}");
        assert_eq!(town.world.count(KEPT).await, 1000, "only that it is refused");
        let again = SubscribeTags { add: vec![one], ..SubscribeTags::default() };
        refuses(&town, WrongState, "add", library.subscribe_tags(&ann, again)).await;
        library.set_recommendations(&ann, false).await.expect("refused again");
        library.set_recommendations(&ann, true).await.expect("allowed");
        assert_eq!(town.world.count(KEPT).await, 0, "nothing at all");
        subscribe(&town, &ann, &[one]).await;
        library.set_recommendations(&ann, true).await.expect("allowed again");
        assert_eq!(town.world.count(KEPT).await, 1001);
    });
}

#[test]
fn who_is_no_reader_and_what_is_no_tag_is_refused() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let names: Vec<String> = (0..=MOST_TAGS).map(|number| format!("标签{number}")).collect();
        let all = tags(town, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let ann = reader(town, "ann").await;
        let add = |tags: &[library::id::TagId]| SubscribeTags { add: tags.to_vec(), ..SubscribeTags::default() };
        subscribe(town, &ann, &all[1..]).await;
        refuses(town, TooLong, "add", library.subscribe_tags(&ann, add(&all[..1]))).await;
        refuses(town, TooLong, "add", library.subscribe_tags(&ann, add(&all))).await;
        refuses(town, NotFound, "add", library.subscribe_tags(&ann, add(&[unknown("tag")]))).await;
        library.retire_tag(&town.editor(), all[0]).await.expect("retired");
        refuses(town, NotFound, "add", library.subscribe_tags(&ann, add(&all[..1]))).await;
        let admin = caller(staff.account("admin", Some((Role::PlatformAdmin, GrantScope::Platform))).await);
        refuses(town, NotAllowed, "", library.subscribe_tags(&admin, add(&all[..1]))).await;
        refuses(town, NotAllowed, "", library.set_recommendations(&admin, false)).await;
        refuses(town, Unauthenticated, "", library.subscribe_tags(&Caller::nobody(), add(&all[..1]))).await;
        refuses(town, Unauthenticated, "", library.set_recommendations(&Caller::nobody(), false)).await;
        // A reader is nobody to every other deed.
        refuses(town, Unauthenticated, "", library.retire_tag(&ann, all[1])).await;
        let (answer, _) =
            town.world.ask_as(&ann, "{ viewer { account { loginName } } desk { sweeps { id } } }", &json!({})).await;
        assert_eq!(answer["data"], json!({"viewer": null, "desk": null}));
    });
}
