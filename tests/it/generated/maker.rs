//! Makes valid questions from a schema: fields with their arguments, fragments, directives, variables with defaults.
//! Whatever it makes keeps every rule of validation. Of most values it knows as well that the library takes them; a question
//! that has others is doubtful, and for the library to judge.

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use serde_json::{Map, Value as Json, json};

use super::Question;
use super::city::City;
use crate::oracle::deeds::Dice;

/// The most fields of a question.
const FIELDS: usize = 30;
const DEPTH: usize = 7;

/// One question in the making.
pub struct Maker<'a> {
    schema: &'a Schema,
    city: &'a City,
    dice: &'a mut Dice,
    fields: usize,
    names: usize,
    fragments: String,
    definitions: Vec<String>,
    variables: Map<String, Json>,
    /// Whether the library may refuse a value of it.
    doubtful: bool,
}

/// Which noun an identifier must be of, by the input type or field that it is given to; none for any of them.
fn noun(owner: &str, name: &str) -> Option<&'static str> {
    Some(match (owner, name) {
        ("SiteLocator" | "SiteFilter", _) => "site_",
        ("ColumnLocator", _) | (_, "columns" | "feedsFrom") => "column_",
        ("ContentLocator", _) => "content_",
        ("OrganisationLocator" | "OrganisationFilter", _) | (_, "publisher" | "issuer" | "owner" | "steward") => {
            "organisation_"
        }
        ("TagLocator", _) | (_, "anyTags" | "allTags") => "tag_",
        _ => return None,
    })
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// In the document, where a variable may stand for it.
    Document,
    /// In the value or the default of a variable.
    Constant,
}

/// A value in both notations: GraphQL, and JSON, which a variable needs.
struct Made {
    text: String,
    json: Json,
}

impl Made {
    fn of(json: Json) -> Self {
        Self { text: json.to_string(), json }
    }
}

impl<'a> Maker<'a> {
    pub fn new(schema: &'a Schema, city: &'a City, dice: &'a mut Dice) -> Self {
        let (fragments, definitions, variables) = (String::new(), Vec::new(), Map::new());
        Self { schema, city, dice, fields: 0, names: 0, fragments, definitions, variables, doubtful: false }
    }

    /// Makes the question.
    pub fn question(mut self) -> Question {
        let selections = self.selections("Query", DEPTH);
        let definitions = match self.definitions.is_empty() {
            true => String::new(),
            false => format!("({})", self.definitions.join(", ")),
        };
        let begin = match (definitions.is_empty(), self.dice.below(3)) {
            (true, 0) => String::new(),
            (_, 1) => format!("query Made{definitions} "),
            _ => format!("query{definitions} "),
        };
        let query = match self.dice.below(2) {
            0 => format!("{begin}{selections}{}", self.fragments),
            _ => format!("{}{}{selections}", self.fragments, if begin.is_empty() { "query " } else { &begin }),
        };
        Question { query, variables: Json::Object(self.variables), sound: !self.doubtful }
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.dice.below(one_in) == 0
    }

    fn name(&mut self, letter: char) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// A selection set of a type, not empty.
    fn selections(&mut self, ty: &str, depth: usize) -> String {
        let mut text = String::from("{");
        let fields = self.fields_of(ty);
        for _ in 0..=self.dice.below(4) {
            let Some((name, field)) = (!fields.is_empty()).then(|| *self.dice.of(&fields)) else { break };
            if self.fields < FIELDS {
                text += &self.field(name, field, depth);
            }
        }
        let kinds = self.kinds_of(ty);
        if depth > 1 && kinds.len() > 1 && self.chance(2) {
            for _ in 0..=self.dice.below(2) {
                let kind = *self.dice.of(&kinds);
                text += &self.fragment(kind, depth - 1);
            }
        }
        if depth > 1 && self.chance(10) {
            text += &self.fragment(ty, depth - 1);
        }
        if text.len() == 1 || self.chance(12) {
            text += " __typename";
        }
        text + " }"
    }

    fn fields_of(&self, ty: &str) -> Vec<(&'a str, &'a FieldDefinition)> {
        match self.schema.types.get(ty) {
            Some(ExtendedType::Object(object)) => object.fields.iter().map(|(n, f)| (n.as_str(), &***f)).collect(),
            Some(ExtendedType::Interface(own)) => own.fields.iter().map(|(n, f)| (n.as_str(), &***f)).collect(),
            _ => Vec::new(),
        }
    }

    /// The types that a value of this type may have.
    fn kinds_of(&self, ty: &str) -> Vec<&'a str> {
        match self.schema.types.get(ty) {
            Some(ExtendedType::Union(union)) => union.members.iter().map(|member| member.as_str()).collect(),
            Some(ExtendedType::Interface(_)) => {
                let objects = self.schema.types.iter().filter(|(_, other)| {
                    matches!(other, ExtendedType::Object(object) if object.implements_interfaces.contains(ty))
                });
                objects.map(|(name, _)| name.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_leaf(&self, ty: &Type) -> bool {
        self.schema.types.get(ty.inner_named_type()).is_none_or(ExtendedType::is_leaf)
    }

    /// A field under a name of its own, so that no two of them have to agree.
    fn field(&mut self, name: &str, field: &FieldDefinition, depth: usize) -> String {
        let is_leaf = self.is_leaf(&field.ty);
        if !is_leaf && depth == 0 {
            return String::new();
        }
        self.fields += 1;
        let alias = self.name('a');
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let (key, needed) = (argument.name.as_str(), argument.ty.is_non_null() && argument.default_value.is_none());
            let one_in = match key {
                "first" => 1,
                "last" | "before" | "after" | "offset" => 15,
                _ => 3,
            };
            if needed || self.chance(one_in) {
                // Cursors are texts of the server's own, and exclude each other and offsets.
                self.doubtful |= matches!(key, "last" | "before" | "after");
                let value = self.value((name, key), &argument.ty, Place::Document, false);
                arguments.push(format!("{key}: {}", value.text));
            }
        }
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let directives = self.directives();
        let inside = match is_leaf {
            true => String::new(),
            false => self.selections(field.ty.inner_named_type(), depth - 1),
        };
        format!(" {alias}: {name}{arguments}{directives}{inside}")
    }

    /// A fragment, here or in a definition of its own.
    fn fragment(&mut self, ty: &str, depth: usize) -> String {
        let inside = self.selections(ty, depth);
        let directives = self.directives();
        if self.chance(3) {
            let name = self.name('F');
            self.fragments += &format!(" fragment {name} on {ty} {inside} ");
            return format!(" ...{name}{directives}");
        }
        format!(" ... on {ty}{directives} {inside}")
    }

    fn directives(&mut self) -> String {
        if !self.chance(15) {
            return String::new();
        }
        let directive = *self.dice.of(&["skip", "include"]);
        let condition = self.boolean();
        format!(" @{directive}(if: {condition})")
    }

    fn boolean(&mut self) -> String {
        let value = self.chance(2);
        if self.chance(2) {
            return value.to_string();
        }
        // Its default makes it fit where null does not.
        let name = self.name('v');
        match self.dice.below(2) {
            0 => self.definitions.push(format!("${name}: Boolean = {value}")),
            _ => {
                self.definitions.push(format!("${name}: Boolean!"));
                self.variables.insert(name.clone(), json!(value));
            }
        }
        format!("${name}")
    }

    /// A value of a type; `given` where null would not do although the type allows it.
    fn value(&mut self, name: (&str, &str), ty: &Type, place: Place, given: bool) -> Made {
        let needed = ty.is_non_null() || given;
        if place == Place::Document && self.chance(5) {
            return self.variable(name, ty, needed);
        }
        if !needed && self.chance(12) {
            return Made::of(Json::Null);
        }
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => {
                // A single value stands for a list of one; a single variable does not.
                if self.chance(6) {
                    return self.value(name, inner, Place::Constant, true);
                }
                let items: Vec<Made> = (0..self.dice.below(4)).map(|_| self.value(name, inner, place, false)).collect();
                let texts: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
                let text = format!("[{}]", texts.join(", "));
                Made { text, json: items.into_iter().map(|item| item.json).collect() }
            }
            Type::Named(own) | Type::NonNullNamed(own) => self.named(name, own.as_str(), place),
        }
    }

    /// A variable of the same type, with a value, a default, or both.
    fn variable(&mut self, name: (&str, &str), ty: &Type, needed: bool) -> Made {
        let variable = self.name('v');
        let value = self.value(name, ty, Place::Constant, needed);
        let exact = match (needed, ty.is_non_null()) {
            (true, false) => format!("{ty}!"),
            _ => ty.to_string(),
        };
        let text = format!("${variable}");
        match self.dice.below(3) {
            0 => {
                self.definitions.push(format!("{text}: {exact} = {}", value.text));
                if self.chance(2) {
                    let other = self.value(name, ty, Place::Constant, needed);
                    self.variables.insert(variable, other.json);
                }
            }
            _ => {
                self.definitions.push(format!("{text}: {exact}"));
                self.variables.insert(variable, value.json);
            }
        }
        Made { text, json: Json::Null }
    }

    fn named(&mut self, name: (&str, &str), own: &str, place: Place) -> Made {
        match self.schema.types.get(own) {
            Some(ExtendedType::Enum(known)) => {
                let values: Vec<&str> = known.values.keys().map(|value| value.as_str()).collect();
                let value = *self.dice.of(&values);
                Made { text: value.to_owned(), json: json!(value) }
            }
            Some(ExtendedType::InputObject(input)) => {
                let fields: Vec<(&str, &Type, bool)> = input
                    .fields
                    .iter()
                    .map(|(key, field)| {
                        let needed = field.ty.is_non_null() && field.default_value.is_none();
                        (key.as_str(), &*field.ty, needed)
                    })
                    .collect();
                let one_of = input.directives.has("oneOf");
                let only = self.dice.below(fields.len());
                let mut members = Vec::new();
                for (at, (key, ty, needed)) in fields.into_iter().enumerate() {
                    let taken = if one_of { at == only } else { needed || self.chance(6) };
                    if taken {
                        members.push((key.to_owned(), self.value((own, key), ty, place, one_of)));
                    }
                }
                let texts: Vec<String> = members.iter().map(|(key, made)| format!("{key}: {}", made.text)).collect();
                let json = members.into_iter().map(|(key, made)| (key, made.json)).collect();
                Made { text: format!("{{{}}}", texts.join(", ")), json: Json::Object(json) }
            }
            _ => self.scalar(name, own),
        }
    }

    fn scalar(&mut self, (owner, name): (&str, &str), ty: &str) -> Made {
        let text = match ty {
            "Boolean" => return Made::of(json!(self.chance(2))),
            "Float" => return Made::of(json!(self.dice.below(1_000) as f64 / 8.0)),
            "Int" => return self.number(name),
            "ID" if self.chance(20) => {
                self.doubtful = true;
                return Made::of(json!(self.dice.below(1_000)));
            }
            "ID" => self.id(owner, name),
            "Date" => {
                let day = 10 + self.dice.below(22);
                self.doubtful |= day > 28;
                format!("202{}-0{}-{day}", self.dice.below(7), 1 + self.dice.below(9))
            }
            "DateTime" => {
                let hour = 20 + self.dice.below(5);
                self.doubtful |= hour > 23;
                format!("202{}-0{}-11T{hour}:00:00+08:00", self.dice.below(7), 1 + self.dice.below(9))
            }
            _ => {
                let (text, exists) = self.city.text(name, self.dice);
                // Fields to filter by are few.
                self.doubtful |= !exists || name == "key" || ty != "String";
                text
            }
        };
        if self.chance(8) && !text.contains(['\\', '"', '\u{0}', '\r']) && !text.ends_with('"') {
            let json = json!(text.trim_matches(['\n', ' ', '\t']));
            // A block's own white space does not count.
            return Made { text: format!("\"\"\"\n  {text}\n\"\"\""), json };
        }
        Made::of(json!(text))
    }

    /// An identifier, mostly of something that exists and is of the right noun.
    fn id(&mut self, owner: &str, name: &str) -> String {
        let any = matches!((owner, name), ("node", "id") | ("nodes", "ids"));
        let fitting = if self.chance(6) { None } else { self.city.id_of(noun(owner, name), self.dice) };
        match fitting {
            Some(id) if any || noun(owner, name).is_some() => id,
            _ => {
                self.doubtful = true;
                self.city.id(self.dice)
            }
        }
    }

    /// Pages stay small, so that many questions can be asked.
    fn number(&mut self, name: &str) -> Made {
        let number = match (name, self.dice.below(20)) {
            (_, 0) => {
                self.doubtful = true;
                *self.dice.of(&[-1, i64::from(i32::MIN), i64::from(i32::MAX), 101])
            }
            ("first" | "last", roll) => (roll % 4) as i64,
            (_, roll) => (roll * roll) as i64,
        };
        Made::of(json!(number))
    }
}
