//! A process that is killed in the middle of its work: what is there afterwards is whole.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use library::attachment::Upload;
use library::database::{Database, Sql};
use tests::{Engine, World, files_in, on_both, runtime};

use super::whole::whole;

const URL: &str = "JIYUE_TEST_SEEDER_URL";
const FILES: &str = "JIYUE_TEST_SEEDER_FILES";
/// How often a seeding is killed, each time later.
const TIMES: usize = 8;

/// The process that is killed: fills the city and tells each step.
#[test]
#[ignore = "started as a process of its own by a_killed_seeding_leaves_whole_records"]
fn seeder() {
    let (Ok(url), Ok(files)) = (std::env::var(URL), std::env::var(FILES)) else { return };
    runtime().block_on(async {
        let database = Database::open(&url, 4).await.expect("the database");
        let mut told = |done: usize, all: usize| println!("step {done} {all}");
        seed::city(database, files_in(Path::new(&files)), "http://127.0.0.1/files", &mut told).await.expect("the city");
    });
}

#[test]
fn the_finished_city_is_whole() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        assert!(world.count("select count(*) from content").await > 100);
        assert!(world.count("select count(*) from withdrawal").await > 0);
        assert!(world.count("select count(*) from placement_reason where origin = 'MIRRORED'").await > 100);
        whole(&world).await;
    });
}

#[test]
fn a_killed_seeding_leaves_whole_records() {
    on_both(async |engine| {
        for time in 1..=TIMES {
            let World { url, files, .. } = World::empty(engine).await;
            let step = kill_at(time, &url, &files);
            if engine == Engine::Postgres {
                nobody_writes(&url).await;
            }
            let world = World::over(engine, url, files).await;
            let position = world.library.newest_position().await.expect("the position");
            let contents = world.count("select count(*) from content").await;
            eprintln!("killed at step {step}: position {position}, {contents} contents");
            assert!(position > 0, "it was killed before it had begun");
            whole(&world).await;
            // And the next deed goes on where it was left.
            let upload = Upload { name: "a.txt".to_owned(), alt: None, bytes: "甲".into() };
            world.library.upload_attachment(&world.editor(), upload).await.expect("a deed");
            assert_eq!(world.library.newest_position().await.expect("the position"), position + 1);
        }
    });
}

/// Fills a library and kills the process a random moment after the step that is `time` parts of the whole; answers
/// that step.
fn kill_at(time: usize, url: &str, files: &Path) -> usize {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "kill::seeder", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(FILES, files)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let told = BufReader::new(child.stdout.take().expect("its output"));
    for line in told.lines().map_while(Result::ok) {
        let numbers: Vec<usize> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        // The test runner puts its own words before the first line.
        let [.., done, all] = numbers[..] else { continue };
        if line.contains("step ") && done >= all * time / (TIMES + 1) {
            // One step is a few milliseconds: somewhere within the next ones.
            let random = std::collections::hash_map::RandomState::new();
            let micros = std::hash::BuildHasher::hash_one(&random, time) % 20_000;
            std::thread::sleep(Duration::from_micros(micros));
            child.kill().expect("killed");
            let status = child.wait().expect("its end");
            assert!(!status.success(), "it had ended before it was killed");
            return done;
        }
    }
    panic!("the seeding ended by itself: {:?}", child.wait());
}

/// Waits until the server has noticed that the killed process is gone: a commit on its way is still made.
pub async fn nobody_writes(url: &str) {
    static OTHERS: Sql = Sql::new(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
           and state is distinct from 'idle'",
    );
    let database = Database::open(url, 1).await.expect("the database");
    for _ in 0..1000 {
        let rows = database.rows(&OTHERS, &[]).await.expect("sessions");
        if rows[0].get::<i64>(0).expect("a number") == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("sessions of the killed process are still there");
}
