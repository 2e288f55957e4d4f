//! Files that nothing uses go after a while; whatever anybody uses stays.

use library::Instant;
use library::attachment::{Attached, Upload};
use library::leader::LeaderFields;
use tests::{Engine, World, on_both};

use crate::door::shown::{fresh_picture, upload, with_file};
use crate::town::Town;

const DAY: i64 = 24 * 3600 * 1_000_000;

/// Lets days pass and rounds of collecting go by.
async fn after(town: &Town, days: i64) -> library::attachment::Collected {
    let world = &town.world;
    world.clock.set(Instant(world.library.now().0 + days * DAY));
    let mut all = library::attachment::Collected::default();
    for _ in 0..3 {
        let round = world.library.collect_files().await.expect("a round");
        all.records += round.records;
        all.bytes += round.bytes;
    }
    all
}

fn is_kept(world: &World, file: &Attached) -> bool {
    world.files.join("original").join(&file.sha256[..2]).join(&file.sha256).exists()
}

async fn is_known(town: &Town, file: &Attached) -> bool {
    let sql = library::database::Sql::new("select id from attachment where id = $1");
    !town.library().database().rows(&sql, &[file.id.into()]).await.expect("rows").is_empty()
}

#[test]
fn what_nobody_uses_goes_after_the_grace_time() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let alone = upload(&town, "甲.txt", b"alone".to_vec()).await;
        let live = upload(&town, "乙.txt", b"live".to_vec()).await;
        let drafted = upload(&town, "丙.txt", b"drafted".to_vec()).await;
        let replaced = upload(&town, "丁.txt", b"replaced".to_vec()).await;
        let in_body = upload(&town, "戊.txt", b"in a body".to_vec()).await;
        let twin = upload(&town, "己.txt", b"live".to_vec()).await;
        let photo = upload(&town, "图.png", fresh_picture(&town).await).await;
        let picture = upload(&town, "图.png", fresh_picture(&town).await).await;

        town.publish(with_file(town.article("一"), live.id)).await;
        town.draft(with_file(town.article("二"), drafted.id)).await;
        let third = town.draft(with_file(town.article("三"), replaced.id)).await;
        town.edit(third, |fields| fields.attachments.clear()).await;
        let mut fields = town.article("四");
        fields.body_html = format!("<p>正文</p><img src=\"http://127.0.0.1:8080/files{}\" alt=\"图\">", in_body.path());
        town.draft(fields).await;
        let leader = LeaderFields { photo: Some(photo.clone()), ..crate::door::shown::leader("赵") };
        town.library().appoint_leader(&town.editor(), town.publisher, leader).await.expect("appointed");
        // A smaller picture goes with the file that it is of.
        let content = town.publish(with_file(town.article("五"), picture.id)).await;
        for name in ["thumbnail", "thumbnail.webp"] {
            let rendition = name.parse().expect("a rendition");
            town.read().file(picture.id, Some(rendition)).await.expect("a rendition").expect("shown");
        }
        let small = town.world.files.join("rendition").join(&picture.sha256[..2]).join(&picture.sha256);
        assert!(small.join("thumbnail.jpg").exists() && small.join("thumbnail.webp").exists());

        assert_eq!(after(&town, 6).await, Default::default(), "nothing is old enough");
        let collected = after(&town, 2).await;
        assert_eq!((collected.records, collected.bytes), (2, 1), "the bytes of one are those of another");
        for (file, known, kept) in [
            (&alone, false, false),
            (&twin, false, true),
            (&live, true, true),
            (&drafted, true, true),
            (&replaced, true, true),
            (&in_body, true, true),
            (&photo, true, true),
            (&picture, true, true),
        ] {
            assert_eq!(is_known(&town, file).await, known, "{}", file.name);
            assert_eq!(is_kept(&town.world, file), kept, "{}", file.name);
        }
        let changes = town.changes(0).await;
        let removed: Vec<_> = changes.iter().filter(|change| change.action == "ATTACHMENT_REMOVED").collect();
        assert_eq!(removed.len(), 1);
        // What was withdrawn is kept as long as its revisions are.
        town.withdraw(content, None).await;
        after(&town, 30).await;
        assert!(is_known(&town, &picture).await && small.join("thumbnail.jpg").exists());
        // The same bytes come again.
        let again = upload(&town, "甲.txt", b"alone".to_vec()).await;
        assert!(is_kept(&town.world, &again));
        assert_eq!(after(&town, 1).await, Default::default());
    });
}

#[test]
fn a_file_that_a_draft_takes_meanwhile_stays_or_is_refused() {
    on_both(async |engine| {
        for time in 0..6 {
            let town = Town::on(engine).await;
            let file = upload(&town, "甲.txt", format!("{time} {engine:?}").into_bytes()).await;
            town.world.library.collect_files().await.expect("the revisions are looked through");
            town.world.clock.set(Instant(town.world.library.now().0 + 8 * DAY));
            let other = World::node(&town.world.url, &town.world.files, town.world.clock.clone()).await;
            let fields = with_file(town.article("甲"), file.id);
            let draft = library::content::DraftContent { site: town.site, fields };
            let (library, caller) = (town.library().clone(), town.editor());
            let taking = tokio::spawn(async move { library.draft_content(&caller, draft).await });
            let collecting = tokio::spawn(async move { other.collect_files().await });
            let content = taking.await.expect("no panic").expect("a draft");
            collecting.await.expect("no panic").expect("a round");
            if is_known(&town, &file).await {
                assert!(is_kept(&town.world, &file), "a record without its bytes");
                town.publish_newest(content).await;
            } else {
                // It went first: the draft names what is not there, and cannot be published.
                let refused = town.library().publish_content(&town.editor(), content, 1).await;
                assert!(refused.is_err());
            }
        }
    });
}

#[test]
fn the_same_bytes_may_come_while_they_go() {
    on_both(async |engine| {
        for _ in 0..6 {
            let town = Town::on(engine).await;
            upload(&town, "甲.txt", b"the same".to_vec()).await;
            town.world.library.collect_files().await.expect("the revisions are looked through");
            town.world.clock.set(Instant(town.world.library.now().0 + 8 * DAY));
            let other = World::node(&town.world.url, &town.world.files, town.world.clock.clone()).await;
            let collecting = tokio::spawn(async move { other.collect_files().await });
            let again = Upload { name: "乙.txt".to_owned(), alt: None, bytes: "the same".into() };
            let again = town.library().upload_attachment(&town.editor(), again).await;
            collecting.await.expect("no panic").expect("a round");
            match again {
                Ok(file) => assert!(is_known(&town, &file).await && is_kept(&town.world, &file)),
                Err(library::Error::Refused(refusal)) => assert_eq!(refusal.code, library::RefusalCode::WrongState),
                Err(error) => panic!("{error}"),
            }
        }
    });
}

#[test]
fn revisions_from_before_are_looked_through_first() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let file = upload(&town, "甲.txt", b"text".to_vec()).await;
        town.draft(with_file(town.article("甲"), file.id)).await;
        for n in 0..300 {
            town.draft(town.article(&format!("甲{n}"))).await;
        }
        forget(&town, engine).await;
        town.world.clock.set(Instant(town.world.library.now().0 + 8 * DAY));
        assert_eq!(town.world.library.collect_files().await.expect("a round"), Default::default());
        assert!(town.world.count("select count(*) from attachment_in_revision").await <= 1);
        after(&town, 1).await;
        assert_eq!(town.world.count("select count(*) from attachment_in_revision").await, 1);
        assert!(is_known(&town, &file).await);
    });
}

/// As if the revisions had been saved before anybody noted their files.
async fn forget(town: &Town, engine: Engine) {
    let sql = "delete from attachment_in_revision";
    match engine {
        Engine::Sqlite => {
            let path = town.world.url.strip_prefix("sqlite://").expect("a file");
            rusqlite::Connection::open(path).expect("the file").execute(sql, []).expect("deleted");
        }
        Engine::Postgres => {
            let mut connection =
                <sqlx::PgConnection as sqlx::Connection>::connect(&town.world.url).await.expect("the server");
            sqlx::Executor::execute(&mut connection, sql).await.expect("deleted");
        }
    }
}
