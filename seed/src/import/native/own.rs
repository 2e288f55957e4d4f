//! What one kind alone has, field by field: names as identifiers, dates in the library's form.

use library::code::CodeList;
use library::content::{ContentKind, Details};
use serde_json::{Map, Value};

use super::parts::{FilePlace, WantedFile};
use super::{Taken, Taking, snake_names, texts};
use crate::import::moment::date;
use crate::import::outcome::ImportTrouble;

/// The names of the fields that a kind alone has, as the library has them.
pub(super) fn names(kind: ContentKind) -> Vec<String> {
    match serde_json::to_value(Details::bare(kind)) {
        Ok(Value::Object(fields)) => fields.into_iter().map(|(name, _)| name).filter(|name| name != "kind").collect(),
        _ => Vec::new(),
    }
}

/// The list whose codes a field holds.
pub(super) fn code_list(kind: ContentKind, name: &str) -> Option<CodeList> {
    Some(match name {
        "themes" => CodeList::Theme,
        "genres" => CodeList::Genre,
        "audiences" => CodeList::Audience,
        "lifeStages" => CodeList::LifeStage,
        "documentType" => CodeList::DocumentType,
        "specialClass" => CodeList::SpecialClass,
        "statutoryCategory" => CodeList::StatutoryCategory,
        "materialKind" => CodeList::Local,
        "category" if kind == ContentKind::KnowledgeEntry => CodeList::KnowledgeCategory,
        "category" => CodeList::ServiceCategory,
        _ => return None,
    })
}

/// A value as the library reads it: a date in its own form, words of sets in capitals.
pub(super) fn plain(name: &str, value: Value) -> Taken<Value> {
    let is_date = ["On", "From", "Until"].iter().any(|end| name.ends_with(end));
    match value {
        Value::String(text) if is_date => {
            let text = text.trim();
            let found = date(text).ok_or_else(|| ImportTrouble::invalid(name, format!("{text} is no date")))?;
            Ok(found.to_string().into())
        }
        Value::Number(number) if name != "isNormative" => Ok(number.to_string().into()),
        value => Ok(snake_names(value)),
    }
}

impl Taking<'_> {
    /// `details: {policy: {...}}`, as the contract has it, as if its fields stood in the record itself.
    pub(super) fn spread_details(&mut self, kind: ContentKind) -> Taken<()> {
        let Some(details) = self.rest.remove("details") else { return Ok(()) };
        let word: &str = kind.into();
        let key = crate::import::outcome::camel(&word.to_lowercase());
        let Value::Object(mut details) = details else {
            return Err(ImportTrouble::invalid("details", "give an object with the kind's fields"));
        };
        let own = match details.remove(&key) {
            Some(Value::Object(own)) if details.is_empty() => own,
            _ => return Err(ImportTrouble::invalid("details", format!("give {{\"{key}\": {{...}}}} alone"))),
        };
        for (name, value) in own {
            if self.rest.contains_key(&name) {
                return Err(ImportTrouble::invalid(&format!("details.{key}.{name}"), "it is given twice"));
            }
            self.rest.insert(name, value);
        }
        Ok(())
    }

    /// The value of a kind's own field; nothing if it is left out.
    pub(super) fn own_value(
        &self,
        kind: ContentKind,
        name: &str,
        value: Value,
        fields: &mut Map<String, Value>,
        files: &mut Vec<WantedFile>,
    ) -> Taken<Option<Value>> {
        if let Some(list) = code_list(kind, name) {
            let Some(text) = super::single(&value) else {
                return Err(ImportTrouble::invalid(name, "give a code or a name of the list"));
            };
            return match self.refer.code(list, &text) {
                Some(code) => Ok(Some(code.into())),
                None => self.unknown(name, &text).map(|()| None),
            };
        }
        match name {
            "issuers" => self.issuers(value, fields).map(Some),
            "issuerNames" => {
                let mut names = texts(name, value, ",，;；、")?;
                if let Some(Value::Array(known)) = fields.get("issuer_names") {
                    names.extend(known.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                Ok(Some(names.into()))
            }
            "responsible" | "authority" => {
                let Some(text) = super::single(&value) else {
                    return Err(ImportTrouble::invalid(name, "give the code or the name of an organisation"));
                };
                match self.refer.organisation(&text) {
                    Some(id) => Ok(Some(id.to_string().into())),
                    None => self.unknown(name, &text).map(|()| None),
                }
            }
            "similarQuestions" => Ok(Some(texts(name, value, "\u{1f}")?.into())),
            "materials" => materials(value, files).map(Some),
            _ => plain(name, value).map(Some),
        }
    }

    /// Issuers that the library knows; the others are kept as the document names them.
    fn issuers(&self, value: Value, fields: &mut Map<String, Value>) -> Taken<Value> {
        let (mut known, mut names) = (Vec::new(), Vec::new());
        for text in texts("issuers", value, ",，;；、")? {
            match self.refer.organisation(&text) {
                Some(id) => known.push(id.to_string()),
                None => names.push(text),
            }
        }
        if let Some(Value::Array(more)) = fields.get("issuer_names") {
            names.extend(more.iter().filter_map(Value::as_str).map(str::to_owned));
        }
        if !names.is_empty() {
            fields.insert("issuer_names".to_owned(), names.into());
        }
        Ok(known.into())
    }
}

/// Materials: names alone or whole; blank forms and samples are files.
fn materials(value: Value, files: &mut Vec<WantedFile>) -> Taken<Value> {
    let Value::Array(given) = value else { return Err(ImportTrouble::invalid("materials", "give a list")) };
    let mut materials = Vec::with_capacity(given.len());
    for (at, material) in given.into_iter().enumerate() {
        let mut fields = match material {
            Value::String(name) => [("name".to_owned(), Value::String(name))].into_iter().collect(),
            Value::Object(fields) => fields,
            _ => return Err(ImportTrouble::invalid("materials", "give objects or names")),
        };
        for (name, place) in [("blankForm", FilePlace::BlankForm(at)), ("sample", FilePlace::Sample(at))] {
            if let Some(file) = fields.remove(name).filter(|file| !file.is_null()) {
                files.push(WantedFile::read(&format!("materials.{at}.{name}"), file, place)?);
            }
        }
        materials.push(snake_names(Value::Object(fields)));
    }
    Ok(Value::Array(materials))
}
