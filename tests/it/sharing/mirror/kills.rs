//! Both sides are killed at random moments: the mirror in the middle of a page, the server that it asks in the middle of an
//! answer. Nothing is lost, nothing is done twice.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use library::clock::SetClock;
use server::App;
use server::followers::{self, Pace};
use server::mirror::Mirror;
use tests::{Engine, World, on_both, runtime};
use tokio::net::TcpListener;

use super::Two;
use crate::oracle::deeds::Dice;

const URL: &str = "JIYUE_TEST_MIRROR_URL";
const FILES: &str = "JIYUE_TEST_MIRROR_FILES";
const ADDRESS: &str = "JIYUE_TEST_MIRROR_ADDRESS";
const TOLD: &str = "it runs at ";

/// How often the mirror is killed.
const TIMES: usize = 12;
/// How many contents the snapshot has: far more than are taken over before the first kills.
const FIRST: usize = 400;

/// The process that is asked: serves the origin, and follows its log as every server does.
#[test]
#[ignore = "started as a process of its own by both_sides_may_be_killed"]
fn origin() {
    let Some((url, files, address)) = given() else { return };
    runtime().block_on(async {
        let library = node(&url, &files).await;
        let app = App::new(library);
        let tick = Duration::from_millis(20);
        let _followers = followers::start(&app, Pace { follow_tick: tick, clock_tick: tick });
        let listener = TcpListener::bind(&address).await.expect("its port");
        println!("\n{TOLD}{}", listener.local_addr().expect("an address"));
        server::serve(listener, app, std::future::pending::<()>()).await;
    });
}

/// The process that follows.
#[test]
#[ignore = "started as a process of its own by both_sides_may_be_killed"]
fn follower() {
    let Some((url, files, address)) = given() else { return };
    runtime().block_on(async {
        let library = node(&url, &files).await;
        println!("\n{TOLD}{address}");
        let wanted = Mirror { once: false, ..wanted(&address) };
        let followed = server::mirror::follow(&library, &wanted, std::future::pending()).await;
        panic!("it ended by itself: {followed:?}");
    });
}

fn given() -> Option<(String, String, String)> {
    Some((std::env::var(URL).ok()?, std::env::var(FILES).ok()?, std::env::var(ADDRESS).ok()?))
}

async fn node(url: &str, files: &str) -> library::Library {
    let clock = Arc::new(SetClock::new(seed::END, u64::from(std::process::id())));
    World::node(url, Path::new(files), clock).await
}

fn wanted(address: &str) -> Mirror {
    Mirror {
        from: format!("http://{address}"),
        columns: vec!["town/news".to_owned()],
        into: Some("town/from-there".to_owned()),
        name: Some("there".to_owned()),
        once: true,
        every: 1,
        ..Mirror::default()
    }
}

/// A process that is killed.
struct Victim {
    child: Child,
    address: String,
}

impl Victim {
    fn start(which: &str, world: &World, address: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", &format!("sharing::mirror::kills::{which}"), "--ignored", "--nocapture"])
            .env(URL, &world.url)
            .env(FILES, &world.files)
            .env(ADDRESS, address)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let told = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = told.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix(TOLD).map(str::to_owned)).expect("it runs");
        Self { child, address }
    }

    /// Kills it; until now it must have run.
    fn kill(mut self) {
        assert!(matches!(self.child.try_wait(), Ok(None)), "it has ended by itself");
        self.child.kill().expect("killed");
        self.child.wait().expect("its end");
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Something happens at the origin.
async fn happens(two: &Two, dice: &mut Dice, time: usize, ids: &mut Vec<ContentId>) {
    let there = &two.there;
    // Once so many in one deed that its effects are more than a page.
    let many = if time == 7 { 150 } else { 20 };
    ids.extend(two.publish_there((0..many).map(|n| format!("第{time}批第{n}条"))).await);
    for _ in 0..6 {
        let id = *dice.of(ids);
        let is_live = there.live(id).await.is_some();
        match dice.below(3) {
            0 if is_live => there.withdraw(id, None).await,
            1 if is_live => {
                let columns = if dice.below(2) == 0 { vec![there.policies] } else { vec![there.news, there.policies] };
                there.edit(id, |fields| fields.columns = columns).await;
                there.publish_newest(id).await;
            }
            _ => {
                there.edit(id, |fields| fields.title = format!("{}改{time}", fields.title)).await;
                there.publish_newest(id).await;
            }
        }
    }
}

type ContentId = library::id::ContentId;

#[test]
fn both_sides_may_be_killed() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        let seed = std::env::var("JIYUE_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
        let mut dice = Dice::new(seed);
        let mut ids = two.publish_there((0..FIRST).map(|n| format!("先有的第{n}条"))).await;
        let mut origin = Victim::start("origin", &two.there.world, "127.0.0.1:0");
        let address = origin.address.clone();
        let mut contents = Vec::new();
        for time in 0..TIMES {
            let follower = Victim::start("follower", &two.here.world, &address);
            if time > 3 {
                happens(&two, &mut dice, time, &mut ids).await;
            }
            let longest = if time < 4 { 150 } else { 400 };
            tokio::time::sleep(Duration::from_millis(dice.below(longest) as u64)).await;
            if time % 3 == 2 {
                origin.kill();
                tokio::time::sleep(Duration::from_millis(dice.below(200) as u64)).await;
                origin = Victim::start("origin", &two.there.world, &address);
                tokio::time::sleep(Duration::from_millis(dice.below(1_500) as u64)).await;
            }
            follower.kill();
            if engine == Engine::Postgres {
                crate::kill::nobody_writes(&two.here.world.url).await;
            }
            two.here.library().refresh().await.expect("refreshed");
            crate::whole::whole(&two.here.world).await;
            contents.push(two.here.world.count("select count(*) from content").await);
        }
        eprintln!("contents after each kill: {contents:?}");
        assert!(
            contents.iter().any(|count| (1..FIRST as i64).contains(count)),
            "none was killed in the middle: {contents:?}"
        );
        two.follow(&wanted(&address)).await;
        two.compare("after all").await;
        // Whatever was done was written down, and once.
        let log = two.log().await;
        let mut written: Vec<_> = log.iter().filter(|line| line.0 == "WRITTEN").map(|line| line.1.clone()).collect();
        let all = written.len();
        written.sort_unstable();
        written.dedup();
        assert_eq!(written.len(), all, "something was written twice");
        let brought = two.here.world.count("select count(*) from working where origin_system = 'mirror:there'").await;
        assert_eq!(all as i64, brought);
        let (left, back) = (two.told("WITHDRAWN").await, two.told("RETURNED").await);
        let gone = two.here.world.count("select count(*) from withdrawal").await;
        assert_eq!(left as i64 - back as i64, gone, "each that left is told, and each that came back");
        assert_eq!(two.told("FAILED").await, 0);
        two.follow(&wanted(&address)).await;
        assert_eq!(two.log().await.len(), log.len(), "nothing more is told");
        origin.kill();
    });
}
