//! Grouping what was asked in nearly the same words (相近问题归并).

use std::collections::BTreeSet;

use crate::text::cut::{Cut, terms};
use crate::text::fold::fold;
use crate::text::stop::says_nothing;

/// From which similarity on two texts are alike: the part of their pairs of characters that both have.
const ALIKE: f64 = 0.5;

/// Texts in nearly the same words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeGroup {
    /// The one that was asked most.
    pub first: String,
    /// How often all of them were.
    pub count: i64,
    /// The others, those asked most first.
    pub others: Vec<String>,
}

/// The pairs of characters of a text that say something.
fn pairs(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    terms(&folded, Cut::Pairs).filter(|pair| !says_nothing(pair)).map(str::to_owned).collect()
}

/// How alike two texts are: the pairs of characters that both have, twice, by the pairs of each (Dice).
pub fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (pairs(one), pairs(other));
    let both = one.intersection(&other).count();
    if one.len() + other.len() == 0 { 0.0 } else { 2.0 * both as f64 / (one.len() + other.len()) as f64 }
}

/// Groups texts, given with how often each was asked; the group asked most comes first.
pub fn alike(mut texts: Vec<(String, i64)>) -> Vec<AlikeGroup> {
    texts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut groups: Vec<(BTreeSet<String>, AlikeGroup)> = Vec::new();
    for (text, count) in texts {
        let own = pairs(&text);
        let near = |with: &BTreeSet<String>| {
            let both = own.intersection(with).count();
            own.len() + with.len() > 0 && 2.0 * both as f64 / (own.len() + with.len()) as f64 >= ALIKE
        };
        match groups.iter_mut().find(|(with, _)| near(with)) {
            Some((_, group)) => {
                group.count += count;
                group.others.push(text);
            }
            None => groups.push((own, AlikeGroup { first: text, count, others: Vec::new() })),
        }
    }
    let mut groups: Vec<AlikeGroup> = groups.into_iter().map(|(_, group)| group).collect();
    groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.first.cmp(&b.first)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_the_same_words_are_one_group() {
        let asked = [("公积金怎么提取", 3), ("怎么提取公积金", 5), ("学区怎么划分", 6)];
        let groups = alike(asked.iter().map(|(text, count)| ((*text).to_owned(), *count)).collect());
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].first.as_str(), groups[0].count), ("怎么提取公积金", 8));
        assert_eq!(groups[0].others, ["公积金怎么提取"]);
        assert!(alike(Vec::new()).is_empty());
        assert_eq!(likeness("?", "!"), 0.0);
    }
}
