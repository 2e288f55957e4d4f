//! News feeds and sitemaps as readers and search engines fetch them; read by parsers that know nothing of ours.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::http::{Answer, Door};
use crate::desk::Newsroom;
use crate::town::{Town, at};

async fn get(door: &Door, target: &str, host: &str) -> Answer {
    let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    super::http::rest(door.begin(&head).await).await
}

/// The texts of all elements of a name, entities resolved: XML as the library for feeds reads it, not as it writes it.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&open).skip(1).filter_map(|part| part.split(&close).next());
    parts.map(|text| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).collect()
}

#[test]
fn the_newest_of_a_site_a_column_and_a_tag_are_there_in_three_formats() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        town.world.clock.set(at("2026-11-01 08:00"));
        let first = room.published("开工 <一>").await;
        town.world.clock.set(at("2026-11-01 09:00"));
        let second = room.published("完工").await;
        let draft = room.draft("草稿不应出现").await;
        let door = Door::open(&town.world).await;

        for path in ["/feeds/site", "/feeds/news", "/feeds/tag/housing"] {
            let rss = get(&door, &format!("{path}.rss"), "town.example").await;
            assert_eq!((rss.status, rss.header("content-type")), (200, "application/rss+xml; charset=utf-8"), "{path}");
            let channel = rss::Channel::read_from(&rss.body[..]).expect("RSS");
            let titles: Vec<_> = channel.items.iter().map(|item| item.title.clone().expect("a title")).collect();
            assert_eq!(titles, ["完工", "开工 <一>"], "{path}");
            let guids: Vec<_> = channel.items.iter().map(|item| item.guid.clone().expect("a guid").value).collect();
            assert_eq!(guids, [second.to_string(), first.to_string()]);
            assert_eq!(channel.items[1].pub_date.as_deref(), Some("Sun, 1 Nov 2026 00:00:00 +0000"));
            let link = channel.items[0].link.clone().expect("a link");
            assert!(link.starts_with("https://town.example/content/202611/"), "{link}");

            let atom = get(&door, &format!("{path}.atom"), "town.example").await;
            let feed = atom_syndication::Feed::read_from(&atom.body[..]).expect("Atom");
            let titles: Vec<_> = feed.entries.iter().map(|entry| entry.title.value.clone()).collect();
            assert_eq!(titles, ["完工", "开工 <一>"], "{path}");
            assert!(
                feed.links
                    .iter()
                    .any(|link| link.rel == "self" && link.href == format!("https://town.example{path}.atom"))
            );
            assert_eq!(feed.entries[0].categories[0].term, "住房");

            let read = get(&door, &format!("{path}.json"), "town.example").await;
            let json: Json = serde_json::from_slice(&read.body).expect("JSON");
            assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
            assert_eq!((&json["items"][0]["title"], &json["items"][0]["url"]), (&json!("完工"), &json!(link)));
            assert!(!String::from_utf8_lossy(&read.body).contains(&draft));
        }
        // The addresses that the schema names are these.
        let query =
            "query($id: ID!) { column(by: {id: $id}) { feeds { rss } } site(by: {code: \"town\"}) { feeds { json } } }";
        let named = town.data(query, json!({"id": town.news.to_string()})).await;
        assert_eq!(named["column"]["feeds"]["rss"], "https://town.example/feeds/news.rss");
        assert_eq!(named["site"]["feeds"]["json"], "https://town.example/feeds/site.json");

        // Who has it is told so, until something changes; what is withdrawn is gone at once.
        let known = get(&door, "/feeds/news.rss", "town.example").await;
        let tag = known.header("etag").to_owned();
        let again = door.get("/feeds/news.rss?site=town", &[("If-None-Match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        town.withdraw(second, None).await;
        let after = door.get("/feeds/news.rss?site=town", &[("If-None-Match", &tag)]).await;
        assert_eq!(after.status, 200);
        assert!(!after.text().contains("完工"));

        // The county shows the same under its own host, by its own addresses.
        let county = get(&door, "/feeds/site.rss", "county.example").await;
        let channel = rss::Channel::read_from(&county.body[..]).expect("RSS");
        assert!(channel.items[0].link.as_deref().is_some_and(|link| link.starts_with("https://county.example/")));

        for (target, host) in [
            ("/feeds/news.xml", "town.example"),
            ("/feeds/nowhere.rss", "town.example"),
            ("/feeds/tag/nothing.rss", "town.example"),
            ("/feeds/news.rss", "unknown.example"),
            ("/feeds/news.rss?site=nothing", "town.example"),
            ("/feeds/news", "town.example"),
            ("/feeds/%ff.rss", "town.example"),
            ("/sitemap/%ff", "town.example"),
            ("/feeds/news.rss?site=nothing&site=town", "town.example"),
            ("/sitemap/2026-13-1.xml", "town.example"),
            ("/sitemap/2020-01-1.xml", "town.example"),
        ] {
            let answer = get(&door, target, host).await;
            assert_eq!(
                (answer.status, answer.json()["errors"][0]["extensions"]["code"].clone()),
                (404, json!("NOT_FOUND")),
                "{target}"
            );
        }
        town.library().suspend_site(&town.editor(), town.site, "维护", None).await.expect("suspended");
        assert_eq!(get(&door, "/feeds/news.rss", "town.example").await.status, 404);
        assert_eq!(get(&door, "/sitemap.xml", "town.example").await.status, 404);
        door.close().await;
    });
}

#[test]
fn a_sitemap_lists_every_public_page_of_a_site_by_month() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut pages = Vec::new();
        // The last instant of a month and the first of the next, by the days of the library.
        for time in ["2026-10-31 23:59", "2026-11-01 00:00", "2026-11-02 10:00"] {
            town.world.clock.set(at(time));
            pages.push(town.publish(town.article(time)).await);
        }
        town.draft(town.article("草稿")).await;
        let door = Door::open(&town.world).await;
        let index = get(&door, "/sitemap.xml", "town.example").await;
        assert_eq!((index.status, index.header("content-type")), (200, "application/xml; charset=utf-8"));
        let files = texts(index.text(), "loc");
        let expected =
            ["columns", "2026-10-1", "2026-11-1"].map(|name| format!("https://town.example/sitemap/{name}.xml"));
        assert_eq!(files, expected);
        assert_eq!(texts(index.text(), "lastmod"), ["2026-10-31T15:59:00Z", "2026-11-02T02:00:00Z"]);
        let mut found = Vec::new();
        for file in &files {
            let path = file.strip_prefix("https://town.example").expect("of the site");
            found.extend(texts(get(&door, path, "town.example").await.text(), "loc"));
        }
        assert!(found.contains(&"https://town.example/news".to_owned()), "{found:?}");
        let contents: Vec<_> = found.iter().filter(|page| page.contains("/content/")).cloned().collect();
        let mut listed = Vec::new();
        for id in &pages {
            let page =
                town.data("query($id: ID!) { content(by: {id: $id}) { url } }", json!({"id": id.to_string()})).await;
            listed.push(page["content"]["url"].as_str().expect("an address").to_owned());
        }
        assert_eq!(contents, listed);
        // A correction moves the month on, and no other.
        town.world.clock.set(at("2026-11-05 08:00"));
        town.edit(pages[0], |fields| fields.title = "更正".to_owned()).await;
        town.publish_newest(pages[0]).await;
        let index = get(&door, "/sitemap.xml", "town.example").await;
        assert_eq!(texts(index.text(), "lastmod"), ["2026-11-05T00:00:00Z", "2026-11-02T02:00:00Z"]);
        door.close().await;
    });
}
