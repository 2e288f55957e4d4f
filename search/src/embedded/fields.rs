//! The fields of the index, and a document as its row. Nothing is stored: an answer is made of fast columns alone.

use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

use crate::document::Document;
use crate::text::cut::{Cut, Span, spans};
use crate::text::fold::fold;
use crate::text::number::numbers;
use crate::text::start::{Start, Way, starts};

/// One text in the three ways in which it is cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    /// Single characters with their positions.
    pub chars: Field,
    /// Pairs of characters.
    pub pairs: Field,
    /// Words.
    pub words: Field,
}

/// The fields of the index.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub schema: Schema,
    /// The identifier, for replacing and removing.
    pub id: Field,
    pub id_high: Field,
    pub id_low: Field,
    /// Everything that a content says.
    pub whole: Text,
    /// Its title and its questions.
    pub title: Text,
    /// Names of tags and keywords, each as one term.
    pub labels: Field,
    /// Terms of its document number.
    pub number: Field,
    /// What it is filtered and counted by, each with a letter before it.
    pub facets: Field,
    /// How its title, and words in it, begin: in characters, by sound and by initials.
    pub starts: Field,
    pub published: Field,
    pub outdated: Field,
    pub stamp: Field,
}

/// The letters before facets and beginnings.
pub(super) mod mark {
    pub const KIND: char = 'k';
    pub const SITE: char = 's';
    pub const TAG: char = 't';
    pub const PUBLISHER: char = 'p';
    pub const THEME: char = 'c';
    pub const YEAR: char = 'y';
    pub const VALIDITY: char = 'v';
    /// The beginning of a title, in characters, by sound, by initials; small: of a word in it.
    pub const CHARS: [char; 2] = ['H', 'h'];
    pub const SOUND: [char; 2] = ['F', 'f'];
    pub const INITIALS: [char; 2] = ['I', 'i'];
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut builder = Schema::builder();
        let mut text = |name: &str| {
            let mut field = |tokenizer: &str, option| {
                let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
                let options = TextOptions::default().set_indexing_options(indexing);
                builder.add_text_field(&format!("{name}_{tokenizer}"), options)
            };
            Text {
                chars: field("chars", IndexRecordOption::WithFreqsAndPositions),
                pairs: field("pairs", IndexRecordOption::WithFreqs),
                words: field("words", IndexRecordOption::WithFreqs),
            }
        };
        let (whole, title) = (text("whole"), text("title"));
        let plain = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let plain = TextOptions::default().set_indexing_options(plain);
        let id = builder.add_text_field("id", STRING);
        let id_high = builder.add_u64_field("id_high", FAST);
        let id_low = builder.add_u64_field("id_low", FAST);
        let labels = builder.add_text_field("labels", plain.clone());
        let number = builder.add_text_field("number", plain.clone());
        let facets = builder.add_text_field("facets", plain.clone().set_fast("raw"));
        let starts = builder.add_text_field("starts", plain);
        let published = builder.add_i64_field("published", FAST | INDEXED);
        let outdated = builder.add_u64_field("outdated", FAST);
        let stamp = builder.add_u64_field("stamp", FAST);
        let schema = builder.build();
        Self { schema, id, id_high, id_low, whole, title, labels, number, facets, starts, published, outdated, stamp }
    }

    /// How the texts of the index are cut.
    pub(super) fn tokenizers() -> TokenizerManager {
        let tokenizers = TokenizerManager::default();
        for (name, cut) in [("chars", Cut::Chars), ("pairs", Cut::Pairs), ("words", Cut::Words)] {
            tokenizers.register(name, Cutter { cut, token: Token::default(), spans: Vec::new() });
        }
        tokenizers
    }

    /// The term that a content is known by.
    pub(super) fn of_id(&self, id: Uuid) -> Term {
        Term::from_field_text(self.id, &id.simple().to_string())
    }

    /// The row of a document.
    pub(super) fn row(&self, document: &Document) -> TantivyDocument {
        let mut row = TantivyDocument::new();
        let (high, low) = document.id.as_u64_pair();
        row.add_text(self.id, document.id.simple().to_string());
        row.add_u64(self.id_high, high);
        row.add_u64(self.id_low, low);
        let title = fold(&[std::slice::from_ref(&document.title), &document.questions].concat().join("\n"));
        let mut parts = vec![title.clone()];
        parts.extend(document.number.iter().chain(&document.labels).map(|part| fold(part)));
        parts.push(fold(&document.body));
        let whole = parts.join("\n");
        for (text, written) in [(self.whole, &whole), (self.title, &title)] {
            for field in [text.chars, text.pairs, text.words] {
                row.add_text(field, written);
            }
        }
        document.labels.iter().for_each(|label| row.add_text(self.labels, fold(label)));
        for number in document.number.iter().flat_map(|number| numbers(&fold(number))) {
            number.terms().into_iter().for_each(|term| row.add_text(self.number, term));
        }
        facets(document).into_iter().for_each(|facet| row.add_text(self.facets, facet));
        for written in std::iter::once(&document.title).chain(&document.questions) {
            starts(&fold(written)).iter().for_each(|one| row.add_text(self.starts, start(one)));
        }
        row.add_i64(self.published, document.published_at);
        row.add_u64(self.outdated, u64::from(document.outdated));
        row.add_u64(self.stamp, document.stamp());
        row
    }
}

/// What a document is filtered and counted by.
fn facets(document: &Document) -> Vec<String> {
    let id = |mark: char, id: &Uuid| format!("{mark}{}", id.simple());
    let mut facets = vec![format!("{}{}", mark::KIND, document.kind), id(mark::PUBLISHER, &document.publisher)];
    facets.extend(document.sites.iter().map(|site| id(mark::SITE, site)));
    facets.extend(document.tags.iter().map(|tag| id(mark::TAG, tag)));
    facets.extend(document.themes.iter().map(|theme| format!("{}{theme}", mark::THEME)));
    facets.push(format!("{}{}", mark::YEAR, document.year));
    facets.extend(document.validity.iter().map(|validity| format!("{}{validity}", mark::VALIDITY)));
    facets.sort();
    facets.dedup();
    facets
}

/// The term of a beginning.
fn start(start: &Start) -> String {
    let marks = match start.way {
        Way::Chars => mark::CHARS,
        Way::Sound => mark::SOUND,
        Way::Initials => mark::INITIALS,
    };
    format!("{}{}", marks[usize::from(start.is_inside)], start.text)
}

/// Hands the terms of a folded text to the index.
#[derive(Clone)]
struct Cutter {
    cut: Cut,
    token: Token,
    spans: Vec<Span>,
}

struct Terms<'a> {
    text: &'a str,
    token: &'a mut Token,
    spans: std::slice::Iter<'a, Span>,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.token.reset();
        self.spans = spans(text, self.cut);
        Terms { text, token: &mut self.token, spans: self.spans.iter() }
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some(span) = self.spans.next() else { return false };
        self.token.text.clear();
        self.token.text.push_str(&self.text[span.from..span.to]);
        self.token.offset_from = span.from;
        self.token.offset_to = span.to;
        self.token.position = span.position;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_stands_once() {
        let site = Uuid::from_u128(7);
        let document = Document { kind: "POLICY".into(), sites: vec![site, site], year: 2020, ..Document::default() };
        let facets = facets(&document);
        assert_eq!(facets.iter().filter(|facet| facet.starts_with(mark::SITE)).count(), 1);
        assert!(facets.contains(&"kPOLICY".to_owned()) && facets.contains(&"y2020".to_owned()));
    }
}
