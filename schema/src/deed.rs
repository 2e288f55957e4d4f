//! How a mutation answers: what was done, or why it was refused, with the position of the change.
//!
//! A deed runs in a task of its own: a client that hangs up never ends it half-way. This file knows no deed.

use async_graphql::{Context, Enum, QueryPathSegment, Result, SimpleObject, Value};
use library::{Caller, Error, Once, Position, Scope};
use serde::de::DeserializeOwned;
use tracing::Instrument as _;

use crate::upload::Uploaded;

/// What the door knows of a request beside what it asks.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// Whether messages are wanted in English instead of Chinese.
    pub english: bool,
    /// The network address that it came from, as far as it is known.
    pub from: String,
    /// The key under which its deeds are done once (`Idempotency-Key`).
    pub once: Option<String>,
}

/// Why a deed was refused (拒绝原因): stable, programs may decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::RefusalCode")]
pub enum UserErrorCode {
    /// Something that must be given is missing (缺少必填项).
    Required,
    /// What was given is not of the right form, or does not fit the rest (填写有误).
    Invalid,
    /// What was given is longer than allowed (超出长度).
    TooLong,
    /// What is named does not exist, or may not be seen (不存在或不可见).
    NotFound,
    /// The caller may see it, but not do this; the hint names the roles that may (没有权限).
    NotAllowed,
    /// It is in a state that does not allow this (当前状态不允许).
    WrongState,
    /// Somebody saved a newer revision in the meantime (版本已过期).
    StaleRevision,
    /// The gate before publication found something missing (未通过发布检查).
    GateRefused,
    /// Something with this key exists already (重复).
    Duplicate,
    /// This would make a circle (形成循环).
    Loop,
    /// Nobody is signed in, or not any more (未登录).
    Unauthenticated,
    /// The `Idempotency-Key` was used for another deed (幂等键冲突).
    IdempotencyMismatch,
}

/// What is wrong with what was asked to be done (操作错误). Nothing of the deed was done.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// Why (原因).
    code: UserErrorCode,
    /// The field of `input` that is wrong, outermost first; empty for the whole (字段路径).
    path: Vec<String>,
    /// What is wrong, in Chinese, or in English where `Accept-Language` asks for it (说明).
    message: String,
    /// What to do about it (提示).
    hint: Option<String>,
}

impl UserError {
    /// An error that is told without a hint.
    pub fn new(code: UserErrorCode, path: &[&str], message: String) -> Self {
        Self { code, path: path.iter().map(|part| (*part).to_owned()).collect(), message, hint: None }
    }

    /// A refusal in the language that is wanted.
    pub fn of(refusal: library::Refusal, english: bool) -> Self {
        let library::Refusal { code, path, message, english: in_english, hint } = refusal;
        Self {
            code: code.into(),
            path: path.iter().map(|part| as_field(part)).collect(),
            message: if english { in_english } else { message },
            hint: hint.map(|hint| if english { hint.english } else { hint.message }),
        }
    }
}

/// A field of the library as inputs call it: `link_url` is `linkUrl`.
fn as_field(part: &str) -> String {
    let mut words = part.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut field, word| {
        let mut letters = word.chars();
        field.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        field.push_str(letters.as_str());
        field
    })
}

/// The payload of a mutation.
pub trait Payload {
    /// The payload of a deed that was not done.
    fn refused(errors: Vec<UserError>) -> Self;
}

/// What was done, or why it was not.
pub type Outcome<T> = std::result::Result<T, Vec<UserError>>;

/// Who asks for a deed, and under which key it is done once.
pub fn caller(ctx: &Context<'_>) -> Caller {
    let scope = crate::scope(ctx);
    let reader = || scope.reader().cloned().map(Caller::from);
    let caller = scope.caller().cloned().or_else(reader).unwrap_or_else(Caller::nobody);
    match ctx.data_opt::<Asking>().and_then(|asking| asking.once.as_deref()) {
        Some(key) => caller.once(once(ctx, key)),
        None => caller,
    }
}

/// The key of this field of the document: each of several mutations is done once.
fn once(ctx: &Context<'_>, key: &str) -> Once {
    let field = ctx.path_node.and_then(|node| match node.segment {
        QueryPathSegment::Name(name) => Some(name.to_owned()),
        QueryPathSegment::Index(_) => None,
    });
    let mut asked = ctx.field().name().to_owned();
    for (name, value) in ctx.field().arguments().unwrap_or_default() {
        asked.push_str(&format!("\n{name}: {}", unsecret(value)));
    }
    if let Some(Uploaded(Some(file))) = ctx.data_opt::<Uploaded>() {
        asked.push_str(&format!("\n{}", file.sha256()));
    }
    Once::new(format!("{key}\u{1f}{}", field.unwrap_or_default()), &asked)
}

/// The value without secrets: no digest of a password is kept.
fn unsecret(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let told = fields.into_iter().filter(|(name, _)| !name.to_lowercase().contains("password"));
            Value::Object(told.map(|(name, value)| (name, unsecret(value))).collect())
        }
        value => value,
    }
}

/// What the door told of the request.
pub fn asking(ctx: &Context<'_>) -> Asking {
    ctx.data_opt::<Asking>().cloned().unwrap_or_default()
}

/// A scope of what is there after a deed of `caller`: that of the request began before, and goes on with the directory of
/// after, so that what is selected below the record that is shown is as new as that.
pub fn afterwards(ctx: &Context<'_>, caller: Caller) -> Scope {
    let scope = crate::scope(ctx);
    scope.renew();
    scope.library().scope(scope.audience()).asked_by(caller)
}

/// A position as payloads and readers write it.
pub fn written(position: Position) -> Option<String> {
    Some(position.to_string())
}

/// Does a deed to its end, also if nobody waits for it any more; answers the payload of what was done, or of what was done
/// before under the same key.
///
/// # Errors
/// For our own faults alone: what is the user's to mend is in the payload.
pub async fn done<T: DeserializeOwned + Send + 'static, P: Payload>(
    ctx: &Context<'_>,
    deed: impl Future<Output = library::Result<T>> + Send + 'static,
    shown: impl FnOnce(T) -> P,
) -> Result<P> {
    Ok(outcome(ctx, deed).await?.map_or_else(P::refused, shown))
}

/// What came of a deed that was done to its end, or of the same deed before under the same key; else why it was refused.
///
/// # Errors
/// As [`done`].
pub async fn outcome<T: DeserializeOwned + Send + 'static>(
    ctx: &Context<'_>,
    deed: impl Future<Output = library::Result<T>> + Send + 'static,
) -> Result<Outcome<T>> {
    let deed = async {
        match deed.await {
            Err(Error::Repeated(outcome)) => Ok(serde_json::from_str(&outcome)?),
            other => other,
        }
    };
    outcome_unkept(ctx, deed).await
}

/// The same for a deed whose outcome is kept nowhere, because it is a secret.
///
/// # Errors
/// As [`done`].
pub async fn done_unkept<T: Send + 'static, P: Payload>(
    ctx: &Context<'_>,
    deed: impl Future<Output = library::Result<T>> + Send + 'static,
    shown: impl FnOnce(T) -> P,
) -> Result<P> {
    Ok(outcome_unkept(ctx, deed).await?.map_or_else(P::refused, shown))
}

/// The same for a deed whose outcome is kept nowhere as a whole.
///
/// # Errors
/// As [`done`].
pub async fn outcome_unkept<T: Send + 'static>(
    ctx: &Context<'_>,
    deed: impl Future<Output = library::Result<T>> + Send + 'static,
) -> Result<Outcome<T>> {
    let task = tokio::spawn(deed.instrument(tracing::Span::current()));
    match task.await {
        Ok(Ok(done)) => Ok(Ok(done)),
        Ok(Err(Error::Refused(refusal))) => Ok(Err(vec![UserError::of(refusal, asking(ctx).english)])),
        Ok(Err(fault)) => Err(crate::error(fault)),
        Err(_) => Err(crate::error(Error::Database("a deed broke off".to_owned()))),
    }
}

/// Declares the payload of a mutation: what it shows, the position, and what was wrong.
macro_rules! payload {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $field_doc:literal])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(Default, async_graphql::SimpleObject)]
        #[graphql(complex)]
        pub struct $name {
            $($(#[doc = $field_doc])* pub $field: Option<$type>,)*
            /// The position of the change (变更位置): a reader that has reached it sees what was done.
            pub position: Option<String>,
            /// Why nothing was done; empty if it was (操作错误).
            pub user_errors: Vec<crate::deed::UserError>,
        }

        #[async_graphql::ComplexObject]
        impl $name {
            /// How many kept answers the change took away on the node that answers (清出缓存的应答数); null if nothing was changed, if
            /// none are kept, or if it is not known any more.
            async fn evicted(&self, ctx: &async_graphql::Context<'_>) -> Option<i32> {
                crate::kept::evicted(ctx, self.position.as_deref()).await
            }
        }

        impl crate::deed::Payload for $name {
            fn refused(user_errors: Vec<crate::deed::UserError>) -> Self {
                Self { user_errors, ..Self::default() }
            }
        }
    };
}
pub(crate) use payload;
