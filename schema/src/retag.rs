//! Changing the tags of all that a filter finds (批量改标), and what became of it.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use library::Scope;
use library::content::Retag as Change;
use library::id::{AnyId, ContentId, RetagId, TagId};
use library::retag::{RetagPreview, RetagRecord};

use crate::account::Account;
use crate::connection::{Connection, listed, paging};
use crate::content::{Content, ContentFilter};
use crate::deed::{Payload, UserError, afterwards, asking, caller, outcome, outcome_unkept, payload, written};
use crate::desk::DeskContent;
use crate::scalars::{DateTime, id, int};
use crate::sweep::{self, Sweep};
use crate::tag::Tag;

/// A change of the tags of all that a filter finds.
#[derive(Clone)]
pub struct Retag(pub RetagRecord);

/// A change of the tags of all that a filter found (批量改标). It is kept for 90 days after it ended.
#[Object]
impl Retag {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Who began it (操作人); null for a program.
    async fn begun_by(&self, ctx: &Context<'_>) -> Option<Account> {
        self.0.by.and_then(|by| crate::scope(ctx).account(by)).map(Account::whole)
    }

    /// When (开始时间).
    async fn begun_at(&self) -> DateTime {
        self.0.begun_at.utc()
    }

    /// When all was done (完成时间); null as long as something is left.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(|at| at.utc())
    }

    /// The tags that are given (增加标签), as far as they are shown.
    async fn add(&self, ctx: &Context<'_>) -> Vec<Tag> {
        shown(crate::scope(ctx), &self.0.add)
    }

    /// The tags that are taken away (去除标签), as far as they are shown.
    async fn remove(&self, ctx: &Context<'_>) -> Vec<Tag> {
        shown(crate::scope(ctx), &self.0.remove)
    }

    /// How many contents were changed (已改信息数).
    async fn changed(&self) -> i32 {
        int(self.0.changed)
    }

    /// How many contents were passed over (跳过信息数).
    async fn skipped(&self) -> i32 {
        int(self.0.skipped)
    }

    /// The contents that were passed over (跳过信息) and why, at most the first 1,000.
    async fn skips(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<RetagSkip>> {
        let paging = paging(first, after, None, None)?;
        let (scope, english) = (crate::scope(ctx), asking(ctx).english);
        let all = scope.retag_skips(&self.0).await.map_err(crate::error)?;
        let told = |page: Vec<library::retag::RetagSkip>| {
            let told = |skip: library::retag::RetagSkip| RetagSkip {
                of: skip.content,
                error: UserError::of(skip.refusal, english),
            };
            page.into_iter().map(told).collect()
        };
        listed(&all, &paging, |skip| skip.content.to_string(), told)
    }

    /// What is still being done of it (后续处理); null when all is.
    async fn sweep(&self, ctx: &Context<'_>) -> Result<Option<Sweep>> {
        let open = crate::scope(ctx).open_sweeps().await.map_err(crate::error)?;
        Ok(open.into_iter().find(|open| open.about == AnyId::RetagId(self.0.id)).map(Sweep))
    }
}

impl Retag {
    /// One that the asker may see.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: RetagId) -> Result<Option<Self>> {
        Ok(scope.retag(id).await.map_err(crate::error)?.map(Self))
    }
}

fn shown(scope: &Scope, tags: &[TagId]) -> Vec<Tag> {
    Tag::all(tags.iter().filter_map(|tag| scope.tag(*tag)).collect())
}

/// A content that was passed over (跳过信息).
pub struct RetagSkip {
    of: ContentId,
    error: UserError,
}

/// A content that was passed over (跳过信息), and why.
#[Object]
impl RetagSkip {
    /// The content on the desk (采编视图); null for what the asker does not see there.
    async fn desk(&self, ctx: &Context<'_>) -> Result<Option<DeskContent>> {
        let working = crate::scope(ctx).working(self.of).await.map_err(crate::error)?;
        Ok(working.map(|working| DeskContent::new(working.into())))
    }

    /// The identifier of the content (信息标识).
    async fn content_id(&self) -> ID {
        self.of.into()
    }

    /// Why (原因).
    async fn error(&self) -> &UserError {
        &self.error
    }
}

/// One of the contents whose tags would change (批量改标预览).
#[derive(SimpleObject)]
pub struct RetagSample {
    /// The content as it is live (信息).
    content: Option<Content>,
    /// Why it would be passed over (跳过原因); null if it would be changed.
    error: Option<UserError>,
}

/// Which contents are given tags, and lose others (批量改标).
#[derive(InputObject)]
pub struct RetagFilterInput {
    /// Which live contents (筛选): as for `contents`, with at least one condition.
    pub filter: ContentFilter,
    /// Tags to be given (增加标签), at most 30.
    pub add: Option<Vec<ID>>,
    /// Tags to be taken away (去除标签), at most 30.
    pub remove: Option<Vec<ID>>,
    /// Whether it is only looked at what would be done (仅预览).
    pub dry_run: Option<bool>,
}

payload! {
    /// What came of changing tags by a filter (批量改标结果), or would come of it.
    RetagFilterPayload {
        /// How many live contents the filter finds (命中信息数); told where it is only looked at.
        matching: i32,
        /// How many of them do not have these tags already (待改信息数); told where it is only looked at.
        changing: i32,
        /// The newest ten of those (样例); told where it is only looked at.
        sample: Vec<RetagSample>,
        /// The change (批量改标), as far as it is done.
        retag: Retag,
        /// What is still being done; null when all is (后续处理).
        sweep: Sweep,
    }
}

/// Changes the tags of all that a filter finds, or looks at that.
pub async fn retag_filter(ctx: &Context<'_>, input: RetagFilterInput) -> Result<RetagFilterPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let filter: library::content::ContentFilter = input.filter.try_into()?;
    let ids = |tags: Option<Vec<ID>>| tags.unwrap_or_default().iter().map(id).collect::<Result<Vec<_>>>();
    let (change, by) = (Change { add: ids(input.add)?, remove: ids(input.remove)? }, asker.clone());
    if input.dry_run.unwrap_or_default() {
        let preview = async move { library.preview_retag(&by, &filter, &change).await };
        return match outcome_unkept(ctx, preview).await? {
            Ok(preview) => looked_at(ctx, preview).await,
            Err(errors) => Ok(RetagFilterPayload::refused(errors)),
        };
    }
    let deed = async move { library.retag_filter(&by, filter, &change).await };
    let (id, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(RetagFilterPayload::refused(errors)),
    };
    let retag = Retag::find(&afterwards(ctx, asker.clone()), id).await?;
    let position = written(position);
    let sweep = sweep::left(ctx, asker, position.as_ref(), AnyId::RetagId(id)).await?;
    Ok(RetagFilterPayload { retag, sweep, position, ..RetagFilterPayload::default() })
}

async fn looked_at(ctx: &Context<'_>, preview: RetagPreview) -> Result<RetagFilterPayload> {
    let (scope, english) = (crate::scope(ctx), asking(ctx).english);
    let ids: Vec<ContentId> = preview.sample.iter().map(|sample| sample.content).collect();
    let contents = Content::together(scope.contents_by_id(&ids).await.map_err(crate::error)?);
    let sample = preview.sample.into_iter().map(|sample| RetagSample {
        content: contents.iter().find(|content| content.id == sample.content).cloned(),
        error: sample.refusal.map(|refusal| UserError::of(refusal, english)),
    });
    Ok(RetagFilterPayload {
        matching: Some(int(preview.matching)),
        changing: Some(int(preview.changing)),
        sample: Some(sample.collect()),
        ..RetagFilterPayload::default()
    })
}
