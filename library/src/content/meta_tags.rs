//! Page tags that government sites must print (网页设计规范): three on a home page, seven on a list, ten on a content.

use super::row::LiveContent;
use crate::Scope;
use crate::column::Column;
use crate::placement::Placement;
use crate::site::Site;

/// One `<meta>` of a page's head.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct MetaTag {
    pub name: &'static str,
    pub content: String,
}

impl Scope {
    /// SiteName, SiteDomain, SiteIDCode.
    pub fn meta_tags_of_site(&self, site: &Site) -> Vec<MetaTag> {
        vec![
            MetaTag { name: "SiteName", content: site.fields.name.clone() },
            MetaTag { name: "SiteDomain", content: site.fields.hosts.first().cloned().unwrap_or_default() },
            MetaTag { name: "SiteIDCode", content: site.fields.site_id_code.clone().unwrap_or_default() },
        ]
    }

    /// The site's, and ColumnName, ColumnDescription, ColumnKeywords, ColumnType.
    pub fn meta_tags_of_column(&self, column: &Column) -> Vec<MetaTag> {
        let Some(site) = self.site(column.site) else { return Vec::new() };
        let mut tags = self.meta_tags_of_site(&site);
        tags.extend([
            MetaTag { name: "ColumnName", content: column.fields.name.clone() },
            MetaTag { name: "ColumnDescription", content: column.fields.description.clone() },
            MetaTag { name: "ColumnKeywords", content: column.fields.keywords.join(",") },
            MetaTag { name: "ColumnType", content: column.fields.kind.meta_column_type().to_owned() },
        ]);
        tags
    }

    /// The column's, and ArticleTitle, PubDate, ContentSource; then Keywords, Description, Author, Image, Url where
    /// they say something.
    pub fn meta_tags_of_showing(&self, placement: &Placement, content: &LiveContent) -> Vec<MetaTag> {
        let Some(column) = self.column(placement.column) else { return Vec::new() };
        let mut tags = self.meta_tags_of_column(&column);
        let title = placement.title.as_ref().unwrap_or(&content.card.title);
        tags.extend([
            MetaTag { name: "ArticleTitle", content: title.clone() },
            MetaTag { name: "PubDate", content: self.library().zone().minute(content.published_at) },
            MetaTag { name: "ContentSource", content: content.card.source_name.clone() },
        ]);
        let card = &content.card;
        let image = card.cover.as_ref().map(|cover| format!("{}{}", self.library().files_url(), cover.path()));
        let path = Site::content_path(self.library().zone(), content.id, content.published_at);
        let url = self.site(column.site).map(|site| site.url_of(&path));
        let optional = [
            ("Keywords", Some(card.keywords.join(",")).filter(|words| !words.is_empty())),
            ("Description", card.summary.clone()),
            ("Author", card.author.clone()),
            ("Image", image),
            ("Url", url),
        ];
        tags.extend(optional.into_iter().filter_map(|(name, content)| Some(MetaTag { name, content: content? })));
        tags
    }
}
