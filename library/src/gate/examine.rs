//! Examining a revision: asks the library what content checks have to know, and lets them and the gate look.
//!
//! It reads what is committed and writes nothing: it runs before the transaction of the deed that asks for it. However
//! many links a revision has, the statements are few.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::missing;
use crate::content::{ContentFields, LiveContent};
use crate::finding::{self, Finding, Known, NumberUse, Questions, Similar};
use crate::id::{ContentId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::words::WordListKind;
use crate::{Audience, Directory, Library, Scope};

/// What was found in a revision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examination {
    /// What content checks found (检查结果), field by field.
    pub findings: Vec<Finding>,
    /// What keeps it from being submitted (缺项).
    pub missing: Vec<Refusal>,
}

impl Library {
    /// Examines a revision of a content at home on `site`. Whoever asks must be allowed to see it: findings quote it, and
    /// name published contents.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn examine(&self, content: ContentId, site: SiteId, fields: &ContentFields) -> Result<Examination> {
        self.scope(Audience::Public).examine(content, site, fields).await
    }
}

impl Scope {
    /// The same within a read.
    ///
    /// # Errors
    /// As [`Library::examine`].
    pub async fn examine(&self, content: ContentId, site: SiteId, fields: &ContentFields) -> Result<Examination> {
        let directory = self.directory();
        let hosts = hosts(&directory);
        let questions = Questions::of(fields, &hosts);
        let lists = self.compiled_words(site).await?;
        let of = |kind: WordListKind| lists.iter().filter(move |(head, _)| head.kind == kind).map(|(_, list)| &**list);
        let alike = self.with_bands(content, &questions.bands).await?;
        let numbered = self.with_number(content, questions.document_number.as_deref()).await?;
        let ends = self.ends(site, &questions.links);
        let named = alike.iter().map(|(id, _)| *id).chain(numbered.iter().map(|(id, _)| *id));
        let live = self.live_ends(named, &ends).await?;
        let title = |id: &ContentId| live.get(id).map(|content| content.card.title.clone());
        let known = Known {
            severities: directory.sites.get(site).map(|site| site.fields.checks.clone()).unwrap_or_default(),
            wrong_words: of(WordListKind::WrongWords).collect(),
            sensitive_words: of(WordListKind::SensitiveWords).collect(),
            dead_links: self.dead_links(content, ends, &live).await?,
            similar: alike
                .into_iter()
                .filter_map(|(id, sketch)| Some(Similar { content: id, title: title(&id)?, sketch }))
                .collect(),
            same_number: numbered
                .into_iter()
                .filter_map(|(id, number)| Some(NumberUse { content: id, title: title(&id)?, number }))
                .collect(),
            hosts,
        };
        Ok(Examination { findings: finding::check(fields, &known), missing: missing(&directory, site, fields) })
    }
}

/// The hosts of all our sites.
fn hosts(directory: &Directory) -> HashSet<String> {
    directory.sites.all().iter().flat_map(|site| site.fields.hosts.iter().cloned()).collect()
}

/// The published contents that readers find, by their identifiers.
pub(super) type Live = HashMap<ContentId, Arc<LiveContent>>;
