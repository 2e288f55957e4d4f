//! The parts of a record that lead to other records: columns, tags, links, files, fields of the site's own.

use library::attachment::AttachmentRole;
use library::column::Column;
use library::content::{DocumentNumber, FieldEntry, TagAssignment, TagAssignmentSource};
use library::id::{ColumnId, ContentId};
use library::link::LinkType;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Taken, Taking, single, texts};
use crate::import::outcome::ImportTrouble;

/// A file beside the JSON lines, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::import) struct WantedFile {
    /// The field that names it.
    pub field: String,
    /// Its path, relative to the folder of the lines.
    pub path: String,
    pub place: FilePlace,
    pub role: Option<AttachmentRole>,
    pub name: Option<String>,
    pub alt: Option<String>,
    pub caption: Option<String>,
}

/// Where in a content a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum FilePlace {
    Cover,
    Attachment,
    BlankForm(usize),
    Sample(usize),
}

/// A link, whose end is still to be found.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::import) struct WantedLink {
    pub kind: LinkType,
    pub note: Option<String>,
    pub to: LinkEnd,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) enum LinkEnd {
    Content(ContentId),
    Page {
        title: String,
        url: String,
    },
    /// The content that came from here.
    Origin(String, String),
    /// The policy with this number, folded.
    DocumentNumber(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileWritten {
    file: String,
    role: Option<AttachmentRole>,
    name: Option<String>,
    alt: Option<String>,
    caption: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct LinkWritten {
    #[serde(rename = "type")]
    kind: LinkType,
    to: EndWritten,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct EndWritten {
    content: Option<ContentId>,
    page: Option<PageWritten>,
    origin: Option<OriginWritten>,
    document_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageWritten {
    title: String,
    url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginWritten {
    system: Option<String>,
    id: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagWritten {
    tag: String,
    source: Option<TagAssignmentSource>,
}

impl WantedFile {
    /// A path, or an object with one.
    pub(super) fn read(field: &str, value: Value, place: FilePlace) -> Taken<Self> {
        let written = match value {
            Value::String(file) => FileWritten { file, role: None, name: None, alt: None, caption: None },
            value => part(field, value)?,
        };
        let FileWritten { file, role, name, alt, caption } = written;
        let path = file.trim().to_owned();
        Ok(Self { field: field.to_owned(), path, place, role, name, alt, caption })
    }
}

/// A part of a record as its struct.
fn part<T: DeserializeOwned>(field: &str, value: Value) -> Taken<T> {
    serde_json::from_value(value).map_err(|error| ImportTrouble::invalid(field, error.to_string()))
}

fn list(field: &str, value: Option<Value>) -> Taken<Vec<Value>> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(ImportTrouble::invalid(field, "give a list")),
    }
}

impl Taking<'_> {
    /// The column of the import, then further ones of the site.
    pub(super) fn columns(&mut self) -> Taken<Vec<ColumnId>> {
        let mut columns = vec![self.place.column];
        let Some(value) = self.rest.remove("columns") else { return Ok(columns) };
        let directory = self.refer.directory();
        for path in texts("columns", value, " ,，;；、")? {
            let path = library::text::normal_path(&path);
            let at = |column: &&std::sync::Arc<Column>| column.site == self.place.site && column.path == path;
            match directory.columns.all().iter().find(at) {
                Some(column) if !columns.contains(&column.id) => columns.push(column.id),
                Some(_) => {}
                None => self.unknown("columns", &path)?,
            }
        }
        Ok(columns)
    }

    pub(super) fn tags(&mut self) -> Taken<Vec<TagAssignment>> {
        let given = match self.rest.remove("tags") {
            Some(Value::String(text)) => {
                texts("tags", Value::String(text), ",，;；、|")?.into_iter().map(Value::from).collect()
            }
            value => list("tags", value)?,
        };
        let mut tags: Vec<TagAssignment> = Vec::with_capacity(given.len());
        for value in given {
            let written: TagWritten = match value {
                Value::String(tag) => TagWritten { tag, source: None },
                value => part("tags", value)?,
            };
            match self.refer.tag(written.tag.trim()) {
                Some(tag) if tags.iter().any(|given| given.tag == tag) => {}
                Some(tag) => {
                    tags.push(TagAssignment { tag, source: written.source.unwrap_or(TagAssignmentSource::Import) })
                }
                None => self.unknown("tags", &written.tag)?,
            }
        }
        Ok(tags)
    }

    pub(super) fn own_fields(&mut self) -> Taken<Vec<FieldEntry>> {
        match self.rest.remove("fields") {
            None => Ok(Vec::new()),
            Some(Value::Object(fields)) => {
                Ok(fields.into_iter().map(|(key, value)| FieldEntry { key, value }).collect())
            }
            Some(value) => part("fields", value),
        }
    }

    pub(super) fn links(&mut self) -> Taken<Vec<WantedLink>> {
        let mut links = Vec::new();
        for (at, value) in list("links", self.rest.remove("links"))?.into_iter().enumerate() {
            let field = format!("links.{at}");
            let LinkWritten { kind, to, note } = part(&field, value)?;
            let to = match to {
                EndWritten { content: Some(id), page: None, origin: None, document_number: None } => {
                    LinkEnd::Content(id)
                }
                EndWritten { content: None, page: Some(page), origin: None, document_number: None } => {
                    LinkEnd::Page { title: page.title, url: page.url }
                }
                EndWritten { content: None, page: None, origin: Some(origin), document_number: None } => {
                    let system = origin.system.unwrap_or_else(|| self.system.clone());
                    let system = self.place.system(system);
                    let id = single(&origin.id);
                    let id = id.ok_or_else(|| ImportTrouble::required(&format!("{field}.to.origin.id")))?;
                    LinkEnd::Origin(system, id)
                }
                EndWritten { content: None, page: None, origin: None, document_number: Some(number) } => {
                    LinkEnd::DocumentNumber(DocumentNumber::fold(&number))
                }
                _ => {
                    let field = format!("{field}.to");
                    return Err(ImportTrouble::invalid(&field, "give one of content, page, origin, documentNumber"));
                }
            };
            let link = WantedLink { kind, note, to };
            if !links.contains(&link) {
                links.push(link);
            }
        }
        Ok(links)
    }

    /// The cover and the attachments.
    pub(super) fn files(&mut self) -> Taken<Vec<WantedFile>> {
        let mut files = Vec::new();
        if let Some(cover) = self.rest.remove("cover") {
            files.push(WantedFile::read("cover", cover, FilePlace::Cover)?);
        }
        for (at, file) in list("attachments", self.rest.remove("attachments"))?.into_iter().enumerate() {
            files.push(WantedFile::read(&format!("attachments.{at}"), file, FilePlace::Attachment)?);
        }
        Ok(files)
    }
}
