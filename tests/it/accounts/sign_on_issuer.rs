//! A sign-on provider on this machine: it publishes keys over HTTP, signs whatever it is told to, and counts who asks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use library::linked_identity::{ForeignAlgorithm, TrustedIssuer};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it answers to who asks for its keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Answers {
    /// The keys of these names.
    Keys(Vec<&'static str>),
    /// An answer of so many bytes.
    Long(usize),
    /// Another address, which would answer the keys.
    Elsewhere,
    /// Nothing, for as long as one waits.
    Nothing,
    /// That something is wrong.
    Fault,
}

/// A provider.
pub struct Provider {
    pub issuer: String,
    answers: Arc<Mutex<Answers>>,
    asked: Arc<AtomicUsize>,
    keys: Arc<HashMap<&'static str, (Algorithm, EncodingKey)>>,
    serving: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The keys of every provider of the tests: made once, because those of RSA take a while.
fn keys() -> Arc<HashMap<&'static str, (Algorithm, EncodingKey)>> {
    static KEYS: std::sync::OnceLock<Arc<HashMap<&'static str, (Algorithm, EncodingKey)>>> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).expect("a key");
        // What PKCS #8 says of a key of RSA is 26 bytes long.
        let rsa_key = EncodingKey::from_rsa_der(&pair.as_der().expect("bytes").as_ref()[26..]);
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
        let ed = |seed: u8| {
            let head = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
            EncodingKey::from_ed_der(&[&head[..], &[seed; 32]].concat())
        };
        let all = [
            ("rsa", (Algorithm::RS256, rsa_key.clone())),
            ("pss", (Algorithm::PS256, rsa_key)),
            ("ec", (Algorithm::ES256, EncodingKey::from_ec_der(pair.as_ref()))),
            ("ed", (Algorithm::EdDSA, ed(1))),
            ("ed-next", (Algorithm::EdDSA, ed(2))),
        ];
        Arc::new(HashMap::from(all))
    })
    .clone()
}

impl Provider {
    pub async fn open(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let (answers, asked, keys) = (Arc::new(Mutex::new(answers)), Arc::new(AtomicUsize::new(0)), keys());
        let (told, count, known) = (answers.clone(), asked.clone(), keys.clone());
        let serving = tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.expect("somebody asks");
                let mut head = [0; 4096];
                let read = connection.read(&mut head).await.unwrap_or(0);
                count.fetch_add(1, Ordering::SeqCst);
                let elsewhere = head[..read].starts_with(b"GET /elsewhere");
                let answers = told.lock().expect("a lock").clone();
                let text = match answers {
                    Answers::Keys(names) => ok(&set(&known, &names)),
                    Answers::Elsewhere if elsewhere => ok(&set(&known, &["ed"])),
                    Answers::Elsewhere => {
                        "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".to_owned()
                    }
                    Answers::Long(bytes) => ok(&format!("{}{}", " ".repeat(bytes), set(&known, &["ed"]))),
                    Answers::Fault => "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n".to_owned(),
                    Answers::Nothing => {
                        tokio::spawn(async move {
                            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                            drop(connection);
                        });
                        continue;
                    }
                };
                let _ = connection.write_all(text.as_bytes()).await;
            }
        });
        Self { issuer, answers, asked, keys, serving }
    }

    /// What it answers from now on.
    pub fn answer(&self, answers: Answers) {
        *self.answers.lock().expect("a lock") = answers;
    }

    /// How often somebody asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// The provider as an operator trusts it.
    pub fn trusted(&self) -> TrustedIssuer {
        use ForeignAlgorithm::{ES256, EdDSA, PS256, RS256};
        let require = [("acr".to_owned(), json!("2"))].into_iter().collect();
        TrustedIssuer {
            issuer: self.issuer.clone(),
            audience: "jiyue".to_owned(),
            algorithms: vec![RS256, PS256, ES256, EdDSA],
            jwks: format!("{}/jwks", self.issuer),
            readers: false,
            require,
        }
    }

    /// The claims of a good token at `now`.
    pub fn claims(&self, subject: &str, now: i64) -> Json {
        json!({"iss": self.issuer, "aud": "jiyue", "sub": subject, "iat": now, "nbf": now, "exp": now + 300, "acr": "2",
            "email": "admin@example.gov.cn"})
    }

    /// A token by the key of this name.
    pub fn token(&self, key: &'static str, claims: &Json) -> String {
        let (algorithm, _) = self.keys[key];
        self.token_of(&json!({"alg": algorithm, "typ": "JWT", "kid": key}), key, claims)
    }

    /// A token with a header of its own, signed by the key of this name.
    pub fn token_of(&self, header: &Json, key: &'static str, claims: &Json) -> String {
        let (algorithm, key) = &self.keys[key];
        let part = |part: &Json| base64(part.to_string().as_bytes());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, *algorithm).expect("signed");
        format!("{message}.{signature}")
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn set(keys: &HashMap<&'static str, (Algorithm, EncodingKey)>, names: &[&'static str]) -> String {
    let key = |name: &&'static str| {
        let (algorithm, key) = &keys[name];
        let mut jwk = Jwk::from_encoding_key(key, *algorithm).expect("a key");
        jwk.common.key_id = Some((*name).to_owned());
        jwk
    };
    json!({"keys": names.iter().map(key).collect::<Vec<_>>()}).to_string()
}

/// Base64url without padding (RFC 4648, section 5).
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        text.extend((0..=three.len()).map(|at| char::from(SIGNS[(bits >> (18 - 6 * at)) as usize & 63])));
    }
    text
}
