//! The desk: the life of a content from its draft to the archive, as those who work on it see and do it.

mod crowd;
mod life;
mod lists;
mod moments;
mod once;
mod preview;
mod redaction;
mod refusals;
mod secret;
mod walks;

use library::column::ReviewPolicy;
use library::content::{ContentFields, ContentState, SubmitContent, TagAssignment, TagAssignmentSource};
use library::content::{ReviewContent, ReviewDecision};
use library::grant::{GrantRole, GrantScope, Role};
use library::id::{AccountId, ContentId, TagId};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use serde_json::{Value as Json, json};
use tests::Engine;

use crate::accounts::{Staff, caller};

/// A town with everybody who works on its contents.
pub struct Newsroom {
    pub staff: Staff,
    /// An active tag.
    pub tag: TagId,
    /// Writes in `/news`.
    pub editor: AccountId,
    /// Writes there, too.
    pub colleague: AccountId,
    /// Reviews at the first level.
    pub first: AccountId,
    /// Reviews at the second.
    pub second: AccountId,
    /// Publishes.
    pub publisher: AccountId,
    /// Writes on the county's site, and has nothing to do with the town.
    pub stranger: AccountId,
    /// Keeps the platform.
    pub admin: AccountId,
}

impl Newsroom {
    pub async fn on(engine: Engine) -> Self {
        let staff = Staff::on(engine).await;
        let (library, program) = (staff.library().clone(), staff.town.editor());
        let group = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 0 };
        let group = library.create_tag_group(&program, "topic", group).await.expect("a group").0;
        let tag = new_tag(&staff, group, "housing", "住房").await;
        let town = GrantScope::Site(staff.town.site);
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Column(staff.town.news)))).await;
        let colleague = staff.account("colleague", Some((Role::Editor, town))).await;
        let first = staff.account("first", Some((Role::Reviewer, town))).await;
        let second = staff.account("second", None).await;
        let grant = GrantRole { account: second, role: Role::Reviewer, level: Some(2), scope: town };
        library.grant_role(&program, grant).await.expect("a grant");
        let publisher = staff.account("publisher", Some((Role::Publisher, town))).await;
        let stranger = staff.account("stranger", Some((Role::Editor, GrantScope::Site(staff.town.county)))).await;
        let admin = staff.administrator("admin").await;
        Self { staff, tag, editor, colleague, first, second, publisher, stranger, admin }
    }

    /// What an account is answered.
    pub async fn ask(&self, who: AccountId, document: &str, variables: Json) -> Json {
        let (answer, scope) = self.staff.town.world.ask_as(&caller(who), document, &variables).await;
        assert!(answer.get("errors").is_none(), "{answer}\n{document}");
        assert!(scope.is_private(), "what the desk answers is private");
        answer["data"].clone()
    }

    /// The payload of a mutation that an account asks for, with the fields `shown`.
    pub async fn act(&self, who: AccountId, deed: &str, input: Json, shown: &str) -> Json {
        let mut letters = deed.chars();
        let kind: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let document = format!(
            "mutation($input: {kind}Input!) {{ {deed}(input: $input) {{ {shown} userErrors {{ code path message hint }} }} }}"
        );
        self.ask(who, &document, json!({"input": input})).await[deed].clone()
    }

    /// The same, which must have been done.
    pub async fn done(&self, who: AccountId, deed: &str, input: Json, shown: &str) -> Json {
        let payload = self.act(who, deed, input, shown).await;
        assert_eq!(payload["userErrors"], json!([]), "{deed}: {payload}");
        payload
    }

    /// The codes for which a mutation is refused.
    pub async fn refused(&self, who: AccountId, deed: &str, input: Json) -> Vec<String> {
        let payload = self.act(who, deed, input, "").await;
        let errors = payload["userErrors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// An article that passes the gate.
    pub fn complete(&self, title: &str) -> Json {
        json!({
            "title": title, "bodyHtml": format!("<p>{title}的正文</p>"), "sourceName": "镇政府", "withoutLinks": true,
            "tags": [{"tag": self.tag.to_string()}]
        })
    }

    /// The same as the library has it.
    pub fn fields(&self, title: &str) -> ContentFields {
        let mut fields = self.staff.town.article(title);
        fields.source_name = "镇政府".to_owned();
        fields.without_links = true;
        fields.tags = vec![TagAssignment { tag: self.tag, source: TagAssignmentSource::Editor }];
        fields
    }

    /// A complete draft of the editor's in `/news`; answers its identifier.
    pub async fn draft(&self, title: &str) -> String {
        let input = json!({"kind": "ARTICLE", "content": self.complete(title)});
        let drafted = self.done(self.editor, "draftContent", input, "content { id }").await;
        drafted["content"]["id"].as_str().expect("an identifier").to_owned()
    }

    /// An approved revision of the editor's: drafted, submitted, and passed by the first level.
    pub async fn approved(&self, title: &str) -> ContentId {
        let id: ContentId = self.draft(title).await.parse().expect("an identifier");
        self.approve(id, 1).await;
        id
    }

    /// Submits a revision and has the first level pass it.
    pub async fn approve(&self, id: ContentId, revision: i64) {
        let library = self.staff.library();
        let submit = SubmitContent { id, expected_revision: revision, overrule: Vec::new() };
        let submitted = library.submit_content(&caller(self.editor), submit).await.expect("submitted");
        assert!(submitted.done.is_some(), "{:?} {:?}", submitted.findings, submitted.refused);
        let reviewed = self.pass(self.first, id, revision).await;
        assert_eq!(reviewed, ContentState::Approved);
    }

    /// Has a reviewer pass a revision; answers where it stands then.
    pub async fn pass(&self, who: AccountId, id: ContentId, revision: i64) -> ContentState {
        let review = ReviewContent {
            id,
            expected_revision: revision,
            decision: ReviewDecision::Approve,
            proofreading: ReviewDecision::Approve,
            reason: None,
        };
        self.staff.library().review_content(&caller(who), review).await.expect("passed").state
    }

    /// A content of the editor's that is live.
    pub async fn published(&self, title: &str) -> ContentId {
        let id = self.approved(title).await;
        self.staff.library().publish_content(&caller(self.publisher), id, 1).await.expect("published");
        id
    }

    /// How many levels of review `/news` demands.
    pub async fn demand(&self, levels: u8, exempt: &[&str]) {
        let town = &self.staff.town;
        let column = town.library().directory().columns.get(town.news).expect("a column").clone();
        let mut fields = column.fields.clone();
        let exempt_sources = exempt.iter().map(|source| (*source).to_owned()).collect();
        fields.review = Some(ReviewPolicy { levels, exempt_sources });
        town.library().edit_column(&town.editor(), column.id, column.status, fields).await.expect("edited");
    }

    /// Where a content stands.
    pub async fn state(&self, id: &str) -> String {
        let found = self.ask(self.admin, "query($id: ID!) { desk { content(id: $id) { state } } }", json!({"id": id}));
        found.await["desk"]["content"]["state"].as_str().unwrap_or_default().to_owned()
    }
}

/// A tag of a group.
pub async fn new_tag(staff: &Staff, group: library::id::TagGroupId, code: &str, name: &str) -> TagId {
    let fields = TagFields { name: name.to_owned(), parent: None, synonyms: Vec::new(), steward: None };
    let tag = CreateTag { code: code.to_owned(), group, fields };
    staff.library().create_tag(&staff.town.editor(), tag).await.expect("a tag").0
}
