//! Items of code lists (代码表) as the contract shows them.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::enums::CodeList;

/// An item of a code list.
#[derive(Clone)]
pub struct CodeItem(pub Arc<library::code::CodeItem>);

impl CodeItem {
    /// All of them as nodes.
    pub fn all(items: Vec<Arc<library::code::CodeItem>>) -> Vec<Self> {
        items.into_iter().map(Self).collect()
    }
}

/// An item of a code list (代码项). Statutory lists are data, so that they can change without a release.
#[Object]
impl CodeItem {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its list (代码表).
    async fn list(&self) -> CodeList {
        self.0.list.into()
    }

    /// Its code, unique in the list (代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is called (名称).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The item above it (上级).
    async fn parent(&self, ctx: &Context<'_>) -> Option<CodeItem> {
        self.0.parent.and_then(|parent| crate::scope(ctx).code_item(parent)).map(CodeItem)
    }

    /// The items directly below it (下级), in the list's order.
    async fn children(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        CodeItem::all(crate::scope(ctx).codes_below(&self.0))
    }

    /// What it hangs under, outermost first (上级链).
    async fn ancestors(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        CodeItem::all(crate::scope(ctx).code_ancestors(&self.0))
    }

    /// Whether it is out of use (停用): contents keep it, none gets it anew.
    async fn retired(&self) -> bool {
        self.0.retired
    }
}
