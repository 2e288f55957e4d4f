//! What is done to contents (采编), as the contract has it: a file a stage of a content's life.

mod classify;
mod preview;
mod publication;
mod review;
mod writing;

use std::sync::Arc;

use async_graphql::{Context, Result};
use library::Caller;
use library::content::Working;
use library::id::ContentId;

pub use classify::*;
pub use preview::*;
pub use publication::*;
pub use review::*;
pub use writing::*;

use crate::content::Content;
use crate::deed::afterwards;
use crate::desk::DeskContent;

/// What a deed shows of a content: as it is worked on now.
pub struct Shown {
    /// The newest revision.
    pub content: Option<Content>,
    /// The content on the desk.
    pub desk: Option<DeskContent>,
}

/// A content after a deed of `caller`; nothing if the caller does not see it on the desk any more.
pub async fn shown(ctx: &Context<'_>, caller: Caller, id: ContentId) -> Result<Shown> {
    let scope = afterwards(ctx, caller);
    let working = scope.working(id).await.map_err(crate::error)?.map(Arc::new);
    let content = match &working {
        Some(working) => newest(&scope, working).await?,
        None => None,
    };
    Ok(Shown { content, desk: working.map(DeskContent::new) })
}

/// The newest revision of a content: the live one where it is that.
pub async fn newest(scope: &library::Scope, working: &Working) -> Result<Option<Content>> {
    let found = scope.as_draft(working, working.revision).await.map_err(crate::error)?;
    Ok(found.map(Content::alone))
}
