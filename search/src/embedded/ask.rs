//! From a question to a query of the index: what must match, what ranks, and how much of a question must be met.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use super::fields::{Fields, Text, mark};
use super::least::Least;
use super::rank::Ways;
use super::settled::Settled;
use crate::query::{Query as Asked, Word};
use crate::question::{Filter, Question};
use crate::text::cut::{self, Cut};

/// What single characters, pairs of them and words count: characters bear most where questions are asked in other words
/// than texts are written in. Weighed on whole types of queries by `bench relevance`, never on one.
const CHARS: f32 = 1.3;
const PAIRS: f32 = 1.0;
const WORDS: f32 = 0.5;
/// What titles count beside everything that is said.
const TITLE: f32 = 0.2;
/// What a tag or keyword counts that is a word of the question.
const LABEL: f32 = 2.0;
/// What it counts that a title has the question as it stands.
const AS_IT_STANDS: f32 = 1.5;
/// What the document number counts that is looked for.
const NUMBER: f32 = 60.0;
/// What an official word counts beside what was said.
const OFFICIAL: f32 = 0.4;
/// The longest question that titles are looked through for as it stands, in characters.
const MOST_AS_IT_STANDS: usize = 40;

type Clause = (Occur, Box<dyn Query>);

/// How many hits of most of its words are enough for a query of several words; then fewer words would only bring worse ones.
const ENOUGH: usize = 20;
/// How many words are meant as they stand: of these, one hit is enough.
const FEW_WORDS: usize = 2;

/// How many of the words must be found, and how many hits are then enough: two thirds of the words, or else one.
pub(super) fn steps(asked: &Asked) -> Vec<(usize, usize)> {
    let words = asked.words.len();
    let most = (2 * words).div_ceil(3);
    if most < 2 {
        return vec![(most, 0)];
    }
    vec![(most, if words > FEW_WORDS { ENOUGH } else { 1 }), (1, 0)]
}

fn term(field: Field, text: &str) -> Term {
    Term::from_field_text(field, text)
}

fn scored(field: Field, text: &str, boost: f32) -> Box<dyn Query> {
    boosted(there(field, text), boost)
}

fn boosted(query: Box<dyn Query>, boost: f32) -> Box<dyn Query> {
    if boost == 1.0 { query } else { Box::new(BoostQuery::new(query, boost)) }
}

/// A query whose finds count all the same.
fn counted(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn there(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(term(field, text), IndexRecordOption::WithFreqs))
}

fn phrase(field: Field, chars: &[String]) -> Box<dyn Query> {
    match chars {
        [one] => there(field, one),
        chars => Box::new(PhraseQuery::new(chars.iter().map(|c| term(field, c)).collect())),
    }
}

fn any(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(queries))
}

/// What matches a question of which at least so many words must be found. It takes no score.
pub(super) fn matching(fields: &Fields, question: &Question, least: usize) -> Box<dyn Query> {
    let asked = &question.query;
    let mut clauses = filters(fields, &question.filter);
    let text = if question.filter.title_only { fields.title } else { fields.whole };
    let mut ways: Vec<Box<dyn Query>> = Vec::new();
    if !asked.words.is_empty() {
        ways.push(at_least(asked.words.iter().map(|word| stands(text, word)).collect(), least));
    }
    ways.extend(numbers(asked).iter().map(|number| there(fields.number, number)));
    if !ways.is_empty() {
        clauses.push((Occur::Must, any(ways)));
    }
    clauses.extend(asked.phrases.iter().map(|chars| (Occur::Must, phrase(text.chars, chars))));
    for chars in &asked.without {
        clauses.push((Occur::MustNot, Box::new(Settled(phrase(text.chars, chars)))));
    }
    Box::new(BooleanQuery::new(clauses))
}

fn at_least(queries: Vec<Box<dyn Query>>, least: usize) -> Box<dyn Query> {
    match least {
        0 | 1 => any(queries),
        all if all >= queries.len() => Box::new(BooleanQuery::intersection(queries)),
        least => Box::new(Least { queries, least }),
    }
}

/// The terms of the document numbers that are looked for.
fn numbers(asked: &Asked) -> Vec<String> {
    asked.numbers.iter().flat_map(|number| number.sought()).collect()
}

/// By what ranks that matches a question.
pub(super) fn ways(fields: &Fields, asked: &Asked) -> Ways {
    // Single characters stand in half of all texts: they rank the best alone, unless nothing else is asked for.
    let only_characters = asked.pairs.is_empty() && asked.parts.is_empty();
    let titles = |characters| {
        let mut titles = terms(fields.title, asked, TITLE, characters);
        titles.extend(of_number(fields, asked));
        titles
    };
    let all = |characters| {
        let mut all = titles(characters);
        all.extend(terms(fields.whole, asked, 1.0, characters));
        all.extend(meant(fields, asked));
        all
    };
    let mut whole = all(true);
    whole.extend(as_officials_say(fields, asked));
    whole.extend(as_it_stands(fields, asked));
    Ways { titles: titles(only_characters), quick: all(only_characters), whole: Some(whole) }
}

/// That a word stands in a text, or what means the same.
fn stands(text: Text, word: &Word) -> Box<dyn Query> {
    let meant = std::iter::once(&word.text).chain(&word.synonyms);
    let ways = meant.filter_map(|word| {
        let (cut, terms) = cut::stands(word)?;
        let field = match cut {
            Cut::Chars => text.chars,
            Cut::Pairs => text.pairs,
            Cut::Words => text.words,
        };
        let mut all: Vec<_> = terms.into_iter().map(|term| there(field, term)).collect();
        Some(if all.len() == 1 { all.remove(0) } else { Box::new(BooleanQuery::intersection(all)) as Box<dyn Query> })
    });
    any(ways.collect())
}

/// The terms of a question in a text, each with what it counts.
fn terms(text: Text, asked: &Asked, boost: f32, characters: bool) -> Vec<Box<dyn Query>> {
    let characters = if characters { asked.chars.as_slice() } else { &[] };
    let kinds = [(text.chars, characters, CHARS), (text.pairs, &asked.pairs, PAIRS), (text.words, &asked.parts, WORDS)];
    let of = |(field, terms, weight): (Field, &[String], f32)| -> Vec<Box<dyn Query>> {
        terms.iter().map(|term| scored(field, term, boost * weight)).collect()
    };
    kinds.into_iter().flat_map(of).collect()
}

fn of_number(fields: &Fields, asked: &Asked) -> Vec<Box<dyn Query>> {
    numbers(asked).iter().map(|number| counted(there(fields.number, number), NUMBER)).collect()
}

/// Labels that are words of the question, and what means the same as one.
fn meant(fields: &Fields, asked: &Asked) -> Vec<Box<dyn Query>> {
    let mut queries = Vec::new();
    for word in &asked.words {
        let labels = std::iter::once(&word.text).chain(&word.synonyms);
        queries.extend(labels.map(|label| counted(there(fields.labels, label), LABEL)));
        queries.extend(word.synonyms.iter().flat_map(|meant| unsaid(fields.whole, meant, 1.0)));
    }
    queries
}

fn as_officials_say(fields: &Fields, asked: &Asked) -> Vec<Box<dyn Query>> {
    asked.official.iter().flat_map(|word| unsaid(fields.whole, word, OFFICIAL)).collect()
}

/// A title that has the question as it stands.
fn as_it_stands(fields: &Fields, asked: &Asked) -> Option<Box<dyn Query>> {
    let is_short = (2..=MOST_AS_IT_STANDS).contains(&asked.as_written.len());
    is_short.then(|| boosted(phrase(fields.title.chars, &asked.as_written), AS_IT_STANDS))
}

/// A word that was not said itself, as it ranks.
fn unsaid(text: Text, word: &str, boost: f32) -> Vec<Box<dyn Query>> {
    let of = |field, how| cut::terms(word, how).map(move |term| scored(field, term, boost));
    of(text.pairs, Cut::Pairs).chain(of(text.words, Cut::Words)).collect()
}

/// What narrows a search.
pub(super) fn filters(fields: &Fields, filter: &Filter) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let ids = |mark: char, ids: &[uuid::Uuid]| ids.iter().map(|id| format!("{mark}{}", id.simple())).collect();
    let texts = |mark: char, texts: &[String]| texts.iter().map(|text| format!("{mark}{text}")).collect();
    let lists: [Vec<String>; 6] = [
        ids(mark::SITE, &filter.sites),
        texts(mark::KIND, &filter.kinds),
        ids(mark::TAG, &filter.tags),
        ids(mark::PUBLISHER, &filter.publishers),
        texts(mark::THEME, filter.theme.as_slice()),
        texts(mark::VALIDITY, &filter.validity),
    ];
    for list in lists.into_iter().filter(|list| !list.is_empty()) {
        let one_of = any(list.iter().map(|value| there(fields.facets, value)).collect());
        clauses.push((Occur::Must, one_of));
    }
    if filter.published_from.is_some() || filter.published_before.is_some() {
        let instant = |at| Term::from_field_i64(fields.published, at);
        let from = filter.published_from.map_or(Bound::Unbounded, |at| Bound::Included(instant(at)));
        let before = filter.published_before.map_or(Bound::Unbounded, |at| Bound::Excluded(instant(at)));
        clauses.push((Occur::Must, Box::new(RangeQuery::new(from, before))));
    }
    clauses
}
