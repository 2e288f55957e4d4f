//! Signing in and out (登录、退出): tokens are answered once, and never again.

use async_graphql::{Context, ID, InputObject, Result};
use library::session::{Secret, SignIn, Tokens};
use library::{Caller, Who};

use super::Viewer;
use crate::cookie::{Keep, cookie};
use crate::deed::{afterwards, asking, caller, done, done_unkept, payload, written};
use crate::scalars::{DateTime, optional_id};

/// A name and a password (登录).
#[derive(Clone, InputObject)]
pub struct SignInInput {
    /// The login name (登录名).
    pub name: String,
    /// The password (口令).
    pub password: String,
    /// The six digits that the app shows (验证码), for who has a second factor.
    pub code: Option<String>,
    /// Whether the browser keeps the refresh token in a cookie that no page can read (以 Cookie 保存刷新令牌), instead of its being
    /// answered.
    #[graphql(default = false)]
    pub cookie: bool,
}

payload! {
    /// What came of signing in (登录结果).
    SignInPayload {
        /// The access token (访问令牌), for `Authorization: Bearer`; good for ten minutes.
        access_token: String,
        /// The refresh token (刷新令牌), for `refreshSession`; good for once, within twelve hours. Null where a cookie keeps it.
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
    let SignInInput { name, password, code, cookie: keep } = input;
    let input = SignIn { name, password: library::Password::new(password), code, from: asking(ctx).from };
    let deed = async move { library.sign_in(input).await };
    done_unkept(ctx, deed, |tokens: Tokens| SignInPayload {
        viewer: Viewer::of(&afterwards(ctx, Caller::account(tokens.account, tokens.session))),
        access_token: Some(tokens.access.0),
        refresh_token: shown(ctx, tokens.refresh, keep),
        expires_at: Some(tokens.expires_at.utc()),
        position: written(tokens.position),
        ..SignInPayload::default()
    })
    .await
}

/// The refresh token for its owner; nothing where the browser keeps it.
fn shown(ctx: &Context<'_>, token: Secret, keep: bool) -> Option<String> {
    if keep {
        cookie(ctx).tell(Keep::Token(token));
        return None;
    }
    Some(token.0)
}

/// A session to go on with (刷新会话).
#[derive(Clone, InputObject)]
pub struct RefreshSessionInput {
    /// The newest refresh token (刷新令牌). One that was used before ends its session. Not given, that of the cookie, for pages
    /// of the server's own origin and of `cors_origins`.
    pub refresh_token: Option<String>,
}

payload! {
    /// What came of going on with a session (刷新会话结果).
    RefreshSessionPayload {
        /// The next access token (访问令牌).
        access_token: String,
        /// The next refresh token (刷新令牌), in the place of the one that was sent; null where the cookie keeps it.
        refresh_token: String,
        /// When the access token expires (失效时间).
        expires_at: DateTime,
    }
}

/// Goes on with a session.
pub async fn refresh_session(ctx: &Context<'_>, input: RefreshSessionInput) -> Result<RefreshSessionPayload> {
    let library = crate::scope(ctx).library().clone();
    let _ = caller(ctx);
    let kept = input.refresh_token.is_none();
    let token = input.refresh_token.map_or_else(|| cookie(ctx).token(), |token| Ok(Some(token)));
    let deed = async move { library.refresh_session(&token?.unwrap_or_default()).await };
    done_unkept(ctx, deed, |tokens: Tokens| RefreshSessionPayload {
        access_token: Some(tokens.access.0),
        refresh_token: shown(ctx, tokens.refresh, kept),
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

/// Ends the asker's session, or all of them; without a token that of the cookie, which keeps nothing any more.
pub async fn sign_out(ctx: &Context<'_>, input: SignOutInput) -> Result<SignOutPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let brought = cookie(ctx);
    brought.tell(Keep::Nothing);
    let deed = async move {
        let nobody = caller.who == Who::Nobody;
        match (input.everywhere, if nobody { brought.token()? } else { None }) {
            (false, Some(token)) => library.sign_out_by(&token).await,
            (false, None) => library.sign_out(&caller).await,
            (true, _) => library.end_sessions(&caller, None).await.map(|(_, position)| position),
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
