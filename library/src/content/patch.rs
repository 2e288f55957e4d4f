//! What of a content an editor changes: the fields that were given, over those that are there.
//!
//! A merge patch (RFC 7396) over the revision's document: what is not named stays, null removes. So a field of a revision
//! needs no line here.

use serde_json::{Map, Value as Json};

use super::check::invalid;
use super::description::Description;
use super::{ContentFields, ContentKind};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text::camel;

/// The fields of a content that are given, by their names in the revision's document; what a kind alone has stands in
/// `details` under the name of the kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContentPatch(pub Map<String, Json>);

impl ContentPatch {
    /// The fields with what is given in the place of what was there.
    ///
    /// # Errors
    /// Refuses details of another kind, and what a field cannot hold.
    pub(super) fn apply(&self, fields: &ContentFields) -> Result<ContentFields> {
        let kind = fields.details.kind();
        let of_description = match serde_json::to_value(Description::default())? {
            Json::Object(names) => names,
            _ => Map::new(),
        };
        let mut document = serde_json::to_value(fields)?;
        for (name, given) in &self.0 {
            match name.as_str() {
                "details" => merge(&mut document["details"], &own(given, kind)?),
                name if of_description.contains_key(name) => set(&mut document["description"], name, given),
                name => set(&mut document, name, given),
            }
        }
        serde_json::from_value(document).map_err(|error| {
            let refusal = Refusal::new(RefusalCode::Invalid, "content", "有字段为空或格式不正确", error.to_string());
            refusal.hinting("必填字段不能置空", "a field that must be there cannot be set to null").into()
        })
    }
}

/// What is given for the kind's own fields.
fn own(given: &Json, kind: ContentKind) -> Result<Json> {
    let name: &str = kind.into();
    match given.as_object().and_then(|kinds| kinds.iter().next()) {
        Some((other, _)) if !other.eq_ignore_ascii_case(name) => {
            Err(invalid("content.details", "与信息类型不符", "of another kind").into())
        }
        Some((_, own)) => Ok(own.clone()),
        None => Ok(Json::Object(Map::new())),
    }
}

fn set(into: &mut Json, name: &str, given: &Json) {
    if let Json::Object(fields) = into {
        match given {
            Json::Null => drop(fields.remove(name)),
            given => drop(fields.insert(name.to_owned(), given.clone())),
        }
    }
}

/// Names of the first level alone: a list or an object that is given stands for the whole.
fn merge(into: &mut Json, given: &Json) {
    if let Json::Object(given) = given {
        for (name, value) in given {
            set(into, name, value);
        }
    }
}

/// The fields in which two revisions differ, as clients name them.
pub(super) fn changed(before: &ContentFields, after: &ContentFields) -> Result<Vec<String>> {
    let (before, after) = (flat(before)?, flat(after)?);
    let mut names: Vec<_> =
        before.keys().chain(after.keys()).filter(|name| before.get(*name) != after.get(*name)).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.into_iter().map(|name| camel(name)).collect())
}

/// The document with its description and details among the rest.
fn flat(fields: &ContentFields) -> Result<Map<String, Json>> {
    let mut flat = Map::new();
    if let Json::Object(document) = serde_json::to_value(fields)? {
        for (name, value) in document {
            match (name.as_str(), value) {
                ("description", Json::Object(inner)) => flat.extend(inner),
                ("details", Json::Object(inner)) => {
                    flat.extend(inner.into_iter().map(|(name, value)| (format!("details.{name}"), value)));
                }
                ("format", _) => {}
                (_, value) => drop(flat.insert(name, value)),
            }
        }
    }
    Ok(flat)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::content::{Details, PolicyDetails};
    use crate::id::OrganisationId;

    fn policy() -> ContentFields {
        let own = PolicyDetails { document_number: Some("云建发〔2026〕1号".into()), ..PolicyDetails::default() };
        let mut fields = ContentFields::new("标题", OrganisationId(uuid::Uuid::nil()), Details::Policy(Box::new(own)));
        fields.description.subtitle = Some("副标题".into());
        fields
    }

    fn patch(given: Json) -> ContentPatch {
        match given {
            Json::Object(map) => ContentPatch(map),
            _ => ContentPatch::default(),
        }
    }

    #[test]
    fn what_is_given_stands_and_the_rest_stays() {
        let before = policy();
        let given = json!({"title": "新标题", "subtitle": null, "body_html": "<p>正文</p>", "details": {"policy": {"signer": "王某"}}});
        let after = patch(given).apply(&before).expect("applied");
        assert_eq!((after.title.as_str(), after.subtitle.as_deref()), ("新标题", None));
        let Details::Policy(own) = &after.details else { panic!("a policy") };
        assert_eq!(own.signer.as_deref(), Some("王某"));
        assert_eq!(own.document_number.as_deref(), Some("云建发〔2026〕1号"));
        let names = changed(&before, &after).expect("names");
        assert_eq!(names, ["bodyHtml", "details.signer", "subtitle", "title"]);
    }

    #[test]
    fn another_kind_and_what_cannot_be_removed_are_refused() {
        let notice = json!({"details": {"notice": {"feedback": "电话"}}});
        assert!(patch(notice).apply(&policy()).is_err());
        assert!(patch(json!({"publisher": null})).apply(&policy()).is_err());
        assert!(patch(json!({"tags": [{"tag": "no id"}]})).apply(&policy()).is_err());
    }
}
