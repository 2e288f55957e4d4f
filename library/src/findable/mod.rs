//! What is told to those who make contents findable (可检索信息): what is public now, with all that it is found, filtered and
//! counted by. Which index it goes into is nobody's business here.

mod along;

use std::collections::HashMap;
use std::sync::Arc;

use crate::Scope;
use crate::changes::Change;
use crate::code::CodeList;
use crate::content::{ContentKind, Details, Glance, LiveContent};
use crate::database::Sql;
use crate::id::{AnyId, ContentId, SiteId, TagId};
use crate::refusal::Result;
use crate::tag::TagState;

pub use along::Along;

/// A content that is public now, as it is found.
#[derive(Debug, Clone)]
pub struct Findable {
    /// What lists show of it.
    pub content: Arc<LiveContent>,
    /// Its text, one line a block.
    pub text: String,
    /// The same question in other words, of knowledge entries.
    pub questions: Vec<String>,
    /// The running sites that show it.
    pub sites: Vec<SiteId>,
    /// Its active tags, merged ones as what they were merged into, with their names and synonyms.
    pub tags: Vec<(TagId, Vec<String>)>,
    /// Codes of its themes, and of those above them.
    pub themes: Vec<String>,
}

impl Findable {
    /// Whether it does not hold any more: a repealed policy, an answer that expired.
    pub fn is_outdated(&self) -> bool {
        match &self.content.card.glance {
            Glance::Policy(policy) => policy.state.validity.in_force() == Some(false),
            Glance::KnowledgeEntry(entry) => entry.expired,
            _ => false,
        }
    }
}

static SHOWN_ON: Sql =
    Sql::new("select distinct content_id, site_id from placement where content_id in ids($1) and shown");

impl Scope {
    /// Those of these contents that are public now, as they are found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn findable(&self, ids: &[ContentId]) -> Result<Vec<Findable>> {
        let contents = self.live_contents(ids).await?;
        let ids: Vec<ContentId> = contents.iter().map(|content| content.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let directory = self.directory();
        let mut shown: HashMap<ContentId, Vec<SiteId>> = HashMap::new();
        for row in self.rows(&SHOWN_ON, vec![ids.as_slice().into()]).await? {
            let (content, site): (ContentId, SiteId) = (row.get(0)?, row.get(1)?);
            if directory.sites.get(site).is_some_and(|site| site.is_running()) {
                shown.entry(content).or_default().push(site);
            }
        }
        let mut texts = self.bodies(&ids).await?;
        let answers: Vec<ContentId> =
            contents.iter().filter(|one| one.kind == ContentKind::KnowledgeEntry).map(|one| one.id).collect();
        let details = if answers.is_empty() { HashMap::new() } else { self.details(&answers).await? };
        let found = contents.into_iter().map(|content| {
            let id = content.id;
            let questions = match details.get(&id).map(|detail| &detail.details) {
                Some(Details::KnowledgeEntry(entry)) => entry.similar_questions.clone(),
                _ => Vec::new(),
            };
            let mut sites = shown.remove(&id).unwrap_or_default();
            sites.sort_unstable();
            Findable {
                text: texts.remove(&id).map(|body| body.text.clone()).unwrap_or_default(),
                questions,
                sites,
                tags: self.names_of_tags(&content),
                themes: self.themes_and_above(&content),
                content,
            }
        });
        Ok(found.collect())
    }

    fn names_of_tags(&self, content: &LiveContent) -> Vec<(TagId, Vec<String>)> {
        let directory = self.directory();
        let tags = directory.tags_of(&content.card.tags).into_iter();
        let active = tags.filter_map(|tag| directory.tags.get(tag)).filter(|tag| tag.state == TagState::Active);
        active
            .map(|tag| (tag.id, std::iter::once(&tag.fields.name).chain(&tag.fields.synonyms).cloned().collect()))
            .collect()
    }

    fn themes_and_above(&self, content: &LiveContent) -> Vec<String> {
        let directory = self.directory();
        let mut themes = Vec::new();
        for theme in &content.card.themes {
            let item = directory.code(CodeList::Theme, theme);
            themes.extend(
                item.map(|item| directory.codes.ancestors(item.id))
                    .into_iter()
                    .flatten()
                    .map(|above| above.code.clone()),
            );
            themes.push(theme.clone());
        }
        themes.sort();
        themes.dedup();
        themes
    }

    /// The sites whose hits are wanted for a site: itself, and with `children` those below it.
    pub fn site_family(&self, site: SiteId, children: bool) -> Vec<SiteId> {
        let mut family = vec![site];
        if children {
            let directory = self.directory();
            let mut at = 0;
            while at < family.len() {
                let below =
                    directory.sites.all().iter().filter(|site| site.parent == Some(family[at])).map(|site| site.id);
                let below: Vec<_> = below.filter(|site| !family.contains(site)).collect();
                family.extend(below);
                at += 1;
            }
        }
        family.iter().for_each(|site| self.note_record(AnyId::SiteId(*site)));
        family
    }

    /// The publishers whose contents count as those of one: itself, and those that were merged into it.
    pub fn publisher_family(&self, publisher: crate::id::OrganisationId) -> Vec<crate::id::OrganisationId> {
        self.merged_with(publisher)
    }

    /// Says that the answer rests on an index, which goes on without the log: whoever keeps answers must not keep this one.
    pub fn rests_on_index(&self) {
        self.keep_private();
    }
}

impl Change {
    /// The contents whose findable state this change may have altered, as far as it names them; may hold some twice.
    pub fn contents(&self) -> impl Iterator<Item = ContentId> {
        self.subjects.iter().flat_map(|touch| {
            let named = touch.subject.parse().ok().or_else(|| {
                let list = touch.subject.strip_prefix("members:placements:");
                list.and_then(|content| content.parse().ok())
            });
            let members = [touch.before, touch.after].into_iter().flatten().map(|member| member.content);
            named.into_iter().chain(members)
        })
    }
}
