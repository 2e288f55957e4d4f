//! Operations that front ends registered (登记操作): the documents that an application (应用) asks, known before it asks them.
//!
//! A front end's build registers them; a key that is made for an application runs no others ([`Library::may_run`]). Which fields
//! each one selects is kept with it, and how often it is asked is counted beside the requests, so that it can be told who still
//! reads a field before it is removed from the schema.

mod read;
mod register;
mod retire;
mod run;
mod uses;

use serde::{Deserialize, Serialize};

use crate::changes::{Action, Caller, KeyKind, List, key_of};
use crate::database::{Row, Sql};
use crate::directory::{Directory, Entry};
use crate::id::OperationId;
use crate::instant::Instant;
use crate::may::{Right, Target, may};
use crate::refusal::{Error, Result};

pub use read::{SchemaUse, Used};
pub use register::{RegisterOperations, RegisteredOperations};
pub use run::MayRun;
pub use uses::Counter;
pub(crate) use uses::Uses;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OperationKind {
    /// It reads.
    Query,
    /// It does deeds.
    Mutation,
    /// It follows changes.
    Subscription,
}

/// A field as an operation selects it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SelectedField {
    /// The type that has it: for a field of an interface, each type that can stand there, and the interface.
    #[serde(rename = "t")]
    pub type_name: String,
    /// Its name.
    #[serde(rename = "f")]
    pub field: String,
}

/// What a document is, as the schema says.
#[derive(Debug, Clone)]
pub struct ReadOperation {
    /// What it does.
    pub kind: OperationKind,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The fields that it selects, each once.
    pub fields: Vec<SelectedField>,
}

/// What the library does not know of documents: what they are, and whether they can be answered.
pub trait OperationRules: Send + Sync {
    /// What a document is.
    ///
    /// # Errors
    /// Why it would not be executed, in English.
    fn read(&self, query: &str) -> std::result::Result<ReadOperation, String>;
}

/// A registered operation.
#[derive(Debug)]
pub struct Operation {
    /// Its identifier.
    pub id: OperationId,
    /// The application that asks it.
    pub app: String,
    /// The SHA-256 of its text, as 64 hexadecimal digits.
    pub digest: String,
    /// What it does.
    pub kind: OperationKind,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Its text.
    pub query: String,
    /// The fields that it selects.
    pub fields: Vec<SelectedField>,
    /// When it was registered.
    pub registered_at: Instant,
    /// When it was retired.
    pub retired_at: Option<Instant>,
}

impl Operation {
    /// Whether keys of its application do not run it any more.
    pub fn is_retired(&self) -> bool {
        self.retired_at.is_some()
    }

    /// Whether it selects a field; or, without its name, any of the type.
    pub fn selects(&self, type_name: &str, field: Option<&str>) -> bool {
        let is = |one: &SelectedField| one.type_name == type_name && field.is_none_or(|field| one.field == field);
        self.fields.iter().any(is)
    }
}

impl Entry for Operation {
    type Id = OperationId;
    const CHANGED_BY: &'static [Action] = &[Action::OperationsChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new(
            "select id, app, digest, kind, name, query, fields, registered_at, retired_at from operation
             order by app, name, id",
        );
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        let unknown = || Error::Database("an operation of an unknown kind".to_owned());
        Ok(Self {
            id: row.get(0)?,
            app: row.get(1)?,
            digest: row.get(2)?,
            kind: row.text(3).and_then(|text| text.parse().ok()).ok_or_else(unknown)?,
            name: row.get(4)?,
            query: row.get(5)?,
            fields: row.json(6)?,
            registered_at: row.get(7)?,
            retired_at: row.get(8)?,
        })
    }

    fn id(&self) -> OperationId {
        self.id
    }

    fn keys(&self) -> Vec<(KeyKind, String)> {
        if self.is_retired() {
            return Vec::new();
        }
        vec![(KeyKind::Operation, self.digest.clone()), (KeyKind::Operation, key_of(&self.app, &self.digest))]
    }
}

impl List {
    /// The registered operations.
    pub(crate) fn operations() -> Self {
        Self::All("operations")
    }
}

/// Whether `caller` may see what all applications registered: who keeps the platform, or audits it.
fn sees_all(directory: &Directory, caller: &Caller) -> bool {
    let target = Target::platform();
    [Right::Platform, Right::Audit].into_iter().any(|right| may(directory, caller, right, &target).is_ok())
}
