//! Conditions of a field map: what a field of a record has to be.

use serde::Deserialize;
use serde_json::Value;

use super::{at, text_of};

/// A condition; all that it says must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::import) struct Condition {
    /// The field in question.
    field: Option<String>,
    /// Whether it says anything.
    present: Option<bool>,
    /// What it is.
    equals: Option<Value>,
    /// One of these.
    one_of: Option<Vec<Value>>,
    /// How its text begins.
    begins: Option<String>,
    /// What its text has in it.
    contains: Option<String>,
    /// All of these conditions.
    #[serde(default)]
    all: Vec<Condition>,
    /// At least one of these conditions, if there are any.
    #[serde(default)]
    any: Vec<Condition>,
    /// Not this condition.
    not: Option<Box<Condition>>,
}

impl Condition {
    /// Whether it holds for a record.
    pub fn holds(&self, record: &Value) -> bool {
        let found = self.field.as_ref().and_then(|field| at(record, field));
        let is = |wanted: &Value| found.is_some_and(|found| found == wanted || text_of(found) == text_of(wanted));
        let text = found.and_then(text_of);
        self.present.is_none_or(|present| found.is_some() == present)
            && self.equals.as_ref().is_none_or(is)
            && self.one_of.as_ref().is_none_or(|wanted| wanted.iter().any(is))
            && self.begins.as_ref().is_none_or(|begins| text.as_ref().is_some_and(|text| text.starts_with(begins)))
            && self.contains.as_ref().is_none_or(|part| text.as_ref().is_some_and(|text| text.contains(part)))
            && self.all.iter().all(|condition| condition.holds(record))
            && (self.any.is_empty() || self.any.iter().any(|condition| condition.holds(record)))
            && self.not.as_ref().is_none_or(|condition| !condition.holds(record))
    }
}
