//! The search on the desk: synonyms, and what was looked for in vain.

use async_graphql::{Context, Object, Result};
use library::searches::Way;

use crate::connection::{Connection, listed, paging};
use crate::content::{Content, KnowledgeEntry};
use crate::scalars::int;
use crate::search::{AnswerRating, SoughtInVain, SynonymGroup, site_named};
use crate::site::SiteLocator;

/// What editors are told of the search, and what it means the same by.
pub struct Searches;

impl Searches {
    async fn in_vain(ctx: &Context<'_>, site: Option<SiteLocator>, way: Way) -> Result<Vec<SoughtInVain>> {
        let scope = crate::scope(ctx);
        let Some(site) = site_named(scope, site)? else { return Ok(Vec::new()) };
        let sought = scope.sought_in_vain(site.map(|site| site.id), way).await.map_err(crate::error)?;
        Ok(SoughtInVain::grouped(sought))
    }
}

#[Object]
impl Searches {
    /// The groups of synonyms (同义词), for who keeps the platform.
    async fn search_synonyms(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<SynonymGroup>> {
        let paging = paging(size, after, None, None)?;
        let all = crate::scope(ctx).synonyms().await.map_err(crate::error)?;
        listed(&all, &paging, |group| group.id.to_string(), |page| page.into_iter().map(SynonymGroup).collect())
    }

    /// What readers searched for within a week and nothing was found (零结果词), at most 200: on a site for who keeps it, without a site for
    /// who keeps the platform.
    async fn searched_in_vain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On this site (站点).")] site: Option<SiteLocator>,
    ) -> Result<Vec<SoughtInVain>> {
        Self::in_vain(ctx, site, Way::Search).await
    }

    /// What readers asked within a week and no answer was known (未答问题), at most 200; for whom, as for `searchedInVain`.
    async fn asked_in_vain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On this site (站点).")] site: Option<SiteLocator>,
    ) -> Result<Vec<SoughtInVain>> {
        Self::in_vain(ctx, site, Way::Ask).await
    }

    /// How readers rated answers (答案评价), those first that helped least, at most 200; for who keeps the platform.
    async fn answer_ratings(&self, ctx: &Context<'_>) -> Result<Vec<AnswerRating>> {
        let scope = crate::scope(ctx);
        let rated = scope.answer_ratings().await.map_err(crate::error)?;
        let ids: Vec<_> = rated.iter().map(|one| one.entry).collect();
        let contents = Content::together(scope.contents_by_id(&ids).await.map_err(crate::error)?);
        let entry = |id| contents.iter().find(|content| content.id == id).cloned();
        let rating = |one: library::searches::Rated| AnswerRating {
            entry: entry(one.entry).and_then(|content| KnowledgeEntry::try_from(content).ok()),
            helpful: int(one.helpful),
            unhelpful: int(one.unhelpful),
        };
        Ok(rated.into_iter().map(rating).collect())
    }
}
