//! Field maps: a TOML file that says how the records of another system become records of the native format.
//!
//! A map knows names of fields only. What it makes is read as if somebody had written it; nothing is guessed.

mod condition;
mod rule;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use include_dir::{Dir, include_dir};
use library::content::ContentKind;
use serde::Deserialize;
use serde_json::{Map as Fields, Value};

use super::codes::CodeMap;
use super::outcome::ImportTrouble;
pub(super) use condition::Condition;
use rule::Rule;

/// The maps that are part of the program.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/maps");

/// What a file of another system becomes.
#[derive(Debug, Default)]
pub(super) struct Map {
    /// Which kind its records become, where neither they nor the command line say.
    pub kind: Option<ContentKind>,
    /// The fields in which names that the library does not know are left out instead of refused.
    pub leave_unknown: Vec<String>,
    /// If its records are items of code lists instead of contents.
    pub codes: Vec<CodeMap>,
    skips: Vec<Skip>,
    fields: Vec<(String, Rule)>,
    /// Whether there is a map at all.
    given: bool,
}

/// Records that are rightly left.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skip {
    when: Condition,
    reason: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: Option<ContentKind>,
    system: Option<toml::Value>,
    #[serde(default)]
    leave_unknown: Vec<String>,
    #[serde(default)]
    codes: Vec<CodeMap>,
    #[serde(default)]
    skip: Vec<Skip>,
    #[serde(default)]
    fields: BTreeMap<String, toml::Value>,
}

impl Map {
    /// Reads a map: a file, or one of those that are part of the program, by its name.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let built_in = || {
            let name = path.to_str().filter(|name| !name.contains(['/', '\\', '.']))?;
            BUILT_IN.get_file(format!("{name}.toml"))?.contents_utf8().map(str::to_owned)
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => match built_in() {
                Some(text) => text,
                None => return Err(error).with_context(|| format!("the map {} cannot be read", path.display())),
            },
        };
        Self::parse(&text).with_context(|| format!("the map {}", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let written: Written = toml::from_str(text)?;
        let mut fields = Vec::with_capacity(written.fields.len() + 1);
        for (name, rule) in written.fields {
            let rule = Rule::read(rule).with_context(|| format!("fields.{name}"))?;
            fields.push((name, rule));
        }
        if let Some(system) = written.system {
            fields.push(("system".to_owned(), Rule::constant_or(system).context("system")?));
        }
        if fields.is_empty() == written.codes.is_empty() {
            bail!("it needs either [fields], for contents, or [[codes]], for code lists");
        }
        Ok(Self {
            kind: written.kind,
            leave_unknown: written.leave_unknown,
            codes: written.codes,
            skips: written.skip,
            fields,
            given: true,
        })
    }

    /// A record of the native format from one of the other system; a reason if it is rightly left. Without a map the
    /// record is native already.
    pub(super) fn apply(
        &self,
        source: Fields<String, Value>,
    ) -> Result<Result<Fields<String, Value>, String>, ImportTrouble> {
        if !self.given {
            return Ok(Ok(source));
        }
        let source = Value::Object(source);
        if let Some(skip) = self.skips.iter().find(|skip| skip.when.holds(&source)) {
            return Ok(Err(skip.reason.clone()));
        }
        let mut made = Fields::new();
        for (name, rule) in &self.fields {
            if let Some(value) = rule.value(&source, name)? {
                made.insert(name.clone(), value);
            }
        }
        Ok(Ok(made))
    }
}

/// What stands at a path of a record, `a.b.0`; nothing if it is empty.
fn at<'v>(record: &'v Value, path: &str) -> Option<&'v Value> {
    let found = match record.get(path) {
        Some(found) => found,
        None => path.split('.').try_fold(record, |value, part| match value {
            Value::Array(values) => values.get(part.parse::<usize>().ok()?),
            value => value.get(part),
        })?,
    };
    let empty = match found {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    (!empty).then_some(found)
}

/// A single value as text.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(map: &str, record: Value) -> Result<Result<Value, String>, ImportTrouble> {
        let Value::Object(record) = record else { panic!("an object") };
        Ok(Map::parse(map).expect("a map").apply(record)?.map(Value::Object))
    }

    #[test]
    fn every_map_of_the_program_can_be_read() {
        for file in BUILT_IN.files() {
            let name = file.path().file_stem().and_then(|name| name.to_str()).expect("a name");
            let map = Map::open(Path::new(name)).unwrap_or_else(|error| panic!("{error:#}"));
            assert!(map.given);
        }
        assert!(BUILT_IN.files().count() >= 8);
    }

    #[test]
    fn fields_are_taken_put_together_and_translated() {
        let map = r#"
            system = "old"
            [fields]
            id = "nr"
            title = { template = "{law} {article.name}" }
            kind = { value = "ARTICLE" }
            publishedAt = { from = ["published", "written"], dates = ["%d.%m.%Y"] }
            keywords = { from = "words", split = "、，", longest = 3, most = 2 }
            validity = { from = "void", values = { true = "REPEALED" } }
            themes = { from = "theme", before = "\\", values = { "甲" = "01" }, otherwise = "99", list = true }
            materials = { each = "papers", fields = { name = "n", required = { from = "must", values = { "是" = true }, otherwise = false } } }
            subtitle = { first = [{ from = "nothing" }, { value = "副", when = { field = "void", equals = true } }] }
        "#;
        let record = json!({"nr": 7, "law": "民法典", "article": {"name": "第一条"}, "published": " ", "written": "25.02.2026",
            "words": "一二、三四五六，七、八", "void": true, "theme": "甲\\乙", "papers": [{"n": "身份证", "must": "是"}, {"n": "照片"}]});
        let expected = json!({"system": "old", "id": 7, "title": "民法典 第一条", "kind": "ARTICLE",
            "publishedAt": "2026-02-24T16:00:00+00:00", "keywords": ["一二", "七"], "validity": "REPEALED", "themes": ["01"],
            "materials": [{"name": "身份证", "required": true}, {"name": "照片", "required": false}], "subtitle": "副"});
        assert_eq!(applied(map, record), Ok(Ok(expected)));
        let record = json!({"nr": 8, "law": "民法典", "written": "gestern"});
        let trouble = applied(map, record).expect_err("no date");
        assert_eq!((trouble.code.as_str(), trouble.field.as_str()), ("INVALID", "publishedAt"));
    }

    #[test]
    fn records_are_skipped_by_conditions() {
        let map = r#"
            [[skip]]
            when = { any = [{ field = "reply", present = false }, { field = "state", one_of = ["草稿", 3] }] }
            reason = "no reply"
            [fields]
            id = "id"
        "#;
        for (record, skipped) in [
            (json!({"id": 1, "reply": "好"}), false),
            (json!({"id": 1, "reply": " "}), true),
            (json!({"id": 1, "reply": "好", "state": 3}), true),
            (json!({"id": 1, "reply": "好", "state": "草稿"}), true),
        ] {
            assert_eq!(applied(map, record.clone()).expect("no trouble").is_err(), skipped, "{record}");
        }
    }

    #[test]
    fn a_map_says_what_is_wrong_with_it() {
        for (map, says) in [
            ("[fields]\nid = { form = \"x\" }", "unknown field `form`"),
            ("[fields]\nid = { }", "fields.id"),
            ("kind = \"POEM\"", "unknown variant"),
            ("", "either [fields]"),
        ] {
            let error = Map::parse(map).expect_err("refused");
            assert!(format!("{error:#}").contains(says), "{error:#}");
        }
    }
}
