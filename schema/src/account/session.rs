//! Signing in and out (登录、退出): tokens are answered once, and never again.

use async_graphql::{Context, ID, InputObject, Result};
use library::Caller;
use library::session::{SignIn, Tokens};

use super::Viewer;
use crate::deed::{afterwards, asking, caller, done, done_unkept, payload, written};
use crate::scalars::{DateTime, optional_id};

/// A name and a password (登录).
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// The login name (登录名).
    pub name: String,
    /// The password (口令).
    pub password: String,
}

payload! {
    /// What came of signing in (登录结果).
    SignInPayload {
        /// The access token (访问令牌), for `Authorization: Bearer`; good for ten minutes.
        access_token: String,
        /// The refresh token (刷新令牌), for `refreshSession`; good for once, within twelve hours.
        refresh_token: String,
        /// When the access token expires (失效时间).
        expires_at: DateTime,
        /// Who signed in (当前用户).
        viewer: Viewer,
    }
}

/// Begins a session.
pub async fn sign_in(ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload> {
    let library = crate::scope(ctx).library().clone();
    // The answer is private, whoever asks.
    let _ = caller(ctx);
    let SignInInput { name, password } = input;
    let input = SignIn { name, password: library::Password::new(password), from: asking(ctx).from };
    let deed = async move { library.sign_in(input).await };
    done_unkept(ctx, deed, |tokens: Tokens| SignInPayload {
        viewer: Viewer::of(&afterwards(ctx, Caller::account(tokens.account, tokens.session))),
        access_token: Some(tokens.access.0),
        refresh_token: Some(tokens.refresh.0),
        expires_at: Some(tokens.expires_at.utc()),
        position: written(tokens.position),
        ..SignInPayload::default()
    })
    .await
}

/// A session to go on with (刷新会话).
#[derive(Clone, InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token (刷新令牌). One that was used before ends its session.
    pub refresh_token: String,
}

payload! {
    /// What came of going on with a session (刷新会话结果).
    RefreshSessionPayload {
        /// The next access token (访问令牌).
        access_token: String,
        /// The next refresh token (刷新令牌), in the place of the one that was sent.
        refresh_token: String,
        /// When the access token expires (失效时间).
        expires_at: DateTime,
    }
}

/// Goes on with a session.
pub async fn refresh_session(ctx: &Context<'_>, input: RefreshSessionInput) -> Result<RefreshSessionPayload> {
    let library = crate::scope(ctx).library().clone();
    let _ = caller(ctx);
    let deed = async move { library.refresh_session(&input.refresh_token).await };
    done_unkept(ctx, deed, |tokens: Tokens| RefreshSessionPayload {
        access_token: Some(tokens.access.0),
        refresh_token: Some(tokens.refresh.0),
        expires_at: Some(tokens.expires_at.utc()),
        position: written(tokens.position),
        ..RefreshSessionPayload::default()
    })
    .await
}

/// Which sessions to leave (退出登录).
#[derive(Clone, InputObject)]
pub struct SignOutInput {
    /// Whether to end all sessions of the account instead of this one (退出全部会话).
    #[graphql(default = false)]
    pub everywhere: bool,
}

payload! {
    /// What came of signing out (退出登录结果).
    SignOutPayload {}
}

/// Ends the asker's session, or all of them.
pub async fn sign_out(ctx: &Context<'_>, input: SignOutInput) -> Result<SignOutPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let deed = async move {
        match input.everywhere {
            true => library.end_sessions(&caller, None).await.map(|(_, position)| position),
            false => library.sign_out(&caller).await,
        }
    };
    done(ctx, deed, |position| SignOutPayload { position: written(position), ..SignOutPayload::default() }).await
}

/// Whose sessions to end (结束会话).
#[derive(Clone, InputObject)]
pub struct EndSessionsInput {
    /// The account; the asker's own if not given (账号).
    pub account: Option<ID>,
}

payload! {
    /// What came of ending sessions (结束会话结果).
    EndSessionsPayload {
        /// How many ended (结束数量).
        ended: i32,
    }
}

/// Ends all sessions of an account.
pub async fn end_sessions(ctx: &Context<'_>, input: EndSessionsInput) -> Result<EndSessionsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let account = optional_id(input.account.as_ref())?;
    let deed = async move { library.end_sessions(&caller, account).await };
    done(ctx, deed, |(ended, position)| EndSessionsPayload {
        ended: Some(crate::scalars::int(ended as i64)),
        position: written(position),
        ..EndSessionsPayload::default()
    })
    .await
}
