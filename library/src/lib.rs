//! The information-resource library (统一信息资源库): what is stored, its rules, its deeds, its change log.
//!
//! [`Library`] is the one handle. Deeds and reads are `impl Library` / `impl Scope` blocks in the room of their noun.
//! This crate knows no GraphQL, no HTTP, no search engine, and never reads a clock by itself.
#![forbid(unsafe_code)]

pub mod account;
pub mod address;
pub mod api_key;
pub mod attachment;
pub mod audit;
pub mod change_feed;
pub mod changes;
pub mod clock;
pub mod code;
pub mod column;
pub mod content;
pub mod database;
pub mod desk;
mod directory;
pub mod due;
pub mod field;
pub mod findable;
pub mod finding;
pub mod gate;
pub mod grant;
pub mod html;
pub mod id;
pub mod instant;
pub mod leader;
pub mod link;
pub mod linked_identity;
pub mod may;
pub mod means;
pub mod mirror;
pub mod operation;
pub mod organisation;
pub mod panel;
pub mod placement;
pub mod preview;
pub mod reader;
pub mod recall;
mod refusal;
pub mod retag;
mod scope;
pub mod searches;
pub mod second_factor;
pub mod session;
pub mod sharing;
pub mod signing;
pub mod site;
pub mod sweep;
pub mod synonym;
pub mod tag;
pub mod tag_audit;
pub mod text;
pub mod transfer;
pub mod web;
pub mod webhook;
pub mod words;

/// What has identifiers: their types, which are found in [`id`], and the prefixes that they have outside.
mod nouns {
    crate::id::ids! {
        SiteId "site" "a site (站点)";
        OrganisationId "organisation" "an organisation (机构)";
        LeaderId "leader" "a leader of an organisation (领导)";
        ColumnId "column" "a column (栏目)";
        ContentId "content" "a content (信息) of any kind";
        PlacementId "placement" "a showing of a content in a column";
        PendingId "pending" "a placement that waits for the receiving desk (待审共享)";
        SubscriptionId "subscription" "a shared column (栏目共享)";
        TagGroupId "tag_group" "a group of tags (标签维度)";
        TagId "tag" "a tag (标签)";
        TagClaimId "claim" "an organisation's claim on a tag (标签认领)";
        TagAuditId "tag_audit" "an audit of tags (标签抽检)";
        CodeItemId "code" "an item of a code list (代码)";
        PanelId "panel" "a panel of a page (页面区块)";
        FieldDefinitionId "field" "a field of a site's own (扩展字段)";
        AttachmentId "attachment" "an attachment (附件)";
        UploadId "upload" "a file that is being uploaded in pieces (断点续传)";
        LinkId "link" "a link between contents (关联)";
        AccountId "account" "an account (账号)";
        GrantId "grant" "a role that an account has somewhere (授权)";
        SessionId "session" "a session of an account (会话)";
        ApiKeyId "api_key" "a key that a system is known by (接口密钥)";
        LinkedIdentityId "identity" "an identity of a sign-on provider that an account is known by (统一身份)";
        SigningKeyId "signing_key" "a key that access tokens are signed by (签名密钥)";
        RetagId "retag" "a change of tags of all that a filter finds (批量改标)";
        SweepId "sweep" "what a changed rule still has to do (后续处理)";
        OperationId "operation" "a registered operation (登记操作)";
        WebhookId "webhook" "a webhook (推送)";
        DeliveryId "delivery" "what is sent to a webhook (推送记录)";
        SynonymId "synonym" "a group of synonyms (同义词组)";
        WordListId "word_list" "a word list (词库)";
        PreviewId "preview" "a preview link (预览链接)";
        DeskContentId "desk_content" "a content as it is worked on (采编信息); the same content has another identifier live";
        RevisionId "revision" "a saved revision of a content (版本)";
        HistoryEntryId "history" "a deed in the history of a content (操作记录)";
        ChangeId "change" "an entry of the change log (变更)";
        EffectId "effect" "what a change did to something public (变更效果)";
    }
}

use std::sync::Arc;

use object_store::ObjectStore;
use tokio::sync::watch;

use attachment::{Darkroom, Uploads};
pub use changes::{Caller, Means, Once, Position, Who};
pub use clock::Clock;
use content::Cards;
use database::Database;
use directory::Kept;
pub use directory::{Directory, Part};
use html::Html;
pub use identity::Password;
pub use instant::{Date, DayZone, Instant};
pub use refusal::{Error, Hint, Refusal, RefusalCode, Result};
pub use scope::{Audience, ListNote, MOST_LOOKED_AT, Notes, Page, Paging, Range, Scope, Walked, read_key, write_key};

/// What a library is opened with.
pub struct Settings {
    /// The database, made by the migrations.
    pub database: Database,
    /// Where the bytes of attachments lie.
    pub files: Arc<dyn ObjectStore>,
    /// What tells the time and supplies randomness.
    pub clock: Arc<dyn Clock>,
    /// The public address below which attachments are served, without a slash at the end.
    pub files_url: String,
    /// Hosts whose pages may stand in frames of bodies.
    pub iframe_hosts: Vec<String>,
}

/// The one handle on everything that is stored; cheap to clone.
#[derive(Clone)]
pub struct Library {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    files: Arc<dyn ObjectStore>,
    clock: Arc<dyn Clock>,
    zone: DayZone,
    files_url: String,
    html: Html,
    darkroom: Darkroom,
    uploads: Uploads,
    cards: Cards,
    words: words::Compiled,
    directory: Kept,
    hashing: identity::Hashing,
    throttle: session::Throttle,
    key_uses: api_key::Uses,
    operation_uses: operation::Uses,
    deeds_asked: changes::Asked,
    readings: recall::Readings,
    committed: watch::Sender<Position>,
}

impl Library {
    /// Opens a library.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(settings: Settings) -> Result<Self> {
        Self::open_with(settings, Uploads::default()).await
    }

    /// The same with bounds and a folder of its own for files that are uploaded.
    ///
    /// # Errors
    /// As [`Library::open`].
    pub async fn open_with(settings: Settings, uploads: Uploads) -> Result<Self> {
        let Settings { database, files, clock, files_url, iframe_hosts } = settings;
        database.measure_by(&clock);
        let html = Html::new(&iframe_hosts, &files_url);
        let directory = Kept::load(&database).await?;
        let (committed, _) = watch::channel(directory.now().position);
        let zone = DayZone::default();
        let inner = Inner {
            database,
            files,
            clock,
            zone,
            files_url,
            html,
            darkroom: Darkroom::default(),
            uploads,
            cards: Cards::default(),
            words: words::Compiled::default(),
            directory,
            hashing: identity::Hashing::default(),
            throttle: session::Throttle::default(),
            key_uses: api_key::Uses::default(),
            operation_uses: operation::Uses::default(),
            deeds_asked: changes::Asked::default(),
            readings: recall::Readings::default(),
            committed,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The public address below which attachments are served.
    pub fn files_url(&self) -> &str {
        &self.inner.files_url
    }

    /// What HTML is cleaned by.
    pub(crate) fn html(&self) -> &Html {
        &self.inner.html
    }

    /// Where pictures are made smaller.
    pub(crate) fn darkroom(&self) -> &Darkroom {
        &self.inner.darkroom
    }

    /// The cards of contents that were read lately.
    pub(crate) fn cards(&self) -> &Cards {
        &self.inner.cards
    }

    /// The word lists that are compiled.
    pub(crate) fn compiled_words(&self) -> &words::Compiled {
        &self.inner.words
    }

    /// The queue before the hashing of passwords.
    pub(crate) fn hashing(&self) -> &identity::Hashing {
        &self.inner.hashing
    }

    /// Who has to wait before the next attempt to sign in.
    pub(crate) fn throttle(&self) -> &session::Throttle {
        &self.inner.throttle
    }

    /// What the deeds of this process asked of the database.
    pub fn deeds_asked(&self) -> &changes::Asked {
        &self.inner.deeds_asked
    }

    /// When keys were last written down as used.
    pub(crate) fn key_uses(&self) -> &api_key::Uses {
        &self.inner.key_uses
    }

    /// How often registered operations were asked.
    pub(crate) fn operation_uses(&self) -> &operation::Uses {
        &self.inner.operation_uses
    }

    /// From where systems were last written down to read the change feed.
    pub(crate) fn readings(&self) -> &recall::Readings {
        &self.inner.readings
    }

    /// The database, for the rooms of the library and for tests that read plans.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn files(&self) -> &dyn ObjectStore {
        &*self.inner.files
    }

    /// The same for who holds on to it.
    pub(crate) fn files_shared(&self) -> Arc<dyn ObjectStore> {
        self.inner.files.clone()
    }

    /// How files are uploaded.
    pub fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// A new identifier, from the library's clock.
    pub(crate) fn new_id(&self) -> uuid::Uuid {
        clock::new_uuid(self.clock())
    }

    /// Where dates begin.
    pub fn zone(&self) -> DayZone {
        self.inner.zone
    }

    /// The present instant of the library's clock.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// The directory as this node knows it now.
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.directory.now()
    }

    /// The position that this node's directory reflects: everything up to there was committed before it was read.
    pub fn known_position(&self) -> Position {
        self.inner.directory.position()
    }

    /// From now on nobody uses these roles on this node without a second factor.
    pub fn require_second_factor(&self, roles: Vec<grant::Role>) {
        self.inner.directory.require_second_factor(roles.into());
    }

    /// The directory at `position` or later.
    pub(crate) async fn directory_at(&self, position: Position) -> Result<Arc<Directory>> {
        self.inner.directory.at_least(&self.inner.database, position).await
    }

    /// Brings the directory up to date with the log: what the node's own follower does on every hint and tick.
    pub async fn refresh(&self) -> Result<Position> {
        let newest = self.newest_position().await?;
        let position = self.directory_at(newest).await?.position;
        self.inner.committed.send_if_modified(|known| {
            let later = position > *known;
            *known = position.max(*known);
            later
        });
        Ok(position)
    }

    /// Tells of every position that this node has noticed.
    pub fn commits(&self) -> watch::Receiver<Position> {
        self.inner.committed.subscribe()
    }

    /// After a commit: the node's own directory passes the position, then others are told.
    pub(crate) async fn committed(&self, position: Position) {
        if let Err(error) = self.directory_at(position).await {
            tracing::error!(%error, "the directory is behind; the next read or tick tries again");
        }
        self.inner.committed.send_if_modified(|known| {
            let later = position > *known;
            *known = position.max(*known);
            later
        });
        self.inner.database.hint(position).await;
    }
}
