//! Values as JSON. A value that is JSON already travels as `Value::Binary`, which no type of the contract uses.
//!
//! Only bytes are known here, no types.

use async_graphql::{Response, Value};

/// The body of an answer.
///
/// # Errors
/// Those of the JSON library, which has none for what an answer holds.
fn body(response: &Response) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(1024);
    text.extend_from_slice(b"{\"data\":");
    value(&mut text, &response.data)?;
    if !response.extensions.is_empty() {
        text.extend_from_slice(b",\"extensions\":");
        serde_json::to_writer(&mut text, &response.extensions)?;
    }
    if !response.errors.is_empty() {
        text.extend_from_slice(b",\"errors\":");
        serde_json::to_writer(&mut text, &response.errors)?;
    }
    text.push(b'}');
    Ok(text)
}

/// The same if it has at most `most` bytes, else nothing: then it is mostly not even put together.
///
/// # Errors
/// As [`body`].
pub(crate) fn body_within(response: &Response, most: u64) -> serde_json::Result<Option<Vec<u8>>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    // Without its signs and escapes.
    if holds(&response.data) > most {
        return Ok(None);
    }
    Ok(Some(body(response)?).filter(|text| text.len() <= most))
}

/// The bytes of what a value holds at least when it is written.
fn holds(value: &Value) -> usize {
    match value {
        Value::Binary(json) => json.len(),
        Value::String(words) => words.len(),
        Value::List(items) => items.iter().map(holds).sum(),
        Value::Object(members) => members.iter().map(|(key, member)| key.len() + holds(member)).sum(),
        _ => 1,
    }
}

/// Writes the name of a member, after a comma where it is not the first. Names of GraphQL need no escape.
pub(crate) fn name(text: &mut Vec<u8>, name: &str) {
    if text.last() != Some(&b'{') {
        text.push(b',');
    }
    text.push(b'"');
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"\":");
}

/// Writes a value; answers how many of its bytes were written before.
pub(crate) fn value(text: &mut Vec<u8>, written: &Value) -> serde_json::Result<usize> {
    let mut before = 0;
    match written {
        Value::Binary(json) => {
            text.extend_from_slice(json);
            before = json.len();
        }
        Value::List(items) => {
            text.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(b',');
                }
                before += value(text, item)?;
            }
            text.push(b']');
        }
        Value::Object(members) => {
            text.push(b'{');
            for (key, member) in members {
                name(text, key);
                before += value(text, member)?;
            }
            text.push(b'}');
        }
        Value::String(words) => serde_json::to_writer(text, words)?,
        Value::Enum(word) => serde_json::to_writer(text, word.as_str())?,
        Value::Number(number) => serde_json::to_writer(text, number)?,
        Value::Boolean(true) => text.extend_from_slice(b"true"),
        Value::Boolean(false) => text.extend_from_slice(b"false"),
        Value::Null => text.extend_from_slice(b"null"),
    }
    Ok(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_whole_or_not_there() {
        let words = Value::List(vec![Value::String("云泽\n\"".repeat(20)), Value::Null]);
        let made = Value::Binary(bytes::Bytes::from_static(b"{\"a\":1}"));
        for data in [words, made, Value::Null] {
            let response = Response::new(data);
            let whole = body(&response).expect("JSON");
            let most = whole.len() as u64;
            assert_eq!(body_within(&response, most).expect("JSON").as_ref(), Some(&whole));
            assert_eq!(body_within(&response, most - 1).expect("JSON"), None);
            assert_eq!(body_within(&response, 0).expect("JSON"), None);
            assert!(holds(&response.data) <= whole.len());
        }
    }
}
