//! Answers never cross from one who asks to another: each operation as two accounts and as nobody, in every order.

use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::read_after::token;
use super::{EXECUTED, state};
use crate::accounts::Staff;
use crate::door::http::Door;
use crate::reading::operations;

/// Questions whose answers are somebody's own.
const OWN: [&str; 3] = [
    "{ viewer { account { id name loginName } } }",
    "{ desk { __typename } viewer { account { name grants { role } } } }",
    "{ site(by: {code: \"town\"}) { name } viewer { account { id } } }",
];

#[test]
fn nobody_gets_the_answer_of_another() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("one", Some((Role::SiteAdmin, GrantScope::Site(staff.town.site)))).await;
        staff.account("two", Some((Role::Editor, GrantScope::Column(staff.town.news)))).await;
        let door = Door::open(&staff.town.world).await;
        let (one, two) = (token(&door, "one").await, token(&door, "two").await);
        let askers: [&[(&str, &str)]; 3] = [&[("Authorization", &one)], &[("Authorization", &two)], &[]];
        let mut questions: Vec<(String, Json)> =
            operations().into_iter().map(|(_, document, variables)| (document.to_owned(), variables)).collect();
        questions.extend(OWN.map(|query| (query.to_owned(), json!({}))));
        let mut apart = 0;
        for (query, variables) in &questions {
            let mut own = Vec::new();
            for headers in askers {
                let mut headers = headers.to_vec();
                headers.push(EXECUTED);
                own.push(door.ask(query, variables, &headers).await.body);
            }
            apart += usize::from(own[0] != own[1] && own[1] != own[2]);
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
                for asker in order {
                    let answer = door.ask(query, variables, askers[asker]).await;
                    let (shown, right) = (answer.text().to_owned(), String::from_utf8_lossy(&own[asker]).into_owned());
                    assert_eq!(shown, right, "{query} as {asker}");
                    if asker != 2 {
                        assert_eq!((state(&answer), answer.header("cache-control")), ("BYPASS", "private, no-store"));
                    }
                }
            }
        }
        assert!(apart >= 2, "questions that nobody answers differently prove nothing: {apart}");
        door.close().await;
    });
}
