//! The directory: the slow nouns (a few thousand rows) as one immutable snapshot in memory.
//!
//! Sites, organisations, columns, tags, code lists, panels' frames and field definitions are read from here and never
//! by SQL in a request; so are accounts, grants, sessions and signing keys, so that revoking acts at once. The log
//! refreshes it; it carries the position that it reflects.

mod part;

use std::sync::Arc;

use arc_swap::ArcSwap;
use strum::VariantArray as _;
use tokio::sync::Mutex;

pub(crate) use part::Entry;
pub use part::Part;

use crate::account::Account;
use crate::api_key::ApiKey;
use crate::changes::{Action, Position};
use crate::code::CodeItem;
use crate::column::Column;
use crate::database::{Database, Snapshot, Sql};
use crate::field::FieldDefinition;
use crate::grant::{Grant, Role};
use crate::leader::Leader;
use crate::linked_identity::LinkedIdentity;
use crate::operation::Operation;
use crate::organisation::Organisation;
use crate::panel::Panel;
use crate::refusal::Result;
use crate::session::Session;
use crate::sharing::Subscription;
use crate::signing::SigningKey;
use crate::site::Site;
use crate::tag::{Tag, TagGroup};
use crate::webhook::Webhook;

/// One snapshot of the slow nouns.
#[derive(Default, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Directory {
    /// The log position that this snapshot reflects, or later.
    pub position: Position,
    pub sites: Arc<Part<Site>>,
    pub fields: Arc<Part<FieldDefinition>>,
    pub organisations: Arc<Part<Organisation>>,
    pub leaders: Arc<Part<Leader>>,
    pub columns: Arc<Part<Column>>,
    pub subscriptions: Arc<Part<Subscription>>,
    pub tag_groups: Arc<Part<TagGroup>>,
    pub tags: Arc<Part<Tag>>,
    pub codes: Arc<Part<CodeItem>>,
    pub panels: Arc<Part<Panel>>,
    pub accounts: Arc<Part<Account>>,
    pub grants: Arc<Part<Grant>>,
    pub sessions: Arc<Part<Session>>,
    pub signing_keys: Arc<Part<SigningKey>>,
    pub api_keys: Arc<Part<ApiKey>>,
    pub identities: Arc<Part<LinkedIdentity>>,
    pub webhooks: Arc<Part<Webhook>>,
    pub operations: Arc<Part<Operation>>,
    /// Roles that nobody uses without a second factor: of this node's configuration, in no table.
    pub second_factor_roles: Arc<[Role]>,
}

static POSITION: Sql = Sql::new("select position from change_counter where one = 1");
static SINCE: Sql = Sql::new("select position, action from change where position > $1 order by position");

impl Directory {
    /// Whether what contents refer to is the same records as in another snapshot.
    pub(crate) fn refers_like(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.sites, &other.sites)
            && Arc::ptr_eq(&self.fields, &other.fields)
            && Arc::ptr_eq(&self.organisations, &other.organisations)
            && Arc::ptr_eq(&self.columns, &other.columns)
            && Arc::ptr_eq(&self.tags, &other.tags)
            && Arc::ptr_eq(&self.codes, &other.codes)
    }

    async fn load(database: &Database) -> Result<Self> {
        let rows = database.rows_aside(&POSITION, &[]).await?;
        let position = rows.first().map_or(Ok(0), |row| row.get(0))?;
        Self::default().after(position, Action::VARIANTS, database).await
    }

    /// The directory as it is in a snapshot.
    pub(crate) async fn of_snapshot(snapshot: &mut Snapshot) -> Result<Self> {
        async fn part<T: Entry>(snapshot: &mut Snapshot) -> Result<Arc<Part<T>>> {
            Ok(Arc::new(Part::of(&snapshot.rows(T::load(), &[]).await?)?))
        }
        let rows = snapshot.rows(&POSITION, &[]).await?;
        Ok(Self {
            position: rows.first().map_or(Ok(0), |row| row.get(0))?,
            sites: part(snapshot).await?,
            fields: part(snapshot).await?,
            organisations: part(snapshot).await?,
            leaders: part(snapshot).await?,
            columns: part(snapshot).await?,
            subscriptions: part(snapshot).await?,
            tag_groups: part(snapshot).await?,
            tags: part(snapshot).await?,
            codes: part(snapshot).await?,
            panels: part(snapshot).await?,
            // Who may do what is no part of what is taken elsewhere.
            ..Self::default()
        })
    }

    /// The same directory after everything that the log says since; reads again only what was touched.
    async fn follow(&self, database: &Database) -> Result<Self> {
        let mut position = self.position;
        let mut touched: Vec<Action> = Vec::new();
        for row in database.rows_aside(&SINCE, &[position.into()]).await? {
            position = row.get(0)?;
            if let Some(action) = row.text(1).and_then(|text| text.parse().ok())
                && !touched.contains(&action)
            {
                touched.push(action);
            }
        }
        self.after(position, &touched, database).await
    }

    /// The directory at `position`, after deeds of the names `touched`.
    async fn after(&self, position: Position, touched: &[Action], database: &Database) -> Result<Self> {
        Ok(Self {
            position,
            sites: self.sites.after(touched, database).await?,
            fields: self.fields.after(touched, database).await?,
            organisations: self.organisations.after(touched, database).await?,
            leaders: self.leaders.after(touched, database).await?,
            columns: self.columns.after(touched, database).await?,
            subscriptions: self.subscriptions.after(touched, database).await?,
            tag_groups: self.tag_groups.after(touched, database).await?,
            tags: self.tags.after(touched, database).await?,
            codes: self.codes.after(touched, database).await?,
            panels: self.panels.after(touched, database).await?,
            accounts: self.accounts.after(touched, database).await?,
            grants: self.grants.after(touched, database).await?,
            sessions: self.sessions.after(touched, database).await?,
            signing_keys: self.signing_keys.after(touched, database).await?,
            api_keys: self.api_keys.after(touched, database).await?,
            identities: self.identities.after(touched, database).await?,
            webhooks: self.webhooks.after(touched, database).await?,
            operations: self.operations.after(touched, database).await?,
            second_factor_roles: self.second_factor_roles.clone(),
        })
    }
}

/// The snapshot that a node keeps.
pub(crate) struct Kept {
    current: ArcSwap<Directory>,
    following: Mutex<()>,
}

impl Kept {
    pub(crate) async fn load(database: &Database) -> Result<Self> {
        let directory = Directory::load(database).await?;
        Ok(Self { current: ArcSwap::from_pointee(directory), following: Mutex::new(()) })
    }

    /// Sets the roles that nobody uses without a second factor.
    pub(crate) fn require_second_factor(&self, roles: Arc<[Role]>) {
        self.current.rcu(|now| Directory { second_factor_roles: roles.clone(), ..Directory::clone(now) });
    }

    pub(crate) fn now(&self) -> Arc<Directory> {
        self.current.load_full()
    }

    pub(crate) fn position(&self) -> Position {
        self.current.load().position
    }

    pub(crate) async fn at_least(&self, database: &Database, position: Position) -> Result<Arc<Directory>> {
        let now = self.now();
        if now.position >= position {
            return Ok(now);
        }
        let _one_at_a_time = self.following.lock().await;
        let now = self.now();
        if now.position >= position {
            return Ok(now);
        }
        let next = Arc::new(now.follow(database).await?);
        self.current.store(next.clone());
        Ok(next)
    }
}
