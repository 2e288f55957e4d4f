//! The texts of a revision: every field in which people write words, with its path, in a fixed order.
//!
//! What a kind has of its own is found by walking its record, so that a new kind is checked without a line here.

use serde_json::Value;

use super::digits::{self, Number};
use crate::content::body::Layout;
use crate::content::{AttachmentUse, ContentFields, ContentKind, LinkTarget};

/// Fields that exist to tell the public whom to call: numbers in them are meant to be read.
const CONTACTS: [&str; 3] = ["telephone", "supervision_telephone", "feedback"];

/// The text of a field.
#[derive(Debug)]
pub(super) struct FieldText {
    /// The field, outermost first.
    pub(super) path: Vec<String>,
    /// What it says.
    pub(super) text: String,
    /// Whether it is there to tell the public whom to call.
    pub(super) contact: bool,
    /// The numbers in it.
    pub(super) numbers: Vec<Number>,
}

/// What is read of a revision before rules look at it.
#[derive(Debug)]
pub(super) struct Texts {
    /// All texts, in the order in which findings are listed.
    pub(super) all: Vec<FieldText>,
    /// Digits of the numbers that the document has by itself: document number, filing number, codes.
    pub(super) own_numbers: Vec<String>,
}

/// A path of names.
pub(super) fn path(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

impl Texts {
    pub(super) fn of(fields: &ContentFields, body: &Layout) -> Self {
        let mut texts = Self { all: Vec::new(), own_numbers: Vec::new() };
        texts.add(path(&["title"]), &fields.title);
        for (name, text) in [("subtitle", &fields.subtitle), ("summary", &fields.summary)] {
            texts.maybe(path(&[name]), text.as_deref());
        }
        for (number, keyword) in fields.keywords.iter().enumerate() {
            texts.add(path(&["keywords", &number.to_string()]), keyword);
        }
        texts.add(path(&["source_name"]), &fields.source_name);
        for (name, text) in [("author", &fields.author), ("editor", &fields.editor)] {
            texts.maybe(path(&[name]), text.as_deref());
        }
        texts.add(path(&["body_html"]), &body.text);
        if let Some(cover) = &fields.cover {
            texts.attached(&path(&["cover"]), cover);
        }
        for (number, attached) in fields.attachments.iter().enumerate() {
            texts.attached(&path(&["attachments", &number.to_string()]), attached);
        }
        for (number, link) in fields.links.iter().enumerate() {
            let below = path(&["links", &number.to_string()]);
            if let LinkTarget::Page { title, .. } = &link.to {
                texts.add(below.clone(), title);
            }
            texts.maybe(joined(&below, "note"), link.note.as_deref());
        }
        for (number, entry) in fields.fields.iter().enumerate() {
            texts.walk(path(&["fields", &number.to_string()]), &entry.value);
        }
        // A record that cannot be written has no texts; these records always can.
        if let Ok(Value::Object(mut own)) = serde_json::to_value(&fields.details) {
            own.remove("kind");
            texts.walk(path(&["details", &kind_name(fields.details.kind())]), &Value::Object(own));
        }
        if let Some(origin) = &fields.origin {
            texts.own_numbers.extend(digits::numbers(&origin.id).into_iter().map(|number| number.digits));
        }
        texts
    }

    fn maybe(&mut self, path: Vec<String>, text: Option<&str>) {
        if let Some(text) = text {
            self.add(path, text);
        }
    }

    fn add(&mut self, path: Vec<String>, text: &str) {
        if text.is_empty() {
            return;
        }
        let numbers = digits::numbers(text);
        let name = path.last().map_or("", String::as_str);
        if path.first().is_some_and(|first| first == "details") && (name.ends_with("number") || name.ends_with("code"))
        {
            self.own_numbers.extend(numbers.iter().map(|number| number.digits.clone()));
        }
        let contact = CONTACTS.contains(&name);
        self.all.push(FieldText { path, text: text.to_owned(), contact, numbers });
    }

    fn attached(&mut self, below: &[String], attached: &AttachmentUse) {
        for (name, text) in [("name", &attached.name), ("alt", &attached.alt), ("caption", &attached.caption)] {
            self.maybe(joined(below, name), text.as_deref());
        }
    }

    fn walk(&mut self, path: Vec<String>, value: &Value) {
        match value {
            Value::String(text) => self.add(path, text),
            Value::Array(values) => {
                for (number, value) in values.iter().enumerate() {
                    self.walk(joined(&path, &number.to_string()), value);
                }
            }
            Value::Object(entries) => {
                // However the map keeps them: the order of findings must not depend on it.
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by_key(|(name, _)| *name);
                for (name, value) in entries {
                    self.walk(joined(&path, name), value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn joined(below: &[String], name: &str) -> Vec<String> {
    let mut path = below.to_vec();
    path.push(name.to_owned());
    path
}

/// A kind as paths name it.
pub(super) fn kind_name(kind: ContentKind) -> String {
    let name: &'static str = kind.into();
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Details, FieldEntry, LinkTo, ServiceDetails, ServicePlace, body};
    use crate::id::OrganisationId;
    use crate::link::LinkType;

    #[test]
    fn every_text_has_its_path() {
        let place =
            ServicePlace {
                name: "政务大厅".into(), telephone: Some("13800138000".into()), ..ServicePlace::default()
            };
        let service = ServiceDetails {
            service_code: Some("11341500003160432X".into()),
            conditions: Some("年满十八周岁".into()),
            places: vec![place],
            ..ServiceDetails::default()
        };
        let details = Details::ServiceGuide(Box::new(service));
        let mut fields = ContentFields::new("办理户口", OrganisationId(uuid::Uuid::nil()), details);
        fields.keywords = vec!["户口".into()];
        fields.body_html = "<p>一</p><p>二</p>".into();
        fields.links = vec![LinkTo {
            kind: LinkType::SeeAlso,
            to: LinkTarget::Page { title: "省厅".into(), url: "https://a.example/".into() },
            note: Some("备注".into()),
        }];
        fields.fields = vec![FieldEntry { key: "k".into(), value: serde_json::json!({"b": ["乙"], "a": "甲"}) }];
        let texts = Texts::of(&fields, &body::layout(&fields.body_html));
        let all: Vec<_> = texts.all.iter().map(|t| format!("{}={}", t.path.join("."), t.text)).collect();
        assert_eq!(
            all,
            [
                "title=办理户口",
                "keywords.0=户口",
                "body_html=一\n二",
                "links.0=省厅",
                "links.0.note=备注",
                "fields.0.a=甲",
                "fields.0.b.0=乙",
                "details.service_guide.conditions=年满十八周岁",
                "details.service_guide.places.0.address=",
                "details.service_guide.places.0.name=政务大厅",
                "details.service_guide.places.0.telephone=13800138000",
                "details.service_guide.service_code=11341500003160432X",
            ]
            .into_iter()
            .filter(|line| !line.ends_with('='))
            .collect::<Vec<_>>()
        );
        let contacts: Vec<_> = texts.all.iter().filter(|t| t.contact).map(|t| &*t.text).collect();
        assert_eq!(contacts, ["13800138000"]);
        assert_eq!(texts.own_numbers, ["11341500003160432X"]);
    }
}
