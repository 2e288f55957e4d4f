//! A GraphQL question as it arrives: as JSON in a body, or as parameters of an address.
//!
//! Everything is checked by hand, so that what is wrong is said in plain words and never in those of a parser.

use async_graphql::parser::types::{DocumentOperations, OperationType};
use async_graphql::{Request, Variables};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::Refused;

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
    Err(Refused {
        status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
        code: "UNSUPPORTED_MEDIA_TYPE",
        message: "A question is sent as application/json in UTF-8.".to_owned(),
    })
}

/// The question in a body.
pub fn of_body(body: &[u8]) -> Result<Request, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::bad_request("The body is not UTF-8 text."))?;
    match json("The body", text)? {
        Value::Object(members) => of_members(members),
        Value::Array(_) => Err(Refused::bad_request("Batches are not supported; send one question at a time.")),
        _ => Err(Refused::bad_request("The body must be a JSON object.")),
    }
}

/// The question in the parameters of an address.
pub fn of_parameters(parameters: Vec<(String, String)>) -> Result<Request, Refused> {
    let mut members = Map::new();
    for (name, text) in parameters {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(text),
            "variables" | "extensions" if text.is_empty() => Value::Null,
            "variables" | "extensions" => json(&format!("The parameter `{name}`"), &text)?,
            _ => continue,
        };
        if members.insert(name.clone(), value).is_some() {
            return Err(Refused::bad_request(format!("The parameter `{name}` is given twice.")));
        }
    }
    if members.get("operationName").is_some_and(|name| name == "") {
        members.remove("operationName");
    }
    of_members(members)
}

/// Refuses anything but a query: a GET changes nothing, and others may repeat it.
pub fn require_query(request: &mut Request) -> Result<(), Refused> {
    let name = request.operation_name.clone();
    // What cannot be parsed is reported by the execution, with its place.
    let Ok(document) = request.parsed_query() else {
        return Ok(());
    };
    let kind = match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation.node.ty),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name.as_str()).map(|operation| operation.node.ty)
        }
        (DocumentOperations::Multiple(_), None) => None,
    };
    if kind.is_none_or(|kind| kind == OperationType::Query) {
        return Ok(());
    }
    Err(Refused {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "METHOD_NOT_ALLOWED",
        message: "Only queries are answered to GET; send this operation with POST.".to_owned(),
    })
}

fn json(what: &str, text: &str) -> Result<Value, Refused> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refused::bad_request(format!("{what} is not valid JSON (line {line}, column {column})."))
    })
}

fn of_members(mut members: Map<String, Value>) -> Result<Request, Refused> {
    let query = match members.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) => return Err(Refused::bad_request("`query` is missing.")),
        Some(_) => return Err(Refused::bad_request("`query` must be a text.")),
    };
    let mut request = Request::new(query);
    match members.remove("operationName") {
        None | Some(Value::Null) => {}
        Some(Value::String(name)) => request = request.operation_name(name),
        Some(_) => return Err(Refused::bad_request("`operationName` must be a text.")),
    }
    match members.remove("variables") {
        None | Some(Value::Null) => {}
        Some(variables @ Value::Object(_)) => request = request.variables(Variables::from_json(variables)),
        Some(_) => return Err(Refused::bad_request("`variables` must be an object.")),
    }
    match members.remove("extensions") {
        None | Some(Value::Null) => {}
        Some(Value::Object(extensions)) => {
            for (name, value) in extensions {
                let value = async_graphql::Value::from_json(value)
                    .map_err(|_| Refused::bad_request("`extensions` must hold plain JSON."))?;
                request.extensions.insert(name, value);
            }
        }
        Some(_) => return Err(Refused::bad_request("`extensions` must be an object.")),
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> String {
        of_body(body.as_bytes()).err().map(|refused| refused.message).unwrap_or_default()
    }

    #[test]
    fn a_malformed_question_is_refused_in_plain_words() {
        assert_eq!(refusal("{"), "The body is not valid JSON (line 1, column 1).");
        assert_eq!(refusal("[]"), "Batches are not supported; send one question at a time.");
        assert_eq!(refusal("1"), "The body must be a JSON object.");
        assert_eq!(refusal("{}"), "`query` is missing.");
        assert_eq!(refusal(r#"{"query":1}"#), "`query` must be a text.");
        assert_eq!(refusal(r#"{"query":"{a}","variables":[]}"#), "`variables` must be an object.");
        assert_eq!(refusal(r#"{"query":"{a}","operationName":1}"#), "`operationName` must be a text.");
        assert_eq!(refusal(r#"{"query":"\ud800"}"#), "The body is not valid JSON (line 1, column 17).");
        assert!(of_body(b"\xff").is_err());
        assert!(of_body(br#"{"query":"{a}","variables":null,"operationName":null,"extensions":null}"#).is_ok());
    }

    #[test]
    fn a_get_asks_and_does_not_act() {
        let ask = |query: &str, name: Option<&str>| {
            let mut parameters = vec![("query".to_owned(), query.to_owned()), ("utm".to_owned(), "x".to_owned())];
            parameters.extend(name.map(|name| ("operationName".to_owned(), name.to_owned())));
            of_parameters(parameters)
                .and_then(|mut request| require_query(&mut request))
                .map_err(|refused| refused.code)
        };
        assert_eq!(ask("{ a }", None), Ok(()));
        assert_eq!(ask("mutation { a }", None), Err("METHOD_NOT_ALLOWED"));
        assert_eq!(ask("query A { a } mutation B { a }", Some("A")), Ok(()));
        assert_eq!(ask("query A { a } mutation B { a }", Some("B")), Err("METHOD_NOT_ALLOWED"));
        assert_eq!(ask("{ a", None), Ok(()));
        assert!(of_parameters(vec![("query".into(), "{a}".into()), ("query".into(), "{b}".into())]).is_err());
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
