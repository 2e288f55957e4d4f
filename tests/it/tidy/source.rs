//! A source file as text, and a scanner just good enough to tell code, strings and comments apart.
//! It is no parser: it knows where a thing begins and ends, not what it means.

use std::path::{Path, PathBuf};

/// One file of the clone.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    pub(super) fn read(path: &Path) -> Source {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Source { path: path.to_path_buf(), text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// The first line that names the word, or the first line.
    pub(super) fn line_naming(&self, word: &str) -> usize {
        self.lines().find(|(_, line)| line.starts_with(word)).map_or(1, |(number, _)| number)
    }

    /// The lines without comments and without the insides of strings.
    pub(super) fn code(&self) -> Vec<(usize, String)> {
        let code = self.scan(|part| matches!(part, Part::Code));
        code.lines().enumerate().map(|(index, line)| (index + 1, line.to_owned())).collect()
    }

    /// The insides of the strings, with the line on which each begins.
    pub(super) fn literals(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut line = 1;
        for (part, piece) in self.parts() {
            if part == Part::Literal {
                found.push((line, piece.to_owned()));
            }
            line += piece.matches('\n').count();
        }
        found
    }

    /// Every function with a body: its line, its name, and how many lines of code it has inside.
    pub(super) fn functions(&self) -> Vec<(usize, String, usize)> {
        let code = self.scan(|part| matches!(part, Part::Code));
        let mut found = Vec::new();
        for (at, _) in code.match_indices("fn ").filter(|(at, _)| !code[..*at].ends_with(is_word)) {
            let name: String = code[at + 3..].chars().take_while(|c| is_word(*c)).collect();
            let Some(open) = code[at..].find(['{', ';']).map(|offset| at + offset) else {
                continue;
            };
            if name.is_empty() || code[open..].starts_with(';') {
                continue;
            }
            let mut depth = 0;
            let end = code[open..].find(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                depth == 0
            });
            let body = &code[open + 1..end.map_or(code.len(), |offset| open + offset)];
            let lines = body.lines().filter(|line| !line.trim().is_empty()).count();
            found.push((code[..at].matches('\n').count() + 1, name, lines));
        }
        found
    }

    /// The text with all but the wanted parts blanked; lines stay where they are.
    fn scan(&self, wanted: impl Fn(Part) -> bool) -> String {
        let mut kept = String::with_capacity(self.text.len());
        for (part, piece) in self.parts() {
            match wanted(part) {
                true => kept.push_str(piece),
                false => kept.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
            }
        }
        kept
    }

    /// The text cut into code, insides of strings, and comments with characters.
    fn parts(&self) -> Vec<(Part, &str)> {
        let text = self.text.as_str();
        let mut parts = Vec::new();
        let (mut from, mut at) = (0, 0);
        while at < text.len() {
            let (part, begin, end, next) = match foreign_at(text, at) {
                Some(piece) => piece,
                None => {
                    at += text[at..].chars().next().map_or(1, char::len_utf8);
                    continue;
                }
            };
            parts.push((Part::Code, &text[from..begin]));
            parts.push((part, &text[begin..end]));
            (from, at) = (end, next);
        }
        parts.push((Part::Code, &text[from..]));
        parts
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Literal,
    Other,
}

/// What is not code at this place: its kind, where its inside begins and ends, where code goes on.
fn foreign_at(text: &str, at: usize) -> Option<(Part, usize, usize, usize)> {
    let rest = &text[at..];
    if rest.starts_with("//") {
        let end = rest.find('\n').map_or(text.len(), |offset| at + offset);
        return Some((Part::Other, at, end, end));
    }
    if rest.starts_with("/*") {
        let end = at + block_comment(rest);
        return Some((Part::Other, at, end, end));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let end = at + 1 + quoted(inside);
        return Some((Part::Literal, at + 1, end, (end + 1).min(text.len())));
    }
    let before = text[..at].chars().next_back().filter(|c| *c != 'b' && *c != 'c');
    if rest.starts_with('r') && !before.is_some_and(is_word) {
        let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
        if rest[1 + hashes..].starts_with('"') {
            let begin = at + hashes + 2;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = text[begin..].find(&close).map_or(text.len(), |offset| begin + offset);
            return Some((Part::Literal, begin, end, (end + close.len()).min(text.len())));
        }
    }
    if rest.starts_with('\'') {
        let end = at + character(rest)?;
        return Some((Part::Other, at, end, end));
    }
    None
}

/// The length of a comment in stars, which may hold others.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let step = match &text[at..] {
            rest if rest.starts_with("/*") => (1, 2),
            rest if rest.starts_with("*/") => (-1, 2),
            rest => (0, rest.chars().next().map_or(1, char::len_utf8)),
        };
        depth += step.0;
        at += step.1;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of what stands before the closing quotation mark.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// The length of a character with its quotes; none for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = &text[1..];
    if let Some(escape) = inside.strip_prefix('\\') {
        let skipped = escape.chars().next()?.len_utf8();
        return escape[skipped..].find('\'').map(|offset| 1 + 1 + skipped + offset + 1);
    }
    let length = inside.chars().next()?.len_utf8();
    inside[length..].starts_with('\'').then_some(1 + length + 1)
}

/// Whether the character can stand in a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the line holds the word with no letter on either side.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Whether a string reads as SQL: a statement in small or in capital letters. Sentences begin otherwise.
pub(super) fn is_sql(literal: &str) -> bool {
    let text = literal.trim_start();
    let upper = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().nth(1).is_some_and(|c| c.is_ascii_uppercase());
    let lower = text.starts_with(|c: char| c.is_ascii_lowercase());
    let text = text.to_ascii_lowercase();
    let statement =
        ["select ", "select\n", "insert into ", "update ", "delete from ", "with recursive ", "create table "];
    ((upper || lower) && statement.iter().any(|begin| text.starts_with(begin)))
        || (text.contains("select ") && text.contains(" from ") && text.contains(" where "))
}

/// The other tests rest on this.
#[test]
fn the_scanner_tells_code_from_text() {
    let source = Source {
        path: PathBuf::from("sample.rs"),
        text: concat!(
            "//! axum\nfn a<'a>(x: &'a str) { // axum\n    let b = \"axum // \\\" in text\";\n",
            "    /* axum /* axum */ axum */ let c = '\"'; let r#d = r#\"select \"x\" from y\"#;\n}\n",
            "fn e() -> char {\n    same('{')\n}\n",
        )
        .to_owned(),
    };
    let code: Vec<(usize, String)> = source.code();
    assert!(!code.iter().any(|(_, line)| line.contains("axum")), "{code:?}");
    assert!(code[3].1.contains("let r#d"), "{code:?}");
    let literals = source.literals();
    assert_eq!(literals, [(3, "axum // \\\" in text".to_owned()), (4, "select \"x\" from y".to_owned())]);
    assert!(is_sql(&literals[1].1) && !is_sql("Select the columns from which it comes"));
    assert_eq!(source.functions(), [(2, "a".to_owned(), 2), (6, "e".to_owned(), 1)]);
}
