//! Claiming a tag: who may, who decides, and who sees it.

use library::Caller;
use library::RefusalCode::{Duplicate, NotAllowed, NotFound, Required, TooLong, Unauthenticated, WrongState};
use library::grant::{GrantScope, Role};
use library::tag::ClaimTag;
use serde_json::json;
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::desk::operation;
use crate::sharing::sources::tags;

#[test]
fn an_organisation_claims_a_tag_and_the_office_confirms() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let [housing, traffic] = tags(town, &["住房", "交通"]).await[..] else { panic!("two tags") };
        let scope = GrantScope::Organisation(staff.bureau);
        let writer = caller(staff.account("writer", Some((Role::Editor, scope))).await);
        let other = caller(staff.account("other", Some((Role::Editor, GrantScope::Organisation(staff.other)))).await);
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let claim = |tag, organisation| ClaimTag { tag, organisation, reason: Some("本局主管".to_owned()) };
        for (code, path, who, input) in [
            (NotAllowed, "organisation", &other, claim(housing, staff.bureau)),
            (Unauthenticated, "", &Caller::nobody(), claim(housing, staff.bureau)),
            (NotFound, "organisation", &writer, claim(housing, unknown("organisation"))),
            (NotFound, "tag", &writer, claim(unknown("tag"), staff.bureau)),
            (TooLong, "reason", &writer, ClaimTag { reason: Some("长".repeat(501)), ..claim(housing, staff.bureau) }),
        ] {
            refuses(town, code, path, library.claim_tag(who, input)).await;
        }
        let variables = json!({"input": {"tag": housing.to_string(), "organisation": staff.bureau.to_string(), "reason": "本局主管"}});
        let (claimed, _) = town.world.ask_as(&writer, &operation("Claim"), &variables).await;
        assert_eq!(claimed["data"]["claimTag"]["claim"]["state"], "OPEN", "{claimed}");
        refuses(town, Duplicate, "tag", library.claim_tag(&writer, claim(housing, staff.bureau))).await;
        for (who, number) in [(&writer, 1), (&office, 1), (&other, 0)] {
            let (claims, _) = town.world.ask_as(who, &operation("Claims"), &json!({})).await;
            let nodes = claims["data"]["desk"]["tagClaims"]["nodes"].as_array().map(Vec::len);
            assert_eq!(nodes, Some(number), "{claims}");
        }
        let id = claimed["data"]["claimTag"]["claim"]["id"].as_str().expect("an id").to_owned();
        let find = "query($id: ID!) { node(id: $id) { __typename } }";
        assert!(town.data(find, json!({"id": id})).await["node"].is_null(), "not for the public");
        let id = id.parse().expect("an identifier");
        refuses(town, NotAllowed, "claim", library.decide_claim(&writer, id, true, None)).await;
        refuses(town, Unauthenticated, "", library.decide_claim(&Caller::nobody(), id, true, None)).await;
        refuses(town, Required, "reason", library.decide_claim(&office, id, false, None)).await;
        refuses(town, NotFound, "claim", library.decide_claim(&office, unknown("claim"), true, None)).await;
        let grant = json!({"input": {"claim": id.to_string(), "grant": true}});
        let (granted, _) = town.world.ask_as(&office, &operation("Grant"), &grant).await;
        let payload = &granted["data"]["decideClaim"];
        assert_eq!(payload["claim"], json!({"state": "GRANTED", "tag": {"steward": {"name": "bureau"}}}), "{granted}");
        refuses(town, WrongState, "claim", library.decide_claim(&office, id, true, None)).await;
        refuses(town, WrongState, "tag", library.claim_tag(&writer, claim(housing, staff.bureau))).await;
        // The public sees who looks after it, and can ask for all of an organisation's tags.
        let seen = town.data("{ tag(by: {code: \"t0\"}) { steward { code } } }", json!({})).await;
        assert_eq!(seen["tag"]["steward"]["code"], "bureau");
        let (second, _) = library.claim_tag(&other, claim(traffic, staff.other)).await.expect("claimed");
        library.decide_claim(&office, second, false, Some("由交通局负责")).await.expect("refused");
        assert_eq!(library.directory().tags.get(traffic).expect("a tag").fields.steward, None);
        library.claim_tag(&other, claim(traffic, staff.other)).await.expect("claimed again");
    });
}
