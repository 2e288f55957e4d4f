//! Fields of a site's own (扩展字段) as the contract shows them: the plan of a form, not the values.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use crate::code_item::CodeItem;
use crate::column::Column;
use crate::content::ContentKind;
use crate::enums::FieldType;
use crate::node::Node;
use crate::scalars::{Json, int, optional_id};
use crate::site::{Site, SiteLocator};

/// A field of a site's own.
#[derive(Clone)]
pub struct FieldDefinition(pub Arc<library::field::FieldDefinition>);

impl FieldDefinition {
    /// The public fields of a site, column and kind, as far as each is given.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for malformed identifiers.
    pub fn list(
        scope: &library::Scope,
        site: Option<SiteLocator>,
        column: Option<ID>,
        kind: Option<ContentKind>,
    ) -> Result<Vec<Self>> {
        let site = match site {
            None => None,
            Some(by) => match scope.site_by(&by.try_into()?) {
                Some(site) => Some(site.id),
                None => return Ok(Vec::new()),
            },
        };
        let found = scope.field_definitions(site, optional_id(column.as_ref())?, kind.map(Into::into));
        Ok(found.into_iter().map(Self).collect())
    }
}

/// A field of a site's own (扩展字段): what a city needs on a content beyond the common fields.
#[Object]
impl FieldDefinition {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its key in a content's fields, unique on its site (字段标识).
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// What people call it (字段名称).
    async fn label(&self) -> &str {
        &self.0.fields.label
    }

    /// What to fill in (填写说明).
    async fn help(&self) -> Option<&str> {
        self.0.fields.help.as_deref()
    }

    /// What it holds (字段类型).
    #[graphql(name = "type")]
    async fn field_type(&self) -> FieldType {
        self.0.fields.kind.into()
    }

    /// Whether the gate before publication asks for it (必填).
    async fn required(&self) -> bool {
        self.0.fields.required
    }

    /// Whether it may hold several values (可重复).
    async fn repeatable(&self) -> bool {
        self.0.fields.repeatable
    }

    /// What a CODE field chooses from (可选项): the first level of its list, without what is out of use.
    async fn choices(&self, ctx: &Context<'_>) -> Vec<CodeItem> {
        let Some(list) = self.0.fields.list else { return Vec::new() };
        let mut items = crate::scope(ctx).codes(list, None, None);
        items.retain(|item| !item.retired);
        CodeItem::all(items)
    }

    /// The smallest number or earliest date (最小值).
    async fn minimum(&self) -> Option<&str> {
        self.0.fields.minimum.as_deref()
    }

    /// The largest number or latest date (最大值).
    async fn maximum(&self) -> Option<&str> {
        self.0.fields.maximum.as_deref()
    }

    /// A pattern for the form of the front end (格式).
    async fn pattern(&self) -> Option<&str> {
        self.0.fields.pattern.as_deref()
    }

    /// The kinds that have it (适用的信息种类); empty for all.
    async fn kinds(&self) -> Vec<ContentKind> {
        self.0.fields.kinds.iter().map(|kind| (*kind).into()).collect()
    }

    /// The site that has it (所属站点); null if all have it.
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        self.0.site.and_then(|site| crate::scope(ctx).site(site)).map(Site)
    }

    /// The column that has it, with everything below (所属栏目); null if all have it.
    async fn column(&self, ctx: &Context<'_>) -> Option<Column> {
        self.0.column.and_then(|column| crate::scope(ctx).column(column)).map(Column::alone)
    }

    /// Whether the table of elements shows it (要素表显示).
    async fn in_element_table(&self) -> bool {
        self.0.fields.in_element_table
    }

    /// Whether lists may be narrowed by it (可筛选).
    async fn filterable(&self) -> bool {
        self.0.fields.filterable
    }

    /// Whether the public sees it (公开).
    async fn public(&self) -> bool {
        self.0.fields.public
    }

    /// Its order in the form, smallest first (排序).
    async fn rank(&self) -> i32 {
        int(self.0.fields.rank)
    }

    /// Whether it is out of use (停用): contents keep their values, the form no longer asks.
    async fn retired(&self) -> bool {
        self.0.retired
    }
}

/// A value of a field of a site's own.
pub struct FieldValue {
    /// Its definition.
    pub definition: Arc<library::field::FieldDefinition>,
    /// What it holds.
    pub value: serde_json::Value,
}

impl FieldValue {
    /// The values that `entries` hold for `definitions`, in their order; only those with `keys` if any are named.
    pub fn of(
        definitions: Vec<Arc<library::field::FieldDefinition>>,
        entries: &[library::content::FieldEntry],
        keys: Option<&[String]>,
    ) -> Vec<Self> {
        let value = |definition: Arc<library::field::FieldDefinition>| {
            let entry = entries.iter().find(|entry| entry.key == definition.key)?;
            let wanted = keys.is_none_or(|keys| keys.contains(&definition.key));
            wanted.then(|| Self { definition, value: entry.value.clone() })
        };
        definitions.into_iter().filter_map(value).collect()
    }
}

/// A value of a field of a site's own (扩展字段值).
#[Object]
impl FieldValue {
    /// The key of its definition (字段标识).
    async fn key(&self) -> &str {
        &self.definition.key
    }

    /// What people call the field (字段名称).
    async fn label(&self) -> &str {
        &self.definition.fields.label
    }

    /// The value as people read it (文字).
    async fn text(&self, ctx: &Context<'_>) -> String {
        crate::scope(ctx).field_text(&self.definition, &self.value)
    }

    /// The value as it is kept (值).
    async fn value(&self) -> Json {
        Json(self.value.clone())
    }

    /// What the value names (所指对象), for fields that hold an identifier.
    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        let Some(id) = self.value.as_str().filter(|text| text.parse::<library::id::AnyId>().is_ok()) else {
            return Ok(None);
        };
        Ok(crate::node::find(crate::scope(ctx), vec![id.into()]).await?.pop().flatten())
    }

    /// The definition of the field (字段定义).
    async fn definition(&self) -> FieldDefinition {
        FieldDefinition(self.definition.clone())
    }
}
