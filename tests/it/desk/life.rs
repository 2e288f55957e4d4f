//! The life of a content, asked for as an editors' interface asks.

use serde_json::{Value as Json, json};
use tests::on_both;

use super::Newsroom;

const DESK: &str = "query($id: ID!) { desk { content(id: $id) { id state revision returned content { id title state publishedAt \
    body { html } tags { name } } live { title } author { name loginName } lastEditedBy { name } \
    review { level levels waitingSince rounds { level revision reviewer { name } decision proofreading reason } } \
    lease { holder { name } until } findings { id rule } missing { code path } \
    revisions(first: 10) { totalCount nodes { id number by { name } note } } \
    history(first: 20) { nodes { id action text reason revision by { name } position } } \
    willAppearIn { path site { code } } can: viewerCan(action: REVIEW) } } }";

async fn desk(room: &Newsroom, who: library::id::AccountId, id: &str) -> Json {
    room.ask(who, DESK, json!({"id": id})).await["desk"]["content"].clone()
}

#[test]
fn a_content_goes_from_its_draft_to_the_public_and_back() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        room.demand(2, &[]).await;
        let (editor, public) = (room.editor, "query($id: ID!) { content(by: {id: $id}) { title } }");

        // The one column that the editor has a role for by name, and where the editor works.
        let input = json!({"kind": "ARTICLE", "content": {"title": "保障房开工", "tags": []}});
        let shown = "content { id title state publishedAt revision publisher { name } homeColumn { path } } desk { state } position";
        let drafted = room.done(editor, "draftContent", input, shown).await;
        let id = drafted["content"]["id"].as_str().expect("an identifier").to_owned();
        let expected = json!({"id": id, "title": "保障房开工", "state": "DRAFT", "publishedAt": null, "revision": 1,
            "publisher": {"name": "bureau"}, "homeColumn": {"path": "/news"}});
        assert_eq!(drafted["content"], expected);
        assert_eq!(room.staff.town.data(public, json!({"id": id})).await["content"], Json::Null);

        // The gate tells everything at once.
        let submit = json!({"id": id, "expectedRevision": 1});
        let refused = room.act(editor, "submitContent", submit.clone(), "content { id } findings { id }").await;
        let errors = refused["userErrors"].as_array().expect("errors").clone();
        let paths: Vec<_> = errors.iter().map(|error| error["path"][0].as_str().unwrap_or_default()).collect();
        assert_eq!(paths, ["sourceName", "bodyHtml", "tags", "links"], "{refused}");
        assert!(errors.iter().all(|error| error["code"] == "GATE_REFUSED"));
        assert_eq!(room.state(&id).await, "DRAFT");

        // What is given is changed, what is not stays.
        let edit = json!({"id": id, "expectedRevision": 1, "content": room.complete("保障房今日开工"), "note": "补全"});
        let edited = room.done(editor, "editContent", edit, "content { title revision } conflict { revision }").await;
        assert_eq!(edited["content"], json!({"title": "保障房今日开工", "revision": 2}));
        let more = json!({"id": id, "expectedRevision": 2, "content": {"summary": "开工", "subtitle": null}});
        room.done(editor, "editContent", more, "content { revision }").await;
        let seen = desk(&room, editor, &id).await;
        assert_eq!((&seen["content"]["title"], &seen["revision"]), (&json!("保障房今日开工"), &json!(3)));
        assert_eq!(seen["content"]["body"]["html"], "<p>保障房今日开工的正文</p>");
        assert_eq!(seen["missing"], json!([]));
        let appears: Vec<_> =
            seen["willAppearIn"].as_array().expect("columns").iter().map(|column| column["path"].clone()).collect();
        assert_eq!(appears, ["/news", "/town-news"]);

        // Two levels, each with a review and a proofreading, by people who did not write it.
        let submit = json!({"id": id, "expectedRevision": 3});
        room.done(editor, "submitContent", submit, "content { state revision } position").await;
        let verdict = |revision: i64, decision: &str, proofreading: &str, reason: Option<&str>| json!({"id": id, "expectedRevision": revision, "decision": decision, "proofreading": proofreading, "reason": reason});
        let passes = verdict(3, "APPROVE", "APPROVE", None);
        assert_eq!(room.refused(editor, "reviewContent", passes.clone()).await, ["NOT_ALLOWED"], "no reviewer");
        assert_eq!(room.refused(room.second, "reviewContent", passes.clone()).await, ["NOT_ALLOWED"], "another level");
        assert_eq!(
            room.refused(room.publisher, "publishContent", json!({"id": id, "expectedRevision": 3})).await,
            ["WRONG_STATE"]
        );
        let reviewed =
            room.done(room.first, "reviewContent", passes.clone(), "content { state } review { level levels }").await;
        assert_eq!(reviewed["content"]["state"], "IN_REVIEW");
        assert_eq!(reviewed["review"], json!({"level": 2, "levels": 2}));
        // Proofreading counts as much as the review.
        let halved = verdict(3, "APPROVE", "RETURN", None);
        assert_eq!(room.refused(room.second, "reviewContent", halved).await, ["REQUIRED"]);
        let returned = verdict(3, "APPROVE", "RETURN", Some("标题有错字"));
        room.done(room.second, "reviewContent", returned, "content { state }").await;
        let seen = desk(&room, editor, &id).await;
        assert_eq!((&seen["state"], &seen["returned"]), (&json!("DRAFT"), &json!(true)));
        assert_eq!(seen["review"]["rounds"][1]["reason"], "标题有错字");
        assert_eq!(
            seen["author"],
            json!({"name": "姓名editor", "loginName": null}),
            "a name is all that histories tell"
        );

        // Again, to the end.
        room.done(editor, "submitContent", json!({"id": id, "expectedRevision": 3}), "").await;
        room.done(room.first, "reviewContent", passes.clone(), "").await;
        room.done(room.second, "reviewContent", passes, "").await;
        assert_eq!(room.state(&id).await, "APPROVED");
        let publish = json!({"id": id, "expectedRevision": 3});
        assert_eq!(room.refused(editor, "publishContent", publish.clone()).await, ["NOT_ALLOWED"]);
        let shown = "content { state publishedAt url } placement { url column { path } } placed pending position";
        let published = room.done(room.publisher, "publishContent", publish, shown).await;
        assert_eq!((&published["placed"], &published["pending"]), (&json!(2), &json!(0)));
        assert_eq!(published["content"]["state"], "PUBLISHED");
        assert_eq!(published["placement"]["column"]["path"], "/news");
        assert_eq!(room.staff.town.data(public, json!({"id": id})).await["content"]["title"], "保障房今日开工");

        // It goes on showing while its next revision is written.
        let edit = json!({"id": id, "expectedRevision": 3, "content": {"title": "保障房昨日开工"}});
        room.done(editor, "editContent", edit, "").await;
        assert_eq!(room.staff.town.data(public, json!({"id": id})).await["content"]["title"], "保障房今日开工");
        let seen = desk(&room, editor, &id).await;
        assert_eq!(
            (&seen["content"]["title"], &seen["live"]["title"]),
            (&json!("保障房昨日开工"), &json!("保障房今日开工"))
        );

        // Given up, it is the live one again; an earlier one can be saved again.
        room.done(editor, "discardDraft", json!({"id": id, "expectedRevision": 4}), "desk { state }").await;
        let seen = desk(&room, editor, &id).await;
        assert_eq!((&seen["state"], &seen["content"]["title"]), (&json!("PUBLISHED"), &json!("保障房今日开工")));
        let restore = json!({"id": id, "revision": 4, "expectedRevision": 5});
        let restored = room.done(editor, "restoreRevision", restore, "content { title revision }").await;
        assert_eq!(restored["content"], json!({"title": "保障房昨日开工", "revision": 6}));

        // Off every site, then into the archive, from where nothing leads back.
        let withdraw = json!({"id": id, "reason": "信息有误", "notice": "内容已撤下"});
        room.done(room.publisher, "withdrawContent", withdraw, "desk { state live { title } }").await;
        assert_eq!(room.staff.town.data(public, json!({"id": id})).await["content"], Json::Null);
        room.done(room.publisher, "archiveContent", json!({"id": id, "reason": "清理"}), "").await;
        let edit = json!({"id": id, "expectedRevision": 6, "content": {"title": "再来"}});
        assert_eq!(room.refused(editor, "editContent", edit).await, ["WRONG_STATE"]);

        let seen = desk(&room, room.admin, &id).await;
        let history: Vec<_> = seen["history"]["nodes"].as_array().expect("a history").iter().rev().cloned().collect();
        let actions: Vec<_> = history.iter().map(|entry| entry["action"].as_str().unwrap_or_default()).collect();
        assert_eq!(
            actions,
            [
                "CONTENT_DRAFTED",
                "CONTENT_DRAFTED",
                "CONTENT_DRAFTED",
                "CONTENT_SUBMITTED",
                "CONTENT_REVIEWED",
                "CONTENT_RETURNED",
                "CONTENT_SUBMITTED",
                "CONTENT_REVIEWED",
                "CONTENT_REVIEWED",
                "CONTENT_PUBLISHED",
                "CONTENT_DRAFTED",
                "DRAFT_DISCARDED",
                "CONTENT_DRAFTED",
                "CONTENT_WITHDRAWN",
                "CONTENT_ARCHIVED"
            ]
        );
        assert_eq!(history[5]["reason"], "标题有错字");
        assert_eq!(history[13]["reason"], "信息有误");
        assert_eq!(history[9]["by"]["name"], "姓名publisher");
        assert_eq!(seen["revisions"]["totalCount"], 6);
        let revision = seen["revisions"]["nodes"][0]["id"].clone();
        let node = "query($id: ID!) { node(id: $id) { id ... on Revision { number } ... on DeskContent { state } } }";
        assert_eq!(room.ask(editor, node, json!({"id": revision})).await["node"]["number"], 6);
        assert_eq!(room.ask(room.stranger, node, json!({"id": revision})).await["node"], Json::Null);
        assert_eq!(room.ask(editor, node, json!({"id": seen["id"]})).await["node"]["state"], "ARCHIVED");
        let node = "query($id: ID!) { node(id: $id) { ... on HistoryEntry { id action reason } } }";
        let deed = json!({"id": history[5]["id"]});
        let expected = json!({"id": history[5]["id"], "action": "CONTENT_RETURNED", "reason": "标题有错字"});
        assert_eq!(room.ask(editor, node, deed.clone()).await["node"], expected);
        assert_eq!(room.ask(room.stranger, node, deed).await["node"], Json::Null);
    });
}

#[test]
fn the_second_editor_is_told_who_was_first_and_nothing_is_lost() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let id = room.draft("两人同时编辑").await;
        let lease = "lease { holder { name } }";
        room.done(room.editor, "takeEditLease", json!({"id": id}), lease).await;
        let other = room.done(room.colleague, "takeEditLease", json!({"id": id}), lease).await;
        assert_eq!(other["lease"]["holder"]["name"], "姓名editor", "it tells, and takes nothing away");

        let edit =
            |title: &str| json!({"id": id, "expectedRevision": 1, "content": {"title": title, "summary": "摘要"}});
        room.done(room.editor, "editContent", edit("第一人"), "").await;
        let shown = "content { id } conflict { revision by { name } at fields }";
        let second = room.act(room.colleague, "editContent", edit("第二人"), shown).await;
        assert_eq!(second["userErrors"][0]["code"], "STALE_REVISION");
        assert_eq!(second["content"], Json::Null);
        let conflict = &second["conflict"];
        assert_eq!((&conflict["revision"], &conflict["by"]["name"]), (&json!(2), &json!("姓名editor")));
        assert_eq!(conflict["fields"], json!(["summary", "title"]));
        let title = desk(&room, room.editor, &id).await["content"]["title"].clone();
        assert_eq!(title, "第一人");
    });
}

#[test]
fn warnings_are_overruled_with_a_reason_and_errors_are_not() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let mut content = room.complete("咨询方式");
        content["bodyHtml"] = json!("<p>请拨打张科长手机13812345678咨询。</p>");
        let drafted = room
            .done(room.editor, "draftContent", json!({"kind": "ARTICLE", "content": content}), "content { id }")
            .await;
        let id = drafted["content"]["id"].as_str().expect("an identifier").to_owned();
        let found = room
            .done(
                room.editor,
                "checkContent",
                json!({"id": id}),
                "findings { id rule severity start end } missing { code }",
            )
            .await;
        let finding = &found["findings"][0];
        assert_eq!((&finding["rule"], &finding["severity"]), (&json!("MOBILE_NUMBER"), &json!("WARNING")));
        let submit = |overrule: Json| json!({"id": id, "expectedRevision": 1, "overrule": overrule});
        assert_eq!(room.refused(room.editor, "submitContent", submit(json!([]))).await, ["GATE_REFUSED"]);
        let unsaid = json!([{"finding": finding["id"], "reason": " "}]);
        assert_eq!(room.refused(room.editor, "submitContent", submit(unsaid)).await, ["REQUIRED"]);
        let unknown = json!([{"finding": "0123", "reason": "办公手机"}]);
        assert_eq!(room.refused(room.editor, "submitContent", submit(unknown)).await, ["NOT_FOUND"]);
        let said = json!([{"finding": finding["id"], "reason": "公开的办公手机"}]);
        room.done(room.editor, "submitContent", submit(said), "findings { id }").await;
        let query =
            "query($id: ID!) { desk { content(id: $id) { findings { overruledBy { name } overruleReason } } } }";
        let seen = room.ask(room.first, query, json!({"id": id})).await["desk"]["content"]["findings"][0].clone();
        assert_eq!(seen, json!({"overruledBy": {"name": "姓名editor"}, "overruleReason": "公开的办公手机"}));

        // The number of an identity card is an error, whatever is said of it.
        let edit =
            json!({"id": id, "expectedRevision": 1, "content": {"bodyHtml": "<p>身份证号11010519491231002X。</p>"}});
        room.done(room.editor, "editContent", edit, "").await;
        let found = room.done(room.editor, "checkContent", json!({"id": id}), "findings { id severity excerpt }").await;
        let error = &found["findings"][0];
        assert_eq!(error["severity"], "ERROR");
        assert!(!error["excerpt"].as_str().unwrap_or_default().contains("19491231"), "what is found is not spread");
        let overruled =
            json!({"id": id, "expectedRevision": 2, "overrule": [{"finding": error["id"], "reason": "没关系"}]});
        assert_eq!(room.refused(room.editor, "submitContent", overruled).await, ["INVALID"]);
    });
}

#[test]
fn reposts_of_a_named_source_need_no_review() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        room.demand(3, &["新华社"]).await;
        let mut content = room.complete("转载");
        content["sourceName"] = json!("新华社");
        let drafted = room
            .done(room.editor, "draftContent", json!({"kind": "ARTICLE", "content": content}), "content { id }")
            .await;
        let id = drafted["content"]["id"].as_str().expect("an identifier").to_owned();
        let submitted = room
            .done(room.editor, "submitContent", json!({"id": id, "expectedRevision": 1}), "content { state }")
            .await;
        assert_eq!(submitted["content"]["state"], "APPROVED");
        room.done(room.publisher, "publishContent", json!({"id": id, "expectedRevision": 1}), "").await;

        // Any other has to pass as many as its column demands when it is published.
        room.demand(1, &[]).await;
        let other = room.approved("自采").await;
        room.demand(2, &[]).await;
        let publish = json!({"id": other.to_string(), "expectedRevision": 1});
        assert_eq!(room.refused(room.publisher, "publishContent", publish).await, ["GATE_REFUSED"]);
        let back = json!({"id": other.to_string(), "expectedRevision": 1, "decision": "RETURN", "proofreading": "APPROVE",
            "reason": "级数不足"});
        room.done(room.publisher, "reviewContent", back, "content { state }").await;
        assert_eq!(room.state(&other.to_string()).await, "DRAFT");
    });
}
