//! temporary
use crate::account::Account;
use crate::scalars::int;
use async_graphql::{Context, Enum, ID, Object};
use library::gate::Overrule;
/// Severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::finding::Severity")]
pub enum Severity {
    /// E (错误).
    Error,
    /// W (提醒).
    Warning,
}
/// F.
pub struct Finding(library::finding::Finding, Option<Overrule>);
impl Finding {
    /// N.
    pub fn new(finding: library::finding::Finding, overrule: Option<Overrule>) -> Self {
        Self(finding, overrule)
    }
}
/// F (检查结果).
#[Object]
impl Finding {
    /// i.
    async fn id(&self) -> ID {
        ID(self.0.key.clone())
    }
    /// i.
    async fn rule(&self) -> &str {
        self.0.rule.code()
    }
    /// i.
    async fn severity(&self) -> Severity {
        self.0.severity.into()
    }
    /// i.
    async fn path(&self) -> &[String] {
        &self.0.path
    }
    /// i.
    async fn start(&self) -> Option<i32> {
        self.0.start.map(|a| int(a as i64))
    }
    /// i.
    async fn end(&self) -> Option<i32> {
        self.0.end.map(|a| int(a as i64))
    }
    /// i.
    async fn excerpt(&self) -> Option<&str> {
        self.0.excerpt.as_deref()
    }
    /// i.
    async fn message(&self) -> &str {
        &self.0.message
    }
    /// i.
    async fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }
    /// i.
    async fn overruled_by(&self, ctx: &Context<'_>) -> Option<Account> {
        let account = self.1.as_ref()?.account?;
        Some(Account::named(crate::scope(ctx).actor(&account.to_string())))
    }
    /// i.
    async fn overrule_reason(&self) -> Option<&str> {
        self.1.as_ref().map(|o| o.reason.as_str())
    }
}
