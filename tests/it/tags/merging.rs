//! Merging tags: nothing that named the old one breaks, contents follow, and what is being written follows when it is published.

use library::Caller;
use library::RefusalCode::{Invalid, Loop, NotAllowed, NotFound, Unauthenticated, WrongState};
use library::column::ShareType;
use library::grant::{GrantScope, Role};
use library::sharing::SubscriptionSource;
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere, TagState};
use serde_json::json;
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::sources::{tagged, tags};
use crate::sharing::{column, holds, shown, subscribe};
use crate::town::{Town, everything};

#[test]
fn a_merged_tag_resolves_and_its_contents_follow() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let [into, from, third] = tags(&town, &["公共租赁住房", "公租房", "交通"]).await[..] else {
            panic!("tags")
        };
        let (library, editor) = (town.library(), town.editor());
        let topic = column(&town, town.county, "/topic", ShareType::Open).await;
        subscribe(&town, topic, SubscriptionSource::Tag(from), everything()).await;
        let one = town.publish(tagged(&town, "一", &[from, third])).await;
        let both = town.publish(tagged(&town, "二", &[into, from])).await;
        let none = town.publish(tagged(&town, "三", &[third])).await;
        let draft = town.draft(tagged(&town, "稿", &[from])).await;
        let before = town.live(one).await.expect("live").updated_at;
        town.pass("2026-11-02 09:00").await;
        library.merge_tags(&editor, from, into).await.expect("merged");
        holds(&town.world).await;

        let query =
            "query($id: ID!) { byId: tag(by: {id: $id}) { name } byCode: tag(by: {code: \"t1\"}) { name synonyms }
            byName: tag(by: {name: \"公租房\"}) { name contents { totalCount nodes { title tags { name } } } } }";
        let seen = town.data(query, json!({"id": from.to_string()})).await;
        for way in ["byId", "byCode", "byName"] {
            assert_eq!(seen[way]["name"], "公共租赁住房", "{way}: {seen}");
        }
        assert_eq!(seen["byCode"]["synonyms"], json!(["公租房"]));
        assert_eq!(seen["byName"]["contents"]["totalCount"], 2, "{seen}");
        let live = async |id| town.live(id).await.expect("live").card.tags.clone();
        assert_eq!((live(one).await, live(both).await, live(none).await), (vec![into, third], vec![into], vec![third]));
        assert_eq!(town.live(one).await.expect("live").updated_at, before, "that is nobody's correction");
        assert_eq!(library.working_content(draft).await.expect("a draft").1.tags[0].tag, from, "drafts are left");
        town.publish_newest(draft).await;
        assert_eq!(live(draft).await, [into]);
        assert!(shown(&town, draft).await.contains(&topic), "a rule over the old tag holds for the new one");
        town.edit(one, |fields| fields.title = "改".to_owned()).await;
        town.publish_newest(one).await;
        assert_eq!(live(one).await, [into, third], "a revision of before resolves");
        assert_eq!(library.directory().tags.get(from).expect("a tag").state, TagState::Merged);
        holds(&town.world).await;
        library.merge_tags(&editor, from, into).await.expect("again: it goes on where it was cut off");
        refuses(&town, WrongState, "from", library.merge_tags(&editor, from, third)).await;
    });
}

#[test]
fn what_cannot_be_merged_is_refused() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let [above, below, retired] = tags(town, &["住房", "租房", "旧"]).await[..] else { panic!("tags") };
        let editor = town.editor();
        library.retire_tag(&editor, retired).await.unwrap();
        let fields = TagGroupFields { name: "对象".to_owned(), sphere: TagSphere::Person, rank: 1 };
        let (group, _) = library.create_tag_group(&editor, "people", fields).await.unwrap();
        let fields = TagFields { name: "青年".to_owned(), parent: None, synonyms: Vec::new(), steward: None };
        let (far, _) =
            library.create_tag(&editor, CreateTag { code: "youth".to_owned(), group, fields }).await.unwrap();
        for (code, path, from, into) in [
            (Loop, "into", above, above),
            (Loop, "into", above, below),
            (WrongState, "into", below, retired),
            (Invalid, "into", below, far),
            (NotFound, "from", unknown("tag"), above),
            (NotFound, "into", above, unknown("tag")),
        ] {
            refuses(town, code, path, library.merge_tags(&editor, from, into)).await;
        }
        let writer = caller(staff.account("writer", Some((Role::Editor, GrantScope::Platform))).await);
        refuses(town, NotAllowed, "from", library.merge_tags(&writer, below, above)).await;
        refuses(town, Unauthenticated, "", library.merge_tags(&Caller::nobody(), below, above)).await;
        // Its name is nobody else's from now on; what hung under it hangs under the target.
        library.merge_tags(&editor, retired, above).await.expect("a retired tag may be merged");
    });
}
