//! Conditional requests and ranges (RFC 9110, sections 13 and 14) of something with a strong tag and a known size.
//!
//! Decides what is sent; sends nothing, and does not know what the bytes are.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, Method, header};

/// What of a representation the asker is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Nothing: it has no such bytes.
    Unsatisfiable,
    /// Nothing: the asker has it.
    NotModified,
    /// Nothing: it is not what the asker expects.
    Failed,
}

/// What `asked` wants of a representation of `size` bytes with the strong tag `tag`, quotes included.
pub fn wanted(method: &Method, asked: &HeaderMap, tag: &str, size: u64) -> Wanted {
    // The order is that of section 13.2.2. There are no dates here, so headers with dates never hold.
    if asked.contains_key(header::IF_MATCH) && !names(asked, header::IF_MATCH, |one| one == "*" || one == tag) {
        return Wanted::Failed;
    }
    let weakly = |one: &str| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag;
    if names(asked, header::IF_NONE_MATCH, weakly) {
        return Wanted::NotModified;
    }
    let same = asked.get(header::IF_RANGE).is_none_or(|given| given.as_bytes() == tag.as_bytes());
    let mut ranges = asked.get_all(header::RANGE).iter();
    match (ranges.next(), ranges.next()) {
        (Some(range), None) if method == Method::GET && same => {
            range.to_str().map_or(Wanted::Whole, |range| part(range, size))
        }
        _ => Wanted::Whole,
    }
}

/// Whether one of the tags that a header lists is meant.
fn names(asked: &HeaderMap, name: HeaderName, is_meant: impl Fn(&str) -> bool) -> bool {
    let values = asked.get_all(name);
    values.iter().filter_map(|value| value.to_str().ok()).any(|value| value.split(',').map(str::trim).any(&is_meant))
}

/// One range is answered as a part; several, other units and what is no range are passed over, as the standard allows.
fn part(range: &str, size: u64) -> Wanted {
    let bounds = range.split_once('=').filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"));
    let Some((first, last)) = bounds.and_then(|(_, set)| set.trim().split_once('-')) else { return Wanted::Whole };
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // A number that no machine holds is beyond every end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if last < first => Wanted::Whole,
        (Some(first), Some(_)) if first >= size => Wanted::Unsatisfiable,
        (Some(first), Some(last)) => Wanted::Part(first..last.saturating_add(1).min(size)),
        (Some(first), None) if last.is_empty() && first >= size => Wanted::Unsatisfiable,
        (Some(first), None) if last.is_empty() => Wanted::Part(first..size),
        (None, Some(0)) if first.is_empty() => Wanted::Unsatisfiable,
        (None, Some(length)) if first.is_empty() => Wanted::Part(size.saturating_sub(length)..size),
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(method: &Method, headers: &[(HeaderName, &str)]) -> Wanted {
        let mut asked = HeaderMap::new();
        for (name, value) in headers {
            asked.append(name, value.parse().expect("a header"));
        }
        wanted(method, &asked, "\"a\"", 100)
    }

    #[test]
    fn ranges_are_read_by_the_book() {
        for (range, expected) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=0-99", Wanted::Part(0..100)),
            ("bytes=10-19", Wanted::Part(10..20)),
            ("Bytes=90-1000", Wanted::Part(90..100)),
            ("bytes=99-", Wanted::Part(99..100)),
            ("bytes=-1", Wanted::Part(99..100)),
            ("bytes=-1000", Wanted::Part(0..100)),
            ("bytes=0-99999999999999999999999999", Wanted::Part(0..100)),
            ("bytes=0-18446744073709551615", Wanted::Part(0..100)),
            ("bytes=100-", Wanted::Unsatisfiable),
            ("bytes=100-200", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=1-2x", Wanted::Whole),
            ("bytes=--1", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
            ("0-1", Wanted::Whole),
        ] {
            assert_eq!(asks(&Method::GET, &[(header::RANGE, range)]), expected, "{range}");
            assert_eq!(asks(&Method::HEAD, &[(header::RANGE, range)]), Wanted::Whole, "{range}");
        }
        let twice = [(header::RANGE, "bytes=0-1"), (header::RANGE, "bytes=3-4")];
        assert_eq!(asks(&Method::GET, &twice), Wanted::Whole);
    }

    #[test]
    fn a_range_holds_only_for_what_the_asker_has() {
        for (if_range, expected) in [
            ("\"a\"", Wanted::Part(0..2)),
            ("W/\"a\"", Wanted::Whole),
            ("\"b\"", Wanted::Whole),
            ("Sat, 31 Oct 2026 10:00:00 GMT", Wanted::Whole),
        ] {
            let headers = [(header::RANGE, "bytes=0-1"), (header::IF_RANGE, if_range)];
            assert_eq!(asks(&Method::GET, &headers), expected, "{if_range}");
        }
    }

    #[test]
    fn tags_are_found_in_lists_weakly_for_reading_and_strongly_for_expecting() {
        for (value, known, expected) in [
            ("\"a\"", true, true),
            ("\"b\", \"a\"", true, true),
            ("*", true, true),
            ("W/\"a\"", true, false),
            ("\"b\"", false, false),
            ("a", false, false),
        ] {
            let is_known = asks(&Method::GET, &[(header::IF_NONE_MATCH, value)]) == Wanted::NotModified;
            assert_eq!(is_known, known, "{value}");
            let is_expected = asks(&Method::GET, &[(header::IF_MATCH, value)]) == Wanted::Whole;
            assert_eq!(is_expected, expected, "{value}");
        }
        let both = [(header::IF_MATCH, "\"b\""), (header::IF_NONE_MATCH, "\"a\"")];
        assert_eq!(asks(&Method::GET, &both), Wanted::Failed, "what is expected comes first");
        let known = [(header::IF_NONE_MATCH, "\"a\""), (header::RANGE, "bytes=500-")];
        assert_eq!(asks(&Method::GET, &known), Wanted::NotModified, "then what is known");
    }
}
