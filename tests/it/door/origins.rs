//! Pages of other origins, as browsers ask for them.

use serde_json::json;
use server::http::{Origins, Settings};
use tests::{World, on_both};

use super::http::{Answer, Door};

const PAGE: &str = "https://www.example.org";

async fn door(world: &World, origins: &str) -> Door {
    let cors_origins = Origins::read(origins).expect("origins");
    Door::with(world, Settings { cors_origins, ..Settings::default() }).await
}

async fn preflight(door: &Door, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,jiyue-explain"),
    ];
    door.send("OPTIONS", "/graphql", &headers, b"").await
}

#[test]
fn listed_origins_may_read_answers_and_others_may_not() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let door = door(&world, "https://www.example.org, http://localhost:5173").await;
        let allowed = preflight(&door, PAGE).await;
        assert_eq!((allowed.status, allowed.body.len()), (204, 0));
        assert_eq!(allowed.header("access-control-allow-origin"), PAGE);
        assert_eq!(allowed.header("access-control-allow-methods"), "GET, HEAD, POST, PUT");
        assert_eq!(allowed.header("access-control-allow-headers"), "content-type,jiyue-explain");
        assert_eq!(allowed.header("access-control-max-age"), "7200");
        assert_eq!(allowed.header("vary"), "Access-Control-Request-Headers, Origin");
        let answer = door.ask("{ position }", &json!({}), &[("Origin", PAGE)]).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, PAGE));
        assert!(answer.header("access-control-expose-headers").contains("X-Request-Id"));
        assert_eq!(answer.header("vary"), "Accept, Origin");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "the cookie of signIn may come along");

        for origin in ["https://evil.example", "null", "https://www.example.org.evil.example", "http://www.example.org"]
        {
            let refused = preflight(&door, origin).await;
            assert_eq!((refused.status, refused.header("access-control-allow-origin")), (204, ""), "{origin}");
            assert_eq!(refused.header("access-control-allow-methods"), "");
            let answer = door.ask("{ position }", &json!({}), &[("Origin", origin)]).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "{origin}");
        }
        let own = door.ask("{ position }", &json!({}), &[]).await;
        assert_eq!((own.header("access-control-allow-origin"), own.header("vary")), ("", "Accept, Origin"));
        door.close().await;
    });
}

#[test]
fn what_is_public_can_be_opened_to_all_and_is_closed_by_default() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let open = door(&world, "*").await;
        assert_eq!(preflight(&open, PAGE).await.header("access-control-allow-origin"), "*");
        let failed = open.get("/nothing", &[("Origin", PAGE)]).await;
        assert_eq!(failed.header("access-control-allow-origin"), "*", "refusals can be read, too");
        open.close().await;
        let closed = door(&world, "").await;
        let preflight = preflight(&closed, PAGE).await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, ""));
        let answer = closed.ask("{ position }", &json!({}), &[("Origin", PAGE)]).await;
        assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), ("", "Accept"));
        closed.close().await;
    });
}
