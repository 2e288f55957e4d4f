//! How far it can be believed when an answer is said to be sure (置信度校准): questions whose answers are known, asked in other words
//! than the entry has, half of them with the entry taken away.
//!
//! Weights are fitted on one half of the questions and judged on the other; the table says how often an answer was right that was
//! said to be right with such confidence.

use std::path::Path;

use search::embedded::{Embedded, Settings};
use search::text::cut::words;
use search::{Document, Engine, Entry, Evidence, Query, Question, SURE, Words};
use uuid::Uuid;

use crate::relevance::{Text, texts};

/// A question that was asked: what spoke for the best entry, and whether that was the right one.
struct Asked {
    evidence: Evidence,
    right: bool,
}

/// Prints the table of reliability, and with `fit` the weights that fit one half best.
///
/// # Errors
/// When the data cannot be read or the index fails.
pub async fn reliability(data: &Path, fit: bool) -> anyhow::Result<()> {
    let entries = texts(data, "qa")?;
    let folder = tempfile::tempdir()?;
    let index = Embedded::new(Settings { folder: folder.path().to_path_buf(), memory: 64_000_000, threads: 2 });
    let mut building = index.build().await?;
    // Every other entry is not there: whatever is answered to its question is wrong.
    let known = |place: usize| place.is_multiple_of(2);
    let documents = entries.iter().enumerate().filter(|(place, _)| known(*place));
    building.add(documents.map(|(place, text)| document(place, text)).collect()).await?;
    building.finish(1).await?;
    let mut asked = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        for question in in_other_words(&entry.title) {
            asked.extend(ask(&index, &entries, &question, known(place).then_some(place)).await?);
        }
    }
    // The halves hold different entries.
    let (first, second): (Vec<_>, Vec<_>) = asked.into_iter().enumerate().partition(|(at, _)| at / 8 % 2 == 0);
    let (first, second): (Vec<Asked>, Vec<Asked>) =
        (first.into_iter().map(|(_, one)| one).collect(), second.into_iter().map(|(_, one)| one).collect());
    if fit {
        println!("weights that fit one half best: {:?}", fitted(&first));
    }
    table(&second);
    Ok(())
}

fn document(place: usize, text: &Text) -> Document {
    Document {
        id: Uuid::from_u128(place as u128),
        kind: "KNOWLEDGE_ENTRY".to_owned(),
        title: text.title.clone(),
        body: text.body.clone(),
        ..Document::default()
    }
}

/// A question with every third word left out, its second half alone, and its words in another order with their last left out.
fn in_other_words(question: &str) -> Vec<String> {
    let folded = search::text::fold::fold(question);
    let words = words(&folded, &|_| None);
    let thinned = words.iter().enumerate().filter(|(at, _)| at % 3 != 1).map(|(_, word)| word.as_str());
    let half = words[words.len() / 2..].iter().map(String::as_str);
    let turned = words.iter().rev().skip(1).map(String::as_str);
    vec![thinned.collect(), half.collect(), turned.collect(), folded.clone()]
}

async fn ask(index: &Embedded, entries: &[Text], asked: &str, right: Option<usize>) -> anyhow::Result<Option<Asked>> {
    let query = Query::read(asked, &Words::default());
    let found = index.find(Question { query: query.clone(), first: 10, ..Question::default() }).await?;
    let weighed = found.hits.iter().map(|hit| {
        let place = hit.id.as_u128() as usize;
        let text = &entries[place];
        let entry = Entry { questions: vec![&text.title], answer: &text.body };
        (Evidence::of(asked, &query, &entry), place)
    });
    let best = weighed.max_by(|a, b| a.0.confidence().total_cmp(&b.0.confidence()));
    Ok(best.map(|(evidence, place)| Asked { evidence, right: Some(place) == right }))
}

fn table(asked: &[Asked]) {
    println!("| said to be sure | answers | right |");
    println!("|---|---|---|");
    let mut error = 0.0;
    for step in 0..10 {
        let (from, to) = (f64::from(step) / 10.0, f64::from(step + 1) / 10.0);
        let within = |one: &&Asked| {
            (from..to).contains(&one.evidence.confidence()) || step == 9 && one.evidence.confidence() >= 1.0
        };
        let some: Vec<&Asked> = asked.iter().filter(within).collect();
        if some.is_empty() {
            continue;
        }
        let right = some.iter().filter(|one| one.right).count() as f64 / some.len() as f64;
        let said = some.iter().map(|one| one.evidence.confidence()).sum::<f64>() / some.len() as f64;
        error += (right - said).abs() * some.len() as f64 / asked.len() as f64;
        println!("| {from:.1} to {to:.1} | {} | {:.3} |", some.len(), right);
    }
    let given: Vec<&Asked> = asked.iter().filter(|one| one.evidence.confidence() >= SURE).collect();
    let right = given.iter().filter(|one| one.right).count();
    let could = asked.iter().filter(|one| one.right).count();
    println!("\nmean distance of what was said from what was right: {error:.3}");
    println!(
        "answered from {SURE} on: {} of {} questions, {right} rightly; {could} could have been",
        given.len(),
        asked.len()
    );
}

/// Logistic regression by plain descent: there are four weights.
fn fitted(asked: &[Asked]) -> [f64; 4] {
    let mut weights = [0.0; 4];
    for _ in 0..20_000 {
        let mut slope = [0.0; 4];
        for one in asked {
            let features = [1.0, one.evidence.likeness, one.evidence.asked, one.evidence.said];
            let sum: f64 = weights.iter().zip(features).map(|(weight, feature)| weight * feature).sum();
            let miss = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(one.right));
            slope.iter_mut().zip(features).for_each(|(slope, feature)| *slope += miss * feature);
        }
        weights.iter_mut().zip(slope).for_each(|(weight, slope)| *weight -= 2.0 * slope / asked.len().max(1) as f64);
    }
    weights
}
