//! Taking a site from one library to another (站点迁移): what is of it and what it needs, as records, out and in.
//!
//! [`Outgoing`] reads one state of a library; [`crate::Library::restore`] writes the same records into another. A record
//! is one line of JSON. This room knows every noun, and neither folders nor what a whole export consists of.

mod attachments;
mod bytes;
mod chosen;
mod contents;
mod counts;
mod entries;
mod leads;
mod nouns;
mod outgoing;
mod sound;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use bytes::StoredFile;
pub use outgoing::Outgoing;

use crate::changes::Caller;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Error, Library};

/// What the records of one list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Noun {
    /// Organisations (机构), those above before those below.
    Organisations,
    /// Leaders (领导).
    Leaders,
    /// Groups of tags (标签维度).
    TagGroups,
    /// Tags (标签).
    Tags,
    /// Items of code lists (代码表).
    Codes,
    /// The site and the others that it needs (站点).
    Sites,
    /// The site's columns and the others that it needs (栏目).
    Columns,
    /// Fields of sites' own (扩展字段).
    Fields,
    /// Subscriptions (栏目共享).
    Subscriptions,
    /// Files as the library knows them (附件); their bytes are apart.
    Attachments,
    /// Contents (信息) of the site, and those that it shows.
    Contents,
    /// Contents of other sites that those are linked with (关联).
    LinkedContents,
    /// Contents that were withdrawn (撤稿).
    Withdrawals,
    /// Redirects and old addresses (旧地址).
    Addresses,
    /// Panels of the site (页面区块).
    Panels,
    /// How many contents of the whole library have a tag (标签使用数).
    TagCounts,
    /// How far index numbers (索引号) have been issued.
    IndexNumbers,
}

impl Noun {
    /// All, in the order in which they are restored: what is named comes before what names it.
    pub const ALL: [Self; 17] = [
        Self::Organisations,
        Self::Leaders,
        Self::TagGroups,
        Self::Tags,
        Self::Codes,
        Self::Sites,
        Self::Columns,
        Self::Fields,
        Self::Subscriptions,
        Self::Attachments,
        Self::Contents,
        Self::LinkedContents,
        Self::Withdrawals,
        Self::Addresses,
        Self::Panels,
        Self::TagCounts,
        Self::IndexNumbers,
    ];

    /// All, in the order in which they are read: which columns, sites and files are needed is known when the contents
    /// have been read.
    pub const AS_READ: [Self; 17] = [
        Self::Contents,
        Self::LinkedContents,
        Self::Addresses,
        Self::Withdrawals,
        Self::Columns,
        Self::Attachments,
        Self::Sites,
        Self::Organisations,
        Self::Leaders,
        Self::TagGroups,
        Self::Tags,
        Self::Codes,
        Self::Fields,
        Self::Subscriptions,
        Self::Panels,
        Self::TagCounts,
        Self::IndexNumbers,
    ];

    /// How many records make one deed: what holds the writer no longer than other deeds do.
    pub fn batch(self) -> usize {
        match self {
            Self::Contents | Self::LinkedContents => 25,
            _ => 200,
        }
    }
}

/// What a deed of restoring did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Restored {
    /// How many records it wrote.
    pub written: u64,
    /// How many the library held already, with the same content.
    pub known: u64,
}

impl Restored {
    /// Counts one record.
    fn count(&mut self, written: bool) {
        match written {
            true => self.written += 1,
            false => self.known += 1,
        }
    }
}

/// The most records of one deed.
const MOST: usize = 1_000;

impl Library {
    /// Writes records of one noun, each as [`Outgoing::next`] gave it, in one deed. What the library holds already with
    /// the same content is left as it is.
    ///
    /// # Errors
    /// Refuses the whole batch, naming the record first in the path, when one of them cannot be read, names what the
    /// library does not hold, holds what no door lets in, or when the library holds its id with other content, or
    /// another record under its code, host, path, name or number. Refuses more than 1,000 records.
    pub async fn restore(&self, caller: &Caller, noun: Noun, records: &[String]) -> Result<Restored> {
        if records.len() > MOST {
            let message = format!("一次最多{MOST}条");
            return Err(Refusal::new(RefusalCode::TooLong, "records", message, format!("at most {MOST}")).into());
        }
        match noun {
            Noun::Organisations => entries::restore::<crate::organisation::Organisation>(self, caller, records).await,
            Noun::Leaders => entries::restore::<crate::leader::Leader>(self, caller, records).await,
            Noun::TagGroups => entries::restore::<crate::tag::TagGroup>(self, caller, records).await,
            Noun::Tags => entries::restore::<crate::tag::Tag>(self, caller, records).await,
            Noun::Codes => entries::restore::<crate::code::CodeItem>(self, caller, records).await,
            Noun::Sites => entries::restore::<crate::site::Site>(self, caller, records).await,
            Noun::Columns => entries::restore::<crate::column::Column>(self, caller, records).await,
            Noun::Fields => entries::restore::<crate::field::FieldDefinition>(self, caller, records).await,
            Noun::Subscriptions => entries::restore::<crate::sharing::Subscription>(self, caller, records).await,
            Noun::Panels => entries::restore::<crate::panel::Panel>(self, caller, records).await,
            Noun::Attachments => attachments::restore(self, caller, records).await,
            Noun::Contents | Noun::LinkedContents => contents::restore(self, caller, records).await,
            Noun::Withdrawals => leads::restore_withdrawals(self, caller, records).await,
            Noun::Addresses => leads::restore_addresses(self, caller, records).await,
            Noun::TagCounts => counts::restore_tag_counts(self, caller, records).await,
            Noun::IndexNumbers => counts::restore_index_numbers(self, caller, records).await,
        }
    }
}

/// A record as a line.
fn line<T: Serialize>(record: &T) -> Result<String> {
    Ok(serde_json::to_string(record)?)
}

/// A line as a record, once nothing is in it that no door lets in.
fn record<T: DeserializeOwned>(library: &Library, line: &str) -> Result<T> {
    let unreadable = |error: serde_json::Error| {
        let english = format!("the record cannot be read: {error}");
        Error::from(Refusal::new(RefusalCode::Invalid, "", "记录无法读取", english))
    };
    let value: serde_json::Value = serde_json::from_str(line).map_err(unreadable)?;
    let name = value.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    sound::check(&value, library.html()).map_err(|error| of(&name, error))?;
    T::deserialize(value).map_err(|error| of(&name, unreadable(error)))
}

/// A refusal with the record that it is of before its path; faults of the tables that a record causes are refusals.
fn of(name: &str, error: Error) -> Error {
    let mut refusal = match error {
        Error::Refused(refusal) => refusal,
        Error::Taken(_) => Refusal::new(
            RefusalCode::Duplicate,
            "",
            "库中已有另一条同代码、同路径、同名或同编号的记录",
            "the library holds another record with its code, path, name or number",
        ),
        Error::Dangling => Refusal::new(
            RefusalCode::NotFound,
            "",
            "引用了库中没有的记录",
            "it names a record that the library does not hold",
        ),
        other => return other,
    };
    if !name.is_empty() {
        refusal.path.insert(0, name.to_owned());
    }
    refusal.into()
}

/// The library holds this id with something else in it.
fn differs() -> Refusal {
    Refusal::new(
        RefusalCode::Duplicate,
        "",
        "库中已有同一标识但内容不同的记录",
        "the library holds this id with other content",
    )
}
