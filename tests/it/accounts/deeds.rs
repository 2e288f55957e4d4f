//! The deeds on accounts and grants: what they refuse, to whom, and that nothing is written then.

use library::RefusalCode::{Duplicate, Invalid, NotAllowed, NotFound, Required, TooLong, Unauthenticated, WrongState};
use library::account::{AccountState, CreateAccount, EditAccount};
use library::grant::{GrantRole, GrantScope, Role};
use library::{Caller, RefusalCode};
use tests::on_both;

use super::{PASSWORD, Staff, attempt, caller, new, password};
use crate::refusals::{refuses, unknown};

#[test]
fn accounts_are_created_by_who_keeps_them() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library, bureau) = (&staff.town, staff.library(), Some(staff.bureau));
        let admin = caller(staff.administrator("admin").await);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(town.site)))).await);
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Site(town.site)))).await);
        let with = |name: &str, word: &str| CreateAccount { password: password(word), ..new(name, bureau) };
        for (code, path, account) in [
            (Duplicate, "loginName", new("editor", bureau)),
            (Invalid, "loginName", new("No Name", bureau)),
            (Required, "loginName", new("", bureau)),
            (
                Required,
                "name",
                CreateAccount { fields: super::AccountFields { display_name: " ".into() }, ..new("n", bureau) },
            ),
            (NotFound, "organisation", new("n", Some(unknown("organisation")))),
            (Invalid, "password", with("n", "Short-1")),
            (Invalid, "password", with("n", "onlysmallletters")),
            (Invalid, "password", with("horse", PASSWORD)),
            (TooLong, "password", with("n", &"Aa1-".repeat(40))),
        ] {
            refuses(town, code, path, library.create_account(&admin, account)).await;
        }
        // Whoever keeps the site above keeps the people of the bureau, which sponsors the site below.
        for (code, asker, organisation) in [
            (NotFound, &editor, bureau),
            (NotFound, &keeper, Some(staff.other)),
            (NotFound, &keeper, None),
            (Unauthenticated, &Caller::nobody(), bureau),
        ] {
            refuses(town, code, "", library.create_account(asker, new("n", organisation))).await;
        }
        library.create_account(&keeper, new("by-keeper", bureau)).await.expect("created");
        library.create_account(&admin, new("by-admin", None)).await.expect("created");
        refuses(
            town,
            NotFound,
            "",
            library.create_administrator(
                &admin,
                super::CreateAdministrator {
                    name: "second".to_owned(),
                    fields: super::AccountFields { display_name: "二".to_owned() },
                    password: password(PASSWORD),
                },
            ),
        )
        .await;
    });
}

#[test]
fn an_account_is_kept_only_by_who_keeps_all_that_it_may() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        let admin = staff.administrator("admin").await;
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let writer = staff.account("writer", Some((Role::Editor, site))).await;
        let stronger = staff.account("stronger", Some((Role::Editor, GrantScope::Platform))).await;
        let disable = || EditAccount { state: Some(AccountState::Disabled), ..EditAccount::default() };
        refuses(town, NotAllowed, "scope", library.edit_account(&keeper, stronger, disable())).await;
        refuses(town, NotAllowed, "scope", library.reset_password(&keeper, stronger, password(PASSWORD))).await;
        refuses(town, NotFound, "id", library.edit_account(&keeper, admin, disable())).await;
        refuses(town, NotFound, "account", library.reset_password(&keeper, admin, password(PASSWORD))).await;
        refuses(town, NotFound, "id", library.edit_account(&caller(writer), stronger, disable())).await;
        refuses(town, NotFound, "id", library.edit_account(&keeper, unknown("account"), disable())).await;
        refuses(town, WrongState, "state", library.edit_account(&caller(admin), admin, disable())).await;
        refuses(town, NotAllowed, "account", library.reset_password(&caller(admin), admin, password(PASSWORD))).await;
        refuses(town, WrongState, "state", library.edit_account(&town.editor(), admin, disable())).await;
        let away = EditAccount { organisation: Some(Some(staff.other)), ..EditAccount::default() };
        refuses(town, NotFound, "", library.edit_account(&keeper, writer, away)).await;
        let named = EditAccount { display_name: Some("新名".to_owned()), ..EditAccount::default() };
        library.edit_account(&keeper, writer, named).await.expect("edited");
        let directory = library.directory();
        let after = directory.accounts.get(writer).expect("an account");
        assert_eq!((after.fields.display_name.as_str(), after.organisation), ("新名", Some(staff.bureau)));
        library.edit_account(&keeper, writer, disable()).await.expect("disabled");
        let refused = library.sign_in(attempt("writer", PASSWORD)).await.expect_err("disabled");
        assert!(matches!(refused, library::Error::Refused(refusal) if refusal.code == Unauthenticated));
    });
}

#[test]
fn roles_are_given_by_who_keeps_the_scope_and_never_to_oneself() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        let admin = staff.administrator("admin").await;
        let keeper_id = staff.account("keeper", Some((Role::SiteAdmin, site))).await;
        let (admin_caller, keeper) = (caller(admin), caller(keeper_id));
        let writer = staff.account("writer", None).await;
        let role = |role, level, scope| GrantRole { account: writer, role, level, scope };
        let editor_at = |scope| role(Role::Editor, None, scope);
        let cases: [(RefusalCode, &str, &Caller, GrantRole); 14] = [
            (NotFound, "account", &admin_caller, GrantRole { account: unknown("account"), ..editor_at(site) }),
            (NotFound, "scope", &admin_caller, editor_at(GrantScope::Site(unknown("site")))),
            (NotFound, "scope", &admin_caller, editor_at(GrantScope::Column(unknown("column")))),
            (NotFound, "scope", &admin_caller, editor_at(GrantScope::Organisation(unknown("organisation")))),
            (Invalid, "scope", &admin_caller, role(Role::PlatformAdmin, None, site)),
            (Invalid, "scope", &admin_caller, role(Role::SiteAdmin, None, GrantScope::Platform)),
            (Invalid, "scope", &admin_caller, role(Role::TagSteward, None, GrantScope::Column(town.news))),
            (Invalid, "scope", &admin_caller, role(Role::Auditor, None, GrantScope::Column(town.news))),
            (Invalid, "level", &admin_caller, role(Role::Reviewer, None, site)),
            (Invalid, "level", &admin_caller, role(Role::Reviewer, Some(5), site)),
            (Invalid, "level", &admin_caller, role(Role::Editor, Some(1), site)),
            (NotAllowed, "account", &admin_caller, GrantRole { account: admin, ..editor_at(site) }),
            (NotAllowed, "scope", &keeper, editor_at(GrantScope::Site(town.county))),
            (NotAllowed, "scope", &keeper, role(Role::PlatformAdmin, None, GrantScope::Platform)),
        ];
        for (code, path, asker, grant) in cases {
            refuses(town, code, path, library.grant_role(asker, grant)).await;
        }
        refuses(town, NotAllowed, "scope", library.grant_role(&caller(writer), editor_at(site))).await;
        let column = GrantScope::Column(staff.city_news);
        let (grant, _) = library.grant_role(&keeper, editor_at(column)).await.expect("given");
        refuses(town, Duplicate, "role", library.grant_role(&keeper, editor_at(column))).await;
        library.grant_role(&keeper, role(Role::Reviewer, Some(1), column)).await.expect("given");
        library.grant_role(&keeper, role(Role::Reviewer, Some(2), column)).await.expect("at a further level");

        refuses(town, NotFound, "grant", library.revoke_role(&keeper, unknown("grant"))).await;
        refuses(town, NotAllowed, "scope", library.revoke_role(&caller(writer), grant)).await;
        let county = staff.grant(writer, Role::Editor, GrantScope::Site(town.county)).await;
        refuses(town, NotAllowed, "scope", library.revoke_role(&keeper, county)).await;
        library.revoke_role(&keeper, grant).await.expect("revoked");
        refuses(town, NotFound, "grant", library.revoke_role(&keeper, grant)).await;

        let directory = library.directory();
        let first = directory.grants.all().iter().find(|grant| grant.account == admin).expect("a grant").id;
        refuses(town, WrongState, "grant", library.revoke_role(&admin_caller, first)).await;
        staff.grant(writer, Role::PlatformAdmin, GrantScope::Platform).await;
        library.revoke_role(&admin_caller, first).await.expect("there is another one");
        refuses(town, NotFound, "account", library.grant_role(&admin_caller, editor_at(site))).await;
    });
}
