//! A deed's transaction: statements, the subjects it touches, and the one way to commit it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::effects::{self, Deed, Showing};
use super::once::{Once, Taken};
use super::{Action, Effect, KeyKind, List, Member, Position, Subject, Touched};
use crate::Library;
use crate::clock::new_uuid;
use crate::database::{Engine, Row, Sql, Transaction, Value};
use crate::directory::Directory;
use crate::id::{AccountId, AnyId, ApiKeyId, ChangeId, LinkedIdentityId, SessionId, SiteId};
use crate::instant::Instant;
use crate::placement::Counts;
use crate::reader::ReaderKey;
use crate::refusal::{Error, Result};

/// Who does a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// How the log names the caller.
    pub actor: String,
    /// Who it is.
    pub who: Who,
    /// By what an account is known.
    means: Means,
    /// The reader that it is: to all else nobody.
    reader: Option<ReaderKey>,
    /// Under which key its deed is done once; programs and who has not signed in have none.
    once: Option<Once>,
}

/// By what the account of a caller is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Means {
    /// By a session of its own, which somebody began with a password.
    Session,
    /// By a key of a system, which narrows what the account may do.
    Key(ApiKeyId),
    /// By an identity of a sign-on provider.
    Identity(LinkedIdentityId),
}

/// Who a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A program of the platform itself, which may do everything.
    Program,
    /// An account that is signed in.
    Account(AccountId, SessionId),
    /// Nobody who is known.
    Nobody,
}

impl Caller {
    /// A program of the platform itself, such as `clock` or `import`.
    pub fn program(name: &str) -> Self {
        Self { actor: format!("program:{name}"), who: Who::Program, ..Self::nobody() }
    }

    /// An account, in one of its sessions.
    pub fn account(account: AccountId, session: SessionId) -> Self {
        Self { actor: account.to_string(), who: Who::Account(account, session), ..Self::nobody() }
    }

    /// An account that is known by something else than a session: what stands in the place of one is found nowhere.
    fn without_session(account: AccountId, instead: uuid::Uuid, means: Means) -> Self {
        Self { means, ..Self::account(account, SessionId(instead)) }
    }

    /// A system that brings a key of an account.
    pub(crate) fn of_key(account: AccountId, key: ApiKeyId) -> Self {
        Self::without_session(account, key.0, Means::Key(key))
    }

    /// An account that is known by an identity of a sign-on provider.
    pub(crate) fn of_identity(account: AccountId, identity: LinkedIdentityId) -> Self {
        Self::without_session(account, identity.0, Means::Identity(identity))
    }

    /// An account that began something long ago: what it may is judged by what holds now.
    pub(crate) fn again(account: AccountId, means: Means) -> Self {
        Self::without_session(account, uuid::Uuid::nil(), means)
    }

    /// By what its account is known.
    pub fn means(&self) -> Means {
        self.means
    }

    /// The key that it brought, if it is a system.
    pub fn key(&self) -> Option<ApiKeyId> {
        match self.means {
            Means::Key(key) => Some(key),
            Means::Session | Means::Identity(_) => None,
        }
    }

    /// Somebody who has not signed in.
    pub fn nobody() -> Self {
        Self { actor: "nobody".to_owned(), who: Who::Nobody, means: Means::Session, reader: None, once: None }
    }

    /// The reader that it is, if it is one.
    pub fn reader(&self) -> Option<&ReaderKey> {
        self.reader.as_ref()
    }

    /// The same caller, whose next deed is done once.
    #[must_use]
    pub fn once(self, mut once: Once) -> Self {
        // Outcomes are kept by account: those of its systems are theirs alone.
        if let Some(key) = self.key() {
            once.key = format!("{key}\u{1f}{}", once.key);
        }
        Self { once: Some(once), ..self }
    }

    /// The same caller for one of many deeds that are done under one key.
    #[must_use]
    pub(crate) fn part(&self, number: usize) -> Self {
        let once = self.once.as_ref().map(|once| once.part(number));
        Self { once, ..self.clone() }
    }

    /// The same caller for what a deed does after its first transaction, which has the key.
    #[must_use]
    pub(crate) fn goes_on(&self) -> Self {
        Self { once: None, ..self.clone() }
    }
}

impl From<ReaderKey> for Caller {
    /// A reader, who has no account and no role: nobody, to all that asks who it is.
    fn from(reader: ReaderKey) -> Self {
        Self { actor: "reader".to_owned(), reader: Some(reader), ..Self::nobody() }
    }
}

/// An open deed. Dropped without [`commit`], nothing of it happened.
pub(crate) struct Work {
    transaction: Transaction,
    library: Library,
    /// The directory as it was when the deed began.
    pub directory: Arc<Directory>,
    /// The moment of the deed.
    pub at: Instant,
    /// How the log names who did it.
    pub actor: String,
    /// What the log calls it.
    pub action: Action,
    /// The site that it concerns most.
    pub site: Option<SiteId>,
    /// Why it was done.
    pub reason: Option<String>,
    /// Which revision of the content it is about, if it is about one.
    pub revision: Option<i64>,
    /// The key of the system that does it, if one does.
    key: Option<ApiKeyId>,
    once: Option<Taken>,
    /// When it began, by the clock that nobody sets.
    began: Duration,
    touched: Vec<Touched>,
    /// Which showings were or are shown.
    showings: Vec<Showing>,
    /// The same as `touched`, to find what is named already: a batch touches many thousands.
    seen: HashSet<Touched>,
    /// How many members more the kept counters of lists have; written when it is committed.
    pub counts: Counts,
}

static POSITION: Sql = Sql::new("select position from change_counter where one = 1");
static TAKE_POSITION: Sql =
    Sql::new("update change_counter set position = position + 1 where one = 1 returning position");
static INSERT_CHANGE: Sql = Sql::new(
    "insert into change (position, id, at, actor, action, site_id, reason, revision, api_key_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
static INSERT_SUBJECTS: Sql = Sql::new(
    "insert into change_subject (change_id, ordinal, subject, effect, member_before, member_after)
     select $1, as_int(r.value->>0), r.value->>1, r.value->>2, r.value->>3, r.value->>4 from rows($2) r",
);

static SHARE_DIRECTORY: Sql = Sql::new("select one from directory_guard where one = 1 for share");
static OWN_DIRECTORY: Sql = Sql::new("select one from directory_guard where one = 1 for update");

impl Library {
    /// Begins a deed of `caller` now. Until it commits, no other deed changes the directory that it sees: on SQLite
    /// there is one writer, on PostgreSQL deeds on the directory wait for the others and the others for them.
    pub(crate) async fn begin(&self, caller: &Caller, action: Action) -> Result<Work> {
        let mut transaction = self.database().begin().await?;
        let at = self.clock().now();
        let once = match (&caller.once, caller.who) {
            (Some(once), Who::Account(account, _)) => Some(Taken::take(&mut transaction, account, once, at).await?),
            _ => None,
        };
        if self.database().engine() == Engine::Postgres {
            let guard = if action.changes_directory() { &OWN_DIRECTORY } else { &SHARE_DIRECTORY };
            transaction.rows(guard, &[]).await?;
        }
        let row = transaction.rows(&POSITION, &[]).await?;
        let position: Position = row.first().map_or(Ok(0), |row| row.get(0))?;
        let directory = self.directory_at(position).await?;
        Ok(Work {
            transaction,
            library: self.clone(),
            directory,
            at,
            actor: caller.actor.clone(),
            action,
            site: None,
            reason: None,
            revision: None,
            key: caller.key(),
            once,
            began: self.clock().elapsed(),
            touched: Vec::new(),
            showings: Vec::new(),
            seen: HashSet::new(),
            counts: Counts::default(),
        })
    }
}

impl Work {
    pub(crate) async fn rows(&mut self, sql: &Sql, params: &[Value]) -> Result<Vec<Row>> {
        self.library.deeds_asked().note(sql, params);
        self.transaction.rows(sql, params).await
    }

    pub(crate) async fn row(&mut self, sql: &Sql, params: &[Value]) -> Result<Option<Row>> {
        Ok(self.rows(sql, params).await?.into_iter().next())
    }

    pub(crate) async fn run(&mut self, sql: &Sql, params: &[Value]) -> Result<u64> {
        self.library.deeds_asked().note(sql, params);
        self.transaction.run(sql, params).await
    }

    /// Runs an insert of many rows (`rows($1)`), if there are any.
    pub(crate) async fn insert(&mut self, sql: &Sql, rows: Vec<serde_json::Value>) -> Result<()> {
        if !rows.is_empty() {
            self.run(sql, &[serde_json::Value::Array(rows).into()]).await?;
        }
        Ok(())
    }

    /// How long the deed lasts until now.
    pub(crate) fn lasts(&self) -> Duration {
        self.library.clock().elapsed().saturating_sub(self.began)
    }

    /// The library that the deed is done in, for its clock and zone.
    pub(crate) fn library(&self) -> &Library {
        &self.library
    }

    /// The deed touches a record.
    pub(crate) fn record(&mut self, id: AnyId, effect: Effect) {
        self.touch(Touched { subject: Subject::Record(id), effect, before: None, after: None });
    }

    /// The deed changes what a key finds.
    pub(crate) fn key(&mut self, kind: KeyKind, value: impl Into<String>) {
        let subject = Subject::Key(kind, value.into());
        self.touch(Touched { subject, effect: Effect::Changed, before: None, after: None });
    }

    /// The deed changes which members a list has, or their order.
    pub(crate) fn list(&mut self, list: List) {
        let subject = Subject::Members(list);
        self.touch(Touched { subject, effect: Effect::Changed, before: None, after: None });
    }

    /// The deed touches a showing; nothing if nobody saw it before and nobody does after.
    pub(crate) fn showing(&mut self, showing: Showing) {
        if showing.was_shown || showing.is_shown {
            self.showings.push(showing);
        }
    }

    /// The deed moves one content in, within or out of a list; nothing if it stands on neither side.
    pub(crate) fn member(&mut self, list: List, before: Option<Member>, after: Option<Member>) {
        let effect = match (&before, &after) {
            (None, None) => return,
            (None, Some(_)) => Effect::Entered,
            (Some(_), Some(_)) => Effect::Changed,
            (Some(_), None) => Effect::Left,
        };
        self.touch(Touched { subject: Subject::Members(list), effect, before, after });
    }

    fn touch(&mut self, touched: Touched) {
        if self.seen.insert(touched.clone()) {
            self.touched.push(touched);
        }
    }
}

/// Commits a deed with its row in the change log: the only way to commit editorial work.
/// Answers the deed's position when the node's own directory has passed it. A deed that touched nothing, such as
/// ending the pin of a placement that is gone, is no change and gets no row.
pub(crate) async fn commit(work: Work) -> Result<Position> {
    commit_as(work, |position| position).await
}

/// The same for a deed that answers more than its position: `outcome` says what, and is kept for who repeats the deed.
pub(crate) async fn commit_as<T: Serialize>(work: Work, outcome: impl FnOnce(Position) -> T) -> Result<T> {
    finish(work, outcome).await.map(|(outcome, _)| outcome)
}

/// The same with the time from the beginning of the deed to its COMMIT. What an embedded database does after that, such
/// as carrying its log over, keeps nobody from writing and takes no less for a smaller deed.
pub(crate) async fn commit_measured(work: Work) -> Result<(Position, Duration)> {
    finish(work, |position| position).await
}

async fn finish<T: Serialize>(mut work: Work, outcome: impl FnOnce(Position) -> T) -> Result<(T, Duration)> {
    for list in work.counts.lists() {
        work.list(list);
    }
    let Work {
        mut transaction,
        library,
        directory,
        at,
        actor,
        action,
        site,
        reason,
        revision,
        key,
        once,
        touched,
        showings,
        counts,
        began,
        ..
    } = work;
    let changed = !touched.is_empty();
    let position = match changed {
        true => {
            let change = ChangeId(new_uuid(library.clock()));
            transaction.run(&INSERT_SUBJECTS, &[change.into(), subjects(&touched)?]).await?;
            let told = Deed { action, directory: &directory, touched: &touched, showings: &showings };
            effects::write(&mut transaction, change, told).await?;
            // Everybody's counters come last and in one order: two deeds never wait for each other in a circle.
            counts.write(&mut transaction).await?;
            let taken = transaction.rows(&TAKE_POSITION, &[]).await?;
            let position: Position =
                taken.first().ok_or_else(|| Error::Database("the change counter is gone".to_owned()))?.get(0)?;
            let action: &str = action.into();
            let params = [
                position.into(),
                change.into(),
                at.into(),
                actor.into(),
                action.into(),
                site.into(),
                Value::from(reason),
                revision.into(),
                key.into(),
            ];
            transaction.run(&INSERT_CHANGE, &params).await?;
            position
        }
        false => {
            let row = transaction.rows(&POSITION, &[]).await?;
            row.first().map_or(Ok(0), |row| row.get(0))?
        }
    };
    let outcome = outcome(position);
    if let Some(once) = once {
        once.keep(&mut transaction, &outcome).await?;
    }
    let held = library.clock().elapsed().saturating_sub(began);
    transaction.commit().await?;
    if changed {
        library.committed(position).await;
    }
    Ok((outcome, held))
}

/// The rows of what a deed touched.
fn subjects(touched: &[Touched]) -> Result<Value> {
    let member = |member: &Option<Member>| member.map(|member| serde_json::to_string(&member)).transpose();
    let mut rows = Vec::with_capacity(touched.len());
    for (ordinal, touched) in touched.iter().enumerate() {
        let effect: &str = touched.effect.into();
        let (before, after) = (member(&touched.before)?, member(&touched.after)?);
        rows.push(json!([ordinal, touched.subject.to_string(), effect, before, after]));
    }
    Ok(serde_json::Value::Array(rows).into())
}
