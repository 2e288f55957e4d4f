//! Files as editors bring them: with a request, in pieces, seen by those who may, and gone when nobody uses them.

mod collected;
mod door;
mod pieces;
mod signed;

use library::grant::{GrantScope, Role};
use library::id::AccountId;
use serde_json::{Value as Json, json};
use tests::Engine;

use crate::accounts::Staff;
use crate::door::http::{Answer, Door};

pub const UPLOAD: &str = "mutation Upload($input: UploadAttachmentInput!) { uploadAttachment(input: $input) { position \
    attachment { id name url downloadUrl mediaType size sha256 width height alt renditions { preset url mediaType } } \
    userErrors { code path message hint } } }";

/// A town with an editor who is signed in.
pub struct Desk {
    pub staff: Staff,
    pub editor: AccountId,
    pub token: String,
    pub door: Door,
}

impl Desk {
    pub async fn on(engine: Engine) -> Self {
        let staff = Staff::on(engine).await;
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Column(staff.town.news)))).await;
        let token = staff.sign_in("editor").await.access.0;
        let door = Door::open(&staff.town.world).await;
        Self { staff, editor, token, door }
    }

    /// Sends a file as the editor.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Json {
        let answer = self.send(&form(UPLOAD, &json!({"file": null, "name": name}), name, bytes), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["data"]["uploadAttachment"].clone()
    }

    /// Sends a body as the editor.
    pub async fn send(&self, body: &[u8], more: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", bearer.as_str()), ("GraphQL-Require-Preflight", "1"), TYPE];
        headers.extend(more);
        self.door.send("POST", "/graphql", &headers, body).await
    }

    /// Asks something as somebody.
    pub async fn ask(&self, token: &str, query: &str, variables: &Json) -> Json {
        let bearer = format!("Bearer {token}");
        self.door.ask(query, variables, &[("Authorization", &bearer)]).await.json()
    }
}

pub const TYPE: (&str, &str) = ("Content-Type", "multipart/form-data; boundary=b0undary");

/// A part of a body.
pub fn part(name: &str, file: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
    let head = format!("--b0undary\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// The parts put together.
pub fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [parts.concat(), b"--b0undary--\r\n".to_vec()].concat()
}

/// The first part: the question.
pub fn operations(query: &str, variables: &Json) -> Vec<u8> {
    part("operations", None, json!({"query": query, "variables": variables}).to_string().as_bytes())
}

pub fn map() -> Vec<u8> {
    part("map", None, br#"{"0": ["variables.input.file"]}"#)
}

/// The whole body of an upload.
pub fn form(query: &str, input: &Json, name: &str, bytes: &[u8]) -> Vec<u8> {
    body(&[operations(query, &json!({"input": input})), map(), part("0", Some(name), bytes)])
}

/// The path and query of an address of this server.
pub fn path(url: &Json) -> &str {
    url.as_str().and_then(|url| url.strip_prefix("http://127.0.0.1:8080")).expect("an address of this server")
}

pub fn code(answer: &Answer) -> (u16, String) {
    let json = answer.json();
    (answer.status, json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}
