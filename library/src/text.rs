//! Text as the library accepts it: NFC, without NUL, within its length; and how places in it are counted.

use unicode_normalization::UnicodeNormalization;

use crate::refusal::{Refusal, RefusalCode, Result};

/// `text` in NFC, trimmed, or a refusal of the field at `path` if it is longer than `most` characters or holds
/// a character that no text has (NUL and the other control characters except tab and line feed).
pub fn accept(path: &str, text: &str, most: usize) -> Result<String> {
    let text: String = text.trim().nfc().collect();
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
        return Err(
            Refusal::new(RefusalCode::Invalid, path, "含有不可见的控制字符", "holds a control character").into()
        );
    }
    if text.chars().count() > most {
        return Err(Refusal::new(
            RefusalCode::TooLong,
            path,
            format!("最多{most}个字符"),
            format!("at most {most} characters"),
        )
        .into());
    }
    Ok(text)
}

/// Like [`accept`], and refuses an empty text.
pub fn require(path: &str, text: &str, most: usize) -> Result<String> {
    let text = accept(path, text, most)?;
    if text.is_empty() {
        return Err(Refusal::new(RefusalCode::Required, path, "不能为空", "must not be empty").into());
    }
    Ok(text)
}

/// A name of a stored record as GraphQL writes it: `body_html` is `bodyHtml`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// A text that may be missing: an empty one is none.
pub fn optional(path: &str, text: Option<&str>, most: usize) -> Result<Option<String>> {
    let text = text.map(|text| accept(path, text, most)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// Why a deed was done, as histories show it: at most 500 characters.
pub(crate) fn reason(reason: Option<&str>) -> Result<Option<String>> {
    optional("reason", reason, 500)
}

/// A code: 1 to 64 of `a-z 0-9 - _ .`, beginning with a letter or digit.
pub fn code(path: &str, text: &str) -> Result<String> {
    let text = require(path, text, 64)?;
    let fits = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        && text.as_bytes()[0].is_ascii_alphanumeric();
    if !fits {
        return Err(Refusal::new(
            RefusalCode::Invalid,
            path,
            "代码只能由小写字母、数字和 - _ . 组成",
            "a code is made of a-z 0-9 - _ .",
        )
        .into());
    }
    Ok(text)
}

/// A path on a site: `/a/b`, segments of letters, digits and `- _ . ~`, no empty segment, no `.` or `..`.
pub fn path(field: &str, text: &str) -> Result<String> {
    let text = require(field, text, 512)?;
    let text = normal_path(&text);
    let fits = text.len() > 1
        && text[1..].split('/').all(|segment| {
            !segment.is_empty()
                && segment != "."
                && segment != ".."
                && segment.chars().all(|c| c.is_alphanumeric() || "-_.~".contains(c))
        });
    if !fits {
        return Err(Refusal::new(RefusalCode::Invalid, field, "路径格式不正确", "not a path such as /news/city").into());
    }
    Ok(text)
}

/// `path` with one leading slash and no trailing one; query and fragment are cut.
pub fn normal_path(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    format!("/{}", path.trim_matches('/'))
}

/// Bytes between two counts of a [`Ruler`].
const STEP: usize = 128;

/// Tells how many characters (Unicode scalar values) stand before a byte of a text, without counting from its beginning.
#[derive(Debug)]
pub(crate) struct Ruler<'t> {
    text: &'t str,
    /// Characters that begin before each `STEP`th byte.
    counts: Vec<usize>,
}

impl<'t> Ruler<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut counts = Vec::with_capacity(text.len() / STEP + 1);
        let mut count = 0;
        for piece in text.as_bytes().chunks(STEP) {
            counts.push(count);
            count += beginnings(piece);
        }
        Self { text, counts }
    }

    /// The characters before the byte `at`; all of them beyond the end.
    pub(crate) fn characters(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let mark = (at / STEP).min(self.counts.len().saturating_sub(1));
        let before = self.counts.get(mark).copied().unwrap_or_default();
        before + beginnings(&self.text.as_bytes()[mark * STEP..at])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn beginnings(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normal_or_refused() {
        assert_eq!(path("p", "news/city/").expect("a path"), "/news/city");
        assert!(path("p", "/a//b").is_err());
        assert!(path("p", "/a/../b").is_err());
        assert!(path("p", "/").is_err());
    }

    #[test]
    fn a_ruler_counts_as_chars_does() {
        for text in ["", "a", "一二", &"一a𠀀é".repeat(300), &"x".repeat(STEP), &"x".repeat(2 * STEP + 1)] {
            let ruler = Ruler::new(text);
            for (at, _) in text.char_indices().chain([(text.len(), ' '), (text.len() + 9, ' ')]) {
                assert_eq!(ruler.characters(at), text[..at.min(text.len())].chars().count());
            }
        }
    }

    #[test]
    fn text_is_composed_and_control_characters_are_refused() {
        assert_eq!(accept("t", " e\u{301} ", 10).expect("text"), "é");
        assert!(accept("t", "a\0b", 10).is_err());
        assert!(accept("t", "太长了", 2).is_err());
    }
}
