//! Bodies of other systems as HTML, which the library sanitises: HTML is kept, Markdown (CommonMark with tables) and plain
//! text become HTML.

use pulldown_cmark::{Options, Parser};

/// Tags that say that a text is HTML.
const TAGS: [&str; 27] = [
    "p",
    "br",
    "div",
    "span",
    "a",
    "b",
    "i",
    "em",
    "strong",
    "table",
    "tr",
    "td",
    "th",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "img",
    "section",
    "article",
    "blockquote",
    "font",
];

/// A body of a form that nobody states: HTML if it has tags of HTML, else text.
pub(super) fn any(body: &str) -> String {
    if is_html(body) { body.to_owned() } else { text(body) }
}

/// Markdown as HTML; HTML within it is kept.
pub(super) fn markdown(text: &str) -> String {
    let parser =
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES);
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    pulldown_cmark::html::push_html(&mut html, parser);
    html
}

/// Plain text as HTML: a line is a paragraph, and a heading if it begins as Markdown's headings do.
pub(super) fn text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (tag, words) = heading(line).unwrap_or(("p", line));
        html.push_str(&format!("<{tag}>{}</{tag}>\n", escape(words)));
    }
    html
}

/// Whether a text has a tag that only HTML has; `<A` alone, as people write it, is none.
fn is_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text[at + 1..].trim_start_matches('/');
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (name, after) = rest.split_at(length);
        let closed = after.trim_start().trim_start_matches('/').starts_with('>');
        let attributed = after.starts_with(' ') && after.split('>').next().is_some_and(|inside| inside.contains('='));
        TAGS.contains(&name.to_ascii_lowercase().as_str()) && (closed || attributed)
    })
}

/// A Markdown heading as the tag and the words of it. The title of the page is its only first heading.
fn heading(line: &str) -> Option<(&'static str, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line[level..].strip_prefix([' ', '\u{3000}', '\t'])?.trim();
    let tag = match level {
        1 | 2 => "h2",
        3 => "h3",
        4..=6 => "h4",
        _ => return None,
    };
    (!words.is_empty()).then_some((tag, words))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_becomes_paragraphs_and_headings() {
        assert_eq!(
            any("## 第一章 总则\n\n第一条 3 < 5 & 甲\n#不是标题"),
            "<h2>第一章 总则</h2>\n<p>第一条 3 &lt; 5 &amp; 甲</p>\n<p>#不是标题</p>\n"
        );
    }

    #[test]
    fn html_stays_and_a_lone_bracket_is_no_html() {
        for kept in ["答：<p>依据</p>", "一<br/>二", "<span class=\"x\">三</span>"] {
            assert_eq!(any(kept), kept);
        }
        assert_eq!(any("<A市业主>"), "<p>&lt;A市业主&gt;</p>\n");
        assert_eq!(any("a<b 且 c>d"), "<p>a&lt;b 且 c&gt;d</p>\n");
    }

    #[test]
    fn markdown_has_tables_and_lists() {
        let html = markdown("## 一\n\n- 甲\n- **乙**\n\n|a|b|\n|-|-|\n|1|2|\n\n<script>x()</script>");
        assert!(html.contains("<h2>一</h2>") && html.contains("<strong>乙</strong>"), "{html}");
        assert!(html.contains("<td>1</td>"), "{html}");
    }
}
