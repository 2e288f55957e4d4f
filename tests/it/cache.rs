//! The exact cache as readers meet it: never stale, never somebody else's, and no execution more than needed.

mod checker;
mod crossing;
mod crowd;
mod eviction;
mod explained;
mod known;
mod privacy;
mod read_after;
mod soak;

use serde_json::{Value as Json, json};
use server::http::Settings;
use tests::{World, on_both};

use crate::door::http::{Answer, Door, escape};

/// The header that asks for an execution.
const EXECUTED: (&str, &str) = ("Jiyue-Cache", "bypass");

const NAME: &str = "query Name($code: String!) { site(by: {code: $code}) { name columns(depth: 1) { name path } } }";

/// From where an answer came.
fn state(answer: &Answer) -> &str {
    answer.header("jiyue-cache")
}

#[test]
fn an_answer_is_kept_for_every_way_of_asking_the_same() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let variables = json!({"code": "yunze"});
        let first = door.ask(NAME, &variables, &[]).await;
        assert_eq!((first.status, state(&first)), (200, "MISS"));
        // The same bytes, the same question in other bytes, and by GET.
        let target = format!("/graphql?query={}&variables={}", escape(NAME), escape(&variables.to_string()));
        let spaced = json!({"variables": variables, "query": NAME, "operationName": "Name"}).to_string();
        let again = [
            door.ask(NAME, &variables, &[]).await,
            door.send("POST", "/graphql", &[("Content-Type", "application/json")], spaced.as_bytes()).await,
            door.get(&target, &[]).await,
            door.get(&target, &[]).await,
            door.ask(NAME, &json!({"code": "yunze", "unused": 1}), &[]).await,
        ];
        for (at, answer) in again.iter().enumerate() {
            assert_eq!((state(answer), &answer.body), ("HIT", &first.body), "{at}");
        }
        // Everything that an answer depends on tells answers apart.
        for answer in [
            door.ask(NAME, &json!({"code": "zjj"}), &[]).await,
            door.ask(&NAME.replace("name path", "path name"), &variables, &[]).await,
            door.ask(NAME, &variables, &[("Accept", "application/graphql-response+json")]).await,
            door.ask(NAME, &variables, &[("Accept-Language", "en")]).await,
        ] {
            assert_eq!(state(&answer), "MISS");
        }
        let executed = door.ask(NAME, &variables, &[EXECUTED]).await;
        assert_eq!((state(&executed), &executed.body), ("BYPASS", &first.body));
        assert_eq!(door.metric("jiyue_cache_answers_total{state=\"miss\"}").await, Some(5.0));
        assert_eq!(door.metric("jiyue_cache_entries").await, Some(5.0));
        assert!(door.metric("jiyue_cache_bytes").await > Some(first.body.len() as f64 * 4.0));
        door.close().await;
    });
}

#[test]
fn what_is_not_found_is_kept_as_exactly_as_what_is() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let site = world.library.directory().sites.all().iter().find(|site| site.code == "zjj").expect("a site").id;
        let resolve = "query R($path: String!) { resolve(site: {code: \"zjj\"}, path: $path) { __typename } }";
        let ask = async |path: &str| {
            let answer = door.ask(resolve, &json!({ "path": path }), &[]).await;
            (state(&answer).to_owned(), answer.json()["data"]["resolve"].clone())
        };
        let nothing = |state: &str| (state.to_owned(), Json::Null);
        assert_eq!([ask("/later").await, ask("/later").await], [nothing("MISS"), nothing("HIT")]);
        assert_eq!([ask("/other").await, ask("/other").await], [nothing("MISS"), nothing("HIT")]);
        let column = world.library.directory().columns.all().iter().find(|column| column.site == site).expect("one").id;
        let to = library::address::RedirectTo::Column(column);
        world.library.create_redirect(&world.editor(), site, "/later", to).await.expect("a redirect");
        let redirected = ask("/later").await;
        assert_eq!(redirected.0, "MISS");
        assert_ne!(redirected.1, Json::Null);
        assert_eq!(ask("/later").await, ("HIT".to_owned(), redirected.1), "a redirect is kept");
        assert_eq!(ask("/other").await, nothing("HIT"), "what the deed did not touch stays");
        world.library.remove_redirect(&world.editor(), site, "/later").await.expect("removed");
        assert_eq!(ask("/later").await, nothing("MISS"));
        door.close().await;
    });
}

#[test]
fn what_must_not_be_kept_is_not() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        for (query, headers) in [
            ("{ viewer { account { id } } position }", &[][..]),
            ("{ desk { __typename } }", &[]),
            ("{ site(by: {code: \"yunze\"}) { name } }", &[("Authorization", "Basic YTpi")]),
            ("{ site(by: {code: \"yunze\"}) { name } }", &[("Jiyue-Explain", "1")]),
            ("mutation { signOut(input: {}) { position } }", &[]),
        ] {
            for _ in 0..2 {
                let answer = door.ask(query, &json!({}), headers).await;
                assert_eq!(state(&answer), "BYPASS", "{query} {headers:?}: {}", answer.text());
                assert_eq!(answer.header("cache-control"), "private, no-store", "{query}");
            }
        }
        // An answer with errors is nobody else's, and the next one asks again.
        let wrong = "{ contents(first: 5, after: \"nonsense\") { nodes { id } } }";
        for _ in 0..2 {
            let answer = door.ask(wrong, &json!({}), &[]).await;
            assert!(answer.json()["errors"].is_array(), "{}", answer.text());
            assert_eq!((state(&answer), answer.header("cache-control")), ("BYPASS", "private, no-store"));
        }
        assert_eq!(door.metric("jiyue_cache_entries").await, Some(0.0));
        door.close().await;

        let off = Door::with(&world, Settings { cache_bytes: 0, ..Settings::default() }).await;
        for _ in 0..2 {
            let answer = off.ask(NAME, &json!({"code": "yunze"}), &[]).await;
            assert_eq!((answer.status, state(&answer)), (200, "BYPASS"));
        }
        off.close().await;
    });
}

#[test]
fn a_small_cache_stays_small() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let settings = Settings { cache_bytes: 200_000, ..Settings::default() };
        let door = Door::with(&world, settings).await;
        let query = "query($n: Int!, $o: Int!) { contents(first: $n, offset: $o) { nodes { title } } }";
        for offset in 0..120 {
            let answer = door.ask(query, &json!({"n": 20, "o": offset}), &[]).await;
            assert_eq!(state(&answer), "MISS");
            assert!(door.metric("jiyue_cache_bytes").await <= Some(200_000.0));
        }
        assert!(door.metric("jiyue_cache_evicted_total{reason=\"room\"}").await > Some(10.0));
        let last = door.ask(query, &json!({"n": 20, "o": 119}), &[]).await;
        assert_eq!(state(&last), "HIT");
        door.close().await;
    });
}

#[test]
fn answers_that_are_kept_are_compared_with_new_ones() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::with(&world, Settings { cache_compared: 10_000, ..Settings::default() }).await;
        for _ in 0..5 {
            door.ask(NAME, &json!({"code": "yunze"}), &[]).await;
        }
        let begun = std::time::Instant::now();
        while door.metric("jiyue_cache_compared_total{outcome=\"same\"}").await < Some(1.0) {
            assert!(begun.elapsed() < std::time::Duration::from_secs(10), "nothing is compared");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(door.metric("jiyue_cache_compared_total{outcome=\"different\"}").await, Some(0.0));
        door.close().await;
    });
}
