//! Every deed refuses its bad inputs with the stated code and path, and a refused deed writes nothing.

mod contents;
mod directory;
mod places;
mod structure;

use std::fmt::Debug;
use std::future::Future;

use library::RefusalCode;

use crate::town::Town;

/// How much is stored: rows of all tables, and what edits of rows would change.
const STORED: &str = "
    select cast((select count(*) from change) + (select count(*) from change_subject) + (select count(*) from site)
      + (select count(*) from site_host) + (select count(*) from organisation) + (select count(*) from leader)
      + (select count(*) from site_column) + (select count(*) from column_subscription) + (select count(*) from tag_group)
      + (select count(*) from tag) + (select count(*) from tag_name) + (select count(*) from code_item)
      + (select count(*) from panel) + (select count(*) from field_definition) + (select count(*) from content)
      + (select count(*) from content_tag) + (select count(*) from policy) + (select count(*) from link)
      + (select count(*) from attachment) + (select count(*) from withdrawal) + (select count(*) from working)
      + (select count(*) from revision) + (select count(*) from working_validity) + (select count(*) from due)
      + (select count(*) from placement) + (select count(*) from placement_reason) + (select count(*) from address)
      + (select coalesce(sum(next), 0) from number_sequence) + (select coalesce(sum(members), 0) from shelf)
      + (select coalesce(sum(members), 0) from tag_shelf) + (select coalesce(sum(members), 0) from policy_shelf)
      + (select count(*) from account) + (select count(*) from role_grant) + (select count(*) from session)
      + (select count(*) from refresh_token) + (select count(*) from signing_key)
      + (select count(*) from api_key) + (select count(*) from api_key where revoked_at is null)
      + (select count(*) from second_factor) + (select count(*) from second_factor where confirmed_at is null)
      + (select count(*) from linked_identity)
      + (select coalesce(sum(length(document || state)), 0) from account)
      + (select count(*) from account where must_change_password) + (select count(*) from session where ended_at is null)
      + (select count(*) from word_list) + (select count(*) from word_entry)
      + (select coalesce(sum(revision + length(name)), 0) from word_list)
      + (select count(*) from sharing_decision) + (select count(*) from tag_claim)
      + (select count(*) from tag_audit) + (select count(*) from tag_audit_item where verdict is null)
      + (select count(*) from withdrawal_receipt)
      + (select count(*) from placement where shown) + (select coalesce(sum(length(state)), 0) from tag_claim)
      + (select coalesce(sum(length(state || document)), 0) from column_subscription)
      + (select coalesce(sum(length(state)), 0) from tag)
      + (select coalesce(sum(revision), 0) from working) + (select coalesce(sum(rank), 0) from placement)
      + (select coalesce(sum(length(document)), 0) from site) + (select coalesce(sum(length(document)), 0) from tag)
      + (select coalesce(sum(length(path || document)), 0) from site_column)
      + (select coalesce(sum(length(document)), 0) from organisation)
      + (select coalesce(sum(length(document)), 0) from panel) as bigint)";

/// Asserts that a deed is refused with this code at this path (`a.b` for nested fields), and wrote nothing.
pub async fn refuses<T: Debug>(
    town: &Town,
    code: RefusalCode,
    path: &str,
    deed: impl Future<Output = library::Result<T>>,
) {
    let before = (town.position().await, town.world.count(STORED).await);
    match deed.await {
        Err(library::Error::Refused(refusal)) => {
            assert_eq!((refusal.code, refusal.path.join(".")), (code, path.to_owned()), "{refusal}");
            assert!(!refusal.message.is_empty() && !refusal.english.is_empty());
            let chinese = |text: &str| text.chars().any(|c| c > '\u{2e80}');
            assert!(chinese(&refusal.message) && !chinese(&refusal.english), "in both languages: {refusal:?}");
        }
        other => panic!("{code:?} at {path} was expected: {other:?}"),
    }
    assert_eq!((town.position().await, town.world.count(STORED).await), before, "{code:?} at {path} wrote something");
}

/// A text of so many characters.
fn long(characters: usize) -> String {
    "长".repeat(characters)
}

/// An identifier of a noun that identifies nothing.
pub fn unknown<T: std::str::FromStr<Err = library::id::NotAnId>>(prefix: &str) -> T {
    format!("{prefix}_01h455vb4pex5vsknk084sn02q").parse().expect("an identifier")
}
