//! What people say (口语) beside what official texts say (公文用语), and the synonyms (同义词) that editors keep.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::fold::fold;

/// What people say, with what official texts say instead.
static SPOKEN: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut table: HashMap<_, Vec<_>> = HashMap::new();
    for line in include_str!("spoken.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(said) = words.next() else { continue };
        table.entry(said).or_default().extend(words.filter(|word| *word != said));
    }
    table
});

/// The longest word that the table of spoken words knows, in characters.
const LONGEST: usize = 6;

/// The official words for what is said in a folded question, without those that it says itself. Words of one character
/// count only where they stand alone among `words`.
pub fn official<'t>(question: &str, words: impl Iterator<Item = &'t str> + Clone) -> BTreeSet<&'static str> {
    let chars: Vec<char> = question.chars().collect();
    let mut found = BTreeSet::new();
    for from in 0..chars.len() {
        for to in from + 1..=(from + LONGEST).min(chars.len()) {
            let said: String = chars[from..to].iter().collect();
            let Some(official) = SPOKEN.get(said.as_str()) else { continue };
            if to - from > 1 || words.clone().any(|word| word == said) {
                found.extend(official.iter().copied().filter(|word| !question.contains(word)));
            }
        }
    }
    found
}

/// Groups of words that mean the same (同义词组).
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    groups: Vec<Vec<String>>,
    of: HashMap<String, Vec<usize>>,
}

impl Synonyms {
    /// Of groups of words as they were written; groups of less than two words mean nothing.
    pub fn of(groups: impl IntoIterator<Item = Vec<String>>) -> Self {
        let mut synonyms = Self::default();
        for group in groups {
            let mut words: Vec<String> = group.iter().map(|word| fold(word.trim())).collect();
            words.retain(|word| !word.is_empty());
            words.sort();
            words.dedup();
            if words.len() < 2 {
                continue;
            }
            for word in &words {
                synonyms.of.entry(word.clone()).or_default().push(synonyms.groups.len());
            }
            synonyms.groups.push(words);
        }
        synonyms
    }

    /// What else is meant by a folded word.
    pub fn meant_by<'s>(&'s self, word: &'s str) -> impl Iterator<Item = &'s str> {
        let groups = self.of.get(word).into_iter().flatten();
        groups.flat_map(|group| &self.groups[*group]).map(String::as_str).filter(move |other| *other != word)
    }

    /// Every word of every group.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.of.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_means_what_is_written() {
        let words = ["老板", "欠薪"];
        let official = official("老板欠薪", words.into_iter());
        assert!(official.contains("用人单位") && official.contains("劳动报酬"));
        assert!(!official.contains("欠薪"));
    }

    #[test]
    fn a_word_of_one_character_must_stand_alone() {
        assert!(official("告示", ["告示"].into_iter()).is_empty());
        assert!(!official("告他", ["告", "他"].into_iter()).is_empty());
    }

    #[test]
    fn synonyms_mean_each_other() {
        let synonyms = Synonyms::of([vec!["公积金".into(), "住房公積金".into()], vec!["单".into()]]);
        assert_eq!(synonyms.meant_by("公积金").collect::<Vec<_>>(), ["住房公积金"]);
        assert_eq!(synonyms.meant_by("住房公积金").collect::<Vec<_>>(), ["公积金"]);
        assert_eq!(synonyms.meant_by("单").count(), 0);
    }
}
