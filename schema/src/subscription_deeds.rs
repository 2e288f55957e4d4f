//! What is done to shared columns (栏目共享): subscribing, editing, ending, and answering who asks; and what waits.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use library::id::AnyId;
use library::sharing::{EditSubscription, SubscribeColumn, SubscriptionFields, SubscriptionSource};

use crate::column::Column;
use crate::content::{Content, ContentKind};
use crate::deed::{Payload, UserError, afterwards, caller, done, payload, written};
use crate::enums::SubscriptionMode;
use crate::placement::Placement;
use crate::scalars::{Date, DateTime, id, int, kept};
use crate::subscription::ColumnSubscription;
use crate::sweep::{self, Sweep};

/// What a shared column takes from (共享来源): exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum SubscriptionSourceInput {
    /// A column (栏目).
    Column(ID),
    /// A tag (标签): contents that have it, from columns that are shared openly.
    Tag(ID),
    /// An organisation (机构): contents that it publishes, from columns that are shared openly.
    Organisation(ID),
}

impl SubscriptionSourceInput {
    fn source(&self) -> Result<SubscriptionSource> {
        Ok(match self {
            Self::Column(given) => SubscriptionSource::Column(id(given)?),
            Self::Tag(given) => SubscriptionSource::Tag(id(given)?),
            Self::Organisation(given) => SubscriptionSource::Organisation(id(given)?),
        })
    }
}

/// What a shared column lets through (共享条件); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct SubscriptionFilterInput {
    /// Only these kinds (信息种类).
    pub kinds: Option<Vec<ContentKind>>,
    /// Only contents with one of these tags (标签).
    pub tags: Option<Vec<ID>>,
    /// Only contents published on or after this day (发布日期起).
    pub published_from: Option<Date>,
}

impl SubscriptionFilterInput {
    fn filter(self) -> Result<library::sharing::SubscriptionFilter> {
        Ok(library::sharing::SubscriptionFilter {
            kinds: self.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            tags: self.tags.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            published_from: self.published_from.map(|date| date.0),
        })
    }
}

/// A column to be shared (订阅栏目).
#[derive(Debug, Clone, InputObject)]
pub struct SubscribeColumnInput {
    /// The column that shows (接收栏目).
    pub target: ID,
    /// What it takes from (来源).
    pub source: SubscriptionSourceInput,
    /// Whether contents are shown at once or wait for the receiving desk (共享方式).
    pub mode: SubscriptionMode,
    /// Whether what lies below the source counts too; not, if not given (含下级).
    pub with_descendants: Option<bool>,
    /// What it lets through; everything if not given (共享条件).
    pub filter: Option<SubscriptionFilterInput>,
    /// Only say how many contents it would show (试算).
    pub dry_run: Option<bool>,
}

/// What came of subscribing (订阅结果).
#[derive(Default, SimpleObject)]
pub struct SubscribeColumnPayload {
    /// The subscription; null in a dry run (共享). While the source's owner is asked, it is REQUESTED.
    subscription: Option<ColumnSubscription>,
    /// How many contents it shows at once (即时展示数量): 0 where they are to be reviewed first, because what is there
    /// already is not laid before the desk.
    will_show: i32,
    /// What is still being filled; null when all is (后续处理).
    sweep: Option<Sweep>,
    /// The position of the change (变更位置): a reader that has reached it sees what was done.
    position: Option<String>,
    /// Why nothing was done; empty if it was (操作错误).
    user_errors: Vec<UserError>,
}

impl Payload for SubscribeColumnPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// Subscribes a column.
pub async fn subscribe_column(ctx: &Context<'_>, input: SubscribeColumnInput) -> Result<SubscribeColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let filter = input.filter.unwrap_or_default().filter()?;
    let subscribe = SubscribeColumn {
        target: id(&input.target)?,
        source: input.source.source()?,
        fields: SubscriptionFields {
            mode: input.mode.into(),
            with_descendants: input.with_descendants.unwrap_or_default(),
            kinds: filter.kinds,
            tags: filter.tags,
            published_from: filter.published_from,
        },
    };
    let (asker, dry) = (caller.clone(), input.dry_run.unwrap_or_default());
    if dry {
        let deed = async move { library.would_show(&asker, subscribe).await };
        return done(ctx, deed, |will: i64| SubscribeColumnPayload { will_show: int(will), ..Default::default() })
            .await;
    }
    let deed = async move { library.subscribe_column(&asker, subscribe).await };
    let mut subscribed = None;
    let mut payload = done(ctx, deed, |(id, position)| {
        subscribed = Some(id);
        SubscribeColumnPayload { position: written(position), ..SubscribeColumnPayload::default() }
    })
    .await?;
    if let Some(subscribed) = subscribed {
        payload.sweep =
            sweep::left(ctx, caller.clone(), payload.position.as_ref(), AnyId::SubscriptionId(subscribed)).await?;
    }
    let scope = afterwards(ctx, caller);
    if let Some(found) = subscribed.and_then(|id| scope.kept_subscription(id)) {
        let counts = scope.subscription_counts(std::slice::from_ref(&found)).await.map_err(crate::error)?;
        payload.will_show = int(counts.get(&found.id).map_or(0, |counts| counts.shown));
        payload.subscription = Some(ColumnSubscription::alone(found));
    }
    Ok(payload)
}

/// What of a shared column is changed; what is not given stays (修改共享).
#[derive(Debug, Clone, InputObject)]
pub struct EditSubscriptionInput {
    /// Which (共享).
    pub id: ID,
    /// Whether contents are shown at once or wait for the receiving desk (共享方式). What stands there stays.
    pub mode: Option<SubscriptionMode>,
    /// What it lets through, as a whole (共享条件). What only it brought and does not let through goes.
    pub filter: Option<SubscriptionFilterInput>,
    /// Whether it rests (暂停): what only it brings goes, and comes back when it goes on.
    pub paused: Option<bool>,
}

payload! {
    /// What came of editing a shared column (修改共享结果).
    EditSubscriptionPayload {
        /// The subscription (共享).
        subscription: ColumnSubscription,
        /// What is still being done; null when all is (后续处理).
        sweep: Sweep,
    }
}

/// Edits a shared column.
pub async fn edit_subscription(ctx: &Context<'_>, input: EditSubscriptionInput) -> Result<EditSubscriptionPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let subscription = id(&input.id)?;
    let filter = input.filter.map(SubscriptionFilterInput::filter).transpose()?;
    let edit = EditSubscription { mode: input.mode.map(Into::into), filter, paused: input.paused };
    let asker = caller.clone();
    let deed = async move { library.edit_subscription(&asker, subscription, edit).await };
    let mut payload = done(ctx, deed, |position| EditSubscriptionPayload {
        subscription: afterwards(ctx, caller.clone()).kept_subscription(subscription).map(ColumnSubscription::alone),
        position: written(position),
        ..EditSubscriptionPayload::default()
    })
    .await?;
    payload.sweep = sweep::left(ctx, caller, payload.position.as_ref(), AnyId::SubscriptionId(subscription)).await?;
    Ok(payload)
}

/// A shared column to be ended (取消共享).
#[derive(Debug, Clone, InputObject)]
pub struct UnsubscribeColumnInput {
    /// Which (共享).
    pub id: ID,
    /// Why, for the log (理由).
    pub reason: Option<String>,
}

payload! {
    /// What came of ending a shared column (取消共享结果).
    UnsubscribeColumnPayload {
        /// What is still being done; null when all is (后续处理).
        sweep: Sweep,
    }
}

/// Ends a shared column.
pub async fn unsubscribe_column(ctx: &Context<'_>, input: UnsubscribeColumnInput) -> Result<UnsubscribeColumnPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (subscription, asker) = (id(&input.id)?, caller.clone());
    let deed = async move { library.unsubscribe_column(&asker, subscription, input.reason.as_deref()).await };
    let shown = |position| UnsubscribeColumnPayload { position: written(position), ..Default::default() };
    let mut payload = done(ctx, deed, shown).await?;
    payload.sweep = sweep::left(ctx, caller, payload.position.as_ref(), AnyId::SubscriptionId(subscription)).await?;
    Ok(payload)
}

/// What the owner of a column says to who asks for it (答复共享申请).
#[derive(Debug, Clone, InputObject)]
pub struct DecideSubscriptionInput {
    /// Which request (共享申请).
    pub id: ID,
    /// Whether it is granted (同意).
    pub grant: bool,
    /// Why; must be given where it is refused (理由).
    pub reason: Option<String>,
}

payload! {
    /// What came of answering (答复共享申请结果).
    DecideSubscriptionPayload {
        /// The subscription (共享).
        subscription: ColumnSubscription,
    }
}

/// Answers who asks for a column.
pub async fn decide_subscription(
    ctx: &Context<'_>,
    input: DecideSubscriptionInput,
) -> Result<DecideSubscriptionPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (subscription, asker) = (id(&input.id)?, caller.clone());
    let deed =
        async move { library.decide_subscription(&asker, subscription, input.grant, input.reason.as_deref()).await };
    done(ctx, deed, |position| DecideSubscriptionPayload {
        subscription: afterwards(ctx, caller).kept_subscription(subscription).map(ColumnSubscription::alone),
        position: written(position),
        ..DecideSubscriptionPayload::default()
    })
    .await
}

/// A showing that waits.
#[derive(Clone)]
pub struct PendingPlacement {
    pending: library::placement::Pending,
    content: Content,
    source: Placement,
    subscription: ColumnSubscription,
}

impl PendingPlacement {
    /// Those that are shown together.
    pub fn together(all: Vec<library::placement::Pending>) -> Vec<Self> {
        let contents = Content::together(all.iter().map(|one| one.content.clone()).collect());
        let sources = Placement::together(all.iter().map(|one| one.source.clone()).collect());
        let by = ColumnSubscription::together(all.iter().map(|one| one.subscription.clone()).collect());
        let nodes = all.into_iter().zip(contents).zip(sources.into_iter().zip(by));
        nodes
            .map(|((pending, content), (source, subscription))| Self { pending, content, source, subscription })
            .collect()
    }

    fn key(&self) -> library::id::PendingId {
        library::id::PendingId(self.pending.id.0)
    }

    /// Whether it is what this identifier names.
    pub fn is(&self, id: library::id::PendingId) -> bool {
        self.key() == id
    }
}

/// A content that a shared column brings and that waits for the receiving desk (待审共享). For who decides it alone.
#[Object]
impl PendingPlacement {
    /// The identifier (标识), which `decidePlacements` takes.
    async fn id(&self) -> ID {
        self.key().into()
    }

    /// The content (信息).
    async fn content(&self) -> Content {
        self.content.clone()
    }

    /// The column that would show it (接收栏目).
    async fn column(&self, ctx: &Context<'_>) -> Result<Column> {
        kept(crate::scope(ctx).column(self.pending.column), "column of a placement").map(Column::alone)
    }

    /// What brings it (共享规则).
    async fn subscription(&self) -> ColumnSubscription {
        self.subscription.clone()
    }

    /// The showing that it would mirror (来源展示).
    async fn source(&self) -> Placement {
        self.source.clone()
    }

    /// Since when it waits (到达时间).
    async fn arrived_at(&self) -> DateTime {
        self.pending.arrived_at.utc()
    }
}
