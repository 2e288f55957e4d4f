//! Identifiers: UUIDv7 inside, TypeIDs (`content_01j...`) outside, a newtype for each noun.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::database::{FromCell, Value};

/// Crockford's alphabet in lower case, as the TypeID specification 0.3 has it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an identifier of the expected noun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct NotAnId;

/// Encodes 128 bits as the 26 characters of a TypeID's suffix.
fn encode(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..26).rev().map(|group| ALPHABET[((bits >> (group * 5)) & 31) as usize] as char).collect()
}

/// Decodes the 26 characters of a TypeID's suffix.
fn decode(text: &str) -> Result<Uuid, NotAnId> {
    let bytes = text.as_bytes();
    if bytes.len() != 26 || bytes[0] > b'7' {
        return Err(NotAnId);
    }
    let mut bits: u128 = 0;
    for byte in bytes {
        let digit = ALPHABET.iter().position(|letter| letter == byte).ok_or(NotAnId)?;
        bits = (bits << 5) | digit as u128;
    }
    Ok(Uuid::from_u128(bits))
}

macro_rules! ids {
    ($($name:ident $prefix:literal $noun:literal;)*) => {
        $(
            #[doc = concat!("Identifies ", $noun, "; `", $prefix, "_...` outside.")]
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub Uuid);

            impl $name {
                /// The prefix of the TypeID.
                pub const PREFIX: &str = $prefix;
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, "{}_{}", $prefix, encode(self.0))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = NotAnId;
                fn from_str(text: &str) -> Result<Self, NotAnId> {
                    let suffix = text.strip_prefix(concat!($prefix, "_")).ok_or(NotAnId)?;
                    decode(suffix).map(Self)
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }

            impl From<$name> for Value {
                fn from(id: $name) -> Self {
                    Self::Id(id.0)
                }
            }

            impl From<Option<$name>> for Value {
                fn from(id: Option<$name>) -> Self {
                    id.map_or(Self::NullId, |id| Self::Id(id.0))
                }
            }

            impl From<&[$name]> for Value {
                fn from(ids: &[$name]) -> Self {
                    Self::Ids(ids.iter().map(|id| id.0).collect())
                }
            }

            impl FromCell for $name {
                fn from_cell(cell: &Value) -> Option<Self> {
                    Uuid::from_cell(cell).map(Self)
                }
            }
        )*

        /// Any identifier, as `node(id:)` takes it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum AnyId {
            $(#[doc = concat!("An identifier of ", $noun, ".")] $name($name),)*
        }

        impl FromStr for AnyId {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let (prefix, suffix) = text.rsplit_once('_').ok_or(NotAnId)?;
                let id = decode(suffix)?;
                match prefix {
                    $($prefix => Ok(Self::$name($name(id))),)*
                    _ => Err(NotAnId),
                }
            }
        }

        impl fmt::Display for AnyId {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name(id) => fmt::Display::fmt(id, f),)*
                }
            }
        }
    };
}

ids! {
    SiteId "site" "a site (站点)";
    OrganisationId "organisation" "an organisation (机构)";
    LeaderId "leader" "a leader of an organisation (领导)";
    ColumnId "column" "a column (栏目)";
    ContentId "content" "a content (信息) of any kind";
    PlacementId "placement" "a showing of a content in a column";
    SubscriptionId "subscription" "a shared column (栏目共享)";
    TagGroupId "tag_group" "a group of tags (标签维度)";
    TagId "tag" "a tag (标签)";
    CodeItemId "code" "an item of a code list (代码)";
    PanelId "panel" "a panel of a page (页面区块)";
    FieldDefinitionId "field" "a field of a site's own (扩展字段)";
    AttachmentId "attachment" "an attachment (附件)";
    LinkId "link" "a link between contents (关联)";
    ChangeId "change" "an entry of the change log (变更)";
}

impl ContentId {
    /// The short id that a content's address ends in: the last twelve characters, 60 random bits.
    pub fn short(&self) -> String {
        encode(self.0).split_off(14)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_examples_of_the_type_id_specification() {
        let id = Uuid::parse_str("01890a5d-ac96-774b-bcce-b302099a8057").expect("a uuid");
        assert_eq!(encode(id), "01h455vb4pex5vsknk084sn02q");
        assert_eq!(decode("01h455vb4pex5vsknk084sn02q"), Ok(id));
        assert_eq!(encode(Uuid::max()), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
        assert_eq!(decode("8zzzzzzzzzzzzzzzzzzzzzzzzz"), Err(NotAnId));
        assert_eq!(decode("01h455vb4pex5vsknk084sn02u"), Err(NotAnId));
    }

    #[test]
    fn a_prefix_belongs_to_one_noun() {
        let id = TagGroupId(Uuid::max());
        assert_eq!(id.to_string().parse(), Ok(AnyId::TagGroupId(id)));
        assert!(id.to_string().parse::<TagId>().is_err());
        assert!("content_".parse::<AnyId>().is_err());
    }
}
