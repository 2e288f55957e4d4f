//! Sessions: signing in, going on, ending; that what is revoked acts at once, and that nothing secret is written down.

use library::RefusalCode::{Invalid, NotAllowed, Unauthenticated};
use library::account::{AccountState, EditAccount};
use library::database::Sql;
use library::grant::{GrantScope, Role};
use library::id::AnyId;
use library::may::Right;
use library::session::{IDLE, LONGEST, MOST};
use library::{Audience, Caller, Instant, RefusalCode};
use tests::{World, on_both};

use super::{PASSWORD, Staff, attempt, caller, password};
use crate::refusals::refuses;

fn code<T: std::fmt::Debug>(outcome: library::Result<T>) -> RefusalCode {
    match outcome {
        Err(library::Error::Refused(refusal)) => refusal.code,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

/// Lets time go by.
fn later(staff: &Staff, microseconds: i64) {
    let now = staff.library().now();
    staff.town.world.clock.set(Instant(now.0 + microseconds));
}

#[test]
fn who_signed_in_is_known_until_the_token_expires() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let library = staff.library();
        let id = staff.administrator("admin").await;
        let tokens = staff.sign_in(" Admin ").await;
        assert_eq!((tokens.account, tokens.expires_at.0 - library.now().0), (id, 600_000_000));
        let asker = library.caller_of(&tokens.access.0).await.expect("known");
        assert_eq!(asker, Caller::account(id, tokens.session));
        later(&staff, 629_000_000);
        assert!(library.caller_of(&tokens.access.0).await.is_ok(), "clocks may be apart");
        later(&staff, 2_000_000);
        assert_eq!(code(library.caller_of(&tokens.access.0).await), Unauthenticated);
        for wrong in ["", "x", tokens.refresh.0.as_str()] {
            assert_eq!(code(library.caller_of(wrong).await), Unauthenticated);
        }
    });
}

#[test]
fn a_wrong_name_and_a_wrong_password_are_told_alike_and_slow_down() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.administrator("admin").await;
        let refusal = async |name: &str, word: &str| match library.sign_in(attempt(name, word)).await {
            Err(library::Error::Refused(refusal)) => refusal,
            other => panic!("a refusal was expected: {other:?}"),
        };
        let wrong = refusal("admin", "Wrong-Horse-9").await;
        assert_eq!(wrong, refusal("nobody-of-this-name", PASSWORD).await);
        assert_eq!(wrong.code, Unauthenticated);
        for name in ["", "\0", "\u{ffff}'; drop table account", &"x".repeat(10_000)] {
            assert_eq!(refusal(name, PASSWORD).await.code, Unauthenticated, "{name:.20}");
        }
        for _ in 0..3 {
            refuses(town, Unauthenticated, "", library.sign_in(attempt("admin", "Wrong-Horse-9"))).await;
        }
        let waits = refusal("admin", PASSWORD).await;
        assert_eq!(waits.code, NotAllowed, "even the right one waits");
        assert!(waits.hint.is_some_and(|hint| hint.english.contains("1 s")));
        let elsewhere = library::session::SignIn { from: "198.51.100.1".to_owned(), ..attempt("admin", PASSWORD) };
        library.sign_in(elsewhere).await.expect("who comes from elsewhere does not wait");
        later(&staff, 1_000_000);
        staff.sign_in("admin").await;
        refuses(town, Unauthenticated, "", library.sign_in(attempt("admin", "Wrong-Horse-9"))).await;
    });
}

#[test]
fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.administrator("admin").await;
        let first = staff.sign_in("admin").await;
        let other = staff.sign_in("admin").await;
        let second = library.refresh_session(&first.refresh.0).await.expect("goes on");
        assert_eq!(second.session, first.session);
        assert_ne!(second.refresh.0, first.refresh.0);
        let third = library.refresh_session(&second.refresh.0).await.expect("goes on");
        assert!(library.caller_of(&third.access.0).await.is_ok());
        for wrong in ["", "jiyue_refresh_", &third.refresh.0[..61], &third.refresh.0.replace("refresh", "key")] {
            refuses(town, Unauthenticated, "", library.refresh_session(wrong)).await;
        }
        assert_eq!(code(library.refresh_session(&first.refresh.0).await), Unauthenticated);
        for token in [&first.access.0, &second.access.0, &third.access.0] {
            assert_eq!(code(library.caller_of(token).await), Unauthenticated, "the whole session has ended");
        }
        refuses(town, Unauthenticated, "", library.refresh_session(&third.refresh.0)).await;
        assert!(library.caller_of(&other.access.0).await.is_ok(), "the other session goes on");
    });
}

#[test]
fn of_two_that_bring_one_token_at_once_at_most_one_goes_on() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let library = staff.library();
        staff.administrator("admin").await;
        for _ in 0..5 {
            let tokens = staff.sign_in("admin").await;
            let tries = (0..4).map(|_| {
                let (library, token) = (library.clone(), tokens.refresh.0.clone());
                tokio::spawn(async move { library.refresh_session(&token).await })
            });
            let mut gone_on = 0;
            for outcome in futures::future::join_all(tries).await {
                match outcome.expect("no panic") {
                    Ok(_) => gone_on += 1,
                    Err(library::Error::Refused(refusal)) => assert_eq!(refusal.code, Unauthenticated),
                    Err(fault) => panic!("{fault}"),
                }
            }
            assert!(gone_on <= 1, "{gone_on} went on");
            assert_eq!(code(library.caller_of(&tokens.access.0).await), Unauthenticated, "it was used twice");
        }
    });
}

#[test]
fn eight_sign_in_at_once_and_each_has_a_session() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let library = staff.library();
        staff.administrator("admin").await;
        let before = library.newest_position().await.expect("a position");
        let tries = (0..8).map(|_| {
            let library = library.clone();
            tokio::spawn(async move { library.sign_in(attempt("admin", PASSWORD)).await })
        });
        let mut positions = Vec::new();
        for outcome in futures::future::join_all(tries).await {
            let tokens = outcome.expect("no panic").expect("signed in");
            assert!(library.caller_of(&tokens.access.0).await.is_ok());
            positions.push(tokens.position);
        }
        positions.sort_unstable();
        positions.dedup();
        assert_eq!(positions.len(), 8, "each is a change of its own");
        assert!(library.newest_position().await.expect("a position") >= before + 8);
        assert_eq!(library.directory().sessions.all().len(), 8);
    });
}

#[test]
fn a_session_ends_by_rest_and_by_age() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        staff.administrator("admin").await;
        let mut tokens = staff.sign_in("admin").await;
        for _ in 0..LONGEST / IDLE {
            later(&staff, IDLE);
            tokens = library.refresh_session(&tokens.refresh.0).await.expect("goes on");
        }
        later(&staff, 1);
        refuses(town, Unauthenticated, "", library.refresh_session(&tokens.refresh.0)).await;
        let rested = staff.sign_in("admin").await;
        let alone = library.directory().sessions.all().len();
        assert_eq!(alone, 1, "what is too old is cleared away");
        later(&staff, IDLE + 1);
        refuses(town, Unauthenticated, "", library.refresh_session(&rested.refresh.0)).await;
        for _ in 0..MOST + 3 {
            staff.sign_in("admin").await;
        }
        assert_eq!(library.directory().sessions.all().len(), MOST);
        assert_eq!(town.world.count("select count(*) from refresh_token").await, MOST as i64);
    });
}

#[test]
fn what_is_taken_away_is_gone_with_the_next_request_on_every_node() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let column = AnyId::ColumnId(town.news);
        let editor = staff.account("editor", None).await;
        let grant = staff.grant(editor, Role::Editor, GrantScope::Column(town.news)).await;
        let world = &town.world;
        let other_node = World::node(&world.url, &world.files, world.clock.clone()).await;
        let tokens = staff.sign_in("editor").await;
        let asker = other_node.caller_of(&tokens.access.0).await.expect("known to a node that was told nothing");
        assert!(other_node.scope(Audience::Public).allows(&asker, Right::Edit, column).await.expect("an answer"));
        library.revoke_role(&admin, grant).await.expect("revoked");
        for node in [library, &other_node] {
            node.refresh().await.expect("the log is read");
            assert!(!node.scope(Audience::Public).allows(&asker, Right::Edit, column).await.expect("an answer"));
        }
        let disabled = EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        library.edit_account(&admin, editor, disabled).await.expect("disabled");
        other_node.refresh().await.expect("the log is read");
        for node in [library, &other_node] {
            assert_eq!(code(node.caller_of(&tokens.access.0).await), Unauthenticated);
            refuses(town, Unauthenticated, "", node.refresh_session(&tokens.refresh.0)).await;
        }
    });
}

#[test]
fn sessions_are_ended_by_their_owner_and_by_who_keeps_the_account() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let editor = staff.account("editor", None).await;
        let [one, two, three] =
            [staff.sign_in("editor").await, staff.sign_in("editor").await, staff.sign_in("editor").await];
        library.sign_out(&Caller::account(editor, one.session)).await.expect("signed out");
        assert_eq!(code(library.caller_of(&one.access.0).await), Unauthenticated);
        refuses(town, Unauthenticated, "", library.refresh_session(&one.refresh.0)).await;
        assert!(library.caller_of(&two.access.0).await.is_ok());
        let own = Caller::account(editor, two.session);
        let admin_id = library.directory().accounts.all().iter().find(|one| one.name == "admin").expect("admin").id;
        refuses(town, RefusalCode::NotFound, "account", library.end_sessions(&own, Some(admin_id))).await;
        refuses(town, Unauthenticated, "", library.end_sessions(&Caller::nobody(), None)).await;
        refuses(town, Unauthenticated, "", library.sign_out(&Caller::nobody())).await;
        assert_eq!(library.end_sessions(&admin, Some(editor)).await.expect("ended").0, 2);
        assert_eq!(code(library.caller_of(&three.access.0).await), Unauthenticated);
        staff.sign_in("editor").await;
        assert_eq!(library.end_sessions(&own, None).await.expect("ended").0, 1);
    });
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Column(town.news)))).await;
        let [own, other] = [staff.sign_in("editor").await, staff.sign_in("editor").await];
        let asker = Caller::account(editor, own.session);
        let change =
            async |present: &str, new: &str| library.change_password(&asker, password(present), password(new)).await;
        let next = "Battery+Staple-7";
        refuses(town, Invalid, "currentPassword", change("Wrong-Horse-9", next)).await;
        refuses(town, Invalid, "newPassword", change(PASSWORD, "short")).await;
        refuses(town, Invalid, "newPassword", change(PASSWORD, PASSWORD)).await;
        let nobody = Caller::nobody();
        let change_it = library.change_password(&nobody, password(PASSWORD), password(next));
        refuses(town, Unauthenticated, "", change_it).await;
        change(PASSWORD, next).await.expect("changed");
        assert!(library.caller_of(&own.access.0).await.is_ok());
        assert_eq!(code(library.caller_of(&other.access.0).await), Unauthenticated);
        assert_eq!(code(library.sign_in(attempt("editor", PASSWORD)).await), Unauthenticated);

        library.reset_password(&admin, editor, password(PASSWORD)).await.expect("reset");
        assert_eq!(code(library.caller_of(&own.access.0).await), Unauthenticated);
        let fresh = staff.sign_in("editor").await;
        let asker = Caller::account(editor, fresh.session);
        let scope = library.scope(Audience::Public);
        let may = async || scope.allows(&asker, Right::Edit, AnyId::ColumnId(town.news)).await.expect("an answer");
        assert!(!may().await, "somebody else knows the password");
        library.change_password(&asker, password(PASSWORD), password(next)).await.expect("changed");
        assert!(may().await);
    });
}

#[test]
fn keys_are_rotated_and_old_ones_forgotten() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let before = staff.sign_in("admin").await;
        refuses(town, RefusalCode::NotFound, "", library.rotate_signing_key(&admin)).await;
        library.rotate_signing_key(&town.editor()).await.expect("rotated");
        assert!(library.caller_of(&before.access.0).await.is_ok(), "the older key verifies");
        let keys = |library: &library::Library| library.access().published().keys.len();
        assert_eq!(keys(library), 2);
        for _ in 0..2 {
            later(&staff, 700_000_000);
            library.rotate_signing_key(&town.editor()).await.expect("rotated");
        }
        assert_eq!(keys(library), 2, "what no token can be signed by any more is gone");
        let after = staff.sign_in("admin").await;
        assert!(library.caller_of(&after.access.0).await.is_ok());
    });
}

#[test]
fn nothing_secret_is_written_down() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let editor = staff.account("editor", None).await;
        let tokens = staff.sign_in("editor").await;
        let next = library.refresh_session(&tokens.refresh.0).await.expect("goes on");
        library.reset_password(&admin, editor, password("Battery+Staple-7")).await.expect("reset");
        let again = library.refresh_session(&next.refresh.0).await;
        assert_eq!(code(again), Unauthenticated);
        assert_eq!(format!("{tokens:?}").matches("***").count(), 2, "tokens print as stars");
        let texts = async |sql: &'static str| {
            let rows = library.database().rows(&Sql::new(sql), &[]).await.expect("rows");
            rows.iter().map(|row| row.get::<String>(0).expect("a text")).collect::<Vec<_>>()
        };
        let hashes = texts("select password from account").await;
        let digests = texts("select digest from refresh_token union select seed from signing_key").await;
        let mut written = texts("select actor || action || coalesce(reason, '') from change").await;
        written.extend(texts("select subject from change_subject").await);
        let kept = [written.clone(), hashes.clone(), digests.clone()].concat().join("\n");
        for secret in [PASSWORD, "Battery+Staple-7", &tokens.access.0, &tokens.refresh.0, &next.refresh.0] {
            assert!(!kept.contains(secret), "a secret as it is");
        }
        let log = written.join("\n");
        for secret in hashes.iter().chain(&digests) {
            assert!(!log.contains(secret.as_str()), "a hash or a key in the log");
        }
        assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$")));
        assert!(town.world.count("select count(*) from change where action = 'SESSION_CHANGED'").await > 0);
    });
}
