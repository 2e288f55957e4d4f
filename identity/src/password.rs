//! Passwords (口令): what is accepted as one, how it is kept, how it is compared.
//!
//! Kept as Argon2id (RFC 9106) in the PHC format. Everything here takes some hundredths of a second of a processor:
//! [`crate::Hashing`] sees to it that not too many do so at once.

use std::fmt;
use std::sync::LazyLock;

use argon2::password_hash::PasswordHasher as _;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

/// Memory of one hash in KiB: 19 MiB. With the two below it is the second row of the OWASP Password Storage Cheat Sheet
/// (Argon2id, m=19456, t=2, p=1), which weighs the same as its others.
pub const MEMORY_KIB: u32 = 19_456;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Lanes: one, because a hash gets one thread.
pub const LANES: u32 = 1;

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most characters of a password: enough for a sentence, too few to keep a processor busy.
pub const LONGEST: usize = 128;

/// A password as somebody typed it: it prints as stars, and its memory is overwritten when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// The password of this text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Why it is not accepted for the account `name`, if it is not.
    pub fn weakness(&self, name: &str) -> Option<Weakness> {
        weakness(&self.0, name)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A hash could not be made; nothing a user does leads here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password could not be hashed")]
pub struct NotHashed;

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// Of fewer than three of: small letters, capitals, digits, other signs.
    TooUniform,
    /// The account's name is in it.
    HoldsName,
}

/// Why `password` is not accepted for the account `name`, if it is not: length, and the mixture that
/// GB/T 22239-2019 8.1.4.1 a) asks for (身份鉴别信息具有复杂度要求).
pub fn weakness(password: &str, name: &str) -> Option<Weakness> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(Weakness::TooShort);
    }
    if length > LONGEST {
        return Some(Weakness::TooLong);
    }
    let sorts: [fn(char) -> bool; 4] = [char::is_lowercase, char::is_uppercase, char::is_numeric, |c| {
        !c.is_lowercase() && !c.is_uppercase() && !c.is_numeric()
    }];
    if sorts.iter().filter(|sort| password.chars().any(**sort)).count() < 3 {
        return Some(Weakness::TooUniform);
    }
    if !name.is_empty() && password.to_lowercase().contains(&name.to_lowercase()) {
        return Some(Weakness::HoldsName);
    }
    None
}

fn argon2() -> Result<Argon2<'static>, NotHashed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| NotHashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What is kept of a password: a PHC string with its parameters and `salt`, which must be random.
///
/// # Errors
/// When the algorithm does not take what it is given.
pub fn hash(password: &str, salt: [u8; 16]) -> Result<String, NotHashed> {
    let hash: PasswordHash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| NotHashed)?;
    Ok(hash.to_string())
}

/// What an account that does not exist, or has no password, is compared with: so that it takes as long as any other.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody has this password", [0; 16]).ok());

/// Whether `password` is the one that was kept; it takes as long where nothing was kept, and is false then.
pub fn verify(password: &str, kept: Option<&str>) -> bool {
    // A longer one cannot have been kept, and would take longer.
    let fits = password.len() <= LONGEST * 4;
    let password = if fits { password } else { "" };
    let Some(text) = kept.or(NOBODY.as_deref()) else { return false };
    let Ok(hash) = PasswordHash::new(text) else { return false };
    let same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    same && fits && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_by_the_stated_parameters_and_found_again() {
        let kept = hash("正确的马 电池 Staple 9", [7; 16]).expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("正确的马 电池 Staple 9", Some(&kept)));
        assert!(!verify("正确的马 电池 Staple 8", Some(&kept)));
        assert_ne!(kept, hash("正确的马 电池 Staple 9", [8; 16]).expect("a hash"), "the salt counts");
    }

    #[test]
    fn nobody_has_no_password_and_a_damaged_hash_fits_none() {
        assert!(!verify("nobody has this password", None));
        assert!(!verify("", Some("")));
        assert!(!verify("x", Some("$argon2id$v=19$m=19456")));
        let empty = hash("", [1; 16]).expect("a hash");
        assert!(!verify(&"x".repeat(LONGEST * 4 + 1), Some(&empty)), "what is too long is not cut to nothing");
    }

    #[test]
    fn weak_passwords_are_told_by_what_is_wrong() {
        for (password, weak) in [
            ("Ab3!", Some(Weakness::TooShort)),
            ("onlysmallletters", Some(Weakness::TooUniform)),
            ("Abcdefgh12345", None),
            ("Zhang.Wei-2026x", Some(Weakness::HoldsName)),
            ("云泽Yz2026政务公开处", None),
        ] {
            assert_eq!(weakness(password, "zhang.wei"), weak, "{password}");
        }
        assert_eq!(weakness(&"Aa1!".repeat(40), "x"), Some(Weakness::TooLong));
    }
}
