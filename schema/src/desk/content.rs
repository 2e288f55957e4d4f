//! One content as it is worked on (采编视图).

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::content::Working;
use library::gate::Examination;
use library::id::{AnyId, ContentId, DeskContentId, RevisionId};
use tokio::sync::OnceCell;

use super::contents::page;
use super::review::{EditLease, ReviewState};
use super::withdrawal::Withdrawal;
use crate::account::{Account, Action};
use crate::column::Column;
use crate::connection::{Connection, Total};
use crate::content::{Content, ContentState, newest};
use crate::deed::{UserError, asking};
use crate::difference::FieldDifference;
use crate::finding::Finding;
use crate::scalars::{DateTime, bad_input, id, int, kept};

/// A content as it is worked on.
#[derive(Clone)]
pub struct DeskContent {
    working: Arc<Working>,
    examined: Arc<OnceCell<Examination>>,
}

impl DeskContent {
    /// A content that the asker sees on the desk: who found it, has asked the library.
    pub fn new(working: Arc<Working>) -> Self {
        Self { working, examined: Arc::default() }
    }

    /// The content that an identifier names, as a content or as the desk has it.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for an identifier of another noun.
    pub fn content_id(given: &ID) -> Result<ContentId> {
        match id(given)? {
            AnyId::ContentId(content) => Ok(content),
            AnyId::DeskContentId(DeskContentId(content)) => Ok(ContentId(content)),
            _ => Err(bad_input("not an identifier of a content")),
        }
    }

    /// Where its review stands; nothing for what never was submitted.
    ///
    /// # Errors
    /// `INTERNAL` if the library fails.
    pub async fn review_state(&self, ctx: &Context<'_>) -> Result<Option<ReviewState>> {
        let rounds = crate::scope(ctx).review_rounds(&self.working).await.map_err(crate::error)?;
        Ok(ReviewState::of(&self.working, rounds))
    }

    async fn examined(&self, ctx: &Context<'_>) -> Result<&Examination> {
        let scope = crate::scope(ctx);
        let look = async || {
            let working = &self.working;
            match scope.revision_fields(working, working.revision).await? {
                Some(fields) => scope.examine(working.id, working.site, &fields).await,
                None => Ok(Examination::default()),
            }
        };
        self.examined.get_or_try_init(look).await.map_err(crate::error)
    }
}

/// A saved revision.
#[derive(Clone)]
pub struct Revision(library::desk::RevisionEntry);

impl Revision {
    /// A revision that the asker sees.
    pub fn new(entry: library::desk::RevisionEntry) -> Self {
        Self(entry)
    }
}

/// A saved revision (版本): every one is kept whole.
#[Object]
impl Revision {
    /// Its identifier (标识).
    async fn id(&self) -> ID {
        RevisionId::of(self.0.content, self.0.number).into()
    }

    /// Its number (版本号).
    async fn number(&self) -> i32 {
        int(self.0.number)
    }

    /// When it was saved (保存时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// Who saved it (保存人).
    async fn by(&self, ctx: &Context<'_>) -> Account {
        Account::named(crate::scope(ctx).actor(&self.0.by))
    }

    /// What was said of it (修改说明).
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// A deed on a content.
#[derive(Clone)]
pub struct HistoryEntry(pub library::desk::HistoryEntry);

/// A deed on a content (操作记录), from the change log.
#[Object]
impl HistoryEntry {
    /// Its identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its place in the log (变更位置).
    async fn position(&self) -> String {
        self.0.position.to_string()
    }

    /// When it was done (时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// Who did it (操作人).
    async fn by(&self, ctx: &Context<'_>) -> Option<Account> {
        Some(Account::named(crate::scope(ctx).actor(&self.0.by)))
    }

    /// What was done, as the log names it (操作代码).
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// What was done, for people (操作).
    async fn text(&self) -> String {
        self.0.text()
    }

    /// Why (原因).
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// About which revision (版本号).
    async fn revision(&self) -> Option<i32> {
        self.0.revision.map(int)
    }
}

/// A content as it is worked on (采编视图): for who has a role over it. What is live is beside it.
#[Object]
impl DeskContent {
    /// Its identifier on the desk (标识); `content { id }` is the one that deeds take.
    async fn id(&self) -> ID {
        DeskContentId(self.working.id.0).into()
    }

    /// Where its newest revision stands (信息状态).
    async fn state(&self) -> ContentState {
        self.working.state.into()
    }

    /// The number of its newest revision (最新版本号): what `expectedRevision` of a deed has to be.
    async fn revision(&self) -> i32 {
        int(self.working.revision)
    }

    /// Its newest revision (最新版本).
    async fn content(&self, ctx: &Context<'_>) -> Result<Content> {
        kept(newest(crate::scope(ctx), &self.working).await?, "revision of a content")
    }

    /// What readers get of it (已发布内容); null where it is not live.
    async fn live(&self, ctx: &Context<'_>) -> Result<Option<Content>> {
        let found = crate::scope(ctx).live_content(self.working.id).await.map_err(crate::error)?;
        Ok(found.map(Content::alone))
    }

    /// Who drafted it (起草人).
    async fn author(&self, ctx: &Context<'_>) -> Account {
        Account::named(crate::scope(ctx).actor(&self.working.author))
    }

    /// Who saved the newest revision (最后编辑人).
    async fn last_edited_by(&self, ctx: &Context<'_>) -> Account {
        Account::named(crate::scope(ctx).actor(&self.working.edited_by))
    }

    /// When the newest revision was saved (最后编辑时间).
    async fn edited_at(&self) -> DateTime {
        self.working.updated_at.utc()
    }

    /// Whether it was returned and not submitted since (被退回).
    async fn returned(&self) -> bool {
        self.working.returned
    }

    /// Where its review stands, and what was decided so far (审核进度); null for what never was submitted.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<ReviewState>> {
        self.review_state(ctx).await
    }

    /// Who is editing it (编辑占用); it keeps nobody from saving.
    async fn lease(&self, ctx: &Context<'_>) -> Result<Option<EditLease>> {
        let scope = crate::scope(ctx);
        let lease = scope.lease(&self.working).await.map_err(crate::error)?;
        Ok(lease.map(|lease| EditLease::of(scope, lease)))
    }

    /// What content checks find in the newest revision (检查结果), with what was overruled. It is looked for when it is asked for.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<Finding>> {
        let scope = crate::scope(ctx);
        let overruled = scope.overrules(self.working.id).await.map_err(crate::error)?;
        let found = self.examined(ctx).await?.findings.iter();
        Ok(found.map(|finding| Finding::of(scope, finding.clone(), overruled.get(&finding.key))).collect())
    }

    /// Everything that the gate would miss (缺项).
    async fn missing(&self, ctx: &Context<'_>) -> Result<Vec<UserError>> {
        let english = asking(ctx).english;
        let missing = self.examined(ctx).await?.missing.iter();
        Ok(missing.map(|refusal| UserError::of(refusal.clone(), english)).collect())
    }

    /// Its revisions (版本), the newest first.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<Revision>> {
        let paging = page(size, after, "i")?;
        let found = crate::scope(ctx).revisions(&self.working, &paging).await.map_err(crate::error)?;
        let total = Total::Known(Some(self.working.revision));
        let wrap = |items: Vec<(_, _)>| items.into_iter().map(|(key, entry)| (key, Revision(entry))).collect();
        Ok(Connection::walked(found.with(wrap), total))
    }

    /// In what two revisions differ, field by field (版本差异); texts word by word.
    async fn difference(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The number of the one (起始版本).")] from: i32,
        #[graphql(desc = "The number of the other (目标版本).")] to: i32,
    ) -> Result<Vec<FieldDifference>> {
        let scope = crate::scope(ctx);
        let differences =
            scope.difference(&self.working, i64::from(from), i64::from(to)).await.map_err(crate::error)?;
        Ok(differences.into_iter().map(FieldDifference::of).collect())
    }

    /// What was done to it (操作记录), the newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<HistoryEntry>> {
        let found = crate::scope(ctx).history(&self.working, &page(size, after, "i")?).await.map_err(crate::error)?;
        let wrap = |items: Vec<(_, _)>| items.into_iter().map(|(key, entry)| (key, HistoryEntry(entry))).collect();
        Ok(Connection::walked(found.with(wrap), Total::Known(None)))
    }

    /// The columns in which it would appear if it were published now (将展示栏目): its own, then those that take from them.
    async fn will_appear_in(&self, ctx: &Context<'_>) -> Result<Vec<Column>> {
        let found = crate::scope(ctx).will_appear_in(&self.working).await.map_err(crate::error)?;
        Ok(Column::together(found))
    }

    /// That it was taken off every site (撤稿), with a receipt for each column that carried it; null for what was not, and for what is live again.
    async fn withdrawal(&self, ctx: &Context<'_>) -> Result<Option<Withdrawal>> {
        Ok(crate::scope(ctx).withdrawal(&self.working).await.map_err(crate::error)?.map(Withdrawal))
    }

    /// Whether the asker may do this to it as it stands now (是否可操作).
    async fn viewer_can(&self, ctx: &Context<'_>, #[graphql(desc = "What (操作).")] action: Action) -> bool {
        crate::scope(ctx).may_now(&self.working, action.into())
    }
}
