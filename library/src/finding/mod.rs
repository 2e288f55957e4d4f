//! Content checks (内容检查): what rules with stable codes find in a revision, and where in its texts.
//!
//! Pure: no database, no clock. What a rule must know of the library, the deed looks up: [`Questions`] says what to ask,
//! [`Known`] takes the answers.

mod alternative_text;
mod bank_card;
mod broken_link;
mod digits;
mod document_number_used;
mod empty_link;
mod field_text;
mod identity_number;
mod internal_link;
mod mobile_number;
mod near_duplicate;
mod personal;
mod raised;
mod rule;
mod sensitive_word;
mod sketch;
#[cfg(test)]
mod tests;
mod typo;
mod word_hits;
mod word_list;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

pub use document_number_used::NumberUse;
pub use internal_link::InternalLink;
pub use near_duplicate::{LIKE, Similar};
pub(crate) use personal::is_personal;
pub use rule::{Rule, Severities, Severity};
pub use sketch::{BANDS, FORMAT, Sketch};
pub use word_list::{Hit, Word, WordList};
pub(crate) use word_list::{MOST_WORDS, accepted};

use crate::content::{ContentFields, body};
use field_text::Texts;
use raised::Found;

/// The most findings of one rule that are listed; the last of them tells how many there are more.
pub const MOST_OF_A_RULE: usize = 100;

/// Something that a rule found in a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// By what it is known again, also when the text around it was edited: 32 hexadecimal digits.
    pub key: String,
    /// The rule.
    pub rule: Rule,
    /// The version of the rule.
    pub version: u32,
    /// How grave it is.
    pub severity: Severity,
    /// The field, outermost first. In the body (`body_html`) places are counted in its text, as readers get it.
    pub path: Vec<String>,
    /// Where it begins in the text of the field, in Unicode scalar values; nothing if it has no place in a text.
    pub start: Option<usize>,
    /// Where it ends.
    pub end: Option<usize>,
    /// What stands there, or what is meant; personal data only with its middle hidden.
    pub excerpt: Option<String>,
    /// What is wrong, in Chinese, for the person at the desk.
    pub message: String,
    /// What should stand there, or what to do.
    pub suggestion: Option<String>,
}

/// What a deed looks up before it checks a revision.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Questions {
    /// Which of these do readers not find?
    pub links: Vec<InternalLink>,
    /// Which published contents have one of these bands? Empty if the text is too short to be like another.
    pub bands: Vec<i64>,
    /// Which other contents have this document number, in the form in which numbers are compared?
    pub document_number: Option<String>,
}

impl Questions {
    /// What is to be looked up for a revision; `hosts` are those of our sites, in their normal form.
    pub fn of(fields: &ContentFields, hosts: &HashSet<String>) -> Self {
        let body = body::layout(&fields.body_html);
        Self {
            links: internal_link::all(fields, &body, hosts),
            bands: Sketch::of(&body.text).map_or_else(Vec::new, |sketch| sketch.bands().to_vec()),
            document_number: document_number_used::own(fields),
        }
    }
}

/// What rules go by: lists, settings, and what the library knows.
#[derive(Debug, Default)]
pub struct Known<'k> {
    /// How grave findings are.
    pub severities: Severities,
    /// Lists of wrong words (错别字), those that come first decide.
    pub wrong_words: Vec<&'k WordList>,
    /// Lists of words that must not be published (敏感词).
    pub sensitive_words: Vec<&'k WordList>,
    /// The hosts of our sites, in their normal form.
    pub hosts: HashSet<String>,
    /// Links to something of our own that readers do not find.
    pub dead_links: HashSet<InternalLink>,
    /// Published contents that may be like this one, without itself.
    pub similar: Vec<Similar>,
    /// Other contents with its document number.
    pub same_number: Vec<NumberUse>,
}

/// Checks a revision: findings field by field, in a field by place. The same revision and knowledge give the same list.
pub fn check(fields: &ContentFields, known: &Known<'_>) -> Vec<Finding> {
    let body = body::layout(&fields.body_html);
    let texts = Texts::of(fields, &body);
    let mut found = Found::new(&known.severities);
    for text in &texts.all {
        personal::look(text, &texts.own_numbers, &mut found);
        sensitive_word::look(text, &known.sensitive_words, &mut found);
        typo::look(text, &known.wrong_words, &mut found);
    }
    alternative_text::look(fields, &body, &mut found);
    broken_link::look(fields, &body, &known.hosts, &known.dead_links, &mut found);
    empty_link::look(&body, body::headings(&fields.body_html).len(), &mut found);
    near_duplicate::look(fields, &body, &known.similar, &mut found);
    document_number_used::look(fields, &known.same_number, &mut found);
    found.list()
}
