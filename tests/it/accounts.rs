//! Accounts, grants, sessions and tokens: who may do what, and who is still who.

mod api_keys;
mod audit;
mod cookie;
mod deeds;
mod door;
mod examples;
mod second_factor;
mod sessions;
mod sign_on;
pub mod sign_on_issuer;
mod table;

use library::account::{AccountFields, CreateAccount, CreateAdministrator};
use library::column::CreateColumn;
use library::grant::{GrantRole, GrantScope, Role};
use library::id::{AccountId, ColumnId, OrganisationId, SiteId};
use library::organisation::{CreateOrganisation, OrganisationFields};
use library::session::{SignIn, Tokens};
use library::site::{CreateSite, SiteStatus};
use library::{Caller, Library, Password};
use tests::Engine;

use crate::town::{Town, column_fields, organisation_fields, site_fields};

/// A password that is accepted.
pub const PASSWORD: &str = "Correct-Horse-9";

/// A town with places above, below and beside one another.
pub struct Staff {
    pub town: Town,
    /// A site below the town's, not open yet, of the bureau.
    pub below: SiteId,
    /// A column below the town's news.
    pub city_news: ColumnId,
    /// An organisation below the town's government.
    pub bureau: OrganisationId,
    /// An organisation beside it.
    pub other: OrganisationId,
}

impl Staff {
    pub async fn on(engine: Engine) -> Self {
        let town = Town::on(engine).await;
        let (library, caller) = (town.library().clone(), town.editor());
        let organisation = async |code: &str, parent| {
            let fields = OrganisationFields { parent, ..organisation_fields(code) };
            let new = CreateOrganisation { code: code.to_owned(), fields };
            library.create_organisation(&caller, new).await.expect("an organisation").0
        };
        let bureau = organisation("bureau", Some(town.publisher)).await;
        let other = organisation("other", None).await;
        let fields = site_fields("below.example", bureau);
        let site =
            CreateSite { code: "below".to_owned(), parent: Some(town.site), status: SiteStatus::Preparing, fields };
        let below = library.create_site(&caller, site).await.expect("a site").0;
        let column =
            CreateColumn { site: town.site, path: "/news/city".to_owned(), fields: column_fields("本地要闻") };
        let (city_news, _) = library.create_column(&caller, column).await.expect("a column");
        Self { town, below, city_news, bureau, other }
    }

    pub fn library(&self) -> &Library {
        self.town.library()
    }

    /// An account with a role, made by a program.
    pub async fn account(&self, name: &str, role: Option<(Role, GrantScope)>) -> AccountId {
        self.account_of(name, Some(self.bureau), role).await
    }

    /// The same in another organisation.
    pub async fn account_of(
        &self,
        name: &str,
        organisation: Option<OrganisationId>,
        role: Option<(Role, GrantScope)>,
    ) -> AccountId {
        let program = self.town.editor();
        let (id, _) = self.library().create_account(&program, new(name, organisation)).await.expect("an account");
        if let Some((role, scope)) = role {
            self.grant(id, role, scope).await;
        }
        id
    }

    pub async fn grant(&self, account: AccountId, role: Role, scope: GrantScope) -> library::id::GrantId {
        let level = (role == Role::Reviewer).then_some(1);
        let grant = GrantRole { account, role, level, scope };
        self.library().grant_role(&self.town.editor(), grant).await.expect("a grant").0
    }

    pub async fn administrator(&self, name: &str) -> AccountId {
        let fields = AccountFields { display_name: "管理员".to_owned() };
        let new = CreateAdministrator { name: name.to_owned(), fields, password: password(PASSWORD) };
        self.library().create_administrator(&self.town.editor(), new).await.expect("an administrator").0
    }

    pub async fn sign_in(&self, name: &str) -> Tokens {
        self.library().sign_in(attempt(name, PASSWORD)).await.expect("signed in")
    }
}

pub fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

pub fn attempt(name: &str, word: &str) -> SignIn {
    SignIn { name: name.to_owned(), password: password(word), code: None, from: "203.0.113.7".to_owned() }
}

pub fn new(name: &str, organisation: Option<OrganisationId>) -> CreateAccount {
    let fields = AccountFields { display_name: format!("姓名{name}") };
    CreateAccount { name: name.to_owned(), fields, organisation, password: password(PASSWORD) }
}

/// An account as a caller, without a session.
pub fn caller(account: AccountId) -> Caller {
    Caller::account(account, "session_01h455vb4pex5vsknk084sn02q".parse().expect("an identifier"))
}
