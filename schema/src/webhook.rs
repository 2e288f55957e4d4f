//! Webhooks (推送): systems that are told of changes by a request to an address of theirs; shown to who keeps them alone.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use library::id::DeliveryId;
use library::webhook::KeptAttempt;
use library::{Instant, Paging, Scope, read_key};
use tokio::sync::OnceCell;

use crate::connection::{Connection, Total, paging};
use crate::content::ContentKind;
use crate::scalars::{DateTime, Url, int};
use crate::site::Site;

/// Why nothing is sent to a webhook (暂停原因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::webhook::PauseReason")]
pub enum WebhookPauseReason {
    /// Somebody paused it (人工暂停).
    ByHand,
    /// Something was tried for three days, and never taken (持续失败).
    Failing,
    /// The receiver answered 410: it wants nothing more (接收方已停用).
    Gone,
}

/// Why something is sent (推送起因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::webhook::DeliveryCause")]
pub enum DeliveryCause {
    /// A change (变更).
    Change,
    /// Somebody tries whether the receiver answers (测试).
    Test,
}

/// How far something that is sent is (推送状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::webhook::DeliveryState")]
pub enum DeliveryState {
    /// It is sent when it is due (待发送).
    Waiting,
    /// The receiver took it (已送达).
    Delivered,
    /// The receiver did not take it, and it is not sent any more (失败).
    Failed,
    /// There was nothing to tell any more when it was to be sent (已略过).
    Skipped,
}

/// Why a request to a receiver came to nothing (失败原因).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::webhook::Problem")]
pub enum DeliveryProblem {
    /// The address leads to a network or port that is not open to webhooks (地址不被允许).
    AddressRefused,
    /// The name of the host has no address (域名无法解析).
    NameNotFound,
    /// Nobody could be connected to, or the certificate is not good (无法连接).
    NotConnected,
    /// There was no answer in time (超时).
    TimedOut,
    /// The answer says that it was not taken; redirects are not followed (接收方未接受).
    NotTaken,
    /// The kept query cannot be answered any more, or its answer is too large (无法生成内容).
    NoPayload,
}

/// Of which changes a webhook is told (筛选), as the `ChangeFilter` that it was given.
#[derive(SimpleObject)]
pub struct WebhookFilter {
    /// Only what one of these sites shows; all if empty (站点标识).
    sites: Vec<ID>,
    /// Only what one of these columns shows; all if empty (栏目标识).
    columns: Vec<ID>,
    /// Whether the columns below them count too (含下级栏目).
    with_descendants: bool,
    /// Only what has one of these tags; all if empty (标签标识).
    tags: Vec<ID>,
    /// Only contents of these kinds; all if empty (信息类型).
    kinds: Vec<ContentKind>,
}

/// A webhook that the asker keeps: who found it, has asked the library.
#[derive(Clone)]
pub struct Webhook(pub Arc<library::webhook::Webhook>);

/// A system that is told of changes by a request to an address of its own (推送). What it gets is the answer to its query, as the
/// public may read it when it is sent, signed by the Standard Webhooks scheme. Found by who keeps its site, or without one the platform.
#[Object]
impl Webhook {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What people call it (名称).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// The code of the site whose it is; null for the platform (站点代码).
    async fn site_code(&self, ctx: &Context<'_>) -> Option<String> {
        let directory = crate::scope(ctx).library().directory();
        directory.sites.get(self.0.site?).map(|site| site.code.clone())
    }

    /// That site, if it is open (站点).
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        self.0.site.and_then(|site| crate::scope(ctx).site(site)).map(Site)
    }

    /// Where it is sent to (接收地址).
    async fn url(&self) -> Url {
        Url(self.0.fields.url.clone())
    }

    /// Of which changes it is told (筛选).
    async fn filter(&self) -> WebhookFilter {
        fn ids<T: Copy + Into<ID>>(ids: &[T]) -> Vec<ID> {
            ids.iter().copied().map(Into::into).collect()
        }
        let filter = &self.0.fields.filter;
        WebhookFilter {
            sites: ids(&filter.sites),
            columns: ids(&filter.columns),
            with_descendants: filter.with_descendants,
            tags: ids(&filter.tags),
            kinds: filter.kinds.iter().copied().map(Into::into).collect(),
        }
    }

    /// The subscription document whose answer is sent (推送查询).
    async fn query(&self) -> &str {
        &self.0.fields.query
    }

    /// When it was made (创建时间).
    async fn created_at(&self) -> DateTime {
        self.0.created_at.utc()
    }

    /// Since when nothing is sent; null while it is (暂停时间).
    async fn paused_at(&self) -> Option<DateTime> {
        self.0.paused.map(|(at, _)| at.utc())
    }

    /// Why nothing is sent (暂停原因).
    async fn pause_reason(&self) -> Option<WebhookPauseReason> {
        self.0.paused.map(|(_, reason)| reason.into())
    }

    /// How far it has been told of the change log (推送位置): what is behind it waits there.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let position = crate::scope(ctx).webhook_position(&self.0).await.map_err(crate::error)?;
        Ok(position.map(|position| position.to_string()))
    }

    /// What was, is and will be sent, the newest first (推送记录): what ended stays for 30 days.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Delivery>> {
        let Paging { size, from, .. } = paging(size, after, None, None)?;
        let from = from.map(|key| read_key(&key, "iu")).transpose().map_err(crate::error)?;
        let paging = Paging { from, ..Paging::first(size) };
        let page = crate::scope(ctx).deliveries(self.0.id, &paging).await.map_err(crate::error)?;
        let page = page.with(|found| {
            let keys: Vec<_> = found.iter().map(library::webhook::Delivery::key).collect();
            keys.into_iter().zip(Delivery::together(found)).collect()
        });
        Ok(Connection::walked(page, Total::Known(None)))
    }
}

/// Deliveries that were read together.
struct Family {
    ids: Vec<DeliveryId>,
    attempts: OnceCell<HashMap<DeliveryId, Vec<KeptAttempt>>>,
}

/// A delivery to a webhook that the asker keeps.
#[derive(Clone)]
pub struct Delivery {
    delivery: Arc<library::webhook::Delivery>,
    family: Arc<Family>,
}

impl Delivery {
    /// Deliveries that one list answers.
    pub fn together(found: Vec<library::webhook::Delivery>) -> Vec<Self> {
        let ids = found.iter().map(|delivery| delivery.id).collect();
        let family = Arc::new(Family { ids, attempts: OnceCell::new() });
        found.into_iter().map(|it| Self { delivery: Arc::new(it), family: family.clone() }).collect()
    }

    /// One by its identifier.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: DeliveryId) -> Result<Option<Self>> {
        let found = scope.delivery(id).await.map_err(crate::error)?;
        Ok(Self::together(found.into_iter().collect()).pop())
    }
}

/// Something that is, was or will be sent to a webhook (推送记录).
#[Object]
impl Delivery {
    /// The identifier (标识): the receiver sees it as `webhook-id`, the same however often it is sent.
    async fn id(&self) -> ID {
        self.delivery.id.into()
    }

    /// Why it is sent (起因).
    async fn cause(&self) -> DeliveryCause {
        self.delivery.cause.into()
    }

    /// How far it is (状态).
    async fn state(&self) -> DeliveryState {
        self.delivery.state.into()
    }

    /// The position of the change (变更位置); null for a test that found none.
    async fn position(&self) -> Option<String> {
        self.delivery.position.map(|position| position.to_string())
    }

    /// When it was written down (创建时间).
    async fn created_at(&self) -> DateTime {
        self.delivery.created_at.utc()
    }

    /// When it is sent next (下次发送时间); null when it has ended.
    async fn due_at(&self) -> Option<DateTime> {
        self.delivery.due_at.map(Instant::utc)
    }

    /// When it ended (结束时间).
    async fn ended_at(&self) -> Option<DateTime> {
        self.delivery.ended_at.map(Instant::utc)
    }

    /// How often it was sent (发送次数).
    async fn attempt_count(&self) -> i32 {
        int(self.delivery.attempts)
    }

    /// The tries (发送尝试), the newest first, at most 20.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Vec<DeliveryAttempt>> {
        let load = || crate::scope(ctx).attempts(&self.family.ids);
        let all = self.family.attempts.get_or_try_init(load).await.map_err(crate::error)?;
        let of_this = all.get(&self.delivery.id).map(Vec::as_slice).unwrap_or_default();
        Ok(of_this.iter().map(DeliveryAttempt::of).collect())
    }
}

/// A try to send something to a receiver (发送尝试).
#[derive(SimpleObject)]
pub struct DeliveryAttempt {
    /// Which try it was, counted from 1 (次序).
    number: i32,
    /// When it began (时间).
    at: DateTime,
    /// How long it took, in milliseconds (耗时).
    milliseconds: i32,
    /// The HTTP status of the answer; null without one (状态码).
    status: Option<i32>,
    /// Why it came to nothing; null if it was taken (失败原因).
    problem: Option<DeliveryProblem>,
    /// The beginning of the answer, at most 1,024 bytes of it (应答摘要).
    answer: String,
}

impl DeliveryAttempt {
    fn of(kept: &KeptAttempt) -> Self {
        Self {
            number: int(kept.number),
            at: kept.at.utc(),
            milliseconds: int(kept.took.as_millis() as i64),
            status: kept.status.map(int),
            problem: kept.problem.map(Into::into),
            answer: kept.answer.clone(),
        }
    }
}
