//! The floor: BM25 over single characters, written anew and knowing nothing of the search.

use std::collections::HashMap;

use super::corpus::Corpus;

const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Plain BM25 over the characters of texts; letters are small, everything that is no letter or digit is left out.
pub(super) struct Floor {
    /// The texts in which a character stands, and how often.
    postings: HashMap<char, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
    mean: f64,
}

fn characters(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric())
}

impl Floor {
    pub fn of(corpus: &Corpus) -> Self {
        let (mut postings, mut lengths) = (HashMap::<char, Vec<(usize, f64)>>::new(), Vec::new());
        for (place, text) in corpus.texts.iter().enumerate() {
            let mut counts = HashMap::<char, f64>::new();
            for c in [&text.title, &text.number, &text.body].into_iter().flat_map(|part| characters(part)) {
                *counts.entry(c).or_default() += 1.0;
            }
            lengths.push(counts.values().sum());
            for (c, count) in counts {
                postings.entry(c).or_default().push((place, count));
            }
        }
        let mean = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        Self { postings, lengths, mean }
    }

    /// The places of the best texts.
    pub fn ranked(&self, query: &str, most: usize) -> Vec<usize> {
        let mut asked: Vec<char> = characters(query).collect();
        asked.sort_unstable();
        asked.dedup();
        let mut scores = vec![0.0; self.lengths.len()];
        for c in asked {
            let Some(postings) = self.postings.get(&c) else { continue };
            let (texts, with) = (self.lengths.len() as f64, postings.len() as f64);
            let weight = ((texts - with + 0.5) / (with + 0.5)).ln_1p();
            for (place, count) in postings {
                let long = 1.0 - B + B * self.lengths[*place] / self.mean;
                scores[*place] += weight * count * (K1 + 1.0) / (count + K1 * long);
            }
        }
        let mut places: Vec<usize> = (0..scores.len()).collect();
        places.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        places.truncate(most);
        places
    }
}
