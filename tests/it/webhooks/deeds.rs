//! The deeds on webhooks: for who keeps the site, with what is refused, and secrets that are told once.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::receiver::{Manner, Receiver};
use super::{QUERY, Sender, until};
use crate::desk::Newsroom;
use crate::door::http::Door;
use library::grant::{GrantScope, Role};
use server::http::Settings;

const LIST: &str = "{ desk { webhooks { nodes { id name pausedAt pauseReason url query filter { columns } position
    deliveries { nodes { id cause state position dueAt endedAt attemptCount attempts { number status problem answer } } } } } } }";

fn new(room: &Newsroom, url: &str) -> Json {
    json!({
        "site": room.staff.town.site.to_string(), "name": "县融媒体中心", "url": url, "query": QUERY,
        "filter": {"columns": [room.staff.town.news.to_string()], "kinds": ["ARTICLE"]}
    })
}

#[test]
fn who_keeps_a_site_keeps_its_webhooks_and_nobody_else_sees_them() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let keeper =
            room.staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(room.staff.town.site)))).await;
        let receiver = Receiver::open(Manner::Answers(200)).await;
        let shown = "secret webhook { id name siteCode filter { columns } }";
        let made = room.done(keeper, "createWebhook", new(&room, &receiver.url()), shown).await;
        let secret = made["secret"].as_str().expect("the secret").to_owned();
        assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
        assert_eq!(made["webhook"]["filter"]["columns"][0], room.staff.town.news.to_string());
        let id = made["webhook"]["id"].clone();

        // Shown to who keeps the site and the platform, found by nobody else; the secret is in no answer.
        let document =
            "query($id: ID!) { node(id: $id) { ... on Webhook { name } } desk { webhook(id: $id) { name } } }";
        for (who, sees) in [(keeper, true), (room.admin, true), (room.editor, false), (room.stranger, false)] {
            let data = room.ask(who, document, json!({"id": id})).await;
            let name = if sees { json!("县融媒体中心") } else { Json::Null };
            assert_eq!((&data["node"]["name"], &data["desk"]["webhook"]["name"]), (&name, &name), "{data}");
            let list = room.ask(who, LIST, json!({})).await;
            assert_eq!(list["desk"]["webhooks"]["nodes"].as_array().map(Vec::len), Some(usize::from(sees)));
            assert!(!list.to_string().contains("whsec_"));
        }
        let (answer, _) =
            room.staff.town.world.ask("query($id: ID!) { node(id: $id) { id } }", &json!({"id": id})).await;
        assert_eq!(answer["data"]["node"], Json::Null);

        // What is wrong is refused, and nothing is kept.
        for (change, code) in [
            (json!({"url": "ftp://a.example/"}), "INVALID"),
            (json!({"url": "https://me:secret@a.example/"}), "INVALID"),
            (json!({"name": " "}), "REQUIRED"),
            (json!({"site": room.staff.town.county.to_string()}), "NOT_ALLOWED"),
            (json!({"site": "site_01h455vb4pex5vsknk084sn02q"}), "NOT_FOUND"),
            (json!({"site": null}), "NOT_ALLOWED"),
            (json!({"filter": {"columns": ["column_01h455vb4pex5vsknk084sn02q"]}}), "NOT_FOUND"),
            (json!({"query": "x".repeat(20_001)}), "TOO_LONG"),
        ] {
            let mut input = new(&room, &receiver.url());
            for (name, value) in change.as_object().expect("fields") {
                input[name] = value.clone();
            }
            assert_eq!(room.refused(keeper, "createWebhook", input).await, [code], "{change}");
        }
        assert_eq!(
            room.refused(room.editor, "editWebhook", json!({"webhook": id, "paused": true})).await,
            ["NOT_FOUND"]
        );
        assert_eq!(room.refused(room.editor, "testWebhook", json!({"webhook": id})).await, ["NOT_FOUND"]);
        assert_eq!(room.refused(room.editor, "deleteWebhook", json!({"webhook": id})).await, ["NOT_FOUND"]);

        // A test tells of the newest change.
        let sender = Sender::of(&room.staff.town.world, &[&receiver]);
        room.done(keeper, "testWebhook", json!({"webhook": id}), "delivery { id cause state position }").await;
        until("the test is sent", async || receiver.got().len() == 1).await;
        assert_eq!(
            receiver.got()[0].json()["data"]["changed"]["action"],
            "SITE_CHANGED",
            "the newest that it is told of"
        );
        room.published("一篇新闻").await;
        until("the change is sent", async || receiver.got().len() == 2).await;
        room.done(keeper, "testWebhook", json!({"webhook": id}), "delivery { id }").await;
        until("the second test is sent", async || receiver.got().len() == 3).await;
        let got = receiver.got();
        assert_eq!((&got[2].json()["type"], got[2].titles()), (&json!("test"), vec!["一篇新闻".to_owned()]));

        // Told how it went; sent once more under the same identifier.
        until("it is written down", async || {
            let list = room.ask(keeper, LIST, json!({})).await;
            let of = list["desk"]["webhooks"]["nodes"][0]["deliveries"]["nodes"].clone();
            of.as_array().is_some_and(|all| all.len() == 3 && all.iter().all(|one| one["state"] == "DELIVERED"))
        })
        .await;
        let list = room.ask(keeper, LIST, json!({})).await;
        let all = list["desk"]["webhooks"]["nodes"][0]["deliveries"]["nodes"].as_array().cloned().expect("deliveries");
        let change = all.iter().find(|one| one["cause"] == "CHANGE").expect("that of the change");
        assert_eq!(change["attempts"][0]["status"], 200, "{change}");
        assert_eq!(change["attempts"][0]["answer"], "ok");
        room.done(keeper, "redeliver", json!({"delivery": change["id"]}), "delivery { state }").await;
        until("it is sent once more", async || receiver.got().len() == 4).await;
        assert_eq!(receiver.got()[3].header("webhook-id"), change["id"].as_str().expect("an identifier"));
        assert_eq!(room.refused(room.stranger, "redeliver", json!({"delivery": change["id"]})).await, ["NOT_FOUND"]);

        // A new secret signs beside the old one; deleted, all is gone.
        let edited = room.done(keeper, "editWebhook", json!({"webhook": id, "rotateSecret": true}), "secret").await;
        assert_ne!(edited["secret"], secret.as_str());
        room.published("又一篇").await;
        until("it is sent with both", async || receiver.got().len() == 5).await;
        assert_eq!(receiver.got()[4].header("webhook-signature").split(' ').count(), 2);
        let deleted = room.done(keeper, "deleteWebhook", json!({"webhook": id}), "webhookId").await;
        assert_eq!(deleted["webhookId"], id);
        room.published("没有接收方").await;
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(receiver.got().len(), 5);
        sender.stop().await;
    });
}

#[test]
fn a_document_and_an_address_that_can_never_be_sent_are_refused_at_the_door() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let door = Door::with(&room.staff.town.world, Settings::default()).await;
        let token = room.staff.sign_in("admin").await.access;
        let bearer = format!("Bearer {}", token.0);
        let document = "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id }
            userErrors { code path message } } }";
        let of = async |url: &str, query: &str| {
            let variables = json!({"input": {"name": "外部", "url": url, "query": query}});
            let headers = [("Authorization", bearer.as_str()), ("Accept-Language", "en")];
            let answer = door.ask(document, &variables, &headers).await.json();
            assert!(answer.get("errors").is_none(), "{answer}");
            let payload = answer["data"]["createWebhook"].clone();
            let errors = payload["userErrors"].as_array().expect("errors").clone();
            assert_eq!(errors.is_empty(), payload["webhook"].is_object(), "{payload}");
            errors.iter().map(|error| error["path"][0].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let outside = "https://receiver.example/hook";
        for query in [
            "query { position }",
            "{ changed { position } }",
            "mutation { signOut(input: {}) { position } }",
            "subscription { changed { nothing } }",
            "subscription { changed(after: \"1\") { position } }",
            "subscription { changed(filter: {kinds: [POLICY]}) { position } }",
            "subscription($after: String!) { changed(after: $after) { position } }",
            "subscription A { changed { position } } subscription B { changed { position } }",
            "subscription {",
            "",
        ] {
            assert_eq!(of(outside, query).await, ["query"], "{query}");
        }
        for url in [
            "http://127.0.0.1/hook",
            "http://10.0.0.8/hook",
            "http://169.254.169.254/latest/meta-data/",
            "http://[fd00::1]/hook",
            "http://0x7f000001/",
            "https://receiver.example:8443/hook",
        ] {
            assert_eq!(of(url, QUERY).await, ["url"], "{url}");
        }
        assert!(of(outside, QUERY).await.is_empty());
        door.close().await;
    });
}
