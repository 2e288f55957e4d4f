//! Importing, editing and retiring items of code lists.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::code::{CodeEntry, EditCode};

use super::given::given_id;
use crate::code_item::CodeItem;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::CodeList;
use crate::scalars::{id, int};

/// One item as it is handed in (代码项).
#[derive(Debug, Clone, InputObject)]
pub struct CodeEntryInput {
    /// Its code, unique in the list (代码).
    pub code: String,
    /// What it is called (名称).
    pub name: String,
    /// The code of the item above it, which is known or stands earlier (上级代码).
    pub parent: Option<String>,
}

/// Items of a list (导入代码表).
#[derive(Debug, Clone, InputObject)]
pub struct ImportCodesInput {
    /// Which list (代码表).
    pub list: CodeList,
    /// The items in their order, at most 2,000 (代码项). Known codes are renamed and placed anew, none is removed.
    pub items: Vec<CodeEntryInput>,
}

payload! {
    /// What came of importing codes (导入代码表结果).
    ImportCodesPayload {
        /// How many items were brought (导入数量).
        imported: i32,
    }
}

/// Imports codes.
pub async fn import_codes(ctx: &Context<'_>, input: ImportCodesInput) -> Result<ImportCodesPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let count = input.items.len();
    let entry = |item: CodeEntryInput| CodeEntry { code: item.code, name: item.name, parent: item.parent };
    let entries = input.items.into_iter().map(entry).collect();
    let deed = async move { library.import_codes(&caller, input.list.into(), entries).await };
    done(ctx, deed, |position| ImportCodesPayload {
        imported: Some(int(count as i64)),
        position: written(position),
        ..ImportCodesPayload::default()
    })
    .await
}

/// What of an item is changed; what is not given stays (修改代码).
#[derive(Debug, Clone, InputObject)]
pub struct EditCodeInput {
    /// Which item (代码项).
    pub id: ID,
    /// What it is called (名称).
    pub name: Option<String>,
    /// The item above it, of the same list; null for none (上级).
    pub parent: MaybeUndefined<ID>,
    /// Its order among its siblings, smallest first (排序).
    pub rank: Option<i32>,
}

payload! {
    /// What came of editing an item (修改代码结果).
    EditCodePayload {
        /// The item (代码项).
        code: CodeItem,
    }
}

/// Edits an item.
pub async fn edit_code(ctx: &Context<'_>, input: EditCodeInput) -> Result<EditCodePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let item = id(&input.id)?;
    let edit = EditCode { name: input.name, parent: given_id(&input.parent)?, rank: input.rank.map(i64::from) };
    let asker = caller.clone();
    let deed = async move { library.edit_code(&asker, item, edit).await };
    done(ctx, deed, |position| EditCodePayload {
        code: afterwards(ctx, caller).code_item(item).map(CodeItem),
        position: written(position),
        ..EditCodePayload::default()
    })
    .await
}

/// An item to be retired, or taken back (停用代码).
#[derive(Debug, Clone, InputObject)]
pub struct RetireCodeInput {
    /// Which item (代码项).
    pub id: ID,
    /// Whether it is retired; false takes it back (停用或恢复).
    #[graphql(default = true)]
    pub retired: bool,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of retiring an item (停用代码结果).
    RetireCodePayload {
        /// The item (代码项).
        code: CodeItem,
    }
}

/// Retires an item, or takes it back.
pub async fn retire_code(ctx: &Context<'_>, input: RetireCodeInput) -> Result<RetireCodePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let item = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.retire_code(&asker, item, input.retired, input.reason.as_deref()).await };
    done(ctx, deed, |position| RetireCodePayload {
        code: afterwards(ctx, caller).code_item(item).map(CodeItem),
        position: written(position),
        ..RetireCodePayload::default()
    })
    .await
}
