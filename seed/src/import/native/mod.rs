//! A record of the native format: one JSON object whose fields are called as the inputs of the GraphQL contract are.
//!
//! Every field is taken or refused: what is misspelt is not lost. Names of records stand for identifiers.

mod own;
mod parts;
mod refer;

use std::cell::RefCell;

use library::content::{ContentFields, ContentKind, Description, Details, Origin};
use library::id::{ColumnId, OrganisationId, SiteId};
use library::text;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body;
use super::moment::moment;
use super::outcome::{ImportTrouble, camel};
pub(super) use parts::{FilePlace, LinkEnd, WantedFile, WantedLink};
pub(super) use refer::Refer;

/// What is the same for all records of an import.
pub(super) struct Place {
    /// By what they come: what the systems of their origins begin with, such as `import:`.
    pub way: &'static str,
    pub site: SiteId,
    pub column: ColumnId,
    pub publisher: OrganisationId,
    /// What all records become.
    pub kind: Option<ContentKind>,
    /// What records become that do not say.
    pub usual_kind: ContentKind,
    /// What stands for the system of records that name none.
    pub system: String,
    /// The fields in which unknown names are left out.
    pub leave_unknown: Vec<String>,
}

impl Place {
    /// A system as origins have it.
    fn system(&self, text: String) -> String {
        if text.starts_with(self.way) { text } else { format!("{}{text}", self.way) }
    }

    /// Whether it is told that a link leads to nothing.
    pub fn wants_links(&self) -> bool {
        !self.leave_unknown.iter().any(|field| field == "links")
    }
}

/// What a record says.
#[derive(Debug)]
pub(super) struct Native {
    /// The system and the id there.
    pub origin: (String, String),
    /// All of it that needs no look at the library's contents and files.
    pub fields: ContentFields,
    pub links: Vec<WantedLink>,
    pub files: Vec<WantedFile>,
    pub old_paths: Vec<String>,
    pub index_number: Option<String>,
    /// Names that the library does not know, with the fields in which they stood, and were left out.
    pub left_out: Vec<(String, String)>,
}

/// The fields of a record while they are taken one by one.
pub(super) struct Taking<'r> {
    rest: Map<String, Value>,
    /// The system of the record, of which the ends of its links are that name none.
    system: String,
    place: &'r Place,
    refer: &'r Refer,
    left_out: RefCell<Vec<(String, String)>>,
}

type Taken<T> = Result<T, ImportTrouble>;

/// The system and the id of a record, as far as it has them: to name it even if the rest is wrong.
pub(super) fn origin(record: &Map<String, Value>, place: &Place) -> Taken<(String, String)> {
    let whole = match record.get("origin") {
        None | Some(Value::Null) => None,
        Some(Value::Object(origin)) => Some(origin),
        Some(_) => return Err(ImportTrouble::invalid("origin", "give {\"system\": ..., \"id\": ...}")),
    };
    let of = |name: &str| whole.and_then(|origin| origin.get(name)).or_else(|| record.get(name)).and_then(single);
    let id = of("id").ok_or_else(|| ImportTrouble::required("id"))?;
    let system = of("system").unwrap_or_else(|| place.system.clone());
    let system = place.system(system);
    for (field, text, most) in [("system", &system, 200), ("id", &id, 500)] {
        if text.chars().count() > most || text.chars().any(char::is_control) {
            return Err(ImportTrouble::invalid(
                field,
                format!("at most {most} characters, none of them a control character"),
            ));
        }
    }
    Ok((system, id))
}

/// Reads a record.
pub(super) fn read(record: Map<String, Value>, place: &Place, refer: &Refer) -> Taken<Native> {
    let origin = origin(&record, place)?;
    let mut taking = Taking { rest: record, system: origin.0.clone(), place, refer, left_out: RefCell::default() };
    for name in ["origin", "id", "system"] {
        taking.rest.remove(name);
    }
    taking.rest.retain(|_, value| !value.is_null());
    let kind = taking.kind()?;
    taking.spread_details(kind)?;
    let body_html = taking.body(kind)?;
    let description = taking.description()?;
    let (details, mut files) = taking.details(kind)?;
    let mut fields = ContentFields::new(String::new(), place.publisher, details);
    fields.description = description;
    fields.body_html = body_html;
    if fields.title.trim().is_empty() {
        return Err(ImportTrouble::required("title"));
    }
    if let Some(language) = taking.text("language")? {
        fields.language = language;
    }
    if let Some(publisher) = taking.text("publisher")? {
        fields.publisher = match refer.organisation(&publisher) {
            Some(id) => id,
            None => taking.unknown("publisher", &publisher).map(|()| place.publisher)?,
        };
    }
    fields.columns = taking.columns()?;
    fields.tags = taking.tags()?;
    fields.fields = taking.own_fields()?;
    let links = taking.links()?;
    files.extend(taking.files()?);
    let old_paths = taking.old_paths()?;
    let index_number = taking.text("indexNumber")?;
    let published_at = match taking.text("publishedAt")? {
        Some(text) => {
            Some(moment(&text).ok_or_else(|| ImportTrouble::invalid("publishedAt", format!("{text} is no time")))?)
        }
        None => None,
    };
    taking.end(kind)?;
    let needs_body = kind != ContentKind::ServiceGuide && fields.external_url.is_none() && files.is_empty();
    if needs_body && fields.body_html.trim().is_empty() {
        return Err(ImportTrouble::required("body"));
    }
    let (system, id) = origin.clone();
    fields.origin = Some(Origin { system, id, content_hash: String::new(), published_at });
    let left_out = taking.left_out.into_inner();
    Ok(Native { origin, fields, links, files, old_paths, index_number, left_out })
}

/// A single value as text; nothing if it says nothing.
fn single(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A list of texts, or a text with separators.
fn texts(name: &str, value: Value, separators: &str) -> Taken<Vec<String>> {
    let parts: Vec<String> = match value {
        Value::Array(values) => {
            let one = |value: &Value| single(value).ok_or_else(|| ImportTrouble::invalid(name, "give a list of texts"));
            values.iter().map(one).collect::<Taken<_>>()?
        }
        Value::String(text) => {
            text.split(|c: char| separators.contains(c)).map(|part| part.trim().to_owned()).collect()
        }
        _ => return Err(ImportTrouble::invalid(name, "give a list of texts")),
    };
    let mut list: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        if !part.is_empty() && !list.contains(&part) {
            list.push(part);
        }
    }
    Ok(list)
}

/// `publishedAt` as `published_at`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The same for all names in a value.
fn snake_names(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (snake(&name), snake_names(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(snake_names).collect()),
        value => value,
    }
}

/// Something of the library's own from its fields; `base` are those that must be there.
fn made<T: DeserializeOwned>(base: Map<String, Value>, fields: Map<String, Value>) -> Taken<T> {
    let whole: Map<String, Value> = base.clone().into_iter().chain(fields.clone()).collect();
    let error = match serde_json::from_value::<T>(Value::Object(whole)) {
        Ok(made) => return Ok(made),
        Err(error) => error,
    };
    // Which field it is, the error does not say.
    for (name, value) in fields {
        let mut alone = base.clone();
        alone.insert(name.clone(), value);
        if let Err(error) = serde_json::from_value::<T>(Value::Object(alone)) {
            return Err(ImportTrouble::invalid(&camel(&name), error.to_string()));
        }
    }
    Err(ImportTrouble::invalid("", error.to_string()))
}

impl Taking<'_> {
    /// The text of a field.
    fn text(&mut self, name: &str) -> Taken<Option<String>> {
        match self.rest.remove(name) {
            None => Ok(None),
            Some(value @ (Value::String(_) | Value::Number(_))) => Ok(single(&value)),
            Some(_) => Err(ImportTrouble::invalid(name, "give a text")),
        }
    }

    /// Refuses a name that the library does not know, unless such are left out.
    fn unknown(&self, field: &str, text: &str) -> Taken<()> {
        match self.place.leave_unknown.iter().any(|name| name == field) {
            true => {
                self.left_out.borrow_mut().push((field.to_owned(), text.to_owned()));
                Ok(())
            }
            false => Err(ImportTrouble::new("NOT_FOUND", field, format!("the library knows no {text}"))),
        }
    }

    fn kind(&mut self) -> Taken<ContentKind> {
        let said = self.text("kind")?;
        let kind = |text: String| {
            let parsed = text.to_uppercase().replace('-', "_").parse();
            parsed.map_err(|_| ImportTrouble::invalid("kind", format!("{text} is no kind of content")))
        };
        match self.place.kind {
            Some(kind) => Ok(kind),
            None => said.map_or(Ok(self.place.usual_kind), kind),
        }
    }

    /// The one body, in whichever form.
    fn body(&mut self, kind: ContentKind) -> Taken<String> {
        if kind == ContentKind::KnowledgeEntry {
            for (alias, name) in [
                ("question", "title"),
                ("answer", "body"),
                ("answerHtml", "bodyHtml"),
                ("answerMarkdown", "bodyMarkdown"),
                ("answerText", "bodyText"),
            ] {
                if let Some(value) = self.rest.remove(alias)
                    && self.rest.insert(name.to_owned(), value).is_some()
                {
                    return Err(ImportTrouble::invalid(alias, format!("{name} is given, too")));
                }
            }
        }
        let mut found: Option<String> = None;
        for name in ["bodyHtml", "bodyMarkdown", "bodyText", "body"] {
            let Some(written) = self.text(name)? else { continue };
            if found.is_some() {
                return Err(ImportTrouble::invalid(name, "the body is given twice"));
            }
            found = Some(match name {
                "bodyHtml" => written,
                "bodyMarkdown" => body::markdown(&written),
                "bodyText" => body::text(&written),
                _ => body::any(&written),
            });
        }
        Ok(found.unwrap_or_default())
    }

    /// What says what it is, whatever its kind (著录).
    fn description(&mut self) -> Taken<Description> {
        let Ok(Value::Object(known)) = serde_json::to_value(Description::default()) else {
            return Err(ImportTrouble::invalid("", "the description has no fields"));
        };
        let mut fields = Map::new();
        for name in known.keys() {
            let camel = camel(name);
            let Some(value) = self.rest.remove(&camel) else { continue };
            let value = match own::code_list(ContentKind::Article, &camel) {
                Some(list) => {
                    let mut codes = Vec::new();
                    for text in texts(&camel, value, ",，;；、|")? {
                        match self.refer.code(list, &text) {
                            Some(code) if !codes.contains(&code) => codes.push(code),
                            Some(_) => {}
                            None => self.unknown(&camel, &text)?,
                        }
                    }
                    codes.into()
                }
                None if name == "keywords" => texts(&camel, value, " \t\n,，;；、|")?.into(),
                None => own::plain(&camel, value)?,
            };
            fields.insert(name.clone(), value);
        }
        made(Map::new(), fields)
    }

    /// What its kind alone has, and the files that this names.
    fn details(&mut self, kind: ContentKind) -> Taken<(Details, Vec<WantedFile>)> {
        let mut fields = Map::new();
        let mut files = Vec::new();
        for name in own::names(kind) {
            let camel = camel(&name);
            let Some(value) = self.rest.remove(&camel) else { continue };
            if let Some(value) = self.own_value(kind, &camel, value, &mut fields, &mut files)? {
                fields.insert(name, value);
            }
        }
        let base = [("kind".to_owned(), Value::from(<&str>::from(kind)))].into_iter().collect();
        Ok((made(base, fields)?, files))
    }

    /// Refuses what is left; what another kind has is left out where the command line says the kind.
    fn end(&mut self, kind: ContentKind) -> Taken<()> {
        if self.place.kind.is_some() {
            let others: Vec<String> = ContentKind::all().into_iter().flat_map(own::names).collect();
            self.rest.retain(|name, _| !others.contains(&snake(name)));
        }
        match self.rest.keys().next() {
            None => Ok(()),
            Some(name) => {
                let kind: &str = kind.into();
                Err(ImportTrouble::new("UNKNOWN_FIELD", name, format!("a record of kind {kind} has no such field")))
            }
        }
    }

    fn old_paths(&mut self) -> Taken<Vec<String>> {
        let Some(value) = self.rest.remove("oldPaths") else { return Ok(Vec::new()) };
        let mut paths = Vec::new();
        for given in texts("oldPaths", value, " \n,")? {
            let path = match given.split_once("://") {
                Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]).to_owned(),
                None => given,
            };
            if path.contains(['?', '#']) {
                return Err(ImportTrouble::invalid("oldPaths", format!("{path} has a query: only paths can lead on")));
            }
            paths.push(text::path("oldPaths", &path).map_err(|_| {
                ImportTrouble::invalid("oldPaths", format!("{path} is no path such as /2020/news/1.html"))
            })?);
        }
        Ok(paths)
    }
}
