//! Seals: short proofs that this server itself wrote a text, such as the address of a file that is not public yet.
//!
//! HMAC-SHA256 with a key of its own for each purpose, made from a seed that is kept elsewhere.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What seals texts for one purpose.
#[derive(Clone)]
pub struct Seal(Zeroizing<[u8; 32]>);

impl Seal {
    /// The seal for `purpose` under `seed`; what is sealed for one purpose is good for no other.
    pub fn of_seed(seed: &[u8; 32], purpose: &str) -> Self {
        let mac = keyed(seed).chain_update(purpose.as_bytes());
        Self(Zeroizing::new(mac.finalize().into_bytes().into()))
    }

    /// The proof for a text, as base64url.
    pub fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(keyed(&self.0).chain_update(text.as_bytes()).finalize().into_bytes())
    }

    /// Whether `proof` is that of `text`; how long it takes tells nothing of where they differ.
    pub fn verify(&self, text: &str, proof: &str) -> bool {
        let Ok(proof) = URL_SAFE_NO_PAD.decode(proof) else { return false };
        keyed(&self.0).chain_update(text.as_bytes()).verify_slice(&proof).is_ok()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// HMAC fills a shorter key up with zeros to the length of a block (RFC 2104), so this is the same key.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    Hmac::<Sha256>::new((&*block).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_4231() {
        // Test case 1: a key of 20 bytes, filled up with zeros.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(Seal(Zeroizing::new(key)).sign("Hi There"), "sDRMYdjbOFNcqK_OrwvxK4gdwgDJgz2nJuk3bC4yz_c");
    }

    #[test]
    fn a_proof_is_good_for_its_text_its_purpose_and_its_seed_alone() {
        let seal = Seal::of_seed(&[7; 32], "files");
        let proof = seal.sign("a");
        assert!(seal.verify("a", &proof));
        assert!(!seal.verify("b", &proof));
        assert!(!Seal::of_seed(&[7; 32], "other").verify("a", &proof));
        assert!(!Seal::of_seed(&[8; 32], "files").verify("a", &proof));
        for wrong in ["", "x", &proof[1..], &format!("{proof}A"), &proof.replace(&proof[..1], "*")] {
            assert!(!seal.verify("a", wrong), "{wrong}");
        }
    }
}
