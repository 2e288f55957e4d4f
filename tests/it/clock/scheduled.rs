//! Scheduled publications: at their moment, in order after downtime, once on several nodes, or back on the desk.

use library::content::{Details, NoticeDetails, NoticePhase, PolicyDetails, Validity};
use library::database::Sql;
use library::id::ContentId;
use library::placement::OverridePlacement;
use tests::{World, on_both};

use super::notice_phase;

use crate::town::{Town, at};

async fn schedule(town: &Town, id: ContentId, time: &str) {
    let (revision, _) = town.library().working_content(id).await.unwrap();
    town.library().schedule_content(&town.editor(), id, revision, at(time)).await.expect("scheduled");
}

/// The state and the last reason of a content, as the desk and the log hold them.
async fn state(town: &Town, id: ContentId) -> String {
    let rows = town.library().database();
    let sql = Sql::new("select state from working where content_id = $1");
    rows.rows(&sql, &[id.0.into()]).await.unwrap()[0].get(0).unwrap()
}

#[test]
fn a_scheduled_content_appears_at_its_moment_and_not_before() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.draft(town.article("定时发布")).await;
        schedule(&town, id, "2026-10-31 20:00").await;
        assert_eq!(state(&town, id).await, "SCHEDULED");

        assert_eq!(town.pass("2026-10-31 19:59:59.999").await, 0);
        assert!(town.live(id).await.is_none());

        assert_eq!(town.pass("2026-10-31 20:00").await, 1);
        let live = town.live(id).await.expect("it is live");
        assert_eq!(live.published_at, at("2026-10-31 20:00"));
        assert_eq!(state(&town, id).await, "PUBLISHED");
        assert_eq!(town.pass("2026-10-31 20:00").await, 0, "it happens once");
    });
}

#[test]
fn what_was_due_during_downtime_happens_in_its_order() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let day = |text: &str| Some(text.parse().unwrap());
        let policy = PolicyDetails { effective_on: day("2026-11-05"), ..PolicyDetails::default() };
        let policy = town.publish(town.policy("办法", policy)).await;
        let notice = Details::Notice(NoticeDetails {
            publicity_from: day("2026-11-03"),
            publicity_until: day("2026-11-07"),
            feedback: None,
        });
        let notice = town.publish(town.fields("公示", notice)).await;
        let pinned = town.publish(town.article("置顶")).await;
        let pin =
            OverridePlacement { rank: 10, pinned_until: Some(at("2026-11-04 09:00")), ..OverridePlacement::default() };
        let placement = town.placement(pinned, town.news).await;
        town.library().override_placement(&town.editor(), placement, pin).await.unwrap();
        // Drafted in an order that is not that of their moments.
        let late = town.draft(town.article("三")).await;
        let early = town.draft(town.article("一")).await;
        let middle = town.draft(town.article("二")).await;
        schedule(&town, late, "2026-11-06 10:00").await;
        schedule(&town, early, "2026-11-01 10:00").await;
        schedule(&town, middle, "2026-11-03 10:00").await;
        let before = town.position().await;

        // The worker was down for a month.
        assert_eq!(town.pass("2026-12-01 08:00").await, 7);

        let changes = town.changes(before).await;
        let order: Vec<(String, bool)> = vec![
            ("CONTENT_PUBLISHED".to_owned(), touches(&changes[0], early)),
            ("VALIDITY_SET".to_owned(), touches(&changes[1], notice)),
            ("CONTENT_PUBLISHED".to_owned(), touches(&changes[2], middle)),
            (
                "PLACEMENT_EDITED".to_owned(),
                changes[3].subjects.iter().any(|touch| touch.subject == placement.to_string()),
            ),
            ("VALIDITY_SET".to_owned(), touches(&changes[4], policy)),
            ("CONTENT_PUBLISHED".to_owned(), touches(&changes[5], late)),
            ("VALIDITY_SET".to_owned(), touches(&changes[6], notice)),
        ];
        for (change, (action, touched)) in changes.iter().zip(&order) {
            assert_eq!((&change.action, *touched), (action, true), "{change:?}");
            assert_eq!(change.actor, "program:clock");
            assert_eq!(change.at, at("2026-12-01 08:00"), "a change is dated when it was done");
        }
        assert_eq!(changes.len(), order.len());
        let positions: Vec<i64> = changes.iter().map(|change| change.position).collect();
        assert_eq!(positions, (before + 1..=before + 7).collect::<Vec<_>>());

        for id in [early, middle, late] {
            assert!(town.live(id).await.is_some());
        }
        let state = town.live(policy).await.unwrap().card.policy().unwrap().state.clone();
        assert_eq!((state.validity, state.since), (Validity::Effective, day("2026-11-05")));
        assert_eq!(notice_phase(&town.live(notice).await.unwrap()), Some(NoticePhase::Ended));
        assert_eq!(town.world.count("select count(*) from placement where rank > 0").await, 0);
        assert_eq!(town.world.count("select count(*) from due").await, 0);
    });
}

fn touches(change: &library::changes::Change, id: ContentId) -> bool {
    change.subjects.iter().any(|touch| touch.subject == id.to_string())
}

#[test]
fn a_later_moment_or_a_new_revision_strikes_out_the_earlier_moment() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let put_off = town.draft(town.article("改期")).await;
        schedule(&town, put_off, "2026-11-01 10:00").await;
        schedule(&town, put_off, "2026-11-03 10:00").await;
        let edited = town.draft(town.article("改稿")).await;
        schedule(&town, edited, "2026-11-01 10:00").await;
        town.edit(edited, |fields| fields.title = "改稿（二）".to_owned()).await;
        let again = town.draft(town.article("改稿后再定时")).await;
        schedule(&town, again, "2026-11-01 10:00").await;
        town.edit(again, |fields| fields.title = "改稿后再定时（二）".to_owned()).await;
        schedule(&town, again, "2026-11-03 10:00").await;
        let before = town.position().await;

        assert_eq!(town.pass("2026-11-02 00:00").await, 0, "the earlier moments are struck out");
        assert_eq!(town.position().await, before);
        for id in [put_off, edited, again] {
            assert!(town.live(id).await.is_none());
        }
        assert_eq!(state(&town, edited).await, "DRAFT");

        assert_eq!(town.pass("2026-11-03 10:00").await, 2);
        assert!(town.live(put_off).await.is_some() && town.live(edited).await.is_none());
        assert_eq!(town.live(again).await.unwrap().card.title, "改稿后再定时（二）");
    });
}

#[test]
fn a_correction_may_be_scheduled_without_disturbing_what_is_due_to_the_live_content() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let day = |text: &str| Some(text.parse().unwrap());
        let details = PolicyDetails {
            effective_on: day("2026-11-02"),
            expires_on: day("2026-11-20"),
            ..PolicyDetails::default()
        };
        let id = town.publish(town.policy("暂行规定", details)).await;
        town.edit(id, |fields| fields.title = "暂行规定（更正）".to_owned()).await;
        schedule(&town, id, "2026-11-10 09:00").await;
        let validity = async || town.live(id).await.unwrap().card.policy().unwrap().state.validity;

        assert_eq!(town.pass("2026-11-02 00:00").await, 1);
        assert_eq!(
            (validity().await, town.live(id).await.unwrap().card.title.clone()),
            (Validity::Effective, "暂行规定".into())
        );
        assert_eq!(town.pass("2026-11-10 09:00").await, 1);
        let live = town.live(id).await.unwrap();
        assert_eq!(live.card.title, "暂行规定（更正）");
        assert_eq!(live.published_at, at("2026-10-31 18:00"), "a correction keeps the time of publication");
        assert_eq!(validity().await, Validity::Effective, "a correction does not change what holds");
        assert_eq!(town.pass("2026-11-21 00:00").await, 1);
        assert_eq!(validity().await, Validity::Expired);
    });
}

#[test]
fn a_refused_publication_goes_back_to_the_desk_and_stops_nothing_else() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let refused = town.draft(town.article("没有栏目")).await;
        town.edit(refused, |fields| fields.columns.clear()).await;
        let next = town.draft(town.article("下一条")).await;
        schedule(&town, refused, "2026-11-01 09:00").await;
        schedule(&town, next, "2026-11-01 09:30").await;
        let before = town.position().await;

        town.pass("2026-11-01 10:00").await;

        assert_eq!((state(&town, refused).await.as_str(), state(&town, next).await.as_str()), ("DRAFT", "PUBLISHED"));
        assert!(town.live(refused).await.is_none() && town.live(next).await.is_some());
        let changes = town.changes(before).await;
        let actions: Vec<&str> = changes.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["CONTENT_RETURNED", "CONTENT_PUBLISHED"]);
        // The desk hears of it; nobody who waits for what is published does.
        let heard: Vec<_> = changes[0].subjects.iter().map(|touch| touch.subject.clone()).collect();
        assert!(heard.contains(&format!("members:working:{refused}")) && !touches(&changes[0], refused), "{heard:?}");
        let sql = Sql::new("select reason from change where position = $1");
        let rows = town.library().database().rows(&sql, &[changes[0].position.into()]).await.unwrap();
        let reason: String = rows[0].get(0).unwrap();
        assert!(reason.contains("未选择栏目"), "the reason says what is wrong: {reason}");
        assert_eq!(town.world.count("select count(*) from due").await, 0, "it is not tried again");

        // The desk mends it and publishes.
        town.edit(refused, |fields| fields.columns = vec![town.news]).await;
        town.publish_newest(refused).await;
        assert!(town.live(refused).await.is_some());
    });
}

#[test]
fn two_nodes_do_each_thing_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut scheduled = Vec::new();
        for number in 0..24 {
            let mut fields = town.article(&format!("第{number}条"));
            fields.disclosure = library::content::DisclosureKind::Proactive;
            let id = town.draft(fields).await;
            schedule(&town, id, &format!("2026-11-01 10:{number:02}")).await;
            scheduled.push(id);
        }
        let day = |text: &str| Some(text.parse().unwrap());
        for number in 0..24 {
            let notice = Details::Notice(NoticeDetails {
                publicity_from: day("2026-11-02"),
                publicity_until: None,
                feedback: None,
            });
            scheduled.push(town.publish(town.fields(&format!("公示{number}"), notice)).await);
        }
        let second = World::node(&town.world.url, &town.world.files, town.world.clock.clone()).await;
        let before = town.position().await;
        town.world.clock.set(at("2026-11-02 08:00"));

        let first = town.library().clone();
        let nodes = [first, second.clone()].map(|node| tokio::spawn(async move { node.catch_up_clock().await }));
        let mut done = 0;
        for node in nodes {
            done += node.await.unwrap().expect("the clock");
        }

        assert_eq!(done, scheduled.len());
        let changes = town.changes(before).await;
        assert_eq!(changes.len(), scheduled.len(), "one change for each");
        for id in &scheduled {
            assert_eq!(changes.iter().filter(|change| touches(change, *id)).count(), 1);
        }
        let sql = "select count(distinct index_number) from content where index_number is not null";
        assert_eq!(town.world.count(sql).await, 24);
        assert_eq!(town.world.count("select members from shelf where list = 'library' and kind = 'ARTICLE'").await, 24);
        assert_eq!(town.world.count("select count(*) from due").await, 0);
        assert_eq!(second.refresh().await.unwrap(), town.position().await);
    });
}
