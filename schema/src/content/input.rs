//! How contents are named, narrowed and ordered by those who ask for them.

use async_graphql::{Enum, Error, ID, InputObject, OneofObject, Result};
use library::content::{ContentOrderField as Field, Order};
use library::database::Value;
use library::{Instant, Paging, Scope};

use super::enums::{OrderDirection, Validity};
use crate::column::SitePath;
use crate::connection::{Connection, Total, decode_cursor};
use crate::content::{Content, ContentKind};
use crate::scalars::{DateTime, id, optional_id};
use crate::site::SiteLocator;

/// Where a content came from (来源标识).
#[derive(Debug, Clone, InputObject)]
pub struct OriginInput {
    /// The system that made it (来源系统).
    system: String,
    /// Its id there (来源编号).
    id: String,
}

/// Names one content (信息定位): by exactly one of its keys.
#[derive(Debug, Clone, OneofObject)]
pub enum ContentLocator {
    /// Its identifier.
    Id(ID),
    /// Its index number (索引号), unique in the library.
    IndexNumber(String),
    /// Its document number (发文字号), with brackets of any kind; finds the policy that was published first.
    DocumentNumber(String),
    /// A site and its path there (站点与路径).
    At(SitePath),
    /// The system that made it and its id there (来源).
    Origin(OriginInput),
}

impl TryFrom<ContentLocator> for library::content::ContentLocator {
    type Error = Error;

    fn try_from(by: ContentLocator) -> Result<Self> {
        Ok(match by {
            ContentLocator::Id(given) => Self::Id(id(&given)?),
            ContentLocator::IndexNumber(number) => Self::IndexNumber(number),
            ContentLocator::DocumentNumber(number) => Self::DocumentNumber(number),
            ContentLocator::At(SitePath { site, path }) => Self::At { site, path },
            ContentLocator::Origin(OriginInput { system, id }) => Self::Origin { system, id },
        })
    }
}

/// A time from an instant until before another (时间范围).
#[derive(Debug, Clone, InputObject)]
pub struct DateTimeRange {
    /// From this instant on (起).
    from: Option<DateTime>,
    /// Until before this instant (止，不含).
    before: Option<DateTime>,
}

impl DateTimeRange {
    /// Both ends, as far as they are given.
    pub fn ends(range: Option<&Self>) -> (Option<Instant>, Option<Instant>) {
        let end = |time: Option<DateTime>| time.map(|time| Instant::of(&time));
        range.map_or((None, None), |range| (end(range.from), end(range.before)))
    }
}

/// A condition on a field of a site's own (扩展字段条件).
#[derive(Debug, Clone, InputObject)]
pub struct FieldCondition {
    /// The key of the field (字段).
    key: String,
    /// Equal to this (等于).
    is: Option<String>,
    /// This or later in order (不小于).
    from: Option<String>,
    /// This or earlier in order (不大于).
    until: Option<String>,
}

/// Narrows a list of contents (信息筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ContentFilter {
    /// At home on this site (归属站点).
    owned_by: Option<SiteLocator>,
    /// Shown on this site (展示站点).
    pub shown_on: Option<SiteLocator>,
    /// Shown in one of these columns (栏目).
    columns: Option<Vec<ID>>,
    /// Whether the columns below count too (含下级栏目).
    with_descendants: Option<bool>,
    /// Of one of these kinds (信息类型).
    kinds: Option<Vec<ContentKind>>,
    /// With at least one of these tags (任一标签).
    any_tags: Option<Vec<ID>>,
    /// With all of these tags (全部标签).
    all_tags: Option<Vec<ID>>,
    /// Of this publisher (发布机构).
    publisher: Option<ID>,
    /// Issued by this organisation (发文机关).
    issuer: Option<ID>,
    /// With this theme (主题分类代码).
    theme: Option<String>,
    /// Policies of this document type (公文种类代码).
    document_type: Option<String>,
    /// Policies of these validities (有效性).
    validity: Option<Vec<Validity>>,
    /// With this document number, brackets of any kind (发文字号).
    document_number: Option<String>,
    /// In one of these languages (语种; BCP 47).
    languages: Option<Vec<String>>,
    /// Published in this time (发布时间).
    published_at: Option<DateTimeRange>,
    /// Changed last in this time (更新时间).
    updated_at: Option<DateTimeRange>,
    /// With these values of fields of a site's own (扩展字段).
    fields: Option<Vec<FieldCondition>>,
}

impl TryFrom<ContentFilter> for library::content::ContentFilter {
    type Error = Error;

    fn try_from(filter: ContentFilter) -> Result<Self> {
        let (published_from, published_before) = DateTimeRange::ends(filter.published_at.as_ref());
        let (updated_from, updated_before) = DateTimeRange::ends(filter.updated_at.as_ref());
        let condition = |given: FieldCondition| library::content::FieldCondition {
            key: given.key,
            is: given.is,
            from: given.from,
            until: given.until,
        };
        Ok(Self {
            owned_by: filter.owned_by.map(TryInto::try_into).transpose()?,
            shown_on: filter.shown_on.map(TryInto::try_into).transpose()?,
            columns: filter.columns.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            with_descendants: filter.with_descendants.unwrap_or(false),
            kinds: filter.kinds.unwrap_or_default().into_iter().map(Into::into).collect(),
            any_tags: filter.any_tags.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            all_tags: filter.all_tags.unwrap_or_default().iter().map(id).collect::<Result<_>>()?,
            publisher: optional_id(filter.publisher.as_ref())?,
            issuer: optional_id(filter.issuer.as_ref())?,
            theme: filter.theme,
            document_type: filter.document_type,
            validity: filter.validity.unwrap_or_default().into_iter().map(Into::into).collect(),
            document_number: filter.document_number,
            languages: filter.languages.unwrap_or_default(),
            published_from,
            published_before,
            updated_from,
            updated_before,
            fields: filter.fields.unwrap_or_default().into_iter().map(condition).collect(),
        })
    }
}

/// By what a list of contents is ordered (信息排序).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::ContentOrderField")]
pub enum ContentOrderField {
    /// By time of publication (发布时间).
    PublishedAt,
    /// By the last change (更新时间).
    UpdatedAt,
    /// Policies by the day on which they were written (成文日期).
    WrittenOn,
}

/// An order of contents (信息排序).
#[derive(Debug, Clone, InputObject)]
pub struct ContentOrder {
    /// By what (字段).
    field: ContentOrderField,
    /// Which way (方向).
    direction: OrderDirection,
}

/// The arguments of a page: `first`, `after`, `last`, `before`, `offset`.
pub type PageArguments = (Option<i32>, Option<String>, Option<i32>, Option<String>, Option<i32>);

/// A page of the contents that match; the total is counted only if it is selected.
///
/// # Errors
/// `BAD_USER_INPUT` for cursors of other lists and sizes out of range.
pub async fn contents(
    scope: &Scope,
    filter: library::content::ContentFilter,
    order_by: Option<ContentOrder>,
    (first, after, last, before, offset): PageArguments,
) -> Result<Connection<Content>> {
    let order = order_by.map_or_else(Default::default, |order| Order {
        field: order.field.into(),
        ascending: order.direction == OrderDirection::Asc,
    });
    let shape = match order.field {
        Field::PublishedAt | Field::UpdatedAt => "iu",
        Field::WrittenOn => "tu",
    };
    let key = |cursor: Option<String>| -> Result<Option<Vec<Value>>> {
        cursor.map(|cursor| library::read_key(&decode_cursor(&cursor)?, shape).map_err(crate::error)).transpose()
    };
    let paging = Paging::of(first, key(after)?, last, key(before)?, offset).map_err(crate::error)?;
    let page = scope.contents(&filter, order, &paging).await.map_err(crate::error)?;
    let page = page.with(|items| {
        let (contents, keys): (Vec<_>, Vec<_>) = items.into_iter().unzip();
        keys.into_iter().zip(Content::together(contents)).collect()
    });
    let filter = std::sync::Arc::new(filter);
    let count: crate::connection::Count = Box::new(move |scope| {
        let filter = filter.clone();
        Box::pin(async move { scope.contents_total(&filter).await })
    });
    Ok(Connection::walked(page, Total::Counted(count)))
}
