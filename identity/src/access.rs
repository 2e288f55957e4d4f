//! Access tokens (访问令牌): who asks, in which session, for ten minutes.
//!
//! A JWT (RFC 7519) of the type `at+jwt` (RFC 9068), signed with EdDSA and nothing else. It names no role and no grant: what
//! its bearer may do is read when it is used.

use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::signing::{BadKey, SigningKey};

/// How long a token is valid.
pub const LIFE_SECONDS: i64 = 600;
/// How far clocks may be apart.
pub const LEEWAY_SECONDS: i64 = 30;
/// For whom tokens are made (`aud`): the schema.
pub const AUDIENCE: &str = "jiyue";
/// The longest text that is looked at.
const LONGEST: usize = 2_048;
/// The type in the header (`typ`).
const TYPE: &str = "at+jwt";

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// The account.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// Its own name.
    pub jti: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when on it is valid.
    pub nbf: i64,
    /// Until when.
    pub exp: i64,
}

/// Why a token is not accepted. Who sent it is not told which of these it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say it")]
pub enum Rejected {
    #[error("it is no access token")]
    Malformed,
    #[error("it is signed by another algorithm")]
    Algorithm,
    #[error("it is signed by an unknown key")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYetValid,
    #[error("it was made for somebody else")]
    Audience,
    #[error("it was made by somebody else")]
    Issuer,
    #[error("it does not say what it must say")]
    Claims,
}

/// The keys of one issuer: all of them verify, the newest signs.
#[derive(Debug, Clone)]
pub struct Access {
    issuer: String,
    keys: Vec<Arc<SigningKey>>,
}

impl Access {
    /// The keys of `issuer`, the newest first.
    pub fn new(issuer: &str, keys: Vec<Arc<SigningKey>>) -> Self {
        Self { issuer: issuer.to_owned(), keys }
    }

    /// Makes a token for `account` in `session` at `now` (seconds since 1970); answers when it expires, too.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn sign(&self, account: &str, session: &str, id: &str, now: i64) -> Result<(String, i64), BadKey> {
        let key = self.keys.first().ok_or(BadKey)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(key.name.clone());
        let exp = now + LIFE_SECONDS;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: account.to_owned(),
            sid: session.to_owned(),
            jti: id.to_owned(),
            iat: now,
            nbf: now,
            exp,
        };
        let token = encode(&header, &claims, &key.private).map_err(|_| BadKey)?;
        Ok((token, exp))
    }

    /// What a token says, if it is one of ours and valid at `now` (seconds since 1970).
    ///
    /// # Errors
    /// Why it is not.
    pub fn verify(&self, token: &str, now: i64) -> Result<Claims, Rejected> {
        if token.len() > LONGEST {
            return Err(Rejected::Malformed);
        }
        let header = decode_header(token).map_err(|_| Rejected::Malformed)?;
        if header.alg != Algorithm::EdDSA {
            return Err(Rejected::Algorithm);
        }
        // What must be understood and is not (`crit`), is refused (RFC 7515, 4.1.11).
        if header.typ.as_deref() != Some(TYPE) || header.crit.is_some() {
            return Err(Rejected::Malformed);
        }
        let name = header.kid.ok_or(Rejected::UnknownKey)?;
        let key = self.keys.iter().find(|key| key.name == name).ok_or(Rejected::UnknownKey)?;
        let claims: Claims = decode(token, &key.public, &self.validation()).map_err(|error| of(error.kind()))?.claims;
        // By the clock that was handed in; the library would read the system's.
        if claims.exp.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(Rejected::Expired);
        }
        if claims.nbf.max(claims.iat) > now.saturating_add(LEEWAY_SECONDS) {
            return Err(Rejected::NotYetValid);
        }
        Ok(claims)
    }

    /// The public keys as a JWK set (RFC 7517), for `/.well-known/jwks.json`.
    pub fn published(&self) -> JwkSet {
        JwkSet { keys: self.keys.iter().map(|key| key.jwk.clone()).collect() }
    }

    fn validation(&self) -> Validation {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }
}

pub(crate) fn of(kind: &ErrorKind) -> Rejected {
    match kind {
        ErrorKind::InvalidSignature => Rejected::Signature,
        ErrorKind::InvalidAudience => Rejected::Audience,
        ErrorKind::InvalidIssuer => Rejected::Issuer,
        ErrorKind::InvalidAlgorithm => Rejected::Algorithm,
        _ => Rejected::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::EncodingKey;
    use serde_json::{Value as Json, json};

    const NOW: i64 = 1_750_000_000;

    fn key(seed: u8) -> Arc<SigningKey> {
        Arc::new(SigningKey::of_seed(&[seed; 32]).expect("a key"))
    }

    fn ours() -> Access {
        Access::new("https://api.example.gov.cn", vec![key(1)])
    }

    fn claims() -> Json {
        json!({"iss": "https://api.example.gov.cn", "aud": "jiyue", "sub": "account_a", "sid": "session_a", "jti": "1",
            "iat": NOW, "nbf": NOW, "exp": NOW + 600})
    }

    fn header() -> Json {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": key(1).name()})
    }

    /// A token of any header and claims, signed by a key of ours.
    fn made(header: &Json, claims: &Json, by: &SigningKey) -> String {
        let part = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &by.private, Algorithm::EdDSA).expect("signed");
        format!("{message}.{signature}")
    }

    fn with(mut json: Json, name: &str, value: Json) -> Json {
        json[name] = value;
        json
    }

    #[test]
    fn what_is_signed_is_verified_for_ten_minutes_and_the_leeway() {
        let (token, exp) = ours().sign("account_a", "session_a", "1", NOW).expect("a token");
        assert_eq!(exp, NOW + 600);
        for now in [NOW, NOW - 30, NOW + 600, NOW + 629] {
            let read = ours().verify(&token, now).expect("valid");
            assert_eq!((read.sub.as_str(), read.sid.as_str(), read.jti.as_str()), ("account_a", "session_a", "1"));
        }
        assert_eq!(ours().verify(&token, NOW + 630), Err(Rejected::Expired));
        assert_eq!(ours().verify(&token, NOW - 31), Err(Rejected::NotYetValid));
    }

    #[test]
    fn no_other_algorithm_is_taken() {
        for alg in ["none", "None", "HS256", "RS256", "ES256", "PS256"] {
            let token = made(&with(header(), "alg", json!(alg)), &claims(), &key(1));
            let bare = format!("{}.", token.rsplit_once('.').expect("three parts").0);
            for token in [&token, &bare] {
                assert!(
                    matches!(ours().verify(token, NOW), Err(Rejected::Malformed | Rejected::Algorithm)),
                    "{alg}: {token}"
                );
            }
        }
        // The public half as the secret of an HMAC, the classic confusion.
        let published = ours().published().keys[0].clone();
        let public = serde_json::to_value(published).expect("JSON")["x"].as_str().expect("a key").to_owned();
        let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).expect("base64"));
        let mut head = Header::new(Algorithm::HS256);
        (head.typ, head.kid) = (Some(TYPE.to_owned()), Some(key(1).name().to_owned()));
        let token = encode(&head, &claims(), &secret).expect("a token");
        assert_eq!(ours().verify(&token, NOW), Err(Rejected::Algorithm));
    }

    #[test]
    fn a_wrong_key_is_refused_by_name_and_by_signature() {
        let (other, _) = Access::new("https://api.example.gov.cn", vec![key(2)])
            .sign("account_a", "session_a", "1", NOW)
            .expect("a token");
        assert_eq!(ours().verify(&other, NOW), Err(Rejected::UnknownKey));
        assert_eq!(ours().verify(&made(&header(), &claims(), &key(2)), NOW), Err(Rejected::Signature));
        let nameless = made(&with(header(), "kid", Json::Null), &claims(), &key(1));
        assert_eq!(ours().verify(&nameless, NOW), Err(Rejected::UnknownKey));
    }

    #[test]
    fn other_issuers_audiences_and_types_are_refused() {
        for (name, value, why) in [
            ("iss", json!("https://evil.example"), Rejected::Issuer),
            ("aud", json!("somebody"), Rejected::Audience),
            ("aud", json!(["jiyue", "somebody"]), Rejected::Malformed),
            ("sub", Json::Null, Rejected::Malformed),
            ("sid", json!(7), Rejected::Malformed),
            ("exp", json!("never"), Rejected::Malformed),
            ("nbf", Json::Null, Rejected::Malformed),
            ("exp", json!(NOW - 600), Rejected::Expired),
            ("nbf", json!(NOW + 60), Rejected::NotYetValid),
            ("iat", json!(NOW + 60), Rejected::NotYetValid),
        ] {
            let token = made(&header(), &with(claims(), name, value), &key(1));
            assert_eq!(ours().verify(&token, NOW), Err(why), "{name}");
        }
        for (name, value) in [("typ", json!("JWT")), ("typ", Json::Null), ("crit", json!(["exp"]))] {
            let token = made(&with(header(), name, value), &claims(), &key(1));
            assert_eq!(ours().verify(&token, NOW), Err(Rejected::Malformed), "{name}");
        }
        assert!(ours().verify(&made(&header(), &claims(), &key(1)), NOW).is_ok(), "the rest of it is right");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let (token, _) = ours().sign("account_a", "session_a", "1", NOW).expect("a token");
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            if let Ok(other) = String::from_utf8(other) {
                assert!(ours().verify(&other, NOW).is_err(), "the character {at}");
            }
        }
        for other in ["", ".", "..", "a.b.c", &"x".repeat(5_000)] {
            assert_eq!(ours().verify(other, NOW), Err(Rejected::Malformed), "{other:.10}");
        }
    }

    #[test]
    fn after_a_rotation_the_newest_signs_and_the_older_still_verify() {
        let (old, _) = ours().sign("account_a", "session_a", "1", NOW).expect("a token");
        let both = Access::new("https://api.example.gov.cn", vec![key(2), key(1)]);
        assert!(both.verify(&old, NOW).is_ok());
        let (new, _) = both.sign("account_a", "session_a", "2", NOW).expect("a token");
        assert_eq!(decode_header(&new).expect("a header").kid.as_deref(), Some(key(2).name()));
        let later = Access::new("https://api.example.gov.cn", vec![key(2)]);
        assert!(later.verify(&new, NOW).is_ok());
        assert_eq!(later.verify(&old, NOW), Err(Rejected::UnknownKey));
        assert_eq!(Access::new("x", Vec::new()).sign("a", "s", "1", NOW), Err(BadKey));
    }

    #[test]
    fn the_published_set_has_public_keys_only() {
        let set = serde_json::to_value(ours().published()).expect("JSON");
        let one = &set["keys"][0];
        assert_eq!(
            (&one["kty"], &one["crv"], &one["alg"], &one["use"]),
            (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA"), &json!("sig"))
        );
        assert_eq!(one["kid"], key(1).name());
        assert!(one.get("d").is_none());
    }
}
