//! Opaque tokens: secrets that mean nothing by themselves, such as refresh tokens and API keys (接口密钥).
//!
//! The text is `jiyue_`, its kind, `_`, and 48 characters of base64url: 32 random bytes and the CRC-32 of all that goes
//! before. So scanners of source code find a leaked one by its form, and a mistyped one is refused without a look-up. Only
//! the SHA-256 of the whole text is kept: it needs no salt, because the secret is random.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// What an opaque token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Gives a new access token, once.
    Refresh,
    /// Lets a system in.
    Key,
    /// Shows one revision of one content.
    Preview,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Refresh => "jiyue_refresh_",
            Self::Key => "jiyue_key_",
            Self::Preview => "jiyue_preview_",
        }
    }
}

/// A secret that is shown once; it prints as stars.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque(Zeroizing<String>);

impl Opaque {
    /// A token of 32 random bytes.
    pub fn new(kind: Kind, random: [u8; 32]) -> Self {
        let mut bytes = Zeroizing::new([0; 36]);
        bytes[..32].copy_from_slice(&random);
        bytes[32..].copy_from_slice(&checksum(kind, &random).to_be_bytes());
        Self(Zeroizing::new(format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// The token that a client sent; nothing if it is not of this kind, or mistyped.
    pub fn read(kind: Kind, text: &str) -> Option<Self> {
        let secret = text.strip_prefix(kind.prefix()).filter(|secret| secret.len() == 48)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).ok()?);
        let (random, sum) = bytes.split_at_checked(32)?;
        (checksum(kind, random).to_be_bytes() == sum).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The text, for its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn digest(&self) -> String {
        digest(self.0.as_bytes())
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn checksum(kind: Kind, random: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(kind.prefix().as_bytes());
    sum.update(random);
    sum.finalize()
}

/// The SHA-256 of `bytes` as base64url.
pub fn digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_its_own_kind_alone() {
        let token = Opaque::new(Kind::Refresh, [9; 32]);
        let text = token.reveal();
        assert!(text.starts_with("jiyue_refresh_") && text.len() == 62, "{text}");
        assert_eq!(Opaque::read(Kind::Refresh, text), Some(token.clone()));
        assert_eq!(Opaque::read(Kind::Key, text), None);
        assert_eq!(Opaque::read(Kind::Key, &text.replace("refresh", "key")), None, "the kind is in the checksum");
    }

    #[test]
    fn every_mistyped_character_is_noticed() {
        let text = Opaque::new(Kind::Key, std::array::from_fn(|at| at as u8)).reveal().to_owned();
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).expect("ASCII");
            assert_eq!(Opaque::read(Kind::Key, &other), None, "{other}");
        }
        for other in ["", "jiyue_key_", &text[..text.len() - 1], &format!("{text}A")] {
            assert_eq!(Opaque::read(Kind::Key, other), None, "{other}");
        }
    }

    #[test]
    fn it_is_not_printed_and_its_digest_tells_nothing_of_it() {
        let token = Opaque::new(Kind::Key, [3; 32]);
        assert_eq!(format!("{token:?}"), "***");
        assert_eq!(token.digest(), digest(token.reveal().as_bytes()));
        assert!(!token.digest().contains(&token.reveal()[10..20]));
    }
}
