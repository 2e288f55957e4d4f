//! What a search finds: hits with their highlights, how many, by what they can be narrowed, and groups by kind.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, Result, SimpleObject};
use library::content::Body;
use library::id::{ContentId, SiteId};
use library::searches::Way;
use search::highlight::Marks;
use search::{Filter, Found, Hit, MOST_HITS, Order, Query, Question, Search};
use tokio::sync::OnceCell;

use super::facets::{Facet, facets};
use super::{SearchFilter, SearchOrder, bounded, failed, here, note, site_named};
use crate::connection::{decode_cursor, encode_cursor};
use crate::content::{Content, ContentKind};
use crate::node::Searchable;
use crate::scalars::{Html, bad_input, first, int};
use crate::site::SiteLocator;
use crate::tag::Tag;

/// How many hits of each kind are found for groups.
const MOST_OF_A_KIND: usize = 20;
/// Of how few hits a slip is looked for.
const FEW: usize = 5;
/// How many tags stand beside hits.
const MOST_TAGS: usize = 12;
/// How many hits a page has if nothing else is asked for.
const PAGE: i32 = 20;

/// The arguments of a search.
#[derive(Debug, Default)]
pub struct Arguments {
    /// What is looked for.
    pub query: String,
    /// On which site.
    pub site: Option<SiteLocator>,
    /// What narrows it.
    pub filter: Option<SearchFilter>,
    /// In which order.
    pub order_by: Option<SearchOrder>,
    /// How many.
    pub first: Option<i32>,
    /// The cursor after which the page begins.
    pub after: Option<String>,
    /// How many are passed over.
    pub offset: Option<i32>,
}

/// The hits of a search that were revealed, and what is read of them together.
pub(super) struct Revealed {
    contents: HashMap<ContentId, Content>,
    marks: Marks,
    bodies: OnceCell<HashMap<ContentId, Arc<Body>>>,
}

impl Revealed {
    /// Reads hits through the scope of who asks; what that does not reveal is not here.
    pub(super) async fn of(ctx: &Context<'_>, hits: impl Iterator<Item = &Hit>, query: &Query) -> Result<Self> {
        let mut ids: Vec<ContentId> = hits.map(|hit| ContentId(hit.id)).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = crate::scope(ctx).contents_by_id(&ids).await.map_err(crate::error)?;
        let contents = Content::together(found).into_iter().map(|content| (content.id, content)).collect();
        Ok(Self { contents, marks: Marks::of(query), bodies: OnceCell::new() })
    }

    pub(super) fn content(&self, hit: &Hit) -> Option<&Content> {
        self.contents.get(&ContentId(hit.id))
    }

    async fn excerpt(&self, ctx: &Context<'_>, content: &Content) -> Result<String> {
        let ids = || self.contents.keys().copied().collect::<Vec<_>>();
        let read = async || crate::scope(ctx).bodies(&ids()).await;
        let bodies = self.bodies.get_or_try_init(read).await.map_err(crate::error)?;
        let text = bodies.get(&content.id).map(|body| body.text.as_str()).unwrap_or_default();
        let summary = content.card.summary.as_deref().filter(|_| text.is_empty()).unwrap_or_default();
        Ok(self.marks.excerpt(if text.is_empty() { summary } else { text }))
    }
}

/// A page of hits.
pub struct SearchConnection {
    search: Arc<Search>,
    written: String,
    filter: Filter,
    offset: usize,
    size: usize,
    found: Found,
    revealed: Arc<Revealed>,
    query: Query,
    is_behind: bool,
}

impl SearchConnection {
    /// Searches; nothing on a site that there is not.
    ///
    /// # Errors
    /// `SEARCH_UNAVAILABLE` when the index cannot be asked, `BAD_USER_INPUT` for arguments out of their bounds.
    pub async fn of(ctx: &Context<'_>, arguments: Arguments) -> Result<Option<Self>> {
        let Arguments { query: written, site, filter, order_by, first: size, after, offset } = arguments;
        let (scope, search) = (crate::scope(ctx), here(ctx)?);
        bounded(&written)?;
        let size = first(size.or(Some(PAGE)))?;
        let Some(site) = site_named(scope, site)? else { return Ok(None) };
        let site: Option<SiteId> = site.map(|site| site.id);
        let (generation, offset) = begins(after, offset)?;
        let filter = filter.unwrap_or_default().wanted(scope, site)?;
        let query = Query::read(&written, &search.words());
        let wants = |field: &str| ctx.look_ahead().field(field).exists();
        let question = Question {
            query: query.clone(),
            filter: filter.clone(),
            order: match order_by {
                Some(SearchOrder::Newest) => Order::Newest,
                _ => Order::Relevance,
            },
            offset,
            first: size.min(MOST_HITS.saturating_sub(offset)),
            facets: wants("facets") || wants("tags"),
            of_each_kind: if wants("groups") { MOST_OF_A_KIND } else { 0 },
            now: scope.library().now().0,
        };
        let found = search.engine().find(question).await.map_err(failed)?;
        if generation.is_some_and(|generation| generation != found.generation) {
            return Err(failed(search::Failure::Outdated));
        }
        if offset == 0 {
            note(ctx, search, site, Way::Search, &written, found.total);
        }
        let hits = found.hits.iter().chain(found.groups.iter().flat_map(|group| &group.hits));
        let revealed = Arc::new(Revealed::of(ctx, hits, &query).await?);
        let is_behind = search.is_behind();
        let search = search.clone();
        Ok(Some(Self { search, written, filter, offset, size, found, revealed, query, is_behind }))
    }

    fn edges_of(&self, hits: &[Hit], offset: usize) -> Vec<SearchEdge> {
        let edge = |(at, hit): (usize, &Hit)| {
            let content = self.revealed.content(hit)?.clone();
            let cursor = encode_cursor(&format!("{}:{}", self.found.generation, offset + at + 1));
            Some(SearchEdge { cursor, content, score: hit.score, revealed: self.revealed.clone() })
        };
        hits.iter().enumerate().filter_map(edge).collect()
    }
}

/// Which building of the index a page is of, if it is behind another, and how many hits are passed over.
fn begins(after: Option<String>, offset: Option<i32>) -> Result<(Option<u64>, usize)> {
    let offset = usize::try_from(offset.unwrap_or(0)).map_err(|_| bad_input("offset must not be negative"))?;
    if offset > MOST_HITS {
        return Err(bad_input("at most 1,000 hits can be passed over: narrow the search"));
    }
    let Some(after) = after else { return Ok((None, offset)) };
    if offset > 0 {
        return Err(bad_input("give a cursor or an offset, not both"));
    }
    let text = decode_cursor(&after)?;
    let parts = text.split_once(':').and_then(|(generation, at)| Some((generation.parse().ok()?, at.parse().ok()?)));
    let (generation, at): (u64, usize) = parts.ok_or_else(|| bad_input("not a cursor of this list"))?;
    Ok((Some(generation), at.min(MOST_HITS)))
}

/// What a search finds (检索结果), the best first: one page, with what it can be narrowed by. Counts are exact as of `asOf`; where the
/// index is more than five seconds behind, they are not told.
#[Object]
impl SearchConnection {
    /// The hits with their cursors and highlights (带高亮的命中).
    async fn edges(&self) -> Vec<SearchEdge> {
        self.edges_of(&self.found.hits, self.offset)
    }

    /// The hits alone (命中信息).
    async fn nodes(&self) -> Vec<Searchable> {
        self.found.hits.iter().filter_map(|hit| self.revealed.content(hit).cloned()).map(Searchable::from).collect()
    }

    /// Whether and where the list goes on (分页信息); it ends at 1,000 hits.
    async fn page_info(&self) -> PageInfo {
        let end = self.offset + self.found.hits.len();
        let cursor = |at: usize| encode_cursor(&format!("{}:{at}", self.found.generation));
        let some = !self.found.hits.is_empty();
        PageInfo {
            has_previous_page: self.offset > 0,
            has_next_page: self.size > 0 && end < self.found.total.min(MOST_HITS),
            start_cursor: some.then(|| cursor(self.offset + 1)),
            end_cursor: some.then(|| cursor(end)),
        }
    }

    /// How many hits there are in all (命中总数); null where the index is more than five seconds behind.
    async fn total_count(&self) -> Option<i32> {
        (!self.is_behind).then(|| int(self.found.total as u64))
    }

    /// Whether the total is estimated (总数是否估计): never with the embedded index.
    async fn total_is_estimate(&self) -> bool {
        false
    }

    /// The position of the change log that this answer reflects (索引位置).
    async fn as_of(&self) -> String {
        self.found.position.to_string()
    }

    /// How many hits there are by what they can be narrowed by (分面统计); none where the index is more than five seconds behind.
    async fn facets(&self, ctx: &Context<'_>) -> Vec<Facet> {
        if self.is_behind { Vec::new() } else { facets(crate::scope(ctx), &self.found.facets) }
    }

    /// The best of each kind (分类结果), so that services, policies, interpretations and answers stand beside articles; none where the index
    /// is more than five seconds behind.
    async fn groups(
        &self,
        #[graphql(name = "first", default = 3, desc = "How many of each kind, at most 20 (每类条数).")] size: Option<
            i32,
        >,
    ) -> Result<Vec<SearchGroup>> {
        let size = first(size.or(Some(3)))?;
        if size > MOST_OF_A_KIND {
            return Err(bad_input("at most 20 of each kind"));
        }
        if self.is_behind {
            return Ok(Vec::new());
        }
        let group = |group: &search::Group| {
            let kind: library::content::ContentKind = group.kind.parse().ok()?;
            let mut edges = self.edges_of(&group.hits, 0);
            edges.truncate(size);
            Some(SearchGroup { kind: kind.into(), total_count: int(group.total as u64), edges })
        };
        Ok(self.found.groups.iter().filter_map(group).collect())
    }

    /// The tags that go with what was looked for (标签矩阵): those that it names, then the most frequent of the hits.
    async fn tags(&self, ctx: &Context<'_>) -> Vec<Tag> {
        let scope = crate::scope(ctx);
        let named = self.query.words.iter().flat_map(|word| std::iter::once(&word.text).chain(&word.synonyms));
        let named = named.filter_map(|name| scope.tag_by(&library::tag::TagLocator::Name(name.clone())));
        let mut tags: Vec<_> = named.collect();
        if !self.is_behind {
            let counted = self.found.facets.iter().filter(|facet| facet.field == search::FacetField::Tag);
            let ids = counted.flat_map(|facet| &facet.values).filter_map(|(id, _)| id.parse().ok());
            tags.extend(ids.filter_map(|id| scope.tag(library::id::TagId(id))));
        }
        let mut seen = std::collections::HashSet::new();
        tags.retain(|tag| seen.insert(tag.id));
        tags.truncate(MOST_TAGS);
        Tag::all(tags)
    }

    /// What was probably meant (您是不是要找): another word of the same sound, or one with one character mended; null where nothing better
    /// is known, and where enough was found.
    async fn did_you_mean(&self) -> Result<Option<String>> {
        if self.found.total > FEW {
            return Ok(None);
        }
        let (search, filter) = (&self.search, self.filter.clone());
        search.engine().did_you_mean(self.written.clone(), search.words(), filter).await.map_err(failed)
    }
}

/// A hit.
pub struct SearchEdge {
    cursor: String,
    content: Content,
    score: f32,
    revealed: Arc<Revealed>,
}

/// A hit of a search (命中) with its highlights.
#[Object]
impl SearchEdge {
    /// Where it stands in the list (游标); of use until the index is built anew.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// What was found (信息).
    async fn node(&self) -> Searchable {
        self.content.clone().into()
    }

    /// How well it fits (相关度): comparable within one answer.
    async fn score(&self) -> f64 {
        f64::from(self.score)
    }

    /// Its title as HTML, what was looked for in `<em>`, everything else escaped (标题高亮).
    async fn title_highlight(&self) -> Html {
        Html(self.revealed.marks.title(&self.content.card.title))
    }

    /// The part of its text that fits best as HTML, in the same way (摘要高亮).
    async fn excerpt_highlight(&self, ctx: &Context<'_>) -> Result<Html> {
        self.revealed.excerpt(ctx, &self.content).await.map(Html)
    }
}

/// The best hits of one kind (分类结果).
#[derive(SimpleObject)]
pub struct SearchGroup {
    /// The kind (信息类型).
    kind: ContentKind,
    /// How many there are of it (总数).
    total_count: i32,
    /// The best of them (命中).
    edges: Vec<SearchEdge>,
}
