//! The field maps that are part of the program: the shapes of files that they are for, a record of each.

use library::content::{ContentKind, Details, Validity};
use seed::{Import, ImportReport};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{file, html, of_origin, run, to_policies};
use crate::town::{Town, at};

/// Records of each shape, with the name of the map.
fn shapes() -> Vec<(&'static str, Vec<Json>)> {
    vec![
        (
            "policies",
            vec![
                json!({"id": "p1", "source": "laws", "type": "法律", "title": "城市绿化条例", "doc_no": "云政发〔2020〕3号", "issuer": "镇政府",
                "index_no": "000014349/2020-00208", "theme": "城乡建设\\园林", "issue_date": "2020-03-05", "publish_date": "2020-03-06",
                "effective_date": "2020-05-01", "repealed": true, "body": "## 第一章 总则\n第一条 为了绿化 & 美化", "group": "x"}),
                json!({"id": "p2", "source": "laws", "title": "工作报告", "doc_no": "", "issuer": "四川省人民政府",
                "issue_date": "2026-02-25", "repealed": null, "body": "一、回顾"}),
                json!({"id": "p3", "source": "laws", "title": "办法", "issue_date": "2020-02-25", "effective_date": "2020-05-01", "repealed": false, "body": "一"}),
                json!({"id": "p4", "source": "laws", "title": "办法", "issue_date": "2020-02-25", "effective_date": "", "repealed": false, "body": "一"}),
            ],
        ),
        (
            "articles",
            vec![
                json!({"id": "a1", "source": "oneal2000/STARD + oneal2000/LeCoQA", "law": "民间借贷规定", "article": "第十六条", "text": "原告应当举证。"}),
            ],
        ),
        (
            "qa",
            vec![
                json!({"id": "q1", "source": "qa", "question": "房款未付清怎么办？", "answer": "可以起诉。<p>依据</p>", "keywords": ["房屋", "长".repeat(51)],
            "category": "", "law_refs": [], "article_ids": ["a1", "a2"]}),
            ],
        ),
        (
            "citizen-messages",
            vec![
                json!({"id": "m1", "source": "mail", "title": "外地购车上牌", "body": "请问，如何上牌？", "created_at": "2017-09-27 0:12:00", "category": "交通运输",
                "reply": "您好，可以凭回执办理。", "replied_at": "2017-10-09 15:30:00", "likes": null}),
                json!({"id": "m2", "source": "mail", "title": "投诉", "body": "太吵", "created_at": "2019-01-01 1:00:00", "reply": ""}),
            ],
        ),
        (
            "service-items",
            vec![
                json!({"id": "s1", "source": "items", "name": "执业登记", "department": "审批局", "group": "执业", "item_code": "511A23",
            "area_code": "5116", "url": "https://service.example/s1"}),
            ],
        ),
        (
            "news",
            vec![
                json!({"id": "n1", "source": "news", "title": "大会开幕", "column": "快讯", "publish_date": "2022-09-25",
            "url": "https://tv.example/n1", "body": "第一段\n第二段"}),
            ],
        ),
    ]
}

#[test]
fn every_shape_becomes_a_content() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut sum = ImportReport::default();
        for (map, records) in shapes() {
            let wanted = Import { map: Some(map.into()), ..to_policies(file("x.jsonl", &records)) };
            let ran = run(&town, &wanted).await;
            assert!(ran.report.is_whole(), "{map}: {:?}", ran.lines);
            sum.written += ran.report.written;
            sum.skipped += ran.report.skipped;
        }
        assert_eq!((sum.written, sum.skipped), (9, 1), "a letter without a reply is left");

        let law = of_origin(&town, "laws", "p1").await.expect("found by its origin");
        let glance = law.card.policy().cloned().unwrap();
        assert_eq!((law.kind, law.card.title.as_str()), (ContentKind::Policy, "城市绿化条例"));
        assert_eq!(law.published_at, at("2020-03-06 00:00"), "the original time");
        assert_eq!(
            (glance.document_number.as_deref(), law.index_number.as_deref()),
            (Some("云政发〔2020〕3号"), Some("000014349/2020-00208"))
        );
        assert_eq!((glance.issuers, glance.state.validity), (vec![town.publisher], Validity::Repealed));
        assert!(html(&town, &law).await.contains("<p>第一条 为了绿化 &amp; 美化</p>"));
        for (id, validity) in [("p2", Validity::NotStated), ("p3", Validity::Effective), ("p4", Validity::NotStated)] {
            let policy = of_origin(&town, "laws", id).await.unwrap();
            assert_eq!(policy.card.policy().unwrap().state.validity, validity, "{id}: nothing is guessed");
        }

        let question = of_origin(&town, "qa", "q1").await.unwrap();
        assert_eq!((question.kind, question.card.title.as_str()), (ContentKind::KnowledgeEntry, "房款未付清怎么办？"));
        assert_eq!(question.card.keywords, ["房屋"]);
        let links = town.read().links(&[question.id]).await.unwrap().remove(&question.id).unwrap();
        assert_eq!(links.len(), 1, "to the article that is there");
        assert_eq!(links[0].content.as_ref().unwrap().card.title, "民间借贷规定 第十六条");

        let letter = of_origin(&town, "mail", "m1").await.unwrap();
        assert_eq!((letter.kind, letter.published_at), (ContentKind::KnowledgeEntry, at("2017-10-09 15:30")));
        assert_eq!(html(&town, &letter).await.trim(), "<p>您好，可以凭回执办理。</p>");
        let detail = town.read().details(&[letter.id]).await.unwrap()[&letter.id].clone();
        let Details::KnowledgeEntry(entry) = &detail.details else { panic!("{detail:?}") };
        assert_eq!(entry.similar_questions, ["请问，如何上牌？"]);

        let news = of_origin(&town, "news", "n1").await.unwrap();
        assert_eq!((news.kind, news.published_at), (ContentKind::Article, at("2022-09-25 00:00")));
        let month = format!("/content/202209/{}", news.id.short());
        assert_eq!(super::super::addresses::found(&town, town.site, &month).await, "page");
        assert_eq!(of_origin(&town, "items", "s1").await.unwrap().kind, ContentKind::ServiceGuide);
    });
}

#[test]
fn a_changed_map_is_a_change_of_the_records() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let folder = super::folder();
        let path = super::write(&folder, "x.jsonl", b"{\"nr\": 1, \"name\": \"one\", \"text\": \"two\"}\n");
        let map = |more: &str| {
            let text = format!("[fields]\nid = \"nr\"\ntitle = \"name\"\nbodyText = \"text\"\n{more}");
            Some(super::write(&folder, "map.toml", text.as_bytes()))
        };
        let wanted = Import { map: map(""), ..to_policies(path) };
        assert_eq!(run(&town, &wanted).await.report.written, 1);
        assert_eq!(run(&town, &wanted).await.report.unchanged, 1);
        map("subtitle = { value = \"副\" }");
        assert_eq!(run(&town, &wanted).await.report.updated, 1);
        assert_eq!(of_origin(&town, "x", "1").await.unwrap().card.subtitle.as_deref(), Some("副"));
    });
}
