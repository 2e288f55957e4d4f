//! Accounts as a CMS UI meets them: signing in over HTTP, asking with a token, and every way in which one is refused.

use library::account::{AccountState, EditAccount};
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{PASSWORD, Staff};
use crate::door::http::{Answer, Door, escape};

const SIGN_IN: &str = "mutation SignIn($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken \
    expiresAt position viewer { account { name organisation { name } grants { role } } grants { role level scope { id __typename } } \
    defaultColumns { id name site { name } } } userErrors { code path message hint } } }";
const VIEWER: &str = "{ viewer { mustChangePassword account { id name loginName state } grants { role } } }";

async fn sign_in(door: &Door, name: &str, password: &str, headers: &[(&str, &str)]) -> Answer {
    door.ask(SIGN_IN, &json!({"input": {"name": name, "password": password}}), headers).await
}

async fn token(door: &Door, name: &str) -> String {
    let answer = sign_in(door, name, PASSWORD, &[]).await.json();
    answer["data"]["signIn"]["accessToken"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

async fn with(door: &Door, token: &str, query: &str, variables: &Json) -> Answer {
    door.ask(query, variables, &[("Authorization", &format!("Bearer {token}"))]).await
}

fn unauthenticated(answer: &Answer, what: &str) {
    let json = answer.json();
    assert_eq!(
        (answer.status, &json["errors"][0]["extensions"]["code"]),
        (401, &json!("UNAUTHENTICATED")),
        "{what}: {json}"
    );
    assert!(json.get("data").is_none(), "{what}");
    assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    assert_eq!(answer.header("cache-control"), "private, no-store");
}

#[test]
fn an_editor_signs_in_and_is_known() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Column(staff.town.news)))).await;
        let door = Door::open(&staff.town.world).await;
        let answer = sign_in(&door, "editor", PASSWORD, &[]).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-store"));
        let signed = &answer.json()["data"]["signIn"];
        assert_eq!(signed["userErrors"], json!([]));
        let expected =
            json!({"name": "姓名editor", "organisation": {"name": "bureau"}, "grants": [{"role": "EDITOR"}]});
        assert_eq!(signed["viewer"]["account"], expected);
        let column = staff.town.news.to_string();
        let scope = json!({"id": column, "__typename": "Column"});
        assert_eq!(signed["viewer"]["grants"], json!([{"role": "EDITOR", "level": null, "scope": scope}]));
        assert_eq!(signed["viewer"]["defaultColumns"][0]["id"], column);
        assert!(signed["position"].as_str().is_some_and(|position| position.parse::<i64>().is_ok()));

        let access = signed["accessToken"].as_str().expect("a token").to_owned();
        let known = with(&door, &access, VIEWER, &json!({})).await;
        assert_eq!((known.status, known.header("cache-control")), (200, "private, no-store"));
        let account = json!({"id": editor.to_string(), "name": "姓名editor", "loginName": "editor", "state": "ACTIVE"});
        assert_eq!(known.json()["data"]["viewer"]["account"], account);
        let public = with(&door, &access, "{ position }", &json!({})).await;
        assert_eq!(
            public.header("cache-control"),
            "private, no-store",
            "what a token asked is private, whatever it is"
        );
        let nobody = door.ask(VIEWER, &json!({}), &[]).await;
        assert_eq!(
            (nobody.json(), nobody.header("cache-control")),
            (json!({"data": {"viewer": null}}), "private, no-store")
        );

        let can = "query($on: ID!, $other: ID!) { viewer { edit: can(action: EDIT, on: $on) publish: can(action: PUBLISH, on: $on) \
                   other: can(action: EDIT, on: $other) } column(by: {id: $on}) { viewerCan(action: EDIT) } }";
        let on = json!({"on": column, "other": staff.town.policies.to_string()});
        let expected =
            json!({"viewer": {"edit": true, "publish": false, "other": false}, "column": {"viewerCan": true}});
        assert_eq!(with(&door, &access, can, &on).await.json()["data"], expected);
        let nobody = door.ask("query($on: ID!) { column(by: {id: $on}) { viewerCan(action: EDIT) } }", &on, &[]).await;
        assert_eq!(nobody.json()["data"], json!({"column": {"viewerCan": false}}));

        let refresh = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { accessToken refreshToken userErrors { code } } }";
        let input = json!({"input": {"refreshToken": signed["refreshToken"]}});
        let next = door.ask(refresh, &input, &[]).await.json();
        let next = next["data"]["refreshSession"]["accessToken"].as_str().expect("a token").to_owned();
        assert_eq!(with(&door, &next, VIEWER, &json!({})).await.status, 200);
        let reused = door.ask(refresh, &input, &[]).await.json();
        assert_eq!(reused["data"]["refreshSession"]["userErrors"], json!([{"code": "UNAUTHENTICATED"}]));
        unauthenticated(&with(&door, &next, VIEWER, &json!({})).await, "the family has ended");
        door.close().await;
    });
}

#[test]
fn every_token_that_is_not_valid_is_refused_alike() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let library = staff.library().clone();
        let editor = staff.account("editor", None).await;
        staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let good = token(&door, "editor").await;
        assert_eq!(with(&door, &good, VIEWER, &json!({})).await.status, 200);
        let parts: Vec<&str> = good.split('.').collect();
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        let forged = [
            String::new(),
            "x".to_owned(),
            "x".repeat(5_000),
            format!("{none}.{}.", parts[1]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[1], parts[2].chars().rev().collect::<String>()),
            format!("{}.{}.{}", parts[0], token(&door, "admin").await.split('.').nth(1).expect("claims"), parts[2]),
        ];
        for token in &forged {
            unauthenticated(&with(&door, token, VIEWER, &json!({})).await, token);
            unauthenticated(&with(&door, token, "{ position }", &json!({})).await, token);
        }
        let get = format!("/graphql?query={}", escape(VIEWER));
        unauthenticated(&door.get(&get, &[("Authorization", "Bearer x")]).await, "by GET");
        assert_eq!(door.get(&get, &[("Authorization", "Basic YTpi")]).await.status, 200, "a proxy's business");
        let twice = [("Authorization", "Bearer x"), ("Authorization", "Bearer x")];
        assert_eq!(door.get(&get, &twice).await.status, 400);

        let out = "mutation { signOut(input: {}) { position userErrors { code } } }";
        assert_eq!(with(&door, &good, out, &json!({})).await.json()["data"]["signOut"]["userErrors"], json!([]));
        unauthenticated(&with(&door, &good, VIEWER, &json!({})).await, "signed out");
        let nobody = door.ask(out, &json!({}), &[]).await.json();
        assert_eq!(nobody["data"]["signOut"], json!({"position": null, "userErrors": [{"code": "UNAUTHENTICATED"}]}));

        let good = token(&door, "editor").await;
        let disabled = EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        library.edit_account(&staff.town.editor(), editor, disabled).await.expect("disabled");
        unauthenticated(&with(&door, &good, VIEWER, &json!({})).await, "disabled");
        let late = token(&door, "admin").await;
        let now = library.now();
        staff.town.world.clock.set(library::Instant(now.0 + 631_000_000));
        unauthenticated(&with(&door, &late, VIEWER, &json!({})).await, "expired");
        staff.town.world.clock.set(library::Instant(now.0 - 31_000_000));
        unauthenticated(&with(&door, &late, VIEWER, &json!({})).await, "not valid yet");
        door.close().await;
    });
}

#[test]
fn a_refusal_is_data_in_the_language_of_the_asker() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("editor", Some((Role::Editor, GrantScope::Site(staff.town.site)))).await;
        let door = Door::open(&staff.town.world).await;
        let wrong = sign_in(&door, "editor", "Wrong-Horse-9", &[]).await.json();
        let error = json!({"code": "UNAUTHENTICATED", "path": [], "message": "用户名或口令不正确", "hint": null});
        assert_eq!(wrong["data"]["signIn"]["userErrors"], json!([error]));
        assert_eq!(wrong["data"]["signIn"]["accessToken"], Json::Null);
        let english = sign_in(&door, "editor", "Wrong-Horse-9", &[("Accept-Language", "en")]).await.json();
        assert_eq!(english["data"]["signIn"]["userErrors"][0]["message"], "wrong name or password");

        let grant = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { grant { id } userErrors { code path hint } } }";
        let access = token(&door, "editor").await;
        let own = with(&door, &access, VIEWER, &json!({})).await.json()["data"]["viewer"]["account"]["id"].clone();
        let input = json!({"input": {"account": own, "role": "PUBLISHER", "scope": staff.town.site.to_string()}});
        let refused = with(&door, &access, grant, &input).await.json();
        let error =
            json!({"code": "NOT_ALLOWED", "path": ["scope"], "hint": "需要以下角色之一：站点管理员、平台管理员"});
        assert_eq!(refused["data"]["grantRole"], json!({"grant": null, "userErrors": [error]}));
        door.close().await;
    });
}

#[test]
fn an_administrator_keeps_accounts_over_http() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let admin = token(&door, "admin").await;
        let create = "mutation($input: CreateAccountInput!) { createAccount(input: $input) { position userErrors { code path } \
                      account { id name loginName state organisation { name } grants { id } } } }";
        let input = json!({"input": {"loginName": "li.na", "name": "李娜", "organisation": staff.bureau.to_string(),
            "password": PASSWORD}});
        let made = with(&door, &admin, create, &input).await.json()["data"]["createAccount"].clone();
        assert_eq!(made["userErrors"], json!([]));
        assert_eq!(made["account"]["organisation"], json!({"name": "bureau"}));
        assert_eq!(made["account"]["grants"], json!([]));
        assert_eq!((&made["account"]["loginName"], &made["account"]["state"]), (&json!("li.na"), &json!("ACTIVE")));
        let id = made["account"]["id"].clone();
        let grant = "mutation($input: GrantRoleInput!) { grantRole(input: $input) { userErrors { code } \
                     grant { id role level account { name } scope { __typename id } } } }";
        let scope = staff.town.news.to_string();
        let input = json!({"input": {"account": id, "role": "REVIEWER", "level": 2, "scope": scope}});
        let given = with(&door, &admin, grant, &input).await.json()["data"]["grantRole"]["grant"].clone();
        assert_eq!(
            (&given["level"], &given["account"]["name"], &given["scope"]["__typename"]),
            (&json!(2), &json!("李娜"), &json!("Column"))
        );
        let node = "query($id: ID!) { node(id: $id) { __typename id ... on Account { grants { role } } } }";
        let seen = json!({"node": {"__typename": "Account", "id": id, "grants": [{"role": "REVIEWER"}]}});
        assert_eq!(with(&door, &admin, node, &json!({"id": id})).await.json()["data"], seen);
        assert_eq!(door.ask(node, &json!({"id": id}), &[]).await.json()["data"], json!({"node": null}));
        assert_eq!(door.ask(node, &json!({"id": given["id"]}), &[]).await.json()["data"], json!({"node": null}));

        let own = token(&door, "li.na").await;
        let viewer = with(&door, &own, VIEWER, &json!({})).await.json()["data"]["viewer"].clone();
        assert_eq!(viewer["mustChangePassword"], true);
        let change = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { userErrors { code path message } } }";
        let input = json!({"input": {"currentPassword": PASSWORD, "newPassword": "Battery+Staple-7"}});
        assert_eq!(with(&door, &own, change, &input).await.json()["data"]["changePassword"]["userErrors"], json!([]));
        let viewer = with(&door, &own, VIEWER, &json!({})).await.json()["data"]["viewer"].clone();
        assert_eq!(viewer["mustChangePassword"], false);

        let several = "mutation($reset: ResetPasswordInput!, $edit: EditAccountInput!, $end: EndSessionsInput!, \
                       $revoke: RevokeRoleInput!) { \
                       a: resetPassword(input: $reset) { userErrors { code } } b: endSessions(input: $end) { ended userErrors { code } } \
                       c: revokeRole(input: $revoke) { userErrors { code } } \
                       d: editAccount(input: $edit) { account { name state organisation { name } } userErrors { code } } }";
        let inputs = json!({"reset": {"account": id, "newPassword": PASSWORD}, "end": {"account": id},
            "revoke": {"grant": given["id"]}, "edit": {"id": id, "state": "DISABLED", "organisation": null}});
        let done = with(&door, &admin, several, &inputs).await.json();
        let none = json!({"userErrors": []});
        let edited = json!({"account": {"name": "李娜", "state": "DISABLED", "organisation": null}, "userErrors": []});
        assert_eq!(done["data"], json!({"a": none, "b": {"ended": 0, "userErrors": []}, "c": none, "d": edited}));
        unauthenticated(&with(&door, &own, VIEWER, &json!({})).await, "reset and disabled");
        door.close().await;
    });
}

#[test]
fn deeds_are_done_by_post_alone_and_keys_are_published() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let empty = door.get("/.well-known/jwks.json", &[]).await;
        assert_eq!((empty.status, empty.json()), (200, json!({"keys": []})));
        let query = "mutation { signOut(input: {}) { userErrors { code } } }";
        let answer = door.get(&format!("/graphql?query={}", escape(query)), &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
        let form =
            door.send("POST", "/graphql", &[("Content-Type", "text/plain")], b"{\"query\":\"{ position }\"}").await;
        assert_eq!(form.status, 415);
        let access = token(&door, "admin").await;
        let set = door.get("/.well-known/jwks.json", &[]).await;
        assert_eq!(set.header("content-type"), "application/jwk-set+json");
        let set = set.json();
        assert_eq!(set["keys"].as_array().map(Vec::len), Some(1));
        assert!(set["keys"][0].get("d").is_none() && set["keys"][0]["x"].is_string(), "{set}");
        assert!(access.len() < 1_000);
        door.close().await;
    });
}

#[test]
fn a_deed_is_done_to_its_end_also_if_nobody_waits() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let id = staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let variables = json!({"input": {"name": "admin", "password": PASSWORD}});
        let body = json!({"query": SIGN_IN, "variables": variables}).to_string();
        let head = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length";
        let connection = door.begin(&format!("{head}: {}\r\n\r\n{body}", body.len())).await;
        // Long enough for the question to be read, too short for a password to be compared.
        tokio::time::sleep(std::time::Duration::from_millis(8)).await;
        drop(connection);
        for _ in 0..200 {
            if staff.library().directory().sessions.all().iter().any(|session| session.account == id) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(staff.library().directory().sessions.all().len(), 1);
        door.close().await;
    });
}

#[test]
fn no_line_of_the_log_tells_a_secret() {
    crate::door::log::begin();
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let secret = "Secret-Password-of-this-test-1";
        sign_in(&door, secret, secret, &[]).await;
        sign_in(&door, "admin", secret, &[]).await;
        let answer = sign_in(&door, "admin", PASSWORD, &[]).await.json()["data"]["signIn"].clone();
        let (access, refresh) =
            (answer["accessToken"].as_str().expect("one"), answer["refreshToken"].as_str().expect("one"));
        let id = format!("secrets-{engine:?}");
        let token = format!("Bearer {access}");
        door.ask(VIEWER, &json!({}), &[("Authorization", &token), ("X-Request-Id", &id)]).await;
        with(&door, &format!("{access}x"), VIEWER, &json!({})).await;
        let again = "mutation($input: RefreshSessionInput!) { refreshSession(input: $input) { userErrors { code } } }";
        for _ in 0..2 {
            door.ask(again, &json!({"input": {"refreshToken": refresh}}), &[]).await;
        }
        let further = further_secrets(&staff, &door).await;
        door.close().await;
        let written = crate::door::log::written();
        assert!(written.contains("somebody could not sign in") && written.contains("was used twice"), "it is told");
        let signature = access.rsplit('.').next().expect("a signature");
        for hidden in [secret, PASSWORD, access, refresh, signature, "$argon2"] {
            assert!(!written.contains(hidden), "{hidden} is in the log");
        }
        for hidden in &further {
            assert!(hidden.len() > 5 && !written.contains(hidden), "{hidden} is in the log");
        }
    });
}

/// What else is secret: a key, a second factor with its codes, a cookie; each was asked with, well and badly.
async fn further_secrets(staff: &Staff, door: &Door) -> Vec<String> {
    let input = json!({"input": {"name": "admin", "password": PASSWORD, "cookie": true}});
    let signed = door.ask(SIGN_IN, &input, &[]).await;
    let cookie = signed.header("set-cookie").split(['=', ';']).nth(1).expect("a cookie").to_owned();
    let access = signed.json()["data"]["signIn"]["accessToken"].as_str().expect("a token").to_owned();
    let sent = format!("__Host-jiyue-refresh={cookie}");
    let again = "mutation { refreshSession(input: {}) { userErrors { code } } }";
    door.ask(again, &json!({}), &[("Cookie", &sent)]).await;
    let create = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    let made = with(door, &access, create, &json!({"input": {"name": "k", "rights": ["DEEDS"]}})).await.json();
    let key = made["data"]["createApiKey"]["secret"].as_str().expect("a key").to_owned();
    with(door, &key, VIEWER, &json!({})).await;
    with(door, &format!("{key}x"), VIEWER, &json!({})).await;
    let enrol = "mutation($input: EnrolSecondFactorInput!) { enrolSecondFactor(input: $input) { secret uri userErrors { code } } }";
    let begun = with(door, &access, enrol, &json!({"input": {}})).await.json()["data"]["enrolSecondFactor"].clone();
    let secret = begun["secret"].as_str().expect("a secret").to_owned();
    let totp = library::second_factor::Totp::read(&secret).expect("a factor");
    let code = totp.shown(staff.library().now().0 / 1_000_000);
    let confirmed = with(door, &access, enrol, &json!({"input": {"code": code}})).await.json();
    assert_eq!(confirmed["data"]["enrolSecondFactor"]["userErrors"], json!([]));
    // A wrong code, of more digits than anything else that is written.
    let typed = "004815162342";
    let input = json!({"input": {"name": "admin", "password": PASSWORD, "code": typed}});
    door.ask(SIGN_IN, &input, &[]).await;
    let uri = begun["uri"].as_str().expect("an address").to_owned();
    vec![cookie, access, key, secret, uri, typed.to_owned()]
}
