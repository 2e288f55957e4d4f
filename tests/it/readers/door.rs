//! Readers at the door: tokens of an issuer for the public.

use library::linked_identity::LinkIdentity;
use serde_json::json;
use server::http::Settings;
use tests::on_both;

use crate::accounts::Staff;
use crate::accounts::sign_on_issuer::{Answers, Provider};
use crate::door::http::Door;
use crate::sharing::sources::tags;

#[test]
fn a_token_for_the_public_is_a_reader_who_sees_what_everybody_sees() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let [tag, ..] = tags(town, &["住房", "租房"]).await[..] else { panic!("tags") };
        let provider = Provider::open(Answers::Keys(vec!["ed"])).await;
        let mut issuer = provider.trusted();
        issuer.readers = true;
        let door = Door::with(&town.world, Settings { issuers: vec![issuer], ..Settings::default() }).await;
        let now = town.library().now().0 / 1_000_000;
        let token = |subject: &str| format!("Bearer {}", provider.token("ed", &provider.claims(subject, now)));
        let ask = async |document: &str, subject: &str| {
            let bearer = token(subject);
            door.ask(document, &json!({}), &[("Authorization", bearer.as_str())]).await
        };
        let add = format!(
            "mutation {{ subscribeTags(input: {{add: [\"{tag}\"]}}) {{ reader {{ tags {{ code }} }} userErrors {{ code }} }} }}"
        );
        let answer = ask(&add, "citizen").await;
        assert_eq!(
            answer.json()["data"]["subscribeTags"]["reader"]["tags"],
            json!([{"code": "t0"}]),
            "{}",
            answer.text()
        );
        let mine =
            "{ viewer { account { loginName } } desk { sweeps { id } } reader { tags { code } } feed { personal } }";
        let answer = ask(mine, "citizen").await;
        let seen =
            json!({"viewer": null, "desk": null, "reader": {"tags": [{"code": "t0"}]}, "feed": {"personal": true}});
        assert_eq!(answer.json()["data"], seen, "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let answer = ask(mine, "another").await;
        assert_eq!(answer.json()["data"]["reader"], json!({"tags": []}), "{}", answer.text());
        // Nothing of who it is lies in the database in clear.
        let clear = "select count(*) from reader where key like '%citizen%' or key like '%127.0.0.1%'";
        assert_eq!(town.world.count(clear).await, 0);
        // Who has an account is that account, and no reader.
        let admin = staff.administrator("admin").await;
        let new = LinkIdentity { account: admin, issuer: provider.issuer.clone(), subject: "official".to_owned() };
        town.library().link_identity(&town.editor(), new).await.expect("linked");
        let answer = ask(mine, "official").await;
        assert_eq!(answer.json()["data"]["viewer"]["account"]["loginName"], "admin", "{}", answer.text());
        assert_eq!(answer.json()["data"]["reader"], json!(null));
        // A token that is not valid is nobody's.
        let late = provider.claims("citizen", now - 1_000);
        let bearer = format!("Bearer {}", provider.token("ed", &late));
        assert_eq!(door.ask(mine, &json!({}), &[("Authorization", bearer.as_str())]).await.status, 401);
    });
}
