//! The data of the city: TOML files that are part of the program.

use anyhow::Context as _;
use chrono::NaiveDateTime;
use include_dir::{Dir, include_dir};
use library::Date;
use library::code::CodeList;
use library::content::{ContentKind, DisclosureKind, Validity};
use library::link::LinkType;
use library::panel::PanelKind;
use library::tag::TagGroupFields;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/city");

/// A table whose keys are those of the library's own fields; names of other records stand for their ids.
pub(super) type Fields = Map<String, Value>;

/// All data of the city.
pub(super) struct City {
    pub codes: Vec<CodeListData>,
    pub organisations: Vec<Fields>,
    pub sites: Vec<Fields>,
    pub groups: Vec<GroupData>,
    pub columns: Vec<Fields>,
    pub fields: Vec<Fields>,
    pub subscriptions: Vec<SubscriptionData>,
    pub panels: Vec<PanelData>,
    pub moves: Vec<MoveData>,
    pub redirects: Vec<RedirectData>,
    pub values: Vec<ValueData>,
    pub overrides: Vec<OverrideData>,
    pub contents: Vec<ContentData>,
    pub events: Vec<EventData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeListData {
    pub list: CodeList,
    pub item: Vec<CodeData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeData {
    pub code: String,
    pub name: String,
    pub parent: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct GroupData {
    pub code: String,
    #[serde(flatten)]
    pub fields: TagGroupFields,
    pub tag: Vec<TagData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagData {
    pub code: String,
    pub name: String,
    pub parent: Option<String>,
    #[serde(default)]
    pub synonyms: Vec<String>,
    pub steward: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscriptionData {
    pub target: String,
    pub source: String,
    #[serde(default)]
    pub with_descendants: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PanelData {
    pub site: String,
    pub column: Option<String>,
    pub code: String,
    pub name: String,
    pub kind: PanelKind,
    pub more: Option<String>,
    /// Whether it is made behind all contents: what comes before them gives them other identifiers, which examples name.
    #[serde(default)]
    pub last: bool,
    #[serde(default)]
    pub item: Vec<ItemData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemData {
    pub title: Option<String>,
    pub summary: Option<String>,
    pub target: Option<TargetData>,
    pub body: Option<String>,
    #[serde(default)]
    pub image: bool,
    pub starts_at: Option<NaiveDateTime>,
    pub ends_at: Option<NaiveDateTime>,
    #[serde(default)]
    pub item: Vec<ItemData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TargetData {
    Column(String),
    Tag(String),
    Site(String),
    Organisation(String),
    External(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoveData {
    pub site: String,
    pub from: String,
    pub to: String,
    pub at: NaiveDateTime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedirectData {
    pub site: String,
    pub path: String,
    pub content: Option<String>,
    pub column: Option<String>,
    #[serde(default)]
    pub gone: bool,
    pub at: NaiveDateTime,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ValueData {
    pub content: String,
    pub field: String,
    pub value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideData {
    pub site: String,
    pub content: String,
    pub at: NaiveDateTime,
    pub title: Option<String>,
    #[serde(default)]
    pub hidden: bool,
    pub pinned_until: Option<NaiveDateTime>,
}

#[derive(Deserialize)]
pub(super) struct ContentData {
    pub key: String,
    pub kind: ContentKind,
    pub site: String,
    pub column: String,
    #[serde(default)]
    pub also: Vec<String>,
    pub title: String,
    pub subtitle: Option<String>,
    pub summary: Option<String>,
    pub body: String,
    pub publisher: String,
    pub source: Option<String>,
    pub author: Option<String>,
    pub editor: Option<String>,
    pub published: NaiveDateTime,
    pub formed: Option<Date>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub themes: Vec<String>,
    #[serde(default)]
    pub audiences: Vec<String>,
    #[serde(default)]
    pub cover: bool,
    #[serde(default)]
    pub files: Vec<String>,
    #[serde(default)]
    pub pinned: bool,
    #[serde(default)]
    pub links: Vec<LinkData>,
    pub language: Option<String>,
    /// The table of its kind, named as the kind is, and `disclosure` (公开属性) where that is a word.
    #[serde(flatten)]
    own: Fields,
}

impl ContentData {
    /// What its kind alone has, by the names of the library's fields; empty if it says nothing.
    pub fn details(&self) -> Fields {
        match self.own.get(&table(self.kind)) {
            Some(Value::Object(table)) => table.clone(),
            _ => Fields::new(),
        }
    }

    /// 公开属性, if it is stated.
    pub fn disclosure(&self) -> anyhow::Result<Option<DisclosureKind>> {
        match self.own.get("disclosure") {
            Some(Value::String(word)) => Ok(Some(serde_json::from_value(Value::String(word.clone()))?)),
            _ => Ok(None),
        }
    }

    /// Refuses keys that nothing reads.
    fn check(&self) -> anyhow::Result<()> {
        let table = table(self.kind);
        let unknown = self.own.iter().find(|(key, value)| match value {
            Value::Object(_) => **key != table,
            Value::String(_) => *key != "disclosure",
            _ => true,
        });
        match unknown {
            Some((key, _)) => anyhow::bail!("the content {} has an unknown key {key}", self.key),
            None => Ok(()),
        }
    }
}

/// What the table of a kind is called.
fn table(kind: ContentKind) -> String {
    <&str>::from(kind).to_lowercase()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkData {
    #[serde(rename = "type")]
    pub kind: LinkType,
    pub to: String,
}

/// A later deed on a content.
#[derive(Deserialize)]
pub(super) struct EventData {
    pub at: NaiveDateTime,
    pub content: String,
    #[serde(flatten)]
    pub deed: DeedData,
}

#[derive(Deserialize)]
#[serde(tag = "deed", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum DeedData {
    Withdraw { reason: String, notice: Option<String> },
    SetValidity { validity: Validity, since: Option<Date>, by: Option<String>, note: Option<String> },
    Correct { title: Option<String>, summary: Option<String>, note: Option<String> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentsFile {
    #[serde(default)]
    content: Vec<ContentData>,
    #[serde(default)]
    event: Vec<EventData>,
}

/// Reads all of it.
pub(super) fn city() -> anyhow::Result<City> {
    let mut values: Fields = file("values.toml")?;
    let mut city = City {
        codes: list("codes.toml", "list")?,
        organisations: list("organisations.toml", "organisation")?,
        sites: list("sites.toml", "site")?,
        groups: list("tags.toml", "group")?,
        columns: list("columns.toml", "column")?,
        fields: list("fields.toml", "field")?,
        subscriptions: list("subscriptions.toml", "subscription")?,
        panels: list("panels.toml", "panel")?,
        moves: list("moves.toml", "move")?,
        redirects: list("redirects.toml", "redirect")?,
        values: entries("values.toml", &mut values, "value")?,
        overrides: entries("values.toml", &mut values, "override")?,
        contents: Vec::new(),
        events: Vec::new(),
    };
    let mut paths: Vec<_> = FILES.get_dir("contents").into_iter().flat_map(|dir| dir.files()).collect();
    paths.sort_by_key(|file| file.path());
    for path in paths {
        let found: ContentsFile = file(path.path().to_str().unwrap_or_default())?;
        found.content.iter().try_for_each(ContentData::check).with_context(|| format!("{}", path.path().display()))?;
        city.contents.extend(found.content);
        city.events.extend(found.event);
    }
    Ok(city)
}

fn file<T: DeserializeOwned>(path: &str) -> anyhow::Result<T> {
    let text = FILES.get_file(path).and_then(|file| file.contents_utf8());
    let text = text.with_context(|| format!("the data file {path} is missing"))?;
    toml::from_str(text).with_context(|| format!("the data file {path}"))
}

/// The list `name` of a file.
fn list<T: DeserializeOwned>(path: &str, name: &str) -> anyhow::Result<Vec<T>> {
    entries(path, &mut file(path)?, name)
}

fn entries<T: DeserializeOwned>(path: &str, fields: &mut Fields, name: &str) -> anyhow::Result<Vec<T>> {
    let entries = fields.remove(name).with_context(|| format!("the data file {path} has no {name}"))?;
    serde_json::from_value(entries).with_context(|| format!("the data file {path}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_in_the_contents_leads_somewhere() {
        let city = city().expect("the data");
        let keys: BTreeSet<_> = city.contents.iter().map(|content| content.key.as_str()).collect();
        assert_eq!(keys.len(), city.contents.len(), "keys are unique");
        let links = city.contents.iter().flat_map(|content| content.links.iter().map(|link| link.to.as_str()));
        let events = city.events.iter().map(|event| event.content.as_str());
        let values = city.values.iter().map(|value| value.content.as_str());
        let overrides = city.overrides.iter().map(|placed| placed.content.as_str());
        for key in links.chain(events).chain(values).chain(overrides) {
            assert!(keys.contains(key), "no content {key}");
        }
    }
}
