//! Values as JSON. A value that is JSON already travels as `Value::Binary`, which no type of the contract uses.
//!
//! Only bytes are known here, no types.

use async_graphql::{Response, Value};

/// The body of an answer.
///
/// # Errors
/// Those of the JSON library, which has none for what an answer holds.
pub(crate) fn body(response: &Response) -> serde_json::Result<Vec<u8>> {
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
