//! Importing existing data: what records become, what is reported, what a second run does.

mod again;
mod batches;
mod codes;
mod files;
mod kill;
mod links;
mod maps;
mod native;
mod rehearsal;

use std::path::{Path, PathBuf};

use library::content::{ContentLocator, LiveContent};
use library::id::AnyId;
use seed::{Import, ImportEvent, ImportLine, ImportOutcome, ImportReport};
use serde_json::{Value as Json, json};
use tests::{fresh, scratch};

use crate::town::Town;

/// What an import answered.
struct Ran {
    report: ImportReport,
    lines: Vec<ImportLine>,
}

impl Ran {
    /// Line, code and field of what failed, by line.
    fn failed(&self) -> Vec<(u64, &str, &str)> {
        let mut failed: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| match &line.outcome {
                ImportOutcome::Failed(trouble) => {
                    assert!(!trouble.reason.is_empty());
                    Some((line.number, trouble.code.as_str(), trouble.field.as_str()))
                }
                _ => None,
            })
            .collect();
        failed.sort_unstable();
        failed
    }

    /// What became of the records, by line.
    fn outcomes(&self) -> Vec<(u64, String)> {
        let mut outcomes: Vec<_> =
            self.lines.iter().map(|line| (line.number, line.json()["outcome"].as_str().unwrap().to_owned())).collect();
        outcomes.sort();
        outcomes
    }
}

/// A folder of its own.
fn folder() -> PathBuf {
    scratch(&format!("import-{}", fresh()))
}

/// Writes bytes to a file, packed if its name ends in `.gz`.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    if name.ends_with(".gz") {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
    } else {
        std::fs::write(&path, bytes).unwrap();
    }
    path
}

/// Writes records to a file of a folder of its own.
fn file(name: &str, records: &[Json]) -> PathBuf {
    write(&folder(), name, lines(records).as_bytes())
}

fn lines(records: &[Json]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// An import of a file into the town's `/policies`.
fn to_policies(path: PathBuf) -> Import {
    Import { path, site: Some("town".into()), column: Some("/policies".into()), ..Import::default() }
}

async fn run(town: &Town, import: &Import) -> Ran {
    let mut lines = Vec::new();
    let mut hear = |event| {
        if let ImportEvent::Line(line) = event {
            lines.push(line);
        }
    };
    let report = seed::import(town.library(), import, &mut hear).await.expect("an import");
    Ran { report, lines }
}

async fn import(town: &Town, path: PathBuf) -> Ran {
    run(town, &to_policies(path)).await
}

async fn of_origin(town: &Town, source: &str, id: &str) -> Option<LiveContent> {
    let by = ContentLocator::Origin { system: format!("import:{source}"), id: id.to_owned() };
    town.read().content_by(&by).await.unwrap().map(|content| (*content).clone())
}

async fn html(town: &Town, content: &LiveContent) -> String {
    town.read().bodies(&[content.id]).await.unwrap()[&content.id].html.clone()
}

/// A short article.
fn article(id: &str, title: &str) -> Json {
    json!({"id": id, "title": title, "bodyText": format!("{title}的正文")})
}

fn any(content: &LiveContent) -> AnyId {
    AnyId::ContentId(content.id)
}
