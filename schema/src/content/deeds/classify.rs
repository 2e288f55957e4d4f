//! Classifying anew: moving and retagging, one and many; and publishing many.

use async_graphql::{Context, ID, InputObject, Result};
use library::Caller;
use library::content::{Each, Retag};
use library::id::ContentId;

use super::{ContentResult, ContentRevisionInput, shown};
use crate::content::Content;
use crate::deed::{Payload, UserError, asking, caller, outcome, outcome_unkept, payload, written};
use crate::desk::DeskContent;
use crate::scalars::id;

/// A content to be moved (移动).
#[derive(Clone, InputObject)]
pub struct MoveContentInput {
    /// Which content (信息).
    pub id: ID,
    /// Its new home column, on the same site (目标栏目).
    pub column: ID,
    /// The revision that the asker saw (所见版本).
    pub expected_revision: i32,
}

payload! {
    /// What came of moving (移动结果).
    MoveContentPayload {
        /// The content as it is worked on now (信息).
        content: Content,
        /// The same on the desk (采编视图).
        desk: DeskContent,
    }
}

/// Moves a content to another column of its site.
pub async fn move_content(ctx: &Context<'_>, input: MoveContentInput) -> Result<MoveContentPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (content, column) = (id(&input.id)?, id(&input.column)?);
    let deed = {
        let asker = asker.clone();
        async move { library.move_content(&asker, content, column, i64::from(input.expected_revision)).await }
    };
    let (_, position) = match outcome(ctx, deed).await? {
        Ok(done) => done,
        Err(errors) => return Ok(MoveContentPayload::refused(errors)),
    };
    let shown = shown(ctx, asker, content).await?;
    let (content, desk) = (shown.content, shown.desk);
    Ok(MoveContentPayload { content, desk, position: written(position), ..MoveContentPayload::default() })
}

fn revisions(contents: &[ContentRevisionInput]) -> Result<Vec<(ContentId, i64)>> {
    contents.iter().map(|one| Ok((id(&one.id)?, i64::from(one.expected_revision)))).collect()
}

/// What came of each, with the contents as they are on the desk now.
async fn results<T>(ctx: &Context<'_>, asker: &Caller, each: Each<T>) -> Result<Vec<ContentResult>> {
    let english = asking(ctx).english;
    let mut results = Vec::with_capacity(each.len());
    for (content, done) in each {
        let (desk, user_errors) = match done {
            Ok(_) => (shown(ctx, asker.clone(), content).await?.desk, Vec::new()),
            Err(refusal) => (None, vec![UserError::of(refusal, english)]),
        };
        results.push(ContentResult { id: content.into(), desk, user_errors });
    }
    Ok(results)
}

/// Contents to be published (批量发布).
#[derive(Clone, InputObject)]
pub struct PublishContentsInput {
    /// Which contents, at most 500 (信息).
    pub contents: Vec<ContentRevisionInput>,
}

payload! {
    /// What came of publishing many (批量发布结果). Each content is a deed of its own.
    PublishContentsPayload {
        /// What came of each, in the order given (逐条结果).
        results: Vec<ContentResult>,
    }
}

/// Publishes many.
pub async fn publish_contents(ctx: &Context<'_>, input: PublishContentsInput) -> Result<PublishContentsPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let contents = revisions(&input.contents)?;
    let deed = {
        let asker = asker.clone();
        async move { library.publish_contents(&asker, contents).await }
    };
    match outcome_unkept(ctx, deed).await? {
        Ok(each) => {
            Ok(PublishContentsPayload { results: Some(results(ctx, &asker, each).await?), ..Default::default() })
        }
        Err(errors) => Ok(PublishContentsPayload::refused(errors)),
    }
}

/// Contents to be retagged (批量打标).
#[derive(Clone, InputObject)]
pub struct RetagContentsInput {
    /// Which contents, at most 500 (信息).
    pub contents: Vec<ContentRevisionInput>,
    /// Tags to be given (增加标签).
    pub add: Option<Vec<ID>>,
    /// Tags to be taken away (去除标签).
    pub remove: Option<Vec<ID>>,
}

payload! {
    /// What came of retagging many (批量打标结果). Each content is a deed of its own.
    RetagContentsPayload {
        /// What came of each, in the order given (逐条结果).
        results: Vec<ContentResult>,
    }
}

/// Gives many contents tags and takes others away.
pub async fn retag_contents(ctx: &Context<'_>, input: RetagContentsInput) -> Result<RetagContentsPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let contents = revisions(&input.contents)?;
    let ids = |tags: Option<Vec<ID>>| tags.unwrap_or_default().iter().map(id).collect::<Result<Vec<_>>>();
    let retag = Retag { add: ids(input.add)?, remove: ids(input.remove)? };
    let deed = {
        let asker = asker.clone();
        async move { library.retag_contents(&asker, contents, &retag).await }
    };
    match outcome_unkept(ctx, deed).await? {
        Ok(each) => Ok(RetagContentsPayload { results: Some(results(ctx, &asker, each).await?), ..Default::default() }),
        Err(errors) => Ok(RetagContentsPayload::refused(errors)),
    }
}

/// Contents to be moved (批量移动).
#[derive(Clone, InputObject)]
pub struct MoveContentsInput {
    /// Which contents, at most 500 (信息).
    pub contents: Vec<ContentRevisionInput>,
    /// Their new home column, on their site (目标栏目).
    pub column: ID,
}

payload! {
    /// What came of moving many (批量移动结果). Each content is a deed of its own.
    MoveContentsPayload {
        /// What came of each, in the order given (逐条结果).
        results: Vec<ContentResult>,
    }
}

/// Moves many contents to a column of their site.
pub async fn move_contents(ctx: &Context<'_>, input: MoveContentsInput) -> Result<MoveContentsPayload> {
    let (library, asker) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (contents, column) = (revisions(&input.contents)?, id(&input.column)?);
    let deed = {
        let asker = asker.clone();
        async move { library.move_contents(&asker, contents, column).await }
    };
    match outcome_unkept(ctx, deed).await? {
        Ok(each) => Ok(MoveContentsPayload { results: Some(results(ctx, &asker, each).await?), ..Default::default() }),
        Err(errors) => Ok(MoveContentsPayload::refused(errors)),
    }
}
