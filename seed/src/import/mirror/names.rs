//! Names of the other side as this library has them: organisations and tags come with code and name, of which one may be known.

use library::content::ContentKind;
use serde_json::{Map as Fields, Value};

use crate::import::native::Refer;

/// The fields in which what the library does not know is left out, and told.
pub(super) const LEFT_OUT: [&str; 13] = [
    "publisher",
    "tags",
    "themes",
    "genres",
    "audiences",
    "lifeStages",
    "documentType",
    "specialClass",
    "statutoryCategory",
    "materialKind",
    "category",
    "responsible",
    "authority",
];

/// Puts codes or names for objects that have both.
pub(super) fn settle(record: &mut Fields<String, Value>, refer: &Refer) {
    let organisation = |text: &str| refer.organisation(text).is_some();
    for field in ["publisher", "responsible", "authority"] {
        if let Some(value) = record.get_mut(field) {
            *value = known(value, &organisation);
        }
    }
    // What issued a document and is not here is kept by its name.
    if let Some(Value::Array(issuers)) = record.get_mut("issuers") {
        issuers.iter_mut().for_each(|issuer| *issuer = known(issuer, &organisation));
    }
    if let Some(Value::Array(tags)) = record.get_mut("tags") {
        tags.iter_mut().for_each(|tag| *tag = known(tag, &|text| refer.tag(text).is_some()));
    }
}

/// The code if that is known, else the name.
fn known(value: &Value, is_known: &dyn Fn(&str) -> bool) -> Value {
    let Value::Object(named) = value else { return value.clone() };
    let text = |key: &str| named.get(key).and_then(Value::as_str).unwrap_or_default();
    let code = text("code");
    let name = text("name");
    if (!code.is_empty() && is_known(code)) || name.is_empty() { code.into() } else { name.into() }
}

/// The kind that a record says.
pub(super) fn kind(record: &Fields<String, Value>) -> Option<ContentKind> {
    record.get("kind")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_known_code_wins_and_else_the_name_stands() {
        let both = json!({"code": "wjw", "name": "卫健委"});
        assert_eq!(known(&both, &|text| text == "wjw"), "wjw");
        assert_eq!(known(&both, &|_| false), "卫健委");
        assert_eq!(known(&json!("already"), &|_| false), "already");
    }
}
