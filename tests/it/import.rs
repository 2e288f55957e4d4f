//! Importing existing data: what each shape becomes, what is reported, what a second run does.

use std::path::PathBuf;

use library::changes::Effect;
use library::content::{ContentKind, ContentLocator, Details, DisclosureKind, Glance, LiveContent, Validity};
use seed::{Import, ImportLine, ImportOutcome, ImportReport};
use serde_json::{Value as Json, json};
use tests::{fresh, on_both, scratch};

use crate::town::{Town, at};

/// Writes lines to a file, packed if its name ends in `.gz`.
fn file(name: &str, lines: &[u8]) -> PathBuf {
    let path = scratch(&format!("import-{}", fresh())).join(name);
    if name.ends_with(".gz") {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(lines).unwrap();
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
    } else {
        std::fs::write(&path, lines).unwrap();
    }
    path
}

fn lines(records: &[Json]) -> Vec<u8> {
    records.iter().map(|record| format!("{record}\n")).collect::<String>().into_bytes()
}

/// Imports a file into the town's `/policies`.
async fn import(town: &Town, path: PathBuf) -> (ImportReport, Vec<ImportLine>) {
    let import = Import { path, site: "town".into(), column: "/policies".into(), kind: None, publisher: None };
    let mut told = Vec::new();
    let report = seed::import(town.library(), &import, &mut |line| told.push(line)).await.expect("an import");
    assert_eq!(report.read, told.len() as u64, "every line is told of");
    (report, told)
}

async fn of_origin(town: &Town, source: &str, id: &str) -> Option<LiveContent> {
    let by = ContentLocator::Origin { system: format!("import:{source}"), id: id.to_owned() };
    town.read().content_by(&by).await.unwrap().map(|content| (*content).clone())
}

async fn html(town: &Town, content: &LiveContent) -> String {
    town.read().bodies(&[content.id]).await.unwrap()[&content.id].html.clone()
}

fn shapes() -> Vec<Json> {
    vec![
        json!({"id": "p1", "source": "laws", "title": "城市绿化条例", "doc_no": "云政发〔2020〕3号", "issuer": "镇政府",
            "issue_date": "2020-03-05", "publish_date": "2020-03-06", "effective_date": "2020-05-01", "repealed": true,
            "body": "## 第一章 总则\n第一条 为了绿化 & 美化"}),
        json!({"id": "p2", "source": "laws", "title": "工作报告", "doc_no": "", "issuer": "四川省人民政府",
            "issue_date": "2026-02-25", "repealed": null, "body": "一、回顾"}),
        json!({"id": "q1", "source": "qa", "question": "房款未付清怎么办？", "answer": "可以起诉。", "keywords": "房屋，合同"}),
        json!({"id": "a1", "source": "statutes", "law": "民间借贷规定", "article": "第十六条", "text": "原告应当举证。"}),
        json!({"id": "m1", "source": "mail", "title": "外地购车上牌", "body": "请问如何上牌？", "created_at": "2017-09-27 0:12:00",
            "reply": "您好，可以凭回执办理。", "replied_at": "2017-10-09 15:30:00"}),
        json!({"id": "s1", "source": "items", "name": "执业登记", "department": "审批局", "item_code": "511A23",
            "url": "https://service.example/s1"}),
        json!({"id": "n1", "source": "news", "title": "大会开幕", "publish_date": "2022-09-25",
            "url": "https://tv.example/n1", "body": "第一段\n第二段"}),
        json!({"id": "g1", "source": "other", "title": "停水公告", "kind": "notice", "published_at": "2024-06-01T08:30:00+08:00",
            "text": "<p onclick='x()'>停水</p><script>x()</script>", "nobody": {"knows": ["this"]}}),
    ]
}

#[test]
fn every_shape_becomes_a_content() {
    on_both(async |engine| {
        for name in ["shapes.jsonl", "shapes.jsonl.gz"] {
            let town = Town::on(engine).await;
            let (report, told) = import(&town, file(name, &lines(&shapes()))).await;
            assert_eq!(report, ImportReport { read: 8, written: 8, ..ImportReport::default() }, "{told:?}");

            let law = of_origin(&town, "laws", "p1").await.expect("found by its origin");
            let glance = law.card.policy().cloned().unwrap();
            assert_eq!((law.kind, law.card.title.as_str()), (ContentKind::Policy, "城市绿化条例"));
            assert_eq!(law.published_at, at("2020-03-06 00:00"), "the original time");
            assert_eq!(glance.document_number.as_deref(), Some("云政发〔2020〕3号"));
            assert_eq!((glance.issuers, glance.state.validity), (vec![town.publisher], Validity::Repealed));
            let body = html(&town, &law).await;
            assert!(body.contains("<h2 id=\"section-1\">第一章 总则</h2>"), "{body}");
            assert!(body.contains("<p>第一条 为了绿化 &amp; 美化</p>"), "{body}");
            let report = of_origin(&town, "laws", "p2").await.unwrap();
            let glance = report.card.policy().cloned().unwrap();
            assert_eq!(glance.state.validity, Validity::NotStated, "unknown is not guessed");
            assert_eq!(glance.issuer_names, ["四川省人民政府"]);

            let question = of_origin(&town, "qa", "q1").await.unwrap();
            assert_eq!(
                (question.kind, question.card.title.as_str()),
                (ContentKind::KnowledgeEntry, "房款未付清怎么办？")
            );
            assert_eq!(question.card.keywords, ["房屋", "合同"]);
            assert_eq!(question.published_at, at("2026-10-31 18:00"), "no time is stated: that of the import");
            assert!(!question.card.imported && law.card.imported);
            let article = of_origin(&town, "statutes", "a1").await.unwrap();
            assert_eq!(article.card.title, "民间借贷规定 第十六条");

            let letter = of_origin(&town, "mail", "m1").await.unwrap();
            assert_eq!((letter.kind, letter.published_at), (ContentKind::KnowledgeEntry, at("2017-10-09 15:30")));
            assert_eq!(html(&town, &letter).await.trim(), "<p>您好，可以凭回执办理。</p>");
            let detail = town.read().details(&[letter.id]).await.unwrap()[&letter.id].clone();
            let Details::KnowledgeEntry(entry) = &detail.details else { panic!("{detail:?}") };
            assert_eq!(entry.similar_questions, ["请问如何上牌？"]);

            let service = of_origin(&town, "items", "s1").await.unwrap();
            assert_eq!(service.kind, ContentKind::ServiceGuide);
            let Glance::ServiceGuide(glance) = &service.card.glance else { panic!("{service:?}") };
            assert_eq!(glance.online_url.as_deref(), Some("https://service.example/s1"));
            let news = of_origin(&town, "news", "n1").await.unwrap();
            assert_eq!((news.kind, news.published_at), (ContentKind::Article, at("2022-09-25 00:00")));
            assert_eq!(news.card.source_url.as_deref(), Some("https://tv.example/n1"));
            let notice = of_origin(&town, "other", "g1").await.unwrap();
            assert_eq!((notice.kind, notice.published_at), (ContentKind::Notice, at("2024-06-01 08:30")));
            assert_eq!(html(&town, &notice).await, "<p>停水</p>", "HTML is kept, and nothing in it runs");

            for content in [&law, &news] {
                assert_eq!(content.home_column, Some(town.policies));
                assert_eq!(
                    (content.publisher, content.card.disclosure),
                    (town.publisher, DisclosureKind::NotApplicable)
                );
            }
            let month = format!("/content/202209/{}", news.id.short());
            assert_eq!(super::addresses::found(&town, town.site, &month).await, "page");
        }
    });
}

#[test]
fn a_bad_line_is_reported_and_the_rest_goes_on() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let good =
            |id: &str| json!({"id": id, "source": "s", "title": format!("第{id}条"), "text": "正文"}).to_string();
        let long = "长".repeat(301);
        let bad: Vec<(String, &str)> = vec![
            ("{\"id\": \"x\", ".to_owned(), ""),
            ("[1, 2]".to_owned(), ""),
            (json!({"id": "b1", "source": "s", "text": "没有标题"}).to_string(), "title"),
            (json!({"id": "b2", "source": "s", "title": "   ", "text": "空标题"}).to_string(), "title"),
            (json!({"id": "b3", "source": "s", "title": "没有正文"}).to_string(), "body or text"),
            (json!({"source": "s", "title": "没有编号", "text": "正文"}).to_string(), "id"),
            (json!({"id": "b4", "source": "s", "title": long, "text": "标题太长"}).to_string(), "title"),
            (json!({"id": "b5", "source": "s", "title": "类型", "kind": "poem", "text": "正文"}).to_string(), "kind"),
            (
                json!({"id": "b6", "source": "s", "title": "日期", "publish_date": "昨天", "text": "正文"}).to_string(),
                "publish_date",
            ),
            (
                json!({"id": "b7", "source": "s", "title": "网址", "url": "javascript:x()", "text": "正文"})
                    .to_string(),
                "source_url",
            ),
            (json!({"id": "b8", "source": "s", "title": "控\u{0}制", "text": "正文"}).to_string(), "title"),
        ];
        let mut bytes = Vec::new();
        for (number, (line, _)) in bad.iter().enumerate() {
            bytes.extend(format!("{}\n{line}\n\n", good(&format!("g{number}"))).into_bytes());
        }
        bytes.extend(b"\"\xff\xfe\"\n");
        bytes.extend(good("last").into_bytes());

        let (report, told) = import(&town, file("bad.jsonl", &bytes)).await;

        let expected = ImportReport { read: 24, written: 12, failed: 12, ..ImportReport::default() };
        assert_eq!(report, expected, "{told:?}");
        let mut failed: Vec<(u64, &str)> = told
            .iter()
            .filter_map(|line| match &line.outcome {
                ImportOutcome::Failed { field, reason } => {
                    assert!(!reason.is_empty());
                    Some((line.number, field.as_str()))
                }
                _ => None,
            })
            .collect();
        failed.sort_unstable();
        let expected: Vec<(u64, &str)> =
            bad.iter().enumerate().map(|(at, (_, field))| (at as u64 * 3 + 2, *field)).chain([(34, "")]).collect();
        assert_eq!(failed, expected, "each with its line and its field");
        for id in (0..11).map(|number| format!("g{number}")).chain(["last".to_owned()]) {
            assert!(of_origin(&town, "s", &id).await.is_some(), "{id}");
        }
        assert_eq!(town.world.count("select count(*) from working").await, 12, "nothing is left of a refused line");
        assert_eq!(town.world.count("select count(*) from revision").await, 12);
    });
}

#[test]
fn a_letter_without_a_reply_is_left() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let before = town.position().await;
        let letter = json!({"id": "m2", "source": "mail", "title": "投诉", "body": "太吵", "created_at": "2019-01-01 1:00:00", "reply": ""});
        let (report, told) = import(&town, file("mail.jsonl", &lines(&[letter]))).await;
        assert_eq!(report, ImportReport { read: 1, skipped: 1, ..ImportReport::default() });
        assert!(told[0].to_string().contains("no reply"), "{}", told[0]);
        assert_eq!(town.position().await, before);
    });
}

#[test]
fn a_second_run_leaves_what_is_known_and_tells_what_changed() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut records = shapes();
        import(&town, file("first.jsonl", &lines(&records))).await;
        let before = town.position().await;

        let (report, told) = import(&town, file("second.jsonl.gz", &lines(&records))).await;
        assert_eq!(report, ImportReport { read: 8, skipped: 8, ..ImportReport::default() }, "{told:?}");
        assert_eq!(town.position().await, before, "nothing is written");

        records[6]["title"] = json!("大会闭幕");
        records.push(json!({"id": "n2", "source": "news", "title": "新的一条", "body": "正文"}));
        let (report, told) = import(&town, file("third.jsonl", &lines(&records))).await;
        assert_eq!(report, ImportReport { read: 9, written: 1, skipped: 7, changed: 1, failed: 0 });
        let news = of_origin(&town, "news", "n1").await.unwrap();
        let changed: Vec<_> = told.iter().filter(|line| matches!(line.outcome, ImportOutcome::Changed(_))).collect();
        assert_eq!((changed[0].number, &changed[0].outcome), (7, &ImportOutcome::Changed(news.id)));
        assert_eq!(news.card.title, "大会开幕", "what is published stays as it is");
        assert_eq!(town.position().await, before + 1);
    });
}

#[test]
fn a_line_twice_in_one_file_is_written_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let one = json!({"id": "n1", "source": "news", "title": "一", "body": "正文"});
        let other = json!({"id": "n1", "source": "news", "title": "另一", "body": "正文"});
        let elsewhere = json!({"id": "n1", "source": "other", "title": "别处的同号", "body": "正文"});
        let refused = json!({"id": "n2", "source": "news", "title": "长".repeat(301), "body": "正文"});
        let mended = json!({"id": "n2", "source": "news", "title": "不长", "body": "正文"});
        let records = [one.clone(), elsewhere, one, other, refused, mended];
        let (report, told) = import(&town, file("twice.jsonl", &lines(&records))).await;
        assert_eq!(report, ImportReport { read: 6, written: 3, skipped: 1, changed: 1, failed: 1 }, "{told:?}");
        assert_eq!(of_origin(&town, "news", "n1").await.unwrap().card.title, "一");
        assert_eq!(of_origin(&town, "other", "n1").await.unwrap().card.title, "别处的同号");
        assert_eq!(of_origin(&town, "news", "n2").await.unwrap().card.title, "不长");
    });
}

#[test]
fn a_batch_is_one_change_that_names_every_content() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let record =
            |number: usize| json!({"id": format!("{number}"), "title": format!("第{number}条"), "text": "正文"});
        let records: Vec<Json> = (0..60).map(record).collect();
        let before = town.position().await;
        let (report, told) = import(&town, file("batches.jsonl", &lines(&records))).await;
        assert_eq!(report.written, 60);

        let changes = town.changes(before).await;
        assert_eq!(changes.len(), 3, "batches of 25");
        let mut named = Vec::new();
        for change in &changes {
            assert_eq!((change.action.as_str(), change.actor.as_str()), ("CONTENT_PUBLISHED", "program:import"));
            let entered = change
                .subjects
                .iter()
                .filter(|touch| touch.subject.starts_with("content_") && touch.effect == Effect::Entered);
            named.push(entered.map(|touch| touch.subject.clone()).collect::<Vec<_>>());
        }
        assert_eq!(named.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 10]);
        let written: Vec<String> = told
            .iter()
            .map(|line| match &line.outcome {
                ImportOutcome::Written(id) => id.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(named.concat(), written, "in the order of the file");
        assert_eq!(town.world.count("select members from shelf where list = 'library'").await, 60);
        assert!(of_origin(&town, "batches", "59").await.is_some(), "without a source, the file's name stands for it");
    });
}

#[test]
fn an_import_that_has_no_place_to_go_writes_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let before = town.position().await;
        let path = file("shapes.jsonl", &lines(&shapes()));
        let right = Import { path, site: "town".into(), column: "/policies".into(), kind: None, publisher: None };
        let wrong = [
            (Import { path: PathBuf::from("/nowhere/x.jsonl"), ..right.clone() }, "cannot be opened"),
            (Import { site: "nowhere".into(), ..right.clone() }, "no site nowhere"),
            (Import { column: "/nowhere".into(), ..right.clone() }, "no column /nowhere"),
            (Import { publisher: Some("nobody".into()), ..right }, "no organisation nobody"),
        ];
        for (import, says) in wrong {
            let error = seed::import(town.library(), &import, &mut |_| panic!("no line")).await.expect_err("no place");
            assert!(error.to_string().contains(says), "{error}");
        }
        assert_eq!(town.position().await, before);
    });
}
