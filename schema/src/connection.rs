//! Relay connections: the one form of every list that has pages, with `edges` and `nodes`.
//!
//! A connection is given its page; it reads nothing by itself except the total, and that only if it is selected. It
//! knows no noun: the names of its types come from what it lists.

use std::borrow::Cow;

pub use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, OutputType, Result, TypeName};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use library::database::Value;
use library::{Page, Paging, Scope, Walked};

use crate::scalars::bad_input;

/// Counts the members of a list when somebody asks for the total.
pub type Count = Box<dyn Fn(&Scope) -> BoxFuture<'_, library::Result<Option<i64>>> + Send + Sync>;

/// How many items a list has in all.
pub enum Total {
    /// Known with the page, or known to be unknown.
    Known(Option<i64>),
    /// To be counted if it is selected.
    Counted(Count),
}

/// One item of a page with its cursor.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

/// One page of a list.
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_next: bool,
    has_previous: bool,
    /// Where the page begins and ends, if that is not at its first and last item.
    ends: (Option<String>, Option<String>),
    total: Total,
}

impl<T> Connection<T> {
    /// A page from its items, each with the plain text of its cursor.
    pub fn new(items: Vec<(String, T)>, has_next: bool, has_previous: bool, total: Total) -> Self {
        let edge = |(text, node): (String, T)| Edge { cursor: encode_cursor(&text), node };
        Self { edges: items.into_iter().map(edge).collect(), has_next, has_previous, ends: (None, None), total }
    }

    /// A page of a list that was walked, from items with the keys of their cursors.
    pub fn walked(page: Walked<(Vec<Value>, T)>, total: Total) -> Self {
        let cursor = |key: Option<Vec<Value>>| key.map(|key| encode_cursor(&library::write_key(&key)));
        let ends = (cursor(page.begins_at), cursor(page.ends_at));
        let items = page.items.into_iter().map(|(key, node)| (library::write_key(&key), node)).collect();
        Self { ends, ..Self::new(items, page.has_next, page.has_previous, total) }
    }

    /// The same page, which ends there whatever its last item is.
    #[must_use]
    pub fn ending_at(self, text: &str) -> Self {
        Self { ends: (self.ends.0, Some(encode_cursor(text))), ..self }
    }

    /// A page of nothing.
    pub fn empty() -> Self {
        Self::new(Vec::new(), false, false, Total::Known(Some(0)))
    }
}

/// What a list of these is called: entries give it the name of what they are entries of (`HistoryConnection`).
fn list_name<T: OutputType>() -> String {
    let name = T::type_name();
    match name.strip_suffix("Entry") {
        Some(list) if name != "KnowledgeEntry" => list.to_owned(),
        _ => name.into_owned(),
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Edge", list_name::<T>()))
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Connection", list_name::<T>()))
    }
}

/// One item of a page (列表项) with the cursor that finds its place in the list again.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// Where the item stands in the list's order (游标); an opaque text for `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item (条目).
    async fn node(&self) -> &T {
        &self.node
    }
}

/// One page of a list (分页列表; Relay Cursor Connections). A page has 20 items unless told otherwise, at most 100.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The items with their cursors (带游标的条目), in the list's order.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items alone (条目), in the list's order.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Whether and where the list goes on (分页信息).
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.ends.0.clone().or_else(|| self.edges.first().map(|edge| edge.cursor.clone())),
            end_cursor: self.ends.1.clone().or_else(|| self.edges.last().map(|edge| edge.cursor.clone())),
        }
    }

    /// How many items the list has in all (总数). Counted only if selected; null where exact counting would cost too much.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let total = match &self.total {
            Total::Known(total) => *total,
            Total::Counted(count) => count(crate::scope(ctx)).await.map_err(crate::error)?,
        };
        Ok(total.and_then(|total| i32::try_from(total).ok()))
    }
}

/// A cursor from its plain text: base64url without padding, so that nobody is tempted to read or build one.
pub fn encode_cursor(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The plain text of a cursor.
///
/// # Errors
/// `BAD_USER_INPUT` if it was not made by [`encode_cursor`].
pub fn decode_cursor(cursor: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad_input("not a cursor of this list"))?;
    String::from_utf8(bytes).map_err(|_| bad_input("not a cursor of this list"))
}

/// Which page of a list of the directory is asked for; its cursors hold identifiers.
///
/// # Errors
/// `BAD_USER_INPUT` for arguments that exclude each other, sizes out of range and malformed cursors.
pub fn paging(
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<Paging<String>> {
    let after = after.as_deref().map(decode_cursor).transpose()?;
    let before = before.as_deref().map(decode_cursor).transpose()?;
    Paging::of(first, after, last, before, None).map_err(crate::error)
}

/// A page of a list that is whole in memory; `key` is an item's identifier, `wrap` makes the page's items nodes, all at
/// once because siblings may share what they load.
///
/// # Errors
/// `BAD_USER_INPUT` for a cursor whose item has left the list.
pub fn listed<S: Clone, T>(
    all: &[S],
    paging: &Paging<String>,
    key: impl Fn(&S) -> String,
    wrap: impl FnOnce(Vec<S>) -> Vec<T>,
) -> Result<Connection<T>> {
    let Page { items, has_next, has_previous, total } = paging.cut(all, &key).map_err(crate::error)?;
    let keys: Vec<String> = items.iter().map(&key).collect();
    Ok(Connection::new(keys.into_iter().zip(wrap(items)).collect(), has_next, has_previous, Total::Known(total)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_others_are_refused() {
        let text = "site_01h455vb4pex5vsknk084sn02q";
        assert_eq!(decode_cursor(&encode_cursor(text)).ok().as_deref(), Some(text));
        assert!(decode_cursor("not base64!").is_err());
        assert!(decode_cursor("_w").is_err());
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let all = ["a", "b", "c", "d", "e"];
        let page =
            |paging: &Paging<String>| listed(&all, paging, |item| (*item).to_owned(), |items| items).expect("a page");
        let begin = page(&Paging::first(2));
        assert!(begin.has_next && !begin.has_previous);
        let cursor = begin.edges.last().map(|edge| edge.cursor.clone());
        let next = page(&paging(Some(2), cursor, None, None).expect("a page"));
        assert_eq!(next.edges.iter().map(|edge| edge.node).collect::<Vec<_>>(), ["c", "d"]);
        assert!(next.has_next && next.has_previous);
    }
}
