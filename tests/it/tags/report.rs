//! The report on the use of tags: by month, counted as plainly as a person would, for who works on the site.

use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::sharing::sources::{tagged, tags};
use crate::town::at;

const REPORT: &str =
    "query($from: Date!, $before: Date!) { desk { tagReport(site: {code: \"town\"}, from: $from, before: $before) {
    tag { name } month contents } } }";

#[test]
fn tags_are_counted_by_month_for_who_works_on_the_site() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let [housing, traffic] = tags(town, &["住房", "交通"]).await[..] else { panic!("tags") };
        // The last moment of a month and the first of the next, by the library's days; one is withdrawn.
        for (time, given) in [
            ("2026-11-30 23:59:59", vec![housing, traffic]),
            ("2026-12-01 00:00", vec![housing]),
            ("2026-12-02 08:00", vec![housing]),
            ("2026-12-03 08:00", vec![traffic]),
        ] {
            town.world.clock.set(at(time));
            town.publish(tagged(town, time, &given)).await;
        }
        let gone = town.publish(tagged(town, "撤下的", &[traffic])).await;
        town.withdraw(gone, None).await;
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Site(town.site)))).await);
        let stranger = caller(staff.account("stranger", Some((Role::Editor, GrantScope::Site(town.county)))).await);
        let ask = async |who: &library::Caller, from: &str, before: &str| -> Json {
            let variables = json!({"from": from, "before": before});
            town.world.ask_as(who, REPORT, &variables).await.0
        };
        let row = |name: &str, month: &str, contents: i32| json!({"tag": {"name": name}, "month": month, "contents": contents});
        let answer = ask(&editor, "2026-11-01", "2027-01-01").await;
        let mut rows = answer["data"]["desk"]["tagReport"].as_array().cloned().expect("rows");
        assert_eq!(rows[0], row("住房", "2026-12", 2), "the newest month first, and what was given most");
        rows.sort_by_key(Json::to_string);
        let mut expected = vec![
            row("住房", "2026-12", 2),
            row("交通", "2026-12", 1),
            row("住房", "2026-11", 1),
            row("交通", "2026-11", 1),
        ];
        expected.sort_by_key(Json::to_string);
        assert_eq!(rows, expected);
        let answer = ask(&editor, "2026-12-03", "2026-12-04").await;
        assert_eq!(answer["data"]["desk"]["tagReport"], json!([row("交通", "2026-12", 1)]));
        assert_eq!(ask(&stranger, "2026-11-01", "2027-01-01").await["data"]["desk"]["tagReport"], json!([]));
        for (from, before) in [("2026-12-01", "2026-12-01"), ("2026-12-02", "2026-12-01"), ("2025-01-01", "2026-12-01")]
        {
            let answer = ask(&editor, from, before).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        }
    });
}
