//! What stands in a feed: the newest of a site, of a column with all below it, or of a tag on a site.

use std::collections::HashMap;
use std::sync::Arc;

use library::content::{ContentFilter, ContentOrder, LiveContent};
use library::placement::{PlacementFilter, PlacementOrder, PlacementOrderField, Shown};
use library::site::{Site, SiteLocator};
use library::tag::TagLocator;
use library::{Instant, Paging, Result, Scope};

use crate::{Feed, Item};

/// How many contents a feed has.
const ITEMS: usize = 50;
/// The path of the feed of a whole site.
const SITE: &str = "/site";

/// The feed at a path of a site, as `feeds` of sites and columns name it, and `/tag/CODE`; nothing if there is none, or the site
/// shows nothing now.
///
/// # Errors
/// When the library cannot be read.
pub async fn feed_of(scope: &Scope, site: &Arc<Site>, path: &str) -> Result<Option<Feed>> {
    if !site.is_running() {
        return Ok(None);
    }
    if let Some(code) = path.strip_prefix("/tag/") {
        return of_tag(scope, site, code).await;
    }
    let order = PlacementOrder { field: PlacementOrderField::PublishedAt, ascending: false };
    let paging = Paging::first(ITEMS);
    let (title, page, shown) = match path {
        SITE => {
            let found = scope.placements_of_site(site, &PlacementFilter::default(), order, &paging).await?;
            (site.fields.name.clone(), site.url_of("/"), found)
        }
        _ => {
            let Some(column) = scope.column_at(site.id, path) else { return Ok(None) };
            let filter = PlacementFilter { with_descendants: true, ..PlacementFilter::default() };
            let found = scope.placements_of_columns(&[column.id], &filter, order, &paging).await?.pop();
            let Some(found) = found else { return Ok(None) };
            (format!("{} - {}", column.fields.name, site.fields.name), site.url_of(&column.path), found)
        }
    };
    // A site may show a content in several columns.
    let mut items: Vec<Item> = Vec::new();
    for Shown { placement, content } in &shown.items {
        if items.iter().all(|item| item.id != content.id.to_string()) {
            items.push(item(scope, site, content, placement.title.as_deref()));
        }
    }
    Ok(Some(feed(scope, site, path, (title, page), items)))
}

async fn of_tag(scope: &Scope, site: &Arc<Site>, code: &str) -> Result<Option<Feed>> {
    let Some(tag) = scope.tag_by(&TagLocator::Code(code.to_owned())) else { return Ok(None) };
    let filter =
        ContentFilter { all_tags: vec![tag.id], shown_on: Some(SiteLocator::Id(site.id)), ..ContentFilter::default() };
    let found = scope.contents(&filter, ContentOrder::default(), &Paging::first(ITEMS)).await?;
    // Its own title on the site, where the site gave it one.
    let ids: Vec<_> = found.items.iter().map(|(content, _)| content.id).collect();
    let shown: HashMap<_, _> = scope.placements_of_contents(&ids, Some(site.id)).await?;
    let title_of = |content: &LiveContent| shown.get(&content.id)?.first()?.placement.title.clone();
    let items = found.items.iter().map(|(content, _)| item(scope, site, content, title_of(content).as_deref()));
    let items = items.collect();
    let names = (format!("{} - {}", tag.fields.name, site.fields.name), site.url_of(&format!("/tag/{}", tag.code)));
    Ok(Some(feed(scope, site, &format!("/tag/{}", tag.code), names, items)))
}

fn item(scope: &Scope, site: &Site, content: &LiveContent, title: Option<&str>) -> Item {
    let path = Site::content_path(scope.library().zone(), content.id, content.published_at);
    Item {
        id: content.id.to_string(),
        title: title.unwrap_or(&content.card.title).to_owned(),
        page: site.url_of(&path),
        summary: content.card.summary.clone(),
        publisher: scope.organisation(content.publisher).map(|found| found.fields.name.clone()),
        tags: content.card.tags.iter().filter_map(|id| Some(scope.tag(*id)?.fields.name.clone())).collect(),
        published: content.published_at,
        updated: content.updated_at,
    }
}

fn feed(scope: &Scope, site: &Site, path: &str, (title, page): (String, String), items: Vec<Item>) -> Feed {
    let newest = items.iter().map(|item| item.updated).max();
    Feed {
        title,
        page,
        address: site.url_of(&format!("/feeds{path}")),
        language: site.fields.language.clone(),
        // An empty feed is as old as anything can be: it must not change while nothing does.
        updated: newest.unwrap_or(Instant(0)).min(scope.library().now()),
        items,
    }
}
