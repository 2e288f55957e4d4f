//! From what the library tells as public to what the index is told.

use std::sync::Arc;

use library::content::LiveContent;
use library::findable::Findable;
use library::organisation::Organisation;
use library::site::Site;
use library::tag::{Tag, TagState};
use library::{DayZone, Directory, Part};

use crate::document::Document;
use crate::text::spoken::Synonyms;
use crate::words::Words;

/// The document of a content.
pub fn document(found: &Findable, zone: DayZone) -> Document {
    let content = &found.content;
    let card = &content.card;
    let policy = card.policy();
    let mut labels: Vec<String> = found.tags.iter().flat_map(|(_, names)| names.iter().cloned()).collect();
    labels.extend(card.keywords.iter().cloned());
    let body = [card.summary.as_deref().unwrap_or_default(), &found.text].join("\n");
    Document {
        id: content.id.0,
        kind: <&str>::from(content.kind).to_owned(),
        title: [Some(&card.title), card.subtitle.as_ref()]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" "),
        number: policy.and_then(|policy| policy.document_number.clone()),
        questions: found.questions.clone(),
        labels,
        body,
        sites: found.sites.iter().map(|site| site.0).collect(),
        tags: found.tags.iter().map(|(tag, _)| tag.0).collect(),
        publisher: content.publisher.0,
        themes: found.themes.clone(),
        year: year(content, zone),
        validity: policy.map(|policy| <&str>::from(policy.state.validity).to_owned()),
        outdated: found.is_outdated(),
        published_at: content.published_at.0,
    }
}

/// The year that a content is of: that of its writing, else of its forming, else of its publication.
fn year(content: &LiveContent, zone: DayZone) -> i32 {
    let written = content.card.policy().and_then(|policy| policy.written_on).or(content.card.formed_on);
    let day = written.unwrap_or_else(|| zone.date(content.published_at));
    day.to_string().split('-').next().and_then(|year| year.parse().ok()).unwrap_or_default()
}

/// What the words of the platform are made of: as long as these are the same, so are the words.
#[derive(Default, Clone)]
pub struct Names {
    tags: Arc<Part<Tag>>,
    sites: Arc<Part<Site>>,
    organisations: Arc<Part<Organisation>>,
}

impl Names {
    /// Those of a directory.
    pub fn of(directory: &Directory) -> Self {
        Self {
            tags: directory.tags.clone(),
            sites: directory.sites.clone(),
            organisations: directory.organisations.clone(),
        }
    }

    /// Whether these are the same records.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.tags, &other.tags)
            && Arc::ptr_eq(&self.sites, &other.sites)
            && Arc::ptr_eq(&self.organisations, &other.organisations)
    }

    /// The words of the platform, with the synonyms that editors keep.
    pub fn words(&self, kept: Vec<Vec<String>>) -> Words {
        let active = self.tags.all().iter().filter(|tag| tag.state == TagState::Active);
        let groups = active.map(|tag| std::iter::once(&tag.fields.name).chain(&tag.fields.synonyms).cloned().collect());
        let synonyms = Synonyms::of(groups.chain(kept));
        let tags =
            self.tags.all().iter().filter(|tag| tag.state == TagState::Active).map(|tag| tag.fields.name.clone());
        let sites = self.sites.all().iter().filter(|site| site.is_running()).map(|site| site.fields.name.clone());
        let organisations = self.organisations.all().iter().map(|one| one.fields.name.clone());
        Words::of(tags.chain(sites).chain(organisations), synonyms)
    }
}
