//! Groups, proposals, names and retirement: what is refused, to whom, and what the public sees.

use library::Caller;
use library::RefusalCode::{Duplicate, NotAllowed, NotFound, Required, TooLong, Unauthenticated, WrongState};
use library::changes::KeyKind;
use library::grant::{GrantScope, Role};
use library::tag::{EditTag, EditTagGroup, ProposeTag, TagGroupFields, TagSphere, TagState};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::refusals::{refuses, unknown};
use crate::sharing::sources::tags;

#[test]
fn a_tag_is_proposed_by_an_editor_and_accepted_by_the_tag_office() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let housing = tags(town, &["住房"]).await[0];
        let group = library.directory().tag_groups.all()[0].id;
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Column(town.news)))).await);
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let nothing = caller(staff.account("nothing", None).await);
        let propose = |name: &str| ProposeTag {
            name: name.to_owned(),
            group,
            parent: Some(housing),
            synonyms: vec!["电动汽车".to_owned()],
            code: None,
            reason: Some("常用".to_owned()),
        };
        refuses(town, NotAllowed, "", library.propose_tag(&nothing, propose("新能源汽车"))).await;
        refuses(town, Unauthenticated, "", library.propose_tag(&Caller::nobody(), propose("新能源汽车"))).await;
        refuses(town, Duplicate, "name", library.propose_tag(&editor, propose("住房"))).await;
        refuses(town, Required, "name", library.propose_tag(&editor, propose(" "))).await;
        let elsewhere = ProposeTag { group: unknown("tag_group"), parent: None, ..propose("新") };
        refuses(town, NotFound, "group", library.propose_tag(&editor, elsewhere)).await;
        let (id, _) = library.propose_tag(&editor, propose("新能源汽车")).await.expect("proposed");
        refuses(town, Duplicate, "name", library.propose_tag(&editor, propose("新能源汽车"))).await;
        assert!(town.read().tag(id).is_none(), "the public does not see it");
        assert!(library.directory().tags.by_key(KeyKind::TagName, "新能源汽车").is_none());
        let listed = "{ desk { proposedTags { nodes { name } } } }";
        for (who, number) in [(&editor, 1), (&office, 1), (&nothing, 0)] {
            let (answer, _) = town.world.ask_as(who, listed, &serde_json::json!({})).await;
            let nodes = answer["data"]["desk"]["proposedTags"]["nodes"].as_array().map(Vec::len);
            assert_eq!(nodes, Some(number), "{answer}");
        }

        refuses(town, NotAllowed, "", library.decide_tag(&editor, id, true, None, None)).await;
        refuses(town, Unauthenticated, "", library.decide_tag(&Caller::nobody(), id, true, None, None)).await;
        refuses(town, Required, "reason", library.decide_tag(&office, id, false, None, None)).await;
        refuses(town, Duplicate, "code", library.decide_tag(&office, id, true, Some("t0"), None)).await;
        refuses(town, NotFound, "id", library.decide_tag(&office, unknown("tag"), true, None, None)).await;
        library.decide_tag(&office, id, true, Some("new-energy"), None).await.expect("accepted");
        let tag = town.read().tag(id).expect("active");
        assert_eq!((tag.code.as_str(), tag.state), ("new-energy", TagState::Active));
        assert!(library.directory().tags.by_key(KeyKind::TagName, "电动汽车").is_some());
        refuses(town, WrongState, "id", library.decide_tag(&office, id, true, None, None)).await;
        let other = ProposeTag { synonyms: Vec::new(), ..propose("别的") };
        let (refused, _) = library.propose_tag(&editor, other).await.expect("proposed");
        library.decide_tag(&office, refused, false, None, Some("已有同类")).await.expect("refused");
        assert!(town.read().tag(refused).is_none());
    });
}

#[test]
fn groups_and_tags_are_kept_by_the_tag_office_and_stewards() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let [mine, other] = tags(town, &["住房", "租房"]).await[..] else { panic!("two tags") };
        let group = library.directory().tag_groups.all()[0].id;
        let mut fields = library.directory().tags.get(mine).expect("a tag").fields.clone();
        fields.steward = Some(staff.bureau);
        library.edit_tag(&town.editor(), mine, true, fields).await.unwrap();
        let office = caller(staff.account("office", Some((Role::TagSteward, GrantScope::Platform))).await);
        let scope = GrantScope::Organisation(staff.bureau);
        let steward = caller(staff.account("steward", Some((Role::TagSteward, scope))).await);
        let editor = caller(staff.account("editor", Some((Role::Editor, GrantScope::Platform))).await);
        let new = || TagGroupFields { name: "对象".to_owned(), sphere: TagSphere::Person, rank: 1 };
        let name = |name: &str| EditTag { name: Some(name.to_owned()), ..EditTag::default() };
        for (who, code) in [(&steward, NotAllowed), (&editor, NotAllowed), (&Caller::nobody(), Unauthenticated)] {
            refuses(town, code, "", library.create_tag_group(who, "people", new())).await;
            refuses(town, code, "", library.change_tag_group(who, group, EditTagGroup::default())).await;
            let at = if code == Unauthenticated { "" } else { "id" };
            refuses(town, code, at, library.change_tag(who, other, name("改"))).await;
            refuses(town, code, at, library.retire_tag(who, other)).await;
        }
        library.create_tag_group(&office, "people", new()).await.expect("made");
        let renamed = EditTagGroup { name: Some("服务对象".to_owned()), ..EditTagGroup::default() };
        library.change_tag_group(&office, group, renamed).await.expect("renamed");
        assert_eq!(library.directory().tag_groups.get(group).expect("a group").fields.name, "服务对象");
        // Who looks after a tag keeps its names; the rest is the office's.
        let synonyms = EditTag { synonyms: Some(vec!["住宅".to_owned()]), ..EditTag::default() };
        library.change_tag(&steward, mine, synonyms).await.expect("synonyms");
        let tag = library.directory().tags.get(mine).expect("a tag").clone();
        assert_eq!((tag.fields.name.as_str(), tag.fields.steward), ("住房", Some(staff.bureau)), "the rest stays");
        refuses(town, Duplicate, "name", library.change_tag(&office, other, name("住宅"))).await;
        let many = EditTag { synonyms: Some((0..101).map(|n| format!("词{n}")).collect()), ..EditTag::default() };
        refuses(town, TooLong, "synonyms", library.change_tag(&office, other, many)).await;
        library.retire_tag(&office, other).await.expect("retired");
        refuses(town, WrongState, "id", library.retire_tag(&office, other)).await;
        refuses(town, NotFound, "id", library.retire_tag(&office, unknown("tag"))).await;
        assert!(town.read().tag(other).is_none());
    });
}
