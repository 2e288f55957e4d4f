//! Keys that access tokens are signed and verified by: Ed25519 (RFC 8032), named by their thumbprint (RFC 7638).

use std::fmt;

use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use zeroize::Zeroizing;

/// What goes before the 32 bytes of a private key in PKCS#8 (RFC 8410, section 7).
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A key that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key cannot be used")]
pub struct BadKey;

/// A key pair; its private half is never printed.
#[derive(Clone)]
pub struct SigningKey {
    pub(crate) name: String,
    pub(crate) private: EncodingKey,
    pub(crate) public: DecodingKey,
    pub(crate) jwk: Jwk,
}

impl SigningKey {
    /// The pair that 32 random bytes make.
    ///
    /// # Errors
    /// When the cryptography refuses it.
    pub fn of_seed(seed: &[u8; 32]) -> Result<Self, BadKey> {
        let mut der = Zeroizing::new([0; 48]);
        der[..16].copy_from_slice(&PKCS8);
        der[16..].copy_from_slice(seed);
        let private = EncodingKey::from_ed_der(&*der);
        let mut jwk = Jwk::from_encoding_key(&private, Algorithm::EdDSA).map_err(|_| BadKey)?;
        let name = jwk.thumbprint(ThumbprintHash::SHA256).map_err(|_| BadKey)?;
        jwk.common.key_id = Some(name.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let public = DecodingKey::from_jwk(&jwk).map_err(|_| BadKey)?;
        Ok(Self { name, private, public, jwk })
    }

    /// Its name (`kid`).
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A: a private key, its public half and its thumbprint.
    #[test]
    fn agrees_with_the_example_of_the_standard() {
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
            0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ];
        let key = SigningKey::of_seed(&seed).expect("a key");
        assert_eq!(key.name(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let jwk = serde_json::to_value(&key.jwk).expect("JSON");
        assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert!(jwk.get("d").is_none(), "the private half stays here: {jwk}");
        assert!(!format!("{key:?}").contains("nWGx"));
    }
}
