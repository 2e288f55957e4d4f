//! Pages of lists: how much was asked for, and what came.

use uuid::Uuid;

use crate::database::Value;
use crate::refusal::{Refusal, RefusalCode, Result};

/// The most items of one page.
pub const MOST: usize = 100;
/// The most items that `offset` may pass over.
pub const MOST_OFFSET: usize = 10_000;

/// Which page of a list is asked for. `K` is the key of the list's order, as cursors hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Paging<K> {
    /// How many items.
    pub size: usize,
    /// Whether they are the last before `from`, not the first after it.
    pub backward: bool,
    /// Where the page begins: the key of the item before (or, backward, behind) it.
    pub from: Option<K>,
    /// How many items to pass over.
    pub offset: usize,
}

impl<K> Paging<K> {
    /// The first `size` items.
    pub fn first(size: usize) -> Self {
        Self { size, backward: false, from: None, offset: 0 }
    }

    /// From the arguments of a connection (Relay cursor connections; `offset` only forward and without a cursor).
    pub fn of(
        first: Option<i32>,
        after: Option<K>,
        last: Option<i32>,
        before: Option<K>,
        offset: Option<i32>,
    ) -> Result<Self> {
        let refuse = |path: &str, message: &str, english: &str| {
            crate::Error::from(Refusal::new(RefusalCode::Invalid, path, message, english))
        };
        let size = |path: &str, size: i32| match usize::try_from(size) {
            Ok(size) if size <= MOST => Ok(size),
            _ => Err(refuse(path, "应在0到100之间", "must lie between 0 and 100")),
        };
        if last.is_some() && first.is_some() {
            return Err(refuse("last", "first 与 last 不能同用", "first and last exclude each other"));
        }
        if (last.is_some() && after.is_some()) || (last.is_none() && before.is_some()) {
            return Err(refuse("before", "after 配 first，before 配 last", "after goes with first, before with last"));
        }
        let offset = match offset.map(usize::try_from) {
            None => 0,
            Some(Ok(offset)) if offset <= MOST_OFFSET => offset,
            Some(_) => return Err(refuse("offset", "应在0到10000之间", "must lie between 0 and 10,000")),
        };
        if offset > 0 && (after.is_some() || last.is_some()) {
            return Err(refuse("offset", "offset 不能与游标同用", "offset excludes cursors"));
        }
        match last {
            Some(last) => Ok(Self { size: size("last", last)?, backward: true, from: before, offset: 0 }),
            None => Ok(Self { size: size("first", first.unwrap_or(20))?, backward: false, from: after, offset }),
        }
    }

    /// The smallest and the largest key on which a page depends, both ends included: from where it was entered to the
    /// first item `beyond` it, which tells that the list goes on. An end that is not given is open.
    pub(crate) fn span<T>(&self, ascending: bool, entered: Option<T>, beyond: Option<T>) -> (Option<T>, Option<T>) {
        let (begin, end) = if self.backward { (beyond, entered) } else { (entered, beyond) };
        if ascending { (begin, end) } else { (end, begin) }
    }

    /// Cuts a page out of a list that is whole in memory; `key` names each item for its cursor.
    ///
    /// # Errors
    /// Refuses a cursor whose item has left the list: where it stood is not known.
    pub fn cut<T: Clone>(&self, all: &[T], key: impl Fn(&T) -> K) -> Result<Page<T>>
    where
        K: PartialEq,
    {
        let gone = || {
            Refusal::new(
                RefusalCode::Invalid,
                "after",
                "游标所指条目已不在列表中，请从头开始",
                "its item left the list: begin again",
            )
        };
        let found = match &self.from {
            None => None,
            Some(from) => Some(all.iter().position(|item| key(item) == *from).ok_or_else(gone)?),
        };
        let (begin, end) = if self.backward {
            let end = found.unwrap_or(all.len());
            (end.saturating_sub(self.size), end)
        } else {
            let begin = found.map_or(0, |at| at + 1) + self.offset;
            let begin = begin.min(all.len());
            (begin, (begin + self.size).min(all.len()))
        };
        Ok(Page {
            items: all[begin..end].to_vec(),
            has_next: end < all.len(),
            has_previous: begin > 0,
            total: Some(all.len() as i64),
        })
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items in the list's order.
    pub items: Vec<T>,
    /// Whether items follow.
    pub has_next: bool,
    /// Whether items precede.
    pub has_previous: bool,
    /// How many there are in all, where that is known without counting.
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// A page of nothing.
    pub fn empty() -> Self {
        Self { items: Vec::new(), has_next: false, has_previous: false, total: Some(0) }
    }
}

/// One page of a list that is walked. It can be shorter than was asked for, even empty, and still go on: a walk that
/// filters stops when it has looked at enough rows.
#[derive(Debug, Clone)]
pub struct Walked<T> {
    /// The items in the list's order.
    pub items: Vec<T>,
    /// Whether items follow, or may follow.
    pub has_next: bool,
    /// Whether items precede, or may precede.
    pub has_previous: bool,
    /// The key of the first row that was looked at, where a backward walk stopped before the page was full.
    pub begins_at: Option<Vec<Value>>,
    /// The key of the last row that was looked at, where a forward walk stopped before the page was full.
    pub ends_at: Option<Vec<Value>>,
}

impl<T> Walked<T> {
    /// A page of nothing.
    pub fn empty() -> Self {
        Self { items: Vec::new(), has_next: false, has_previous: false, begins_at: None, ends_at: None }
    }

    /// A page from what a walk brought in its own direction; `stopped` is where it stopped before the page was full.
    pub(crate) fn of(mut items: Vec<T>, paging: &Paging<Vec<Value>>, stopped: Option<Vec<Value>>) -> Self {
        let on = items.len() > paging.size || stopped.is_some();
        items.truncate(paging.size);
        if paging.backward {
            items.reverse();
            return Self {
                items,
                has_next: paging.from.is_some(),
                has_previous: on,
                begins_at: stopped,
                ends_at: None,
            };
        }
        let has_previous = paging.from.is_some() || paging.offset > 0;
        Self { items, has_next: on, has_previous, begins_at: None, ends_at: stopped }
    }

    /// The same page of something else, made of all its items at once.
    pub fn with<U>(self, items: impl FnOnce(Vec<T>) -> Vec<U>) -> Walked<U> {
        let Self { items: own, has_next, has_previous, begins_at, ends_at } = self;
        Walked { items: items(own), has_next, has_previous, begins_at, ends_at }
    }
}

/// A key of a list's order as text, for cursors. The text says of what types it is made.
pub fn write_key(key: &[Value]) -> String {
    let parts: Vec<_> = key
        .iter()
        .map(|value| match value {
            Value::Int(int) => format!("i{int}"),
            Value::Id(id) => format!("u{}", id.simple()),
            Value::Text(text) => format!("t{text}"),
            _ => String::new(),
        })
        .collect();
    parts.join(" ")
}

/// The key that a cursor's text holds; a refusal if it is not one of a list whose keys look like `shape`, such as
/// `iiu` for rank, time and id.
pub fn read_key(text: &str, shape: &str) -> Result<Vec<Value>> {
    let read = |part: &str| {
        let value = part.get(1..)?;
        match part.as_bytes().first()? {
            b'i' => value.parse().ok().map(Value::Int),
            b'u' => Uuid::try_parse(value).ok().map(Value::Id),
            b't' => value.parse::<crate::Date>().ok().map(|date| Value::Text(date.to_string())),
            _ => None,
        }
    };
    let own: String = text.split(' ').filter_map(|part| part.chars().next()).collect();
    let key: Option<Vec<Value>> = text.split(' ').map(read).collect();
    key.filter(|_| own == shape).ok_or_else(|| {
        Refusal::new(RefusalCode::Invalid, "after", "游标不属于这个列表", "not a cursor of this list").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_those_of_other_lists_are_refused() {
        let key = vec![Value::Int(-3), Value::Int(1_700_000_000_000_000), Value::Id(Uuid::max())];
        assert_eq!(read_key(&write_key(&key), "iiu").expect("a key"), key);
        assert!(read_key(&write_key(&key), "iu").is_err());
        assert!(read_key("t1' or 1", "t").is_err());
        assert!(read_key("", "iu").is_err());
    }

    #[test]
    fn a_page_depends_on_what_lies_between_its_ends() {
        let forward = Paging { size: 2, backward: false, from: Some(9), offset: 0 };
        // Newest first: entered behind 9, goes on with 4.
        assert_eq!(forward.span(false, Some(9), Some(4)), (Some(4), Some(9)));
        assert_eq!(forward.span(true, Some(1), None), (Some(1), None));
        let backward = Paging { backward: true, ..forward };
        assert_eq!(backward.span(false, Some(4), Some(9)), (Some(4), Some(9)));
    }

    #[test]
    fn pages_are_cut_both_ways() {
        let all: Vec<i32> = (0..10).collect();
        let page =
            Paging::of(Some(3), Some(4), None, None, None).expect("paging").cut(&all, |item| *item).expect("a page");
        assert_eq!((page.items, page.has_next, page.has_previous), (vec![5, 6, 7], true, true));
        let page =
            Paging::of(None, None, Some(3), Some(2), None).expect("paging").cut(&all, |item| *item).expect("a page");
        assert_eq!((page.items, page.has_next, page.has_previous), (vec![0, 1], true, false));
        assert!(Paging::<i32>::of(Some(101), None, None, None, None).is_err());
        assert!(Paging::<i32>::of(Some(-1), None, None, None, None).is_err());
        assert!(Paging::of(Some(1), Some(1), None, None, Some(5)).is_err());
    }
}
