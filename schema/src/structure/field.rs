//! Defining, editing and retiring fields of a site's own.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::field::{DefineField, FieldFields};

use super::given::{put, set};
use crate::content::ContentKind;
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::{CodeList, FieldType};
use crate::field_definition::FieldDefinition;
use crate::scalars::{id, optional_id};

/// What may be said of a field beside what it must have (字段其他信息); what is not given stays, null removes.
#[derive(Debug, Clone, InputObject)]
pub struct FieldDetailsInput {
    /// What to fill in (填写说明).
    pub help: MaybeUndefined<String>,
    /// Whether the gate before publication asks for it (必填).
    pub required: Option<bool>,
    /// Whether it may hold several values (可重复); true stays true.
    pub repeatable: Option<bool>,
    /// The smallest number or earliest date (最小值), for NUMBER and DATE.
    pub minimum: MaybeUndefined<String>,
    /// The largest number or latest date (最大值), for NUMBER and DATE.
    pub maximum: MaybeUndefined<String>,
    /// A pattern for the form of the front end (格式).
    pub pattern: MaybeUndefined<String>,
    /// The kinds that have it, all of them; empty for all kinds (适用的信息种类).
    pub kinds: Option<Vec<ContentKind>>,
    /// Whether the table of elements shows it (要素表显示).
    pub in_element_table: Option<bool>,
    /// Whether lists may be narrowed by it (可筛选): decided when it is defined, and given up later at most.
    pub filterable: Option<bool>,
    /// Whether the public sees it (公开).
    pub public: Option<bool>,
    /// Its order in the form, smallest first (排序).
    pub rank: Option<i32>,
}

impl FieldDetailsInput {
    /// Puts what was given into the fields of a definition.
    fn edit(self, field: &mut FieldFields) {
        set(&mut field.help, self.help);
        put(&mut field.required, self.required);
        put(&mut field.repeatable, self.repeatable);
        set(&mut field.minimum, self.minimum);
        set(&mut field.maximum, self.maximum);
        set(&mut field.pattern, self.pattern);
        put(&mut field.kinds, self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect::<Vec<_>>()));
        put(&mut field.in_element_table, self.in_element_table);
        put(&mut field.filterable, self.filterable);
        put(&mut field.public, self.public);
        put(&mut field.rank, self.rank);
    }
}

/// A field to be defined (新建扩展字段).
#[derive(Debug, Clone, InputObject)]
pub struct DefineFieldInput {
    /// The site that has it; all have it if not given, which is for platform administrators (所属站点).
    pub site: Option<ID>,
    /// The column that has it, with everything below (所属栏目).
    pub column: Option<ID>,
    /// Its key, unique on its site and for good: `a-z 0-9 - _ .` (字段标识).
    pub key: String,
    /// What people call it (字段名称).
    pub label: String,
    /// What it holds, for good (字段类型).
    #[graphql(name = "type")]
    pub field_type: FieldType,
    /// The list that a CODE field chooses from, for good (代码表).
    pub list: Option<CodeList>,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: FieldDetailsInput,
}

payload! {
    /// What came of defining a field (新建扩展字段结果).
    DefineFieldPayload {
        /// The definition (字段定义).
        field: FieldDefinition,
    }
}

/// Defines a field.
pub async fn define_field(ctx: &Context<'_>, input: DefineFieldInput) -> Result<DefineFieldPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let mut fields = FieldFields {
        label: input.label,
        help: None,
        kind: input.field_type.into(),
        required: false,
        repeatable: false,
        list: input.list.map(Into::into),
        minimum: None,
        maximum: None,
        pattern: None,
        kinds: Vec::new(),
        in_element_table: false,
        filterable: false,
        public: true,
        rank: 0,
    };
    input.details.edit(&mut fields);
    let (site, column) = (optional_id(input.site.as_ref())?, optional_id(input.column.as_ref())?);
    let new = DefineField { key: input.key, site, column, fields };
    let asker = caller.clone();
    let deed = async move { library.define_field(&asker, new).await };
    done(ctx, deed, |(id, position)| DefineFieldPayload {
        field: afterwards(ctx, caller).kept_field(id).map(FieldDefinition),
        position: written(position),
        ..DefineFieldPayload::default()
    })
    .await
}

/// What of a field is changed; what is not given stays (修改扩展字段).
#[derive(Debug, Clone, InputObject)]
pub struct EditFieldInput {
    /// Which field (字段).
    pub id: ID,
    /// What people call it (字段名称).
    pub label: Option<String>,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: FieldDetailsInput,
}

payload! {
    /// What came of editing a field (修改扩展字段结果).
    EditFieldPayload {
        /// The definition (字段定义).
        field: FieldDefinition,
    }
}

/// Edits a field.
pub async fn edit_field(ctx: &Context<'_>, input: EditFieldInput) -> Result<EditFieldPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let field = id(&input.id)?;
    let edit = move |fields: &mut FieldFields| {
        put(&mut fields.label, input.label);
        input.details.edit(fields);
    };
    let asker = caller.clone();
    let deed = async move { library.edit_field(&asker, field, edit).await };
    done(ctx, deed, |position| EditFieldPayload {
        field: afterwards(ctx, caller).kept_field(field).map(FieldDefinition),
        position: written(position),
        ..EditFieldPayload::default()
    })
    .await
}

/// A field to be retired, or taken back (停用扩展字段).
#[derive(Debug, Clone, InputObject)]
pub struct RetireFieldInput {
    /// Which field (字段).
    pub id: ID,
    /// Whether it is retired; false takes it back (停用或恢复).
    #[graphql(default = true)]
    pub retired: bool,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of retiring a field (停用扩展字段结果).
    RetireFieldPayload {
        /// The definition (字段定义).
        field: FieldDefinition,
    }
}

/// Retires a field, or takes it back.
pub async fn retire_field(ctx: &Context<'_>, input: RetireFieldInput) -> Result<RetireFieldPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let field = id(&input.id)?;
    let asker = caller.clone();
    let deed = async move { library.retire_field(&asker, field, input.retired, input.reason.as_deref()).await };
    done(ctx, deed, |position| RetireFieldPayload {
        field: afterwards(ctx, caller).kept_field(field).map(FieldDefinition),
        position: written(position),
        ..RetireFieldPayload::default()
    })
    .await
}
