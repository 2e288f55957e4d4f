//! The scalars of the contract, and the few steps between them and the library's values.
//!
//! A scalar checks the form of what comes in and nothing more: whether a value may be used is a rule of the library.

use std::str::FromStr;

use async_graphql::{
    Error, ErrorExtensions as _, ID, InputValueError, InputValueResult, Result, Scalar, ScalarType, Value,
};
use chrono::NaiveDate;
use serde::Serialize;

/// An instant with its offset (RFC 3339).
pub type DateTime = chrono::DateTime<chrono::Utc>;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Date(pub NaiveDate);

/// A calendar date without a time, `YYYY-MM-DD` (日期; GB/T 7408, ISO 8601). It begins at midnight in Asia/Shanghai.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() == 10 => Ok(Self(NaiveDate::parse_from_str(text, "%Y-%m-%d")?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// A web address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Url(pub String);

/// An absolute web address (网址). Addresses that are given are checked by the deed that keeps them.
#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A piece of a web page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Html(pub String);

/// A piece of a web page (HTML 片段). What is answered has been cleaned by the library: no scripts, no styles from outside.
#[Scalar(name = "HTML", specified_by_url = "https://html.spec.whatwg.org/")]
impl ScalarType for Html {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Any JSON value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Json(pub serde_json::Value);

/// Any JSON value (任意 JSON 值), given and answered as it is, not as text.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// A file that comes with its request; what stands in its place in the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload(pub String);

/// A file that is sent in the same request (随请求上传的文件), by the GraphQL multipart request specification. See
/// docs/files.md.
#[Scalar(name = "Upload", specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// The identifier of one noun that a client gave.
///
/// # Errors
/// `BAD_USER_INPUT` if the text is malformed or identifies another noun.
pub fn id<T: FromStr>(given: &ID) -> Result<T> {
    given.0.parse().map_err(|_| bad_input("not an identifier of this kind"))
}

/// The identifier that a client may have given.
///
/// # Errors
/// As [`id`].
pub fn optional_id<T: FromStr>(given: Option<&ID>) -> Result<Option<T>> {
    given.map(id).transpose()
}

/// An error that is the client's to mend.
pub fn bad_input(message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}

/// A record that another one names and that the library therefore has.
///
/// # Errors
/// `INTERNAL` if it is missing all the same; the log names it by `noun`.
pub fn kept<T>(found: Option<T>, noun: &str) -> Result<T> {
    found.ok_or_else(|| crate::error(library::Error::Database(format!("a record names a missing {noun}"))))
}

/// A number as GraphQL's `Int` holds it: 32 bits, the nearest for larger ones.
pub fn int(number: impl TryInto<i64>) -> i32 {
    let number = number.try_into().unwrap_or(i64::MAX);
    i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })
}

/// How many items of a plain list are asked for: 10 where null is given.
///
/// # Errors
/// `BAD_USER_INPUT` unless it lies between 0 and 100.
pub fn first(first: Option<i32>) -> Result<usize> {
    let paging = library::Paging::<()>::of(first.or(Some(10)), None, None, None, None);
    Ok(paging.map_err(crate::error)?.size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use library::id::{SiteId, TagId};

    #[test]
    fn an_identifier_of_another_noun_is_refused_with_a_code() {
        let given = ID("site_01h455vb4pex5vsknk084sn02q".to_owned());
        assert!(id::<SiteId>(&given).is_ok());
        let refused = id::<TagId>(&given).expect_err("another noun");
        let code = refused.extensions.as_ref().and_then(|extensions| extensions.get("code")).cloned();
        assert_eq!(code, Some(Value::from("BAD_USER_INPUT")));
    }

    #[test]
    fn a_date_has_ten_characters_and_exists() {
        assert!(Date::parse(Value::from("2024-02-29")).is_ok());
        assert!(Date::parse(Value::from("2023-02-29")).is_err());
        assert!(Date::parse(Value::from("2024-2-29")).is_err());
    }

    #[test]
    fn a_number_too_large_for_int_becomes_the_nearest() {
        assert_eq!(int(7_i64), 7);
        assert_eq!(int(i64::MAX), i32::MAX);
        assert_eq!(int(i64::MIN), i32::MIN);
        assert_eq!(int(u64::MAX), i32::MAX);
    }
}
