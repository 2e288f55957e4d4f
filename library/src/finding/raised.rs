//! What rules found, as they hand it over, and how it becomes the list that people read.
//!
//! The list is bounded and in a fixed order, and each finding has a key by which it is known again.

use std::collections::HashMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::rule::{Rule, Severities};
use super::{Finding, MOST_OF_A_RULE};

/// What a rule found.
#[derive(Debug)]
pub(super) struct Raised {
    rule: Rule,
    path: Vec<String>,
    place: Option<Range<usize>>,
    excerpt: Option<String>,
    message: String,
    suggestion: Option<String>,
}

impl Raised {
    pub(super) fn new(rule: Rule, path: &[String], message: impl Into<String>) -> Self {
        Self { rule, path: path.to_vec(), place: None, excerpt: None, message: message.into(), suggestion: None }
    }

    /// Where it stands in the text of its field, in characters, and what stands there.
    pub(super) fn at(self, place: Range<usize>, excerpt: impl Into<String>) -> Self {
        Self { place: Some(place), excerpt: Some(excerpt.into()), ..self }
    }

    /// What is meant, where it has no place in a text.
    pub(super) fn of(self, excerpt: impl Into<String>) -> Self {
        Self { excerpt: Some(excerpt.into()), ..self }
    }

    pub(super) fn suggest(self, suggestion: impl Into<String>) -> Self {
        Self { suggestion: Some(suggestion.into()), ..self }
    }
}

/// All that was found so far, field by field.
#[derive(Debug)]
pub(super) struct Found<'s> {
    severities: &'s Severities,
    /// The fields in order of their first finding; findings of a field are put in order at the end.
    all: Vec<Raised>,
    counts: HashMap<Rule, usize>,
}

impl<'s> Found<'s> {
    pub(super) fn new(severities: &'s Severities) -> Self {
        Self { severities, all: Vec::new(), counts: HashMap::new() }
    }

    /// Whether the rule is asked for at all.
    pub(super) fn looks_for(&self, rule: Rule) -> bool {
        self.severities.of(rule).is_some()
    }

    /// Takes what a rule found; of what one rule finds too often, only the first are kept and the rest counted.
    pub(super) fn add(&mut self, raised: Raised) {
        self.add_with(raised.rule, || raised);
    }

    /// The same, where much may be found: what is only counted is not made.
    pub(super) fn add_with(&mut self, rule: Rule, make: impl FnOnce() -> Raised) {
        let count = self.counts.entry(rule).or_default();
        *count += 1;
        if *count <= MOST_OF_A_RULE {
            self.all.push(make());
        }
    }

    /// The list: field by field as rules were shown them, in a field by place, at a place by rule.
    pub(super) fn list(self) -> Vec<Finding> {
        let mut fields: HashMap<Vec<String>, usize> = HashMap::new();
        let mut all: Vec<(usize, Raised)> = Vec::with_capacity(self.all.len());
        for raised in self.all {
            let next = fields.len();
            all.push((*fields.entry(raised.path.clone()).or_insert(next), raised));
        }
        all.sort_by_key(|(field, raised)| {
            let place = raised.place.clone().unwrap_or(0..0);
            (*field, place.start, place.end, raised.rule)
        });
        let mut told: HashMap<(Rule, Vec<String>, Option<String>), usize> = HashMap::new();
        let mut listed: HashMap<Rule, usize> = HashMap::new();
        let mut findings = Vec::with_capacity(all.len());
        for (_, raised) in all {
            let Some(severity) = self.severities.of(raised.rule) else { continue };
            let same = (raised.rule, raised.path, raised.excerpt);
            let nth = told.entry(same.clone()).or_default();
            *nth += 1;
            let (rule, path, excerpt) = same;
            let key = key(rule, &path, excerpt.as_deref(), *nth);
            let mut message = raised.message;
            let listed = listed.entry(rule).or_default();
            *listed += 1;
            let more = self.counts.get(&rule).map_or(0, |count| count.saturating_sub(MOST_OF_A_RULE));
            if *listed == MOST_OF_A_RULE && more > 0 {
                message.push_str(&format!("（同类问题另有{more}处，修改后重新检查）"));
            }
            findings.push(Finding {
                key,
                rule,
                version: rule.version(),
                severity,
                path,
                start: raised.place.as_ref().map(|place| place.start),
                end: raised.place.as_ref().map(|place| place.end),
                excerpt,
                message,
                suggestion: raised.suggestion,
            });
        }
        findings
    }
}

/// By what a finding is known again when the text around it was edited: not by its place.
fn key(rule: Rule, path: &[String], excerpt: Option<&str>, nth: usize) -> String {
    let whole = serde_json::json!([rule.code(), rule.version(), path, excerpt, nth]).to_string();
    Sha256::digest(whole.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
