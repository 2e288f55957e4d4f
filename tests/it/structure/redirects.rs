//! Redirects of a site.

use library::Caller;
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Keepers, unknown};

const LIST: &str =
    "query($site: ID!, $first: Int, $after: String) { desk { redirects(site: $site, first: $first, after: $after) {
    nodes { path targetId target { id } toPath url gone } pageInfo { hasNextPage endCursor } } } }";

#[test]
fn an_old_path_leads_on_until_its_redirect_is_removed() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (town, keeper) = (&keepers.staff.town, &keepers.keeper);
        let site = town.site.to_string();
        let id = town.publish(town.article("甲")).await;
        for (path, to) in [
            ("/a.html", json!({"content": id.to_string()})),
            ("/b.html", json!({"column": town.news.to_string()})),
            ("/c.html", json!({"path": "news"})),
            ("/d.html", json!({"url": "https://other.example/x"})),
            ("/e.html", json!({"gone": true})),
        ] {
            keepers.does(keeper, "createRedirect", "", json!({"site": site, "path": path, "to": to})).await;
        }
        let resolve = "query($path: String!) { resolve(site: {code: \"town\"}, path: $path) { __typename ... on Redirect { to permanent } } }";
        let leads = async |path: &str| keepers.public(resolve, json!({ "path": path })).await["resolve"].clone();
        let redirect = |to: &str| json!({"__typename": "Redirect", "to": to, "permanent": true});
        assert_eq!(leads("/b.html").await, redirect("https://town.example/news"));
        assert_eq!(leads("/c.html").await, redirect("https://town.example/news"));
        assert_eq!(leads("/d.html").await, redirect("https://other.example/x"));
        assert_eq!(leads("/e.html").await["__typename"], "Gone");
        // A path of the site itself goes with its host.
        let hosts = json!({"id": site, "hosts": ["next.example"]});
        keepers.does(&keepers.admin, "editSite", "", hosts).await;
        assert_eq!(leads("/c.html").await, redirect("https://next.example/news"));

        let page = keepers.reads(keeper, LIST, json!({"site": site, "first": 3})).await["desk"]["redirects"].clone();
        let expected = json!([
            {"path": "/a.html", "targetId": id.to_string(), "target": {"id": id.to_string()}, "toPath": null, "url": null, "gone": false},
            {"path": "/b.html", "targetId": town.news.to_string(), "target": {"id": town.news.to_string()}, "toPath": null, "url": null, "gone": false},
            {"path": "/c.html", "targetId": null, "target": null, "toPath": "/news", "url": null, "gone": false},
        ]);
        assert_eq!((&page["nodes"], &page["pageInfo"]["hasNextPage"]), (&expected, &json!(true)));
        let after = json!({"site": site, "after": page["pageInfo"]["endCursor"]});
        let rest = keepers.reads(keeper, LIST, after).await["desk"]["redirects"].clone();
        let expected = json!([
            {"path": "/d.html", "targetId": null, "target": null, "toPath": null, "url": "https://other.example/x", "gone": false},
            {"path": "/e.html", "targetId": null, "target": null, "toPath": null, "url": null, "gone": true},
        ]);
        assert_eq!((&rest["nodes"], &rest["pageInfo"]["hasNextPage"]), (&expected, &json!(false)));
        let others = keepers.reads(&keepers.stranger, LIST, json!({"site": site})).await;
        assert_eq!(others["desk"]["redirects"]["nodes"], json!([]));

        keepers.does(keeper, "removeRedirect", "", json!({"site": site, "path": "/d.html"})).await;
        assert_eq!(leads("/d.html").await, Json::Null);
        keepers.refused(keeper, "removeRedirect", json!({"site": site, "path": "/d.html"}), "NOT_FOUND", "path").await;
    });
}

#[test]
fn a_redirect_is_refused_that_breaks_something() {
    on_both(async |engine| {
        let keepers = Keepers::on(engine).await;
        let (town, keeper) = (&keepers.staff.town, &keepers.keeper);
        let site = town.site.to_string();
        let redirect = |path: &str, to: Json| json!({"site": site, "path": path, "to": to});
        let gone = || json!({"gone": true});
        for (asker, code, path) in [
            (&keepers.editor, "NOT_ALLOWED", "site"),
            (&keepers.publisher, "NOT_ALLOWED", "site"),
            (&keepers.stranger, "NOT_ALLOWED", "site"),
            (&Caller::nobody(), "UNAUTHENTICATED", ""),
        ] {
            keepers.refused(asker, "createRedirect", redirect("/x", gone()), code, path).await;
            keepers.refused(asker, "removeRedirect", json!({"site": site, "path": "/x"}), code, path).await;
        }
        let hidden = json!({"site": keepers.staff.below.to_string(), "path": "/x", "to": {"gone": true}});
        keepers.refused(&keepers.stranger, "createRedirect", hidden.clone(), "NOT_FOUND", "site").await;
        keepers.does(keeper, "createRedirect", "", hidden).await;
        keepers.does(keeper, "createRedirect", "", redirect("/a", json!({"path": "/b"}))).await;
        keepers.does(keeper, "createRedirect", "", redirect("/b", json!({"path": "/c"}))).await;
        for (path, to, code, field) in [
            ("/a", gone(), "DUPLICATE", "path"),
            ("/news", gone(), "DUPLICATE", "path"),
            ("/x y", gone(), "INVALID", "path"),
            ("/c", json!({"path": "/a"}), "LOOP", "to"),
            ("/x", json!({"path": "/x"}), "LOOP", "to"),
            ("/x", json!({"url": "ftp://x.example/"}), "INVALID", "to"),
            ("/x", json!({"content": unknown("content")}), "NOT_FOUND", "to"),
            ("/x", json!({"column": unknown("column")}), "NOT_FOUND", "to"),
        ] {
            keepers.refused(keeper, "createRedirect", redirect(path, to), code, field).await;
        }
        // Where a column was before it moved is nobody's to remove, and not listed.
        town.library().move_column(&town.editor(), town.policies, "/rules").await.unwrap();
        let moved = json!({"site": site, "path": "/policies"});
        keepers.refused(keeper, "removeRedirect", moved, "NOT_FOUND", "path").await;
        let list = keepers.reads(keeper, LIST, json!({ "site": site })).await;
        assert_eq!(list["desk"]["redirects"]["nodes"].as_array().unwrap().len(), 2);
    });
}
