//! What is bounded in the text itself, before any parser recurses over it.

use apollo_parser::{Lexer, TokenKind};

use crate::limits::{Limit, Limits};
use crate::refusal::{Refusal, require};

/// Bounds bytes, tokens and brackets within brackets, in one pass.
pub fn require_bounded(text: &str, limits: &Limits) -> Result<(), Refusal> {
    require(Limit::QueryBytes, limits, text.len() as u64)?;
    let (mut tokens, mut open, mut deepest) = (0_u64, 0_u64, 0_u64);
    for token in Lexer::new(text) {
        // What is no token is the parser's to report, and work for it all the same.
        let Ok(token) = token else {
            tokens += 1;
            continue;
        };
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Comma | TokenKind::Eof => continue,
            TokenKind::LCurly | TokenKind::LBracket | TokenKind::LParen => {
                open += 1;
                deepest = deepest.max(open);
            }
            TokenKind::RCurly | TokenKind::RBracket | TokenKind::RParen => open = open.saturating_sub(1),
            _ => {}
        }
        tokens += 1;
    }
    require(Limit::Tokens, limits, tokens)?;
    require(Limit::Nesting, limits, deepest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(text: &str, limits: &Limits) -> Option<(Limit, u64)> {
        require_bounded(text, limits).err().and_then(|refusal| refusal.exceeded).map(|e| (e.limit, e.found))
    }

    #[test]
    fn bytes_tokens_and_brackets_are_counted() {
        let limits = Limits::default().with(Limit::QueryBytes, 40).with(Limit::Tokens, 6).with(Limit::Nesting, 2);
        assert_eq!(exceeded("{ a, b # {{{{\n c d }", &limits), None);
        assert_eq!(exceeded("{ a b c d e }", &limits), Some((Limit::Tokens, 7)));
        assert_eq!(exceeded("{a(b:[[", &limits), Some((Limit::Tokens, 7)));
        assert_eq!(exceeded("{a{b{", &limits), Some((Limit::Nesting, 3)));
        assert_eq!(exceeded("{a(b:\"{{{{\"", &limits), None);
        assert_eq!(exceeded("\0\0\0\0\0\0\0", &limits), Some((Limit::Tokens, 7)));
        assert_eq!(exceeded(&" ".repeat(41), &limits), Some((Limit::QueryBytes, 41)));
    }
}
