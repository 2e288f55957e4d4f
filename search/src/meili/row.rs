//! The settings of an index, and a document as its row.
//!
//! Texts are not left to the server to cut: they are folded and cut here as for every engine, and each term is written in
//! letters that no server takes apart. So a word finds the same on both engines, whichever version the server is.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::document::Document;
use crate::found::FacetField;
use crate::slips::is_slippery;
use crate::text::cut::{Cut, terms};
use crate::text::fold::fold;
use crate::text::number::numbers;
use crate::text::start::{Start, Way, starts};

/// The row that says where the index stands.
pub(super) const STATE: &str = "state";
/// A word that stands in every row: queries without any are ranked in another way, and cannot be merged with others.
pub(super) const EVERY: &str = "every";
/// What selects that row, and what selects the others.
pub(super) const IS_STATE: &str = "isState = true";
pub(super) const IS_LIVE: &str = "isLive = true";
/// What selects what is left of removed documents, which no question meets.
pub(super) const IS_GONE: &str = "isLive = false";
/// The field of the words of titles in which slips are looked for.
pub(super) const TITLE_WORDS: &str = "titleWords";
/// The most bytes of the documents of one request: a server takes no more than 100 MB.
const MOST_BYTES: usize = 32 << 20;
/// The most values of a field that are counted.
const MOST_COUNTED: usize = 200_000;

/// The field of a facet.
pub(super) fn facet(field: FacetField) -> &'static str {
    match field {
        FacetField::Kind => "kind",
        FacetField::Site => "sites",
        FacetField::Tag => "tags",
        FacetField::Publisher => "publisher",
        FacetField::Theme => "themes",
        FacetField::Year => "year",
        FacetField::Validity => "validity",
    }
}

/// What an index is told before its documents.
pub(super) fn settings() -> Json {
    let counted = FacetField::ALL.map(facet);
    let mut narrows: Vec<&str> = counted.to_vec();
    narrows.extend(["isState", "isLive", "numbers", "starts", "startsInside", "publishedAt", TITLE_WORDS]);
    json!({
        "searchableAttributes": ["title", "labels", "whole", EVERY],
        "filterableAttributes": narrows,
        "sortableAttributes": ["publishedAt", "isOutdated"],
        "rankingRules": ["sort", "words", "attributeRank", "exactness", "isOutdated:asc", "publishedAt:desc"],
        // Terms are whole as they are: no slips, no beginnings, no distances between them.
        "typoTolerance": {"enabled": false},
        "prefixSearch": "disabled",
        "proximityPrecision": "byAttribute",
        "stopWords": [],
        "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["cmn"]}],
        "faceting": {"maxValuesPerFacet": MOST_COUNTED, "sortFacetValuesBy": {"*": "count"}},
        "pagination": {"maxTotalHits": 10_000},
        // Rather late, or not at all, than a page in a wrong order: what takes longer fails.
        "searchCutoffMs": 60_000,
    })
}

/// A term in letters: a mark for how it was cut, and two letters for each of its bytes.
pub(super) fn coded(cut: Cut, term: &str) -> String {
    let mark = match cut {
        Cut::Words => 'x',
        Cut::Chars => 'y',
        Cut::Pairs => 'z',
    };
    let letter = |nibble: u8| char::from(b'a' + nibble);
    let letters = term.bytes().flat_map(|byte| [letter(byte >> 4), letter(byte & 15)]);
    std::iter::once(mark).chain(letters).collect()
}

/// The terms of a folded text in each way of cutting, each once: the server counts no frequencies. Words come first: of a very
/// long text it reads only the beginning.
fn all_terms(text: &str) -> String {
    let mut all = BTreeSet::new();
    for cut in [Cut::Chars, Cut::Pairs, Cut::Words] {
        all.extend(terms(text, cut).map(|term| coded(cut, term)));
    }
    all.into_iter().collect::<Vec<_>>().join(" ")
}

/// A beginning as it is filtered by.
pub(super) fn begins(way: Way, text: &str) -> String {
    let mark = match way {
        Way::Chars => 'h',
        Way::Sound => 'f',
        Way::Initials => 'i',
    };
    format!("{mark}{text}")
}

/// The row of a document.
pub(super) fn row(document: &Document) -> Json {
    let title = fold(&[std::slice::from_ref(&document.title), &document.questions].concat().join("\n"));
    let mut parts = vec![title.clone()];
    parts.extend(document.number.iter().chain(&document.labels).map(|part| fold(part)));
    parts.push(fold(&document.body));
    let labels: Vec<String> = document.labels.iter().map(|label| coded(Cut::Words, &fold(label))).collect();
    let numbers = document.number.iter().flat_map(|number| numbers(&fold(number)));
    let title_words: BTreeSet<&str> = terms(&title, Cut::Words).filter(|word| is_slippery(word)).collect();
    let titles = std::iter::once(&document.title).chain(&document.questions);
    let starts: Vec<Start> = titles.flat_map(|title| starts(&fold(title))).collect();
    let begin = |inside: bool| -> BTreeSet<String> {
        let some = starts.iter().filter(|start| start.is_inside == inside);
        some.map(|start| begins(start.way, &start.text)).collect()
    };
    let ids = |ids: &[uuid::Uuid]| -> BTreeSet<String> { ids.iter().map(|id| id.simple().to_string()).collect() };
    json!({
        "id": document.id.simple().to_string(),
        "isLive": true,
        EVERY: EVERY,
        "title": all_terms(&title),
        "labels": labels.join(" "),
        "whole": all_terms(&parts.join("\n")),
        "numbers": numbers.flat_map(|number| number.terms()).collect::<BTreeSet<_>>(),
        "starts": begin(false),
        "startsInside": begin(true),
        TITLE_WORDS: title_words,
        "kind": document.kind,
        "sites": ids(&document.sites),
        "tags": ids(&document.tags),
        "publisher": document.publisher.simple().to_string(),
        "themes": document.themes,
        "year": document.year,
        "validity": document.validity,
        "isOutdated": u8::from(document.outdated),
        "publishedAt": document.published_at,
        // As text: a number of JavaScript would lose its last digits.
        "stamp": format!("{:016x}", document.stamp()),
    })
}

/// What is written over a document that is not public any more: no question meets it, and the next cleaning removes it.
pub(super) fn gone(id: uuid::Uuid) -> Json {
    json!({"id": id.simple().to_string(), "isLive": false})
}

/// The row that says where a new index stands: at a position, of a building. It stands before every hit of an answer.
pub(super) fn state(position: i64, generation: u64) -> Json {
    json!({
        "id": STATE, "isState": true, EVERY: EVERY, "position": position, "builtAt": position, "generation": generation,
        "isOutdated": -1, "publishedAt": 1_u64 << 60,
    })
}

/// What is written over that row with the documents of a position; the rest of it is the building's.
pub(super) fn passed(position: i64) -> Json {
    json!({"id": STATE, "position": position})
}

/// Rows as bodies of requests that the server takes, as few as can be.
pub(super) fn bodies(rows: Vec<Json>) -> Vec<Json> {
    let (mut bodies, mut bytes) = (vec![Vec::new()], 0);
    for row in rows {
        let long = row.to_string().len();
        if bytes + long > MOST_BYTES && bytes > 0 {
            bodies.push(Vec::new());
            bytes = 0;
        }
        bytes += long;
        bodies.last_mut().unwrap_or(&mut Vec::new()).push(row);
    }
    bodies.into_iter().map(Json::Array).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_one_word_of_letters() {
        assert_eq!(coded(Cut::Pairs, "a号"), "zgbofiplh");
        for term in ["公积金", "wifi", "é7", "😀"] {
            assert!(coded(Cut::Words, term).bytes().all(|byte| byte.is_ascii_lowercase()), "{term}");
        }
        assert_ne!(coded(Cut::Words, "公积"), coded(Cut::Pairs, "公积"));
    }

    #[test]
    fn rows_are_parted_and_none_is_lost() {
        let rows: Vec<Json> = (0..5).map(|at| json!({"id": at, "whole": "a".repeat(MOST_BYTES / 2)})).collect();
        let bodies = bodies(rows);
        let counts: Vec<usize> = bodies.iter().map(|body| body.as_array().map_or(0, Vec::len)).collect();
        assert_eq!(counts, [1; 5]);
        assert_eq!(super::bodies(vec![json!({"id": 1}), json!({"id": 2})]).len(), 1);
    }

    #[test]
    fn a_row_has_its_terms_once() {
        let document = Document { title: "停水停水".into(), body: "停水".into(), ..Document::default() };
        let row = row(&document);
        let whole = row["whole"].as_str().unwrap_or_default();
        assert_eq!(whole.split(' ').filter(|term| *term == coded(Cut::Pairs, "停水")).count(), 1);
    }
}
