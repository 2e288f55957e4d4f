//! Breaks questions: tokens dropped, doubled, swapped and replaced, text cut off, variables of another form, bytes
//! turned over. What comes out may by chance be valid; nobody relies on it.

use serde_json::{Value as Json, json};

use super::Question;
use crate::oracle::deeds::Dice;

/// Tokens and names that belong somewhere, and mostly elsewhere.
const TOKENS: [&str; 34] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "|",
    "&",
    "@",
    "$",
    "...",
    "on",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "null",
    "true",
    "__typename",
    "__schema",
    "__type",
    "nothing",
    "Query",
    "Content",
    "id",
    "1",
    "-1.5e300",
    "\"text\"",
    "\"\"\"block\"\"\"",
    "$v1",
    "@skip(if: true)",
];

/// The tokens of a document, more or less: a text is one, a name or number is one, so is every other character.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let (mut in_text, mut escaped) = (false, false);
    for letter in text.chars() {
        let joins = in_text
            || (is_word(letter) && tokens.last().is_some_and(|last| last.ends_with(is_word)))
            || (letter == '.' && tokens.last().is_some_and(|last| last == "." || last == ".."));
        match tokens.last_mut() {
            Some(last) if joins => last.push(letter),
            _ => tokens.push(letter.to_string()),
        }
        if letter == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = in_text && letter == '\\' && !escaped;
    }
    tokens.retain(|token| !token.trim().is_empty());
    tokens
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Breaks the text of the document in one or two places.
pub fn text(question: Question, dice: &mut Dice) -> Question {
    let mut tokens = tokens(&question.query);
    // Mostly one place: what is broken in several is mostly no document any more.
    for _ in 0..=dice.below(6) / 4 {
        if tokens.is_empty() {
            break;
        }
        let at = dice.below(tokens.len());
        match dice.below(14) {
            0 | 1 => drop(tokens.remove(at)),
            2 => tokens.insert(at, tokens[at].clone()),
            3 => {
                let other = dice.below(tokens.len());
                tokens.swap(at, other);
            }
            4 => tokens[at] = (*dice.of(&TOKENS)).to_owned(),
            5 => tokens.insert(at, (*dice.of(&TOKENS)).to_owned()),
            // A name that nobody has, or that belongs elsewhere.
            6..=12 => {
                let names: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].starts_with(is_word)).collect();
                if !names.is_empty() {
                    let name = *dice.of(&names);
                    match dice.below(3) {
                        0 => tokens[name].push('x'),
                        // Another name of the same document.
                        1 => tokens[name] = tokens[*dice.of(&names)].clone(),
                        _ => tokens[name] = (*dice.of(&TOKENS)).to_owned(),
                    }
                }
            }
            _ => tokens.truncate(at),
        }
    }
    let mut query = tokens.join(" ");
    if dice.below(10) == 0 {
        let end = dice.below(query.len() + 1);
        query.truncate(query.floor_char_boundary(end));
    }
    Question { query, ..question }
}

/// Gives the variables another form.
pub fn variables(question: Question, dice: &mut Dice) -> Question {
    let mut variables = question.variables;
    let strange = |dice: &mut Dice| match dice.below(9) {
        0 => Json::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1e300),
        4 => json!("\u{0}"),
        5 => json!([]),
        6 => json!([[[{"a": [null]}]]]),
        7 => json!({"a": 1, "b": null}),
        _ => json!("nothing"),
    };
    let names: Vec<String> = variables.as_object().map(|own| own.keys().cloned().collect()).unwrap_or_default();
    if names.is_empty() {
        // None are wanted: one is used all the same.
        let query = question.query.replacen("first: ", "first: $unknown ", 1);
        return Question { query, variables: strange(dice), ..question };
    }
    for _ in 0..=dice.below(2) {
        let name = dice.of(&names).clone();
        match dice.below(4) {
            0 => drop(variables.as_object_mut().map(|own| own.remove(&name))),
            1 => variables[format!("{name}x")] = strange(dice),
            _ => variables[name] = strange(dice),
        }
    }
    Question { variables, ..question }
}

/// Turns over, drops and inserts bytes.
pub fn bytes(mut body: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..=dice.below(4) {
        if body.is_empty() {
            break;
        }
        let at = dice.below(body.len());
        let byte = u8::try_from(dice.below(256)).unwrap_or(0);
        match dice.below(5) {
            0 => body[at] = byte,
            1 => body[at] ^= 1 << dice.below(8),
            2 => drop(body.remove(at)),
            3 => body.insert(at, byte),
            _ => body.truncate(at),
        }
    }
    body
}
