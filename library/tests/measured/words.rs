//! Word lists on sentences that were proofread: how many errors they find, and how often they blame what is right.

use std::collections::{BTreeMap, HashSet};

use library::finding::{Known, Rule, Word, WordList, check};

use super::{article, data, field, records, rows};

/// A sentence that was proofread.
struct Sentence {
    source: String,
    wrong: String,
    right: String,
    /// Sentences that are much the same stand in one group.
    group: usize,
}

/// What differs: from where to where in the wrong sentence, and what should stand there.
type Edit = (usize, usize, String);

/// The least edits that make `wrong` into `right`, neighbours as one.
fn edits(wrong: &str, right: &str) -> Vec<Edit> {
    let (a, b): (Vec<char>, Vec<char>) = (wrong.chars().collect(), right.chars().collect());
    let mut cost = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..=a.len()).rev() {
        for j in (0..=b.len()).rev() {
            cost[i][j] = match (a.get(i), b.get(j)) {
                (Some(x), Some(y)) if x == y => cost[i + 1][j + 1],
                (Some(_), Some(_)) => 1 + cost[i + 1][j + 1].min(cost[i + 1][j]).min(cost[i][j + 1]),
                _ => a.len() - i + b.len() - j,
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut edits: Vec<Edit> = Vec::new();
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let from = (i, j);
        while (i < a.len() || j < b.len()) && !(i < a.len() && j < b.len() && a[i] == b[j]) {
            let next = [(1, 1), (1, 0), (0, 1)].into_iter().filter(|(x, y)| i + x <= a.len() && j + y <= b.len());
            let best = next.min_by_key(|(x, y)| cost[i + x][j + y]).unwrap_or((1, 1));
            (i, j) = (i + best.0, j + best.1);
        }
        edits.push((from.0, i, b[from.1..j].iter().collect()));
    }
    edits
}

fn distance(one: &str, other: &str) -> usize {
    edits(one, other).iter().map(|(from, to, right)| (to - from).max(right.chars().count())).sum()
}

fn pairs_of_characters(text: &str) -> HashSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

fn sentences(rows: &[Vec<String>]) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut known: Vec<HashSet<(char, char)>> = Vec::new();
    for row in rows.iter().filter(|row| row[0] != "confusion") {
        let pairs = pairs_of_characters(&row[2]);
        let alike = known.iter().position(|other| {
            let shared = other.intersection(&pairs).count();
            shared * 10 > 4 * other.len().min(pairs.len())
        });
        let group = alike.map_or(sentences.len(), |alike| sentences[alike].group);
        known.push(pairs);
        let [source, wrong, right] = [0, 1, 2].map(|column| row[column].clone());
        sentences.push(Sentence { source, wrong, right, group });
    }
    sentences
}

#[derive(Default)]
struct Score {
    findings: usize,
    true_findings: usize,
    mending: usize,
    edits: usize,
    found_edits: usize,
    right_sentences: usize,
    right_blamed: usize,
}

impl Score {
    fn add(&mut self, sentence: &Sentence, list: &WordList) {
        let findings = check(&article(&sentence.wrong, ""), &Known { wrong_words: vec![list], ..Known::default() });
        let findings: Vec<_> = findings.into_iter().filter(|finding| finding.rule == Rule::Typo).collect();
        let edits = edits(&sentence.wrong, &sentence.right);
        let mut found = HashSet::new();
        let before = distance(&sentence.wrong, &sentence.right);
        for finding in &findings {
            let (start, end) = (finding.start.unwrap_or_default(), finding.end.unwrap_or_default());
            let met = edits.iter().enumerate().filter(|(_, (from, to, _))| start < (*to).max(from + 1) && *from < end);
            let met: Vec<usize> = met.map(|(number, _)| number).collect();
            self.true_findings += usize::from(!met.is_empty());
            found.extend(met);
            let after: String = sentence.wrong.chars().take(start).collect::<String>()
                + finding.suggestion.as_deref().unwrap_or_default()
                + &sentence.wrong.chars().skip(end).collect::<String>();
            self.mending += usize::from(distance(&after, &sentence.right) < before);
        }
        self.findings += findings.len();
        self.edits += edits.len();
        self.found_edits += found.len();
        if edits.is_empty() {
            self.right_sentences += 1;
            self.right_blamed += usize::from(!findings.is_empty());
        }
    }

    fn precision(&self) -> f64 {
        self.true_findings as f64 / self.findings.max(1) as f64
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: {} findings, {} at an error (precision {:.3}), {} of them mend it; {} of {} errors found (recall \
             {:.3}); {} of {} right sentences blamed",
            self.findings,
            self.true_findings,
            self.precision(),
            self.mending,
            self.found_edits,
            self.edits,
            self.found_edits as f64 / self.edits.max(1) as f64,
            self.right_blamed,
            self.right_sentences,
        );
    }
}

fn score<'s>(sentences: impl Iterator<Item = &'s Sentence>, list: &WordList, score: &mut Score) {
    sentences.for_each(|sentence| score.add(sentence, list));
}

pub(super) fn list(words: &BTreeMap<String, String>) -> WordList {
    WordList::new(words.iter().map(|(wrong, right)| Word::new(wrong, right))).expect("a list")
}

/// The words that never stand in texts that are known to be right.
fn proved(words: &BTreeMap<String, String>, texts: &[&str]) -> BTreeMap<String, String> {
    let all = list(words);
    let met: HashSet<String> = texts.iter().flat_map(|text| all.find(text)).map(|hit| hit.word.wrong.clone()).collect();
    words
        .iter()
        .filter(|(wrong, _)| !met.contains(*wrong))
        .map(|(wrong, right)| (wrong.clone(), right.clone()))
        .collect()
}

/// Pairs of words out of sentences that were proofread: what was changed, with its neighbour where it is one character.
fn learnt<'s>(sentences: impl Iterator<Item = &'s Sentence>) -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for sentence in sentences {
        let wrong: Vec<char> = sentence.wrong.chars().collect();
        for (from, to, right) in edits(&sentence.wrong, &sentence.right) {
            let (mut from, mut to, mut right) = (from, to, right);
            if to - from < 2 && to < wrong.len() && wrong[to].is_alphanumeric() {
                right.push(wrong[to]);
                to += 1;
            }
            if to - from < 2 && from > 0 && wrong[from - 1].is_alphanumeric() {
                right.insert(0, wrong[from - 1]);
                from -= 1;
            }
            let stands: String = wrong[from..to].iter().collect();
            let is_word = (2..=8).contains(&(to - from)) && stands.chars().all(char::is_alphanumeric);
            if is_word && !right.is_empty() && right != stands {
                words.entry(stands).or_insert(right);
            }
        }
    }
    words
}

fn per_million(list: &WordList, texts: &[&str]) -> f64 {
    let hits: usize = texts.iter().map(|text| list.find(text).len()).sum();
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    hits as f64 * 1e6 / characters as f64
}

#[test]
fn word_lists_on_sentences_that_were_proofread() {
    let Some(folder) = data() else { return };
    let rows = rows(&folder, "proofreading.tsv");
    let sentences = sentences(&rows);
    let confusion: BTreeMap<String, String> =
        rows.iter().filter(|row| row[0] == "confusion").map(|row| (row[1].clone(), row[2].clone())).collect();
    let policies = records(&folder, "policies.jsonl.gz");
    let policies: Vec<&str> = policies.iter().map(|policy| field(policy, "body")).collect();
    let news = records(&folder, "news.jsonl.gz");
    // Half of the news prove the list, the other half tell how often it still blames what is right.
    let news: Vec<&str> = news.iter().map(|item| field(item, "body")).collect();
    let (proof, rest): (Vec<_>, Vec<_>) = news.iter().enumerate().partition(|(number, _)| number % 2 == 0);
    let rest: Vec<&str> = rest.into_iter().map(|(_, text)| *text).collect();
    let proof: Vec<&str> = policies.iter().copied().chain(proof.into_iter().map(|(_, text)| *text)).collect();

    let by_laws = proved(&confusion, &policies);
    let clean = proved(&confusion, &proof);
    for (name, words) in [("as it is", &confusion), ("proved on laws", &by_laws), ("proved on laws and news", &clean)] {
        let list = list(words);
        let blamed = per_million(&list, &rest);
        println!(
            "confusion list {name}: {} words; {blamed:.1} findings in a million characters of other news",
            words.len()
        );
        for source in ["ec_law", "sighan2015"] {
            let mut of_source = Score::default();
            score(sentences.iter().filter(|sentence| sentence.source == source), &list, &mut of_source);
            of_source.print(&format!("  {source}"));
        }
        let mut all = Score::default();
        score(sentences.iter(), &list, &mut all);
        all.print("  both");
    }
    let (mut raw, mut with_proof, mut length) = (Score::default(), Score::default(), 0);
    for fold in 0..5 {
        let mut words = learnt(sentences.iter().filter(|sentence| sentence.group % 5 != fold));
        words.extend(confusion.clone());
        length += words.len() / 5;
        let held_out = || sentences.iter().filter(|sentence| sentence.group % 5 == fold);
        score(held_out(), &list(&words), &mut raw);
        score(held_out(), &list(&proved(&words, &proof)), &mut with_proof);
    }
    println!("confusion list and pairs of words out of four fifths of the sentences, about {length} words");
    raw.print("  the other fifth, both sources");
    with_proof.print("  the same, proved on laws and news");
    // The figures of docs/checks.md, with room for what a fix of a rule may change.
    let mut all = Score::default();
    score(sentences.iter(), &list(&clean), &mut all);
    assert!(all.precision() >= 0.8 && all.right_blamed <= 2, "precision {:.3}", all.precision());
    assert!(with_proof.precision() > raw.precision());
}
