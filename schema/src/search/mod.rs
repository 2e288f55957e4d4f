//! The search (搜索即服务) as the contract shows it. The index says which contents, in which order and how many; they are read
//! through the scope of who asks, and what that does not reveal is dropped with its highlights.

mod answer;
mod connection;
mod deeds;
mod facets;
mod suggestion;
mod synonym;

use std::sync::Arc;

use async_graphql::{Context, Enum, Error, ErrorExtensions as _, ID, InputObject, Result};
use library::Scope;
use library::id::SiteId;
use search::{Failure, Filter, Search};

pub use answer::AnswerSet;
pub use connection::{Arguments, SearchConnection};
pub use deeds::{
    EditSearchSynonymsInput, EditSearchSynonymsPayload, RateAnswerInput, RateAnswerPayload, RemoveSearchSynonymsInput,
    RemoveSearchSynonymsPayload, edit_search_synonyms, rate_answer, remove_search_synonyms,
};
pub use suggestion::{HotKeyword, Suggestion};
pub use synonym::{AnswerRating, SoughtInVain, SynonymGroup};

use crate::content::{ContentKind, DateTimeRange, Validity};
use crate::deed::Asking;
use crate::scalars::{bad_input, id, optional_id};
use crate::site::SiteLocator;

/// What narrows a search (检索筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SearchFilter {
    /// Only of these kinds (信息类型).
    pub kinds: Option<Vec<ContentKind>>,
    /// Only with one of these tags (任一标签); at most 100.
    pub any_tags: Option<Vec<ID>>,
    /// Only of this publisher, with those that were merged into it (发布机构).
    pub publisher: Option<ID>,
    /// Only of the theme with this code, or below it (主题分类).
    pub theme: Option<String>,
    /// Only policies in one of these states (有效性).
    pub validity: Option<Vec<Validity>>,
    /// Published in this time (发布时间).
    pub published_at: Option<DateTimeRange>,
    /// Whether only titles, questions and document numbers are looked through (仅标题).
    pub title_only: Option<bool>,
    /// Whether what sites below the named one show counts, too (含下级站点).
    pub with_child_sites: Option<bool>,
}

/// The order of what a search finds (检索排序).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SearchOrder {
    /// What fits best first (相关度).
    Relevance,
    /// What was published last first (最新发布).
    Newest,
}

/// The most identifiers of a filter.
const MOST_IDS: usize = 100;

impl SearchFilter {
    /// The filter as engines have it, on a site if one is named.
    fn wanted(self, scope: &Scope, site: Option<SiteId>) -> Result<Filter> {
        let tags = self.any_tags.unwrap_or_default();
        if tags.len() > MOST_IDS {
            return Err(bad_input("at most 100 identifiers"));
        }
        let tags = tags.iter().map(id).collect::<Result<Vec<library::id::TagId>>>()?;
        let publisher: Option<library::id::OrganisationId> = optional_id(self.publisher.as_ref())?;
        let (from, before) = DateTimeRange::ends(self.published_at.as_ref());
        let kind = |kind: ContentKind| <&str>::from(library::content::ContentKind::from(kind)).to_owned();
        let validity = |validity: Validity| <&str>::from(library::content::Validity::from(validity)).to_owned();
        let sites = site.map(|site| scope.site_family(site, self.with_child_sites.unwrap_or_default()));
        Ok(Filter {
            sites: sites.unwrap_or_default().into_iter().map(|site| site.0).collect(),
            kinds: self.kinds.unwrap_or_default().into_iter().map(kind).collect(),
            // What was merged counts as what it was merged into.
            tags: tags.into_iter().map(|tag| scope.tag(tag).map_or(tag, |found| found.id).0).collect(),
            publishers: publisher
                .map(|id| scope.publisher_family(id))
                .unwrap_or_default()
                .iter()
                .map(|id| id.0)
                .collect(),
            theme: self.theme,
            validity: self.validity.unwrap_or_default().into_iter().map(validity).collect(),
            published_from: from.map(|at| at.0),
            published_before: before.map(|at| at.0),
            title_only: self.title_only.unwrap_or_default(),
        })
    }
}

/// The longest query that is taken, in characters.
const LONGEST: usize = search::MOST_CHARACTERS;

/// The search of this node.
///
/// # Errors
/// `SEARCH_UNAVAILABLE` where there is none, and until its index is built.
fn here<'c>(ctx: &Context<'c>) -> Result<&'c Arc<Search>> {
    crate::scope(ctx).rests_on_index();
    let search = ctx.data_opt::<Arc<Search>>().ok_or_else(|| unavailable("there is no search here"))?;
    match search.position() {
        Some(_) => Ok(search),
        None => Err(unavailable("the index is being built")),
    }
}

/// That a query is not longer than what is looked for.
fn bounded(query: &str) -> Result<()> {
    match query.chars().nth(LONGEST) {
        None => Ok(()),
        Some(_) => Err(bad_input("at most 1,000 characters are searched for")),
    }
}

/// What the engine did not answer, as the client is told.
fn failed(failure: Failure) -> Error {
    match failure {
        Failure::Outdated => bad_input("the index was built anew since that page: begin with the first"),
        why @ (Failure::Unavailable(_) | Failure::Overtaken) => {
            tracing::warn!(%why, "the search is not available");
            unavailable("the search is not available now; everything else is")
        }
    }
}

fn unavailable(message: &str) -> Error {
    Error::new(message).extend_with(|_, more| more.set("code", "SEARCH_UNAVAILABLE"))
}

/// The site that is named, if one is; nothing if there is none such.
pub(crate) fn site_named(scope: &Scope, site: Option<SiteLocator>) -> Result<Option<Option<Arc<library::site::Site>>>> {
    match site {
        None => Ok(Some(None)),
        Some(by) => Ok(scope.site_by(&by.try_into()?).map(Some)),
    }
}

/// Remembers what was looked for, under a pseudonym.
fn note(
    ctx: &Context<'_>,
    search: &Search,
    site: Option<SiteId>,
    way: library::searches::Way,
    query: &str,
    hits: usize,
) {
    let from = ctx.data_opt::<Asking>().map(|asking| asking.from.clone()).unwrap_or_default();
    if from.is_empty() {
        return;
    }
    let hits = i64::try_from(hits).unwrap_or(i64::MAX);
    search.note(library::searches::Searched { site, way, query: query.to_owned(), from, hits });
}
