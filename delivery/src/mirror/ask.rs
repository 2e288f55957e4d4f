//! A question to the other side and its answer, within bounds.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use serde_json::{Value as Json, json};
use url::Url;

/// The longest time for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest time for a question and its whole answer.
const WHOLE: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes: Jiyue itself sends no more than 16 MiB.
const LONGEST: usize = 24 << 20;

/// The other side; cheap to clone.
#[derive(Debug, Clone)]
pub struct Origin {
    client: reqwest::Client,
    url: Url,
    key: Option<HeaderValue>,
}

/// Why the other side could not be asked, or did not answer what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// A stable code, such as `NOT_REACHED`.
    pub code: &'static str,
    /// What it is, as a plain sentence.
    pub reason: String,
    /// Whether it may pass by itself.
    pub passes: bool,
}

impl Trouble {
    /// Something that stays until somebody mends it.
    pub(super) fn stays(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), passes: false }
    }

    fn passes(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), passes: true }
    }

    /// The other side does not speak as Jiyue does.
    pub(super) fn not_jiyue(what: &str) -> Self {
        Self::stays("NOT_JIYUE", format!("it does not answer as Jiyue does: {what}"))
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.code)
    }
}

impl Error for Trouble {}

impl Origin {
    /// The instance at an address: that of its front door, or of its `/graphql`.
    ///
    /// # Errors
    /// When that is no web address, it carries a name or a password, the key cannot be sent, or there is no way to speak TLS.
    pub fn at(address: &str, key: Option<&str>) -> Result<Self, Trouble> {
        let not_an_address = || Trouble::stays("NOT_AN_ADDRESS", format!("{address} is no web address"));
        let mut url = Url::parse(address).map_err(|_| not_an_address())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(not_an_address());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Trouble::stays("NOT_AN_ADDRESS", "the address carries a password: give a key instead"));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&if path.ends_with("/graphql") { path } else { format!("{path}/graphql") });
        let key = key.map(|key| HeaderValue::try_from(format!("Bearer {}", key.trim())));
        let mut key =
            key.transpose().map_err(|_| Trouble::stays("KEY_REFUSED", "the key is not of the form of a key"))?;
        if let Some(key) = &mut key {
            key.set_sensitive(true);
        }
        let client = reqwest::Client::builder()
            .user_agent(concat!("jiyue/", env!("CARGO_PKG_VERSION")))
            // A redirect would take the key along to somebody else.
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build();
        let client =
            client.map_err(|error| Trouble::stays("NO_TLS", format!("there is no way to speak TLS: {error}")))?;
        Ok(Self { client, url, key })
    }

    /// Host and port, as a name.
    pub fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']).replace(':', "-");
        self.url.port().map_or(host.clone(), |port| format!("{host}:{port}"))
    }

    /// The address that is asked.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The data of an answer.
    ///
    /// # Errors
    /// When it is not reached, does not take the key, or does not answer with data.
    pub async fn ask(&self, query: &str, variables: Json) -> Result<Json, Trouble> {
        let body = json!({"query": query, "variables": variables}).to_string();
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        // What goes wrong is told in the language of our own log.
        let mut request = request.header(ACCEPT_LANGUAGE, "en").body(body);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let response = request.send().await.map_err(|error| not_reached(&error))?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
            let to: String = to.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(Trouble::stays(
                "REDIRECTED",
                format!("it redirects to {to}: give the address of Jiyue itself"),
            ));
        }
        let bytes = read(response).await?;
        let Ok(answer) = serde_json::from_slice::<Json>(&bytes) else { return Err(refused(status, None)) };
        let error = answer["errors"].as_array().and_then(|errors| errors.first());
        match (error, &answer["data"]) {
            (None, data) if status.is_success() && data.is_object() => Ok(data.clone()),
            (error, _) => Err(refused(status, error)),
        }
    }
}

/// Reads an answer as far as it may go.
async fn read(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let too_large = || Trouble::stays("TOO_LARGE", format!("its answer has more than {LONGEST} bytes"));
    if response.content_length().is_some_and(|length| length > LONGEST as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| not_reached(&error))? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn not_reached(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() {
        return Trouble::passes("TIMED_OUT", "it did not answer in time");
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Trouble::passes("NOT_REACHED", format!("it cannot be reached: {cause}"))
}

/// What an answer that is none means.
fn refused(status: StatusCode, error: Option<&Json>) -> Trouble {
    let code = error.and_then(|error| error["extensions"]["code"].as_str()).unwrap_or_default();
    let text = error.and_then(|error| error["message"].as_str()).unwrap_or_default();
    let text: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    let of_place = error.is_some_and(|error| error["path"][0] == "changes" || error["path"][0] == "contents");
    match (status.as_u16(), code) {
        (401 | 403, _) | (_, "UNAUTHENTICATED") => Trouble::stays("KEY_REFUSED", "it does not take the key"),
        (_, "LIMIT_EXCEEDED") => Trouble::stays("LIMIT_EXCEEDED", format!("the question is too large for it: {text}")),
        (_, "BAD_USER_INPUT") if of_place => Trouble::stays("POSITION_REFUSED", "it does not know the position"),
        (429 | 502..=504, _) | (_, "OVERLOADED" | "TIMEOUT") => Trouble::passes("OVERLOADED", "it has no time"),
        (_, "INTERNAL") => Trouble::passes("BROKEN", "it has a fault of its own"),
        (_, "") => Trouble::not_jiyue(&format!("status {status}, and no answer of GraphQL")),
        _ => Trouble::not_jiyue(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_the_front_door_or_of_graphql() {
        for address in
            ["https://a.example", "https://a.example/", "https://a.example/graphql", "https://a.example/graphql?x#y"]
        {
            let origin = Origin::at(address, Some("key")).expect(address);
            assert_eq!((origin.url().as_str(), origin.name().as_str()), ("https://a.example/graphql", "a.example"));
        }
        let origin = Origin::at("http://[::1]:8080/jiyue/", None).expect("an address");
        assert_eq!((origin.url().path(), origin.name().as_str()), ("/jiyue/graphql", "--1:8080"));
        for wrong in ["a.example", "ftp://a.example", "https://u:p@a.example", "/graphql", ""] {
            assert!(Origin::at(wrong, None).is_err(), "{wrong}");
        }
        assert!(Origin::at("https://a.example", Some("a\nb")).is_err());
    }

    #[test]
    fn a_key_is_in_no_print() {
        let origin = Origin::at("https://a.example", Some("jiyue_secret")).expect("an address");
        assert!(!format!("{origin:?}").contains("jiyue_secret"));
    }

    #[test]
    fn what_is_wrong_has_a_code() {
        let error = |code: &str, path: &str| json!({"message": "m", "path": [path], "extensions": {"code": code}});
        let code = |status: u16, error: Option<&Json>| refused(StatusCode::from_u16(status).expect("one"), error).code;
        assert_eq!(code(401, None), "KEY_REFUSED");
        assert_eq!(code(200, None), "NOT_JIYUE");
        assert_eq!(code(503, None), "OVERLOADED");
        assert_eq!(code(200, Some(&error("BAD_USER_INPUT", "changes"))), "POSITION_REFUSED");
        assert_eq!(code(200, Some(&error("BAD_USER_INPUT", "column"))), "NOT_JIYUE");
        assert_eq!(code(400, Some(&error("GRAPHQL_VALIDATION_FAILED", "x"))), "NOT_JIYUE");
        assert_eq!(code(200, Some(&error("LIMIT_EXCEEDED", "contents"))), "LIMIT_EXCEEDED");
    }
}
