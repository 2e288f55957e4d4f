//! What is suggested while somebody types, and what many look for.

use async_graphql::{Context, Result, SimpleObject};
use search::text::typed::{begins, typed};
use search::{Filter, Hit};

use super::connection::Revealed;
use super::{bounded, failed, here, site_named};
use crate::content::ContentKind;
use crate::scalars::{Url, first, int};
use crate::site::SiteLocator;

/// A suggestion (检索联想): a word to search for, or a title that leads to its page.
#[derive(SimpleObject)]
pub struct Suggestion {
    /// What is suggested (文本).
    text: String,
    /// The kind of the content; null for a word (信息类型).
    kind: Option<ContentKind>,
    /// Where it leads; null for a word (网址).
    url: Option<Url>,
}

/// A word that many have looked for (热词).
#[derive(SimpleObject)]
pub struct HotKeyword {
    /// The word (热词).
    text: String,
    /// Its place, 1 for the first (排名).
    rank: i32,
}

/// How many words stand before titles.
const MOST_WORDS: usize = 3;

impl Suggestion {
    /// What goes on from what was typed: names of tags, then titles.
    ///
    /// # Errors
    /// `SEARCH_UNAVAILABLE` when the index cannot be asked.
    pub async fn all(
        ctx: &Context<'_>,
        prefix: &str,
        site: Option<SiteLocator>,
        size: Option<i32>,
    ) -> Result<Option<Vec<Self>>> {
        let (scope, search) = (crate::scope(ctx), here(ctx)?);
        bounded(prefix)?;
        let size = first(size)?;
        let Some(site) = site_named(scope, site)? else { return Ok(None) };
        let sites = site.as_ref().map(|site| vec![site.id.0]).unwrap_or_default();
        let filter = Filter { sites, ..Filter::default() };
        let started = search.engine().suggest(prefix.to_owned(), filter, size).await.map_err(failed)?;
        let hits: Vec<Hit> = started.iter().map(|one| Hit { id: one.id, score: 0.0 }).collect();
        let revealed = Revealed::of(ctx, hits.iter(), &search::Query::default()).await?;
        let word = |text| Self { text, kind: None, url: None };
        let mut all: Vec<Self> = words(scope, prefix).into_iter().take(size.min(MOST_WORDS)).map(word).collect();
        for content in hits.iter().filter_map(|hit| revealed.content(hit)) {
            if all.len() >= size {
                break;
            }
            if all.iter().any(|one| one.text == content.card.title) {
                continue;
            }
            let url = content.shared().address(ctx, site.as_ref().map(|site| SiteLocator::Id(site.id.into()))).await?;
            all.push(Self { text: content.card.title.clone(), kind: Some(content.kind.into()), url });
        }
        Ok(Some(all))
    }
}

/// The names of active tags that begin so, the shortest first.
fn words(scope: &library::Scope, prefix: &str) -> Vec<String> {
    let typed = typed(prefix);
    let mut names: Vec<String> =
        scope.tags(&library::tag::TagFilter::default()).iter().map(|tag| tag.fields.name.clone()).collect();
    names.retain(|name| begins(name, &typed));
    names.sort_by_key(|name| name.chars().count());
    names
}

impl HotKeyword {
    /// What several readers have looked for within a week, on a site or on all.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn all(ctx: &Context<'_>, site: Option<SiteLocator>, size: Option<i32>) -> Result<Option<Vec<Self>>> {
        let scope = crate::scope(ctx);
        let size = first(size)?;
        let Some(site) = site_named(scope, site)? else { return Ok(None) };
        let hot = scope.hot_keywords(site.map(|site| site.id), size).await.map_err(crate::error)?;
        let place = |(at, text): (usize, String)| Self { text, rank: int(at as u64 + 1) };
        Ok(Some(hot.into_iter().enumerate().map(place).collect()))
    }
}
