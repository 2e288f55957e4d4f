//! A GraphQL question as it arrives: as JSON in a body, or as parameters of an address.
//!
//! Everything is checked by hand, so that what is wrong is said in plain words and never in those of a parser.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, StatusCode, header};
use operation::{Limit, Limits, Question};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Refused;
use super::persisted::Persisted;

/// Refuses a body that does not say that it is JSON: the guard against forms of foreign pages.
pub fn require_json(headers: &HeaderMap) -> Result<(), Refused> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let is_json = parts.next().as_deref() == Some("application/json");
    let other_charset =
        |part: &String| part.strip_prefix("charset=").is_some_and(|charset| charset.trim_matches('"') != "utf-8");
    if is_json && !parts.any(|part| other_charset(&part)) {
        return Ok(());
    }
    let message = "A question is sent as application/json in UTF-8.";
    Err(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message))
}

/// The question in a body.
pub fn of_body(body: &[u8], limits: &Limits, kept: &Persisted) -> Result<Question, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::bad_request("The body is not UTF-8 text."))?;
    require_shallow(text, limits)?;
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'[') => return Err(Refused::bad_request("Batches are not supported; send one question at a time.")),
        Some(b'{') | None => {}
        // What is no JSON at all is reported as such.
        Some(_) => {
            parsed::<Value>("The body", text)?;
            return Err(Refused::bad_request("The body must be a JSON object."));
        }
    }
    of_members(&parsed("The body", text)?, limits, kept)
}

/// The question in the parameters of an address.
pub fn of_parameters(
    parameters: Vec<(String, String)>,
    limits: &Limits,
    kept: &Persisted,
) -> Result<Question, Refused> {
    let mut texts = BTreeMap::new();
    for (name, text) in parameters {
        let text = match name.as_str() {
            "operationName" | "variables" | "extensions" if text.is_empty() => "null".to_owned(),
            "query" | "operationName" => Value::String(text).to_string(),
            "variables" | "extensions" => {
                require_shallow(&text, limits)?;
                text
            }
            _ => continue,
        };
        if let Some((name, _)) = texts.get_key_value(&name) {
            return Err(Refused::bad_request(format!("The parameter `{name}` is given twice.")));
        }
        texts.insert(name, text);
    }
    let mut members = BTreeMap::new();
    for (name, text) in &texts {
        members.insert(name.clone(), parsed(&format!("The parameter `{name}`"), text)?);
    }
    of_members(&members, limits, kept)
}

fn parsed<'a, T: serde::Deserialize<'a>>(what: &str, text: &'a str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refused::bad_request(format!("{what} is not valid JSON (line {line}, column {column})."))
    })
}

/// Refuses lists and objects that lie too deep within each other, before a parser recurses over them.
fn require_shallow(text: &str, limits: &Limits) -> Result<(), Refused> {
    let (mut open, mut in_text, mut escaped) = (0_u64, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                open += 1;
                require(Limit::JsonNesting, limits, open)?;
            }
            b']' | b'}' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn require(limit: Limit, limits: &Limits, found: u64) -> Result<(), Refused> {
    let most = limits.most(limit);
    if found > most { Err(Refused::exceeded(StatusCode::BAD_REQUEST, limit.name(), most)) } else { Ok(()) }
}

fn of_members(members: &BTreeMap<String, &RawValue>, limits: &Limits, kept: &Persisted) -> Result<Question, Refused> {
    let member = |name: &str| members.get(name).map_or("null", |raw| raw.get());
    let text = |name: &str| match parsed::<Value>(&format!("`{name}`"), member(name))? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(Refused::bad_request(format!("`{name}` must be a text."))),
    };
    let object = |name: &str| match parsed::<Value>(&format!("`{name}`"), member(name))? {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members),
        _ => Err(Refused::bad_request(format!("`{name}` must be an object."))),
    };
    require(Limit::VariablesBytes, limits, member("variables").len() as u64)?;
    // Each byte may be written as an escape of six; what is longer is not decoded.
    require(Limit::QueryBytes, limits, member("query").len() as u64 / 6)?;
    let query = text("query")?;
    let operation_name = text("operationName")?;
    let variables = object("variables")?;
    if !matches!(member("extensions").trim_ascii_start().as_bytes().first(), Some(b'{' | b'n')) {
        return Err(Refused::bad_request("`extensions` must be an object."));
    }
    let query = kept.text(query, member("extensions"))?;
    Ok(Question { query, operation_name, variables, reads_only: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        of_body(body.as_bytes(), &Limits::default(), &Persisted::default())
            .err()
            .map(|refused| refused.message)
            .unwrap_or_default()
    }

    #[test]
    fn a_malformed_question_is_refused_in_plain_words() {
        assert_eq!(refusal("{"), "The body is not valid JSON (line 1, column 1).");
        assert_eq!(refusal(""), "The body is not valid JSON (line 1, column 0).");
        assert_eq!(refusal("{} x"), "The body is not valid JSON (line 1, column 4).");
        assert_eq!(refusal("nul"), "The body is not valid JSON (line 1, column 3).");
        assert_eq!(refusal(" [{\"query\": \"{a}\"}]"), "Batches are not supported; send one question at a time.");
        assert_eq!(refusal("1"), "The body must be a JSON object.");
        assert_eq!(refusal("{}"), "`query` is missing.");
        assert_eq!(refusal(r#"{"query":null}"#), "`query` is missing.");
        assert_eq!(refusal(r#"{"query":1}"#), "`query` must be a text.");
        assert_eq!(refusal(r#"{"query":"{a}","variables":[]}"#), "`variables` must be an object.");
        assert_eq!(refusal(r#"{"query":"{a}","operationName":1}"#), "`operationName` must be a text.");
        assert_eq!(refusal(r#"{"query":"{a}","extensions": []}"#), "`extensions` must be an object.");
        assert!(refusal(r#"{"query":"\ud800"}"#).contains("is not valid JSON"));
        assert!(of_body(b"\xff", &Limits::default(), &Persisted::default()).is_err());
        assert_eq!(refusal(r#"{"query":"{a}","variables":null,"operationName":null,"extensions":null}"#), "");
    }

    #[test]
    fn what_is_deep_or_long_is_refused_before_it_is_parsed() {
        let limits = Limits::default().with(Limit::JsonNesting, 4).with(Limit::VariablesBytes, 30);
        let ask = |variables: &str| {
            let body = format!(r#"{{"query":"{{a}}","variables":{variables}}}"#);
            of_body(body.as_bytes(), &limits, &Persisted::default()).err().and_then(|refused| refused.limit)
        };
        assert_eq!(ask(r#"{"a":[[]]}"#), None);
        assert_eq!(ask(r#"{"a":[[[]]]}"#), Some(("json_nesting", 4)));
        assert_eq!(ask(r#"{"a":"[[[[\"[[["}"#), None);
        assert_eq!(ask(r#"{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaa"}"#), Some(("variables_bytes", 30)));
    }

    #[test]
    fn parameters_are_read_once_each() {
        let limits = Limits::default();
        let of = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            of_parameters(pairs.collect(), &limits, &Persisted::default())
        };
        let question = of(&[("query", "{ a }"), ("operationName", ""), ("variables", "{\"a\":1}"), ("utm", "x")]);
        let question = question.expect("a question");
        assert_eq!((question.query.as_str(), question.operation_name), ("{ a }", None));
        assert_eq!(question.variables["a"], 1);
        assert!(of(&[("query", "{a}"), ("query", "{b}")]).is_err());
        assert!(of(&[("query", "{a}"), ("variables", "{")]).is_err());
        assert!(of(&[]).is_err());
    }

    #[test]
    fn only_json_passes_the_door() {
        let ask = |content_type: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a header"));
            require_json(&headers).is_ok()
        };
        assert!(ask("application/json") && ask("Application/JSON; charset=UTF-8"));
        assert!(
            !ask("text/plain") && !ask("application/x-www-form-urlencoded") && !ask("application/json; charset=gbk")
        );
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
