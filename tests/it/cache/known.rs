//! What caches in front of the server are told: how long, by which tag, by what it varies, and by which keys it is purged.

use std::collections::BTreeSet;

use flate2::read::GzDecoder;
use library::changes::Change;
use serde_json::json;
use server::cache::surrogate;
use server::http::Settings;
use std::io::Read as _;
use tests::{World, on_both};

use super::state;
use crate::door::http::{Door, escape};

const OPEN: &str = "public, max-age=0, s-maxage=0, stale-if-error=600";
const VARY: &str = "Accept, Accept-Encoding, Accept-Language, Jiyue-Audience";

fn by_get(query: &str) -> String {
    format!("/graphql?query={}", escape(query))
}

#[test]
fn a_public_answer_by_get_may_be_kept_and_is_asked_for_by_its_tag() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let target = by_get("{ contents(first: 50) { nodes { id title } } }");
        let mut tags = BTreeSet::new();
        for coding in ["", "gzip", "br", "zstd"] {
            let first = door.get(&target, &[("Accept-Encoding", coding)]).await;
            let again = door.get(&target, &[("Accept-Encoding", coding)]).await;
            let tag = first.header("etag").to_owned();
            assert!(
                tag.starts_with('"') && tag.ends_with('"') && tags.insert(tag.clone()),
                "{tag} is strong and its own"
            );
            for answer in [&first, &again] {
                assert_eq!((answer.header("cache-control"), answer.header("vary")), (OPEN, VARY));
                assert_eq!((answer.header("content-encoding"), answer.header("etag")), (coding, &*tag));
                assert_eq!(answer.body, first.body);
                assert!(answer.header("surrogate-key").split(' ').all(|key| key.len() == 8));
                assert!(answer.header("surrogate-key").len() <= 4096);
            }
            let known = [("Accept-Encoding", coding), ("If-None-Match", &*tag)];
            let unchanged = door.get(&target, &known).await;
            assert_eq!((unchanged.status, unchanged.body.len(), state(&unchanged)), (304, 0, "HIT"));
            assert_eq!((unchanged.header("etag"), unchanged.header("cache-control")), (&*tag, OPEN));
            assert_eq!((unchanged.header("vary"), unchanged.header("content-type")), (VARY, ""));
            let other = door.get(&target, &[("Accept-Encoding", coding), ("If-None-Match", "\"other\"")]).await;
            assert_eq!(other.status, 200);
            let head = door.send("HEAD", &target, &[("Accept-Encoding", coding)], b"").await;
            assert_eq!((head.status, head.header("etag"), head.body.len()), (200, &*tag, 0));
        }
        let plain = door.get(&target, &[]).await;
        let mut text = Vec::new();
        let packed = door.get(&target, &[("Accept-Encoding", "gzip")]).await;
        GzDecoder::new(packed.body.as_slice()).read_to_end(&mut text).expect("gzip");
        assert!(text == plain.body, "another text");
        door.close().await;

        let lasting = Door::with(&world, Settings { shared_seconds: 30, ..Settings::default() }).await;
        let answer = lasting.get(&target, &[]).await;
        assert_eq!(answer.header("cache-control"), OPEN.replace("s-maxage=0", "s-maxage=30"));
        lasting.close().await;
        let without = Door::with(&world, Settings { cache_bytes: 0, ..Settings::default() }).await;
        let answer = without.get(&target, &[]).await;
        assert_eq!((answer.header("cache-control"), answer.header("etag")), (OPEN, plain.header("etag")));
        without.close().await;
    });
}

#[test]
fn what_is_somebodys_own_or_wrong_may_not_be_kept_by_anybody() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let good = by_get("{ site(by: {code: \"yunze\"}) { name } }");
        for (target, headers) in [
            (good.clone(), &[("Authorization", "Basic YTpi")][..]),
            (good.clone(), &[("Jiyue-Explain", "1")]),
            (by_get("{ viewer { account { id } } }"), &[]),
            (by_get("{ contents(first: 5, after: \"nonsense\") { nodes { id } } }"), &[]),
            (by_get("{ nothing }"), &[]),
            (by_get("{"), &[]),
            (good.clone(), &[("Authorization", "Bearer nonsense")]),
            (good.clone(), &[("Jiyue-Preview", "nonsense")]),
            (good.clone(), &[("Jiyue-Audience", "editorial")]),
            (good.clone(), &[("Jiyue-After", "nonsense")]),
        ] {
            let answer = door.get(&target, headers).await;
            assert_eq!(answer.header("cache-control"), "private, no-store", "{target} {headers:?}");
            assert_eq!((answer.header("etag"), answer.header("surrogate-key")), ("", ""));
        }
        let public = door.get(&good, &[("Jiyue-Audience", "public")]).await;
        assert_eq!(public.header("cache-control"), OPEN);
        door.close().await;
    });
}

/// What a change purges, as a set of keys.
fn purged(changes: &[Change]) -> BTreeSet<String> {
    changes.iter().flat_map(surrogate::of_change).collect()
}

#[test]
fn a_change_purges_by_the_keys_of_what_it_alters_and_files_carry_theirs() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let door = Door::open(&world).await;
        let own = by_get("{ site(by: {code: \"zjj\"}) { name } }");
        let other = by_get("{ tag(by: {code: \"public-rental\"}) { code } }");
        let keys = async |target: &str| -> BTreeSet<String> {
            door.get(target, &[]).await.header("surrogate-key").split(' ').map(str::to_owned).collect()
        };
        let (own, other) = (keys(&own).await, keys(&other).await);
        let before = world.library.newest_position().await.expect("a position");
        let site = world.library.directory().sites.all().iter().find(|site| site.code == "zjj").expect("a site").id;
        world
            .library
            .edit_site(&world.editor(), site, None, |fields| fields.name = "新名".to_owned())
            .await
            .expect("done");
        let keys = purged(&world.library.changes_after(before, 10).await.expect("changes"));
        assert!(!keys.is_disjoint(&own), "{keys:?} and {own:?}");
        assert!(keys.is_disjoint(&other), "{keys:?} and {other:?}");

        let data = world.data("{ contents(first: 50) { nodes { cover { id url } } } }", &json!({})).await;
        let nodes = data["contents"]["nodes"].as_array().expect("nodes");
        let cover = nodes.iter().map(|node| &node["cover"]).find(|cover| !cover.is_null()).expect("a cover");
        let path = cover["url"].as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080")).expect("ours");
        let file = door.get(path, &[]).await;
        let carried = file
            .header("surrogate-key")
            .split(' ')
            .any(|key| key == surrogate::of_subject(cover["id"].as_str().unwrap()));
        assert!(carried, "{}", file.header("surrogate-key"));
        let known = door.get(path, &[("If-None-Match", file.header("etag"))]).await;
        assert_eq!((known.status, known.header("surrogate-key")), (304, file.header("surrogate-key")));
        door.close().await;
    });
}
