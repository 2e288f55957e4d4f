//! A news feed as a document: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1.

use atom_syndication as atom;
use chrono::{DateTime, Utc};
use library::Instant;
use serde_json::json;

/// The newest of a site, a column or a tag.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// What it is the newest of.
    pub title: String,
    /// The page that shows the same.
    pub page: String,
    /// Its own address, without the ending of its format.
    pub address: String,
    /// The language as a BCP 47 tag.
    pub language: String,
    /// When the newest of its items changed last.
    pub updated: Instant,
    /// The items, newest first.
    pub items: Vec<Item>,
}

/// A content in a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// By what it is known: the content's identifier, whatever its address.
    pub id: String,
    /// Its title where it is shown.
    pub title: String,
    /// Its page.
    pub page: String,
    /// What it says in short.
    pub summary: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// When it was published.
    pub published: Instant,
    /// When it was changed last.
    pub updated: Instant,
}

/// In what a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom (RFC 4287).
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    /// The format whose addresses end so.
    pub fn ending(ending: &str) -> Option<Self> {
        match ending {
            "rss" => Some(Self::Rss),
            "atom" => Some(Self::Atom),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

fn utc(instant: Instant) -> DateTime<Utc> {
    instant.utc()
}

impl Feed {
    /// The document.
    pub fn write(&self, format: Format) -> String {
        match format {
            Format::Rss => self.rss(),
            Format::Atom => self.atom(),
            Format::Json => self.json(),
        }
    }

    fn rss(&self) -> String {
        let items = self.items.iter().map(|item| rss::Item {
            title: Some(item.title.clone()),
            link: Some(item.page.clone()),
            description: item.summary.clone(),
            categories: item.tags.iter().map(|name| rss::Category { name: name.clone(), domain: None }).collect(),
            guid: Some(rss::Guid { value: item.id.clone(), permalink: false }),
            pub_date: Some(utc(item.published).to_rfc2822()),
            // RSS has an author's e-mail address and no name: who published it is the source.
            source: item.publisher.clone().map(|name| rss::Source { url: self.page.clone(), title: Some(name) }),
            ..rss::Item::default()
        });
        let channel = rss::Channel {
            title: self.title.clone(),
            link: self.page.clone(),
            description: self.title.clone(),
            language: Some(self.language.clone()),
            last_build_date: Some(utc(self.updated).to_rfc2822()),
            items: items.collect(),
            ..rss::Channel::default()
        };
        channel.to_string()
    }

    fn atom(&self) -> String {
        let link =
            |href: &str, rel: &str| atom::Link { href: href.to_owned(), rel: rel.to_owned(), ..atom::Link::default() };
        let person = |name: &String| atom::Person { name: name.clone(), ..atom::Person::default() };
        let entries = self.items.iter().map(|item| atom::Entry {
            title: item.title.as_str().into(),
            id: format!("urn:jiyue:{}", item.id),
            updated: utc(item.updated).fixed_offset(),
            published: Some(utc(item.published).fixed_offset()),
            authors: item.publisher.iter().map(person).collect(),
            categories: item
                .tags
                .iter()
                .map(|name| atom::Category { term: name.clone(), scheme: None, label: None })
                .collect(),
            links: vec![link(&item.page, "alternate")],
            summary: item.summary.as_deref().map(Into::into),
            ..atom::Entry::default()
        });
        let feed = atom::Feed {
            title: self.title.as_str().into(),
            id: format!("{}.atom", self.address),
            updated: utc(self.updated).fixed_offset(),
            // An entry without an author of its own has that of its feed (RFC 4287, 4.1.1).
            authors: vec![person(&self.title)],
            links: vec![link(&format!("{}.atom", self.address), "self"), link(&self.page, "alternate")],
            lang: Some(self.language.clone()),
            entries: entries.collect(),
            ..atom::Feed::default()
        };
        feed.to_string()
    }

    fn json(&self) -> String {
        let time = |instant: Instant| utc(instant).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let items: Vec<_> = self
            .items
            .iter()
            .map(|item| {
                let authors: Vec<_> = item.publisher.iter().map(|name| json!({ "name": name })).collect();
                json!({
                    "id": item.id, "url": item.page, "title": item.title,
                    "content_text": item.summary.as_deref().unwrap_or(&item.title), "summary": item.summary,
                    "date_published": time(item.published), "date_modified": time(item.updated),
                    "authors": authors, "tags": item.tags,
                })
            })
            .collect();
        json!({
            "version": "https://jsonfeed.org/version/1.1", "title": self.title, "home_page_url": self.page,
            "feed_url": format!("{}.json", self.address), "language": self.language, "items": items,
        })
        .to_string()
    }
}
