//! What a field costs: one for each object that its page sizes allow for.
//!
//! A connection multiplies what its `edges` and `nodes` select by its page size, and so does each one inside it.

use std::collections::HashMap;

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::Field;
use apollo_compiler::schema::{ExtendedType, Schema};
use serde_json::{Map, Value as Json};

use crate::coerce::constant;

/// What a list without a page size counts for.
const ASSUMED: u64 = 10;
/// The page size of a connection that is not told one.
const PAGE: u64 = 20;
/// The arguments that name what a list is to hold, one by one.
const KEYS: [&str; 4] = ["ids", "codes", "paths", "keys"];

/// What an answer may come to, as far as page sizes tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Objects: what the library is asked for.
    pub objects: u64,
    /// Fields of all of them: what is held in memory and written.
    pub values: u64,
}

impl Cost {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { objects: self.objects.saturating_add(other.objects), values: self.values.saturating_add(other.values) }
    }
}

/// How a field multiplies what is selected in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How often the field's own selection is answered.
    times: u64,
    /// The page size that `edges` and `nodes` of the selection take from here.
    page: Option<u64>,
}

impl Size {
    /// Of the root.
    pub const ROOT: Self = Self { times: 1, page: None };

    /// Of a field that is selected within `parent`.
    pub fn of(schema: &Schema, field: &Field, parent: Self, variables: &Map<String, Json>) -> Self {
        if is_list(field.ty()) {
            let is_page = matches!(field.name.as_str(), "edges" | "nodes");
            let page = parent.page.filter(|_| is_page);
            // A list that is told a size may be a list of parts of that size, which are there without any.
            let asked = page.or_else(|| Some(asked(field, variables)?.max(1)));
            return Self { times: asked.unwrap_or(ASSUMED), page: None };
        }
        let is_connection = matches!(
            schema.types.get(field.ty().inner_named_type()),
            Some(ExtendedType::Object(object)) if object.fields.contains_key("pageInfo")
        );
        Self { times: 1, page: is_connection.then(|| asked(field, variables).unwrap_or(PAGE)) }
    }

    /// The cost of a field whose selection costs `within`.
    pub fn cost(self, schema: &Schema, weights: &Weights, field: &Field, within: Cost) -> Cost {
        let name = field.ty().inner_named_type();
        let is_object = schema.types.get(name).is_some_and(|ty| !ty.is_leaf());
        // A list of plain values is one value.
        let times = if is_object { self.times } else { 1 };
        let weight = weights.get(name.as_str()).copied().unwrap_or(u64::from(is_object));
        let once = within.and(Cost { objects: weight, values: 1 });
        Cost { objects: times.saturating_mul(once.objects), values: times.saturating_mul(once.values) }
    }
}

/// What an object of these types counts for, instead of one.
pub type Weights = HashMap<&'static str, u64>;

fn is_list(ty: &Type) -> bool {
    matches!(ty, Type::List(_) | Type::NonNullList(_))
}

/// The number of objects that a field is asked for: its page size, or the length of the list of keys that it is given.
fn asked(field: &Field, variables: &Map<String, Json>) -> Option<u64> {
    let number = |name: &str| value(field, name, variables).filter(|value| value.is_number());
    if let Some(number) = number("first").or_else(|| number("last")) {
        return Some(number.as_u64().unwrap_or(0));
    }
    KEYS.iter().find_map(|name| match value(field, name, variables)? {
        Json::Array(values) => Some(values.len() as u64),
        _ => None,
    })
}

/// What an argument is given, or its default.
fn value(field: &Field, name: &str, variables: &Map<String, Json>) -> Option<Json> {
    let given = field.specified_argument_by_name(name).map(|value| value.as_ref());
    match given {
        Some(Value::Variable(variable)) if variables.contains_key(variable.as_str()) => {
            return variables.get(variable.as_str()).cloned();
        }
        Some(Value::Variable(_)) | None => {}
        Some(literal) => return Some(constant(literal)),
    }
    let definition = field.definition.arguments.iter().find(|argument| argument.name == name)?;
    definition.default_value.as_ref().map(|value| constant(value))
}
