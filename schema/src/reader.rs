//! Readers (公众用户): what they subscribed, and what they may want.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use library::reader::SubscribeTags;

use crate::connection::{Connection, Count, Total, decode_cursor};
use crate::content::{Content, ContentKind};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::id;
use crate::site::SiteLocator;
use crate::tag::Tag;

/// What is kept of a reader.
#[derive(Clone)]
pub struct Reader(library::reader::Reader);

/// What is kept of the reader who asks (公众用户): nothing but this, under a digest of who vouches for whom. Private, and kept by
/// no cache.
#[Object]
impl Reader {
    /// The tags that the reader subscribed (订阅标签), by code.
    async fn tags(&self) -> Vec<Tag> {
        Tag::all(self.0.tags.clone())
    }

    /// Whether recommendations by these tags are allowed (允许个性化推荐); false once the reader refused them.
    async fn recommendations_allowed(&self) -> bool {
        !self.0.refuses
    }
}

impl Reader {
    /// The reader who asks.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn of(scope: &library::Scope) -> Result<Option<Self>> {
        Ok(scope.kept_of_reader().await.map_err(crate::error)?.map(Self))
    }
}

/// The newest for who asks.
pub struct ReaderFeed(Arc<library::reader::Feed>);

impl ReaderFeed {
    /// The feed of these kinds, on a site if one is named.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a malformed locator.
    pub async fn of(scope: &library::Scope, kinds: Option<Vec<ContentKind>>, on: Option<SiteLocator>) -> Result<Self> {
        let kinds = kinds.unwrap_or_default().into_iter().map(Into::into).collect();
        let on = on.map(TryInto::try_into).transpose()?;
        scope.feed(kinds, on).await.map(|feed| Self(Arc::new(feed))).map_err(crate::error)
    }
}

/// What who asks may want (猜你想看、猜你想问、猜你想办): the newest over the tags that a reader subscribed; for everybody else, and for
/// who refuses recommendations, the newest of all. Private, and kept by no cache.
#[Object]
impl ReaderFeed {
    /// Whether it is made by what the reader subscribed (是否个性化). A front end tells its readers.
    async fn personal(&self) -> bool {
        self.0.personal
    }

    /// The contents (信息), the newest first, each once.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Content>> {
        let key = |cursor: Option<String>| -> Result<_> {
            cursor.map(|cursor| library::read_key(&decode_cursor(&cursor)?, "iu").map_err(crate::error)).transpose()
        };
        let paging = library::Paging::of(first, key(after)?, last, key(before)?, None).map_err(crate::error)?;
        let page = crate::scope(ctx).feed_page(&self.0, &paging).await.map_err(crate::error)?;
        let page = page.with(|items| {
            let (contents, keys): (Vec<_>, Vec<_>) = items.into_iter().unzip();
            keys.into_iter().zip(Content::together(contents)).collect()
        });
        let feed = self.0.clone();
        let count: Count = Box::new(move |scope| {
            let feed = feed.clone();
            Box::pin(async move { scope.feed_total(&feed).await })
        });
        Ok(Connection::walked(page, Total::Counted(count)))
    }
}

/// Tags to be subscribed and given up (标签订阅).
#[derive(Debug, Clone, InputObject)]
pub struct SubscribeTagsInput {
    /// Tags to be subscribed (订阅); a reader has at most 50.
    pub add: Option<Vec<ID>>,
    /// Tags to be given up (退订).
    pub remove: Option<Vec<ID>>,
    /// Whether all that were subscribed before are given up (全部退订): then nothing is kept but what is added.
    pub remove_all: Option<bool>,
}

payload! {
    /// What came of subscribing tags (标签订阅结果).
    SubscribeTagsPayload {
        /// What is kept of the reader now (公众用户).
        reader: Reader,
    }
}

/// Subscribes tags and gives others up.
pub async fn subscribe_tags(ctx: &Context<'_>, input: SubscribeTagsInput) -> Result<SubscribeTagsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let ids = |tags: Option<Vec<ID>>| tags.unwrap_or_default().iter().map(id).collect::<Result<Vec<_>>>();
    let subscribe = SubscribeTags {
        add: ids(input.add)?,
        remove: ids(input.remove)?,
        remove_all: input.remove_all.unwrap_or_default(),
    };
    let asker = caller.clone();
    let deed = async move { library.subscribe_tags(&asker, subscribe).await };
    let mut payload = done(ctx, deed, |position| SubscribeTagsPayload {
        position: written(position),
        ..SubscribeTagsPayload::default()
    })
    .await?;
    if payload.position.is_some() {
        payload.reader = Reader::of(&afterwards(ctx, caller)).await?;
    }
    Ok(payload)
}

/// Whether a reader is recommended anything personally (个性化推荐开关).
#[derive(Debug, Clone, InputObject)]
pub struct SetRecommendationsInput {
    /// Whether it is allowed (是否允许): if not, what was subscribed is deleted.
    pub allowed: bool,
}

payload! {
    /// What came of it (个性化推荐开关结果).
    SetRecommendationsPayload {
        /// What is kept of the reader now (公众用户).
        reader: Reader,
    }
}

/// Refuses or allows personal recommendations.
pub async fn set_recommendations(
    ctx: &Context<'_>,
    input: SetRecommendationsInput,
) -> Result<SetRecommendationsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let asker = caller.clone();
    let deed = async move { library.set_recommendations(&asker, input.allowed).await };
    let mut payload = done(ctx, deed, |position| SetRecommendationsPayload {
        position: written(position),
        ..SetRecommendationsPayload::default()
    })
    .await?;
    if payload.position.is_some() {
        payload.reader = Reader::of(&afterwards(ctx, caller)).await?;
    }
    Ok(payload)
}
