//! What the validating library leaves open of values (GraphQL, September 2025): exactly one member of a `@oneOf`
//! input, not null (3.10.1, 5.6.5); each member of an input once (5.6.3); and variables wherever they stand only
//! where their type fits, a default of null being none (5.8.5).

use std::collections::HashSet;

use apollo_compiler::ast::{Argument, DirectiveList, Type, Value, VariableDefinition};
use apollo_compiler::executable::{ExecutableDocument, Operation, Selection, SelectionSet};
use apollo_compiler::schema::{InputObjectType, InputValueDefinition, Schema};
use apollo_compiler::{Name, Node};

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

type Member = (Name, Node<Value>);

/// Where a value stands.
#[derive(Clone, Copy)]
struct Position<'a> {
    ty: &'a Type,
    has_default: bool,
}

impl<'a> Position<'a> {
    fn of(ty: &'a Type, has_default: bool) -> Self {
        Self { ty, has_default }
    }

    /// Where an item of a list stands here.
    fn item(self) -> Option<Self> {
        match self.ty {
            Type::List(ty) | Type::NonNullList(ty) => Some(Self { ty, has_default: false }),
            Type::Named(_) | Type::NonNullNamed(_) => None,
        }
    }
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
                self.value(Some(Position::of(&variable.ty, false)), default);
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
                let position = Position::of(&definition.ty, definition.default_value.is_some());
                self.value(Some(position), &argument.value);
            }
        }
    }

    /// Looks at a value; what stands in a scalar of the schema's own has no position of a known type.
    fn value(&mut self, position: Option<Position<'a>>, value: &'a Node<Value>) {
        match value.as_ref() {
            Value::Variable(name) => {
                if let Some(position) = position {
                    self.variable(position, name.as_str(), value);
                }
            }
            Value::List(values) => {
                let inner = position.and_then(Position::item);
                for value in values {
                    self.value(inner, value);
                }
            }
            Value::Object(members) => self.object(position, members, value),
            _ => {}
        }
    }

    fn object(&mut self, position: Option<Position<'a>>, members: &'a [Member], value: &'a Node<Value>) {
        let mut seen = HashSet::new();
        if let Some((name, _)) = members.iter().find(|(name, _)| !seen.insert(name.as_str())) {
            self.fault(value, format!("the field `{name}` is given more than once"));
        }
        // A single value may stand for a list of one.
        let input = position.and_then(|position| self.schema.get_input_object(position.ty.inner_named_type()));
        if let Some(input) = input
            && is_one_of(input)
        {
            self.one_of(input.name.as_str(), members, value);
        }
        for (key, member) in members {
            let definition = input.and_then(|input| input.fields.get(key));
            let position =
                definition.map(|definition| Position::of(&definition.ty, definition.default_value.is_some()));
            self.value(position, member);
        }
    }

    fn variable(&mut self, position: Position<'a>, name: &str, value: &Node<Value>) {
        let Some(variable) = self.variables.iter().find(|variable| variable.name == *name) else { return };
        let has_default = variable.default_value.as_ref().is_some_and(|default| !default.is_null());
        let fits = if position.ty.is_non_null() && (has_default || position.has_default) {
            variable.ty.is_assignable_to(&position.ty.clone().nullable())
        } else {
            variable.ty.is_assignable_to(position.ty)
        };
        if !fits {
            let (is, wanted) = (&variable.ty, position.ty);
            self.fault(value, format!("variable `${name}` of type `{is}` cannot stand where `{wanted}` is expected"));
        }
    }

    fn fault(&mut self, value: &Node<Value>, message: String) {
        let offset = value.location().map(|location| location.offset());
        if self.told.insert(offset.unwrap_or_default()) {
            let place = offset.map(|offset| self.places.at(offset));
            self.faults.push(Refusal::new(Code::GraphqlValidationFailed, message).at(place));
        }
    }

    fn one_of(&mut self, name: &str, members: &[Member], value: &Node<Value>) {
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
        if let Some(fault) = fault {
            self.fault(value, fault);
        }
    }
}
