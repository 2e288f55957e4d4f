//! Bodies: sanitised HTML, and the text and headings that are derived from it.

use std::borrow::Cow;
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

/// `html` without anything that runs or styles: links, tables, pictures and lists stay; scripts, styles, ids, event
/// handlers and frames go. Headings get anchors.
pub fn sanitise(html: &str) -> String {
    let clean = ammonia::Builder::default()
        .rm_tag_attributes("a", &["hreflang"])
        .add_tags(["figure", "figcaption", "video", "audio", "source"])
        .add_tag_attributes("video", ["src", "poster", "controls"])
        .add_tag_attributes("audio", ["src", "controls"])
        .add_tag_attributes("source", ["src", "type"])
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|_, name, value| match name {
            "id" | "class" | "style" => None,
            _ => Some(Cow::Borrowed(value)),
        })
        .clean(html)
        .to_string();
    with_anchors(&clean)
}

/// Gives each heading its anchor. Sanitised HTML spells heading tags `<h1>` to `<h6>` without attributes.
fn with_anchors(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut number = 0;
    while let Some(at) = rest.find("<h") {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let level = tag.as_bytes().get(2).copied().unwrap_or(b' ');
        if matches!(level, b'1'..=b'6') && tag.as_bytes().get(3) == Some(&b'>') {
            number += 1;
            out.push_str(&format!("<h{} id=\"section-{number}\">", char::from(level)));
            rest = &tag[4..];
        } else {
            out.push_str("<h");
            rest = &tag[2..];
        }
    }
    out.push_str(rest);
    out
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

    #[test]
    fn nothing_that_runs_or_styles_survives() {
        let clean = sanitise(
            "<p id=x style='color:red' onclick='a()'>好<script>alert(1)</script><a href='javascript:b()'>链</a></p>\
             <iframe src='https://x.example'></iframe><table><tr><td>1</td></tr></table>",
        );
        assert!(!clean.contains("script") && !clean.contains("onclick") && !clean.contains("style"), "{clean}");
        assert!(!clean.contains("iframe") && !clean.contains("javascript"), "{clean}");
        assert!(clean.contains("<table>") && clean.contains("好"), "{clean}");
    }

    #[test]
    fn text_headings_and_anchors_agree() {
        let html = sanitise("<h2>第一章 <b>总则</b></h2><p>甲</p><p>乙</p><h3>一</h3>");
        assert!(html.contains("<h2 id=\"section-1\">") && html.contains("<h3 id=\"section-2\">"), "{html}");
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
