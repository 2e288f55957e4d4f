//! Bodies: what is derived from sanitised HTML: its text, headings and pictures.

use std::cell::RefCell;

use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

/// A heading of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// What it says.
    pub text: String,
    /// Its anchor: `section-1`, `section-2` ... in order of appearance.
    pub anchor: String,
}

#[derive(Default)]
struct Reading {
    text: RefCell<String>,
    headings: RefCell<Vec<Heading>>,
    in_heading: RefCell<bool>,
    images: RefCell<Vec<String>>,
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn breaks_line(name: &str) -> bool {
    matches!(name, "p" | "div" | "br" | "li" | "tr" | "table" | "ul" | "ol" | "blockquote" | "figure" | "pre" | "hr")
        || heading_level(name).is_some()
}

impl TokenSink for Reading {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(characters) => {
                self.text.borrow_mut().push_str(&characters);
                if *self.in_heading.borrow()
                    && let Some(heading) = self.headings.borrow_mut().last_mut()
                {
                    heading.text.push_str(&characters);
                }
            }
            Token::TagToken(tag) => {
                if let Some(level) = heading_level(&tag.name) {
                    let opens = tag.kind == TagKind::StartTag;
                    *self.in_heading.borrow_mut() = opens;
                    if opens {
                        let mut headings = self.headings.borrow_mut();
                        let anchor = format!("section-{}", headings.len() + 1);
                        headings.push(Heading { level, text: String::new(), anchor });
                    }
                }
                if &*tag.name == "img" {
                    let source = tag.attrs.iter().find(|attribute| &*attribute.name.local == "src");
                    self.images.borrow_mut().extend(source.map(|source| source.value.to_string()));
                }
                let mut text = self.text.borrow_mut();
                if matches!(&*tag.name, "td" | "th") && tag.kind == TagKind::EndTag {
                    text.push(' ');
                } else if breaks_line(&tag.name) && !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn read(html: &str) -> Reading {
    let tokenizer = Tokenizer::new(Reading::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

/// The text of sanitised HTML, one line a block.
pub fn text(html: &str) -> String {
    let text = read(html).text.into_inner();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The headings of sanitised HTML.
pub fn headings(html: &str) -> Vec<Heading> {
    let mut headings = read(html).headings.into_inner();
    for heading in &mut headings {
        heading.text = heading.text.trim().to_owned();
    }
    headings
}

/// The addresses of the pictures in sanitised HTML.
pub fn images(html: &str) -> Vec<String> {
    read(html).images.into_inner()
}

/// The first `length` characters of a text, at most 1,000, with an ellipsis if it goes on.
pub fn excerpt(text: &str, length: usize) -> String {
    let flat: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    let mut cut: String = flat.chars().take(length.min(1000)).collect();
    if cut.len() < flat.len() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::Html;

    #[test]
    fn text_headings_and_anchors_agree() {
        let html = Html::default().clean("b", "<h2>第一章 <b>总则</b></h2><p>甲</p><p>乙</p><h3 lang=zh>一</h3>");
        let html = html.expect("clean");
        assert!(html.contains("<h2 id=\"section-1\">") && html.contains("<h3 id=\"section-2\" lang=\"zh\">"), "{html}");
        assert_eq!(text(&html), "第一章 总则\n甲\n乙\n一");
        let anchors: Vec<_> = headings(&html).into_iter().map(|h| (h.level, h.text, h.anchor)).collect();
        assert_eq!(anchors[0], (2, "第一章 总则".to_owned(), "section-1".to_owned()));
        assert_eq!(anchors[1], (3, "一".to_owned(), "section-2".to_owned()));
    }

    #[test]
    fn an_excerpt_counts_characters() {
        assert_eq!(excerpt("一二三四", 3), "一二三…");
        assert_eq!(excerpt("一二三", 3), "一二三");
    }
}
