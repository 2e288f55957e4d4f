//! The deeds of administrators on sites, organisations, leaders, panels, fields and code lists, asked as a client asks.

mod codes;
mod leaders;
mod organisations;
mod panels;
mod redirects;
mod sites;

use library::Caller;
use library::attachment::Upload;
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::Engine;

use crate::accounts::{Staff, caller};

/// The smallest picture.
const PICTURE: &[u8] = b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90\x77\x53\xde\x00\x00\x00\x0c\x49\x44\x41\x54\x78\x9c\x63\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

/// A town with who keeps it: the platform, the town's site with those below it, the county's site; and an editor and a
/// publisher of the town's site.
struct Keepers {
    staff: Staff,
    admin: Caller,
    keeper: Caller,
    stranger: Caller,
    editor: Caller,
    publisher: Caller,
}

impl Keepers {
    async fn on(engine: Engine) -> Self {
        let staff = Staff::on(engine).await;
        let (site, county) = (GrantScope::Site(staff.town.site), GrantScope::Site(staff.town.county));
        let admin = caller(staff.administrator("admin").await);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let stranger = caller(staff.account("stranger", Some((Role::SiteAdmin, county))).await);
        let editor = caller(staff.account("editor", Some((Role::Editor, site))).await);
        let publisher = caller(staff.account("publisher", Some((Role::Publisher, site))).await);
        Self { staff, admin, keeper, stranger, editor, publisher }
    }

    /// What a deed answers: `shows` is what is selected of its payload beside the position and what was wrong.
    async fn deed(&self, asker: &Caller, name: &str, shows: &str, input: Json) -> Json {
        let mut begin = name.chars();
        let first = begin.next().expect("a name").to_ascii_uppercase();
        let document = format!(
            "mutation($input: {first}{}Input!) {{ {name}(input: $input) {{ {shows} position userErrors {{ code path message hint }} }} }}",
            begin.as_str()
        );
        let (answer, scope) = self.staff.town.world.ask_as(asker, &document, &json!({ "input": input })).await;
        assert!(answer.get("errors").is_none(), "{name}: {answer}");
        assert!(scope.is_private(), "{name} depends on who asks");
        answer["data"][name].clone()
    }

    /// The payload of a deed that must be done.
    async fn does(&self, asker: &Caller, name: &str, shows: &str, input: Json) -> Json {
        let payload = self.deed(asker, name, shows, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        assert!(payload["position"].is_string(), "{name}: {payload}");
        payload
    }

    /// Sees that a deed is refused with a code at a path (`a.b`), and that nothing was written.
    async fn refused(&self, asker: &Caller, name: &str, input: Json, code: &str, path: &str) {
        let before = self.staff.town.position().await;
        let payload = self.deed(asker, name, "__typename", input.clone()).await;
        let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
        let error = &payload["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!(code), &json!(steps)), "{name} {input}: {payload}");
        assert_eq!(payload["position"], Json::Null);
        assert_eq!(self.staff.town.position().await, before, "{name} wrote something");
    }

    /// What somebody reads.
    async fn reads(&self, asker: &Caller, document: &str, variables: Json) -> Json {
        let (answer, _) = self.staff.town.world.ask_as(asker, document, &variables).await;
        assert!(answer.get("errors").is_none(), "{document}: {answer}");
        answer["data"].clone()
    }

    /// What everybody reads.
    async fn public(&self, document: &str, variables: Json) -> Json {
        self.staff.town.data(document, variables).await
    }

    /// The identifier of a file that was uploaded.
    async fn file(&self, name: &str, bytes: &'static [u8]) -> String {
        let upload = Upload { name: name.to_owned(), alt: Some("替代文本".to_owned()), bytes: bytes.into() };
        let file = self.staff.library().upload_attachment(&self.staff.town.editor(), upload).await;
        file.expect("a file").id.to_string()
    }
}

/// An identifier that identifies nothing.
fn unknown(prefix: &str) -> String {
    format!("{prefix}_01h455vb4pex5vsknk084sn02q")
}

/// The input with further fields.
fn with(input: &Json, more: Json) -> Json {
    let mut input = input.clone();
    for (key, value) in more.as_object().expect("an object") {
        input[key] = value.clone();
    }
    input
}
