//! The native format: what each field becomes, and what is refused.

use library::content::{ContentKind, Details, DisclosureKind, Glance, Validity};
use library::organisation::CreateOrganisation;
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use seed::ImportReport;
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{article, file, folder, html, import, lines, of_origin, write};
use crate::town::{Town, at, organisation_fields};

async fn furnish(town: &Town) {
    let (library, editor) = (town.library(), town.editor());
    let unit = CreateOrganisation { code: "zjj".to_owned(), fields: organisation_fields("住建局") };
    library.create_organisation(&editor, unit).await.unwrap();
    let group = TagGroupFields { name: "对象".to_owned(), sphere: TagSphere::Person, rank: 0 };
    let (group, _) = library.create_tag_group(&editor, "who", group).await.unwrap();
    let fields = TagFields { name: "青年".to_owned(), parent: None, synonyms: Vec::new(), steward: None };
    library.create_tag(&editor, CreateTag { code: "youth".to_owned(), group, fields }).await.unwrap();
    let code = |code: &str, name: &str| library::code::CodeEntry {
        code: code.to_owned(),
        name: name.to_owned(),
        parent: None,
    };
    library.import_codes(&editor, library::code::CodeList::Theme, vec![code("10", "城乡建设")]).await.unwrap();
    library.import_codes(&editor, library::code::CodeList::DocumentType, vec![code("08", "通知")]).await.unwrap();
}

fn records() -> Vec<Json> {
    vec![
        json!({"id": "p1", "kind": "POLICY", "title": "公租房管理办法", "subtitle": "试行", "summary": "摘要", "bodyMarkdown":
            "## 第一章\n\n- 甲\n- **乙**\n\n<script>x()</script>", "publishedAt": "2020-03-06", "documentNumber": "云政发〔2020〕3号",
            "issuers": ["镇政府", "zjj", "四川省人民政府"], "writtenOn": "2020年3月5日", "effectiveOn": "2020/05/01",
            "validity": "REPEALED", "documentType": "通知", "themes": ["城乡建设"], "keywords": "住房，保障",
            "tags": ["对象/青年"], "indexNumber": "000014349/2020-00007", "disclosure": "PROACTIVE",
            "sourceName": "镇政府办", "sourceUrl": "https://old.example/p1", "oldPaths": ["/art/2020/3/6/art_1.html"],
            "publisher": "住建局", "author": "张三", "isNormative": true}),
        json!({"origin": {"system": "qa", "id": 7}, "kind": "knowledge-entry", "question": "怎么申请？", "answer":
            "请提交<p onclick='x()'>申请</p>", "similarQuestions": ["如何申请，需要什么？"], "validUntil": "2027-01-01"}),
        json!({"id": "s1", "kind": "SERVICE_GUIDE", "title": "执业登记", "details": {"serviceGuide": {"serviceCode": "511A23",
            "authority": "zjj", "materials": ["身份证", {"name": "照片", "replaceableByCertificate": true}],
            "channels": [{"kind": "ONLINE", "url": "https://service.example/s1"}], "onlineUrl": "https://service.example/s1"}}}),
        json!({"id": "n1", "kind": "NOTICE", "title": "停水公告", "publishedAt": "2024-06-01T08:30:00+08:00",
            "bodyHtml": "<p onclick='x()'>停水</p><script>x()</script>", "publicityFrom": "2024-06-01", "columns": ["/news"]}),
        json!({"id": 5, "title": "一", "bodyText": "## 一\n3 < 5 & 甲", "language": "zh-CN"}),
    ]
}

#[test]
fn every_field_of_a_record_is_taken() {
    on_both(async |engine| {
        for name in ["old.jsonl", "old.jsonl.gz"] {
            let town = Town::on(engine).await;
            furnish(&town).await;
            let ran = import(&town, file(name, &records())).await;
            assert_eq!(ran.report, ImportReport { read: 5, written: 5, ..ImportReport::default() }, "{:?}", ran.lines);

            let policy = of_origin(&town, "old", "p1").await.expect("found by its origin");
            let glance = policy.card.policy().cloned().unwrap();
            assert_eq!((policy.kind, policy.published_at), (ContentKind::Policy, at("2020-03-06 00:00")));
            assert_eq!(policy.index_number.as_deref(), Some("000014349/2020-00007"), "its own number is kept");
            assert_eq!(policy.card.disclosure, DisclosureKind::Proactive);
            assert_eq!(glance.issuers.len(), 2, "by name and by code");
            assert_eq!(glance.issuer_names, ["四川省人民政府"], "others as the document names them");
            assert_eq!(glance.written_on.unwrap().to_string(), "2020-03-05");
            assert_eq!(glance.effective_on.unwrap().to_string(), "2020-05-01");
            assert_eq!((glance.state.validity, glance.document_type.as_deref()), (Validity::Repealed, Some("08")));
            assert_eq!(
                (policy.card.themes.clone(), policy.card.keywords.clone()),
                (vec!["10".to_owned()], vec!["住房".to_owned(), "保障".to_owned()])
            );
            assert_eq!((policy.card.tags.len(), policy.card.author.as_deref()), (1, Some("张三")));
            assert!(policy.publisher != town.publisher && policy.card.imported);
            let body = html(&town, &policy).await;
            assert!(body.starts_with("<h2 id=\"section-1\">第一章</h2>"), "{body}");
            assert!(body.contains("<strong>乙</strong>") && !body.contains("script"), "{body}");
            let to = format!("https://town.example/content/202003/{}", policy.id.short());
            let old = town.data("{ resolve(site: {code: \"town\"}, path: \"/art/2020/3/6/art_1.html\") { ... on Redirect { to permanent } } }", json!({})).await;
            assert_eq!(old["resolve"], json!({"to": to, "permanent": true}), "the old address leads on");

            let entry = of_origin(&town, "qa", "7").await.unwrap();
            assert_eq!((entry.kind, entry.card.title.as_str()), (ContentKind::KnowledgeEntry, "怎么申请？"));
            assert_eq!(entry.published_at, at("2026-10-31 18:00"), "no time is stated: that of the import");
            assert!(!entry.card.imported);
            let detail = town.read().details(&[entry.id]).await.unwrap()[&entry.id].clone();
            let Details::KnowledgeEntry(own) = &detail.details else { panic!("{detail:?}") };
            assert_eq!(own.similar_questions, ["如何申请，需要什么？"]);

            let service = of_origin(&town, "old", "s1").await.unwrap();
            let Glance::ServiceGuide(glance) = &service.card.glance else { panic!("{service:?}") };
            assert_eq!(glance.online_url.as_deref(), Some("https://service.example/s1"));
            let detail = town.read().details(&[service.id]).await.unwrap()[&service.id].clone();
            let Details::ServiceGuide(own) = &detail.details else { panic!("{detail:?}") };
            assert_eq!((own.materials[0].name.as_str(), own.materials[1].replaceable_by_certificate), ("身份证", true));
            assert!(own.authority.is_some());

            let notice = of_origin(&town, "old", "n1").await.unwrap();
            assert_eq!(html(&town, &notice).await, "<p>停水</p>", "HTML is kept, and nothing in it runs");
            assert_eq!((notice.home_column, notice.published_at), (Some(town.policies), at("2024-06-01 08:30")));
            town.placement(notice.id, town.news).await;
            town.placement(notice.id, town.town_news).await;
            let text = of_origin(&town, "old", "5").await.unwrap();
            assert_eq!(html(&town, &text).await, "<h2 id=\"section-1\">一</h2>\n<p>3 &lt; 5 &amp; 甲</p>");
            crate::whole::whole(&town.world).await;
        }
    });
}

#[test]
fn what_is_not_stated_is_not_guessed() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let bare = json!({"id": "p", "kind": "POLICY", "title": "报告", "body": "一、回顾", "documentNumber": "", "validity": null});
        assert_eq!(import(&town, file("bare.jsonl", &[bare])).await.report.written, 1);
        let policy = of_origin(&town, "bare", "p").await.unwrap();
        let glance = policy.card.policy().cloned().unwrap();
        assert_eq!((glance.state.validity, glance.document_number), (Validity::NotStated, None));
        assert_eq!((policy.index_number, policy.card.disclosure), (None, DisclosureKind::NotApplicable));
    });
}

#[test]
fn a_bad_line_is_reported_and_the_rest_goes_on() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let of = |fields: Json| {
            let mut record = article("x", "题");
            for (name, value) in fields.as_object().unwrap() {
                record[name] = value.clone();
            }
            record["id"] = json!(format!("b{}", record.to_string().len()));
            record.to_string()
        };
        let bad: Vec<(String, &str, &str)> = vec![
            ("{\"id\": \"x\", ".to_owned(), "NOT_JSON", ""),
            ("[1, 2]".to_owned(), "NOT_JSON", ""),
            (json!({"id": "m1", "bodyText": "没有标题"}).to_string(), "REQUIRED", "title"),
            (json!({"id": "m2", "title": "没有正文"}).to_string(), "REQUIRED", "body"),
            (json!({"title": "没有编号", "bodyText": "正文"}).to_string(), "REQUIRED", "id"),
            (of(json!({"title": "长".repeat(301)})), "TOO_LONG", "title"),
            (of(json!({"kind": "poem"})), "INVALID", "kind"),
            (of(json!({"publishedAt": "昨天"})), "INVALID", "publishedAt"),
            (of(json!({"sourceUrl": "javascript:x()"})), "INVALID", "sourceUrl"),
            (of(json!({"title": "控\u{0}制"})), "INVALID", "title"),
            (of(json!({"titel": "错字"})), "UNKNOWN_FIELD", "titel"),
            (of(json!({"documentNumber": "甲〔2020〕1号"})), "UNKNOWN_FIELD", "documentNumber"),
            (of(json!({"kind": "POLICY", "validity": "MAYBE"})), "INVALID", "validity"),
            (of(json!({"kind": "POLICY", "writtenOn": "some day"})), "INVALID", "writtenOn"),
            (
                of(json!({"kind": "POLICY", "effectiveOn": "2020-02-01", "expiresOn": "2020-01-01"})),
                "INVALID",
                "expiresOn",
            ),
            (of(json!({"themes": ["无此主题"]})), "NOT_FOUND", "themes"),
            (of(json!({"tags": ["无此标签"]})), "NOT_FOUND", "tags"),
            (of(json!({"publisher": "无此机构"})), "NOT_FOUND", "publisher"),
            (of(json!({"columns": ["/nowhere"]})), "NOT_FOUND", "columns"),
            (of(json!({"bodyHtml": "<p>又一</p>"})), "INVALID", "bodyText"),
            (of(json!({"oldPaths": ["/show.asp?id=1"]})), "INVALID", "oldPaths"),
            (of(json!({"oldPaths": ["/news"]})), "DUPLICATE", "oldPaths"),
            (of(json!({"links": [{"type": "SEE_ALSO", "to": {}}]})), "INVALID", "links.0.to"),
            (
                of(json!({"links": [{"type": "SEE_ALSO", "to": {"content": "content_01jd3r2h00e0080000000000zz"}}]})),
                "NOT_FOUND",
                "links",
            ),
            (of(json!({"fields": {"nofield": 1}})), "NOT_FOUND", "fields.0"),
            (of(json!({"keywords": 5})), "INVALID", "keywords"),
        ];
        let mut bytes = String::new();
        for (number, (line, _, _)) in bad.iter().enumerate() {
            bytes += &format!("{}\n{line}\n\n", article(&format!("g{number}"), "好"));
        }
        let mut bytes = bytes.into_bytes();
        bytes.extend(b"\"\xff\xfe\"\n");
        bytes.extend(lines(&[article("last", "好")]).into_bytes());

        let ran = import(&town, write(&folder(), "bad.jsonl", &bytes)).await;

        let wrong = bad.len() as u64;
        let mut expected: Vec<(u64, &str, &str)> =
            bad.iter().enumerate().map(|(at, (_, code, field))| (at as u64 * 3 + 2, *code, *field)).collect();
        expected.push((wrong * 3 + 1, "NOT_UTF8", ""));
        assert_eq!(ran.failed(), expected, "each with its line, code and field");
        let report =
            ImportReport { read: wrong * 2 + 2, written: wrong + 1, failed: wrong + 1, ..ImportReport::default() };
        assert_eq!(ran.report, report);
        let left = i64::try_from(wrong + 1).unwrap();
        assert_eq!(town.world.count("select count(*) from working").await, left, "nothing is left of a refused line");
        assert_eq!(town.world.count("select count(*) from revision").await, left);
        crate::whole::whole(&town.world).await;
    });
}

#[test]
fn the_command_line_may_say_the_kind() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let record =
            json!({"id": "p", "kind": "POLICY", "title": "题", "body": "文", "documentNumber": "甲〔2020〕1号"});
        let mut wanted = super::to_policies(file("k.jsonl", &[record]));
        wanted.kind = Some(ContentKind::Article);
        assert_eq!(super::run(&town, &wanted).await.report.written, 1, "what another kind has is left out");
        assert_eq!(of_origin(&town, "k", "p").await.unwrap().kind, ContentKind::Article);
    });
}
