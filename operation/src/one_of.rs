//! The rule of `@oneOf` inputs (GraphQL, September 2025, 3.10.1), which the validating library does not know yet:
//! exactly one member, not null; and a variable given to it may not be null either.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, DirectiveList, Type, Value, VariableDefinition};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::schema::{ExtendedType, InputObjectType, InputValueDefinition, Schema};

use crate::places::Places;
use crate::refusal::{Code, Refusal};

/// Whether exactly one member may be given.
pub fn is_one_of(input: &InputObjectType) -> bool {
    input.directives.has("oneOf")
}

/// What breaks the rule in a document that is otherwise valid.
pub fn faults(schema: &Schema, document: &ExecutableDocument, places: &Places) -> Vec<Refusal> {
    let mut search = Search {
        schema,
        document,
        places,
        variables: &[],
        seen: HashSet::new(),
        faults: Vec::new(),
        told: HashSet::new(),
    };
    for operation in document.operations.iter() {
        search.operation(operation);
    }
    search.faults
}

struct Search<'a> {
    schema: &'a Schema,
    document: &'a ExecutableDocument,
    places: &'a Places,
    variables: &'a [Node<VariableDefinition>],
    /// The fragments that were walked for this operation.
    seen: HashSet<&'a str>,
    faults: Vec<Refusal>,
    /// The offsets that a fault names already: operations share fragments.
    told: HashSet<usize>,
}

impl<'a> Search<'a> {
    fn operation(&mut self, operation: &'a Operation) {
        self.variables = &operation.variables;
        self.seen.clear();
        self.directives(&operation.directives);
        for variable in &operation.variables {
            if let Some(default) = &variable.default_value {
                self.value(&variable.ty, default);
            }
        }
        self.selection_set(&operation.selection_set);
    }

    fn selection_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.definition.arguments, &field.arguments);
                    self.directives(&field.directives);
                    self.selection_set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives);
                    self.selection_set(&inline.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    if self.seen.insert(spread.fragment_name.as_str())
                        && let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                    {
                        self.directives(&fragment.directives);
                        self.selection_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&definition.arguments, &directive.arguments);
            }
        }
    }

    fn arguments(&mut self, definitions: &'a [Node<InputValueDefinition>], arguments: &'a [Node<Argument>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|definition| definition.name == argument.name) {
                self.value(&definition.ty, &argument.value);
            }
        }
    }

    fn value(&mut self, ty: &'a Type, value: &'a Node<Value>) {
        match (value.as_ref(), ty) {
            (Value::List(values), Type::List(inner) | Type::NonNullList(inner)) => {
                for value in values {
                    self.value(inner, value);
                }
            }
            // A single value may stand for a list of one.
            (Value::Object(_), Type::List(inner) | Type::NonNullList(inner)) => self.value(inner, value),
            (Value::Object(members), Type::Named(name) | Type::NonNullNamed(name)) => {
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(name) else { return };
                if is_one_of(input) {
                    self.one_of(name.as_str(), members, value);
                }
                for (key, member) in members {
                    if let Some(definition) = input.fields.get(key) {
                        self.value(&definition.ty, member);
                    }
                }
            }
            _ => {}
        }
    }

    fn one_of(&mut self, name: &str, members: &[(apollo_compiler::Name, Node<Value>)], value: &Node<Value>) {
        let fault = match members {
            [(key, member)] => match member.as_ref() {
                Value::Null => Some(format!("`{name}.{key}` must not be null.")),
                Value::Variable(variable) => self
                    .variables
                    .iter()
                    .find(|definition| definition.name == *variable)
                    .filter(|definition| !definition.ty.is_non_null())
                    .map(|definition| {
                        let (ty, key) = (&definition.ty, key.as_str());
                        format!(
                            "The variable `${variable}` of type `{ty}` must be `{ty}!` to be given to `{name}.{key}`."
                        )
                    }),
                _ => None,
            },
            _ => Some(format!("`{name}` takes exactly one of its fields; {} are given.", members.len())),
        };
        let Some(fault) = fault else { return };
        let offset = value.location().map(|location| location.offset());
        if self.told.insert(offset.unwrap_or_default()) {
            let place = offset.map(|offset| self.places.at(offset));
            self.faults.push(Refusal::new(Code::GraphqlValidationFailed, fault).at(place));
        }
    }
}
