//! A process that is killed while it writes the index: afterwards nothing is lost, and nothing is there that is not public.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tests::{Engine, World, on_both, runtime};

use crate::town::Town;

const URL: &str = "JIYUE_TEST_INDEXER_URL";
const FILES: &str = "JIYUE_TEST_INDEXER_FILES";
const INDEX: &str = "JIYUE_TEST_INDEXER_INDEX";
/// How often it is killed.
const TIMES: u64 = 4;

/// The process that is killed: follows the log into an index, and tells each step.
#[test]
#[ignore = "started as a process of its own by a_killed_indexer_loses_nothing"]
fn indexer() {
    let variable = |name| std::env::var(name).ok();
    let (Some(url), Some(files), Some(index)) = (variable(URL), variable(FILES), variable(INDEX)) else { return };
    runtime().block_on(async {
        let world = World::over(Engine::Sqlite, url, files.into()).await;
        let search = World::search_in(&world.library, Path::new(&index));
        let mut seen = search::Seen::default();
        loop {
            search.catch_up(&mut seen).await.expect("followed");
            println!("step {:?}", search.position());
            search.compare().await.expect("compared");
            search.rebuild().await.expect("built");
        }
    });
}

#[test]
fn a_killed_indexer_loses_nothing() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let index = tests::scratch("search").join(format!("killed-{}", tests::fresh()));
        for time in 1..=TIMES {
            for number in 0..5 {
                let id = town.publish(town.article(&format!("第{time}轮第{number}篇"))).await;
                if number == 0 {
                    town.withdraw(id, None).await;
                }
            }
            kill_after(time, &town.world, &index);
            let search = World::search_in(town.library(), &index);
            search.catch_up(&mut search::Seen::default()).await.expect("followed");
            let standing = search.engine().standing().await.expect("its standing");
            assert_eq!(standing.documents, time * 4, "{engine:?}: after {time}");
            assert_eq!(search.compare().await.expect("compared").all(), 0, "{engine:?}: after {time}");
        }
    });
}

/// Runs the indexer and kills it a moment after a step.
fn kill_after(time: u64, world: &World, index: &Path) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "search::killed::indexer", "--ignored", "--nocapture"])
        .env(URL, &world.url)
        .env(FILES, &world.files)
        .env(INDEX, index)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let told = BufReader::new(child.stdout.take().expect("its output"));
    let mut steps = told.lines().map_while(Result::ok).filter(|line| line.contains("step"));
    for _ in 0..time {
        steps.next();
    }
    std::thread::sleep(Duration::from_millis(7 * time));
    child.kill().expect("killed");
    child.wait().expect("ended");
}
