//! The signature of a request (Standard Webhooks 1.0, symmetric): HMAC-SHA256 over identifier, time and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use library::webhook::WebhookSecret;
use sha2::Sha256;

/// The value of `webhook-signature`: one signature for each secret, so that a receiver may change over to a new one.
pub(super) fn signatures(secrets: &[WebhookSecret], id: &str, at: i64, body: &[u8]) -> String {
    let signed = secrets.iter().filter_map(|secret| signature(secret, id, at, body));
    signed.collect::<Vec<_>>().join(" ")
}

fn signature(secret: &WebhookSecret, id: &str, at: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.0.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{at}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's own libraries.
    #[test]
    fn it_is_that_of_the_standard() {
        let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let (id, at, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signatures(&[secret.clone(), secret], id, at, body), format!("{expected} {expected}"));
    }
}
