//! The way of a question from text to something that can be executed, and what is kept of it for the next time.

use std::sync::Arc;

use apollo_compiler::ast::{Definition, DirectiveList, Document, FieldDefinition};
use apollo_compiler::diagnostic::{Diagnostic, ToCliReport as _};
use apollo_compiler::executable::{ExecutableDocument, Operation};
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::{Component, ExtendedType, Schema};
use apollo_compiler::validation::{DiagnosticData, DiagnosticList, Valid};
use apollo_compiler::{Node, name, ty};
use async_graphql_parser::types as plain;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde_json::{Map, Value as Json};

use crate::cost::Weights;
use crate::limits::{Limit, Limits};
use crate::places::Places;
use crate::plain::By;
use crate::refusal::{Code, Refusal, require};
use crate::selected::{self, Selected};
use crate::{coerce, grammar, inputs, merging, plain as made_plain, shape, suggest, text};

/// What a client asks.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// The document.
    pub query: String,
    /// Which operation of it, if there are several.
    pub operation_name: Option<String>,
    /// The variables, as they came.
    pub variables: Map<String, Json>,
    /// Whether nothing may be done: others may repeat a GET.
    pub reads_only: bool,
}

/// What is open to the asker beyond the library itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Openness {
    /// Whether `__schema` and `__type` are answered.
    pub introspection: bool,
    /// Whether an error says what may have been meant.
    pub suggestions: bool,
}

/// The kind of an operation.
pub use apollo_compiler::executable::OperationType as Kind;

/// A question that may be executed.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// The one operation, without fragments, directives or variables.
    pub document: plain::ExecutableDocument,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: Option<String>,
    /// The objects that its page sizes allow for.
    pub cost: u64,
    /// Its variables with their defaults, and no others.
    pub variables: Map<String, Json>,
}

/// A schema and its limits: what a question is held against.
pub struct Rules {
    schema: Valid<Schema>,
    limits: Limits,
    weights: Weights,
    known: Cache<Box<str>, Arc<Known>, Bytes>,
}

/// A document that was found valid.
struct Known {
    document: Valid<ExecutableDocument>,
    places: Places,
}

#[derive(Clone)]
struct Bytes;

/// What a parsed document takes, for each byte of its text; measured, rounded up.
const BYTES_A_BYTE: u64 = 40;
/// What all kept documents may take.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

impl Weighter<Box<str>, Arc<Known>> for Bytes {
    fn weight(&self, text: &Box<str>, _: &Arc<Known>) -> u64 {
        (text.len() as u64 + 100) * BYTES_A_BYTE
    }
}

impl Rules {
    /// Reads a schema.
    ///
    /// # Errors
    /// What is wrong with the schema's text.
    pub fn new(sdl: &str, limits: Limits) -> Result<Self, String> {
        let mut schema = Schema::parse(sdl, "schema").map_err(|faults| faults.errors.to_string())?;
        complete(&mut schema);
        let schema = schema.validate().map_err(|faults| faults.errors.to_string())?;
        let known = Cache::with_weighter(1_000, KEPT_BYTES, Bytes);
        Ok(Self { schema, limits, weights: Weights::new(), known })
    }

    /// The same rules, where an object of these types counts for more than one.
    #[must_use]
    pub fn weighing(mut self, weights: &[(&'static str, u64)]) -> Self {
        self.weights.extend(weights.iter().copied());
        self
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Holds a question against the rules.
    ///
    /// # Errors
    /// Why it is not executed; never none, and never more than the limit on errors.
    pub fn admit(&self, question: &Question, open: Openness) -> Result<Admitted, Vec<Refusal>> {
        let known = self.document(question, open)?;
        let operation = self.operation(&known, question.operation_name.as_deref())?;
        if question.reads_only && operation.operation_type == Kind::Mutation {
            return Err(vec![not_by_get()]);
        }
        if !open.introspection {
            refuse_introspection(&known, operation)?;
        }
        let schema: &Schema = &self.schema;
        let by = By { schema, weights: &self.weights, limits: &self.limits };
        let variables = coerce::variables(schema, operation, &question.variables, self.most_errors())?;
        let (document, cost) = made_plain::of(by, &known.document, operation, &variables, &known.places)
            .map_err(|refusal| vec![refusal])?;
        require(Limit::Cost, &self.limits, cost.objects).map_err(|refusal| vec![refusal])?;
        require(Limit::Values, &self.limits, cost.values).map_err(|refusal| vec![refusal])?;
        let name = operation.name.as_ref().map(|name| name.to_string());
        Ok(Admitted { document, kind: operation.operation_type, name, cost: cost.objects, variables })
    }

    /// Which fields a document with one operation selects.
    ///
    /// # Errors
    /// Why it would not be executed, as far as that can be told without its variables.
    pub fn selected(&self, query: &str) -> Result<Selected, Vec<Refusal>> {
        let question = Question { query: query.to_owned(), ..Question::default() };
        let known = self.document(&question, Openness { introspection: false, suggestions: true })?;
        if known.document.operations.len() != 1 {
            return Err(vec![Refusal::new(
                Code::BadRequest,
                "The document has several operations; give each by itself.",
            )]);
        }
        let operation = self.operation(&known, None)?;
        refuse_introspection(&known, operation)?;
        Ok(Selected {
            kind: operation.operation_type,
            name: operation.name.as_ref().map(|name| name.to_string()),
            fields: selected::fields(&self.schema, &known.document),
        })
    }

    fn document(&self, question: &Question, open: Openness) -> Result<Arc<Known>, Vec<Refusal>> {
        let query = question.query.as_str();
        if let Some(known) = self.known.get(query) {
            return Ok(known);
        }
        text::require_bounded(query, &self.limits).map_err(|refusal| vec![refusal])?;
        let known = Arc::new(self.read(question, open)?);
        self.known.insert(query.into(), known.clone());
        Ok(known)
    }

    /// Parses, bounds and validates.
    fn read(&self, question: &Question, open: Openness) -> Result<Known, Vec<Refusal>> {
        let query = question.query.as_str();
        let nesting = usize::try_from(self.limits.most(Limit::Nesting)).unwrap_or(usize::MAX);
        let mut parser = Parser::new().recursion_limit(nesting.saturating_mul(4).max(100));
        let places = Places::of(query);
        let prepared = grammar::prepared(query, &places).map_err(|refusal| vec![refusal])?;
        let document = parser.parse_ast(prepared, "query").map_err(|faults| {
            // What follows the first fault is mostly its echo.
            refusals(Code::GraphqlParseFailed, &faults.errors, 1, &places)
        })?;
        shape::require_bounded(&document, &self.limits, &places).map_err(|refusal| vec![refusal])?;
        if question.reads_only && !only_reads(&document, question.operation_name.as_deref()) {
            return Err(vec![not_by_get()]);
        }
        // What cannot be built whole is merged all the same by the validator.
        let built = document.to_executable(&self.schema).unwrap_or_else(|faults| faults.partial);
        merging::require_bounded(&self.schema, &built, &self.limits).map_err(|refusal| vec![refusal])?;
        let document = document.to_executable_validate(&self.schema).map_err(|faults| {
            let mut refusals = refusals(Code::GraphqlValidationFailed, &faults.errors, self.most_errors(), &places);
            if open.suggestions {
                refusals.iter_mut().for_each(|refusal| self.suggest(refusal));
            }
            refusals
        })?;
        let faults = inputs::faults(&self.schema, &document, &places);
        if faults.is_empty() { Ok(Known { document, places }) } else { Err(self.bounded(faults)) }
    }

    fn operation<'a>(&self, known: &'a Known, name: Option<&str>) -> Result<&'a Node<Operation>, Vec<Refusal>> {
        known.document.operations.get(name).map_err(|_| {
            let message = match name {
                Some(name) if name.len() <= 100 => format!("The document has no operation named `{name}`."),
                Some(_) => "The document has no operation of this name.".to_owned(),
                None => "The document has several operations; say which with `operationName`.".to_owned(),
            };
            vec![Refusal::new(Code::BadRequest, message)]
        })
    }

    /// Adds what may have been meant to the refusal of an unknown field.
    fn suggest(&self, refusal: &mut Refusal) {
        let words: Vec<&str> = refusal.message.split('`').collect();
        if let ["type ", type_name, " does not have a field ", name, ""] = words[..]
            && let Some(near) = suggest::field(&self.schema, type_name, name)
        {
            refusal.message = format!("{}; did you mean `{near}`?", refusal.message);
        }
    }

    /// The first of many.
    fn bounded(&self, mut refusals: Vec<Refusal>) -> Vec<Refusal> {
        refusals.truncate(self.most_errors());
        refusals
    }

    fn most_errors(&self) -> usize {
        usize::try_from(self.limits.most(Limit::Errors)).unwrap_or(usize::MAX).max(1)
    }
}

/// Adds what the library's description of `__Type` has not yet (GraphQL, September 2025, 4.2.3).
fn complete(schema: &mut Schema) {
    if let Some(ExtendedType::Object(of_types)) = schema.types.get_mut("__Type") {
        let definition = FieldDefinition {
            description: None,
            name: name!(isOneOf),
            arguments: Vec::new(),
            ty: ty!(Boolean),
            directives: DirectiveList::default(),
        };
        of_types.make_mut().fields.insert(name!(isOneOf), Component::new(definition));
    }
}

/// Whether the operation that is asked for does nothing, as far as a document tells that may not be valid.
fn only_reads(document: &Document, name: Option<&str>) -> bool {
    document.definitions.iter().all(|definition| match definition {
        Definition::OperationDefinition(operation) => {
            operation.operation_type != Kind::Mutation
                || name.is_some_and(|name| operation.name.as_ref().is_none_or(|own| own != name))
        }
        _ => true,
    })
}

fn not_by_get() -> Refusal {
    Refusal::new(Code::MethodNotAllowed, "Only queries are answered to GET; send this operation with POST.")
}

/// The first `most` faults.
fn refusals(code: Code, faults: &DiagnosticList, most: usize, places: &Places) -> Vec<Refusal> {
    let refusal = |fault: Diagnostic<'_, DiagnosticData>| {
        let place = fault.error.location().map(|location| places.at(location.offset()));
        Refusal::new(code, in_signs(fault.error.to_string())).at(place)
    };
    faults.iter().take(most).map(refusal).collect()
}

/// The parser's names of signs as the signs themselves.
fn in_signs(message: String) -> String {
    const SIGNS: [(&str, &str); 8] = [
        ("Unexpected <EOF>.", "the document is empty"),
        ("L_CURLY", "`{`"),
        ("R_CURLY", "`}`"),
        ("L_PAREN", "`(`"),
        ("R_PAREN", "`)`"),
        ("L_BRACK", "`[`"),
        ("R_BRACK", "`]`"),
        ("got EOF", "got the end"),
    ];
    let Some(("syntax error", _)) = message.split_once(':') else { return message };
    SIGNS.iter().fold(message, |message, (name, sign)| message.replace(name, sign))
}

fn refuse_introspection(known: &Known, operation: &Operation) -> Result<(), Vec<Refusal>> {
    let asked =
        operation.root_fields(&known.document).find(|field| matches!(field.name.as_str(), "__schema" | "__type"));
    match asked {
        None => Ok(()),
        Some(field) => {
            let message = "Introspection is closed here; the schema is served as a file at /schema.graphql.";
            let place = field.location().map(|location| known.places.at(location.offset()));
            Err(vec![Refusal::new(Code::GraphqlValidationFailed, message).at(place)])
        }
    }
}
