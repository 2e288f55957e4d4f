//! How somebody wants to see contents: as the public does, as they are worked on (`Jiyue-Audience: editorial`), or with one
//! revision laid over what is live (`Jiyue-Preview`). Answers of the two latter are private.

use axum::http::{HeaderMap, HeaderValue, StatusCode};
use library::preview::Preview;
use library::{Audience, Caller, Library, Scope};

use super::Refused;

pub(super) const AUDIENCE: &str = "jiyue-audience";
pub(super) const PREVIEW: &str = "jiyue-preview";

/// How contents are seen.
#[derive(Debug, Clone, Copy)]
pub struct View {
    audience: Audience,
    preview: Option<Preview>,
}

impl View {
    /// As the public does.
    pub fn public() -> Self {
        Self { audience: Audience::Public, preview: None }
    }

    /// A scope that sees so.
    pub async fn scope(self, library: &Library) -> Result<Scope, Refused> {
        let scope = library.scope(self.audience);
        match self.preview {
            Some(preview) => scope.previewing(preview).await.map_err(|error| fault(&error)),
            None => Ok(scope),
        }
    }
}

/// Whether the head of a request asks to see contents as the public does.
pub fn is_public(headers: &HeaderMap) -> bool {
    let public = |value: &HeaderValue| value.as_bytes() == b"public";
    !headers.contains_key(PREVIEW) && headers.get_all(AUDIENCE).iter().all(public)
}

/// How the head of a request asks to see contents.
///
/// # Errors
/// Refuses an audience that there is not, the editorial one without an access token, and a preview link that is not valid.
pub async fn of(library: &Library, headers: &HeaderMap, caller: Option<&Caller>) -> Result<View, Refused> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
    let audience = match text(AUDIENCE) {
        None | Some("public") => Audience::Public,
        Some("editorial") if caller.is_some() => Audience::Editorial,
        Some("editorial") => {
            let message = "The editorial audience needs the access token of an editor; sign in first.";
            return Err(Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message));
        }
        Some(_) => return Err(Refused::bad_request("Jiyue-Audience is public or editorial.")),
    };
    let preview = match text(PREVIEW) {
        None => None,
        Some(token) => Some(preview(library, token).await?),
    };
    Ok(View { audience, preview })
}

async fn preview(library: &Library, token: &str) -> Result<Preview, Refused> {
    match library.preview(token).await {
        Ok(preview) => Ok(preview),
        Err(library::Error::Refused(_)) => {
            let message = "The preview link is not valid, or not any more; ask for another one.";
            Err(Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message))
        }
        Err(error) => Err(fault(&error)),
    }
}

fn fault(error: &library::Error) -> Refused {
    tracing::error!(%error, "what a preview link shows could not be read");
    Refused::internal()
}
