//! The leak test: one secret draft, with a file, a tag of its own and a preview link, looked for through every field of the
//! schema as everybody who may not see it. Each answers as if the draft were not there, by the same statements.
//!
//! It walks the schema by itself: a new field is looked through without a line here, or the test says what it needs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use library::attachment::Upload;
use library::content::{AttachmentUse, DraftContent, TagAssignment, TagAssignmentSource};
use library::grant::{GrantScope, Role};
use library::id::{ContentId, TagAuditId};
use library::tag_audit::DrawTagAudit;
use library::{Audience, Caller};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;
use crate::accounts::caller;

/// What no answer may hold.
const MARK: &str = "绝密XQ7";

const SCHEMA: &str = "{ __schema { types { kind name fields { name args { name type { kind name ofType { kind name ofType { kind \
    name ofType { kind name } } } } defaultValue } type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } \
    possibleTypes { name } } } }";

/// The innermost type of a reference, and whether something must be given for it.
fn named(reference: &Json) -> (String, bool) {
    let required = reference["kind"] == "NON_NULL";
    let mut inner = reference;
    while !inner["ofType"].is_null() {
        inner = &inner["ofType"];
    }
    (inner["name"].as_str().unwrap_or_default().to_owned(), required)
}

/// The schema as the walk needs it.
struct Walk {
    types: BTreeMap<String, Json>,
    /// What arguments are given, by the name of their type, or by `Type.field.argument`.
    given: BTreeMap<&'static str, String>,
}

impl Walk {
    fn fields(&self, of: &str) -> Vec<Json> {
        self.types.get(of).and_then(|found| found["fields"].as_array().cloned()).unwrap_or_default()
    }

    fn kind(&self, of: &str) -> &str {
        self.types.get(of).and_then(|found| found["kind"].as_str()).unwrap_or_default()
    }

    /// What is asked of a type: every field that needs no further selection and no argument.
    fn leaves(&self, of: &str) -> String {
        let possible =
            self.types.get(of).and_then(|found| found["possibleTypes"].as_array().cloned()).unwrap_or_default();
        let mut text = "__typename ".to_owned();
        for field in self.fields(of) {
            let (inner, _) = named(&field["type"]);
            let needs = field["args"]
                .as_array()
                .is_some_and(|args| args.iter().any(|arg| named(&arg["type"]).1 && arg["defaultValue"].is_null()));
            if matches!(self.kind(&inner), "SCALAR" | "ENUM") && !needs {
                text.push_str(field["name"].as_str().unwrap_or_default());
                text.push(' ');
            }
        }
        for other in possible.iter().filter_map(|other| other["name"].as_str()).filter(|other| *other != of) {
            // Fields of one name may have other types elsewhere: each has a name of its own.
            let mut inner = String::new();
            for field in self.fields(other) {
                let (leaf, _) = named(&field["type"]);
                let needs = field["args"]
                    .as_array()
                    .is_some_and(|args| args.iter().any(|arg| named(&arg["type"]).1 && arg["defaultValue"].is_null()));
                if matches!(self.kind(&leaf), "SCALAR" | "ENUM") && !needs {
                    let name = field["name"].as_str().unwrap_or_default();
                    inner.push_str(&format!("{}_{name}: {name} ", other.to_lowercase()));
                }
            }
            text.push_str(&format!("... on {other} {{ {inner} }} "));
        }
        text
    }

    /// The arguments of a field: what must be given, and as many items as may be had.
    fn arguments(&self, of: &str, field: &Json) -> Result<String, String> {
        let mut text = Vec::new();
        for argument in field["args"].as_array().into_iter().flatten() {
            let (inner, required) = named(&argument["type"]);
            let name = argument["name"].as_str().unwrap_or_default();
            let own = format!("{of}.{}.{name}", field["name"].as_str().unwrap_or_default());
            if let Some(given) = self.given.get(own.as_str()) {
                text.push(format!("{name}: {given}"));
            } else if required && argument["defaultValue"].is_null() {
                let given = self.given.get(inner.as_str()).ok_or(format!("what to give for {own}: {inner}"))?;
                text.push(format!("{name}: {given}"));
            } else if name == "first" {
                text.push("first: 50".to_owned());
            }
        }
        Ok(if text.is_empty() { String::new() } else { format!("({})", text.join(", ")) })
    }

    /// A question for each field of each type, by the shortest way to it and again by the shortest over the desk's view of a
    /// content, and what the walk could not give.
    fn questions(&self) -> (Vec<String>, Vec<String>) {
        let mut ways: VecDeque<(String, Vec<String>, bool)> = VecDeque::from([("Query".to_owned(), Vec::new(), false)]);
        let mut seen = BTreeSet::from([("Query".to_owned(), false)]);
        let (mut questions, mut lacking) = (Vec::new(), Vec::new());
        while let Some((of, way, over_desk)) = ways.pop_front() {
            for field in self.fields(&of) {
                let name = field["name"].as_str().unwrap_or_default();
                let (inner, _) = named(&field["type"]);
                if matches!(self.kind(&inner), "SCALAR" | "ENUM") && field["args"].as_array().is_none_or(Vec::is_empty)
                {
                    continue;
                }
                let arguments = match self.arguments(&of, &field) {
                    Ok(arguments) => arguments,
                    Err(why) => {
                        lacking.push(why);
                        continue;
                    }
                };
                let step = format!("{name}{arguments}");
                let leaf = matches!(self.kind(&inner), "SCALAR" | "ENUM");
                let asked = if leaf { step.clone() } else { format!("{step} {{ {} }}", self.leaves(&inner)) };
                questions.push(way.iter().rev().fold(asked, |inner, outer| format!("{outer} {{ {inner} }}")));
                let possible = self.types.get(&inner).and_then(|found| found["possibleTypes"].as_array().cloned());
                let mut next = vec![(inner.clone(), step.clone(), None)];
                for other in
                    possible.into_iter().flatten().filter_map(|other| other["name"].as_str().map(str::to_owned))
                {
                    next.push((other.clone(), step.clone(), Some(other)));
                }
                // What identifiers find is asked about, and is no way: by the desk and by lists one comes further.
                for (to, step, narrowed) in next.into_iter().filter(|_| !["node", "nodes"].contains(&name)) {
                    let over_desk = over_desk || to == "DeskContent";
                    if !self.fields(&to).is_empty() && seen.insert((to.clone(), over_desk)) {
                        let mut longer = way.clone();
                        longer.push(step);
                        longer.extend(narrowed.map(|to| format!("... on {to}")));
                        ways.push_back((to, longer, over_desk));
                    }
                }
            }
        }
        (questions, lacking)
    }
}

/// What the draft is found by, if at all.
struct Names {
    content: String,
    short: String,
    attachment: String,
    title: String,
}

async fn walk(room: &Newsroom, names: &Names, private_tag: &str, audit: TagAuditId) -> Vec<String> {
    let town = &room.staff.town;
    let schema = town.data(SCHEMA, json!({})).await;
    let types = schema["__schema"]["types"].as_array().cloned().unwrap_or_default();
    let types = types.into_iter().map(|one| (one["name"].as_str().unwrap_or_default().to_owned(), one)).collect();
    let path = format!("\"/content/202610/{}\"", names.short);
    let content = format!("\"{}\"", names.content);
    let given = BTreeMap::from([
        ("SiteLocator", "{code: \"town\"}".to_owned()),
        ("ColumnLocator", "{at: {site: \"town\", path: \"/news\"}}".to_owned()),
        ("OrganisationLocator", "{code: \"town\"}".to_owned()),
        ("TagLocator", format!("{{code: \"{private_tag}\"}}")),
        ("ContentLocator", format!("{{id: {content}}}")),
        ("CodeList", "THEME".to_owned()),
        ("Action", "EDIT".to_owned()),
        ("RenditionPreset", "THUMBNAIL".to_owned()),
        ("Query.resolve.path", path.clone()),
        ("Query.node.id", content.clone()),
        (
            "Query.nodes.ids",
            format!(
                "[{content}, \"{}\", \"{}\"]",
                names.attachment,
                names.content.replace("content_", "desk_content_")
            ),
        ),
        ("Desk.content.id", content.clone()),
        ("Viewer.can.on", content.clone()),
        ("Site.column.path", "\"/news\"".to_owned()),
        ("Site.columnsAt.paths", "[\"/news\", \"/policies\"]".to_owned()),
        ("Site.frontEndSettings.keys", "[\"theme\"]".to_owned()),
        ("DeskContent.difference.from", "1".to_owned()),
        ("DeskContent.difference.to", "1".to_owned()),
        ("Desk.schemaUse.type", "\"Policy\"".to_owned()),
        ("Desk.suggestTags.title", "\"住房\"".to_owned()),
        ("Desk.tagAudit.id", format!("\"{audit}\"")),
        ("Desk.tagReport.from", "\"2026-10-01\"".to_owned()),
        ("Desk.tagReport.before", "\"2027-01-01\"".to_owned()),
        ("Query.search.query", format!("\"{MARK}\"")),
        ("Query.suggest.prefix", format!("\"{MARK}\"")),
        ("Query.ask.question", format!("\"{MARK}\"")),
        ("ID", content.clone()),
        ("String", format!("\"{}\"", names.title)),
    ]);
    let walk = Walk { types, given };
    let (mut questions, lacking) = walk.questions();
    assert!(lacking.is_empty(), "say in this test {lacking:#?}");
    assert!(questions.len() > 300, "only {} questions", questions.len());
    // The keys by which a content may be found, beside its identifier.
    for by in [
        format!("at: {{site: \"town\", path: {path}}}"),
        format!("documentNumber: \"{MARK}〔2026〕1号\""),
        format!("origin: {{system: \"{MARK}\", id: \"1\"}}"),
    ] {
        questions.push(format!("content(by: {{{by}}}) {{ {} }}", walk.leaves("Content")));
    }
    questions
}

/// What everybody is answered and what ran for it.
async fn answers(
    room: &Newsroom,
    who: Option<&Caller>,
    questions: &[String],
    names: &Names,
    other: &Names,
) -> Vec<(String, Vec<String>)> {
    let world = &room.staff.town.world;
    let mut all = Vec::new();
    world.indexed().await;
    for question in questions {
        let document = format!("{{ {question} }}");
        let (mut answer, scope) = match who {
            Some(who) => world.ask_as(who, &document, &json!({})).await,
            None => world.ask(&document, &json!({})).await,
        };
        if let Some(data) = answer.get_mut("data").and_then(Json::as_object_mut) {
            // That the log goes on is told to everybody, not what went on.
            data.remove("position");
            // How far the index is, as well.
            for (field, number) in [("search", "asOf"), ("ask", "id")] {
                if let Some(found) = data.get_mut(field).and_then(Json::as_object_mut) {
                    found.remove(number);
                }
            }
            if let Some(page) = data.get_mut("changes").and_then(|changes| changes["pageInfo"].as_object_mut()) {
                page.remove("endCursor");
            }
        }
        // Identifiers that were given come back in messages: those of a draft that is not there stand for them.
        let mut text = answer.to_string();
        for (own, others) in
            [(&names.content, &other.content), (&names.short, &other.short), (&names.attachment, &other.attachment)]
        {
            text = text.replace(own.as_str(), others.as_str());
        }
        let ran = scope.ran().iter().map(|(sql, _)| sql.sqlite().to_owned()).collect();
        all.push((text, ran));
    }
    all
}

#[test]
fn a_secret_draft_is_found_by_those_who_may_and_by_nobody_else() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let town = &room.staff.town;
        let (library, program) = (town.library().clone(), town.editor());
        // Something public stands around it.
        room.published("公开的信息").await;
        let group = library::tag::TagGroupFields {
            name: "内部".to_owned(),
            sphere: library::tag::TagSphere::Government,
            rank: 3,
        };
        let group = library.create_tag_group(&program, "inner", group).await.expect("a group").0;
        let tag = super::new_tag(&room.staff, group, "private-tag", "只此一用").await;
        let reader = library.reader_of_identity("https://id.example.gov.cn", "ann").await.expect("a reader");
        let subscribe = library::reader::SubscribeTags { add: vec![tag], ..Default::default() };
        library.subscribe_tags(&reader, subscribe).await.expect("subscribed");
        let mut outsiders: Vec<(String, Option<Caller>)> = vec![
            ("nobody".to_owned(), None),
            ("a reader of its tag".to_owned(), Some(reader)),
            ("stranger".to_owned(), Some(caller(room.stranger))),
        ];
        for role in [Role::SiteAdmin, Role::Editor, Role::Reviewer, Role::Publisher, Role::Auditor] {
            let name = format!("outside-{role:?}").to_lowercase();
            let account =
                room.staff.account_of(&name, Some(room.staff.other), Some((role, GrantScope::Site(town.county)))).await;
            outsiders.push((name, Some(caller(account))));
        }
        let steward = room
            .staff
            .account_of(
                "outside-steward",
                Some(room.staff.other),
                Some((Role::TagSteward, GrantScope::Organisation(room.staff.other))),
            )
            .await;
        outsiders.push(("a steward of tags".to_owned(), Some(caller(steward))));
        outsiders.push((
            "without a role".to_owned(),
            Some(caller(room.staff.account_of("roleless", Some(room.staff.other), None).await)),
        ));

        // Before: names of what is not there.
        let absent = Names {
            content: "content_01h455vb4pex5vsknk084sn02q".to_owned(),
            short: "vsknk084sn02q"[1..].to_owned(),
            attachment: "attachment_01h455vb4pex5vsknk084sn02q".to_owned(),
            title: "没有的标题".to_owned(),
        };
        let absent = Names { short: absent.content.parse::<ContentId>().expect("an id").short(), ..absent };
        let whole = DrawTagAudit {
            organisation: None,
            site: Some(town.site),
            size: 500,
            published_from: None,
            published_before: None,
        };
        let (audit, _) = library.draw_tag_audit(&program, whole.clone()).await.expect("drawn");
        let questions = walk(&room, &absent, "private-tag", audit).await;
        let mut before = Vec::new();
        for (_, who) in &outsiders {
            before.push(answers(&room, who.as_ref(), &questions, &absent, &absent).await);
        }

        // The draft, with all that hangs on it.
        let upload = Upload { name: format!("{MARK}.txt"), alt: Some(MARK.to_owned()), bytes: MARK.into() };
        let file = library.upload_attachment(&program, upload).await.expect("a file");
        let mut fields = room.fields(&format!("{MARK}标题"));
        fields.body_html = format!("<p>{MARK}正文</p>");
        fields.description.summary = Some(MARK.to_owned());
        fields.description.keywords = vec![MARK.to_owned()];
        fields.tags.push(TagAssignment { tag, source: TagAssignmentSource::Editor });
        fields.attachments =
            vec![AttachmentUse { attachment: file.id, role: file.role, name: None, alt: None, caption: None }];
        let draft = DraftContent { site: town.site, fields };
        let id = library.draft_content(&caller(room.editor), draft).await.expect("a draft");
        let link = library::preview::PreviewLink { id, revision: 1, site: town.site, expires_at: None };
        library.preview_link(&caller(room.editor), link).await.expect("a link");
        let secret = Names {
            content: id.to_string(),
            short: id.short(),
            attachment: file.id.to_string(),
            title: format!("{MARK}标题"),
        };

        let questions = walk(&room, &secret, "private-tag", audit).await;
        for ((name, who), before) in outsiders.iter().zip(before) {
            let after = answers(&room, who.as_ref(), &questions, &secret, &absent).await;
            for (question, (was, is)) in questions.iter().zip(before.into_iter().zip(after)) {
                let same = was.0.replace(&absent.title, &secret.title);
                assert!(!is.0.contains(MARK) || is.0 == same, "{engine:?}: {name} finds it by {question}\n{}", is.0);
                assert_eq!(
                    is.0.replace(&secret.title, &absent.title),
                    was.0,
                    "{engine:?}: {name} notices it by {question}"
                );
                assert_eq!(is.1, was.1, "{engine:?}: other statements run for {name} by {question}");
            }
        }
        // Those who may find it, by the very same questions.
        for (name, who) in [
            ("the editor", room.editor),
            ("a reviewer", room.first),
            ("the publisher", room.publisher),
            ("the administrator", room.admin),
        ] {
            let found = answers(&room, Some(&caller(who)), &questions, &secret, &absent).await;
            assert!(found.iter().any(|(answer, _)| answer.contains(&format!("{MARK}标题"))), "{name} does not find it");
            assert!(found.iter().any(|(answer, _)| answer.contains(&format!("{MARK}正文"))), "{name} does not read it");
        }
        // Whoever draws everything for an audit draws no draft.
        let (audit, _) = library.draw_tag_audit(&program, whole).await.expect("drawn");
        let drawn = library.scope(Audience::Public).tag_audit_items(&[audit]).await.expect("a read");
        assert!(drawn[&audit].iter().all(|item| item.content != id) && drawn[&audit].len() == 1);
        // Files, and the deeds' own words.
        assert!(library.scope(Audience::Public).file(file.id, None).await.expect("a read").is_none());
        let page = library
            .scope(Audience::Public)
            .contents(&Default::default(), Default::default(), &library::Paging::first(100))
            .await;
        assert_eq!(page.expect("a page").items.len(), 1);
        let refused = library.publish_content(&caller(room.stranger), id, 1).await.expect_err("refused").to_string();
        let nothing = library.publish_content(&caller(room.stranger), absent.content.parse().expect("an id"), 1).await;
        assert_eq!(refused, nothing.expect_err("refused").to_string(), "what is hidden and what is not there are one");
    });
}
