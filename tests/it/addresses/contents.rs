//! Addresses of contents: redirects made by hand, tombstones, mirrors and their canonical address.

use library::address::RedirectTo;
use library::column::CreateColumn;
use library::site::{CreateSite, SiteStatus};
use serde_json::json;
use tests::on_both;

use super::found;
use crate::town::{Town, at, column_fields, site_fields};

#[test]
fn redirects_lead_where_the_thing_is_now() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.publish(town.article("老新闻")).await;
        let column = town.column("/topics").await;
        for (path, to) in [
            ("/html/1.html", RedirectTo::Content(id)),
            ("/html/list", RedirectTo::Column(column)),
            ("/html/out", RedirectTo::Url("https://out.example/x?y=1".to_owned())),
            ("/html/gone", RedirectTo::Gone),
        ] {
            library.create_redirect(&editor, town.site, path, to).await.expect("a redirect");
        }
        let content = format!("-> https://town.example/content/202610/{}", id.short());
        assert_eq!(found(&town, town.site, "/html/1.html").await, content);
        assert_eq!(found(&town, town.site, "/html/list").await, "-> https://town.example/topics");
        library.move_column(&editor, column, "/themes").await.unwrap();
        assert_eq!(found(&town, town.site, "/html/list").await, "-> https://town.example/themes");
        assert_eq!(found(&town, town.site, "/html/out").await, "-> https://out.example/x?y=1");
        assert_eq!(found(&town, town.site, "/html/gone").await, "gone");
        for nothing in ["/html", "/html/1.html/more", "/html/2.html"] {
            assert_eq!(found(&town, town.site, nothing).await, "nothing", "{nothing}");
        }
        assert_eq!(found(&town, town.county, "/html/gone").await, "nothing");

        library.remove_redirect(&editor, town.site, "/html/gone").await.unwrap();
        assert_eq!(found(&town, town.site, "/html/gone").await, "nothing");
    });
}

#[test]
fn a_redirect_leads_to_another_site_in_one_step() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        // Of the town's policies only the town shows any: an old path of the county leads there at once.
        let mut fields = town.article("只在镇里");
        fields.columns = vec![town.policies];
        let own = town.publish(fields).await;
        let mirrored = town.publish(town.article("县里也有")).await;
        for (path, to) in [
            ("/old/own", RedirectTo::Content(own)),
            ("/old/mirrored", RedirectTo::Content(mirrored)),
            ("/old/column", RedirectTo::Column(town.policies)),
        ] {
            library.create_redirect(&editor, town.county, path, to).await.expect("a redirect");
        }
        let at_home = format!("-> https://town.example/content/202610/{}", own.short());
        assert_eq!(found(&town, town.county, "/old/own").await, at_home);
        let here = format!("-> https://county.example/content/202610/{}", mirrored.short());
        assert_eq!(found(&town, town.county, "/old/mirrored").await, here);
        assert_eq!(found(&town, town.county, "/old/column").await, "-> https://town.example/policies");
    });
}

#[test]
fn a_withdrawn_content_says_so_at_every_address() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.publish(town.article("撤稿")).await;
        let redirect = RedirectTo::Content(id);
        town.library().create_redirect(&town.editor(), town.site, "/html/9.html", redirect).await.unwrap();
        let path = format!("/content/202610/{}", id.short());
        town.pass("2026-11-01 09:00").await;
        town.withdraw(id, Some("内容有误，已撤下")).await;
        for (site, path) in [(town.site, path.as_str()), (town.county, path.as_str()), (town.site, "/html/9.html")] {
            assert_eq!(found(&town, site, path).await, "withdrawn: 内容有误，已撤下", "{path}");
        }
        let document = "query($path: String!) { resolve(site: {code: \"town\"}, path: $path) {
            __typename ... on Withdrawn { at notice } } }";
        let answer = town.data(document, json!({"path": path})).await["resolve"].clone();
        assert_eq!(answer["__typename"], "Withdrawn");
        assert_eq!(answer["at"], "2026-11-01T01:00:00+00:00");
        assert!(town.live(id).await.is_none());

        town.publish_newest(id).await;
        assert_eq!(found(&town, town.site, &path).await, "page", "its address is the one that it had");
        assert_eq!(found(&town, town.county, &path).await, "page");
        assert_eq!(town.live(id).await.unwrap().published_at, at("2026-10-31 18:00"));
        let again = format!("-> https://town.example{path}");
        assert_eq!(found(&town, town.site, "/html/9.html").await, again);
    });
}

#[test]
fn a_withdrawal_without_a_notice_tells_only_when() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.publish(town.article("撤稿")).await;
        town.withdraw(id, None).await;
        let path = format!("/content/202610/{}", id.short());
        assert_eq!(found(&town, town.site, &path).await, "withdrawn: ");
        let answer = town
            .data(
                "query($p: String!) { resolve(site: {code: \"town\"}, path: $p) { ... on Withdrawn { notice } } }",
                json!({"p": path}),
            )
            .await;
        assert_eq!(answer["resolve"]["notice"], json!(null), "the desk's reason is not told");
        // What was only drafted never was at any address.
        let draft = town.draft(town.article("草稿")).await;
        assert_eq!(found(&town, town.site, &format!("/content/202610/{}", draft.short())).await, "nothing");
    });
}

#[test]
fn a_mirror_has_the_page_and_the_home_site_is_canonical() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.publish(town.article("共享")).await;
        let path = format!("/content/202610/{}", id.short());
        let document = "query($site: SiteLocator!, $path: String!) { resolve(site: $site, path: $path) {
            ... on Page { canonicalUrl site { code } column { path } content { id url(on: $site) }
                placement { url origin } breadcrumb { name url } } } }";
        for (code, column, origin) in [("town", "/news", "OWN"), ("county", "/town-news", "MIRRORED")] {
            let answer = town.data(document, json!({"site": {"code": code}, "path": path})).await["resolve"].clone();
            assert_eq!(answer["canonicalUrl"], format!("https://town.example{path}"), "on {code}");
            assert_eq!(answer["site"]["code"], code);
            assert_eq!(answer["column"]["path"], column);
            assert_eq!(answer["content"]["id"], id.to_string());
            assert_eq!(answer["content"]["url"], format!("https://{code}.example{path}"));
            assert_eq!(answer["placement"]["url"], format!("https://{code}.example{path}"));
            assert_eq!(answer["placement"]["origin"], origin);
        }
        // A site that does not show it leads to the home site for now, not for good.
        let third = CreateSite {
            code: "third".to_owned(),
            parent: None,
            status: SiteStatus::Running,
            fields: site_fields("third.example", town.publisher),
        };
        let (third, _) = town.library().create_site(&town.editor(), third).await.unwrap();
        let column = CreateColumn { site: third, path: "/empty".to_owned(), fields: column_fields("空") };
        town.library().create_column(&town.editor(), column).await.unwrap();
        assert_eq!(found(&town, third, &path).await, format!("-> https://town.example{path}"));
        let document =
            "query($p: String!) { resolve(site: {code: \"third\"}, path: $p) { ... on Redirect { permanent } } }";
        assert_eq!(town.data(document, json!({"p": path})).await["resolve"]["permanent"], false);
    });
}

#[test]
fn a_suspended_home_hides_its_pages_but_not_its_mirrors() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.publish(town.article("共享")).await;
        let mut hidden = town.article("只在镇里");
        hidden.columns = vec![town.policies];
        let hidden = town.publish(hidden).await;
        let path = format!("/content/202610/{}", id.short());
        town.library().suspend_site(&town.editor(), town.site, "维护中", None).await.unwrap();
        assert_eq!(found(&town, town.site, &path).await, "nothing");
        assert_eq!(found(&town, town.county, &path).await, "page");
        assert_eq!(found(&town, town.county, &format!("/content/202610/{}", hidden.short())).await, "nothing");
    });
}
