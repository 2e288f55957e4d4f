//! `bench import`: how fast records are taken over, and what that costs who publishes and who reads meanwhile. The import, the server
//! and the publisher are processes of their own over one SQLite file, as on a machine where a server runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use crate::Work;
use crate::load::{self, Questions};
use crate::process::{beside, machine};
use crate::read::server::Server;
use crate::sharing::{Place, told};

/// How many publications and for how long readers are measured while nothing is imported.
const ALONE: usize = 100;
const PERIOD: Duration = Duration::from_secs(5);
/// How long the readers are measured at once beside the import.
const WINDOW: Duration = Duration::from_secs(1);
/// How long a publisher rests.
const REST: Duration = Duration::from_millis(20);

const PAGE: &str = "query Page { column(by: {at: {site: \"town\", path: \"/news\"}}) { name
  placements(first: 20) { nodes { title url publishedAt content { id kind summary publisher { name } } } } } }";

/// Measures and prints.
///
/// # Errors
/// When a process does not start, or the import does not take everything over.
pub fn measure(records: usize, program: Option<PathBuf>) -> Work<'static, ()> {
    Box::pin(measured(records, program))
}

async fn measured(records: usize, program: Option<PathBuf>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("a folder for the run")?;
    let url = format!("sqlite://{}/jiyue.db", folder.path().display());
    let program = program.map_or_else(|| beside("jiyue"), Ok)?;
    let place = Place::open(&url).await?;
    let file = folder.path().join("records.jsonl");
    let bytes = write(&file, records)?;
    let server = Server::start(Some(program.clone()), &url, 0).await?;
    let address = server.process.address;
    let question = Arc::new(Questions::of(PAGE, vec!["{}".to_owned()]));

    let mut alone = Vec::new();
    for at in 0..ALONE {
        alone.push(place.publish(&format!("之前{at}")).await?.0);
        tokio::time::sleep(REST).await;
    }
    let read_alone = load::drive(address, &question, 1, PERIOD).await?;

    let mut command = Command::new(program);
    command.args(["import", "--site", "town", "--column", "/news", "--kind", "article"]).arg(&file);
    command.env("JIYUE_DATABASE_URL", &url).env("JIYUE_DATA_DIR", folder.path());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let begun = Instant::now();
    let importing = tokio::task::spawn_blocking(move || command.output());
    let mut windows = Vec::new();
    let mut beside = Vec::new();
    while !importing.is_finished() {
        let reading = tokio::spawn({
            let question = question.clone();
            async move { load::drive(address, &question, 1, WINDOW).await }
        });
        while !reading.is_finished() && !importing.is_finished() {
            beside.push(place.publish(&format!("其间{}", beside.len())).await?.0);
            tokio::time::sleep(REST).await;
        }
        windows.push(reading.await??.slowest);
    }
    let output = importing.await??;
    let took = begun.elapsed();
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    windows.sort_unstable();
    let ((alone, longest_alone), (middle, longest)) = (told(alone), told(beside));
    println!(
        "{}\n\n{records} records of {} bytes in {:.1} s: {:.0} a second, with readers and a publisher beside",
        machine(),
        bytes / records.max(1),
        took.as_secs_f64(),
        records as f64 / took.as_secs_f64()
    );
    println!(
        "publications: {middle:.1} ms, at most {longest:.1} ms (alone {alone:.1} ms, at most {longest_alone:.1} ms)"
    );
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "readers: p99 {:.2} ms, in the worst second {:.2} ms (alone {:.2} ms)",
        milliseconds(windows[windows.len() / 2]),
        milliseconds(windows[windows.len() - 1]),
        milliseconds(read_alone.slowest)
    );
    Ok(())
}

/// Writes so many records with bodies of about 2 KB; their bytes.
fn write(file: &Path, records: usize) -> anyhow::Result<usize> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut bytes = 0;
    for at in 0..records {
        let paragraph = |part: usize| {
            format!(
                "<p>第{at}号专题会议研究部署住房保障和优化营商环境工作，要求各县区落实责任，按期完成目标。第{part}段，编号{}。</p>",
                at * 31 + part
            )
        };
        let body: String = (0..13).map(paragraph).collect();
        let line = json!({"id": format!("r{at}"), "title": format!("专题会议第{at}号"), "bodyHtml": body}).to_string();
        bytes += line.len();
        writeln!(out, "{line}")?;
    }
    out.flush()?;
    Ok(bytes)
}
