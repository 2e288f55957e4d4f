//! One line as a record: its fields as texts, dates and moments.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use library::{Date, DayZone, Instant};
use serde_json::{Map, Value};

/// Why a line is not taken over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is right to leave it, for this reason.
    Skip(String),
    /// This field is wrong, for this reason.
    Field(String, String),
}

impl Trouble {
    /// The line as a whole is wrong.
    pub(super) fn whole(reason: impl Into<String>) -> Self {
        Self::Field(String::new(), reason.into())
    }

    /// A field is wrong.
    pub(super) fn field(name: &str, reason: impl Into<String>) -> Self {
        Self::Field(name.to_owned(), reason.into())
    }
}

/// A line that is a JSON object.
pub(super) struct Record(pub Map<String, Value>);

impl Record {
    /// Whether it has the field, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The text of a field; nothing if it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// The first of several fields that has a text.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// The text of the first of several fields that has one; it must be there.
    pub(super) fn require(&self, names: &[&str]) -> Result<String, Trouble> {
        self.first(names).ok_or_else(|| Trouble::field(&names.join(" or "), "it is missing or empty"))
    }

    /// The texts of a list, or of a text with separators.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let parts: Vec<String> = match self.0.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => {
                text.split(|c: char| c.is_whitespace() || ",，;；、".contains(c)).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        let mut list: Vec<String> = Vec::new();
        for part in parts {
            let part = part.trim().to_owned();
            if !part.is_empty() && !list.contains(&part) {
                list.push(part);
            }
        }
        list
    }

    /// The date of the first of several fields that has one.
    pub(super) fn date(&self, names: &[&str]) -> Result<Option<Date>, Trouble> {
        Ok(self.moment(names)?.map(|moment| DayZone::default().date(moment)))
    }

    /// The moment of the first of several fields that has one: a date is its beginning in Asia/Shanghai, a time
    /// without an offset is a time there.
    pub(super) fn moment(&self, names: &[&str]) -> Result<Option<Instant>, Trouble> {
        let Some((name, text)) = names.iter().find_map(|name| Some((*name, self.text(name)?))) else {
            return Ok(None);
        };
        let moment = moment(&text).ok_or_else(|| Trouble::field(name, format!("{text} is no date")))?;
        Ok(Some(moment))
    }
}

fn moment(text: &str) -> Option<Instant> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant::of(&time));
    }
    let zone = DayZone::default();
    for form in ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M:%S"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
            let since = time - time.date().and_time(chrono::NaiveTime::MIN);
            return Some(zone.begin(time.date()).plus_milliseconds(since.num_milliseconds()));
        }
    }
    let date =
        ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    date.map(|date| zone.begin(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_begin_in_shanghai() {
        let says = |text: &str| moment(text).map(|moment| moment.utc().to_rfc3339());
        assert_eq!(says("2026-02-25").as_deref(), Some("2026-02-24T16:00:00+00:00"));
        assert_eq!(says("2017-09-27 0:12:00").as_deref(), Some("2017-09-26T16:12:00+00:00"));
        assert_eq!(says("2026-02-25T08:00:00+08:00").as_deref(), Some("2026-02-25T00:00:00+00:00"));
        assert_eq!(says("2026年2月25日").as_deref(), Some("2026-02-24T16:00:00+00:00"));
        assert_eq!(says("next Tuesday"), None);
    }

    #[test]
    fn lists_come_as_lists_or_as_text() {
        let record = |json| Record(serde_json::from_str(json).expect("an object"));
        assert_eq!(record(r#"{"k":["甲"," 乙 ","甲"]}"#).list("k"), ["甲", "乙"]);
        assert_eq!(record(r#"{"k":"甲，乙、丙 丁"}"#).list("k"), ["甲", "乙", "丙", "丁"]);
        assert!(record("{}").list("k").is_empty());
    }
}
