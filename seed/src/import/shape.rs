//! What records of known shapes say: policies, questions, statute articles, letters, news, service items, and the
//! general shape. Nothing is guessed: what a record does not state stays open.

use library::code::CodeList;
use library::content::{ContentKind, Details, KnowledgeDetails, PolicyDetails, ServiceDetails, Validity};
use library::{Date, Directory, Instant};
use serde_json::Value;

use super::body;
use super::record::{Record, Trouble};

/// What a line says.
pub(super) struct Taken {
    pub id: String,
    pub title: String,
    pub body_html: String,
    pub published_at: Option<Instant>,
    pub formed_on: Option<Date>,
    pub source_name: Option<String>,
    pub url: Option<String>,
    pub keywords: Vec<String>,
    pub themes: Vec<String>,
    pub details: Details,
}

const PUBLISHED: [&str; 4] = ["published_at", "publish_date", "issue_date", "created_at"];

/// Reads a record by its shape; `kind` is what it is to become, whatever it shows.
pub(super) fn take(record: &Record, directory: &Directory, kind: Option<ContentKind>) -> Result<Taken, Trouble> {
    let mut taken = if record.has("question") && record.has("answer") {
        question(record)?
    } else if record.has("law") && record.has("article") {
        article(record)?
    } else if record.has("reply") {
        letter(record)?
    } else if record.has("name") && record.has("item_code") {
        service_item(record)?
    } else if record.has("doc_no") || record.has("repealed") {
        policy(record, directory)?
    } else {
        general(record)?
    };
    if let Some(kind) = kind.filter(|kind| *kind != taken.details.kind()) {
        taken.details = Details::bare(kind);
    }
    Ok(taken)
}

/// Id, title and body, with what every shape may have.
fn common(record: &Record, title: &[&str], text: &[&str], details: Details) -> Result<Taken, Trouble> {
    let id = record.require(&["id"])?;
    let title = record.require(title)?;
    let body_html = body::html(&record.require(text)?);
    Ok(Taken {
        id,
        title,
        body_html,
        published_at: record.moment(&PUBLISHED)?,
        formed_on: None,
        source_name: None,
        url: record.text("url"),
        keywords: keywords(record),
        themes: Vec::new(),
        details,
    })
}

/// Keywords as far as the library takes them: at most 30 of at most 50 characters.
fn keywords(record: &Record) -> Vec<String> {
    let mut keywords = record.list("keywords");
    keywords.retain(|keyword| keyword.chars().count() <= 50);
    keywords.truncate(30);
    keywords
}

fn question(record: &Record) -> Result<Taken, Trouble> {
    common(record, &["question"], &["answer"], Details::bare(ContentKind::KnowledgeEntry))
}

/// One article of a statute.
fn article(record: &Record) -> Result<Taken, Trouble> {
    let mut taken = common(record, &["law"], &["text"], Details::bare(ContentKind::Article))?;
    taken.title = format!("{} {}", taken.title, record.require(&["article"])?);
    Ok(taken)
}

/// A letter and its reply. The letter's subject is the question and its words are the same question at length; the
/// reply alone is the answer.
fn letter(record: &Record) -> Result<Taken, Trouble> {
    record.require(&["id"])?;
    record.require(&["title"])?;
    if record.text("reply").is_none() {
        return Err(Trouble::Skip("the letter has no reply".to_owned()));
    }
    let details =
        KnowledgeDetails { similar_questions: record.text("body").into_iter().collect(), ..Default::default() };
    let mut taken = common(record, &["title"], &["reply"], Details::KnowledgeEntry(Box::new(details)))?;
    taken.published_at = record.moment(&["replied_at", "created_at"])?;
    Ok(taken)
}

/// An item of a service catalogue: it has no text of its own.
fn service_item(record: &Record) -> Result<Taken, Trouble> {
    let online_url = record.text("url");
    let details = ServiceDetails {
        service_code: record.text("item_code"),
        office: record.text("department"),
        online_url: online_url.clone(),
        ..ServiceDetails::default()
    };
    Ok(Taken {
        id: record.require(&["id"])?,
        title: record.require(&["name"])?,
        body_html: record.first(&["body", "text"]).map(|text| body::html(&text)).unwrap_or_default(),
        published_at: record.moment(&PUBLISHED)?,
        formed_on: None,
        source_name: record.text("department"),
        url: online_url,
        keywords: keywords(record),
        themes: Vec::new(),
        details: Details::ServiceGuide(Box::new(details)),
    })
}

fn policy(record: &Record, directory: &Directory) -> Result<Taken, Trouble> {
    let issuer = record.text("issuer");
    let known = issuer.as_ref().and_then(|issuer| {
        directory.organisations.all().iter().find(|organisation| organisation.fields.name == *issuer)
    });
    let effective_on = record.date(&["effective_date", "effective_on"])?;
    let details = PolicyDetails {
        document_number: record.first(&["doc_no", "document_number"]),
        issuers: known.iter().map(|organisation| organisation.id).collect(),
        issuer_names: issuer.iter().filter(|_| known.is_none()).cloned().collect(),
        document_type: record.text("type").and_then(|name| code(directory, CodeList::DocumentType, &name)),
        written_on: record.date(&["issue_date"])?,
        effective_on,
        validity: validity(record.0.get("repealed"), effective_on),
        ..PolicyDetails::default()
    };
    let mut taken = common(record, &["title"], &["body", "text"], Details::Policy(Box::new(details)))?;
    taken.published_at = record.moment(&["published_at", "publish_date", "issue_date"])?;
    taken.formed_on = record.date(&["issue_date"])?;
    taken.source_name = issuer;
    // A theme of two levels is written with a backslash between them; the upper one is taken.
    let themes = record.text("theme").unwrap_or_default();
    let found = themes.split('\\').next().and_then(|name| code(directory, CodeList::Theme, name.trim()));
    taken.themes = found.into_iter().collect();
    Ok(taken)
}

/// What a record states: repealed, or in force where it also says since when; else nothing.
fn validity(repealed: Option<&Value>, effective_on: Option<Date>) -> Option<Validity> {
    match repealed {
        Some(Value::Bool(true)) => Some(Validity::Repealed),
        Some(Value::Bool(false)) if effective_on.is_some() => Some(Validity::Effective),
        _ => None,
    }
}

/// The code of a top-level item by its name.
fn code(directory: &Directory, list: CodeList, name: &str) -> Option<String> {
    let named = |item: &&std::sync::Arc<library::code::CodeItem>| {
        item.list == list && item.name == name && item.parent.is_none() && !item.retired
    };
    directory.codes.all().iter().find(named).map(|item| item.code.clone())
}

/// `{id, title, body or text, kind?, published_at or publish_date?, source?, url?}`; news is of this shape.
fn general(record: &Record) -> Result<Taken, Trouble> {
    let kind = match record.text("kind") {
        None => ContentKind::Article,
        Some(kind) => kind
            .to_uppercase()
            .replace('-', "_")
            .parse()
            .map_err(|_| Trouble::field("kind", format!("{kind} is no kind of content")))?,
    };
    common(record, &["title"], &["body", "text"], Details::bare(kind))
}
