//! Variables as the operation wants them (GraphQL, 6.1.2): defaults filled in, types checked, each fault with its path.

use apollo_compiler::ast::{Type, Value};
use apollo_compiler::executable::Operation;
use apollo_compiler::schema::{ExtendedType, InputObjectType, Schema};
use serde_json::{Map, Value as Json};

use crate::inputs::is_one_of;
use crate::refusal::{Code, Refusal, clipped};

/// The values of an operation's variables. One that has neither value nor default is absent.
pub fn variables(
    schema: &Schema,
    operation: &Operation,
    given: &Map<String, Json>,
    most_faults: usize,
) -> Result<Map<String, Json>, Vec<Refusal>> {
    let mut coercion = Coercion { schema, most_faults, faults: Vec::new() };
    let mut values = Map::new();
    for variable in &operation.variables {
        let name = variable.name.as_str();
        let path = format!("variables.{name}");
        let value = match (given.get(name), &variable.default_value) {
            (Some(value), _) => coercion.value(&variable.ty, value, &path),
            (None, Some(default)) => constant(default),
            (None, None) if variable.ty.is_non_null() => {
                coercion.fault(&path, format!("The variable `${name}` of type `{}` is missing.", variable.ty));
                continue;
            }
            (None, None) => continue,
        };
        if holds_nul(&value) {
            coercion.fault(&path, format!("`{path}` holds {NUL}"));
        }
        values.insert(name.to_owned(), value);
    }
    if coercion.faults.is_empty() { Ok(values) } else { Err(coercion.faults) }
}

struct Coercion<'a> {
    schema: &'a Schema,
    /// What is wrong beyond these is not told.
    most_faults: usize,
    faults: Vec<Refusal>,
}

impl Coercion<'_> {
    fn fault(&mut self, path: &str, message: String) {
        if self.faults.len() >= self.most_faults {
            return;
        }
        let mut refusal = Refusal::new(Code::BadUserInput, message);
        refusal.path = Some(clipped(path.to_owned()));
        self.faults.push(refusal);
    }

    /// The value as its type has it. After a fault, anything: the whole is refused.
    fn value(&mut self, ty: &Type, value: &Json, path: &str) -> Json {
        if value.is_null() {
            if ty.is_non_null() {
                self.fault(path, format!("`{path}` must not be null; its type is `{ty}`."));
            }
            return Json::Null;
        }
        let name = match ty {
            Type::List(inner) | Type::NonNullList(inner) => {
                return match value {
                    Json::Array(values) => {
                        let each = values.iter().enumerate();
                        each.map(|(at, value)| self.value(inner, value, &format!("{path}.{at}"))).collect()
                    }
                    // A single value stands for a list of one.
                    single => Json::Array(vec![self.value(inner, single, path)]),
                };
            }
            Type::Named(name) | Type::NonNullNamed(name) => name,
        };
        let is_right = match self.schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) => match value {
                Json::Object(members) => return self.object(input, members, path),
                _ => false,
            },
            Some(ExtendedType::Enum(values)) => {
                value.as_str().is_some_and(|value| values.values.keys().any(|known| known == value))
            }
            Some(ExtendedType::Scalar(_)) => is_of_scalar(name, value),
            _ => false,
        };
        if !is_right {
            self.fault(path, format!("`{path}` is not a value of type `{}`.", ty.inner_named_type()));
        }
        match value.as_f64() {
            // A number such as 3.0 is an integer, too (GraphQL, 3.5.1).
            Some(number) if name == "Int" && is_right => Json::from(number as i64),
            _ => value.clone(),
        }
    }

    fn object(&mut self, input: &InputObjectType, members: &Map<String, Json>, path: &str) -> Json {
        let mut object = Map::new();
        for key in members.keys().filter(|key| !input.fields.contains_key(key.as_str())) {
            self.fault(&format!("{path}.{key}"), format!("`{}` has no field of this name.", input.name));
        }
        for (name, definition) in &input.fields {
            let name = name.as_str();
            let path = format!("{path}.{name}");
            match (members.get(name), &definition.default_value) {
                (Some(value), _) => {
                    object.insert(name.to_owned(), self.value(&definition.ty, value, &path));
                }
                (None, Some(default)) => {
                    object.insert(name.to_owned(), constant(default));
                }
                (None, None) if definition.ty.is_non_null() => {
                    self.fault(&path, format!("`{path}` of type `{}` is missing.", definition.ty));
                }
                (None, None) => {}
            }
        }
        if is_one_of(input) && (members.len() != 1 || members.values().any(Json::is_null)) {
            self.fault(path, format!("`{}` takes exactly one of its fields, not null.", input.name));
        }
        Json::Object(object)
    }
}

fn is_of_scalar(name: &str, value: &Json) -> bool {
    match name {
        "Int" => {
            value.as_f64().is_some_and(|n| n.fract() == 0.0 && f64::from(i32::MIN) <= n && n <= f64::from(i32::MAX))
        }
        "Float" => value.is_number(),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "ID" => value.is_string() || value.is_i64() || value.is_u64(),
        // A scalar of the schema's own is read by its resolver.
        _ => true,
    }
}

/// What is said of a text with the character that not every database can even compare.
pub const NUL: &str = "a text with the character U+0000, which no text here may have.";

/// Whether a text in a value holds the character NUL.
pub fn holds_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(values) => values.iter().any(holds_nul),
        Json::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// A constant of the document or the schema as JSON; names of enums become texts.
pub fn constant(value: &Value) -> Json {
    match value {
        // No variable stands in a constant: validation has seen to it.
        Value::Null | Value::Variable(_) => Json::Null,
        Value::Enum(name) => Json::from(name.as_str()),
        Value::String(text) => Json::from(text.as_str()),
        Value::Boolean(value) => Json::from(*value),
        Value::Int(number) => number.as_str().parse().map_or(Json::Null, Json::Number),
        Value::Float(number) => number.as_str().parse().map_or(Json::Null, Json::Number),
        Value::List(values) => values.iter().map(|value| constant(value)).collect(),
        Value::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.to_string(), constant(value))).collect())
        }
    }
}
