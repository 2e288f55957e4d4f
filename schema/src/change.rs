//! The change feed (变更流): everything that is public, in the order in which it changed.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use library::Scope;
use library::change_feed::{self, FeedChange, FeedEffect};
use library::changes::Action;
use library::id::{AnyId, ChangeId, EffectId};
use tokio::sync::OnceCell;

use crate::column::Column;
use crate::connection::{Connection, Total, decode_cursor, listed, paging};
use crate::content::{Content, ContentKind, OriginRef};
use crate::node::Node;
use crate::nouns::of_directory;
use crate::placement::Placement;
use crate::scalars::{DateTime, bad_input, id};
use crate::site::Site;

/// What narrows the change feed (筛选); all given parts must hold. Effects are relative to it: what stops matching has LEFT.
#[derive(Clone, Default, InputObject)]
pub struct ChangeFilter {
    /// Only what one of these sites shows, and the sites themselves (站点).
    pub sites: Option<Vec<ID>>,
    /// Only what one of these columns shows, and the columns themselves (栏目).
    pub columns: Option<Vec<ID>>,
    /// Whether the columns below them count too (含下级栏目).
    pub with_descendants: Option<bool>,
    /// Only what has one of these tags, and the tags themselves (标签).
    pub tags: Option<Vec<ID>>,
    /// Only contents of these kinds (信息类型).
    pub kinds: Option<Vec<ContentKind>>,
}

/// The most identifiers of each part of a filter.
const MOST_IDS: usize = 100;

impl ChangeFilter {
    /// The filter as the library has it.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a malformed identifier and for more than 100 of a noun.
    pub fn wanted(self) -> Result<change_feed::ChangeFilter> {
        fn ids<T: std::str::FromStr>(given: Option<Vec<ID>>) -> Result<Vec<T>> {
            let given = given.unwrap_or_default();
            if given.len() > MOST_IDS {
                return Err(bad_input("at most 100 identifiers"));
            }
            given.iter().map(id).collect()
        }
        Ok(change_feed::ChangeFilter {
            sites: ids(self.sites)?,
            columns: ids(self.columns)?,
            with_descendants: self.with_descendants.unwrap_or_default(),
            tags: ids(self.tags)?,
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
        })
    }
}

/// What happened to a record, relative to the filter (变更效果).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::changes::Effect")]
pub enum Effect {
    /// It matches now and did not before (进入).
    Entered,
    /// It matches as before, with other values (变化).
    Changed,
    /// It matches no more, or is not public any more: its identifier is all that is told (离开).
    Left,
}

/// What was done (变更类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ChangeAction {
    /// Contents became live (发布).
    ContentPublished,
    /// Live contents were corrected, moved or given other tags (更正).
    ContentEdited,
    /// Contents were taken off every site (撤下).
    ContentWithdrawn,
    /// Contents were put away for the archive (归档).
    ContentArchived,
    /// The validity of a policy, an answer or a notice period changed (效力变更).
    ValiditySet,
    /// A content was placed in a further column, or waits no more (栏目上架).
    PlacementAdded,
    /// A showing was taken away (栏目下架).
    PlacementRemoved,
    /// The title, pin or visibility of a showing changed (展示调整).
    PlacementEdited,
    /// A column or what it shares changed (栏目变更).
    ColumnChanged,
    /// A tag changed (标签变更).
    TagChanged,
    /// A tag was merged into another (标签合并).
    TagsMerged,
    /// An organisation changed (机构变更).
    OrganisationChanged,
    /// A site changed (站点变更).
    SiteChanged,
    /// A panel of a page changed (区块变更).
    PanelChanged,
}

impl ChangeAction {
    fn of(action: Action) -> Self {
        match action {
            Action::ContentPublished => Self::ContentPublished,
            Action::ContentWithdrawn => Self::ContentWithdrawn,
            Action::ContentArchived => Self::ContentArchived,
            Action::ValiditySet => Self::ValiditySet,
            Action::PlacementAdded => Self::PlacementAdded,
            Action::PlacementRemoved => Self::PlacementRemoved,
            Action::PlacementEdited => Self::PlacementEdited,
            Action::ColumnChanged => Self::ColumnChanged,
            Action::TagChanged => Self::TagChanged,
            Action::TagsMerged => Self::TagsMerged,
            Action::OrganisationChanged => Self::OrganisationChanged,
            Action::SiteChanged => Self::SiteChanged,
            Action::PanelChanged => Self::PanelChanged,
            // Whatever else was done, of what is public it corrected contents: redaction, retagging, a draft taken back.
            _ => Self::ContentEdited,
        }
    }
}

/// What the effects of one page name, read together when somebody asks for the first of them.
#[derive(Default)]
struct Subjects {
    ids: Vec<AnyId>,
    found: OnceCell<HashMap<AnyId, Node>>,
}

impl Subjects {
    async fn read(&self, scope: &Scope) -> Result<&HashMap<AnyId, Node>> {
        self.found.get_or_try_init(|| self.all(scope)).await
    }

    async fn all(&self, scope: &Scope) -> Result<HashMap<AnyId, Node>> {
        let (mut contents, mut placements, mut found) = (Vec::new(), Vec::new(), HashMap::new());
        for id in &self.ids {
            match *id {
                AnyId::ContentId(id) => contents.push(id),
                AnyId::PlacementId(id) => placements.push(id),
                id => found.extend(of_directory(scope, id).map(|node| (id, node))),
            }
        }
        let contents = Content::together(scope.contents_by_id(&contents).await.map_err(crate::error)?);
        found.extend(contents.into_iter().map(|content| (AnyId::ContentId(content.id), content.into())));
        let placements = Placement::together(scope.placements_by_id(&placements).await.map_err(crate::error)?);
        found.extend(placements.into_iter().map(|it| (AnyId::PlacementId(it.placement.id), it.into())));
        Ok(found)
    }
}

/// A change of what is public.
#[derive(Clone)]
pub struct Change {
    change: Arc<FeedChange>,
    subjects: Arc<Subjects>,
}

impl Change {
    /// The changes of a page.
    pub fn together(changes: Vec<FeedChange>) -> Vec<Self> {
        let mut ids: Vec<AnyId> = changes
            .iter()
            .flat_map(|change| &change.effects)
            .filter(|effect| effect.effect != library::changes::Effect::Left)
            .map(|effect| effect.subject)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let subjects = Arc::new(Subjects { ids, found: OnceCell::new() });
        let one = |change| Self { change: Arc::new(change), subjects: subjects.clone() };
        changes.into_iter().map(one).collect()
    }

    /// One by its identifier, as the feed without a filter tells it.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: ChangeId) -> Result<Option<Self>> {
        let found = scope.feed_change(id).await.map_err(crate::error)?;
        Ok(Self::together(found.into_iter().collect()).pop())
    }
}

/// An entry of the change log (变更), as far as it did something to what is public and asked for.
#[Object]
impl Change {
    /// Its identifier (标识).
    async fn id(&self) -> ID {
        self.change.id.into()
    }

    /// Its place in the log (变更位置); `after` takes it.
    async fn position(&self) -> String {
        self.change.position.to_string()
    }

    /// When it was done (时间).
    async fn at(&self) -> DateTime {
        self.change.at.utc()
    }

    /// What was done (变更类型).
    async fn action(&self) -> ChangeAction {
        ChangeAction::of(self.change.action)
    }

    /// The site that it concerns most (站点); null if it is not public.
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        self.change.site.and_then(|site| crate::scope(ctx).site(site)).map(Site)
    }

    /// What it did to which records (变更效果): at least one; an import does a thousand.
    async fn effects(
        &self,
        #[graphql(name = "first", desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<ChangeEffect>> {
        let paging = paging(size, after, None, None)?;
        let all: Vec<Arc<FeedEffect>> = self.change.effects.iter().cloned().map(Arc::new).collect();
        let wrap = |page: Vec<Arc<FeedEffect>>| {
            page.into_iter().map(|effect| ChangeEffect { effect, subjects: self.subjects.clone() }).collect()
        };
        listed(&all, &paging, |effect| effect.id.to_string(), wrap)
    }
}

/// What a change did to one record.
#[derive(Clone)]
pub struct ChangeEffect {
    effect: Arc<FeedEffect>,
    subjects: Arc<Subjects>,
}

impl ChangeEffect {
    /// One by its identifier, as the feed without a filter tells it.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: EffectId) -> Result<Option<Self>> {
        let found = scope.feed_effect(id).await.map_err(crate::error)?;
        Ok(found.map(|effect| {
            let subjects = Arc::new(Subjects { ids: vec![effect.subject], found: OnceCell::new() });
            Self { effect: Arc::new(effect), subjects }
        }))
    }

    async fn node(&self, scope: &Scope) -> Result<Option<Node>> {
        if self.effect.effect == library::changes::Effect::Left {
            return Ok(None);
        }
        Ok(self.subjects.read(scope).await?.get(&self.effect.subject).cloned())
    }
}

/// What a change did to one record (变更效果).
#[Object]
impl ChangeEffect {
    /// Its identifier (标识).
    async fn id(&self) -> ID {
        self.effect.id.into()
    }

    /// What happened (效果).
    async fn effect(&self) -> Effect {
        self.effect.effect.into()
    }

    /// The identifier of the record (对象标识): what a follower keeps its copy by.
    async fn subject_id(&self) -> ID {
        ID(self.effect.subject.to_string())
    }

    /// The record as it is now (对象); null if it left. A follower that takes it over is as new as its answer, and meets later
    /// changes again.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        self.node(crate::scope(ctx)).await
    }

    /// For a content or a showing: the columns, of those that the filter names or else of all, in which it stands; in which it
    /// stood, if it left (栏目).
    async fn columns(&self, ctx: &Context<'_>) -> Vec<Column> {
        let scope = crate::scope(ctx);
        Column::together(self.effect.columns.iter().filter_map(|id| scope.column(*id)).collect())
    }

    /// Which system made the content and how it is known there (来源系统标识); null if it left.
    async fn origin(&self, ctx: &Context<'_>) -> Result<Option<OriginRef>> {
        match self.node(crate::scope(ctx)).await? {
            Some(Node::Content(content)) => Ok(OriginRef::of(&content)),
            _ => Ok(None),
        }
    }
}

/// A page of the feed.
///
/// # Errors
/// `BAD_USER_INPUT` for what is neither a position nor a cursor of the feed, and for a malformed filter.
pub async fn changes(
    scope: &Scope,
    after: Option<String>,
    first: Option<i32>,
    filter: Option<ChangeFilter>,
) -> Result<Connection<Change>> {
    let size = paging(first, None, None, None)?.size;
    let begin = position(after.as_deref())?;
    let filter = filter.unwrap_or_default().wanted()?;
    let page = scope.change_feed(begin, size, &filter).await.map_err(crate::error)?;
    scope.reads_feed_from(begin, &filter);
    let items = Change::together(page.changes).into_iter().map(|it| (it.change.position.to_string(), it)).collect();
    Ok(Connection::new(items, page.has_next, begin > 0, Total::Known(None)).ending_at(&page.end.to_string()))
}

/// The position that `after` names, written plainly or as a cursor; the beginning if nothing is given.
///
/// # Errors
/// `BAD_USER_INPUT` for anything else.
pub fn position(after: Option<&str>) -> Result<i64> {
    let Some(after) = after else { return Ok(0) };
    let text = match after.bytes().all(|byte| byte.is_ascii_digit()) {
        true => after.to_owned(),
        false => decode_cursor(after)?,
    };
    text.parse().map_err(|_| bad_input("neither a position nor a cursor of the change feed"))
}
