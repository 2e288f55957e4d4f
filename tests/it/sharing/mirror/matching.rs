//! What does not match goes to the fallback and is told; what was done here by hand; and who may read of it.

use library::content::{PolicyDetails, TagAssignment, TagAssignmentSource};
use library::grant::{GrantScope, Role};
use library::organisation::CreateOrganisation;
use serde_json::json;
use server::mirror::Mirror;
use tests::on_both;

use super::{LOG, Two, shown, tag};
use crate::accounts::{Staff, caller};
use crate::door::http::Door;
use crate::town::organisation_fields;

#[test]
fn what_does_not_match_goes_to_the_fallback_and_is_told() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let (there, here) = (&two.there, &two.here);
        let other = here.column("/other").await;
        let kept = here.column("/kept").await;
        let below = there.column("/news/city").await;
        let unmapped = there.column("/topics").await;
        let publisher = CreateOrganisation { code: "wjw".to_owned(), fields: organisation_fields("卫健委") };
        let publisher = there.library().create_organisation(&there.editor(), publisher).await.expect("one").0;
        let lonely = tag(there, "lonely", "只此一家").await;

        let plain = there.publish(there.article("对得上的")).await;
        let mut fields = there.article("下级栏目的");
        fields.columns = vec![below];
        let in_city = there.publish(fields).await;
        let mut fields = there.article("没有对应栏目的");
        fields.columns = vec![unmapped];
        let stray = there.publish(fields).await;
        let mut fields = there.policy("没有对应类型的", PolicyDetails::default());
        fields.columns = vec![there.news];
        let policy = there.publish(fields).await;
        let mut fields = there.article("有生疏名称的");
        fields.publisher = publisher;
        fields.tags.push(TagAssignment { tag: lonely, source: TagAssignmentSource::Editor });
        fields.tags.push(TagAssignment { tag: two.shared[0], source: TagAssignmentSource::Editor });
        let strange = there.publish(fields).await;

        let map = tests::scratch(&format!("mirror-{}", tests::fresh())).join("map.toml");
        let text = "fallback = \"town/other\"\n[columns]\n\"town/news\" = \"town/from-there\"\n\"town/news/city\" = \"town/kept\"\n\
            [kinds]\nARTICLE = \"ARTICLE\"\n";
        std::fs::write(&map, text).expect("a file");
        let door = Door::open(&there.world).await;
        let columns = vec!["town/news".to_owned(), "town/topics".to_owned()];
        let wanted = Mirror { columns, into: None, map: Some(map), ..two.wanted(&door) };
        let followed = two.follow(&wanted).await;
        assert_eq!((followed.written, followed.told), (5, 3));
        let at = async |column| shown(&here.world, column, false).await.into_keys().collect::<Vec<_>>();
        let sorted = |ids: &[library::id::ContentId]| {
            let mut ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            ids.sort();
            ids
        };
        assert_eq!(at(two.into).await, sorted(&[plain, strange]));
        assert_eq!(at(kept).await, sorted(&[in_city]));
        assert_eq!(at(other).await, sorted(&[stray, policy]));
        let log = two.log().await;
        for (id, code) in [(stray, "UNMATCHED_COLUMN"), (policy, "UNMATCHED_KIND"), (strange, "UNMATCHED_NAME")] {
            assert!(log.contains(&("WRITTEN".to_owned(), id.to_string(), code.to_owned())), "{code}: {log:?}");
        }
        let copy = here.live(two.copy_of(strange).await.expect("a copy")).await.expect("live");
        assert_eq!((copy.publisher, copy.card.tags.as_slice()), (here.publisher, &two.shared[1..]));

        // Another plan: everything is looked at again, and goes where it belongs now.
        let whole = Mirror { map: None, into: Some("town/from-there".to_owned()), ..wanted };
        assert_eq!(two.follow(&whole).await.updated, 3);
        assert_eq!(at(two.into).await.len(), 5);
        assert!(at(other).await.is_empty() && at(kept).await.is_empty());
        assert!(two.log().await.iter().any(|line| line.2 == "PLAN_CHANGED"));

        // A column that is moved there.
        there.library().move_column(&there.editor(), unmapped, "/themes").await.expect("moved");
        let renamed = Mirror { columns: vec!["town/news".to_owned(), "town/themes".to_owned()], ..whole };
        assert_eq!(two.follow(&renamed).await.withdrawn, 0);
        door.close().await;
    });
}

#[test]
fn the_origin_wins_over_edits_and_not_over_a_withdrawal_here() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let ids = two.publish_there((0..3).map(|n| format!("第{n}条"))).await;
        let door = Door::open(&two.there.world).await;
        let wanted = two.wanted(&door);
        two.follow(&wanted).await;
        let [edited, drafted, withdrawn] = [0, 1, 2].map(|at: usize| ids[at]);
        let mut copies = Vec::new();
        for id in &ids {
            copies.push(two.copy_of(*id).await.expect("a copy"));
        }
        let here = &two.here;
        here.edit(copies[0], |fields| fields.title = "本地改的".to_owned()).await;
        here.publish_newest(copies[0]).await;
        here.edit(copies[1], |fields| fields.title = "本地草稿".to_owned()).await;
        here.withdraw(copies[2], None).await;
        // It stands until the other side says something new.
        two.follow(&Mirror { anew: true, ..wanted.clone() }).await;
        assert_eq!(here.live(copies[0]).await.expect("live").card.title, "本地改的");
        for (id, title) in [(edited, "来源改的"), (drafted, "来源也改了"), (withdrawn, "撤了的也改了")] {
            two.there.edit(id, |fields| fields.title = title.to_owned()).await;
            two.there.publish_newest(id).await;
        }
        let followed = two.follow(&wanted).await;
        assert_eq!((followed.updated, followed.told), (2, 3));
        assert_eq!(here.live(copies[0]).await.expect("live").card.title, "来源改的");
        assert_eq!(here.live(copies[1]).await.expect("live").card.title, "来源也改了");
        assert!(here.live(copies[2]).await.is_none(), "what was withdrawn here stays so");
        let log = two.log().await;
        for (id, outcome, code) in [
            (edited, "UPDATED", "EDITED_HERE"),
            (drafted, "UPDATED", "EDITED_HERE"),
            (withdrawn, "SKIPPED", "WITHDRAWN_HERE"),
        ] {
            assert!(log.contains(&(outcome.to_owned(), id.to_string(), code.to_owned())), "{code}: {log:?}");
        }
        crate::whole::whole(&here.world).await;
        // What did not come by the mirror is none of its business.
        let own = here.publish(here.article("自己的")).await;
        two.follow(&Mirror { anew: true, ..wanted }).await;
        assert!(here.live(own).await.is_some());
        door.close().await;
    });
}

#[test]
fn the_exchange_log_is_read_by_who_keeps_the_site_alone() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let here = &staff.town;
        let input = library::mirror::OpenMirror {
            name: "there".to_owned(),
            site: here.site,
            origin: "https://there.example/graphql".to_owned(),
            plan: String::new(),
        };
        let mut mirror = here.library().open_mirror(input.clone()).await.expect("a mirror");
        let why = library::mirror::Told { reason: Some("绝密".to_owned()), ..Default::default() };
        here.library().begin_mirror_snapshot(&mut mirror, "a", "b", "c", why).await.expect("begun");
        here.pass("2026-10-31 19:00").await;
        here.library().mirror_trouble("there", "NOT_REACHED", "away").await.expect("told");
        here.library().mirror_trouble("there", "NOT_REACHED", "still away").await.expect("told once");
        let admin = staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(here.site)))).await;
        let editor = staff.account("editor", Some((Role::Editor, GrantScope::Site(here.site)))).await;
        let county = staff.account("county", Some((Role::SiteAdmin, GrantScope::Site(here.county)))).await;
        let (answer, scope) = here.world.ask_as(&caller(admin), LOG, &json!({"after": null})).await;
        let entries = &answer["data"]["desk"]["mirrors"][0]["exchanges"]["nodes"];
        assert!(scope.is_private());
        let outcomes: Vec<_> = entries.as_array().expect("entries").iter().map(|it| it["outcome"].clone()).collect();
        assert_eq!(outcomes, [json!("TROUBLE"), json!("SNAPSHOT_BEGUN")]);
        for outsider in [editor, county] {
            let (answer, _) = here.world.ask_as(&caller(outsider), LOG, &json!({"after": null})).await;
            assert_eq!(answer["data"]["desk"]["mirrors"], json!([]), "{answer}");
        }
        let (answer, _) = here.world.ask(LOG, &json!({"after": null})).await;
        assert_eq!(answer["data"]["desk"], json!(null));
        // Nor does anybody else bring anything by it.
        for outsider in [caller(editor), caller(county), library::Caller::nobody()] {
            let library = here.library();
            assert!(library.bring_mirrored(&outsider, &mut mirror, &[]).await.is_err());
            assert!(library.amend_mirrored(&outsider, &mut mirror, &[], false).await.is_err());
            assert!(library.retract_mirrored(&outsider, &mut mirror, "无", &[]).await.is_err());
        }
        assert_eq!(here.library().bring_mirrored(&caller(admin), &mut mirror, &[]).await.expect("nothing").len(), 0);
        // Two processes under one name: the second to write is refused.
        let mut other = here.library().open_mirror(input.clone()).await.expect("the same");
        here.library().begin_mirror_snapshot(&mut mirror, "a", "b", "c", Default::default()).await.expect("its turn");
        let refused = here.library().begin_mirror_snapshot(&mut other, "a", "b", "c", Default::default()).await;
        assert!(refused.expect_err("refused").to_string().contains("another process"));
        // A name belongs to one site.
        let elsewhere = library::mirror::OpenMirror { site: here.county, ..input.clone() };
        assert!(here.library().open_mirror(elsewhere).await.is_err());
        assert!(
            here.library().open_mirror(library::mirror::OpenMirror { name: "a b".to_owned(), ..input }).await.is_err()
        );
    });
}
