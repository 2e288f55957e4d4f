//! From a question to the queries that are sent together. What meets one of them is found once, by the best of them.

use serde_json::{Value as Json, json};

use super::row::{EVERY, IS_LIVE, IS_STATE, begins, coded};
use crate::query::{Query, Word};
use crate::question::{Filter, Order, Question};
use crate::text::cut::{Cut, stands};
use crate::text::sound::is_spelling;
use crate::text::start::Way;
use crate::text::typed::typed;

/// The server reads so many words of a query.
const MOST_WORDS: usize = 10;
/// Of so many words every choice is asked for.
const MOST_CHOSEN: usize = 6;
const MOST_CHOSEN_WITH_PHRASES: usize = 2;
/// How much of a phrase is looked for, in terms.
const MOST_TERMS: usize = 20;
/// How many ways to say a question with synonyms are asked.
const MOST_WAYS: usize = 8;
/// How many hits of all words are enough for a query of more words than these; then fewer words would only bring worse ones.
const ENOUGH: usize = 20;
const FEW_WORDS: usize = 2;
/// How much of what was typed is looked at, in characters.
const MOST_TYPED: usize = 10;

/// What the row of the state counts: it comes before every hit.
const STATE: f64 = 1_000.0;
/// What a document number counts that is looked for.
const NUMBER: f64 = 20.0;
/// What all words count, and what some of them count at most.
const ALL: f64 = 1.0;
const SOME: f64 = 0.8;
/// What the beginning of a word in a title counts beside that of the title.
const INSIDE: f64 = 0.2;
/// What a synonym counts beside the word that was said.
const SYNONYM: f64 = 0.9;

/// The queries of one request, as far as they are the same.
pub(super) struct Asking<'q> {
    index: &'q str,
    filter: String,
    order: Order,
    title_only: bool,
    queries: Vec<Json>,
}

impl<'q> Asking<'q> {
    /// Of an index, narrowed; the state is asked beside.
    pub fn of(index: &'q str, filter: &Filter, order: Order) -> Self {
        let title_only = filter.title_only;
        let state = json!({
            "indexUid": index, "q": EVERY, "matchingStrategy": "all", "filter": IS_STATE,
            "attributesToRetrieve": ["id", "position", "builtAt", "generation"], "federationOptions": {"weight": STATE},
        });
        let mut asking = Self { index, filter: narrowed(filter), order, title_only, queries: Vec::new() };
        asking.queries.push(asking.ordered(state));
        asking
    }

    /// Only of this kind.
    pub fn only(mut self, kind: &str) -> Self {
        self.filter = format!("{} AND kind = {}", self.filter, quoted(kind));
        self
    }

    fn ordered(&self, mut query: Json) -> Json {
        if self.order == Order::Newest {
            query["sort"] = json!(["publishedAt:desc"]);
        }
        query
    }

    fn push(&mut self, q: &str, more: &str, weight: f64) {
        let mut query = json!({
            "indexUid": self.index, "q": q, "filter": format!("{}{more}", self.filter), "matchingStrategy": "all",
            "attributesToRetrieve": ["id"], "federationOptions": {"weight": weight}, "locales": ["cmn"],
        });
        if self.title_only {
            query["attributesToSearchOn"] = json!(["title", EVERY]);
        }
        let query = self.ordered(query);
        self.queries.push(query);
    }

    /// Everything.
    pub fn all(mut self) -> Self {
        self.push(EVERY, "", ALL);
        self
    }

    /// What has all words, or a synonym of one, or the document number.
    pub fn strictly(mut self, asked: &Query) -> Self {
        let always = always(asked);
        for (words, weight) in ways(&asked.words) {
            self.push(&[always.as_slice(), &words].concat().join(" "), "", weight);
        }
        if asked.words.is_empty() && !asked.phrases.is_empty() {
            self.push(&always.join(" "), "", ALL);
        }
        let sought: Vec<String> = asked.numbers.iter().flat_map(|number| number.sought()).collect();
        if !sought.is_empty() {
            let every = [always.as_slice(), &[EVERY.to_owned()]].concat().join(" ");
            self.push(&every, &one_of("numbers", &sought), NUMBER);
        }
        self
    }

    /// What has some of the words, each with how much it tells. Of every choice of the most telling words what has them all
    /// is asked for, and counts as much as they tell together: so what has more of them, and rarer ones, comes first.
    pub fn loosely(mut self, asked: &Query, telling: &[(String, f64)]) -> Self {
        let always = always(asked);
        // Phrases are looked up anew for each choice.
        let chosen = if asked.phrases.is_empty() { MOST_CHOSEN } else { MOST_CHOSEN_WITH_PHRASES };
        let (most, rest) = telling.split_at(telling.len().min(chosen));
        let all: f64 = most.iter().map(|(_, telling)| telling).sum();
        for choice in 1..1_usize << most.len() {
            let chosen = || most.iter().enumerate().filter(|(at, _)| choice & 1 << at != 0).map(|(_, word)| word);
            let weight = SOME * chosen().map(|(_, telling)| telling).sum::<f64>() / all;
            let words = always.iter().chain(chosen().map(|(word, _)| word)).cloned().collect::<Vec<_>>();
            self.push(&words.join(" "), "", weight);
        }
        for (word, telling) in rest {
            let weight = SOME * telling / all;
            self.push(&[always.as_slice(), std::slice::from_ref(word)].concat().join(" "), "", weight);
        }
        self
    }

    /// What begins like what was typed; nothing if that says nothing.
    pub fn beginning(mut self, prefix: &str) -> Option<Self> {
        let typed: String = typed(prefix).chars().take(MOST_TYPED).collect();
        if typed.is_empty() {
            return None;
        }
        let ways: &[Way] = if is_spelling(&typed) { &[Way::Chars, Way::Sound, Way::Initials] } else { &[Way::Chars] };
        for (field, weight) in [("starts", ALL), ("startsInside", INSIDE)] {
            let begin = |way: &Way| format!("{field} STARTS WITH {}", quoted(&begins(*way, &typed)));
            let any: Vec<String> = ways.iter().map(begin).collect();
            self.push(EVERY, &format!(" AND ({})", any.join(" OR ")), weight);
        }
        Some(self)
    }

    /// The request for so many rows, the state among them; `counted` are the fields that are counted by.
    pub fn request(&self, rows: usize, counted: &[&str]) -> Json {
        let mut federation = json!({"page": 1, "hitsPerPage": rows});
        if !counted.is_empty() {
            federation["facetsByIndex"] = json!({self.index: counted});
        }
        json!({"federation": federation, "queries": self.queries})
    }
}

/// From how many hits of all words on no others are looked for.
pub(super) fn enough(question: &Question) -> usize {
    match question.query.words.len() {
        0 | 1 => 0,
        words if words > FEW_WORDS => ENOUGH,
        _ => 1,
    }
}

/// The words of a query as texts have them.
pub(super) fn words_of(words: &[Word]) -> Vec<String> {
    words.iter().filter_map(|word| stood(&word.text)).take(MOST_WORDS).collect()
}

/// The request for how many rows have each of these words; a filter narrows them.
pub(super) fn counting(index: &str, filter: &Filter, words: &[String]) -> Json {
    let filter = narrowed(filter);
    let count = |word: &String| json!({"indexUid": index, "q": word, "filter": filter, "limit": 0});
    json!({"queries": words.iter().map(count).collect::<Vec<_>>()})
}

/// Words with how much each tells, the most telling first: the fewer of all have it, the more.
pub(super) fn telling(words: Vec<String>, counts: &[f64], all: f64) -> Vec<(String, f64)> {
    let mut telling: Vec<(String, f64)> = words
        .into_iter()
        .zip(counts)
        .filter(|(_, count)| **count > 0.0)
        .map(|(word, count)| (word, (1.0 + (all - count).max(0.0) / count).ln().max(0.01)))
        .collect();
    telling.sort_by(|a, b| b.1.total_cmp(&a.1));
    telling
}

/// A word as texts have it: one term, or terms that stand in the same text.
fn stood(word: &str) -> Option<String> {
    let (cut, terms) = stands(word)?;
    Some(together(terms.into_iter().map(|term| coded(cut, term)).collect()))
}

fn together(terms: Vec<String>) -> String {
    if terms.len() == 1 { terms.concat() } else { format!("\"{}\"", terms.join(" ")) }
}

/// What must not stand in a text, and what must whatever words do. They come before all words: of these the server reads only so
/// many, and leaves out what stands behind.
fn always(asked: &Query) -> Vec<String> {
    let without = asked.without.iter().map(|phrase| format!("-{}", together(neighbours(phrase))));
    without.chain(asked.phrases.iter().map(|phrase| together(neighbours(phrase)))).collect()
}

/// The terms of a list of characters that stand one behind the other: its pairs, and what is in none.
fn neighbours(phrase: &[String]) -> Vec<String> {
    let is_one = |term: &String| term.chars().count() == 1 && term.chars().all(crate::text::fold::is_han);
    let pair = |at: usize| phrase.get(at + 1).is_some_and(|next| is_one(&phrase[at]) && is_one(next));
    let mut terms = Vec::new();
    for (at, term) in phrase.iter().enumerate().take(MOST_TERMS) {
        if pair(at) {
            terms.push(coded(Cut::Pairs, &format!("{term}{}", phrase[at + 1])));
        } else if at == 0 || !pair(at - 1) {
            terms.push(coded(Cut::Chars, term));
        }
    }
    terms
}

/// The words as they were said, and with a synonym in the place of one of them; each way with what it counts.
fn ways(words: &[Word]) -> Vec<(Vec<String>, f64)> {
    let said = words_of(words);
    let mut ways = Vec::new();
    for (at, word) in words.iter().enumerate().take(MOST_WORDS) {
        for synonym in word.synonyms.iter().filter_map(|synonym| stood(synonym)) {
            let others = words.iter().enumerate().filter(|(other, _)| *other != at);
            let mut way: Vec<String> = others.filter_map(|(_, word)| stood(&word.text)).take(MOST_WORDS - 1).collect();
            way.push(synonym);
            ways.push((way, SYNONYM));
        }
    }
    ways.truncate(MOST_WAYS);
    if !said.is_empty() {
        ways.insert(0, (said, ALL));
    }
    ways
}

/// What narrows a search.
fn narrowed(filter: &Filter) -> String {
    let ids = |ids: &[uuid::Uuid]| -> Vec<String> { ids.iter().map(|id| id.simple().to_string()).collect() };
    let mut all = IS_LIVE.to_owned();
    for (field, values) in [
        ("sites", ids(&filter.sites)),
        ("kind", filter.kinds.clone()),
        ("tags", ids(&filter.tags)),
        ("publisher", ids(&filter.publishers)),
        ("themes", filter.theme.iter().cloned().collect()),
        ("validity", filter.validity.clone()),
    ] {
        if !values.is_empty() {
            all.push_str(&one_of(field, &values));
        }
    }
    all.extend(filter.published_from.map(|at| format!(" AND publishedAt >= {at}")));
    all.extend(filter.published_before.map(|at| format!(" AND publishedAt < {at}")));
    all
}

fn one_of(field: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!(" AND {field} IN [{}]", values.join(", "))
}

/// A value as filters have it, whatever stands in it.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    #[test]
    fn phrases_stand_by_their_pairs() {
        let phrase: Vec<String> = ["创", "业", "wifi", "税"].map(str::to_owned).to_vec();
        assert_eq!(
            neighbours(&phrase),
            [coded(Cut::Pairs, "创业"), coded(Cut::Chars, "wifi"), coded(Cut::Chars, "税")]
        );
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        assert_eq!(quoted("a\" OR \\"), "\"a\\\" OR \\\\\"");
        let filter = Filter { theme: Some("\"] OR isLive = false".into()), ..Filter::default() };
        assert!(narrowed(&filter).ends_with("themes IN [\"\\\"] OR isLive = false\"]"), "{}", narrowed(&filter));
    }

    #[test]
    fn a_query_of_many_words_is_bounded() {
        let query = Query::read(&"住房 公积金 提取 ".repeat(300), &Words::default());
        let asking = Asking::of("i", &Filter::default(), Order::Relevance).strictly(&query);
        let telling = telling(words_of(&query.words), &[1.0; MOST_WORDS], 10.0);
        assert!(asking.loosely(&query, &telling).queries.len() < 100);
    }
}
