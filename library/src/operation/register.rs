//! Registering operations (registerOperations): what a front end's build asks, before its pages do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::run::digest;
use super::{OperationRules, ReadOperation};
use crate::api_key::ApiKeyRight;
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit_as, key_of};
use crate::database::Sql;
use crate::id::{AnyId, OperationId};
use crate::may::{Right, Target, may, require_somebody};
use crate::means;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, text};

/// The most operations that are registered at once.
const MOST_AT_ONCE: usize = 500;
/// The most operations of an application that are not retired.
const MOST: usize = 2_000;
/// The longest text, in bytes.
const LONGEST: usize = 64 * 1024;

/// Operations to be registered.
#[derive(Debug, Clone)]
pub struct RegisterOperations {
    /// The application that asks them: a code.
    pub app: String,
    /// Their texts: each one operation with its fragments.
    pub queries: Vec<String>,
}

/// Operations that are registered now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RegisteredOperations {
    /// Those that were given, in their order.
    pub ids: Vec<OperationId>,
    /// How many of them were not registered before.
    pub new: u64,
    /// The position of the change.
    pub position: Position,
}

static INSERT: Sql = Sql::new(
    "insert into operation (id, app, digest, kind, name, query, fields, registered_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (app, digest) do update set fields = excluded.fields, registered_at = excluded.registered_at, retired_at = null
     returning id",
);

impl Library {
    /// Registers operations of an application, all or none. What is registered already stays as it is; what was retired is
    /// registered again. Who has no door has no `rules`, and registers nothing.
    ///
    /// # Errors
    /// Refuses who neither keeps the platform nor brings a key that registers for this application, an application that is no
    /// code, no operation or too many, and texts that could not be executed, each by its place in the list.
    pub async fn register_operations(
        &self,
        caller: &Caller,
        input: RegisterOperations,
        rules: Option<&dyn OperationRules>,
    ) -> Result<RegisteredOperations> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::OperationsChanged).await?;
        let directory = work.directory.clone();
        let app = text::code("app", &input.app)?;
        may_register(&directory, caller, &app)?;
        let (message, english) = ("此处不能登记操作", "operations are registered at the door of a server");
        let rules = rules.ok_or_else(|| Refusal::new(RefusalCode::WrongState, "", message, english))?;
        let read = check(&input.queries, rules)?;
        let of_app = directory.operations.all().iter().filter(|known| known.app == app && !known.is_retired());
        let known = |digest: &str| directory.operations.by_key(KeyKind::Operation, &key_of(&app, digest));
        let digests: Vec<String> = input.queries.iter().map(|query| digest(query)).collect();
        let mut new: BTreeMap<&str, (&str, ReadOperation)> = BTreeMap::new();
        for ((query, digest), read) in input.queries.iter().zip(&digests).zip(read) {
            if known(digest).is_none() {
                new.insert(digest, (query, read));
            }
        }
        if of_app.count() + new.len() > MOST {
            let (message, english) = ("该应用登记的操作过多", "the application has too many operations");
            let refusal = Refusal::new(RefusalCode::WrongState, "operations", message, english);
            return Err(refusal
                .hinting("请先停用不再使用的操作", "retire those that are not asked any more first")
                .into());
        }
        let mut entered = BTreeMap::new();
        for (digest, (query, read)) in &new {
            // What was retired keeps its identifier.
            let id = insert(&mut work, OperationId(self.new_id()), &app, digest, query, read).await?;
            work.record(AnyId::OperationId(id), Effect::Entered);
            work.key(KeyKind::Operation, (*digest).to_owned());
            entered.insert(*digest, id);
        }
        let id = |digest: &String| entered.get(digest.as_str()).copied().or(known(digest).map(|known| known.id));
        let ids = digests.iter().filter_map(id).collect();
        if !new.is_empty() {
            work.list(List::operations());
        }
        let new = new.len() as u64;
        commit_as(work, |position| RegisteredOperations { ids, new, position }).await
    }
}

async fn insert(
    work: &mut Work,
    id: OperationId,
    app: &str,
    digest: &str,
    query: &str,
    read: &ReadOperation,
) -> Result<OperationId> {
    let kind: &str = read.kind.into();
    let params = [
        id.into(),
        app.into(),
        digest.into(),
        kind.into(),
        read.name.as_deref().into(),
        query.into(),
        serde_json::to_string(&read.fields)?.into(),
        work.at.into(),
    ];
    let rows = work.rows(&INSERT, &params).await?;
    rows.first().ok_or_else(|| Refusal::not_found("operations"))?.get(0)
}

/// Refuses who may not register operations of an application, nor retire them.
pub(super) fn may_register(directory: &Directory, caller: &Caller, app: &str) -> Result<()> {
    let key = means::key_of(directory, caller)?;
    let registers = key.is_some_and(|key| {
        key.fields.app.as_deref() == Some(app) && key.fields.rights.contains(&ApiKeyRight::Operations)
    });
    if registers { Ok(()) } else { Ok(may(directory, caller, Right::Platform, &Target::platform())?) }
}

/// What the texts are.
fn check(queries: &[String], rules: &dyn OperationRules) -> Result<Vec<ReadOperation>> {
    if queries.is_empty() {
        let (message, english) = ("请给出操作", "give at least one operation");
        return Err(Refusal::new(RefusalCode::Required, "operations", message, english).into());
    }
    if queries.len() > MOST_AT_ONCE {
        let message = format!("每次最多登记 {MOST_AT_ONCE} 项操作");
        let english = format!("at most {MOST_AT_ONCE} operations at once");
        return Err(Refusal::new(RefusalCode::Invalid, "operations", message, english).into());
    }
    let each = queries.iter().enumerate().map(|(at, query)| {
        let refuse = |message: String, english: String| {
            Err(Refusal::new(RefusalCode::Invalid, &format!("operations.{at}"), message, english).into())
        };
        if query.len() > LONGEST {
            return refuse(format!("最多 {LONGEST} 字节"), format!("at most {LONGEST} bytes"));
        }
        rules.read(query).or_else(|why| refuse(format!("操作无效：{why}"), why))
    });
    each.collect()
}
