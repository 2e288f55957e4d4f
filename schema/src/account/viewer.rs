//! Who asks (当前用户), and what the asker may do.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use library::grant::GrantScope;
use library::may::Right;
use library::means::must_enrol;
use library::{Caller, Scope, Who};

use super::{Account, Grant};
use crate::column::Column;
use crate::scalars::id;

/// The most columns that `defaultColumns` lists.
const MOST_COLUMNS: usize = 50;

/// Something that one may be allowed to do (操作).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Action {
    /// Begin a content (起草).
    Draft,
    /// Edit a content (编辑).
    Edit,
    /// Submit a content for review (送审).
    Submit,
    /// Review a content at any level (审核).
    Review,
    /// Publish and schedule (发布).
    Publish,
    /// Withdraw and archive (撤稿).
    Withdraw,
    /// Subscribe a column to others, and decide what comes (栏目订阅).
    Subscribe,
    /// Pin, retitle, hide and arrange what columns and panels show (编排).
    Arrange,
    /// Keep a site, its columns, panels and fields (站点管理).
    Manage,
    /// Keep tags (标签管理).
    Steward,
    /// Keep accounts and grants (账号管理).
    Administer,
    /// Read who did what (审计).
    Audit,
}

impl From<Action> for Right {
    fn from(action: Action) -> Self {
        match action {
            Action::Draft => Self::Draft,
            Action::Edit => Self::Edit,
            Action::Submit => Self::Submit,
            Action::Review => Self::Review(None),
            Action::Publish => Self::Publish,
            Action::Withdraw => Self::Withdraw,
            Action::Subscribe => Self::Subscribe,
            Action::Arrange => Self::Arrange,
            Action::Manage => Self::Manage,
            Action::Steward => Self::Steward,
            Action::Administer => Self::Administer,
            Action::Audit => Self::Audit,
        }
    }
}

/// Somebody who is signed in.
pub struct Viewer {
    caller: Caller,
    account: Arc<library::account::Account>,
    grants: Vec<Arc<library::grant::Grant>>,
}

impl Viewer {
    /// Who asks in this scope; nothing for who is not signed in.
    pub fn of(scope: &Scope) -> Option<Self> {
        let caller = scope.caller()?.clone();
        let Who::Account(id, _) = caller.who else { return None };
        Some(Self { caller, account: scope.account(id)?, grants: scope.grants(id) })
    }
}

/// Who asks (当前用户). The answer is private and kept by no cache.
#[Object]
impl Viewer {
    /// The account (账号).
    async fn account(&self) -> Account {
        Account::whole(self.account.clone())
    }

    /// Whether the password must be changed before anything else is allowed (须修改口令).
    async fn must_change_password(&self) -> bool {
        self.account.must_change_password
    }

    /// Whether a second factor must be enrolled before anything else is allowed (须启用双因素认证): a role asks for it.
    async fn must_enrol_second_factor(&self, ctx: &Context<'_>) -> bool {
        must_enrol(&crate::scope(ctx).library().directory(), &self.account)
    }

    /// Whether the asker may do this to a record (是否可操作); false for what it may not see.
    async fn can(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What (操作).")] action: Action,
        #[graphql(desc = "To which record: a site, a column, an organisation, a tag, a content, an account (对象).")]
        on: ID,
    ) -> Result<bool> {
        crate::scope(ctx).allows(&self.caller, action.into(), id(&on)?).await.map_err(crate::error)
    }

    /// The roles (授权), the oldest first.
    async fn grants(&self) -> Vec<Grant> {
        self.grants.iter().cloned().map(Grant).collect()
    }

    /// The columns that roles were given for by name (默认栏目), at most 50: where a new content begins.
    async fn default_columns(&self, ctx: &Context<'_>) -> Vec<Column> {
        let scope = crate::scope(ctx);
        let mut columns: Vec<Arc<library::column::Column>> = Vec::new();
        for grant in &self.grants {
            if let GrantScope::Column(id) = grant.scope
                && columns.len() < MOST_COLUMNS
                && let Some(column) = scope.column(id)
                && columns.iter().all(|known| known.id != id)
            {
                columns.push(column);
            }
        }
        Column::together(columns)
    }
}
