//! How good the content checks are on real texts: precision and recall of word lists and of sketches, and their speed.
//!
//! The texts are not of this repository: `JIYUE_TEST_DATA` names the folder where they lie, and without it nothing is
//! measured. `cargo test --release -p library --test measured -- --nocapture` prints what `docs/checks.md` says.

mod sketches;
mod words;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Instant;

use flate2::read::GzDecoder;
use library::content::{ContentFields, Details};
use library::finding::{Known, check};
use library::id::OrganisationId;
use serde_json::Value;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("JIYUE_TEST_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: measuring content checks (JIYUE_TEST_DATA is not set)");
    }
    folder
}

/// One record a line.
fn records(folder: &std::path::Path, name: &str) -> Vec<Value> {
    let file = std::fs::File::open(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}"))).collect()
}

/// The columns of each line but the first.
fn rows(folder: &std::path::Path, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn field<'r>(record: &'r Value, name: &str) -> &'r str {
    record[name].as_str().unwrap_or_default()
}

/// A revision with a title and a body.
fn article(title: &str, body: &str) -> ContentFields {
    let mut fields = ContentFields::new(title, OrganisationId(uuid::Uuid::nil()), Details::Article(Default::default()));
    fields.body_html = body.to_owned();
    fields
}

// Personal data.

/// The texts were cleared of personal data before they came here: what is found is a false alarm, or was overlooked.
#[test]
fn personal_data_where_there_should_be_none() {
    let Some(folder) = data() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut characters = 0;
    let mut look = |text: &str| {
        // As HTML a text would lose what looks like a tag, not the numbers.
        let fields = article("题", &text.replace('<', "〈"));
        characters += text.chars().count();
        for finding in check(&fields, &Known::default()) {
            *counts.entry(finding.rule.code()).or_default() += 1;
            println!("{} {} {}", finding.rule.code(), finding.excerpt.unwrap_or_default(), finding.message);
        }
    };
    for (name, texts) in [
        ("policies.jsonl.gz", &["body", "history", "doc_no", "index_no"][..]),
        ("news.jsonl.gz", &["body"]),
        ("qa.jsonl.gz", &["question", "answer"]),
        ("citizen-messages.jsonl.gz", &["body", "reply"]),
    ] {
        for record in records(&folder, name) {
            texts.iter().for_each(|text| look(field(&record, text)));
        }
    }
    let items = std::fs::read_to_string(folder.join("service-items.jsonl")).expect("service items");
    let items: Vec<Value> = items.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(!items.is_empty());
    for item in &items {
        look(&format!("{} {}", field(item, "name"), field(item, "item_code")));
    }
    println!("personal data in {characters} characters: {counts:?}");
    assert!(counts.values().sum::<usize>() <= 10, "{counts:?}");
}

// Speed.

#[test]
fn a_long_text_against_fifty_thousand_words() {
    let Some(folder) = data() else { return };
    let policies = records(&folder, "policies.jsonl.gz");
    let whole: String = policies.iter().map(|policy| field(policy, "body")).collect();
    let characters: Vec<char> = whole.chars().filter(|c| c.is_alphabetic()).take(2_000_000).collect();
    // Words out of the very texts, some characters exchanged: they begin as the texts do, which is the hard case.
    let mut many = BTreeMap::new();
    let mut at = 0;
    while many.len() < 50_000 && at + 40 < characters.len() {
        let mut wrong: Vec<char> = characters[at..at + 2 + at % 4].to_vec();
        let last = wrong.len() - 1;
        wrong[last] = characters[at + 37];
        many.insert(wrong.into_iter().collect::<String>(), "正".to_owned());
        at += 23;
    }
    let begun = Instant::now();
    let list = words::list(&many);
    println!("{} words compiled in {:?}", many.len(), begun.elapsed());
    let text: String = whole
        .chars()
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= 100_000).then_some(c)
        })
        .collect();
    let fields = article("题", &format!("<p>{}</p>", text.replace('\n', "</p><p>")));
    for (what, wrong_words) in [("no list", vec![]), ("one list", vec![&list])] {
        let known = Known { wrong_words, ..Known::default() };
        let times: Vec<_> = (0..9)
            .map(|_| {
                let begun = Instant::now();
                let findings = check(&fields, &known).len();
                (begun.elapsed(), findings)
            })
            .collect();
        let (time, findings) = times.iter().min().copied().unwrap_or_default();
        println!("{} bytes checked with {what} in {time:?}, {findings} findings", text.len());
    }
    let times = (0..9).map(|_| {
        let begun = Instant::now();
        let hits = list.find(&text).len();
        (begun.elapsed(), hits)
    });
    let (time, hits) = times.min().unwrap_or_default();
    println!("the list alone: {hits} hits in {time:?}");
    assert_eq!(list.len(), 50_000);
}
