//! An operation made plain for an executor: fragments spread, `@skip` and `@include` decided, variables filled in,
//! equal fields merged (GraphQL, 6.3.2), so that each is resolved once. What is left are fields, constants,
//! and type conditions where the type is known only when the answer is made.

use std::cell::Cell;
use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{self, DirectiveList};
use apollo_compiler::executable::{ExecutableDocument, Field, Operation, Selection, SelectionSet};
use apollo_compiler::parser::SourceSpan;
use apollo_compiler::schema::Schema;
use async_graphql_parser::types as plain;
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{Name, Number, Value};
use serde_json::{Map, Value as Json};

use crate::coerce::{NUL, constant, holds_nul};
use crate::cost::{Cost, Size, Weights};
use crate::introspection;
use crate::limits::{Limit, Limits};
use crate::places::Places;
use crate::refusal::{Code, Refusal};

/// What an operation is made plain by.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// What objects of some types count for.
    pub weights: &'a Weights,
    /// The limits.
    pub limits: &'a Limits,
}

/// The operation for the executor, and what it costs.
pub fn of(
    by: By<'_>,
    document: &ExecutableDocument,
    operation: &Node<Operation>,
    variables: &Map<String, Json>,
    places: &Places,
) -> Result<(plain::ExecutableDocument, Cost), Refusal> {
    let By { schema, weights, limits } = by;
    let most_filled_in = limits.most(Limit::VariablesBytes).saturating_mul(COPIES);
    let plainer = Plainer { schema, weights, document, variables, places, most_filled_in, filled_in: Cell::new(0) };
    let (selection_set, cost) = plainer.selection_set(&[&operation.selection_set], Size::ROOT)?;
    let filled_in = plainer.filled_in.get();
    if filled_in > plainer.most_filled_in {
        return Err(Refusal::exceeded(Limit::VariablesBytes, limits, filled_in));
    }
    let definition = plain::OperationDefinition {
        ty: match operation.operation_type {
            ast::OperationType::Query => plain::OperationType::Query,
            ast::OperationType::Mutation => plain::OperationType::Mutation,
            ast::OperationType::Subscription => plain::OperationType::Subscription,
        },
        variable_definitions: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(selection_set, plainer.place(operation.location())),
    };
    let place = plainer.place(operation.location());
    let operations = plain::DocumentOperations::Single(Positioned::new(definition, place));
    Ok((plain::ExecutableDocument { operations, fragments: HashMap::new() }, cost))
}

/// How often all variables together may stand somewhere, where they are as long as they may be; each use is a copy.
const COPIES: u64 = 4;

struct Plainer<'a> {
    schema: &'a Schema,
    weights: &'a Weights,
    document: &'a ExecutableDocument,
    variables: &'a Map<String, Json>,
    places: &'a Places,
    /// The bytes that filled in variables may come to.
    most_filled_in: u64,
    /// The bytes of the variables that were filled in.
    filled_in: Cell<u64>,
}

/// What a selection set comes to, in the order of the answer.
enum Item<'a> {
    /// A field, and every selection under its response key.
    Field { field: &'a Node<Field>, sets: Vec<&'a SelectionSet> },
    /// What holds for one type only.
    On { condition: &'a str, at: Option<SourceSpan>, set: &'a SelectionSet },
}

#[derive(Default)]
struct Collected<'a> {
    items: Vec<Item<'a>>,
    /// Where in `items` each response key stands.
    keys: HashMap<&'a str, usize>,
}

impl<'a> Plainer<'a> {
    fn selection_set(&self, sets: &[&'a SelectionSet], size: Size) -> Result<(plain::SelectionSet, Cost), Refusal> {
        let mut collected = Collected::default();
        for set in sets {
            self.collect(set, set.ty.as_str(), &mut collected)?;
        }
        let mut items = Vec::with_capacity(collected.items.len());
        let mut whole = Cost::default();
        for item in collected.items {
            let (selection, at, cost) = match item {
                Item::Field { field, sets } => {
                    let at = self.place(field.location());
                    let (selection, cost) = self.field(field, &sets, size, at)?;
                    (selection, at, cost)
                }
                Item::On { condition, at, set } => {
                    let at = self.place(at);
                    let (selection_set, cost) = self.selection_set(&[set], size)?;
                    let on = Positioned::new(Name::new(condition), at);
                    let inline = plain::InlineFragment {
                        type_condition: Some(Positioned::new(plain::TypeCondition { on }, at)),
                        directives: Vec::new(),
                        selection_set: Positioned::new(selection_set, at),
                    };
                    (plain::Selection::InlineFragment(Positioned::new(inline, at)), at, cost)
                }
            };
            whole = whole.and(cost);
            items.push(Positioned::new(selection, at));
        }
        Ok((plain::SelectionSet { items }, whole))
    }

    fn collect(&self, set: &'a SelectionSet, parent: &str, collected: &mut Collected<'a>) -> Result<(), Refusal> {
        for selection in &set.selections {
            if self.is_left_out(selection.directives())? {
                continue;
            }
            match selection {
                Selection::Field(field) => {
                    let next = collected.items.len();
                    let at = *collected.keys.entry(field.response_key().as_str()).or_insert(next);
                    match collected.items.get_mut(at) {
                        Some(Item::Field { sets, .. }) => sets.push(&field.selection_set),
                        _ => collected.items.push(Item::Field { field, sets: vec![&field.selection_set] }),
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.type_condition.as_ref().map(|condition| condition.as_str());
                    self.spread(condition, &inline.selection_set, inline.location(), parent, collected)?;
                }
                Selection::FragmentSpread(spread) => {
                    // Validation has seen that it exists.
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        let condition = Some(fragment.type_condition().as_str());
                        self.spread(condition, &fragment.selection_set, spread.location(), parent, collected)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn spread(
        &self,
        condition: Option<&'a str>,
        set: &'a SelectionSet,
        at: Option<SourceSpan>,
        parent: &str,
        collected: &mut Collected<'a>,
    ) -> Result<(), Refusal> {
        match condition {
            Some(condition) if condition != parent && !self.schema.is_subtype(condition, parent) => {
                collected.items.push(Item::On { condition, at, set });
                Ok(())
            }
            _ => self.collect(set, parent, collected),
        }
    }

    fn field(
        &self,
        field: &'a Node<Field>,
        sets: &[&'a SelectionSet],
        parent: Size,
        at: Pos,
    ) -> Result<(plain::Selection, Cost), Refusal> {
        let size = Size::of(self.schema, field, parent, self.variables);
        let (selection_set, within) = self.selection_set(sets, size)?;
        for argument in &field.arguments {
            if holds_nul(&constant(&argument.value)) {
                let refusal = Refusal::new(Code::BadUserInput, format!("`{}` holds {NUL}", argument.name));
                return Err(refusal.at(argument.location().map(|location| self.places.at(location.offset()))));
            }
        }
        let positioned = |name: &str| Positioned::new(Name::new(name), at);
        let arguments = field.arguments.iter().filter_map(|argument| {
            let place = self.place(argument.location());
            let value = self.value(&argument.value)?;
            Some((Positioned::new(Name::new(&argument.name), place), Positioned::new(value, place)))
        });
        let answered = plain::Field {
            alias: field.alias.as_ref().map(|alias| positioned(alias)),
            name: positioned(&field.name),
            arguments: arguments.collect(),
            directives: Vec::new(),
            selection_set: Positioned::new(selection_set, at),
        };
        let cost = introspection::cost(self.schema, &answered)
            .unwrap_or_else(|| size.cost(self.schema, self.weights, field, within));
        Ok((plain::Selection::Field(Positioned::new(answered, at)), cost))
    }

    /// Whether `@skip` or `@include` leaves a selection out.
    fn is_left_out(&self, directives: &DirectiveList) -> Result<bool, Refusal> {
        for directive in directives.iter() {
            let leaves_out = match directive.name.as_str() {
                "skip" => true,
                "include" => false,
                _ => continue,
            };
            let Some(condition) = directive.specified_argument_by_name("if") else { continue };
            let condition = match condition.as_ref() {
                ast::Value::Boolean(condition) => *condition,
                ast::Value::Variable(name) => match self.variables.get(name.as_str()) {
                    Some(Json::Bool(condition)) => *condition,
                    _ => return Err(self.undecided(directive, name)),
                },
                _ => continue,
            };
            if condition == leaves_out {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A variable with a default may still be given as null.
    fn undecided(&self, directive: &Node<ast::Directive>, variable: &str) -> Refusal {
        let message = format!("`${variable}` is null, and @{} wants true or false.", directive.name);
        let mut refusal = Refusal::new(Code::BadUserInput, message);
        refusal.path = Some(format!("variables.{variable}"));
        refusal.at(directive.location().map(|location| self.places.at(location.offset())))
    }

    /// The value with its variables filled in; nothing for a variable that is absent.
    fn value(&self, value: &ast::Value) -> Option<Value> {
        Some(match value {
            ast::Value::Null => Value::Null,
            ast::Value::Enum(name) => Value::Enum(Name::new(name)),
            ast::Value::Variable(name) => {
                let value = self.variables.get(name.as_str())?;
                if self.filled_in.get() > self.most_filled_in {
                    // The whole is refused in the end.
                    return None;
                }
                self.filled_in.set(self.filled_in.get() + bytes(value));
                async_graphql_value::ConstValue::from_json(value.clone()).map_or(Value::Null, Value::from)
            }
            ast::Value::String(text) => Value::String(text.clone()),
            ast::Value::Boolean(value) => Value::Boolean(*value),
            ast::Value::Int(number) => number_of(number.as_str()),
            ast::Value::Float(number) => number_of(number.as_str()),
            // In a list, a variable that is absent stands for null.
            ast::Value::List(values) => {
                Value::List(values.iter().map(|value| self.value(value).unwrap_or(Value::Null)).collect())
            }
            ast::Value::Object(members) => Value::Object(
                members.iter().filter_map(|(name, value)| Some((Name::new(name), self.value(value)?))).collect(),
            ),
        })
    }

    fn place(&self, location: Option<SourceSpan>) -> Pos {
        let place = self.places.at(location.map_or(0, |location| location.offset()));
        Pos { line: place.line, column: place.column }
    }
}

/// What a value takes, about.
fn bytes(value: &Json) -> u64 {
    16 + match value {
        Json::String(text) => text.len() as u64,
        Json::Array(values) => values.iter().map(bytes).sum(),
        Json::Object(members) => members.iter().map(|(name, value)| name.len() as u64 + bytes(value)).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    }
}

/// Any number that the grammar allows; one that no number type holds is null, which no type of a number takes.
fn number_of(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}
