//! Second factors: enrolled, asked for, good once, slow for who guesses, removed by who keeps the account, required by role.

use library::RefusalCode::{Invalid, NotAllowed, NotFound, Unauthenticated, WrongState};
use library::grant::{GrantScope, Role};
use library::id::AnyId;
use library::may::Right;
use library::second_factor::Totp;
use library::session::{SignIn, Tokens};
use library::{Audience, Caller, Instant, Library};
use serde_json::json;
use tests::on_both;

use super::{PASSWORD, Staff, attempt, caller};
use crate::door::http::Door;
use crate::refusals::{refuses, unknown};

/// Lets time go by.
fn later(staff: &Staff, seconds: i64) {
    let now = staff.library().now();
    staff.town.world.clock.set(Instant(now.0 + seconds * 1_000_000));
}

fn shown(library: &Library, totp: &Totp) -> String {
    totp.shown(library.now().0 / 1_000_000)
}

/// A code of six digits that is none of now.
fn wrong(library: &Library, totp: &Totp) -> String {
    let now = library.now().0 / 1_000_000;
    let around = [now - 30, now, now + 30].map(|at| totp.shown(at));
    let mut all = (0..10).map(|digit| digit.to_string().repeat(6));
    all.find(|code| !around.contains(code)).expect("a wrong code")
}

fn own(tokens: &Tokens) -> Caller {
    Caller::account(tokens.account, tokens.session)
}

async fn enrolled(staff: &Staff, name: &str) -> (Tokens, Totp) {
    let library = staff.library();
    let tokens = staff.sign_in(name).await;
    let begun = library.enrol_second_factor(&own(&tokens), None).await.expect("begun");
    let totp = Totp::read(&begun.secret.expect("a secret").0).expect("a factor");
    let code = shown(library, &totp);
    assert!(library.enrol_second_factor(&own(&tokens), Some(&code)).await.expect("confirmed").confirmed);
    (tokens, totp)
}

#[test]
fn a_factor_is_begun_and_counts_with_its_first_code() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.account("editor", None).await;
        let [one, other] = [staff.sign_in("editor").await, staff.sign_in("editor").await];
        let asker = own(&one);
        let enrol = async |code: Option<&str>| library.enrol_second_factor(&asker, code).await;
        refuses(town, Unauthenticated, "", library.enrol_second_factor(&Caller::nobody(), None)).await;
        refuses(town, WrongState, "code", enrol(Some("123456"))).await;
        let first = enrol(None).await.expect("begun");
        let begun = enrol(None).await.expect("begun again: the first picture was lost");
        let (secret, uri) = (begun.secret.expect("a secret").0, begun.uri.expect("an address").0);
        assert_ne!(first.secret.expect("a secret").0, secret);
        assert!(!begun.confirmed);
        assert!(uri.starts_with("otpauth://totp/127.0.0.1:editor?secret="), "{uri}");
        let totp = Totp::read(&secret).expect("a factor");
        staff.sign_in("editor").await;
        refuses(town, Invalid, "code", enrol(Some(&wrong(library, &totp)))).await;
        assert!(enrol(Some(&shown(library, &totp))).await.expect("confirmed").confirmed);
        assert!(library.caller_of(&one.access.0).await.is_ok());
        assert!(library.caller_of(&other.access.0).await.is_err(), "it began without a factor");
        refuses(town, WrongState, "", enrol(None)).await;
        assert_eq!(town.world.count("select count(*) from change where action = 'SECOND_FACTOR_CHANGED'").await, 3);

        staff.account("late", None).await;
        let late = own(&staff.sign_in("late").await);
        let begun = library.enrol_second_factor(&late, None).await.expect("begun");
        later(&staff, 15 * 60 + 1);
        let totp = Totp::read(&begun.secret.expect("a secret").0).expect("a factor");
        refuses(town, WrongState, "code", library.enrol_second_factor(&late, Some(&shown(library, &totp)))).await;
    });
}

#[test]
fn signing_in_asks_for_a_code_that_is_good_once() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.account("editor", None).await;
        let (_, totp) = enrolled(&staff, "editor").await;
        let with = |code: Option<String>| SignIn { code, ..attempt("editor", PASSWORD) };
        let used = shown(library, &totp);
        refuses(town, Unauthenticated, "code", library.sign_in(with(Some(used)))).await;
        refuses(town, Unauthenticated, "code", library.sign_in(with(None))).await;
        refuses(town, Unauthenticated, "code", library.sign_in(with(Some(String::new())))).await;
        let blind = SignIn { code: Some(shown(library, &totp)), ..attempt("editor", "Wrong-Horse-9") };
        refuses(town, Unauthenticated, "", library.sign_in(blind)).await;
        later(&staff, 30);
        let code = shown(library, &totp);
        let tries = (0..4).map(|_| {
            let (library, input) = (library.clone(), with(Some(code.clone())));
            tokio::spawn(async move { library.sign_in(input).await.is_ok() })
        });
        let done = futures::future::join_all(tries).await.into_iter().filter(|done| matches!(done, Ok(true))).count();
        assert_eq!(done, 1, "one of four at once");
        // The next code is taken thirty seconds early, the last one thirty seconds late.
        let next = totp.shown(library.now().0 / 1_000_000 + 30);
        later(&staff, 900);
        refuses(town, Unauthenticated, "code", library.sign_in(with(Some(next)))).await;
        let early = totp.shown(library.now().0 / 1_000_000 + 30);
        library.sign_in(with(Some(early))).await.expect("a clock that is fast");
        refuses(town, Unauthenticated, "code", library.sign_in(with(Some(shown(library, &totp))))).await;
        later(&staff, 120);
        let spaced = totp.shown(library.now().0 / 1_000_000 - 30);
        library.sign_in(with(Some(format!("{} {}", &spaced[..3], &spaced[3..])))).await.expect("a slow hand");
    });
}

#[test]
fn who_guesses_codes_waits_from_wherever_it_comes() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.account("editor", None).await;
        let (_, totp) = enrolled(&staff, "editor").await;
        later(&staff, 60);
        let from = |at: usize, code: String| SignIn {
            code: Some(code),
            from: format!("198.51.100.{at}"),
            ..attempt("editor", PASSWORD)
        };
        for at in 0..4 {
            let guess = library.sign_in(from(at, wrong(library, &totp)));
            refuses(town, Unauthenticated, "code", guess).await;
        }
        refuses(town, NotAllowed, "", library.sign_in(from(9, shown(library, &totp)))).await;
        later(&staff, 2);
        library.sign_in(from(9, shown(library, &totp))).await.expect("its time has come");
    });
}

#[test]
fn a_lost_factor_is_removed_by_who_keeps_the_account() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        staff.administrator("admin").await;
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let editor = staff.account("editor", Some((Role::Editor, site))).await;
        let stronger = staff.account("stronger", Some((Role::Editor, GrantScope::Platform))).await;
        let (admin, _) = enrolled(&staff, "admin").await;
        let (tokens, _) = enrolled(&staff, "editor").await;
        let remove = async |asker: &Caller, id| library.remove_second_factor(asker, id).await;
        refuses(town, Unauthenticated, "", remove(&Caller::nobody(), editor)).await;
        refuses(town, NotFound, "account", remove(&own(&tokens), editor)).await;
        refuses(town, NotFound, "account", remove(&keeper, unknown("account"))).await;
        refuses(town, NotAllowed, "scope", remove(&keeper, stronger)).await;
        refuses(town, NotAllowed, "account", remove(&own(&admin), admin.account)).await;
        refuses(town, WrongState, "account", remove(&own(&admin), stronger)).await;
        remove(&keeper, editor).await.expect("removed");
        assert!(library.caller_of(&tokens.access.0).await.is_err(), "all sessions end");
        staff.sign_in("editor").await;
        assert_eq!(town.world.count("select count(*) from second_factor").await, 1);
    });
}

#[test]
fn a_role_may_ask_for_a_factor() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        staff.account("keeper", Some((Role::SiteAdmin, site))).await;
        staff.account("editor", Some((Role::Editor, site))).await;
        library.require_second_factor(vec![Role::SiteAdmin]);
        let keeper = staff.sign_in("keeper").await;
        let may = async |tokens: &Tokens| {
            let scope = library.scope(Audience::Public);
            scope.allows(&own(tokens), Right::Edit, AnyId::ColumnId(town.news)).await.expect("an answer")
        };
        let door = Door::open(&town.world).await;
        let asked = async |tokens: &Tokens| {
            let token = format!("Bearer {}", tokens.access.0);
            let query = "{ viewer { mustEnrolSecondFactor account { secondFactor } } }";
            door.ask(query, &json!({}), &[("Authorization", &token)]).await.json()["data"]["viewer"].clone()
        };
        assert!(!may(&keeper).await);
        let asker = own(&keeper);
        let create = library.create_account(&asker, super::new("n", Some(staff.bureau)));
        refuses(town, NotAllowed, "", create).await;
        assert_eq!(asked(&keeper).await, json!({"mustEnrolSecondFactor": true, "account": {"secondFactor": false}}));
        let editor = staff.sign_in("editor").await;
        assert!(may(&editor).await, "other roles do not ask for one");
        let (keeper, _) = enrolled(&staff, "keeper").await;
        assert!(may(&keeper).await);
        assert_eq!(asked(&keeper).await, json!({"mustEnrolSecondFactor": false, "account": {"secondFactor": true}}));
        door.close().await;
    });
}
