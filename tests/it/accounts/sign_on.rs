//! Single sign-on: tokens of a real provider on this machine, every way in which one is refused, and that a provider that
//! does not answer delays nobody else.

use std::time::{Duration, Instant};

use library::RefusalCode::{Duplicate, NotAllowed, NotFound, Required, Unauthenticated, WrongState};
use library::account::{AccountState, EditAccount};
use library::grant::{GrantScope, Role};
use library::id::{AccountId, LinkedIdentityId};
use library::linked_identity::LinkIdentity;
use library::{Caller, Library};
use serde_json::{Value as Json, json};
use server::http::{KeyPace, Settings};
use tests::on_both;

use super::sign_on_issuer::{Answers, Provider};
use super::{Staff, caller};
use crate::door::http::{Answer, Door};
use crate::refusals::{refuses, unknown};

const VIEWER: &str = "{ viewer { account { loginName } } }";

/// Short enough for a test.
fn pace() -> KeyPace {
    KeyPace {
        retry: Duration::from_millis(300),
        fetch: Duration::from_secs(2),
        wait: Duration::from_millis(500),
        ..KeyPace::default()
    }
}

async fn door(staff: &Staff, provider: &Provider) -> Door {
    let settings = Settings { issuers: vec![provider.trusted()], issuer_keys: pace(), ..Settings::default() };
    Door::with(&staff.town.world, settings).await
}

async fn ask(door: &Door, token: &str) -> Answer {
    door.ask(VIEWER, &json!({}), &[("Authorization", &format!("Bearer {token}"))]).await
}

async fn known_as(door: &Door, token: &str) -> Json {
    ask(door, token).await.json()["data"]["viewer"]["account"]["loginName"].clone()
}

fn unauthenticated(answer: &Answer, what: &str) {
    let code = answer.json()["errors"][0]["extensions"]["code"].clone();
    assert_eq!((answer.status, code), (401, json!("UNAUTHENTICATED")), "{what}: {}", answer.text());
}

fn now(library: &Library) -> i64 {
    library.now().0 / 1_000_000
}

async fn linked(staff: &Staff, account: AccountId, provider: &Provider, subject: &str) -> LinkedIdentityId {
    let new = LinkIdentity { account, issuer: provider.issuer.clone(), subject: subject.to_owned() };
    staff.library().link_identity(&staff.town.editor(), new).await.expect("linked").0
}

fn with(mut json: Json, name: &str, value: Json) -> Json {
    json[name] = value;
    json
}

#[test]
fn a_token_of_a_trusted_provider_is_the_account_that_it_is_linked_to() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.administrator("admin").await;
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Site(town.site)))).await;
        let provider = Provider::open(Answers::Keys(vec!["rsa", "pss", "ec", "ed"])).await;
        let identity = linked(&staff, editor, &provider, "u-1").await;
        let door = door(&staff, &provider).await;
        let claims = provider.claims("u-1", now(library));
        for key in ["rsa", "pss", "ec", "ed"] {
            assert_eq!(known_as(&door, &provider.token(key, &claims)).await, "editor", "{key}");
        }
        assert_eq!(provider.asked(), 1, "keys are kept");
        let token = provider.token("ed", &claims);
        let header = json!({"alg": "EdDSA", "typ": "at+jwt"});
        assert_eq!(
            known_as(&door, &provider.token_of(&header, "ed", &claims)).await,
            "editor",
            "the one key that fits"
        );

        let later = now(library) + 1000;
        for (name, value) in [
            ("iss", json!("http://127.0.0.1:1")),
            ("iss", json!("http://127.0.0.1:8080")),
            ("aud", json!("other")),
            ("sub", json!("u-2")),
            ("sub", json!("editor")),
            ("exp", json!(now(library) - 31)),
            ("nbf", json!(later)),
            ("iat", json!(later)),
            ("exp", Json::Null),
            ("acr", json!("1")),
            ("acr", Json::Null),
        ] {
            let token = provider.token("ed", &with(claims.clone(), name, value.clone()));
            unauthenticated(&ask(&door, &token).await, &format!("{name} {value}"));
        }
        let head = |alg: &str, kid: &str| json!({"alg": alg, "typ": "JWT", "kid": kid});
        for (what, token) in [
            ("another key", provider.token_of(&head("EdDSA", "ed"), "ed-next", &claims)),
            ("another algorithm", provider.token_of(&head("RS256", "ed"), "rsa", &claims)),
            ("a key of another kind", provider.token_of(&head("ES256", "rsa"), "ec", &claims)),
            ("alg=none", provider.token_of(&head("none", "ed"), "ed", &claims)),
            ("an HMAC", provider.token_of(&head("HS256", "ed"), "ed", &claims)),
            ("another type", provider.token_of(&with(head("EdDSA", "ed"), "typ", json!("logout+jwt")), "ed", &claims)),
            ("no signature", format!("{}.", token.rsplit_once('.').expect("three parts").0)),
            ("alg=none without one", {
                let token = provider.token_of(&head("none", "ed"), "ed", &claims);
                format!("{}.", token.rsplit_once('.').expect("three parts").0)
            }),
        ] {
            unauthenticated(&ask(&door, &token).await, what);
        }

        // It has no session of ours to end, and no password of ours to change; what it may, it may.
        let asker = library.caller_of_identity(&provider.issuer, "u-1").await.expect("known");
        refuses(town, NotAllowed, "", library.sign_out(&asker)).await;
        refuses(town, NotAllowed, "", library.enrol_second_factor(&asker, None)).await;
        let can = format!("{{ viewer {{ can(action: EDIT, on: \"{}\") }} }}", town.news);
        let bearer = [("Authorization", &*format!("Bearer {token}"))];
        assert_eq!(door.ask(&can, &json!({}), &bearer).await.json()["data"]["viewer"]["can"], true);

        library.unlink_identity(&town.editor(), identity).await.expect("unlinked");
        unauthenticated(&ask(&door, &token).await, "unlinked");
        linked(&staff, editor, &provider, "u-1").await;
        assert_eq!(known_as(&door, &token).await, "editor", "linked again");
        let disabled = EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        library.edit_account(&town.editor(), editor, disabled).await.expect("disabled");
        unauthenticated(&ask(&door, &token).await, "disabled");
        door.close().await;
    });
}

#[test]
fn an_unknown_key_is_fetched_once_in_a_while() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let editor = staff.account("editor", None).await;
        let provider = Provider::open(Answers::Keys(vec!["ed"])).await;
        linked(&staff, editor, &provider, "u-1").await;
        let door = door(&staff, &provider).await;
        let claims = provider.claims("u-1", now(staff.library()));
        let [old, new] = ["ed", "ed-next"].map(|key| provider.token(key, &claims));
        assert_eq!(known_as(&door, &old).await, "editor");
        for at in 0..20 {
            let name = format!("guess-{at}");
            let guess = provider.token_of(&json!({"alg": "EdDSA", "kid": name}), "ed-next", &claims);
            unauthenticated(&ask(&door, &guess).await, &name);
        }
        assert_eq!(provider.asked(), 1, "guesses ask nobody");
        provider.answer(Answers::Keys(vec!["ed-next"]));
        tokio::time::sleep(pace().retry).await;
        assert_eq!(known_as(&door, &new).await, "editor", "keys were rotated");
        assert_eq!(provider.asked(), 2);
        unauthenticated(&ask(&door, &old).await, "its key is not published any more");

        // What cannot be fetched changes nothing of what is known.
        provider.answer(Answers::Fault);
        tokio::time::sleep(pace().retry).await;
        unauthenticated(&ask(&door, &old).await, "still not");
        assert_eq!(known_as(&door, &new).await, "editor");
        assert_eq!(provider.asked(), 3);
        door.close().await;
    });
}

#[test]
fn a_provider_that_misbehaves_delays_its_own_tokens_alone() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let editor = staff.account("editor", None).await;
        let own = staff.sign_in("editor").await.access.0;
        for answers in [Answers::Nothing, Answers::Elsewhere, Answers::Long(300_000), Answers::Fault] {
            let provider = Provider::open(answers.clone()).await;
            linked(&staff, editor, &provider, &format!("{answers:?}")).await;
            let door = door(&staff, &provider).await;
            let token = provider.token("ed", &provider.claims(&format!("{answers:?}"), now(staff.library())));
            let begun = Instant::now();
            let many: Vec<_> = (0..12).map(|_| ask(&door, &token)).collect();
            let waiting = async {
                for answer in futures::future::join_all(many).await {
                    unauthenticated(&answer, &format!("{answers:?}"));
                }
                begun.elapsed()
            };
            let others = async {
                assert_eq!(known_as(&door, &own).await, "editor");
                begun.elapsed()
            };
            let (waited, other) = tokio::join!(waiting, others);
            assert!(waited < Duration::from_millis(1800), "{answers:?}: {waited:?}");
            if answers == Answers::Nothing {
                assert!(other < pace().wait, "an own token waited {other:?}");
            }
            assert_eq!(provider.asked(), 1, "{answers:?}: one fetch for all, and no redirect is followed");
            // When it works again, so do its tokens.
            provider.answer(Answers::Keys(vec!["ed"]));
            if answers != Answers::Nothing {
                tokio::time::sleep(pace().retry).await;
                assert_eq!(known_as(&door, &token).await, "editor", "{answers:?}");
            }
            door.close().await;
        }
    });
}

#[test]
fn identities_are_linked_and_unlinked_by_who_keeps_the_account() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        let admin = caller(staff.administrator("admin").await);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let editor = staff.account("editor", Some((Role::Editor, site))).await;
        let stronger = staff.account("stronger", Some((Role::Editor, GrantScope::Platform))).await;
        let new = |account, issuer: &str, subject: &str| LinkIdentity {
            account,
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        };
        let good = |account| new(account, "https://id.example", "u-1");
        for (code, path, asker, link) in [
            (Unauthenticated, "", &Caller::nobody(), good(editor)),
            (NotFound, "account", &caller(editor), good(editor)),
            (NotFound, "account", &admin, good(unknown("account"))),
            (NotAllowed, "scope", &keeper, good(stronger)),
            (Required, "issuer", &admin, new(editor, " ", "u-1")),
            (Required, "subject", &admin, new(editor, "https://id.example", "")),
        ] {
            refuses(town, code, path, library.link_identity(asker, link)).await;
        }
        let (id, _) = library.link_identity(&keeper, good(editor)).await.expect("linked");
        refuses(town, Duplicate, "subject", library.link_identity(&admin, good(stronger))).await;
        library.link_identity(&admin, new(stronger, "https://other.example", "u-1")).await.expect("of another issuer");
        for at in 2..=10 {
            library
                .link_identity(&admin, new(editor, "https://id.example", &format!("u-{at}")))
                .await
                .expect("a further one");
        }
        let eleventh = new(editor, "https://id.example", "u-11");
        refuses(town, WrongState, "account", library.link_identity(&admin, eleventh)).await;
        refuses(town, Unauthenticated, "", library.unlink_identity(&Caller::nobody(), id)).await;
        refuses(town, NotFound, "identity", library.unlink_identity(&admin, unknown("identity"))).await;
        refuses(town, NotFound, "identity", library.unlink_identity(&caller(editor), id)).await;
        refuses(town, NotFound, "identity", library.unlink_identity(&caller(stronger), id)).await;

        let door = Door::open(&town.world).await;
        let token = format!("Bearer {}", staff.sign_in("admin").await.access.0);
        let account =
            format!("{{ desk {{ account(id: \"{editor}\") {{ loginName identities {{ issuer subject }} }} }} }}");
        let answer = door.ask(&account, &json!({}), &[("Authorization", &token)]).await.json();
        let shown = &answer["data"]["desk"]["account"];
        assert_eq!((&shown["loginName"], shown["identities"].as_array().map(Vec::len)), (&json!("editor"), Some(10)));
        let first = json!({"issuer": "https://id.example", "subject": "u-1"});
        assert!(shown["identities"].as_array().is_some_and(|all| all.contains(&first)), "{shown}");
        door.close().await;
        library.unlink_identity(&keeper, id).await.expect("unlinked");
        refuses(town, NotFound, "identity", library.unlink_identity(&keeper, id)).await;
    });
}
