//! The deeds of the oracle on the desk: what is handed in, reviewed, moved, taken back, redacted.

use library::account::{AccountFields, CreateAccount};
use library::changes::KeyKind;
use library::content::{
    ContentFilter, ContentKind, RedactRevision, Retag, ReviewContent, ReviewDecision, Schedule, SubmitContent,
};
use library::grant::{GrantRole, GrantScope, Role};
use library::id::ContentId;
use library::preview::PreviewLink;
use library::{Caller, Result};

use super::content_deeds::{assignment, drawn};
use super::deeds::Hand;

/// Somebody with a role over the whole platform.
async fn somebody(hand: &mut Hand<'_>, name: &str, role: Role) -> Result<Caller> {
    let library = &hand.world.library;
    let known = hand.directory().accounts.by_key(KeyKind::AccountName, name).map(|account| account.id);
    let account = match known {
        Some(account) => account,
        None => {
            let fields = AccountFields { display_name: name.to_owned() };
            let password = library::Password::new("Correct-Horse-9".to_owned());
            let new = CreateAccount { name: name.to_owned(), fields, organisation: None, password };
            let (account, _) = library.create_account(&hand.caller, new).await?;
            let level = (role == Role::Reviewer).then_some(1);
            library.grant_role(&hand.caller, GrantRole { account, role, level, scope: GrantScope::Platform }).await?;
            account
        }
    };
    Ok(crate::accounts::caller(account))
}

/// An edit of a drawn content, which is not published.
async fn edited(hand: &mut Hand<'_>) -> Result<(ContentId, i64)> {
    let library = hand.world.library.clone();
    let id = drawn(hand, &[]).await?;
    let (revision, mut fields) = library.working_content(id).await?;
    fields.title = hand.dice.word();
    fields.without_links = true;
    Ok((id, library.edit_content(&hand.caller, id, revision, fields, None).await?))
}

/// Does a deed by its number in `DEEDS`.
pub async fn act(hand: &mut Hand<'_>, number: u8) -> Result<()> {
    let library = hand.world.library.clone();
    let caller = hand.caller.clone();
    match number {
        45 | 46 => {
            let (id, revision) = edited(hand).await?;
            let submit = SubmitContent { id, expected_revision: revision, overrule: Vec::new() };
            let submitted = library.submit_content(&caller, submit).await?;
            let decision = if number == 45 { ReviewDecision::Approve } else { ReviewDecision::Return };
            let reviewer = somebody(hand, "oracle-reviewer", Role::Reviewer).await?;
            if submitted.done.is_some() {
                let review = ReviewContent {
                    id,
                    expected_revision: revision,
                    decision,
                    proofreading: ReviewDecision::Approve,
                    reason: Some("神谕".to_owned()),
                };
                library.review_content(&reviewer, review).await?;
            }
            if number == 45 {
                library.publish_contents(&caller, vec![(id, revision)]).await?;
            }
        }
        47 => {
            let (id, revision) = edited(hand).await?;
            library.discard_draft(&caller, id, revision).await?;
        }
        48 => {
            let (id, revision) = edited(hand).await?;
            let number = library.restore_revision(&caller, id, revision - 1, revision).await?.0;
            library.publish_content(&caller, id, number).await?;
        }
        49 => {
            let id = drawn(hand, &[]).await?;
            let (revision, fields) = library.working_content(id).await?;
            let directory = hand.directory();
            let home =
                fields.columns.first().and_then(|column| directory.columns.get(*column)).map(|column| column.site);
            let all: Vec<_> = directory.columns.all().iter().filter(|column| Some(column.site) == home).collect();
            let column = hand.dice.of(&all).id;
            library.move_content(&caller, id, column, revision).await?;
        }
        50 => {
            let id = drawn(hand, &[]).await?;
            let (revision, fields) = library.working_content(id).await?;
            let remove = fields.tags.iter().map(|given| given.tag).collect();
            let retag = Retag { add: vec![assignment(hand).tag], remove };
            library.retag_contents(&caller, vec![(id, revision)], &retag).await?;
        }
        51 => {
            let id = drawn(hand, &[]).await?;
            let (_, fields) = library.working_content(id).await?;
            let column = hand.column_for(fields.details.kind());
            let (copy, _) = library.copy_content(&caller, id, column).await?;
            library.publish_content(&caller, copy, 1).await?;
        }
        52 => {
            let id = drawn(hand, &[ContentKind::Article, ContentKind::Notice]).await?;
            library.withdraw_content(&caller, id, "神谕", None).await?;
            library.archive_content(&caller, id, "神谕").await?;
        }
        53 => {
            let id = drawn(hand, &[]).await?;
            let (_, fields) = library.working_content(id).await?;
            let redact = RedactRevision {
                id,
                texts: vec![fields.title.chars().take(2).collect()],
                attachments: Vec::new(),
                reason: "神谕".to_owned(),
            };
            for name in ["oracle-admin-1", "oracle-admin-2"] {
                let admin = somebody(hand, name, Role::PlatformAdmin).await?;
                library.redact_revision(&admin, redact.clone()).await?;
            }
        }
        54 => {
            let id = drawn(hand, &[]).await?;
            let (revision, _) = library.working_content(id).await?;
            let at = library.now().plus_milliseconds(60_000);
            let moments = Schedule { publish_at: None, withdraw_at: Some(at) };
            library.schedule(&caller, id, revision, moments).await?;
            hand.world.clock.set(at.plus_milliseconds(1_000));
            library.catch_up_clock().await?;
        }
        56 => {
            let id = drawn(hand, &[]).await?;
            let given = library.working_content(id).await?.1.tags.into_iter().map(|given| given.tag).collect();
            let retag = Retag { add: vec![assignment(hand).tag], remove: Vec::new() };
            let filter =
                ContentFilter { all_tags: given, kinds: vec![ContentKind::Article], ..ContentFilter::default() };
            library.retag_filter(&caller, filter, &retag).await?;
        }
        _ => {
            let (id, revision) = edited(hand).await?;
            let editor = somebody(hand, "oracle-editor", Role::Editor).await?;
            library.take_edit_lease(&editor, id, false, false).await?;
            let site = hand.site("zjj");
            let made = library.preview_link(&caller, PreviewLink { id, revision, site, expires_at: None }).await?;
            library.revoke_preview(&caller, Some(made.id), None).await?;
        }
    }
    Ok(())
}
