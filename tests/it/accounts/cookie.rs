//! The refresh token in a cookie: what it is good for, for which pages, and that it opens nothing else.

use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use server::http::{Origins, Settings};
use tests::on_both;

use super::{PASSWORD, Staff};
use crate::door::http::{Answer, Door};

const NAME: &str = "__Host-jiyue-refresh";
const OWN: (&str, &str) = ("Origin", "http://127.0.0.1:8080");
const LISTED: (&str, &str) = ("Origin", "https://cms.example.gov.cn");
const SIGN_IN: &str =
    "mutation($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken userErrors { code } } }";
const REFRESH: &str = "mutation { refreshSession(input: {}) { accessToken refreshToken userErrors { code } } }";
const OUT: &str = "mutation { signOut(input: {}) { position userErrors { code } } }";

async fn door(staff: &Staff, origins: &str) -> Door {
    let cors_origins = Origins::read(origins).expect("origins");
    Door::with(&staff.town.world, Settings { cors_origins, ..Settings::default() }).await
}

/// The token that an answer gives to the browser.
fn kept(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    let (value, rest) = cookie.strip_prefix(NAME).and_then(|rest| rest[1..].split_once("; ")).expect("a cookie");
    assert_eq!(rest, "Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Strict");
    value.to_owned()
}

async fn signed_in(door: &Door) -> (String, String) {
    let input = json!({"input": {"name": "editor", "password": PASSWORD, "cookie": true}});
    let answer = door.ask(SIGN_IN, &input, &[]).await;
    let signed = &answer.json()["data"]["signIn"];
    assert_eq!(signed["refreshToken"], Json::Null, "the page does not see it");
    let cookie = kept(&answer);
    assert!(!answer.text().contains(&cookie));
    (cookie, signed["accessToken"].as_str().expect("a token").to_owned())
}

async fn with(door: &Door, query: &str, cookie: &str, headers: &[(&str, &str)]) -> Answer {
    let cookie = format!("theme=dark; {NAME}={cookie}");
    let mut all = vec![("Cookie", cookie.as_str())];
    all.extend(headers);
    door.ask(query, &json!({}), &all).await
}

fn code(answer: &Answer, field: &str) -> Json {
    answer.json()["data"][field]["userErrors"][0]["code"].clone()
}

#[test]
fn a_page_goes_on_by_its_cookie_and_others_do_not() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("editor", Some((Role::Editor, GrantScope::Site(staff.town.site)))).await;
        let door = door(&staff, "https://cms.example.gov.cn").await;
        let (cookie, _) = signed_in(&door).await;
        let evil = [("Origin", "https://evil.example")];
        let twice = [OWN, LISTED];
        for headers in [&[][..], &evil, &[("Origin", "null")], &twice] {
            let refused = with(&door, REFRESH, &cookie, headers).await;
            assert_eq!((code(&refused, "refreshSession"), refused.header("set-cookie")), (json!("NOT_ALLOWED"), ""));
        }
        let first = with(&door, REFRESH, &cookie, &[OWN]).await;
        let refreshed = first.json()["data"]["refreshSession"].clone();
        assert_eq!((&refreshed["refreshToken"], &refreshed["userErrors"]), (&Json::Null, &json!([])));
        let second = with(&door, REFRESH, &kept(&first), &[LISTED]).await;
        assert_eq!(second.header("access-control-allow-credentials"), "true");
        let token = second.json()["data"]["refreshSession"]["accessToken"].as_str().expect("a token").to_owned();

        // The cookie by itself opens nothing.
        let viewer = "{ viewer { account { id } } desk { accounts { totalCount } } }";
        assert_eq!(
            with(&door, viewer, &kept(&second), &[OWN]).await.json()["data"],
            json!({"viewer": null, "desk": null})
        );
        let change = "mutation { endSessions(input: {}) { userErrors { code } } }";
        let refused = with(&door, change, &kept(&second), &[OWN]).await;
        assert_eq!(code(&refused, "endSessions"), "UNAUTHENTICATED");

        // None, a mistyped one, and one that was used: that ends the session.
        assert_eq!(code(&door.ask(REFRESH, &json!({}), &[OWN]).await, "refreshSession"), "UNAUTHENTICATED");
        assert_eq!(code(&with(&door, REFRESH, "x", &[OWN]).await, "refreshSession"), "UNAUTHENTICATED");
        assert_eq!(code(&with(&door, REFRESH, &cookie, &[OWN]).await, "refreshSession"), "UNAUTHENTICATED");
        let bearer = [("Authorization", &*format!("Bearer {token}"))];
        assert_eq!(door.ask(viewer, &json!({}), &bearer).await.status, 401, "its family has ended");
        door.close().await;
    });
}

#[test]
fn signing_out_forgets_the_cookie_and_may_use_it() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("editor", None).await;
        let door = door(&staff, "").await;
        let forgotten = format!("{NAME}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
        let (cookie, access) = signed_in(&door).await;
        let bearer = format!("Bearer {access}");
        let out = with(&door, OUT, &cookie, &[("Authorization", &bearer)]).await;
        assert_eq!(
            (out.json()["data"]["signOut"]["userErrors"].clone(), out.header("set-cookie")),
            (json!([]), &*forgotten)
        );
        assert_eq!(code(&with(&door, REFRESH, &cookie, &[OWN]).await, "refreshSession"), "UNAUTHENTICATED");

        let (cookie, _) = signed_in(&door).await;
        let evil = with(&door, OUT, &cookie, &[("Origin", "https://evil.example")]).await;
        assert_eq!(code(&evil, "signOut"), "NOT_ALLOWED");
        assert_eq!(staff.library().directory().sessions.all().len(), 1);
        let out = with(&door, OUT, &cookie, &[OWN]).await;
        assert_eq!(
            (out.json()["data"]["signOut"]["userErrors"].clone(), out.header("set-cookie")),
            (json!([]), &*forgotten)
        );
        assert_eq!(staff.library().directory().sessions.all().len(), 0);
        assert_eq!(code(&with(&door, OUT, &cookie, &[OWN]).await, "signOut"), "UNAUTHENTICATED");

        // Without `cookie`, nothing is kept by the browser.
        let input = json!({"input": {"name": "editor", "password": PASSWORD}});
        let plain = door.ask(SIGN_IN, &input, &[]).await;
        assert_eq!(plain.header("set-cookie"), "");
        assert!(plain.json()["data"]["signIn"]["refreshToken"].is_string());
        door.close().await;
    });
}

#[test]
fn where_everybody_may_read_nobody_may_use_the_cookie() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("editor", None).await;
        let door = door(&staff, "*").await;
        let (cookie, _) = signed_in(&door).await;
        let refused = with(&door, REFRESH, &cookie, &[LISTED]).await;
        assert_eq!(code(&refused, "refreshSession"), "NOT_ALLOWED");
        assert_eq!(refused.header("access-control-allow-credentials"), "");
        assert_eq!(code(&with(&door, REFRESH, &cookie, &[OWN]).await, "refreshSession"), Json::Null, "but its own");
        door.close().await;
    });
}
