//! Keys of systems: who makes them, how narrow they are, that they change nothing that is public, and that they end at once.

use library::RefusalCode::{Invalid, NotAllowed, NotFound, Required, Unauthenticated, WrongState};
use library::account::{AccountState, EditAccount};
use library::api_key::{ApiKeyRight, CreateApiKey, MadeApiKey};
use library::grant::{GrantRole, GrantScope, Role};
use library::id::{AccountId, AnyId, SiteId};
use library::linked_identity::LinkIdentity;
use library::may::Right;
use library::{Audience, Caller, Instant, RefusalCode};
use serde_json::{Value as Json, json};
use tests::{World, on_both};

use super::{PASSWORD, Staff, caller, password};
use crate::door::http::{Answer, Door};
use crate::refusals::{refuses, unknown};

fn key(account: AccountId, site: Option<SiteId>, rights: &[ApiKeyRight]) -> CreateApiKey {
    let (name, rights) = ("前端".to_owned(), rights.to_vec());
    CreateApiKey { name, account: Some(account), site, rights, app: None, expires_at: None }
}

/// A key that a program makes, as a caller.
async fn made(staff: &Staff, new: CreateApiKey) -> (MadeApiKey, Caller) {
    let made = staff.library().create_api_key(&staff.town.editor(), new).await.expect("a key");
    let asker = staff.library().caller_of(&made.secret.as_ref().expect("a secret").0).await.expect("known");
    (made, asker)
}

async fn with(door: &Door, token: &str, query: &str) -> Answer {
    door.ask(query, &json!({}), &[("Authorization", &format!("Bearer {token}"))]).await
}

fn unauthenticated(answer: &Answer, what: &str) {
    let code = answer.json()["errors"][0]["extensions"]["code"].clone();
    assert_eq!((answer.status, code), (401, json!("UNAUTHENTICATED")), "{what}");
}

#[test]
fn a_key_is_made_and_revoked_by_who_keeps_its_account_and_its_site() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        let admin = caller(staff.administrator("admin").await);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let editor = staff.account("editor", Some((Role::Editor, site))).await;
        let stronger = staff.account("stronger", Some((Role::Editor, GrantScope::Platform))).await;
        let deeds = [ApiKeyRight::Deeds];
        let here = |account| key(account, Some(town.site), &deeds);
        let past = Some(library.now());
        let cases: [(RefusalCode, &str, &Caller, CreateApiKey); 12] = [
            (Unauthenticated, "", &Caller::nobody(), here(unknown("account"))),
            (Unauthenticated, "", &Caller::nobody(), CreateApiKey { account: None, ..here(editor) }),
            (NotFound, "account", &caller(editor), here(editor)),
            (NotFound, "account", &caller(editor), CreateApiKey { account: None, ..here(editor) }),
            (NotFound, "account", &admin, here(unknown("account"))),
            (NotAllowed, "scope", &keeper, here(stronger)),
            (NotAllowed, "site", &keeper, key(editor, None, &deeds)),
            (NotAllowed, "site", &keeper, key(editor, Some(town.county), &deeds)),
            (NotFound, "site", &admin, key(editor, Some(unknown("site")), &deeds)),
            (Required, "rights", &admin, key(editor, None, &[])),
            (Invalid, "expiresAt", &admin, CreateApiKey { expires_at: past, ..here(editor) }),
            (Required, "name", &admin, CreateApiKey { name: " ".to_owned(), ..here(editor) }),
        ];
        for (code, path, asker, new) in cases {
            refuses(town, code, path, library.create_api_key(asker, new)).await;
        }
        let made = library.create_api_key(&keeper, here(editor)).await.expect("a key");
        let asker = library.caller_of(&made.secret.expect("a secret").0).await.expect("known");
        assert_eq!(asker.key(), Some(made.id));

        refuses(town, Unauthenticated, "", library.revoke_api_key(&Caller::nobody(), made.id)).await;
        refuses(town, NotFound, "apiKey", library.revoke_api_key(&admin, unknown("api_key"))).await;
        let stranger = caller(staff.account("stranger", Some((Role::Editor, site))).await);
        refuses(town, NotFound, "apiKey", library.revoke_api_key(&stranger, made.id)).await;
        refuses(town, NotFound, "apiKey", library.revoke_api_key(&caller(editor), made.id)).await;
        library.revoke_api_key(&keeper, made.id).await.expect("revoked");
        refuses(town, WrongState, "apiKey", library.revoke_api_key(&keeper, made.id)).await;
        for _ in 0..50 {
            library.create_api_key(&admin, here(editor)).await.expect("a key: those that were revoked do not count");
        }
        refuses(town, WrongState, "account", library.create_api_key(&admin, here(editor))).await;
    });
}

#[test]
fn a_key_is_narrower_than_its_account_and_never_administers() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let system = staff.administrator("system").await;
        let (_, on_site) = made(&staff, key(system, Some(town.site), &[ApiKeyRight::Deeds])).await;
        let (_, everywhere) = made(&staff, key(system, None, &[ApiKeyRight::Deeds, ApiKeyRight::Preview])).await;
        let (preview, previews) = made(&staff, key(system, None, &[ApiKeyRight::Preview])).await;
        let allows = async |asker: &Caller, right, id| {
            library.scope(Audience::Public).allows(asker, right, id).await.expect("an answer")
        };
        let [site, below, county] = [town.site, staff.below, town.county].map(AnyId::SiteId);
        for (asker, expected) in [(&on_site, [true, true, false]), (&everywhere, [true; 3]), (&previews, [false; 3])] {
            for (id, expected) in [site, below, county].into_iter().zip(expected) {
                assert_eq!(allows(asker, Right::Edit, id).await, expected, "{asker:?} {id:?}");
            }
        }
        for right in [Right::Administer, Right::Audit, Right::Platform] {
            assert!(allows(&caller(system), right, site).await, "the account itself may");
            assert!(!allows(&everywhere, right, site).await, "{right:?}");
        }

        // What keeps accounts, keys and sessions is not done by a system, not even to its own account.
        let other = staff.account("other", None).await;
        let asker = &everywhere;
        let disabled = || EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        let role = GrantRole { account: other, role: Role::Editor, level: None, scope: GrantScope::Platform };
        refuses(town, NotFound, "account", library.create_api_key(asker, key(system, None, &[ApiKeyRight::Deeds])))
            .await;
        let own = CreateApiKey { account: None, ..key(system, None, &[ApiKeyRight::Deeds]) };
        refuses(town, NotAllowed, "", library.create_api_key(asker, own)).await;
        refuses(town, NotFound, "apiKey", library.revoke_api_key(asker, preview.id)).await;
        refuses(town, NotFound, "account", library.grant_role(asker, role)).await;
        refuses(town, NotFound, "id", library.edit_account(asker, other, disabled())).await;
        refuses(town, NotFound, "account", library.reset_password(asker, other, password(PASSWORD))).await;
        refuses(town, NotFound, "account", library.end_sessions(asker, Some(system))).await;
        refuses(town, NotAllowed, "", library.end_sessions(asker, None)).await;
        refuses(town, NotAllowed, "", library.sign_out(asker)).await;
        let change = library.change_password(asker, password(PASSWORD), password("Battery+Staple-7"));
        refuses(town, NotAllowed, "", change).await;
        refuses(town, NotAllowed, "", library.enrol_second_factor(asker, None)).await;
        refuses(town, NotFound, "account", library.remove_second_factor(asker, other)).await;
        let link = LinkIdentity { account: system, issuer: "https://id".to_owned(), subject: "u".to_owned() };
        refuses(town, NotFound, "account", library.link_identity(asker, link)).await;

        // A grant that its account loses, it loses; and a key that is revoked is nothing for a deed that has begun.
        library.revoke_api_key(&town.editor(), asker.key().expect("a key")).await.expect("revoked");
        assert!(!allows(asker, Right::Edit, site).await);
        // Somebody else chose the password of the account, whose key was made by who could.
        let admin = caller(system);
        let bot = library.create_account(&admin, super::new("bot", Some(staff.bureau))).await.expect("an account").0;
        staff.grant(bot, Role::Editor, GrantScope::Site(town.site)).await;
        assert!(!allows(&caller(bot), Right::Edit, site).await);
        let (_, asker) = made(&staff, key(bot, Some(town.site), &[ApiKeyRight::Deeds])).await;
        assert!(allows(&asker, Right::Edit, site).await);
    });
}

#[test]
fn a_key_changes_no_public_answer() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let (library, program) = (&world.library, world.editor());
        let new = super::new("front-end", None);
        let (account, _) = library.create_account(&program, new).await.expect("an account");
        let rights = [ApiKeyRight::Preview, ApiKeyRight::Deeds];
        let made = library.create_api_key(&program, key(account, None, &rights)).await.expect("a key");
        let door = Door::open(&world).await;
        let token = format!("Bearer {}", made.secret.expect("a secret").0);
        for (name, document, variables) in schema_operations() {
            let anonymous = door.ask(document, &variables, &[]).await;
            let known = door.ask(document, &variables, &[("Authorization", &token)]).await;
            assert_eq!((anonymous.status, known.status), (200, 200), "{name}");
            assert!(anonymous.body == known.body, "{name}:\n{}\n{}", anonymous.text(), known.text());
        }
        let asked = "{ viewer { account { loginName } } desk { accounts { totalCount } } }";
        let own = door.ask(asked, &json!({}), &[("Authorization", &token)]).await.json()["data"].clone();
        assert_eq!(own["viewer"]["account"]["loginName"], "front-end");
        assert_eq!(own["desk"]["accounts"]["totalCount"], 1, "its own alone");
        door.close().await;
    });
}

fn schema_operations() -> Vec<(&'static str, &'static str, Json)> {
    let read = |text: &str| serde_json::from_str(text).expect("JSON");
    schema::operations().iter().map(|(name, document, variables)| (*name, *document, read(variables))).collect()
}

#[test]
fn a_key_is_good_until_it_is_revoked_or_expires_and_its_use_is_told() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library().clone());
        let bot = staff.account("bot", Some((Role::Editor, GrantScope::Site(town.site)))).await;
        let until = Instant(library.now().0 + 90_000_000);
        let new = |expires_at| CreateApiKey { expires_at, ..key(bot, Some(town.site), &[ApiKeyRight::Preview]) };
        let [(short, _), (long, _), (third, _)] =
            [made(&staff, new(Some(until))).await, made(&staff, new(None)).await, made(&staff, new(None)).await];
        let text = |made: &MadeApiKey| made.secret.as_ref().expect("a secret").0.clone();
        let door = Door::open(&town.world).await;
        let viewer = "{ viewer { account { loginName } } }";
        for key in [&short, &long, &third] {
            assert_eq!(with(&door, &text(key), viewer).await.json()["data"]["viewer"]["account"]["loginName"], "bot");
        }
        let mut mistyped = text(&long).into_bytes();
        mistyped[20] = if mistyped[20] == b'A' { b'B' } else { b'A' };
        let mistyped = String::from_utf8(mistyped).expect("ASCII");
        let unknown = text(&long).replace("jiyue_key_", "jiyue_refresh_");
        for (token, what) in [(mistyped, "mistyped"), (unknown, "another kind"), ("jiyue_key_".to_owned(), "no key")] {
            unauthenticated(&with(&door, &token, viewer).await, what);
        }
        let used = async || {
            let (id, sql) = (long.id, "select coalesce(max(used_at), 0) from api_key_use");
            for _ in 0..100 {
                if town.world.count("select count(*) from api_key_use").await == 3 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            let scope = library.scope(Audience::Public).asked_by(caller(bot));
            let known = scope.api_keys_used(&[id]).await.expect("read").get(&id).copied().expect("used");
            assert_eq!(known.0, town.world.count(sql).await);
            known
        };
        let before = library.newest_position().await.expect("a position");
        assert_eq!(used().await, library.now());
        assert_eq!(library.newest_position().await.expect("a position"), before, "a use is no change");

        town.world.clock.set(until);
        unauthenticated(&with(&door, &text(&short), viewer).await, "expired");
        assert_eq!(with(&door, &text(&long), viewer).await.status, 200);
        library.revoke_api_key(&town.editor(), long.id).await.expect("revoked");
        unauthenticated(&with(&door, &text(&long), viewer).await, "revoked");
        let other_node = World::node(&town.world.url, &town.world.files, town.world.clock.clone()).await;
        assert!(other_node.caller_of(&text(&third)).await.is_ok(), "a node that was told nothing");
        assert!(other_node.caller_of(&text(&long)).await.is_err());
        let disabled = EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        library.edit_account(&town.editor(), bot, disabled).await.expect("disabled");
        unauthenticated(&with(&door, &text(&third), viewer).await, "disabled");
        door.close().await;
    });
}

#[test]
fn a_key_is_shown_once_and_listed_without_itself() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.administrator("admin").await;
        let door = Door::open(&staff.town.world).await;
        let admin = staff.sign_in("admin").await.access.0;
        let create = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name rights \
                      revokedAt site { id } account { loginName } } userErrors { code path } } }";
        let site = staff.town.site.to_string();
        let input = json!({"input": {"name": "门户", "site": site, "rights": ["DEEDS", "PREVIEW", "DEEDS"]}});
        let token = format!("Bearer {admin}");
        let headers = [("Authorization", token.as_str()), ("Idempotency-Key", "k1")];
        let first = door.ask(create, &input, &headers).await.json()["data"]["createApiKey"].clone();
        let secret = first["secret"].as_str().expect("a secret").to_owned();
        let account = json!({"loginName": "admin"});
        let shown = json!({"id": first["apiKey"]["id"], "name": "门户", "rights": ["PREVIEW", "DEEDS"], "revokedAt": null,
            "site": {"id": site}, "account": account});
        assert_eq!(first["apiKey"], shown);
        let again = door.ask(create, &input, &headers).await.json()["data"]["createApiKey"].clone();
        assert_eq!(
            (&again["apiKey"]["id"], &again["secret"]),
            (&first["apiKey"]["id"], &Json::Null),
            "it is kept nowhere"
        );
        let list = "{ desk { apiKeys { totalCount nodes { id name lastUsedAt account { loginName } } } grants { nodes { role } } } }";
        let listed = with(&door, &admin, list).await;
        assert_eq!(listed.json()["data"]["desk"]["apiKeys"]["totalCount"], 1);
        assert!(!listed.text().contains(&secret));
        assert_eq!(listed.json()["data"]["desk"]["grants"]["nodes"], json!([{"role": "PLATFORM_ADMIN"}]));
        let node = format!("{{ node(id: {}) {{ __typename ... on ApiKey {{ name }} }} }}", first["apiKey"]["id"]);
        let found = json!({"__typename": "ApiKey", "name": "门户"});
        assert_eq!(with(&door, &admin, &node).await.json()["data"]["node"], found);
        assert_eq!(door.ask(&node, &json!({}), &[]).await.json()["data"]["node"], Json::Null);
        // A key without previews has no desk.
        let bot = staff.account("bot", None).await;
        let (deeds, _) = made(&staff, key(bot, None, &[ApiKeyRight::Deeds])).await;
        let asked = with(&door, &deeds.secret.expect("a secret").0, list).await.json();
        assert_eq!(asked["data"], json!({"desk": null}));
        door.close().await;
    });
}
