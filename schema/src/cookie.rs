//! The refresh token that a browser keeps for a page (刷新令牌 Cookie): what it brought, and what it is to keep from now on.
//!
//! It is good for going on with a session and for ending it, and for nothing else. How it is written is the door's business.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use library::session::{Secret, not_of_this_page};
use library::{Refusal, Result};

/// What a browser is to do with its cookie.
#[derive(Debug, Clone)]
pub enum Keep {
    /// Keep this token in it.
    Token(Secret),
    /// Keep nothing any more.
    Nothing,
}

/// The cookie of a request and of its answer.
#[derive(Debug, Clone, Default)]
pub struct Cookie {
    brought: Option<Secret>,
    own_page: bool,
    keep: Arc<Mutex<Option<Keep>>>,
}

impl Cookie {
    /// What a request brought; `own_page` is whether it was sent by a page that may use the cookie.
    pub fn brought(token: Option<String>, own_page: bool) -> Self {
        Self { brought: token.map(Secret), own_page, ..Self::default() }
    }

    /// What the browser is told in the answer.
    pub fn told(&self) -> Option<Keep> {
        self.keep.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Tells the browser what to do.
    pub(crate) fn tell(&self, keep: Keep) {
        *self.keep.lock().unwrap_or_else(PoisonError::into_inner) = Some(keep);
    }

    /// The token in it, for a page that may use it; nothing if there is no cookie.
    ///
    /// # Errors
    /// Refuses pages of other origins: they would use what its owner did not send.
    pub(crate) fn token(&self) -> Result<Option<String>, Refusal> {
        match &self.brought {
            None => Ok(None),
            Some(_) if !self.own_page => Err(not_of_this_page()),
            Some(token) => Ok(Some(token.0.clone())),
        }
    }
}

/// The cookie of the request.
pub(crate) fn cookie(ctx: &Context<'_>) -> Cookie {
    ctx.data_opt::<Cookie>().cloned().unwrap_or_default()
}
