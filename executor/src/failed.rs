//! Where an answer failed: the path of the field itself (GraphQL, 7.1.2).
//!
//! The library sets the path anew on the way up, to that of the list item or of the field that may be null.

use std::sync::Arc;

use async_graphql::{Context, ErrorExtensionValues, PathSegment, Pos, Response, ServerError};

/// The whole path; it travels as the source of an error, which is never shown.
struct Path(Vec<PathSegment>);

/// Keeps the path of the field that failed, if none is kept yet.
pub(crate) fn at(context: &Context<'_>, mut error: ServerError) -> ServerError {
    if error.source.is_none() {
        let path = context.set_error_path(ServerError::new(String::new(), None)).path;
        error.source = Some(Arc::new(Path(path)));
    }
    error
}

/// Our own fault, as the client is told.
pub(crate) fn internal(pos: Pos) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", "INTERNAL");
    ServerError { extensions: Some(extensions), ..ServerError::new("internal error", Some(pos)) }
}

/// Gives the errors of an answer the paths that were kept.
pub fn located(mut response: Response) -> Response {
    for error in &mut response.errors {
        if let Some(Path(path)) = error.source.as_ref().and_then(|source| source.downcast_ref()) {
            error.path.clone_from(path);
        }
    }
    response
}
