//! Watches operations that lists without a page size could make long: counts what is answered, stops at a limit, and
//! lets others work in between.
//!
//! It sees every field, which costs; so only operations that need it are executed with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ErrorExtensionValues, ServerError, ServerResult, Value};

/// How many fields are answered before others may work: often enough for a time-out, and seldom enough to cost nothing.
const STRETCH: u64 = 2048;

/// Watches each operation for itself.
pub(crate) struct Watch {
    /// The most fields that one answer may have.
    pub most: u64,
}

impl ExtensionFactory for Watch {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Watched { most: self.most, answered: AtomicU64::new(0) })
    }
}

struct Watched {
    most: u64,
    answered: AtomicU64,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Watched {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let answered = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        if answered > self.most {
            return Err(self.too_long());
        }
        if answered.is_multiple_of(STRETCH) {
            tokio::task::yield_now().await;
        }
        next.run(ctx, info).await
    }
}

impl Watched {
    fn too_long(&self) -> ServerError {
        let most = self.most;
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", "LIMIT_EXCEEDED");
        let limit = [("name", Value::from("values")), ("most", Value::from(most))];
        extensions
            .set("limit", Value::Object(limit.map(|(name, value)| (async_graphql::Name::new(name), value)).into()));
        let message = format!("The limit on values is {most}; this answer has more. Ask for shorter lists.");
        let mut error = ServerError::new(message, None);
        error.extensions = Some(extensions);
        error
    }
}
