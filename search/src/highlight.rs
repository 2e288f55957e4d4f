//! Highlights (高亮): a text as HTML with what was looked for in `<em>`, everything else escaped. Made of the text that the
//! reader may see, after the library has revealed it.

use crate::query::Query;
use crate::text::fold::{fold_in_place, is_han};

/// How much of a text an excerpt shows, in characters.
const EXCERPT: usize = 120;
/// How much of a text is looked at for an excerpt, in characters.
const MOST_LOOKED_AT: usize = 200_000;
/// How many characters before the first word an excerpt begins at most.
const LEAD: usize = 20;

/// What is marked in texts.
#[derive(Debug, Clone)]
pub struct Marks {
    /// The folded words, longest first.
    words: Vec<Vec<char>>,
}

impl Marks {
    /// What a query looks for.
    pub fn of(query: &Query) -> Self {
        let mut words: Vec<Vec<char>> = Vec::new();
        for word in &query.words {
            let meant = std::iter::once(&word.text).chain(&word.synonyms);
            words.extend(meant.map(|text| text.chars().collect::<Vec<_>>()));
        }
        words.extend(query.parts.iter().map(|part| part.chars().collect::<Vec<_>>()));
        words.extend(query.phrases.iter().map(|phrase| phrase.iter().flat_map(|c| c.chars()).collect::<Vec<_>>()));
        words.retain(|word| !word.is_empty());
        words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        words.dedup();
        Self { words }
    }

    /// The whole text, marked.
    pub fn title(&self, text: &str) -> String {
        let folded = fold_in_place(text);
        let found = self.found(&folded.chars);
        write(text, &folded.places, &found, 0, folded.chars.len())
    }

    /// The part of a text where most of what was looked for stands close together, marked; its beginning if nothing does.
    pub fn excerpt(&self, text: &str) -> String {
        let text = cut_at(text, MOST_LOOKED_AT);
        let folded = fold_in_place(text);
        let found = self.found(&folded.chars);
        let begin = self.densest(&folded.chars, &found);
        let begin = sentence_before(&folded.chars, begin);
        let end = (begin + EXCERPT).min(folded.chars.len());
        let mut excerpt = String::new();
        if begin > 0 {
            excerpt.push('…');
        }
        excerpt.push_str(&write(text, &folded.places, &found, begin, end));
        if end < folded.chars.len() {
            excerpt.push('…');
        }
        excerpt
    }

    /// How much of what was looked for stands in a text: 0 to 1, by the characters of the words.
    pub fn coverage(&self, query: &Query, text: &str) -> f64 {
        let folded: String = fold_in_place(text).chars.into_iter().collect();
        let (mut all, mut there) = (0, 0);
        for word in &query.words {
            let long = word.text.chars().count();
            all += long;
            if std::iter::once(&word.text).chain(&word.synonyms).any(|meant| folded.contains(meant.as_str())) {
                there += long;
            }
        }
        if all == 0 { 0.0 } else { there as f64 / all as f64 }
    }

    /// Where words stand: from and to, one behind the other; those without anything between them as one.
    fn found(&self, chars: &[char]) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let long = self.words.iter().find(|word| stands_at(chars, at, word)).map_or(0, Vec::len);
            match found.last_mut().filter(|(_, end)| *end == at && long > 0) {
                Some((_, end)) => *end += long,
                None if long > 0 => found.push((at, at + long)),
                None => {}
            }
            at += long.max(1);
        }
        found
    }

    /// Where the excerpt begins in which most different words stand.
    fn densest(&self, chars: &[char], found: &[(usize, usize)]) -> usize {
        let mut best = (0, 0);
        for (first, (from, _)) in found.iter().enumerate() {
            let within = found[first..].iter().take_while(|(_, to)| *to <= from + EXCERPT - LEAD);
            let mut words: Vec<&[char]> = within.map(|(from, to)| &chars[*from..*to]).collect();
            words.sort_unstable();
            words.dedup();
            let weight: usize = words.iter().map(|word| word.len()).sum();
            if weight > best.0 {
                best = (weight, *from);
            }
        }
        best.1
    }
}

/// Whether a word stands at `at`; one of letters only as a whole.
fn stands_at(chars: &[char], at: usize, word: &[char]) -> bool {
    let Some(there) = chars.get(at..at + word.len()) else { return false };
    if there != word {
        return false;
    }
    let continues = |outside: Option<&char>, inside: char| {
        outside.is_some_and(|c| c.is_alphanumeric() && !is_han(*c)) && inside.is_alphanumeric() && !is_han(inside)
    };
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    !continues(before, word[0]) && !continues(chars.get(at + word.len()), word[word.len() - 1])
}

/// Where the sentence of `at` begins, if it begins close before.
fn sentence_before(chars: &[char], at: usize) -> usize {
    let earliest = at.saturating_sub(LEAD);
    if earliest == 0 {
        return 0;
    }
    let ends = |c: char| matches!(c, '。' | '!' | '?' | ';' | '\n' | ',' | '、');
    (earliest..at).rev().find(|before| ends(chars[*before])).map_or(earliest, |before| before + 1)
}

fn cut_at(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

/// The characters `from` to `to` of a text as HTML, lines joined, with what was found marked.
fn write(text: &str, places: &[(usize, usize)], found: &[(usize, usize)], from: usize, to: usize) -> String {
    let mut html = String::new();
    let mut at = from;
    let byte = |at: usize| places.get(at).map_or(text.len(), |(begin, _)| *begin);
    for (begin, end) in found.iter().copied().filter(|(begin, end)| *begin >= from && *end <= to) {
        escape(&text[byte(at)..byte(begin).max(byte(at))], &mut html);
        let last = places[end - 1].1;
        html.push_str("<em>");
        escape(&text[byte(begin).max(byte(at))..last], &mut html);
        html.push_str("</em>");
        at = end;
        // A character that was folded to several is shown once.
        while places.get(at).is_some_and(|(begin, _)| *begin < last) {
            at += 1;
        }
    }
    if at < to {
        escape(&text[byte(at)..byte(to).max(byte(at))], &mut html);
    }
    html
}

fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' | '\r' | '\t' => html.push(' '),
            c if c.is_control() => {}
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn marks(query: &str) -> Marks {
        Marks::of(&Query::read(query, &Words::default()))
    }

    #[test]
    fn a_title_is_marked_as_it_was_written() {
        assert_eq!(marks("住房公积金").title("住房公積金＆提取"), "<em>住房公積金</em>＆提取");
        assert_eq!(marks("wifi").title("WiFi与wifis"), "<em>WiFi</em>与wifis");
        assert_eq!(marks("补贴").title("<b>补贴</b>"), "&lt;b&gt;<em>补贴</em>&lt;/b&gt;");
    }

    #[test]
    fn an_excerpt_shows_where_the_words_stand() {
        let text = format!("{}。创业担保贷款的申请条件如下。{}", "前言".repeat(200), "结语".repeat(200));
        let excerpt = marks("创业担保贷款 条件").excerpt(&text);
        assert!(excerpt.starts_with('…') && excerpt.ends_with('…'), "{excerpt}");
        assert!(excerpt.contains("<em>条件</em>"), "{excerpt}");
        assert!(excerpt.chars().count() < 200);
        assert_eq!(marks("没有").excerpt("短"), "短");
    }

    #[test]
    fn what_is_one_character_is_shown_once() {
        assert_eq!(marks("一").title("㈠ ℃"), "<em>㈠</em> ℃");
        assert_eq!(marks("c").title("℃"), "<em>℃</em>");
    }
}
