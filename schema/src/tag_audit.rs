//! Audits of tags (标签抽检) as the desk shows them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use library::Scope;
use library::id::{AccountId, ContentId, TagAuditId, TagId};
use library::tag_audit::{TagAuditItem as Item, TagFaults, Unit};
use tokio::sync::OnceCell;

use crate::account::Account;
use crate::connection::{Connection, listed, paging};
use crate::content::Content;
use crate::organisation::Organisation;
use crate::scalars::{Date, DateTime, first, int};
use crate::site::Site;
use crate::tag::Tag;

/// What was said of the tags of a content (抽检结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::tag_audit::Verdict")]
pub enum TagAuditVerdict {
    /// They are as they should be (正确).
    Right,
    /// One that it has does not fit (错标); one may be missing as well.
    Wrong,
    /// Those that it has fit, and one is missing (漏标).
    Missing,
}

type Items = HashMap<TagAuditId, Vec<Item>>;

/// What was drawn for the audits of one page, read together when somebody asks for the first of them.
#[derive(Default)]
struct Drawn {
    ids: Vec<TagAuditId>,
    found: OnceCell<Items>,
}

/// An audit of tags that the asker sees: who found it, has asked the library.
#[derive(Clone)]
pub struct TagAudit {
    audit: Arc<library::tag_audit::TagAudit>,
    drawn: Arc<Drawn>,
}

impl TagAudit {
    /// The audits of a page.
    pub fn together(audits: Vec<library::tag_audit::TagAudit>) -> Vec<Self> {
        let ids = audits.iter().map(|audit| audit.id).collect();
        let drawn = Arc::new(Drawn { ids, found: OnceCell::new() });
        audits.into_iter().map(|audit| Self { audit: Arc::new(audit), drawn: drawn.clone() }).collect()
    }

    /// One by its identifier.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: TagAuditId) -> Result<Option<Self>> {
        let found = scope.tag_audit(id).await.map_err(crate::error)?;
        Ok(Self::together(found.into_iter().collect()).pop())
    }

    async fn drawn(&self, ctx: &Context<'_>) -> Result<&[Item]> {
        let read = async || crate::scope(ctx).tag_audit_items(&self.drawn.ids).await;
        let found = self.drawn.found.get_or_try_init(read).await.map_err(crate::error)?;
        Ok(found.get(&self.audit.id).map_or(&[][..], Vec::as_slice))
    }

    /// What part of those that were judged.
    fn share(&self, of: i64) -> Option<f64> {
        (self.audit.judged > 0).then(|| of as f64 / self.audit.judged as f64)
    }
}

/// An audit of tags (标签抽检): contents of a unit that were drawn at random, each as likely as any other, and what was said of their tags. Seen by
/// the tag office, and by who works for the unit once everything is judged.
#[Object]
impl TagAudit {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.audit.id.into()
    }

    /// The organisation whose publications were drawn (被抽检机构); null if it is a site.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<Organisation> {
        match self.audit.unit {
            Unit::Organisation(id) => crate::scope(ctx).organisation(id).map(Organisation),
            Unit::Site(_) => None,
        }
    }

    /// The site whose contents were drawn (被抽检站点); null if it is an organisation, and for who may not see it.
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        match self.audit.unit {
            Unit::Organisation(_) => None,
            Unit::Site(id) => crate::scope(ctx).kept_site(id).map(Site),
        }
    }

    /// The first day of publication that was drawn from (发布起始日); null for all.
    async fn published_from(&self) -> Option<Date> {
        self.audit.published_from.map(Date)
    }

    /// The day before which it was published (发布截止日之次日); null for all.
    async fn published_before(&self) -> Option<Date> {
        self.audit.published_before.map(Date)
    }

    /// Among how many live contents it was drawn (总体数).
    async fn population(&self) -> i32 {
        int(self.audit.population)
    }

    /// How many were drawn (抽检数).
    async fn drawn_count(&self) -> i32 {
        int(self.audit.drawn)
    }

    /// How many of them have been judged (已判数).
    async fn judged(&self) -> i32 {
        int(self.audit.judged)
    }

    /// How many have the tags that they should have (正确数).
    async fn right(&self) -> i32 {
        int(self.audit.right)
    }

    /// How many have a tag that does not fit (错标数).
    async fn wrong(&self) -> i32 {
        int(self.audit.wrong)
    }

    /// How many lack a tag and have none that does not fit (漏标数).
    async fn missing(&self) -> i32 {
        int(self.audit.missing)
    }

    /// What part of those that were judged is right (正确率), from 0 to 1; null while none is judged.
    async fn share_right(&self) -> Option<f64> {
        self.share(self.audit.right)
    }

    /// What part of those that were judged has a wrong tag (错标率); null while none is judged.
    async fn share_wrong(&self) -> Option<f64> {
        self.share(self.audit.wrong)
    }

    /// What part of those that were judged lacks one (漏标率); null while none is judged.
    async fn share_missing(&self) -> Option<f64> {
        self.share(self.audit.missing)
    }

    /// When it was drawn (取样时间).
    async fn drawn_at(&self) -> DateTime {
        self.audit.drawn_at.utc()
    }

    /// Who drew it (取样人); null for a program, and for an account that the asker may not see.
    async fn drawn_by(&self, ctx: &Context<'_>) -> Option<Account> {
        account(ctx, self.audit.drawn_by)
    }

    /// Which tags were wrong or missing how often (标签差错统计), the most frequent first.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 20, desc = "At most how many, up to 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<TagAuditCount>> {
        let mut faults = TagFaults::of(self.drawn(ctx).await?);
        faults.truncate(first(size)?);
        let scope = crate::scope(ctx);
        let told = faults.into_iter().filter_map(|fault| {
            let tag = Tag(scope.tag_on_desk(fault.tag)?);
            Some(TagAuditCount { tag, wrong: int(fault.wrong), missing: int(fault.missing) })
        });
        Ok(told.collect())
    }

    /// The contents that were drawn (抽检信息), the newest first.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<TagAuditItem>> {
        let paging = paging(size, after, None, None)?;
        let all: Vec<Arc<Item>> = self.drawn(ctx).await?.iter().cloned().map(Arc::new).collect();
        listed(&all, &paging, |item| item.content.to_string(), TagAuditItem::together)
    }
}

fn account(ctx: &Context<'_>, id: Option<AccountId>) -> Option<Account> {
    id.and_then(|id| crate::scope(ctx).account(id)).map(Account::whole)
}

/// How often a tag was wrong or missing in an audit (标签差错统计).
#[derive(SimpleObject)]
pub struct TagAuditCount {
    /// The tag (标签).
    tag: Tag,
    /// In how many contents it does not fit (错标数).
    wrong: i32,
    /// In how many it is missing (漏标数).
    missing: i32,
}

/// The contents of one page of what was drawn, read together.
#[derive(Default)]
struct Page {
    ids: Vec<ContentId>,
    found: OnceCell<HashMap<ContentId, Content>>,
}

/// A content that was drawn.
pub struct TagAuditItem {
    item: Arc<Item>,
    page: Arc<Page>,
}

impl TagAuditItem {
    fn together(items: Vec<Arc<Item>>) -> Vec<Self> {
        let ids = items.iter().map(|item| item.content).collect();
        let page = Arc::new(Page { ids, found: OnceCell::new() });
        items.into_iter().map(|item| Self { item, page: page.clone() }).collect()
    }
}

fn tags(ctx: &Context<'_>, ids: &[TagId]) -> Vec<Tag> {
    let scope = crate::scope(ctx);
    ids.iter().filter_map(|id| scope.tag_on_desk(*id)).map(Tag).collect()
}

/// A content that was drawn for an audit of tags (抽检信息).
#[Object]
impl TagAuditItem {
    /// The identifier of the content (信息标识).
    async fn content_id(&self) -> ID {
        self.item.content.into()
    }

    /// The content as readers get it now (信息); null where it is not live any more.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Content>> {
        let read = async || {
            let found = crate::scope(ctx).contents_by_id(&self.page.ids).await.map_err(crate::error)?;
            let found = Content::together(found).into_iter().map(|content| (content.id, content));
            Ok::<_, async_graphql::Error>(found.collect())
        };
        Ok(self.page.found.get_or_try_init(read).await?.get(&self.item.content).cloned())
    }

    /// The tags that it had when it was drawn (抽检时标签).
    async fn tags(&self, ctx: &Context<'_>) -> Vec<Tag> {
        tags(ctx, &self.item.tags)
    }

    /// What was said of them (抽检结论); null before.
    async fn verdict(&self) -> Option<TagAuditVerdict> {
        self.item.verdict.map(Into::into)
    }

    /// Those that do not fit (错标标签).
    async fn wrong(&self, ctx: &Context<'_>) -> Vec<Tag> {
        tags(ctx, &self.item.wrong)
    }

    /// Those that are missing (漏标标签).
    async fn missing(&self, ctx: &Context<'_>) -> Vec<Tag> {
        tags(ctx, &self.item.missing)
    }

    /// What was said besides (说明).
    async fn note(&self) -> Option<&str> {
        self.item.note.as_deref()
    }

    /// When it was judged (判定时间).
    async fn judged_at(&self) -> Option<DateTime> {
        self.item.judged_at.map(library::Instant::utc)
    }

    /// Who wrote the verdict down (判定人); null for an account that the asker may not see.
    async fn judged_by(&self, ctx: &Context<'_>) -> Option<Account> {
        account(ctx, self.item.judged_by)
    }
}
