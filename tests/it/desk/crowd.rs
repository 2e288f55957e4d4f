//! Many publish at once, and one is killed at it: nothing is lost, nothing is done twice.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use library::clock::SetClock;
use library::content::Published;
use library::id::{AccountId, ContentId};
use library::{Error, Once, RefusalCode};
use tests::{Engine, World, on_both, runtime};

use super::Newsroom;
use crate::accounts::caller;
use crate::kill::nobody_writes;
use crate::whole::whole;

const URL: &str = "JIYUE_TEST_PUBLISHER_URL";
const FILES: &str = "JIYUE_TEST_PUBLISHER_FILES";
const WHO: &str = "JIYUE_TEST_PUBLISHER_ACCOUNT";

#[test]
fn eight_editors_publish_at_once() {
    on_both(async |engine| {
        let room = Newsroom::on(engine).await;
        let library = room.staff.library().clone();
        let mut own = Vec::new();
        for number in 0..8 {
            let mut ids = Vec::new();
            for at in 0..3 {
                ids.push(room.approved(&format!("第{number}人第{at}篇")).await);
            }
            own.push(ids);
        }
        let contested = room.approved("人人都要发布").await;
        let before = library.newest_position().await.expect("the position");
        let tasks = own.clone().into_iter().map(|ids| {
            let (library, publisher) = (library.clone(), caller(room.publisher));
            tokio::spawn(async move {
                for id in ids {
                    library.publish_content(&publisher, id, 1).await.expect("published");
                }
                match library.publish_content(&publisher, contested, 1).await {
                    Ok(_) => 1,
                    Err(Error::Refused(refusal)) => {
                        assert_eq!(refusal.code, RefusalCode::WrongState);
                        0
                    }
                    Err(fault) => panic!("{fault}"),
                }
            })
        });
        let mut won = 0;
        for task in tasks.collect::<Vec<_>>() {
            won += task.await.expect("no panic");
        }
        assert_eq!(won, 1, "one of them published what all wanted to");
        let changes = library.changes_after(before, 1000).await.expect("the log");
        let positions: Vec<_> = changes.iter().map(|change| change.position).collect();
        assert_eq!(positions, (before + 1..=before + 25).collect::<Vec<_>>(), "no gap, none twice");
        for id in own.into_iter().flatten().chain([contested]) {
            assert!(room.staff.town.live(id).await.is_some());
        }
        whole(&room.staff.town.world).await;
    });
}

/// The process that is killed: publishes what is approved, and tells each content once that is acknowledged.
#[test]
#[ignore = "started as a process of its own by a_killed_publisher_has_lost_nothing_that_was_acknowledged"]
fn publisher() {
    let (Ok(url), Ok(files), Ok(who)) = (std::env::var(URL), std::env::var(FILES), std::env::var(WHO)) else { return };
    runtime().block_on(async {
        let clock = Arc::new(SetClock::new(seed::END, 77));
        let library = World::node(&url, Path::new(&files), clock).await;
        let who: AccountId = who.parse().expect("an account");
        for id in approved(&library).await {
            let published = publish(&library, who, id).await.expect("published");
            println!("acknowledged {id} {}", published.position);
        }
    });
}

async fn approved(library: &library::Library) -> Vec<ContentId> {
    static ALL: library::database::Sql =
        library::database::Sql::new("select content_id from working where state = 'APPROVED' order by content_id");
    let rows = library.database().rows(&ALL, &[]).await.expect("rows");
    rows.iter().map(|row| row.get(0).expect("an identifier")).collect()
}

/// Publishes under a key of the content's own.
async fn publish(library: &library::Library, who: AccountId, id: ContentId) -> library::Result<Published> {
    let once = Once::new(format!("publish {id}"), &format!("publish {id} 1"));
    match library.publish_content(&caller(who).once(once), id, 1).await {
        Err(Error::Repeated(outcome)) => Ok(serde_json::from_str(&outcome).expect("an outcome")),
        other => other,
    }
}

async fn killed(engine: Engine, contents: usize) {
    let room = Newsroom::on(engine).await;
    for number in 0..contents {
        room.approved(&format!("第{number}篇")).await;
    }
    let town = &room.staff.town;
    let all = approved(town.library()).await;
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "desk::crowd::publisher", "--ignored", "--nocapture"])
        .env(URL, &town.world.url)
        .env(FILES, &town.world.files)
        .env(WHO, room.publisher.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut acknowledged = Vec::new();
    let mut told = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    for line in told.by_ref() {
        if let Some(rest) = line.split_once("acknowledged ").map(|(_, rest)| rest) {
            let (id, position) = rest.split_once(' ').expect("two words");
            acknowledged.push((id.parse::<ContentId>().expect("an id"), position.parse::<i64>().expect("a number")));
            if acknowledged.len() > contents / 2 {
                break;
            }
        }
    }
    child.kill().expect("killed");
    // What it had still told before it was gone was acknowledged, too.
    for line in told {
        if let Some((id, position)) = line.split_once("acknowledged ").and_then(|(_, rest)| rest.split_once(' ')) {
            acknowledged.push((id.parse().expect("an id"), position.parse().expect("a number")));
        }
    }
    assert!(!child.wait().expect("its end").success(), "it had ended before it was killed");
    if engine == Engine::Postgres {
        nobody_writes(&town.world.url).await;
    }
    town.library().refresh().await.expect("refreshed");
    whole(&town.world).await;
    let before = town.position().await;
    // Sent again, each answers what it answered first, and the rest is done.
    for id in &all {
        let again = publish(town.library(), room.publisher, *id).await.expect("published");
        if let Some((_, position)) = acknowledged.iter().find(|(known, _)| known == id) {
            assert_eq!(again.position, *position, "the first payload");
            assert!(again.position <= before);
        }
    }
    let published = town.library().changes_after(0, 1_000_000).await.expect("the log");
    let published: Vec<_> =
        published.iter().filter(|change| change.action == "CONTENT_PUBLISHED").map(|change| change.position).collect();
    assert_eq!(published.len(), contents, "each once");
    assert_eq!(published.iter().collect::<BTreeSet<_>>().len(), contents);
    for id in all {
        assert!(town.live(id).await.is_some());
    }
    whole(&town.world).await;
}

#[test]
fn a_killed_publisher_has_lost_nothing_that_was_acknowledged() {
    on_both(async |engine| killed(engine, 60).await);
}

#[test]
#[ignore = "long: a thousand publications"]
fn a_killed_publisher_has_lost_nothing_that_was_acknowledged_long() {
    on_both(async |engine| killed(engine, 1000).await);
}
