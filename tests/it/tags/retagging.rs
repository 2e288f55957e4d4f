//! Changing the tags of all that a filter finds: looked at, done, and told what was passed over.

use library::Caller;
use library::RefusalCode::{Invalid, NotAllowed, NotFound, Required, TooLong, Unauthenticated};
use library::content::{ContentFields, ContentFilter, FieldCondition, Retag, SubmitContent};
use library::grant::{GrantScope, Role};
use library::id::{ContentId, TagId};
use library::site::SiteLocator;
use serde_json::{Value as Json, json};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::holds;
use crate::sharing::sources::{tagged, tags};
use crate::town::Town;

const DEED: &str = "mutation($filter: ContentFilter!, $add: [ID!], $remove: [ID!], $look: Boolean) {
    retagFilter(input: {filter: $filter, add: $add, remove: $remove, dryRun: $look}) { matching changing
      sample { content { id } error { code } } retag { id begunBy { id } endedAt changed skipped skips { totalCount nodes { contentId
      error { code } } } } sweep { id } userErrors { code path } } }";

async fn live(town: &Town, id: ContentId) -> Vec<TagId> {
    town.live(id).await.expect("live").card.tags.clone()
}

/// What is asked of contents that are at home in the town.
fn of_town(add: &[TagId], remove: &[TagId], look: bool) -> Json {
    json!({"filter": {"ownedBy": {"code": "town"}}, "add": add, "remove": remove, "look": look})
}

/// What was passed over, by content.
fn passed_over(retag: &Json) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let nodes = retag["skips"]["nodes"].as_array().expect("nodes");
    let mut all: Vec<_> = nodes.iter().map(|skip| (text(&skip["contentId"]), text(&skip["error"]["code"]))).collect();
    all.sort();
    all
}

#[test]
fn what_may_be_changed_is_and_the_rest_is_told() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let [old, new, other] = tags(town, &["旧", "新", "别"]).await[..] else { panic!("tags") };
        let publisher =
            caller(staff.account("publisher", Some((Role::Publisher, GrantScope::Column(town.news)))).await);
        let plain = town.publish(tagged(town, "一", &[old, other])).await;
        let has = town.publish(tagged(town, "二", &[new, other])).await;
        let worked_on = town.publish(tagged(town, "三", &[old, other])).await;
        town.edit(worked_on, |fields| fields.title = "改".to_owned()).await;
        let mut elsewhere = tagged(town, "四", &[old, other]);
        elsewhere.columns = vec![town.policies];
        let elsewhere = town.publish(elsewhere).await;
        let submitted = town.publish(tagged(town, "五", &[old, other])).await;
        let complete = |fields: &mut ContentFields| {
            fields.title = "关于申请住房保障的说明".to_owned();
            fields.body_html = "<p>申请人向所在街道提出，材料齐全的当场受理，十个工作日内答复。</p>".to_owned();
            fields.source_name = "镇政府".to_owned();
            fields.without_links = true;
        };
        let expected_revision = town.edit(submitted, complete).await;
        let submit = SubmitContent { id: submitted, expected_revision, overrule: Vec::new() };
        let handed_in = library.submit_content(&town.editor(), submit).await.expect("submitted");
        assert!(handed_in.done.is_some(), "it waits for its review");
        let last = town.publish(tagged(town, "六", &[old])).await;
        let edited = town.publish(tagged(town, "七", &[old, other])).await;
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Site(town.site)))).await;
        library.take_edit_lease(&caller(editor), edited, false, false).await.expect("taken");
        let draft = town.draft(tagged(town, "稿", &[old])).await;

        // Looked at, nothing is done.
        let before = town.position().await;
        let (answer, _) = town.world.ask_as(&publisher, DEED, &of_town(&[], &[old], true)).await;
        let looked = &answer["data"]["retagFilter"];
        assert_eq!((&looked["matching"], &looked["changing"]), (&json!(7), &json!(6)), "{answer}");
        let sample = looked["sample"].as_array().expect("a sample");
        let told = |id: ContentId| {
            let one = sample.iter().find(|one| one["content"]["id"] == id.to_string()).expect("in the sample");
            one["error"]["code"].clone()
        };
        let why = [(plain, json!(null)), (worked_on, json!(null)), (elsewhere, json!("NOT_ALLOWED"))];
        let why = why.into_iter().chain([
            (submitted, json!("WRONG_STATE")),
            (last, json!("GATE_REFUSED")),
            (edited, json!("WRONG_STATE")),
        ]);
        for (id, code) in why.clone() {
            assert_eq!(told(id), code, "{answer}");
        }
        assert_eq!((sample.len(), town.position().await), (6, before), "nothing is done");
        assert_eq!(live(town, plain).await, [old, other]);

        // Done.
        let (answer, _) = town.world.ask_as(&publisher, DEED, &of_town(&[], &[old], false)).await;
        let done = &answer["data"]["retagFilter"];
        assert_eq!(done["userErrors"], json!([]), "{answer}");
        let retag = &done["retag"];
        assert_eq!(
            (&retag["changed"], &retag["skipped"], &done["sweep"]),
            (&json!(2), &json!(4), &json!(null)),
            "{answer}"
        );
        assert!(retag["endedAt"].is_string(), "{answer}");
        let mut expected: Vec<_> =
            why.filter_map(|(id, code)| Some((id.to_string(), code.as_str()?.to_owned()))).collect();
        expected.sort();
        assert_eq!(passed_over(retag), expected);
        for (id, tags) in [(plain, vec![other]), (worked_on, vec![other]), (has, vec![new, other]), (last, vec![old])] {
            assert_eq!(live(town, id).await, tags);
        }
        for id in [elsewhere, submitted, edited] {
            assert_eq!(live(town, id).await, [old, other]);
        }
        let (_, fields) = library.working_content(worked_on).await.expect("a revision");
        assert_eq!((fields.title.as_str(), fields.tags.len()), ("改", 1), "what is worked on changes along");
        assert_eq!(town.live(worked_on).await.expect("live").card.description.title, "三");
        assert_eq!(library.working_content(draft).await.expect("a draft").1.tags[0].tag, old, "drafts are left");
        holds(&town.world).await;
        // One row of the log for the beginning, one for the batch.
        assert_eq!(town.changes(before).await.len(), 2, "{:?}", town.changes(before).await);

        // Who began it and the tag office read it on the desk, others do not.
        let list = "{ desk { retags { totalCount nodes { id skipped } } } }";
        let steward = caller(staff.account("steward", Some((Role::TagSteward, GrantScope::Platform))).await);
        for (who, count) in [(&publisher, 1), (&steward, 1), (&caller(editor), 0)] {
            let (answer, _) = town.world.ask_as(who, list, &json!({})).await;
            assert_eq!(answer["data"]["desk"]["retags"]["totalCount"], count, "{answer}");
            let one = format!("{{ node(id: {}) {{ ... on Retag {{ changed }} }} }}", retag["id"]);
            let (answer, _) = town.world.ask_as(who, &one, &json!({})).await;
            assert_eq!(answer["data"]["node"].is_null(), count == 0, "{answer}");
        }
    });
}

#[test]
fn a_change_of_tags_names_merged_tags_and_is_done_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let [into, merged, extra] = tags(&town, &["住房", "租房", "交通"]).await[..] else { panic!("tags") };
        let one = town.publish(tagged(&town, "一", &[merged])).await;
        let two = town.publish(tagged(&town, "二", &[extra])).await;
        library.merge_tags(&editor, merged, into).await.expect("merged");
        let by_tag = |tag| ContentFilter { any_tags: vec![tag], ..ContentFilter::default() };
        let give = Retag { add: vec![extra], remove: Vec::new() };
        let preview = library.preview_retag(&editor, &by_tag(merged), &give).await.expect("looked at");
        assert_eq!((preview.matching, preview.changing), (1, 1));
        library.retag_filter(&editor, by_tag(merged), &give).await.expect("retagged");
        assert_eq!(live(&town, one).await, [into, extra]);
        let preview = library.preview_retag(&editor, &by_tag(merged), &give).await.expect("looked at");
        assert_eq!((preview.matching, preview.changing), (1, 0));
        // What the filter asks for may be what is taken away.
        let swap = Retag { add: vec![merged], remove: vec![extra] };
        library.retag_filter(&editor, by_tag(extra), &swap).await.expect("retagged");
        assert_eq!((live(&town, one).await, live(&town, two).await), (vec![into], vec![into]));
        let before = town.position().await;
        library.retag_filter(&editor, by_tag(into), &swap).await.expect("retagged");
        assert_eq!(town.changes(before).await.len(), 1, "there was nothing to do");
        holds(&town.world).await;
    });
}

#[test]
fn a_change_of_tags_that_cannot_be_meant_is_refused() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let [one, two] = tags(town, &["住房", "租房"]).await[..] else { panic!("tags") };
        let of_town = ContentFilter { owned_by: Some(SiteLocator::Id(town.site)), ..ContentFilter::default() };
        let condition = FieldCondition { key: "没有".to_owned(), is: None, from: None, until: None };
        let by_field = ContentFilter { fields: vec![condition], ..of_town.clone() };
        let retag = |add: &[TagId], remove: &[TagId]| Retag { add: add.to_vec(), remove: remove.to_vec() };
        for (code, path, filter, retag) in [
            (Required, "filter", ContentFilter::default(), retag(&[one], &[])),
            (Invalid, "filter.fields", by_field, retag(&[one], &[])),
            (Required, "add", of_town.clone(), retag(&[], &[])),
            (NotFound, "add", of_town.clone(), retag(&[unknown("tag")], &[])),
            (NotFound, "remove", of_town.clone(), retag(&[], &[unknown("tag")])),
            (Invalid, "remove", of_town.clone(), retag(&[one], &[two, one])),
            (TooLong, "add", of_town.clone(), retag(&[one; 31], &[])),
        ] {
            refuses(town, code, path, library.preview_retag(&town.editor(), &filter, &retag)).await;
            refuses(town, code, path, library.retag_filter(&town.editor(), filter, &retag)).await;
        }
        let writer = caller(staff.account("writer", Some((Role::Editor, GrantScope::Platform))).await);
        for (code, who) in [(NotAllowed, &writer), (Unauthenticated, &Caller::nobody())] {
            refuses(town, code, "", library.retag_filter(who, of_town.clone(), &retag(&[one], &[]))).await;
            refuses(town, code, "", library.preview_retag(who, &of_town, &retag(&[one], &[]))).await;
        }
    });
}
