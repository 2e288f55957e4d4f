//! Shared columns through GraphQL: what each account sees of them, and that the public sees nothing of it.

use library::column::ShareType;
use library::grant::{GrantScope, Role};
use serde_json::json;
use tests::on_both;

use super::column;
use crate::accounts::{Staff, caller};

const CMS: &str = include_str!("../../fixtures/operations/cms-ui.graphql");

/// One operation of the design's file, as it stands.
pub fn operation(name: &str) -> String {
    let begin = CMS.find(&format!(" {name}(")).or_else(|| CMS.find(&format!(" {name} {{"))).expect("an operation");
    let begin = CMS[..begin].rfind('\n').map_or(0, |at| at + 1);
    let end = CMS[begin..].find("\n}").expect("an end") + begin + 2;
    CMS[begin..end].to_owned()
}

#[test]
fn a_desk_shares_decides_and_sees_what_it_keeps() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(town.county)))).await);
        let other = caller(staff.account("other", Some((Role::SiteAdmin, GrantScope::Site(staff.below)))).await);
        let desk = column(town, town.county, "/desk", ShareType::Open).await;
        town.publish(town.article("从前")).await;
        let input = |dry: bool, mode: &str| json!({"input": {"target": desk.to_string(), "source": {"column": town.news.to_string()}, "mode": mode, "dryRun": dry}});
        let share = operation("Share");
        let (tried, _) = town.world.ask_as(&keeper, &share, &input(true, "AUTOMATIC")).await;
        assert_eq!(tried["data"]["subscribeColumn"]["willShow"], 1, "{tried}");
        assert!(tried["data"]["subscribeColumn"]["subscription"].is_null());
        town.pass("2026-11-01 09:00").await;
        let (done, _) = town.world.ask_as(&keeper, &share, &input(false, "REVIEWED")).await;
        let subscribed = &done["data"]["subscribeColumn"];
        assert_eq!(subscribed["subscription"]["state"], "ACTIVE", "{done}");
        assert_eq!((&subscribed["subscription"]["shown"], &subscribed["willShow"]), (&json!(0), &json!(0)));
        for title in ["一", "二", "三"] {
            town.publish(town.article(title)).await;
        }

        let (pending, scope) = town.world.ask_as(&keeper, &operation("Pending"), &json!({})).await;
        let nodes = pending["data"]["desk"]["pendingPlacements"]["nodes"].as_array().expect("nodes").clone();
        assert!(scope.is_private());
        assert_eq!(nodes.len(), 3, "{pending}");
        assert_eq!(nodes[0]["source"]["column"]["name"], "/news");
        let paged = "query($after: String) { desk { pendingPlacements(first: 2, after: $after) {
            totalCount nodes { id content { title } } pageInfo { hasNextPage endCursor } } } }";
        let (first, _) = town.world.ask_as(&keeper, paged, &json!({})).await;
        let first = &first["data"]["desk"]["pendingPlacements"];
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        let (rest, _) = town.world.ask_as(&keeper, paged, &json!({"after": first["pageInfo"]["endCursor"]})).await;
        let rest = &rest["data"]["desk"]["pendingPlacements"];
        assert_eq!(
            (rest["nodes"].as_array().map(Vec::len), &rest["pageInfo"]["hasNextPage"]),
            (Some(1), &json!(false))
        );
        let (nothing, _) = town.world.ask_as(&other, &operation("Pending"), &json!({})).await;
        assert_eq!(nothing["data"]["desk"]["pendingPlacements"]["nodes"], json!([]));

        let node = json!({"id": nodes[0]["id"]});
        let find = "query($id: ID!) { node(id: $id) { __typename id } }";
        let (found, _) = town.world.ask_as(&keeper, find, &node).await;
        assert_eq!(found["data"]["node"]["__typename"], "PendingPlacement", "{found}");
        assert!(town.world.ask_as(&other, find, &node).await.0["data"]["node"].is_null());
        assert!(town.data(find, node.clone()).await["node"].is_null());

        let approve = json!({"input": {"ids": [nodes[0]["id"]], "decision": "APPROVE"}});
        let (refused, _) = town.world.ask_as(&other, &operation("Decide"), &approve).await;
        assert_eq!(refused["data"]["decidePlacements"]["userErrors"][0]["code"], "NOT_FOUND", "{refused}");
        let (decided, _) = town.world.ask_as(&keeper, &operation("Decide"), &approve).await;
        let placements = &decided["data"]["decidePlacements"]["placements"];
        assert_eq!(placements.as_array().map(Vec::len), Some(1), "{decided}");
        let back = json!({"input": {"ids": [nodes[1]["id"]], "decision": "RETURN", "reason": "不宜"}});
        let (decided, _) = town.world.ask_as(&keeper, &operation("Decide"), &back).await;
        assert_eq!(decided["data"]["decidePlacements"]["placements"], json!([]), "{decided}");

        let list = "{ desk { subscriptions(first: 10, site: {code: \"county\"}) { totalCount nodes { state shown pending createdBy { name }
            source { ... on Column { path } } } } } }";
        let (kept, scope) = town.world.ask_as(&keeper, list, &json!({})).await;
        let kept = &kept["data"]["desk"]["subscriptions"];
        assert_eq!(kept["totalCount"], 2, "{kept}");
        assert_eq!((&kept["nodes"][1]["shown"], &kept["nodes"][1]["pending"]), (&json!(1), &json!(1)));
        assert_eq!(kept["nodes"][1]["createdBy"]["name"], "姓名keeper");
        assert_eq!(scope.statements(), 1, "counts are read for all at once");
        let (nothing, _) = town.world.ask_as(&other, list, &json!({})).await;
        assert_eq!(nothing["data"]["desk"]["subscriptions"]["totalCount"], 0);
        let public = "{ column(by: {at: {site: \"county\", path: \"/desk\"}}) { placements { totalCount nodes { title reasons { origin } } }
            incoming { mode shown pending createdBy { name } } } }";
        let seen = town.data(public, json!({})).await;
        let incoming = json!({"mode": "REVIEWED", "shown": null, "pending": null, "createdBy": null});
        assert_eq!(seen["column"]["incoming"][0], incoming, "{seen}");
        assert_eq!(seen["column"]["placements"]["totalCount"], 1);
        assert_eq!(seen["column"]["placements"]["nodes"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn columns_are_made_edited_and_reviewed_as_the_desk_asks() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(town.site)))).await);
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Site(town.site)))).await);
        let make = "mutation($input: CreateColumnInput!) { createColumn(input: $input) {
            column { id path name kind keywords closedOn shareType } position userErrors { code path } } }";
        let input = json!({"input": {"site": town.site.to_string(), "path": "/topics", "name": "专题", "kind": "TOPIC",
            "keywords": ["专题"], "opensOn": "2026-01-01", "closedOn": "2026-12-31", "shareType": "CONDITIONAL"}});
        let (made, _) = town.world.ask_as(&keeper, make, &input).await;
        let column = &made["data"]["createColumn"]["column"];
        assert_eq!((&column["path"], &column["shareType"]), (&json!("/topics"), &json!("CONDITIONAL")), "{made}");
        let edit = "mutation($input: EditColumnInput!) { editColumn(input: $input) {
            column { name keywords opensOn closedOn shareType } userErrors { code path } } }";
        let input = json!({"input": {"id": column["id"], "name": "热点专题", "closedOn": null}});
        let (edited, _) = town.world.ask_as(&keeper, edit, &input).await;
        let expected = json!({"name": "热点专题", "keywords": ["专题"], "opensOn": "2026-01-01", "closedOn": null, "shareType": "CONDITIONAL"});
        assert_eq!(edited["data"]["editColumn"]["column"], expected, "{edited}");
        let (refused, _) = town.world.ask_as(&editor, edit, &input).await;
        assert_eq!(refused["data"]["editColumn"]["userErrors"][0]["code"], "NOT_ALLOWED");
        let cover = json!({"input": {"id": column["id"], "cover": "attachment_01h455vb4pex5vsknk084sn02q"}});
        let (refused, _) = town.world.ask_as(&keeper, edit, &cover).await;
        assert_eq!(refused["data"]["editColumn"]["userErrors"][0], json!({"code": "NOT_FOUND", "path": ["cover"]}));

        let set = "mutation($input: SetReviewPolicyInput!) { setReviewPolicy(input: $input) {
            policy { levels exemptSources } userErrors { code path } } }";
        let input = json!({"input": {"on": column["id"], "policy": {"levels": 3, "exemptSources": ["新华社"]}}});
        let (done, _) = town.world.ask_as(&keeper, set, &input).await;
        assert_eq!(
            done["data"]["setReviewPolicy"]["policy"],
            json!({"levels": 3, "exemptSources": ["新华社"]}),
            "{done}"
        );
        let read = "query($column: ID) { desk { reviewPolicy(site: {code: \"town\"}, column: $column) { levels } } }";
        let of_column = json!({"column": column["id"]});
        let levels = async |who: &library::Caller, variables: serde_json::Value| {
            town.world.ask_as(who, read, &variables).await.0["data"]["desk"]["reviewPolicy"].clone()
        };
        assert_eq!(levels(&keeper, of_column.clone()).await, json!({"levels": 3}));
        assert_eq!(levels(&keeper, json!({})).await, json!({"levels": 1}));
        assert!(levels(&editor, of_column).await.is_null(), "for who keeps it alone");
        let input = json!({"input": {"id": column["id"]}});
        let archive = "mutation($input: ArchiveColumnInput!) { archiveColumn(input: $input) { column { status } userErrors { code } } }";
        let (done, _) = town.world.ask_as(&keeper, archive, &input).await;
        assert_eq!(done["data"]["archiveColumn"]["column"]["status"], "CLOSED", "{done}");
    });
}
