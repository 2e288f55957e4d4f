//! Writing: drafting, editing, discarding, copying, restoring, and telling others that one is at it.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use library::Once;
use library::content::{BeginContent, EditContent as Edit, Edited};
use library::id::{ColumnId, ContentId};

use super::shown;
use crate::account::Account;
use crate::content::fields_input::ContentFieldsInput;
use crate::content::{Content, ContentKind};
use crate::deed::{Payload, UserError, UserErrorCode, afterwards, asking, caller, done, outcome, payload, written};
use crate::desk::{DeskContent, EditLease};
use crate::scalars::{DateTime, id, int, optional_id};

/// A content to be begun (起草).
#[derive(Clone, InputObject)]
pub struct DraftContentInput {
    /// What kind it is, for good (信息类型).
    pub kind: ContentKind,
    /// Its home column (归属栏目); the one that the asker has a role for by name, if not given.
    pub column: Option<ID>,
    /// A token of the client's own, by which the draft is begun once however often it is sent; as `Idempotency-Key` (客户端标记).
    pub client_token: Option<String>,
    /// What it says so far (著录项); a title at least.
    pub content: ContentFieldsInput,
}

payload! {
    /// What came of drafting (起草结果).
    DraftContentPayload {
        /// The draft (草稿).
        content: Content,
        /// The same on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Begins a content.
pub async fn draft_content(ctx: &Context<'_>, input: DraftContentInput) -> Result<DraftContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let begin = BeginContent {
        kind: input.kind.into(),
        column: optional_id::<ColumnId>(input.column.as_ref())?,
        patch: input.content.clone().patch()?,
    };
    let asker = match (&asking(ctx).once, &input.client_token) {
        (None, Some(token)) if !token.is_empty() => {
            asker.once(Once::new(format!("draft\u{1f}{token}"), &format!("{begin:?}")))
        }
        _ => asker,
    };
    let deed = {
        let asker = asker.clone();
        async move { library.begin_content(&asker, begin).await }
    };
    let (content, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(DraftContentPayload::refused(errors)),
    };
    let shown = shown(ctx, asker, content).await?;
    let (content, desk) = (shown.content, shown.desk);
    Ok(DraftContentPayload { content, desk, position: written(position), ..DraftContentPayload::default() })
}

/// A change of a content (编辑).
#[derive(Clone, InputObject)]
pub struct EditContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the editor saw (所见版本): another one in the meantime is a conflict.
    pub expected_revision: i32,
    /// What is changed (著录项).
    pub content: ContentFieldsInput,
    /// What the editor says of it, for the history (修改说明).
    pub note: Option<String>,
}

/// What somebody else saved in the meantime (编辑冲突).
pub struct EditConflict(library::content::EditConflict, Arc<library::account::Account>);

/// What somebody else saved in the meantime (编辑冲突). Nothing of what was sent was written.
#[Object]
impl EditConflict {
    /// The number of the newest revision (最新版本).
    async fn revision(&self) -> i32 {
        int(self.0.revision)
    }

    /// Who saved it (修改人).
    async fn by(&self) -> Account {
        Account::named(self.1.clone())
    }

    /// When (修改时间).
    async fn at(&self) -> DateTime {
        self.0.at.utc()
    }

    /// The fields in which it differs from what the editor saw, as `ContentFieldsInput` names them (冲突字段).
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }
}

payload! {
    /// What came of editing (编辑结果).
    EditContentPayload {
        /// The content as it is worked on now (信息).
        content: Content,
        /// The same on the desk (采编视图).
        desk: DeskContent,
        /// What somebody else saved in the meantime (编辑冲突).
        conflict: EditConflict,
    }
}

/// Saves a new revision.
pub async fn edit_content(ctx: &Context<'_>, input: EditContentInput) -> Result<EditContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let expected_revision = i64::from(input.expected_revision);
    let edit = Edit { id: content, expected_revision, patch: input.content.patch()?, note: input.note };
    let deed = {
        let asker = asker.clone();
        async move { library.patch_content(&asker, edit).await }
    };
    match outcome(ctx, deed).await? {
        Err(errors) => Ok(EditContentPayload::refused(errors)),
        Ok(Edited::Saved { position, .. }) => {
            let shown = shown(ctx, asker, content).await?;
            let (content, desk) = (shown.content, shown.desk);
            Ok(EditContentPayload { content, desk, position: written(position), ..EditContentPayload::default() })
        }
        Ok(Edited::Conflict(conflict)) => {
            let by = crate::scope(ctx).actor(&conflict.by);
            let message = match asking(ctx).english {
                true => format!("revision {} was saved in the meantime", conflict.revision),
                false => format!("{}已保存第{}版", by.fields.display_name, conflict.revision),
            };
            let error = UserError::new(UserErrorCode::StaleRevision, &["expectedRevision"], message);
            Ok(EditContentPayload { conflict: Some(EditConflict(conflict, by)), ..Payload::refused(vec![error]) })
        }
    }
}

/// A draft to be given up (放弃修改).
#[derive(Clone, InputObject)]
pub struct DiscardDraftInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the editor saw (所见版本).
    pub expected_revision: i32,
}

payload! {
    /// What came of giving a draft up (放弃修改结果).
    DiscardDraftPayload {
        /// The content on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Gives a draft up.
pub async fn discard_draft(ctx: &Context<'_>, input: DiscardDraftInput) -> Result<DiscardDraftPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let deed = {
        let asker = asker.clone();
        async move { library.discard_draft(&asker, content, i64::from(input.expected_revision)).await }
    };
    let position = match outcome(ctx, deed).await? {
        Ok(position) => position,
        Err(errors) => return Ok(DiscardDraftPayload::refused(errors)),
    };
    let desk = shown(ctx, asker, content).await?.desk;
    Ok(DiscardDraftPayload { desk, position: written(position), ..DiscardDraftPayload::default() })
}

/// A content to be copied (复制).
#[derive(Clone, InputObject)]
pub struct CopyContentInput {
    /// Which content (信息).
    pub id: ID,
    /// The home column of the copy, on any site (目标栏目).
    pub column: ID,
}

payload! {
    /// What came of copying (复制结果).
    CopyContentPayload {
        /// The copy, a draft (副本).
        content: Content,
        /// The same on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Begins a content with what another one says.
pub async fn copy_content(ctx: &Context<'_>, input: CopyContentInput) -> Result<CopyContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (content, column) = (id(&input.id)?, id(&input.column)?);
    let deed = {
        let asker = asker.clone();
        async move { library.copy_content(&asker, content, column).await }
    };
    let (copy, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(CopyContentPayload::refused(errors)),
    };
    let shown = shown(ctx, asker, copy).await?;
    let (content, desk) = (shown.content, shown.desk);
    Ok(CopyContentPayload { content, desk, position: written(position), ..CopyContentPayload::default() })
}

/// An earlier revision to be saved again (恢复版本).
#[derive(Clone, InputObject)]
pub struct RestoreRevisionInput {
    /// Which content (信息).
    pub id: ID,
    /// The number of the earlier revision (版本号).
    pub revision: i32,
    /// The newest revision that the editor saw (所见版本).
    pub expected_revision: i32,
}

payload! {
    /// What came of restoring a revision (恢复版本结果).
    RestoreRevisionPayload {
        /// The content as it is worked on now (信息).
        content: Content,
        /// The same on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Saves an earlier revision again.
pub async fn restore_revision(ctx: &Context<'_>, input: RestoreRevisionInput) -> Result<RestoreRevisionPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let (number, expected) = (i64::from(input.revision), i64::from(input.expected_revision));
    let deed = {
        let asker = asker.clone();
        async move { library.restore_revision(&asker, content, number, expected).await }
    };
    let (_, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(RestoreRevisionPayload::refused(errors)),
    };
    let shown = shown(ctx, asker, content).await?;
    let (content, desk) = (shown.content, shown.desk);
    Ok(RestoreRevisionPayload { content, desk, position: written(position), ..RestoreRevisionPayload::default() })
}

/// That one is editing (编辑占用).
#[derive(Clone, InputObject)]
pub struct TakeEditLeaseInput {
    /// Which content (信息).
    pub id: ID,
    /// Whether to give it back instead (释放).
    #[graphql(default = false)]
    pub release: bool,
    /// Whether to take it from somebody else (接管).
    #[graphql(default = false)]
    pub by_force: bool,
}

payload! {
    /// What came of telling that one is editing (编辑占用结果).
    TakeEditLeasePayload {
        /// Who is editing now (编辑占用); another one than the asker, where that one was first.
        lease: EditLease,
    }
}

/// Takes the lease of a content, or gives it back.
pub async fn take_edit_lease(ctx: &Context<'_>, input: TakeEditLeaseInput) -> Result<TakeEditLeasePayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let content: ContentId = id(&input.id)?;
    let deed = {
        let asker = asker.clone();
        async move { library.take_edit_lease(&asker, content, input.release, input.by_force).await }
    };
    done(ctx, deed, |(lease, position)| TakeEditLeasePayload {
        lease: lease.map(|lease| EditLease::of(&afterwards(ctx, asker), lease)),
        position: written(position),
        ..TakeEditLeasePayload::default()
    })
    .await
}

/// What a deed on several contents is asked to be done to (批量对象).
#[derive(Clone, InputObject)]
pub struct ContentRevisionInput {
    /// Which content (信息).
    pub id: ID,
    /// The revision that the asker saw (所见版本).
    pub expected_revision: i32,
}

/// What came of one of several contents (批量结果).
#[derive(SimpleObject)]
pub struct ContentResult {
    /// Which content (信息标识).
    pub id: ID,
    /// The content on the desk (采编视图).
    pub desk: Option<DeskContent>,
    /// Why nothing was done to it; empty if it was (操作错误).
    pub user_errors: Vec<UserError>,
}
