//! The rule for one field of a map: where its value comes from, and what is done to it on the way.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map as Fields, Value};

use super::condition::Condition;
use super::{at, text_of};
use crate::import::moment::in_form;
use crate::import::outcome::ImportTrouble;

/// How the value of a field is made.
#[derive(Debug)]
pub(super) struct Rule {
    from: Source,
    when: Option<Condition>,
    before: Option<String>,
    split: Option<String>,
    longest: Option<usize>,
    most: Option<usize>,
    dates: Vec<String>,
    values: Option<BTreeMap<String, Value>>,
    otherwise: Option<Value>,
    list: bool,
}

#[derive(Debug)]
enum Source {
    /// The first of these fields that says something.
    Fields(Vec<String>),
    /// Always this.
    Constant(Value),
    /// A text with the values of fields in it; nothing if one of them is missing.
    Template(Vec<Piece>),
    /// The first of these rules that yields something.
    First(Vec<Rule>),
    /// An object for each element of a list.
    Each(String, Vec<(String, Rule)>),
    /// An object of the same record; nothing if all of it is missing.
    Object(Vec<(String, Rule)>),
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Field(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: Option<toml::Value>,
    value: Option<Value>,
    template: Option<String>,
    first: Option<Vec<toml::Value>>,
    each: Option<String>,
    fields: Option<BTreeMap<String, toml::Value>>,
    when: Option<Condition>,
    before: Option<String>,
    split: Option<String>,
    longest: Option<usize>,
    most: Option<usize>,
    #[serde(default)]
    dates: Vec<String>,
    values: Option<BTreeMap<String, Value>>,
    otherwise: Option<Value>,
    #[serde(default)]
    list: bool,
}

impl Rule {
    /// Reads a rule: the name of a field, or a table.
    pub fn read(written: toml::Value) -> anyhow::Result<Self> {
        if let toml::Value::String(field) = written {
            return Ok(Self::plain(Source::Fields(vec![field])));
        }
        let written: Written = written.try_into()?;
        let from = match (written.from, written.value, written.template, written.first, written.each) {
            (Some(toml::Value::String(field)), None, None, None, None) => Source::Fields(vec![field]),
            (Some(fields @ toml::Value::Array(_)), None, None, None, None) => Source::Fields(fields.try_into()?),
            (None, Some(value), None, None, None) => Source::Constant(value),
            (None, None, Some(template), None, None) => Source::Template(pieces(&template)?),
            (None, None, None, Some(rules), None) => {
                Source::First(rules.into_iter().map(Self::read).collect::<anyhow::Result<_>>()?)
            }
            (None, None, None, None, Some(list)) => Source::Each(list, each(written.fields.unwrap_or_default())?),
            (None, None, None, None, None) if written.fields.is_some() => {
                Source::Object(each(written.fields.unwrap_or_default())?)
            }
            _ => bail!("it needs one of from, value, template, first, each, fields"),
        };
        Ok(Self {
            when: written.when,
            before: written.before,
            split: written.split,
            longest: written.longest,
            most: written.most,
            dates: written.dates,
            values: written.values,
            otherwise: written.otherwise,
            list: written.list,
            ..Self::plain(from)
        })
    }

    /// Reads a rule whose text alone is a constant.
    pub fn constant_or(written: toml::Value) -> anyhow::Result<Self> {
        match written {
            toml::Value::String(text) => Ok(Self::plain(Source::Constant(Value::String(text)))),
            rule => Self::read(rule),
        }
    }

    fn plain(from: Source) -> Self {
        Self {
            from,
            when: None,
            before: None,
            split: None,
            longest: None,
            most: None,
            dates: Vec::new(),
            values: None,
            otherwise: None,
            list: false,
        }
    }

    /// The value that it makes of a record for the field `name`; nothing if the record does not say.
    pub fn value(&self, record: &Value, name: &str) -> Result<Option<Value>, ImportTrouble> {
        if self.when.as_ref().is_some_and(|when| !when.holds(record)) {
            return Ok(None);
        }
        let found = match &self.from {
            Source::Fields(fields) => fields.iter().find_map(|field| at(record, field)).cloned(),
            Source::Constant(value) => Some(value.clone()),
            Source::Template(pieces) => template(pieces, record),
            Source::First(rules) => {
                for rule in rules {
                    if let Some(found) = rule.value(record, name)? {
                        return Ok(Some(found));
                    }
                }
                None
            }
            Source::Each(list, rules) => for_each(list, rules, record, name)?,
            Source::Object(rules) => {
                let fields = object(rules, record, name)?;
                (!fields.is_empty()).then_some(Value::Object(fields))
            }
        };
        let parts = match found {
            None if self.otherwise.is_none() => return Ok(None),
            None => None,
            Some(Value::Array(values)) if !matches!(self.from, Source::Constant(_)) => Some((values, true)),
            Some(value) => Some(self.cut(value)),
        };
        let Some((parts, is_list)) = parts else { return Ok(self.otherwise.clone()) };
        let mut made = Vec::with_capacity(parts.len());
        for part in parts {
            if let Some(part) = self.one(part, name)?.filter(|part| !made.contains(part)) {
                made.push(part);
            }
        }
        made.truncate(self.most.unwrap_or(usize::MAX));
        match is_list || self.list {
            _ if made.is_empty() => Ok(None),
            true => Ok(Some(Value::Array(made))),
            false => Ok(made.pop()),
        }
    }

    /// A value before it is cut at separators, and its parts.
    fn cut(&self, value: Value) -> (Vec<Value>, bool) {
        match (&self.split, text_of(&value)) {
            (Some(separators), Some(text)) => {
                let parts = text.split(|c: char| separators.contains(c)).map(str::trim);
                (parts.filter(|part| !part.is_empty()).map(Value::from).collect(), true)
            }
            _ => (vec![value], false),
        }
    }

    /// What becomes of a single value.
    fn one(&self, value: Value, name: &str) -> Result<Option<Value>, ImportTrouble> {
        let Some(mut text) = text_of(&value) else { return Ok(Some(value)) };
        if let Some(before) = &self.before {
            text = text.split(before.as_str()).next().unwrap_or_default().trim().to_owned();
        }
        if text.is_empty() || self.longest.is_some_and(|longest| text.chars().count() > longest) {
            return Ok(None);
        }
        if let Some(values) = &self.values {
            return Ok(values.get(&text).or(self.otherwise.as_ref()).cloned());
        }
        if !self.dates.is_empty() {
            let found = self.dates.iter().find_map(|form| in_form(&text, form));
            let found = found.or_else(|| crate::import::moment::moment(&text));
            let moment = found.ok_or_else(|| ImportTrouble::invalid(name, format!("{text} is no date")))?;
            return Ok(Some(moment.utc().to_rfc3339().into()));
        }
        Ok(Some(if value.is_string() { Value::String(text) } else { value }))
    }
}

fn each(fields: BTreeMap<String, toml::Value>) -> anyhow::Result<Vec<(String, Rule)>> {
    let rule = |(name, rule): (String, toml::Value)| {
        let rule = Rule::read(rule).with_context(|| format!("fields.{name}"))?;
        Ok((name, rule))
    };
    fields.into_iter().map(rule).collect()
}

fn for_each(list: &str, rules: &[(String, Rule)], record: &Value, name: &str) -> Result<Option<Value>, ImportTrouble> {
    let elements: Vec<Value> = match at(record, list) {
        None => return Ok(None),
        Some(Value::Array(elements)) => elements.clone(),
        Some(one) => vec![one.clone()],
    };
    let mut made = Vec::with_capacity(elements.len());
    for element in elements {
        // An element that is no object is called `it`.
        let element = if element.is_object() { element } else { serde_json::json!({"it": element}) };
        made.push(Value::Object(object(rules, &element, name)?));
    }
    Ok(Some(Value::Array(made)))
}

fn object(rules: &[(String, Rule)], record: &Value, name: &str) -> Result<Fields<String, Value>, ImportTrouble> {
    let mut fields = Fields::new();
    for (field, rule) in rules {
        if let Some(value) = rule.value(record, name)? {
            fields.insert(field.clone(), value);
        }
    }
    Ok(fields)
}

fn pieces(template: &str) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((field, after)) = after.split_once('}') else { bail!("the template has a {{ that nothing closes") };
        pieces.extend([Piece::Text(text.to_owned()), Piece::Field(field.trim().to_owned())]);
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Ok(pieces)
}

fn template(pieces: &[Piece], record: &Value) -> Option<Value> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Field(field) => text.push_str(&text_of(at(record, field)?)?),
        }
    }
    Some(Value::String(text))
}
