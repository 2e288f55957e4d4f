//! What a reader may want (猜你想看、猜你想问、猜你想办): the newest over the tags that it subscribed; for everybody else the
//! newest of all, which is nothing personal.
//!
//! Each kind is walked along an index of its own and the pages are merged: a page costs what it shows for each kind and tag,
//! however much the library holds.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::Scope;
use crate::content::{ContentFilter, ContentKind, ContentOrder, LiveContent};
use crate::database::Value;
use crate::refusal::Result;
use crate::scope::{Paging, Walked, compare};
use crate::site::SiteLocator;

/// One item of a feed, with its cursor key.
type Item = (Arc<LiveContent>, Vec<Value>);

/// What a feed is about.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Whether it is made by what the reader subscribed.
    pub personal: bool,
    filter: ContentFilter,
}

impl Scope {
    /// The feed of who asks: of contents of these kinds, all if none are named, that a site shows, if one is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed(&self, mut kinds: Vec<ContentKind>, on: Option<SiteLocator>) -> Result<Feed> {
        kinds.sort_unstable();
        kinds.dedup();
        let kept = self.kept_of_reader().await?.filter(|reader| !reader.refuses).unwrap_or_default();
        let any_tags: Vec<_> = kept.tags.iter().map(|tag| tag.id).collect();
        let personal = !any_tags.is_empty();
        Ok(Feed { personal, filter: ContentFilter { kinds, any_tags, shown_on: on, ..ContentFilter::default() } })
    }

    /// A page of a feed, the newest first, each content once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_page(&self, feed: &Feed, paging: &Paging<Vec<Value>>) -> Result<Walked<Item>> {
        let newest = ContentOrder::default();
        if feed.filter.kinds.len() < 2 {
            return self.contents(&feed.filter, newest, paging).await;
        }
        let mut pages = Vec::with_capacity(feed.filter.kinds.len());
        for kind in &feed.filter.kinds {
            let filter = ContentFilter { kinds: vec![*kind], ..feed.filter.clone() };
            pages.push(self.contents(&filter, newest, paging).await?);
        }
        Ok(merged(pages, paging))
    }

    /// How many contents a feed has, as far as that is known without counting much.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_total(&self, feed: &Feed) -> Result<Option<i64>> {
        self.contents_total(&feed.filter).await
    }
}

/// One page of the pages of several lists that have nothing in common, all newest first.
fn merged<T>(pages: Vec<Walked<(T, Vec<Value>)>>, paging: &Paging<Vec<Value>>) -> Walked<(T, Vec<Value>)> {
    let order = |a: &[Value], b: &[Value]| -> Ordering { if paging.backward { compare(a, b) } else { compare(b, a) } };
    let (mut items, mut stops) = (Vec::new(), Vec::new());
    let (mut has_next, mut has_previous) = (false, false);
    for page in pages {
        has_next |= page.has_next;
        has_previous |= page.has_previous;
        stops.extend(if paging.backward { page.begins_at } else { page.ends_at });
        items.extend(page.items);
    }
    items.sort_by(|(_, a): &(T, Vec<Value>), (_, b)| order(a, b));
    // Beyond where one of them stopped looking, nothing is known of the whole.
    let stop = stops.into_iter().min_by(|a, b| order(a, b));
    if let Some(stop) = &stop {
        items.retain(|(_, key)| order(key, stop).is_le());
    }
    let more = items.len() > paging.size;
    let stop = stop.filter(|_| items.len() < paging.size);
    items.truncate(paging.size);
    if paging.backward {
        items.reverse();
        return Walked { items, has_next, has_previous: has_previous || more, begins_at: stop, ends_at: None };
    }
    Walked { items, has_next: has_next || more, has_previous, begins_at: None, ends_at: stop }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(at: i64) -> Vec<Value> {
        vec![Value::Int(at), Value::Id(uuid::Uuid::nil())]
    }

    fn page(times: &[i64], has_next: bool, ends_at: Option<i64>) -> Walked<(i64, Vec<Value>)> {
        let items = times.iter().map(|at| (*at, key(*at))).collect();
        Walked { items, has_next, has_previous: false, begins_at: None, ends_at: ends_at.map(key) }
    }

    fn shown(page: &Walked<(i64, Vec<Value>)>) -> Vec<i64> {
        page.items.iter().map(|(at, _)| *at).collect()
    }

    #[test]
    fn pages_of_kinds_are_one_page() {
        let paging = Paging::first(3);
        let both = merged(vec![page(&[9, 5, 3], true, None), page(&[8, 4], false, None)], &paging);
        assert_eq!((shown(&both), both.has_next), (vec![9, 8, 5], true));
        // One of them looked no further than 7.
        let short = merged(vec![page(&[9], true, Some(7)), page(&[8, 4], false, None)], &paging);
        assert_eq!((shown(&short), short.has_next), (vec![9, 8], true));
        assert_eq!(short.ends_at, Some(key(7)));
    }
}
