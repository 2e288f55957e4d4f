//! Numbers by which contents are known: index numbers (索引号) and document numbers (发文字号).

use std::collections::BTreeSet;

use library::content::{ContentLocator, DisclosureKind, PolicyDetails};
use library::id::ContentId;
use serde_json::json;
use tests::on_both;

use crate::town::Town;

async fn index_number(town: &Town, id: ContentId) -> Option<String> {
    town.live(id).await.expect("it is live").index_number
}

async fn disclose(town: &Town, title: &str) -> ContentId {
    let mut fields = town.article(title);
    fields.disclosure = DisclosureKind::Proactive;
    town.publish(fields).await
}

#[test]
fn an_index_number_is_issued_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut issued = Vec::new();
        for title in ["一", "二", "三"] {
            let id = disclose(&town, title).await;
            issued.push((id, index_number(&town, id).await.expect("a number")));
        }
        let numbers: Vec<_> = issued.iter().map(|(_, number)| number.as_str()).collect();
        assert_eq!(numbers, ["010001234/2026-00001", "010001234/2026-00002", "010001234/2026-00003"]);
        let plain = town.publish(town.article("不编号")).await;
        assert_eq!(index_number(&town, plain).await, None);

        // Withdrawn, its number is given to nobody; published again, it has it back.
        let (third, number) = issued.pop().expect("three");
        town.withdraw(third, None).await;
        let by = ContentLocator::IndexNumber(number.clone());
        assert!(town.read().content_by(&by).await.unwrap().is_none());
        let fourth = disclose(&town, "四").await;
        assert_eq!(index_number(&town, fourth).await.as_deref(), Some("010001234/2026-00004"));
        town.publish_newest(third).await;
        assert_eq!(index_number(&town, third).await, Some(number));
        assert_eq!(town.read().content_by(&by).await.unwrap().map(|content| content.id), Some(third));

        // A correction keeps it, one that ends the disclosure too; a later disclosure gets the next.
        town.edit(fourth, |fields| fields.disclosure = DisclosureKind::NotApplicable).await;
        town.publish_newest(fourth).await;
        assert_eq!(index_number(&town, fourth).await.as_deref(), Some("010001234/2026-00004"));
        town.edit(plain, |fields| fields.disclosure = DisclosureKind::Proactive).await;
        town.publish_newest(plain).await;
        assert_eq!(index_number(&town, plain).await.as_deref(), Some("010001234/2026-00005"));

        town.pass("2027-01-01 00:00").await;
        let next_year = disclose(&town, "新年").await;
        assert_eq!(index_number(&town, next_year).await.as_deref(), Some("010001234/2027-00001"));
    });
}

#[test]
fn index_numbers_are_unique_when_many_publish_at_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut drafts = Vec::new();
        for number in 0..30 {
            let mut fields = town.article(&format!("第{number}条"));
            fields.disclosure = DisclosureKind::Proactive;
            drafts.push(town.draft(fields).await);
        }
        let mut writers = Vec::new();
        for ids in drafts.chunks(10) {
            let (library, editor, ids) = (town.library().clone(), town.editor(), ids.to_vec());
            writers.push(tokio::spawn(async move {
                let mut numbers = Vec::new();
                for id in ids {
                    numbers.extend(library.publish_content(&editor, id, 1).await.expect("published").index_number);
                }
                numbers
            }));
        }
        let mut numbers = BTreeSet::new();
        for writer in writers {
            numbers.extend(writer.await.expect("a writer"));
        }
        let expected: BTreeSet<String> = (1..=30).map(|serial| format!("010001234/2026-{serial:05}")).collect();
        assert_eq!(numbers, expected);
    });
}

#[test]
fn a_document_number_is_found_with_any_brackets() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let numbered =
            |number: &str| PolicyDetails { document_number: Some(number.to_owned()), ..PolicyDetails::default() };
        let id = town.publish(town.policy("办法", numbered("云建发〔2024〕12号"))).await;
        let other = town.publish(town.policy("另一办法", numbered("云建发[2024]13号"))).await;
        let order = town.publish(town.policy("令", numbered("国务院令第529号"))).await;
        let document = "query($number: String!) { content(by: {documentNumber: $number}) { id
            ... on Policy { documentNumber { text prefix year serial } } } }";
        for (asked, expected) in [
            ("云建发〔2024〕12号", id),
            ("云建发[2024]12号", id),
            ("云建发（2024）12号", id),
            ("云建发(2024) 12 号", id),
            ("云建发【2024】12号", id),
            ("云建发［２０２４］１２号", id),
            ("云建发〔2024〕13号", other),
            ("国务院令第529号", order),
        ] {
            let answer = town.data(document, json!({"number": asked})).await["content"].clone();
            assert_eq!(answer["id"], expected.to_string(), "{asked}");
        }
        for unknown in ["云建发〔2024〕1号", "云建发〔2023〕12号", "云建发2024 12号", ""] {
            assert_eq!(town.data(document, json!({"number": unknown})).await["content"], json!(null), "{unknown}");
        }
        let answer = town.data(document, json!({"number": "云建发〔2024〕13号"})).await["content"].clone();
        let parts = json!({"text": "云建发[2024]13号", "prefix": "云建发", "year": 2024, "serial": 13});
        assert_eq!(answer["documentNumber"], parts, "it is printed as it was written");

        // A corrected number is found, the wrong one no longer; a withdrawn policy is not found.
        town.edit(other, |fields| {
            fields.details = library::content::Details::Policy(Box::new(numbered("云建发〔2024〕31号")));
        })
        .await;
        town.publish_newest(other).await;
        assert_eq!(town.data(document, json!({"number": "云建发〔2024〕13号"})).await["content"], json!(null));
        assert_eq!(
            town.data(document, json!({"number": "云建发(2024)31号"})).await["content"]["id"],
            other.to_string()
        );
        town.withdraw(id, None).await;
        assert_eq!(town.data(document, json!({"number": "云建发〔2024〕12号"})).await["content"], json!(null));
    });
}
