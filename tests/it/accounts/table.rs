//! Every role, everywhere it may be given, against every right and every kind of place: the table is `docs/grants.md`.

use std::fmt::Write as _;

use library::grant::{GrantScope, Role};
use library::id::AnyId;
use library::may::{Right, Target, may};
use library::{Caller, RefusalCode};
use tests::on_both;

use super::{Staff, caller};

/// Every role; a new one that is missing here does not compile.
fn roles() -> [Role; 7] {
    use Role::{Auditor, Editor, PlatformAdmin, Publisher, Reviewer, SiteAdmin, TagSteward};
    let all = [PlatformAdmin, SiteAdmin, Editor, Reviewer, Publisher, TagSteward, Auditor];
    for role in all {
        match role {
            PlatformAdmin | SiteAdmin | Editor | Reviewer | Publisher | TagSteward | Auditor => {}
        }
    }
    all
}

const HEAD: &str = "# Who may do what (权限表)

Printed by `tests/it/accounts/table.rs` from the one function that decides, `library/src/may.rs`; the test fails when this page is
not what it prints (`JIYUE_TEST_WRITE=1 cargo test -p tests --test it accounts::table` writes it).

A grant (授权) is a role (角色) with a scope (范围). A line is a right (权限) of a role that was given for the place `scope`; the
signs say what comes of using it on each place:

- `+` allowed
- `-` `NOT_ALLOWED`: seen, but not allowed; the hint names the roles that may
- `.` `NOT_FOUND`: not even seen

The places: `P` the platform; `S` the town's site, `s` a site below it that is not open yet and belongs to the bureau, `X` a site
beside; `C` the column `/news` of the town's site, `c` the column `/news/city` below it, `x` a column beside; `O` the town's
government, which sponsors `S` and `X`, `o` the bureau below it, `y` an organisation beside; `A` an account of the bureau, `B` an
account of the organisation beside.

Beside these: nobody gives himself a role; an account is kept only by who keeps all that it has a role over; a password that
somebody else chose must be changed before anything is allowed; the last administrator of the platform stays. Reviewers of a level
review at that level alone, and no administrator reviews by being one. Who is not signed in gets `UNAUTHENTICATED`.

```
";

fn sign(outcome: Result<(), library::Refusal>) -> char {
    match outcome {
        Ok(()) => '+',
        Err(refusal) if refusal.code == RefusalCode::NotFound => {
            assert!(refusal.hint.is_none(), "what is not seen is not told of: {refusal}");
            '.'
        }
        Err(refusal) => {
            assert_eq!(refusal.code, RefusalCode::NotAllowed, "{refusal}");
            assert!(refusal.hint.is_some_and(|hint| hint.message.contains("角色")), "the missing role is told");
            '-'
        }
    }
}

#[test]
fn the_table_of_roles_rights_and_scopes_is_the_page() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let colleague = staff.account("colleague", None).await;
        let stranger = staff.account_of("stranger", Some(staff.other), None).await;
        let scopes = [
            ("platform", GrantScope::Platform),
            ("site S", GrantScope::Site(town.site)),
            ("organisation o", GrantScope::Organisation(staff.bureau)),
            ("column C", GrantScope::Column(town.news)),
        ];
        let ids = [
            AnyId::SiteId(town.site),
            AnyId::SiteId(staff.below),
            AnyId::SiteId(town.county),
            AnyId::ColumnId(town.news),
            AnyId::ColumnId(staff.city_news),
            AnyId::ColumnId(town.policies),
            AnyId::OrganisationId(town.publisher),
            AnyId::OrganisationId(staff.bureau),
            AnyId::OrganisationId(staff.other),
            AnyId::AccountId(colleague),
            AnyId::AccountId(stranger),
        ];
        let mut page = HEAD.to_owned();
        let _ = writeln!(page, "{:<15} {:<15} {:<17} P SsX Ccx Ooy AB", "role", "scope", "right");
        for role in roles() {
            for (name, scope) in scopes.into_iter().filter(|(_, scope)| role.fits(*scope)) {
                let account = staff.account(&format!("{role:?}-{}", name.replace(' ', "-")).to_lowercase(), None).await;
                staff.grant(account, role, scope).await;
                let (directory, asker) = (staff.library().directory(), caller(account));
                for right in Right::ALL {
                    let mut targets = vec![Target::platform()];
                    targets.extend(ids.iter().map(|id| Target::of(&directory, *id).expect("a place")));
                    let signs: Vec<_> =
                        targets.iter().map(|target| sign(may(&directory, &asker, right, target))).collect();
                    let signs = |range: std::ops::Range<usize>| signs[range].iter().collect::<String>();
                    let role: &str = role.into();
                    let right = format!("{right:?}").replace("Some(", "").replace("))", ")");
                    let _ = writeln!(
                        page,
                        "{role:<15} {name:<15} {right:<17} {} {} {} {} {}",
                        signs(0..1),
                        signs(1..4),
                        signs(4..7),
                        signs(7..10),
                        signs(10..12)
                    );
                }
            }
        }
        page.push_str("```\n");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/grants.md");
        if std::env::var_os("JIYUE_TEST_WRITE").is_some() {
            std::fs::write(file, &page).expect("written");
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        for (line, (kept, printed)) in kept.lines().zip(page.lines()).enumerate() {
            assert_eq!(kept, printed, "docs/grants.md:{}", line + 1);
        }
        assert_eq!(kept.lines().count(), page.lines().count());
    });
}

#[test]
fn every_right_is_allowed_and_refused_somewhere() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let directory = staff.library().directory();
        let program = staff.town.editor();
        let platform = Target::platform();
        let nobody = staff.account("nobody", None).await;
        let directory_now = staff.library().directory();
        for right in Right::ALL {
            assert!(!right.roles().is_empty(), "{right:?} can be had");
            assert_eq!(may(&directory, &program, right, &platform), Ok(()), "programs may everything");
            let anonymous = may(&directory, &Caller::nobody(), right, &platform).expect_err("refused");
            assert_eq!(anonymous.code, RefusalCode::Unauthenticated);
            let without = may(&directory_now, &caller(nobody), right, &platform).expect_err("refused");
            assert_eq!(without.code, RefusalCode::NotAllowed, "{right:?} without a role");
            let hint = without.hint.expect("the roles that may");
            for role in right.roles() {
                let name: &str = role.into();
                assert!(hint.english.contains(name) && hint.message.contains(role.chinese()), "{hint:?}");
            }
        }
        let able: Vec<Role> = Right::ALL.iter().flat_map(|right| right.roles().iter().copied()).collect();
        assert!(roles().iter().all(|role| able.contains(role)), "every role may something");
    });
}
