//! Parameters and cells, the same for both engines.

use uuid::Uuid;

use crate::instant::{Date, Instant};
use crate::refusal::{Error, Result};

/// A parameter or a cell. Nulls know their type, because PostgreSQL asks for it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value {
    Null,
    NullInt,
    NullId,
    Bool(bool),
    Int(i64),
    Text(String),
    Id(Uuid),
    Ids(Vec<Uuid>),
    Texts(Vec<String>),
    Json(serde_json::Value),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<Instant> for Value {
    fn from(value: Instant) -> Self {
        Self::Int(value.0)
    }
}
impl From<Date> for Value {
    fn from(value: Date) -> Self {
        Self::Text(value.to_string())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        Self::Id(value)
    }
}
impl From<Vec<Uuid>> for Value {
    fn from(value: Vec<Uuid>) -> Self {
        Self::Ids(value)
    }
}
impl From<Vec<String>> for Value {
    fn from(value: Vec<String>) -> Self {
        Self::Texts(value)
    }
}
impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::Json(value)
    }
}
impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}
impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        value.map_or(Self::Null, |text| Self::Text(text.to_owned()))
    }
}
impl From<&Option<String>> for Value {
    fn from(value: &Option<String>) -> Self {
        Self::from(value.clone())
    }
}
impl From<Option<Instant>> for Value {
    fn from(value: Option<Instant>) -> Self {
        value.map_or(Self::NullInt, |instant| Self::Int(instant.0))
    }
}
impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::NullInt, Self::Int)
    }
}
impl From<Option<Uuid>> for Value {
    fn from(value: Option<Uuid>) -> Self {
        value.map_or(Self::NullId, Self::Id)
    }
}

/// What can be read from a cell.
pub trait FromCell: Sized {
    /// The cell as this type; nothing if it is of another.
    fn from_cell(cell: &Value) -> Option<Self>;
}

impl FromCell for i64 {
    fn from_cell(cell: &Value) -> Option<Self> {
        match cell {
            Value::Int(int) => Some(*int),
            Value::Bool(bool) => Some(i64::from(*bool)),
            _ => None,
        }
    }
}
impl FromCell for Instant {
    fn from_cell(cell: &Value) -> Option<Self> {
        i64::from_cell(cell).map(Instant)
    }
}
impl FromCell for bool {
    fn from_cell(cell: &Value) -> Option<Self> {
        i64::from_cell(cell).map(|int| int != 0)
    }
}
impl FromCell for String {
    fn from_cell(cell: &Value) -> Option<Self> {
        match cell {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}
impl FromCell for Uuid {
    fn from_cell(cell: &Value) -> Option<Self> {
        match cell {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }
}
impl FromCell for Date {
    fn from_cell(cell: &Value) -> Option<Self> {
        String::from_cell(cell)?.parse().ok()
    }
}
impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: &Value) -> Option<Self> {
        match cell {
            Value::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// A row of an answer.
#[derive(Debug, Clone)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// The cell at `at`, counted from 0.
    pub fn get<T: FromCell>(&self, at: usize) -> Result<T> {
        self.0.get(at).and_then(T::from_cell).ok_or_else(|| {
            Error::Database(format!("cell {at} is not a {}: {:?}", std::any::type_name::<T>(), self.0.get(at)))
        })
    }

    /// The text of the cell at `at` without a copy; nothing for null.
    pub fn text(&self, at: usize) -> Option<&str> {
        match self.0.get(at) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The last `count` cells.
    pub(crate) fn last(&self, count: usize) -> &[Value] {
        &self.0[self.0.len().saturating_sub(count)..]
    }

    /// The JSON in the cell at `at`.
    pub fn json<T: serde::de::DeserializeOwned>(&self, at: usize) -> Result<T> {
        Ok(serde_json::from_str(self.text(at).unwrap_or("null"))?)
    }
}
