//! Tokens of sign-on providers (统一身份认证): JWTs of an OpenID Connect issuer that the operator trusts, verified by the keys
//! that it publishes. What counts is who vouches (`iss`) and for whom (`sub`), never an address of e-mail.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::access::{LEEWAY_SECONDS, Rejected, of};

/// The longest token that is looked at: providers put groups and names in.
const LONGEST: usize = 8_192;
/// The longest subject (OpenID Connect Core, 2).
const LONGEST_SUBJECT: usize = 255;
/// The types in the header (`typ`) that name somebody who asks; there are others, such as `logout+jwt`.
const TYPES: [&str; 3] = ["JWT", "at+jwt", "application/at+jwt"];

/// By which algorithm an issuer may sign: none but these, and no secret that both would have to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "RFC 7518, 3.1 and RFC 8037 say it")]
pub enum ForeignAlgorithm {
    RS256,
    PS256,
    ES256,
    EdDSA,
}

impl From<ForeignAlgorithm> for Algorithm {
    fn from(algorithm: ForeignAlgorithm) -> Self {
        match algorithm {
            ForeignAlgorithm::RS256 => Self::RS256,
            ForeignAlgorithm::PS256 => Self::PS256,
            ForeignAlgorithm::ES256 => Self::ES256,
            ForeignAlgorithm::EdDSA => Self::EdDSA,
        }
    }
}

/// An issuer that the operator trusts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedIssuer {
    /// Who it is (`iss`), to the letter.
    pub issuer: String,
    /// For whom its tokens must be (`aud`).
    pub audience: String,
    /// By which algorithms it may sign.
    pub algorithms: Vec<ForeignAlgorithm>,
    /// Where its keys are (`jwks_uri`).
    pub jwks: String,
    /// Whether it vouches for the public, too: who has no account comes as a reader (公众用户) instead of being refused.
    #[serde(default)]
    pub readers: bool,
    /// Claims that a token must have, and their values; of a claim that is a list, one must be the value.
    #[serde(default)]
    pub require: Map<String, Json>,
}

/// What a token says of itself before it is verified: nothing of it is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// Who is said to have made it.
    pub issuer: String,
    /// By which key it is said to be signed.
    pub key: Option<String>,
}

impl Unverified {
    /// Reads it; nothing for what is no such token.
    pub fn of(token: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Issuer {
            iss: String,
        }
        if token.len() > LONGEST {
            return None;
        }
        let header = decode_header(token).ok()?;
        let claims: Issuer = jsonwebtoken::dangerous::insecure_decode_claims(token).ok()?;
        Some(Self { issuer: claims.iss, key: header.kid })
    }
}

/// The keys that an issuer publishes.
#[derive(Debug, Clone, Default)]
pub struct ForeignKeys(Vec<Jwk>);

impl ForeignKeys {
    /// Reads a JWK set (RFC 7517); keys of unknown kinds are passed over (section 5).
    pub fn read(set: &[u8]) -> Option<Self> {
        let set: Json = serde_json::from_slice(set).ok()?;
        let keys = set.get("keys")?.as_array()?;
        Some(Self(keys.iter().filter_map(|key| Jwk::deserialize(key).ok()).collect()))
    }

    /// Whether there is a key of this name; without a name, whether there is any.
    pub fn know(&self, name: Option<&str>) -> bool {
        match name {
            Some(_) => self.0.iter().any(|key| key.common.key_id.as_deref() == name),
            None => !self.0.is_empty(),
        }
    }

    /// The key that a token names and that fits its algorithm; of a token that names none, the one that fits.
    fn find(&self, name: Option<&str>, algorithm: Algorithm) -> Option<&Jwk> {
        let fits = |key: &&Jwk| {
            is_for_signatures(key) && is_of(key, algorithm) && (name.is_none() || key.common.key_id.as_deref() == name)
        };
        let mut found = self.0.iter().filter(fits);
        match (found.next(), found.next()) {
            (Some(key), None) => Some(key),
            _ => None,
        }
    }
}

fn is_for_signatures(key: &Jwk) -> bool {
    let used = key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
    used && key.common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify))
}

fn is_of(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => matches!(algorithm, Algorithm::RS256 | Algorithm::PS256),
        AlgorithmParameters::EllipticCurve(curve) => {
            algorithm == Algorithm::ES256 && curve.curve == EllipticCurve::P256
        }
        AlgorithmParameters::OctetKeyPair(curve) => {
            algorithm == Algorithm::EdDSA && curve.curve == EllipticCurve::Ed25519
        }
        _ => false,
    };
    kind && key.common.key_algorithm.is_none_or(|own| own == algorithm.into())
}

impl TrustedIssuer {
    /// For whom it vouches by `token`, if the token is its own, for us, and valid at `now` (seconds since 1970).
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn verify(&self, token: &str, keys: &ForeignKeys, now: i64) -> Result<String, Rejected> {
        if token.len() > LONGEST {
            return Err(Rejected::Malformed);
        }
        let header = decode_header(token).map_err(|_| Rejected::Malformed)?;
        if !self.algorithms.iter().any(|known| Algorithm::from(*known) == header.alg) {
            return Err(Rejected::Algorithm);
        }
        let typed = header.typ.as_deref().is_none_or(|typ| TYPES.iter().any(|known| known.eq_ignore_ascii_case(typ)));
        if !typed || header.crit.is_some() {
            return Err(Rejected::Malformed);
        }
        let key = keys.find(header.kid.as_deref(), header.alg).ok_or(Rejected::UnknownKey)?;
        let key = DecodingKey::from_jwk(key).map_err(|_| Rejected::UnknownKey)?;
        let claims: Map<String, Json> =
            decode(token, &key, &self.validation(header.alg)).map_err(|error| of(error.kind()))?.claims;
        self.require(&claims, now)?;
        let subject = claims.get("sub").and_then(Json::as_str).filter(|text| !text.is_empty());
        subject.filter(|text| text.len() <= LONGEST_SUBJECT).map(str::to_owned).ok_or(Rejected::Malformed)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[&self.audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // By the clock that is handed in; the library would read the system's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    fn require(&self, claims: &Map<String, Json>, now: i64) -> Result<(), Rejected> {
        let time = |name: &str| claims.get(name).map(|value| value.as_f64().map(|time| time as i64));
        let expires = time("exp").flatten().ok_or(Rejected::Malformed)?;
        if expires.saturating_add(LEEWAY_SECONDS) <= now {
            return Err(Rejected::Expired);
        }
        for name in ["nbf", "iat"] {
            match time(name) {
                Some(None) => return Err(Rejected::Malformed),
                Some(Some(from)) if from > now.saturating_add(LEEWAY_SECONDS) => return Err(Rejected::NotYetValid),
                _ => {}
            }
        }
        let holds = |claim: &Json, value: &Json| match claim {
            Json::Array(all) => all.contains(value),
            claim => claim == value,
        };
        let has = |(name, value): (&String, &Json)| claims.get(name).is_some_and(|claim| holds(claim, value));
        if self.require.iter().all(has) { Ok(()) } else { Err(Rejected::Claims) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    const NOW: i64 = 1_750_000_000;

    fn issuer() -> TrustedIssuer {
        let text = json!({"issuer": "https://id.example.gov.cn", "audience": "jiyue", "algorithms": ["EdDSA"],
            "jwks": "https://id.example.gov.cn/jwks", "require": {"acr": "2", "groups": "cms"}});
        serde_json::from_value(text).expect("an issuer")
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::of_seed(&[seed; 32]).expect("a key")
    }

    fn keys(seeds: &[u8]) -> ForeignKeys {
        let all: Vec<_> = seeds.iter().map(|seed| serde_json::to_value(&key(*seed).jwk).expect("JSON")).collect();
        let set = json!({"keys": all.into_iter().chain([json!({"kty": "of tomorrow"})]).collect::<Vec<_>>()});
        ForeignKeys::read(set.to_string().as_bytes()).expect("a set")
    }

    fn claims() -> Json {
        json!({"iss": "https://id.example.gov.cn", "aud": ["other", "jiyue"], "sub": "u-1", "exp": NOW + 300, "iat": NOW,
            "acr": "2", "groups": ["staff", "cms"], "email": "admin@example.gov.cn"})
    }

    fn header() -> Json {
        json!({"alg": "EdDSA", "typ": "JWT", "kid": key(1).name()})
    }

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
    fn a_token_of_a_trusted_issuer_tells_its_subject() {
        let token = made(&header(), &claims(), &key(1));
        assert_eq!(issuer().verify(&token, &keys(&[2, 1]), NOW), Ok("u-1".to_owned()));
        let told = Unverified::of(&token).expect("it can be read");
        assert_eq!((told.issuer.as_str(), told.key.as_deref()), ("https://id.example.gov.cn", Some(key(1).name())));
        let nameless = made(&with(header(), "kid", Json::Null), &claims(), &key(1));
        assert!(issuer().verify(&nameless, &keys(&[1]), NOW).is_ok(), "one key alone needs no name");
        assert_eq!(issuer().verify(&nameless, &keys(&[1, 2]), NOW), Err(Rejected::UnknownKey));
    }

    #[test]
    fn every_other_token_is_refused() {
        for (name, value, why) in [
            ("iss", json!("https://evil.example"), Rejected::Issuer),
            ("aud", json!("other"), Rejected::Audience),
            ("aud", json!(["other"]), Rejected::Audience),
            ("exp", json!(NOW - 30), Rejected::Expired),
            ("exp", Json::Null, Rejected::Malformed),
            ("nbf", json!(NOW + 31), Rejected::NotYetValid),
            ("iat", json!(NOW + 31), Rejected::NotYetValid),
            ("iat", json!("now"), Rejected::Malformed),
            ("sub", json!(""), Rejected::Malformed),
            ("sub", json!(7), Rejected::Malformed),
            ("acr", json!("1"), Rejected::Claims),
            ("acr", Json::Null, Rejected::Claims),
            ("groups", json!(["staff"]), Rejected::Claims),
        ] {
            let token = made(&header(), &with(claims(), name, value.clone()), &key(1));
            assert_eq!(issuer().verify(&token, &keys(&[1]), NOW), Err(why), "{name}: {value}");
        }
        for (name, value) in [("typ", json!("logout+jwt")), ("crit", json!(["exp"]))] {
            let token = made(&with(header(), name, value), &claims(), &key(1));
            assert_eq!(issuer().verify(&token, &keys(&[1]), NOW), Err(Rejected::Malformed), "{name}");
        }
        let token = made(&header(), &claims(), &key(2));
        assert_eq!(issuer().verify(&token, &keys(&[1]), NOW), Err(Rejected::Signature));
        assert_eq!(issuer().verify(&token, &keys(&[2]), NOW), Err(Rejected::UnknownKey));
        for alg in ["none", "HS256", "RS256", "ES256"] {
            let token = made(&with(header(), "alg", json!(alg)), &claims(), &key(1));
            let bare = format!("{}.", token.rsplit_once('.').expect("three parts").0);
            for token in [token, bare] {
                let refused = issuer().verify(&token, &keys(&[1]), NOW);
                assert!(matches!(refused, Err(Rejected::Malformed | Rejected::Algorithm)), "{alg}: {refused:?}");
            }
        }
    }

    #[test]
    fn a_key_for_something_else_is_not_taken() {
        let token = made(&header(), &claims(), &key(1));
        for (name, value) in [("use", json!("enc")), ("key_ops", json!(["sign"])), ("alg", json!("ES256"))] {
            let jwk = with(serde_json::to_value(&key(1).jwk).expect("JSON"), name, value);
            let set = json!({"keys": [jwk]}).to_string();
            let keys = ForeignKeys::read(set.as_bytes()).expect("a set");
            assert_eq!(issuer().verify(&token, &keys, NOW), Err(Rejected::UnknownKey), "{name}");
        }
        for wrong in ["", "[]", "{}", "{\"keys\": 1}"] {
            assert!(ForeignKeys::read(wrong.as_bytes()).is_none(), "{wrong}");
        }
        assert!(serde_json::from_value::<ForeignAlgorithm>(json!("HS256")).is_err(), "no shared secret");
    }
}
