//! An import that is killed in the middle: every record is whole or absent, and a second run completes it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use library::changes::Position;
use seed::{ImportEvent, ImportLine, ImportOutcome};
use serde_json::json;
use tests::{Engine, World, on_both, runtime};

use super::{lines, to_policies, write};
use crate::town::Town;

const URL: &str = "JIYUE_TEST_IMPORTER_URL";
const FILES: &str = "JIYUE_TEST_IMPORTER_FILES";
const LINES: &str = "JIYUE_TEST_IMPORTER_LINES";

/// How often an import is killed.
const TIMES: u32 = 20;
const RECORDS: usize = 2_000;

fn records() -> String {
    let record = |n: usize| {
        json!({"id": n.to_string(), "kind": "POLICY", "title": format!("第{n}号"), "bodyText": "正文。".repeat(200),
            "documentNumber": format!("云政发〔2020〕{n}号"), "oldPaths": [format!("/old/{n}.html")], "publishedAt": "2020-01-01",
            "disclosure": "PROACTIVE", "columns": ["/news"],
            "links": if n.is_multiple_of(7) { json!([{"type": "SEE_ALSO", "to": {"origin": {"id": (n + 5) % RECORDS}}}]) } else { json!([]) }})
    };
    lines(&(0..RECORDS).map(record).collect::<Vec<_>>())
}

/// The process that is killed: imports and tells each record that it has written.
#[test]
#[ignore = "started as a process of its own by a_killed_import_leaves_whole_records"]
fn importer() {
    let (Ok(url), Ok(files), Ok(path)) = (std::env::var(URL), std::env::var(FILES), std::env::var(LINES)) else {
        return;
    };
    runtime().block_on(async {
        let clock = std::sync::Arc::new(library::clock::SetClock::new(seed::END, u64::from(std::process::id())));
        let library = World::node(&url, Path::new(&files), clock).await;
        let wanted = to_policies(PathBuf::from(path));
        let mut hear = |event| {
            if let ImportEvent::Line(ImportLine {
                outcome: ImportOutcome::Written(_) | ImportOutcome::Updated(_),
                ..
            }) = event
            {
                println!("written");
            }
        };
        seed::import(&library, &wanted, &mut hear).await.expect("an import");
    });
}

#[test]
fn a_killed_import_leaves_whole_records() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let path = write(&super::folder(), "old.jsonl", records().as_bytes());
        let (url, files) = (town.world.url.clone(), town.world.files.clone());
        let mut contents = Vec::new();
        for time in 1..=TIMES {
            let told = killed(time, &url, &files, &path);
            if engine == Engine::Postgres {
                crate::kill::nobody_writes(&url).await;
            }
            town.library().refresh().await.unwrap();
            crate::whole::whole(&town.world).await;
            without_gaps(&town).await;
            let count = town.world.count("select count(*) from content").await;
            assert_eq!(count, town.world.count("select count(*) from working").await, "no draft is left");
            assert_eq!(count, town.world.count("select count(*) from address where content_id is not null").await);
            contents.push((told, count));
        }
        eprintln!("killed after so many records, contents then: {contents:?}");
        assert!(
            contents.iter().any(|(_, count)| (1..RECORDS as i64).contains(count)),
            "no import was killed in the middle"
        );
        let ran = super::run(&town, &to_policies(path)).await;
        let report = ran.report;
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(town.world.count("select count(*) from content").await, RECORDS as i64);
        assert_eq!(town.world.count("select count(*) from link").await, RECORDS.div_ceil(7) as i64);
        crate::whole::whole(&town.world).await;
        without_gaps(&town).await;
    });
}

/// Imports in a process of its own and kills that a random moment after it has written some records; answers how many.
fn killed(time: u32, url: &str, files: &Path, path: &Path) -> u64 {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "import::kill::importer", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(FILES, files)
        .env(LINES, path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let random = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), time);
    let (records, micros) = (random % 100, random / 100 % 30_000);
    let mut told = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let written = told.by_ref().filter(|line| line.contains("written")).take(1 + records as usize).count() as u64;
    std::thread::sleep(Duration::from_micros(micros));
    child.kill().expect("killed");
    child.wait().expect("its end");
    drop(told);
    written
}

/// Positions are those from 1 to the newest.
async fn without_gaps(town: &Town) {
    let newest: Position = town.library().newest_position().await.unwrap();
    assert_eq!(town.world.count("select count(*) from change").await, newest);
    assert_eq!(town.world.count("select coalesce(max(position), 0) from change").await, newest);
    assert_eq!(
        town.world.count("select count(*) from change_subject where change_id not in (select id from change)").await,
        0
    );
}
