//! Refusals of the deeds on contents.

use library::RefusalCode::{Duplicate, GateRefused, Invalid, NotFound, Required, StaleRevision, TooLong, WrongState};
use library::attachment::AttachmentRole;
use library::column::{ColumnFields, CreateColumn};
use library::content::{
    AttachmentUse, ContentFields, ContentKind, Details, DraftContent, FieldEntry, LinkTarget, LinkTo, NoticeDetails,
    Origin, PolicyDetails, SetValidity, TagAssignment, Validity,
};
use library::id::ContentId;
use library::link::LinkType;
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use library::{Caller, Error, Library, Refusal, RefusalCode};
use tests::on_both;

use super::{long, refuses, unknown};
use crate::town::{Town, at, column_fields};

fn page(url: &str) -> LinkTo {
    let to = LinkTarget::Page { title: "页面".to_owned(), url: url.to_owned() };
    LinkTo { kind: LinkType::SeeAlso, to, note: None }
}

fn nowhere() -> LinkTo {
    LinkTo { kind: LinkType::SeeAlso, to: LinkTarget::Content(unknown("content")), note: None }
}

fn origin() -> Option<Origin> {
    Some(Origin { system: "old".to_owned(), id: "1".to_owned(), content_hash: "x".to_owned(), published_at: None })
}

fn with(fields: &ContentFields, change: impl FnOnce(&mut ContentFields)) -> ContentFields {
    let mut fields = fields.clone();
    change(&mut fields);
    fields
}

/// Fields that no revision may have, with what is wrong in them.
async fn malformed(town: &Town) -> Vec<(RefusalCode, &'static str, ContentFields)> {
    let (library, editor) = (town.library(), town.editor());
    let only = ColumnFields { accepts: vec![ContentKind::Policy], ..column_fields("只收政策") };
    let only = CreateColumn { site: town.site, path: "/only".to_owned(), fields: only };
    let (only, _) = library.create_column(&editor, only).await.unwrap();
    let group = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Person, rank: 0 };
    let (group, _) = library.create_tag_group(&editor, "g", group).await.unwrap();
    let fields = TagFields { name: "标签".to_owned(), parent: None, synonyms: Vec::new(), steward: None };
    let (tag, _) = library.create_tag(&editor, CreateTag { code: "t".to_owned(), group, fields }).await.unwrap();
    let given = |tag| TagAssignment { tag, source: Default::default() };
    let good = town.article("好");
    vec![
        (Required, "title", with(&good, |fields| fields.title = " ".to_owned())),
        (TooLong, "title", with(&good, |fields| fields.title = long(301))),
        (Invalid, "title", with(&good, |fields| fields.title = "a\u{0}b".to_owned())),
        (TooLong, "subtitle", with(&good, |fields| fields.subtitle = Some(long(301)))),
        (TooLong, "summary", with(&good, |fields| fields.summary = Some(long(501)))),
        (TooLong, "body_html", with(&good, |fields| fields.body_html = "x".repeat(2_000_001))),
        (Required, "language", with(&good, |fields| fields.language = String::new())),
        (Invalid, "source_url", with(&good, |fields| fields.source_url = Some("//x".to_owned()))),
        (Invalid, "external_url", with(&good, |fields| fields.external_url = Some("ftp://x".to_owned()))),
        (NotFound, "publisher", with(&good, |fields| fields.publisher = unknown("organisation"))),
        (TooLong, "keywords", with(&good, |fields| fields.keywords = vec!["词".to_owned(); 31])),
        (TooLong, "keywords", with(&good, |fields| fields.keywords = vec![long(51)])),
        (NotFound, "themes", with(&good, |fields| fields.themes = vec!["Z99".to_owned()])),
        (NotFound, "tags", with(&good, |fields| fields.tags = vec![given(unknown("tag"))])),
        (Duplicate, "tags", with(&good, |fields| fields.tags = vec![given(tag), given(tag)])),
        (NotFound, "columns", with(&good, |fields| fields.columns.push(town.town_news))),
        (Invalid, "columns", with(&good, |fields| fields.columns.push(only))),
        (Invalid, "links.to.page.url", with(&good, |fields| fields.links = vec![page("javascript:x()")])),
        (Invalid, "source_url", with(&good, |fields| fields.source_url = Some("https://me:secret@x.example/".into()))),
        (TooLong, "body_html", with(&good, |fields| fields.body_html = "<div>".repeat(1000))),
        (Invalid, "body_html", with(&good, |fields| fields.body_html = "<p>a&#1;b</p>".to_owned())),
        (TooLong, "links", with(&good, |fields| fields.links = vec![page("https://x.example/"); 201])),
        (NotFound, "links", with(&good, |fields| fields.links = vec![nowhere()])),
        (
            NotFound,
            "fields.0",
            with(&good, |fields| {
                fields.fields = vec![FieldEntry { key: "unknown".to_owned(), value: serde_json::json!(1) }];
            }),
        ),
    ]
}

#[test]
fn of_drafting_and_editing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.draft(town.article("已有")).await;
        let draft = |fields: ContentFields| DraftContent { site: town.site, fields };
        for (code, path, fields) in malformed(&town).await {
            refuses(&town, code, path, library.draft_content(&editor, draft(fields.clone()))).await;
            refuses(&town, code, path, library.edit_content(&editor, id, 1, fields.clone(), None)).await;
            // An import refuses the one content and has nothing to write.
            let before = town.position().await;
            let refusal = imported(library, &editor, draft(fields)).await.expect_err("refused");
            assert_eq!((refusal.code, refusal.path.join(".")), (code, path.to_owned()));
            assert_eq!(town.position().await, before);
        }
        let day = |text: &str| Some(text.parse().unwrap());
        let backwards = Details::Notice(NoticeDetails {
            publicity_from: day("2026-11-02"),
            publicity_until: day("2026-11-01"),
            feedback: None,
        });
        let expired =
            PolicyDetails { effective_on: day("2026-11-02"), expires_on: day("2026-11-01"), ..Default::default() };
        let issued = PolicyDetails { issuers: vec![unknown("organisation")], ..Default::default() };
        for (code, path, fields) in [
            (Invalid, "details.notice.publicity_until", town.fields("公示", backwards)),
            (Invalid, "details.policy.expires_on", town.policy("办法", expired)),
            (NotFound, "details.policy.issuers", town.policy("办法", issued)),
            (Required, "columns", with(&town.article("无栏目"), |fields| fields.columns.clear())),
        ] {
            refuses(&town, code, path, library.draft_content(&editor, draft(fields))).await;
        }
        let nowhere = DraftContent { site: unknown("site"), fields: town.article("无站点") };
        refuses(&town, NotFound, "site", library.draft_content(&editor, nowhere)).await;
        town.draft(with(&town.article("有来源"), |fields| fields.origin = origin())).await;
        let again = draft(with(&town.article("同来源"), |fields| fields.origin = origin()));
        refuses(&town, Duplicate, "origin", library.draft_content(&editor, again)).await;

        let article = town.article("改");
        refuses(&town, NotFound, "id", library.edit_content(&editor, unknown("content"), 1, article.clone(), None))
            .await;
        for stale in [0, 2] {
            let edit = library.edit_content(&editor, id, stale, article.clone(), None);
            refuses(&town, StaleRevision, "expected_revision", edit).await;
        }
        let other_kind = library.edit_content(&editor, id, 1, town.policy("政策", PolicyDetails::default()), None);
        refuses(&town, Invalid, "details", other_kind).await;
        let many = vec![library.prepare_import(draft(article).into()).unwrap(); 1_001];
        refuses(&town, TooLong, "contents", library.import_contents(&editor, &many, false)).await;
    });
}

/// Imports one content.
async fn imported(library: &Library, caller: &Caller, draft: DraftContent) -> Result<ContentId, Refusal> {
    match library.prepare_import(draft.into()) {
        Ok(prepared) => {
            let mut imported = library.import_contents(caller, &[prepared], false).await.unwrap();
            imported.answers.remove(0)
        }
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn of_publishing_scheduling_and_withdrawing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let id = town.draft(town.article("草稿")).await;
        let nothing = unknown("content");
        refuses(&town, NotFound, "id", library.publish_content(&editor, nothing, 1)).await;
        refuses(&town, StaleRevision, "expected_revision", library.publish_content(&editor, id, 2)).await;
        let unplaced = town.draft(town.article("没有栏目")).await;
        town.edit(unplaced, |fields| fields.columns.clear()).await;
        refuses(&town, GateRefused, "columns", library.publish_content(&editor, unplaced, 2)).await;
        // The number that it would have had is not used up either.
        let file = AttachmentUse {
            attachment: unknown("attachment"),
            role: AttachmentRole::Attachment,
            name: None,
            alt: None,
            caption: None,
        };
        let attached = with(&town.article("附件不在"), |fields| {
            fields.attachments = vec![file];
            fields.disclosure = library::content::DisclosureKind::Proactive;
        });
        let attached = town.draft(attached).await;
        refuses(&town, NotFound, "attachments", library.publish_content(&editor, attached, 1)).await;

        let soon = at("2026-11-01 00:00");
        refuses(&town, NotFound, "id", library.schedule_content(&editor, nothing, 1, soon)).await;
        refuses(&town, StaleRevision, "expected_revision", library.schedule_content(&editor, id, 7, soon)).await;
        refuses(&town, Invalid, "publish_at", library.schedule_content(&editor, id, 1, at("2026-10-31 18:00"))).await;

        refuses(&town, NotFound, "id", library.withdraw_content(&editor, nothing, "测试", None)).await;
        refuses(&town, WrongState, "id", library.withdraw_content(&editor, id, "测试", None)).await;
        town.publish_newest(id).await;
        refuses(&town, Required, "reason", library.withdraw_content(&editor, id, " ", None)).await;
        refuses(&town, TooLong, "reason", library.withdraw_content(&editor, id, &long(501), None)).await;
        refuses(&town, TooLong, "notice", library.withdraw_content(&editor, id, "测试", Some(&long(501)))).await;
        town.withdraw(id, None).await;
        refuses(&town, WrongState, "id", library.withdraw_content(&editor, id, "测试", None)).await;
    });
}

#[test]
fn of_setting_validity_and_linking() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let article = town.publish(town.article("新闻")).await;
        let policy = town.publish(town.policy("办法", PolicyDetails::default())).await;
        let set = || SetValidity { validity: Validity::Repealed, since: None, basis: None, note: None };
        refuses(&town, NotFound, "id", library.set_validity(&editor, unknown("content"), set())).await;
        refuses(&town, Invalid, "id", library.set_validity(&editor, article, set())).await;
        for (code, path, set) in [
            (NotFound, "basis", SetValidity { basis: Some(unknown("content")), ..set() }),
            (NotFound, "basis", SetValidity { basis: Some(article), ..set() }),
            (TooLong, "note", SetValidity { note: Some(long(501)), ..set() }),
        ] {
            refuses(&town, code, path, library.set_validity(&editor, policy, set)).await;
        }

        let link = LinkTo { kind: LinkType::ReportsOn, to: LinkTarget::Content(policy), note: None };
        library.link_content(&editor, article, link.clone()).await.unwrap();
        refuses(&town, Duplicate, "link", library.link_content(&editor, article, link.clone())).await;
        refuses(&town, NotFound, "id", library.link_content(&editor, unknown("content"), link)).await;
        let nowhere = library.link_content(&editor, article, page("ftp://x.example/"));
        refuses(&town, Invalid, "links.to.page.url", nowhere).await;
        let note = LinkTo { note: Some(long(301)), ..page("https://x.example/") };
        refuses(&town, TooLong, "links.note", library.link_content(&editor, article, note)).await;
    });
}
