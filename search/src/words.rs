//! The words of the platform itself (专有词): names of tags, sites and organisations, and synonyms. They are kept whole in
//! questions, whatever the dictionary of the language says.

use std::collections::{BTreeSet, HashMap};

use crate::text::fold::fold;
use crate::text::spoken::Synonyms;

/// Words of fewer characters are left to the language's dictionary.
const SHORTEST: usize = 2;
/// Names of more characters are no words.
const LONGEST: usize = 20;

/// The words of the platform; taken anew when one of them changes.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The lengths in bytes of the words that begin with a character, longest first.
    lengths: HashMap<char, Vec<usize>>,
    words: BTreeSet<String>,
    synonyms: Synonyms,
}

impl Words {
    /// Of names as they are written, and groups of synonyms.
    pub fn of(names: impl IntoIterator<Item = String>, synonyms: Synonyms) -> Self {
        let mut words = BTreeSet::new();
        let names = names.into_iter().map(|name| fold(&name));
        for word in names.chain(synonyms.words().map(str::to_owned)) {
            let long = word.chars().count();
            if (SHORTEST..=LONGEST).contains(&long) && word.chars().all(char::is_alphanumeric) {
                words.insert(word);
            }
        }
        let mut lengths: HashMap<char, Vec<usize>> = HashMap::new();
        for word in &words {
            let begins = lengths.entry(word.chars().next().unwrap_or_default()).or_default();
            if !begins.contains(&word.len()) {
                begins.push(word.len());
            }
        }
        lengths.values_mut().for_each(|lengths| lengths.sort_unstable_by(|a, b| b.cmp(a)));
        Self { lengths, words, synonyms }
    }

    /// The bytes of the longest word that `rest` begins with.
    pub fn longest(&self, rest: &str) -> Option<usize> {
        let lengths = self.lengths.get(&rest.chars().next()?)?;
        lengths.iter().copied().find(|long| rest.get(..*long).is_some_and(|word| self.words.contains(word)))
    }

    /// The words, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// What means the same.
    pub fn synonyms(&self) -> &Synonyms {
        &self.synonyms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins() {
        let words = Words::of(["跨省通办".into(), "跨省".into(), "市民政局".into(), "一".into()], Synonyms::default());
        assert_eq!(words.longest("跨省通办事项"), Some(12));
        assert_eq!(words.longest("跨省迁移"), Some(6));
        assert_eq!(words.longest("一"), None);
        assert_eq!(words.longest(""), None);
    }
}
