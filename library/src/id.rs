//! Identifiers: UUIDv7 inside, TypeIDs (`content_01j...`) outside, a newtype for each noun.
//!
//! How they are made and written; which there are is listed beside the rooms of the library, in `lib.rs`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Visitor;
use uuid::Uuid;

pub use crate::nouns::*;

/// Crockford's alphabet in lower case, as the TypeID specification 0.3 has it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an identifier of the expected noun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct NotAnId;

/// Encodes 128 bits as the 26 characters of a TypeID's suffix.
pub(crate) fn encode(id: Uuid) -> String {
    let bits = id.as_u128();
    let mut text = String::with_capacity(26);
    text.extend((0..26).rev().map(|group| ALPHABET[((bits >> (group * 5)) & 31) as usize] as char));
    text
}

/// The digit that each byte stands for; 255 for none.
const DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// Decodes the 26 characters of a TypeID's suffix.
pub(crate) fn decode(text: &str) -> Result<Uuid, NotAnId> {
    let bytes = text.as_bytes();
    if bytes.len() != 26 || bytes[0] > b'7' {
        return Err(NotAnId);
    }
    let mut bits: u128 = 0;
    for byte in bytes {
        let digit = DIGITS[usize::from(*byte)];
        if digit == u8::MAX {
            return Err(NotAnId);
        }
        bits = (bits << 5) | u128::from(digit);
    }
    Ok(Uuid::from_u128(bits))
}

/// Reads a written identifier without a copy.
pub(crate) struct Written<T>(pub PhantomData<T>);

impl<T: FromStr<Err = NotAnId>> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Declares the identifiers, and the one that may be any of them.
macro_rules! ids {
    ($($name:ident $prefix:literal $noun:literal;)*) => {
        $(
            #[doc = concat!("Identifies ", $noun, "; `", $prefix, "_...` outside.")]
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(pub uuid::Uuid);

            impl $name {
                /// The prefix of the TypeID.
                pub const PREFIX: &str = $prefix;
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!($prefix, "_"))?;
                    f.write_str(&$crate::id::encode(self.0))
                }
            }

            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(self, f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::id::NotAnId;
                fn from_str(text: &str) -> Result<Self, $crate::id::NotAnId> {
                    let suffix = text.strip_prefix(concat!($prefix, "_")).ok_or($crate::id::NotAnId)?;
                    $crate::id::decode(suffix).map(Self)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_str($crate::id::Written(std::marker::PhantomData))
                }
            }

            impl From<$name> for $crate::database::Value {
                fn from(id: $name) -> Self {
                    Self::Id(id.0)
                }
            }

            impl From<Option<$name>> for $crate::database::Value {
                fn from(id: Option<$name>) -> Self {
                    id.map_or(Self::NullId, |id| Self::Id(id.0))
                }
            }

            impl From<&[$name]> for $crate::database::Value {
                fn from(ids: &[$name]) -> Self {
                    Self::Ids(ids.iter().map(|id| id.0).collect())
                }
            }

            impl $crate::database::FromCell for $name {
                fn from_cell(cell: &$crate::database::Value) -> Option<Self> {
                    <uuid::Uuid as $crate::database::FromCell>::from_cell(cell).map(Self)
                }
            }
        )*

        /// Any identifier, as `node(id:)` takes it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum AnyId {
            $(#[doc = concat!("An identifier of ", $noun, ".")] $name($name),)*
        }

        impl std::str::FromStr for AnyId {
            type Err = $crate::id::NotAnId;
            fn from_str(text: &str) -> Result<Self, $crate::id::NotAnId> {
                let (prefix, suffix) = text.rsplit_once('_').ok_or($crate::id::NotAnId)?;
                let id = $crate::id::decode(suffix)?;
                match prefix {
                    $($prefix => Ok(Self::$name($name(id))),)*
                    _ => Err($crate::id::NotAnId),
                }
            }
        }

        impl std::fmt::Display for AnyId {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$name(id) => std::fmt::Display::fmt(id, f),)*
                }
            }
        }
    };
}

pub(crate) use ids;

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
