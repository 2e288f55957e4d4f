//! Facets: the values that hits can be narrowed by, named for readers.

use async_graphql::{Enum, SimpleObject};
use library::Scope;
use library::code::CodeList;
use library::content::{ContentKind, Validity};
use library::id::{OrganisationId, SiteId, TagId};

use crate::scalars::int;

/// What hits are counted by (分面).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "search::FacetField")]
pub enum FacetField {
    /// Their kind (信息类型).
    Kind,
    /// The sites that show them (展示站点).
    Site,
    /// Their tags (标签).
    Tag,
    /// Who published them (发布机构).
    Publisher,
    /// Their themes (主题分类).
    Theme,
    /// The year that they are of: of writing, else of publication (年份).
    Year,
    /// Whether policies are in force (有效性).
    Validity,
}

/// How many hits there are by one field (分面统计).
#[derive(SimpleObject)]
pub struct Facet {
    /// The field (字段).
    field: FacetField,
    /// Its values, the most frequent first; at most 50 (取值).
    values: Vec<FacetValue>,
}

/// A value that hits can be narrowed by (分面取值).
#[derive(SimpleObject)]
pub struct FacetValue {
    /// What filters take: an identifier, a code or a name of the schema (键).
    key: String,
    /// What readers are shown (显示名).
    label: String,
    /// How many hits have it (数量).
    count: i32,
}

/// Facets with the names of their values; what the asker does not see is left out.
pub fn facets(scope: &Scope, found: &[search::Facet]) -> Vec<Facet> {
    let facet = |facet: &search::Facet| {
        let value = |(key, count): &(String, usize)| {
            let (key, label) = named(scope, facet.field, key)?;
            Some(FacetValue { key, label, count: int(*count as u64) })
        };
        Facet { field: facet.field.into(), values: facet.values.iter().filter_map(value).collect() }
    };
    found.iter().map(facet).filter(|facet| !facet.values.is_empty()).collect()
}

fn named(scope: &Scope, field: search::FacetField, key: &str) -> Option<(String, String)> {
    use search::FacetField as Field;
    Some(match field {
        Field::Kind => (key.to_owned(), kind_label(key.parse().ok()?).to_owned()),
        Field::Site => {
            let site = scope.site(SiteId(key.parse().ok()?))?;
            (site.id.to_string(), site.fields.name.clone())
        }
        Field::Tag => {
            let tag = scope.tag(TagId(key.parse().ok()?))?;
            (tag.id.to_string(), tag.fields.name.clone())
        }
        Field::Publisher => {
            let publisher = scope.organisation(OrganisationId(key.parse().ok()?))?;
            (publisher.id.to_string(), publisher.fields.name.clone())
        }
        Field::Theme => (key.to_owned(), scope.code(CodeList::Theme, key)?.name.clone()),
        Field::Year => (key.to_owned(), format!("{key}年")),
        Field::Validity => (key.to_owned(), key.parse::<Validity>().ok()?.label().to_owned()),
    })
}

fn kind_label(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Policy => "政策文件",
        ContentKind::Interpretation => "政策解读",
        ContentKind::KnowledgeEntry => "问答知识",
        ContentKind::ServiceGuide => "办事指南",
        ContentKind::Notice => "通知公告",
        ContentKind::Article => "资讯",
        ContentKind::Disclosure => "信息公开",
    }
}
