//! What a change touched and what a read depends on, in one vocabulary.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::CodeList;
use crate::content::ContentKind;
use crate::id::{AnyId, ColumnId, ContentId, OrganisationId, SiteId, TagId};
use crate::instant::Instant;

/// Something that can change and that an answer can depend on, at the finest useful grain.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One record.
    Record(AnyId),
    /// Which members a list has.
    Members(List),
    /// What is found under a key; noted on a hit and on a miss alike.
    Key(KeyKind, String),
}

/// A list whose membership can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// The shown placements of a column.
    Column(ColumnId),
    /// The shown placements of a site.
    Site(SiteId),
    /// The live contents whose home is a site.
    Owned(SiteId),
    /// The live contents with a tag.
    Tag(TagId),
    /// The live contents with a tag that a site shows: those that come, go or get another place.
    TagOn(TagId, SiteId),
    /// The live contents of a publisher or issuer.
    Publisher(OrganisationId),
    /// All live contents.
    Library,
    /// The placements of a content.
    Placements(ContentId),
    /// The links from and to a content.
    Links(ContentId),
    /// The items of a code list.
    Codes(CodeList),
    /// All of a noun of the directory, by the noun's plural; made in the noun's own room, such as `List::sites`.
    All(&'static str),
    /// Those of a noun of the directory that belong to a record, made in the noun's own room, such as `List::leaders`.
    Of(&'static str, AnyId),
}

/// What a key finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum KeyKind {
    SiteCode,
    Host,
    OrganisationCode,
    CreditCode,
    Path,
    ShortId,
    IndexNumber,
    DocumentNumber,
    Origin,
    TagCode,
    TagName,
    Code,
    AccountName,
    ApiKey,
    Identity,
    Operation,
}

/// What happened to a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Effect {
    /// It is new in what the public sees.
    Entered,
    /// It is there as before, with other values.
    Changed,
    /// It is gone from what the public sees.
    Left,
}

/// Where a content stands in a list: everything that lists are ordered and narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    /// The content.
    pub content: ContentId,
    /// Its kind.
    pub kind: ContentKind,
    /// Its rank in a column; 0 in other lists.
    pub rank: i64,
    /// When it was published.
    pub published_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// One subject of a change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Touched {
    /// What was touched.
    pub subject: Subject,
    /// What happened to it.
    pub effect: Effect,
    /// Where the member stood before, for memberships of content lists.
    pub before: Option<Member>,
    /// Where the member stands now.
    pub after: Option<Member>,
}

/// Two parts of a key joined so that no two pairs give the same text.
pub(crate) fn key_of(first: &str, second: &str) -> String {
    format!("{first}\u{1f}{second}")
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(id) => id.fmt(f),
            Self::Members(list) => list.fmt(f),
            Self::Key(kind, value) => {
                let kind: &str = kind.into();
                write!(f, "key:{kind}:{value}")
            }
        }
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(id) => write!(f, "members:column:{id}"),
            Self::Site(id) => write!(f, "members:site:{id}"),
            Self::Owned(id) => write!(f, "members:owned:{id}"),
            Self::Tag(id) => write!(f, "members:tag:{id}"),
            Self::TagOn(tag, site) => write!(f, "members:tag:{tag}:{site}"),
            Self::Publisher(id) => write!(f, "members:publisher:{id}"),
            Self::Library => write!(f, "members:library"),
            Self::Placements(id) => write!(f, "members:placements:{id}"),
            Self::Links(id) => write!(f, "members:links:{id}"),
            Self::Codes(list) => write!(f, "members:codes:{}", <&str>::from(list)),
            Self::All(nouns) => write!(f, "members:{nouns}"),
            Self::Of(nouns, id) => write!(f, "members:{nouns}:{id}"),
        }
    }
}
