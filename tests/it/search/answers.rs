//! Answers to questions: stored entries, cited; what is not known is said to be.

use serde_json::json;
use tests::on_both;

use super::entry;
use crate::town::Town;

const ASK: &str = "query($q: String!) { ask(question: $q, site: {code: \"town\"}) { id confident
    answers { confidence passage entry { id title } warnings { code } }
    shelves { kind totalCount contents { title } } handOver { code } } }";
const RATE: &str = "mutation($entry: ID!, $helpful: Boolean!) { rateAnswer(input: {entry: $entry, helpful: $helpful}) {
    userErrors { code } } }";

#[test]
fn a_question_is_answered_by_an_entry_or_not_at_all() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let world = &town.world;
        let similar = ["公积金取出来要什么材料", "怎样提取公积金"];
        let id = entry(&town, "住房公积金如何提取？", &similar, "携带身份证到住房公积金管理中心办理。").await;
        town.publish(town.article("住房公积金提取政策宣讲")).await;
        world.indexed().await;
        for question in ["住房公积金如何提取", "公积金取出来要什么材料？", "怎样提取住房公积金"]
        {
            let found = world.data(ASK, &json!({"q": question})).await["ask"].clone();
            assert_eq!(found["confident"], true, "{question}: {found}");
            assert_eq!(found["answers"][0]["entry"]["id"], id.to_string());
            assert!(found["answers"][0]["passage"].as_str().expect("a passage").contains("公积金</em>管理中心"));
            assert_eq!(found["shelves"][0]["contents"][0]["title"], "住房公积金提取政策宣讲");
        }
        for question in ["学区怎么划分", "", "？？？", "天气"] {
            let found = world.data(ASK, &json!({"q": question})).await["ask"].clone();
            assert_eq!((&found["confident"], &found["answers"]), (&json!(false), &json!([])), "{question}");
        }
        let rated = world.data(RATE, &json!({"entry": id.to_string(), "helpful": true})).await;
        assert_eq!(rated["rateAnswer"]["userErrors"], json!([]));
        world.data(RATE, &json!({"entry": id.to_string(), "helpful": false})).await;
        assert_eq!(world.count("select count(*) from answer_rating").await, 1, "once a reader and day");
        town.withdraw(id, None).await;
        let gone = world.data(RATE, &json!({"entry": id.to_string(), "helpful": true})).await;
        assert_eq!(gone["rateAnswer"]["userErrors"][0]["code"], "NOT_FOUND");
        // The index has not passed the withdrawal: the answer is gone all the same.
        let late = world.data(ASK, &json!({"q": "住房公积金如何提取"})).await["ask"].clone();
        assert_eq!(late["confident"], false);
    });
}
