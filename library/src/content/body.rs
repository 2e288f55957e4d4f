//! Bodies: what is derived from sanitised HTML: its text, headings, pictures and links, and where these stand in the text.
//!
//! This room reads HTML and makes none; it knows no noun.

use std::cell::RefCell;

use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

use crate::text::Ruler;

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

/// A picture of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its address.
    pub source: String,
    /// The text instead of it (替代文本), if the HTML has the attribute at all.
    pub alt: Option<String>,
    /// Where it stands in the text of the body, in characters.
    pub at: usize,
}

/// A link of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Its address, if it has one.
    pub href: Option<String>,
    /// Where it begins in the text of the body, in characters.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether there is something to be clicked on that is no text.
    pub pictured: bool,
}

/// The text of a body with what stands in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The text, as [`text`] gives it.
    pub text: String,
    /// Pictures in order of appearance.
    pub pictures: Vec<Picture>,
    /// Links in order of appearance.
    pub links: Vec<Anchor>,
}

#[derive(Default)]
struct Reading {
    text: RefCell<String>,
    headings: RefCell<Vec<Heading>>,
    in_heading: RefCell<bool>,
    pictures: RefCell<Vec<Picture>>,
    links: RefCell<Vec<Anchor>>,
    in_link: RefCell<bool>,
}

impl Reading {
    /// Pictures and links, with places in bytes of the text as it grows.
    fn stand(&self, tag: &Tag) {
        let at = self.text.borrow().len();
        let value = |name: &str| {
            let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
            found.map(|attribute| attribute.value.to_string())
        };
        match (&*tag.name, tag.kind) {
            ("img", _) => {
                if let Some(link) = self.links.borrow_mut().last_mut().filter(|_| *self.in_link.borrow()) {
                    link.pictured = true;
                }
                let picture = value("src").map(|source| Picture { source, alt: value("alt"), at });
                self.pictures.borrow_mut().extend(picture);
            }
            ("a", TagKind::StartTag) => {
                self.in_link.replace(true);
                let link = Anchor { href: value("href"), start: at, end: at, pictured: false };
                self.links.borrow_mut().push(link);
            }
            ("a", TagKind::EndTag) => {
                if self.in_link.replace(false)
                    && let Some(link) = self.links.borrow_mut().last_mut()
                {
                    link.end = at;
                }
            }
            _ => {}
        }
    }
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
                self.stand(&tag);
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

/// A stretch of the text as it was read that is kept: from, to, and where it begins in what is kept; all in bytes.
type Kept = (usize, usize, usize);

/// What was read, one line a block, and which stretches of it were kept.
fn lines(read: &str) -> (String, Vec<Kept>) {
    let mut text = String::with_capacity(read.len());
    let mut kept = Vec::new();
    let mut begins = 0;
    for line in read.split_inclusive('\n') {
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            if !text.is_empty() {
                text.push('\n');
            }
            let from = begins + (line.len() - line.trim_start().len());
            kept.push((from, from + trimmed.len(), text.len()));
            text.push_str(trimmed);
        }
        begins += line.len();
    }
    (text, kept)
}

/// Where a place in what was read lies in what was kept; between two stretches it is the end of the first.
fn settled(kept: &[Kept], place: usize) -> usize {
    let before = kept.partition_point(|(from, _, _)| *from <= place);
    before.checked_sub(1).and_then(|last| kept.get(last)).map_or(0, |(from, to, at)| at + place.min(*to) - from)
}

/// The text of sanitised HTML, one line a block.
pub fn text(html: &str) -> String {
    lines(&read(html).text.into_inner()).0
}

/// The text of sanitised HTML with its pictures and links.
pub fn layout(html: &str) -> Layout {
    let reading = read(html);
    let (mut pictures, mut links) = (reading.pictures.into_inner(), reading.links.into_inner());
    let (text, kept) = lines(&reading.text.into_inner());
    let ruler = Ruler::new(&text);
    let place = |at: usize| ruler.characters(settled(&kept, at));
    for picture in &mut pictures {
        picture.at = place(picture.at);
    }
    for link in &mut links {
        (link.start, link.end) = (place(link.start), place(link.end.max(link.start)));
    }
    Layout { text, pictures, links }
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
    read(html).pictures.into_inner().into_iter().map(|picture| picture.source).collect()
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
    fn pictures_and_links_stand_in_the_text() {
        let html = "<p> 甲 <a href=\"/x\">乙丙</a>丁<img src=\"/a.png\" alt=\"图\"></p><p> </p>\r\n\
                    <p><a href=\"/y\"><img src=\"/b.png\"></a></p><p>戊</p><a>己";
        let layout = layout(html);
        assert_eq!(layout.text, text(html));
        assert_eq!(layout.text, "甲 乙丙丁\n戊\n己");
        let pictures: Vec<_> = layout.pictures.iter().map(|p| (&*p.source, p.alt.as_deref(), p.at)).collect();
        assert_eq!(pictures, [("/a.png", Some("图"), 5), ("/b.png", None, 6)]);
        let links: Vec<_> = layout.links.iter().map(|l| (l.href.as_deref(), l.start, l.end, l.pictured)).collect();
        assert_eq!(links, [(Some("/x"), 2, 4, false), (Some("/y"), 6, 6, true), (None, 8, 8, false)]);
    }

    #[test]
    fn an_excerpt_counts_characters() {
        assert_eq!(excerpt("一二三四", 3), "一二三…");
        assert_eq!(excerpt("一二三", 3), "一二三");
    }
}
