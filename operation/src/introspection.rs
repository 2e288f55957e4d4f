//! What a question about the schema itself costs: the objects and fields that it is answered with, counted exactly.
//!
//! Each selection is counted once for each type, so that a few lists within each other, which may be answered with
//! millions of objects, are refused before they are.

use std::collections::HashMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{DirectiveDefinition, FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::{ExtendedType, Schema};
use async_graphql_parser::types::{Field, Selection, SelectionSet};
use async_graphql_value::Value;

use crate::cost::Cost;

/// What `__schema` or `__type` is answered with; nothing if it is another field.
pub fn cost(schema: &Schema, field: &Field) -> Option<Cost> {
    let itself = Cost { objects: 1, values: 1 };
    let mut count = Count { schema, known: HashMap::new() };
    let set = &field.selection_set.node;
    match field.name.node.as_str() {
        "__schema" => Some(itself.and(count.set(set, Subject::Schema))),
        "__type" => {
            let name = field.arguments.iter().find(|(name, _)| name.node == "name").map(|(_, value)| &value.node);
            let Some(Value::String(name)) = name else { return Some(itself) };
            let known = schema.types.get_key_value(name.as_str()).map(|(name, _)| name);
            Some(known.map_or(itself, |name| itself.and(count.set(set, Subject::Named(name)))))
        }
        _ => None,
    }
}

/// What the schema's description is about.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Schema,
    Named(&'a Name),
    /// A type around another.
    Around(&'a Type),
    /// The list in a type that may not be null.
    ListOf(&'a Type),
    Field(&'a FieldDefinition),
    Input(&'a InputValueDefinition),
    Directive(&'a DirectiveDefinition),
    EnumValue,
}

struct Count<'a> {
    schema: &'a Schema,
    /// What each selection comes to on each named type.
    known: HashMap<(*const SelectionSet, &'a str), Cost>,
}

impl<'a> Count<'a> {
    fn set(&mut self, set: &SelectionSet, subject: Subject<'a>) -> Cost {
        let key = match subject {
            Subject::Named(name) => Some((std::ptr::from_ref(set), name.as_str())),
            _ => None,
        };
        if let Some(known) = key.as_ref().and_then(|key| self.known.get(key)) {
            return *known;
        }
        let mut whole = Cost::default();
        for selection in &set.items {
            let Selection::Field(field) = &selection.node else { continue };
            let inside = &field.node.selection_set.node;
            // What has no selection is no object.
            if inside.items.is_empty() {
                whole = whole.and(Cost { objects: 0, values: 1 });
                continue;
            }
            for next in self.next(subject, field.node.name.node.as_str()) {
                whole = whole.and(Cost { objects: 1, values: 1 }).and(self.set(inside, next));
            }
        }
        if let Some(key) = key {
            self.known.insert(key, whole);
        }
        whole
    }

    /// What a field of a subject leads to.
    fn next(&self, subject: Subject<'a>, field: &str) -> Vec<Subject<'a>> {
        match (subject, field) {
            (Subject::Schema, "types") => self.schema.types.keys().map(Subject::Named).collect(),
            (Subject::Schema, "directives") => {
                self.schema.directive_definitions.values().map(|directive| Subject::Directive(directive)).collect()
            }
            (Subject::Schema, "queryType" | "mutationType" | "subscriptionType") => {
                self.schema.schema_definition.query.iter().map(|root| Subject::Named(&root.name)).collect()
            }
            (Subject::Named(name), field) => self.of_type(name, field),
            (Subject::Around(Type::List(inner)), "ofType") => vec![of(inner)],
            (Subject::Around(Type::NonNullList(inner)), "ofType") => vec![Subject::ListOf(inner)],
            (Subject::Around(Type::NonNullNamed(name)), "ofType") => vec![Subject::Named(name)],
            (Subject::ListOf(inner), "ofType") => vec![of(inner)],
            (Subject::Field(field), "type") => vec![of(&field.ty)],
            (Subject::Field(field), "args") => inputs(field.arguments.iter().map(|input| &**input)),
            (Subject::Directive(directive), "args") => inputs(directive.arguments.iter().map(|input| &**input)),
            (Subject::Input(input), "type") => vec![of(&input.ty)],
            _ => Vec::new(),
        }
    }

    fn of_type(&self, name: &str, field: &str) -> Vec<Subject<'a>> {
        let Some(ty) = self.schema.types.get(name) else { return Vec::new() };
        match (ty, field) {
            (ExtendedType::Object(own), "fields") => own.fields.values().map(|field| Subject::Field(field)).collect(),
            (ExtendedType::Interface(own), "fields") => {
                own.fields.values().map(|field| Subject::Field(field)).collect()
            }
            (ExtendedType::Object(own), "interfaces") => {
                own.implements_interfaces.iter().map(|other| Subject::Named(&other.name)).collect()
            }
            (ExtendedType::Interface(own), "interfaces") => {
                own.implements_interfaces.iter().map(|other| Subject::Named(&other.name)).collect()
            }
            (ExtendedType::Union(own), "possibleTypes") => {
                own.members.iter().map(|other| Subject::Named(&other.name)).collect()
            }
            (ExtendedType::Interface(_), "possibleTypes") => {
                let objects = self.schema.types.iter().filter(|(_, other)| match other {
                    ExtendedType::Object(object) => object.implements_interfaces.contains(name),
                    _ => false,
                });
                objects.map(|(other, _)| Subject::Named(other)).collect()
            }
            (ExtendedType::InputObject(own), "inputFields") => inputs(own.fields.values().map(|input| &***input)),
            (ExtendedType::Enum(own), "enumValues") => vec![Subject::EnumValue; own.values.len()],
            _ => Vec::new(),
        }
    }
}

fn of(ty: &Type) -> Subject<'_> {
    match ty {
        Type::Named(name) => Subject::Named(name),
        around => Subject::Around(around),
    }
}

fn inputs<'a>(inputs: impl Iterator<Item = &'a InputValueDefinition>) -> Vec<Subject<'a>> {
    inputs.map(Subject::Input).collect()
}
