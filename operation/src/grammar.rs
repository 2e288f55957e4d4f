//! What the parser does not see as the specification has it: a name in arguments or inputs without a value is an error,
//! and definitions may be described (GraphQL, September 2025, 2.1). It is looked for in the tokens, before parsing.

use std::borrow::Cow;

use apollo_parser::{Lexer, Token, TokenKind};

use crate::places::Places;
use crate::refusal::{Code, Refusal};

/// What an open bracket holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Selections,
    Variables,
    /// Arguments, or the members of an input: a name, a colon, a value.
    Pairs(Next),
    /// Values, or the type of a list.
    Listed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Name,
    Colon,
    Value,
}

/// The text as the parser takes it, each byte where it was.
pub fn prepared<'a>(text: &'a str, places: &Places) -> Result<Cow<'a, str>, Refusal> {
    let mut prepared = Cow::Borrowed(text);
    let mut open: Vec<Within> = Vec::new();
    // The tokens before, which tell what a bracket opens and what a text is.
    let (mut last, mut before) = (None::<Token<'_>>, None::<Token<'_>>);
    let ignored = [TokenKind::Whitespace, TokenKind::Comment, TokenKind::Comma, TokenKind::Eof];
    for token in Lexer::new(text).flatten().filter(|token| !ignored.contains(&token.kind())) {
        if let Some(Within::Pairs(next)) = open.last_mut() {
            *next = after(*next, &token).ok_or_else(|| without_value(&token, places))?;
        }
        if describes(before.as_ref(), last.as_ref(), &token, &open) {
            blank(prepared.to_mut(), last.as_ref());
        }
        match token.kind() {
            TokenKind::LCurly => open.push(match open.last() {
                None | Some(Within::Selections) => Within::Selections,
                Some(_) => Within::Pairs(Next::Name),
            }),
            TokenKind::LParen => {
                let of_directive = before.as_ref().is_some_and(|before| before.kind() == TokenKind::At);
                let defines = open.is_empty() && !of_directive;
                open.push(if defines { Within::Variables } else { Within::Pairs(Next::Name) });
            }
            TokenKind::LBracket => open.push(Within::Listed),
            TokenKind::RCurly | TokenKind::RParen | TokenKind::RBracket => {
                open.pop();
            }
            _ => {}
        }
        before = last.replace(token);
    }
    Ok(prepared)
}

/// What comes after `token` in pairs; nothing where a name has no value.
fn after(next: Next, token: &Token<'_>) -> Option<Next> {
    let closes = matches!(token.kind(), TokenKind::RCurly | TokenKind::RParen);
    match (next, token.kind()) {
        (Next::Name, TokenKind::Name) => Some(Next::Colon),
        // What else stands here the parser reports.
        (Next::Name, _) => Some(Next::Name),
        (Next::Colon, TokenKind::Colon) => Some(Next::Value),
        (Next::Colon, _) => None,
        (Next::Value, TokenKind::Dollar) => Some(Next::Value),
        (Next::Value, _) if closes => None,
        (Next::Value, _) => Some(Next::Name),
    }
}

fn without_value(token: &Token<'_>, places: &Places) -> Refusal {
    let message = "syntax error: expected a name, a colon and a value";
    Refusal::new(Code::GraphqlParseFailed, message).at(Some(places.at(token.index())))
}

/// Whether `text` is the description of the definition that `token` begins, and `before` no part of that.
fn describes(before: Option<&Token<'_>>, text: Option<&Token<'_>>, token: &Token<'_>, open: &[Within]) -> bool {
    if text.is_none_or(|text| text.kind() != TokenKind::StringValue) {
        return false;
    }
    let before = before.map(Token::kind);
    match open {
        [] => {
            matches!(before, None | Some(TokenKind::RCurly))
                && matches!(token.data(), "query" | "mutation" | "subscription" | "fragment")
        }
        [Within::Variables] => before != Some(TokenKind::Eq) && token.kind() == TokenKind::Dollar,
        _ => false,
    }
}

/// Puts spaces in the place of a token, so that every other one stays where it is.
fn blank(text: &mut String, token: Option<&Token<'_>>) {
    if let Some(token) = token {
        let blank: String =
            token.data().bytes().map(|byte| if byte.is_ascii_whitespace() { char::from(byte) } else { ' ' }).collect();
        text.replace_range(token.index()..token.index() + token.data().len(), &blank);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> Option<String> {
        super::prepared(text, &Places::of(text)).ok().map(Cow::into_owned)
    }

    #[test]
    fn a_name_without_a_value_is_an_error() {
        for text in [
            "{ a(b: 1 c) }",
            "{ a(b c: 1) }",
            "{ a(b: {c: 1 d}) }",
            "{ a @b(c: true d) }",
            "{ a(b true) }",
            "{ a(b:) }",
        ] {
            assert_eq!(prepared(text), None, "{text}");
        }
        for text in [
            "query A($a: [Int!] = [1, {b: 2}], $c: I = {d: {e: $f}} @g(h: 1)) @i(j: [K]) { a(b: $c, d: E f: \"g\") { h } }",
            "{ a(b: [{c: D}, E], f: null) @g(h: $i) { ... on B @j(k: 1.5) { l } ...M } } fragment M on B { n }",
        ] {
            assert_eq!(prepared(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn descriptions_become_spaces_and_values_stay() {
        let text = "\"策\" query A(\"b\" $b: S = \"c\" \"\"\"d\n\"\"\" $d: S = \"e\") { a(b: \"query\") } \"\" fragment F on A { a }";
        let expected =
            "      query A(    $b: S = \"c\"     \n    $d: S = \"e\") { a(b: \"query\") }    fragment F on A { a }";
        assert_eq!(prepared(text).as_deref(), Some(expected));
        assert_eq!(text.len(), expected.len());
        assert_eq!(prepared("\"a\" { b }").as_deref(), Some("\"a\" { b }"), "what has no name is not described");
        let misplaced = "query \"x\" query { position }";
        assert_eq!(prepared(misplaced).as_deref(), Some(misplaced));
    }
}
