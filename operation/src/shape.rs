//! The shape of a document, measured in one pass over what was parsed: each fragment is looked at once,
//! however often it is spread, so a kilobyte that expands to millions of fields is refused at once.

use std::collections::HashMap;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Definition, Document, Field, FragmentSpread, Selection, Value};

use crate::limits::{Limit, Limits};
use crate::places::Places;
use crate::refusal::{Code, Refusal, require};

/// What a selection set comes to, once its fragments are expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    fields: u64,
    /// Selections, arguments and values of all kinds: what a validator looks at, for each operation anew.
    nodes: u64,
    aliases: u64,
    introspections: u64,
    /// Lists of the schema's description within each other: here, and within `__schema` and `__type` found here.
    listing: u64,
    listed: u64,
    /// Fields that stand at the top of the set.
    top: u64,
    /// Fields within fields.
    depth: u64,
    /// Selection sets within selection sets.
    nesting: u64,
}

impl Measure {
    fn add(&mut self, other: Self) {
        self.fields = self.fields.saturating_add(other.fields);
        self.nodes = self.nodes.saturating_add(other.nodes);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.introspections = self.introspections.saturating_add(other.introspections);
        self.listing = self.listing.max(other.listing);
        self.listed = self.listed.max(other.listed);
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
    }
}

/// Refuses a document that is larger than the limits allow, or whose fragments spread themselves: a validator may
/// walk in such a circle for long.
pub fn require_bounded(document: &Document, limits: &Limits, places: &Places) -> Result<(), Refusal> {
    let mut survey = Survey { limits, places, fragments: HashMap::new(), measured: HashMap::new() };
    let (mut operations, mut fragments) = (0, 0);
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(_) => operations += 1,
            Definition::FragmentDefinition(fragment) => {
                fragments += 1;
                survey.fragments.entry(fragment.name.as_str()).or_insert(&fragment.selection_set);
            }
            // Validation says that it does not belong here.
            _ => {}
        }
    }
    require(Limit::Operations, limits, operations)?;
    require(Limit::Fragments, limits, fragments)?;

    let mut whole = Measure::default();
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                survey.directives(operation.directives.len())?;
                require(Limit::Variables, limits, operation.variables.len() as u64)?;
                for variable in &operation.variables {
                    survey.directives(variable.directives.len())?;
                }
                let measure = survey.selection_set(&operation.selection_set, 0, 0)?;
                require(Limit::RootFields, limits, measure.top)?;
                whole.add(measure);
            }
            Definition::FragmentDefinition(fragment) => {
                survey.directives(fragment.directives.len())?;
                // Also those that nothing spreads: validation walks them too.
                survey.fragment(fragment.name.as_str(), None, 0, 0)?;
            }
            _ => {}
        }
    }
    require(Limit::Fields, limits, whole.fields)?;
    require(Limit::Tokens, limits, whole.nodes)?;
    require(Limit::Aliases, limits, whole.aliases)?;
    require(Limit::IntrospectionFields, limits, whole.introspections)?;
    require(Limit::IntrospectionDepth, limits, whole.listed)
}

/// What a field comes to whose selection comes to `within`.
fn of_field(field: &Field, mut within: Measure) -> Measure {
    within.fields = within.fields.saturating_add(1);
    within.nodes = within.nodes.saturating_add(arguments(&field.arguments));
    within.aliases = within.aliases.saturating_add(u64::from(field.alias.is_some()));
    match field.name.as_str() {
        "__schema" | "__type" => {
            within.introspections = within.introspections.saturating_add(1);
            within.listed = within.listed.max(std::mem::take(&mut within.listing));
        }
        "fields" | "interfaces" | "possibleTypes" | "inputFields" | "args" => within.listing += 1,
        _ => {}
    }
    within.depth += 1;
    within.nesting += 1;
    within
}

fn directives(selection: &Selection) -> u64 {
    let directives = match selection {
        Selection::Field(field) => &field.directives,
        Selection::InlineFragment(inline) => &inline.directives,
        Selection::FragmentSpread(spread) => &spread.directives,
    };
    directives.iter().map(|directive| 1 + arguments(&directive.arguments)).sum()
}

fn arguments(arguments: &[Node<Argument>]) -> u64 {
    arguments.iter().map(|argument| values(&argument.value)).sum()
}

/// The values in a value; its brackets are bounded, and with them this recursion.
fn values(value: &Value) -> u64 {
    match value {
        Value::List(inner) => 1 + inner.iter().map(|value| values(value)).sum::<u64>(),
        Value::Object(members) => 1 + members.iter().map(|(_, value)| values(value)).sum::<u64>(),
        _ => 1,
    }
}

struct Survey<'a> {
    limits: &'a Limits,
    places: &'a Places,
    fragments: HashMap<&'a str, &'a [Selection]>,
    /// What each fragment comes to; nothing while it is being measured.
    measured: HashMap<&'a str, Option<Measure>>,
}

impl<'a> Survey<'a> {
    /// Measures a set that lies `depth` fields and `nesting` sets deep. Both are bounded on the way down,
    /// and with them the depth of this recursion.
    fn selection_set(&mut self, set: &'a [Selection], depth: u64, nesting: u64) -> Result<Measure, Refusal> {
        require(Limit::Depth, self.limits, depth)?;
        require(Limit::Nesting, self.limits, nesting)?;
        let mut whole = Measure::default();
        for selection in set {
            whole.nodes = whole.nodes.saturating_add(1 + directives(selection));
            match selection {
                Selection::Field(field) => {
                    self.directives(field.directives.len())?;
                    let within = self.selection_set(&field.selection_set, depth + 1, nesting + 1)?;
                    whole.add(of_field(field, within));
                    whole.top = whole.top.saturating_add(1);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(inline.directives.len())?;
                    let mut within = self.selection_set(&inline.selection_set, depth, nesting + 1)?;
                    within.nesting += 1;
                    whole.add(within);
                    whole.top = whole.top.saturating_add(within.top);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(spread.directives.len())?;
                    let mut within = self.fragment(spread.fragment_name.as_str(), Some(spread), depth, nesting + 1)?;
                    within.nesting += 1;
                    whole.add(within);
                    whole.top = whole.top.saturating_add(within.top);
                }
            }
        }
        Ok(whole)
    }

    fn fragment(
        &mut self,
        name: &str,
        spread: Option<&Node<FragmentSpread>>,
        depth: u64,
        nesting: u64,
    ) -> Result<Measure, Refusal> {
        // An unknown fragment is for validation to report.
        let Some((name, set)) = self.fragments.get_key_value(name).map(|(name, set)| (*name, *set)) else {
            return Ok(Measure::default());
        };
        if let Some(measured) = self.measured.get(name) {
            let Some(measure) = *measured else {
                let message = format!("The fragment `{name}` spreads itself, directly or through others.");
                let place = spread.and_then(|spread| spread.location()).map(|span| self.places.at(span.offset()));
                return Err(Refusal::new(Code::GraphqlValidationFailed, message).at(place));
            };
            require(Limit::Depth, self.limits, depth.saturating_add(measure.depth))?;
            require(Limit::Nesting, self.limits, nesting.saturating_add(measure.nesting))?;
            return Ok(measure);
        }
        self.measured.insert(name, None);
        let measure = self.selection_set(set, depth, nesting)?;
        self.measured.insert(name, Some(measure));
        Ok(measure)
    }

    fn directives(&self, found: usize) -> Result<(), Refusal> {
        require(Limit::Directives, self.limits, found as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(text: &str, limits: &Limits) -> Option<(Limit, u64)> {
        refused(text, limits).and_then(|refusal| refusal.exceeded).map(|e| (e.limit, e.found))
    }

    fn refused(text: &str, limits: &Limits) -> Option<Refusal> {
        let document = Document::parse(text, "query").expect("it parses");
        require_bounded(&document, limits, &Places::of(text)).err()
    }

    #[test]
    fn fragments_that_double_are_counted_without_expanding_them() {
        let mut text = String::from("{ ...F0 }");
        for level in 0..30 {
            let next = level + 1;
            text += &format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}");
        }
        text += " fragment F30 on Query { a }";
        assert_eq!(exceeded(&text, &Limits::default()), Some((Limit::RootFields, 1 << 30)));
        let nested = text.replace("{ ...F0 }", "{ b { ...F0 } }");
        assert_eq!(exceeded(&nested, &Limits::default()), Some((Limit::Fields, (1 << 30) + 1)));
    }

    #[test]
    fn depth_is_counted_through_fragments_that_were_measured_before() {
        let limits = Limits::default().with(Limit::Depth, 3);
        let text = "{ a { b } ...F c { d { ...F } } } fragment F on Query { e { f } }";
        assert_eq!(exceeded(text, &limits), Some((Limit::Depth, 4)));
        assert_eq!(exceeded("{ a { b { c } } }", &limits), None);
        assert_eq!(exceeded("{ a { b { c { d } } } }", &limits), Some((Limit::Depth, 4)));
        let long = Limits::default().with(Limit::Nesting, 3);
        let chain =
            "{ ...A } fragment A on Q { ...B } fragment B on Q { ...C } fragment C on Q { ...D } fragment D on Q { a }";
        assert_eq!(exceeded(chain, &long), Some((Limit::Nesting, 4)));
    }

    #[test]
    fn everything_that_repeats_is_counted() {
        let limits = Limits::default()
            .with(Limit::Aliases, 1)
            .with(Limit::Directives, 1)
            .with(Limit::RootFields, 3)
            .with(Limit::Operations, 1)
            .with(Limit::Fragments, 1)
            .with(Limit::Variables, 1);
        let limit = |text: &str| exceeded(text, &limits).map(|(limit, _)| limit);
        assert_eq!(limit("{ a b ... { c } }"), None);
        assert_eq!(limit("{ x: a y: __typename }"), Some(Limit::Aliases));
        assert_eq!(limit("{ a @x @y }"), Some(Limit::Directives));
        assert_eq!(limit("{ a b ... { c d } }"), Some(Limit::RootFields));
        assert_eq!(limit("query A { a } query B { a }"), Some(Limit::Operations));
        assert_eq!(limit("fragment A on Q { a } fragment B on Q { a }"), Some(Limit::Fragments));
        assert_eq!(limit("query A($a: Int $b: Int) { a }"), Some(Limit::Variables));
        assert_eq!(limit("{ __schema { a } s: __schema { a } }"), None);
        let few = limits.with(Limit::IntrospectionFields, 1);
        assert_eq!(exceeded("{ __schema { a } s: __schema { a } }", &few), Some((Limit::IntrospectionFields, 2)));
        let circle = "{ __schema { types { fields { type { ...F } } } } } fragment F on __Type { fields { args { fields { a } } } }";
        assert_eq!(exceeded(circle, &Limits::default()), Some((Limit::IntrospectionDepth, 4)));
        assert_eq!(exceeded("{ fields { fields { fields { fields { a } } } } }", &Limits::default()), None);
    }

    #[test]
    fn what_each_operation_brings_to_validation_is_counted() {
        let few = Limits::default().with(Limit::Tokens, 22);
        let text = "query A { ...F } query B { ...F } fragment F on Q { a(b: [1 2 {c: 3}]) @d(e: [4]) ...G }";
        // For each operation: the spread, the field, a list with two numbers and an object with one, a directive with
        // a list of one, and a spread that leads nowhere.
        assert_eq!(exceeded(text, &few), None);
        assert_eq!(exceeded(&format!("{text} query C {{ ...F }}"), &few), Some((Limit::Tokens, 33)));
        let mut nothing = String::from("{ ...F0 }");
        for level in 0..30 {
            let next = level + 1;
            nothing += &format!(" fragment F{level} on Query {{ ...F{next} ...F{next} }}");
        }
        assert_eq!(exceeded(&nothing, &Limits::default()), Some((Limit::Tokens, (1 << 31) - 1)));
    }

    #[test]
    fn a_circle_of_fragments_ends_at_once_and_unknown_ones_are_left_to_validation() {
        let limits = Limits::default();
        assert_eq!(refused("{ ...A } fragment A on Q { a ...C ...C }", &limits), None);
        for text in [
            "{ ...A } fragment A on Q { a ...B } fragment B on Q { b { ...A } }",
            "{ a } fragment A on Q { a ...B } fragment B on Q { b { ...A } }",
        ] {
            let refusal = refused(text, &limits).expect("it is refused");
            assert_eq!(refusal.code, Code::GraphqlValidationFailed);
            assert_eq!(refusal.message, "The fragment `A` spreads itself, directly or through others.");
            let place = Places::of(text).at(text.rfind("...A").expect("it is there"));
            assert_eq!(refusal.places, [place]);
        }
        assert!(refused("{ ...A } fragment A on Q { ...A }", &limits).is_some());
    }
}
