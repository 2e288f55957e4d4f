//! Who has done something sees it: at the same door at once, at another node with the position of the deed.

use std::time::Duration;

use serde_json::{Value as Json, json};
use server::App;
use server::followers::{self, Pace};
use tests::{World, on_both};

use super::{NAME, state};
use crate::accounts::{PASSWORD, Staff};
use crate::door::http::Door;

const TITLE: &str = "query Title($path: String!) { column(by: {at: {site: \"town\", path: $path}}) { name path } }";

/// An access token.
pub async fn token(door: &Door, name: &str) -> String {
    let query = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }";
    let answer = door.ask(query, &json!({"input": {"name": name, "password": PASSWORD}}), &[]).await.json();
    format!("Bearer {}", answer["data"]["signIn"]["accessToken"].as_str().expect("a token"))
}

#[test]
fn a_deed_at_the_door_is_seen_by_whoever_asks_after_its_answer() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.administrator("keeper").await;
        let app = App::new(staff.library().clone());
        let running =
            followers::start(&app, Pace { follow_tick: Duration::from_secs(60), clock_tick: Duration::from_secs(60) });
        let door = Door::of(app.clone()).await;
        let bearer = token(&door, "keeper").await;
        let rename = "mutation Rename($input: EditColumnInput!) { editColumn(input: $input) { position evicted userErrors { code message path } } }";
        let path = json!({"path": "/news"});
        for round in 0..5 {
            for _ in 0..2 {
                door.ask(TITLE, &path, &[]).await;
            }
            assert_eq!(state(&door.ask(TITLE, &path, &[]).await), "HIT");
            let name = format!("要闻{round}");
            let input = json!({"input": {"id": staff.town.news.to_string(), "name": name}});
            let done =
                door.ask(rename, &input, &[("Authorization", &bearer)]).await.json()["data"]["editColumn"].clone();
            let position: i64 =
                done["position"].as_str().unwrap_or_else(|| panic!("{done}")).parse().expect("a number");
            assert!(done["evicted"].as_i64() >= Some(1), "the deed took the page away: {done}");
            assert!(app.cache().position() >= position, "the door waited for the cache");
            let seen = door.ask(TITLE, &path, &[]).await;
            assert_eq!((state(&seen), &seen.json()["data"]["column"]["name"]), ("MISS", &Json::from(name)));
        }
        assert_eq!(door.metric("jiyue_cache_late_total").await, Some(0.0));
        door.close().await;
        running.stop(Duration::from_secs(1)).await;
    });
}

#[test]
fn another_node_shows_what_was_done_to_who_brings_the_position() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        // It looks at the log by itself once in an hour.
        let node = World::node(&world.url, &world.files, world.clock.clone()).await;
        let door = Door::of(App::new(node.clone())).await;
        let site = world.library.directory().sites.all().iter().find(|site| site.code == "yunze").expect("a site").id;
        let ask = async |headers: &[(&str, &str)]| door.ask(NAME, &json!({"code": "yunze"}), headers).await;
        let before = ask(&[]).await;
        assert_eq!(state(&ask(&[]).await), "HIT");
        world
            .library
            .edit_site(&world.editor(), site, None, |fields| fields.name = "改名".to_owned())
            .await
            .expect("done");
        let position = world.library.newest_position().await.expect("a position").to_string();
        let seen = ask(&[("Jiyue-After", &position)]).await;
        assert_eq!((state(&seen), &seen.json()["data"]["site"]["name"]), ("MISS", &json!("改名")));
        assert_ne!(seen.body, before.body);
        let again = ask(&[("Jiyue-After", &position)]).await;
        assert_eq!((state(&again), &again.body), ("HIT", &seen.body));
        for wrong in ["-1", "x", "", "99999999", "1, 2"] {
            let refused = ask(&[("Jiyue-After", wrong)]).await;
            assert_eq!(
                (refused.status, &refused.json()["errors"][0]["extensions"]["code"]),
                (400, &json!("BAD_REQUEST"))
            );
        }
        assert_eq!(ask(&[("Jiyue-After", "0")]).await.status, 200);
        door.close().await;
    });
}
