//! The tidy test: arrows between the crates, sizes and heads of files, names and words that are not used here.
//! It reads the sources as text and knows nothing of what they do.

mod source;

use self::source::{Source, has_word, is_sql, is_word};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Which crates a crate may depend on. A crate that is missing here is refused.
const ARROWS: &[(&str, &[&str])] = &[
    ("bench", &["library", "migrations", "schema", "search", "seed", "jiyue"]),
    ("delivery", &["library"]),
    ("executor", &[]),
    ("identity", &[]),
    ("library", &["identity"]),
    ("migrations", &[]),
    ("operation", &[]),
    ("schema", &["executor", "library", "search"]),
    ("search", &["library"]),
    ("seed", &["library"]),
    ("jiyue", &["delivery", "library", "migrations", "operation", "schema", "search", "seed"]),
    ("tests", &["bench", "library", "migrations", "operation", "schema", "search", "seed", "jiyue"]),
];

/// Folders whose sources are held to the size of a file.
const ROOMS: &[&str] = &[
    "bench",
    "delivery",
    "executor",
    "identity",
    "library",
    "operation",
    "schema",
    "search",
    "seed",
    "server",
    "migrations",
];

const LINES_OF_A_FILE: usize = 400;

/// Lines between the braces of a resolver in a file that only lists.
const LINES_OF_A_LISTED_FUNCTION: usize = 8;

/// Files that only list: every function in them hands on and decides nothing.
const LISTS: &[&str] = &["schema/src/query.rs", "schema/src/mutation"];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "core", "base", "manager", "service"];

/// Folders that are not ours to tidy: built, fetched or vendored.
const FOREIGN: &[&str] = &[".git", "target", "node_modules", "data", "playground"];

#[test]
fn crates_depend_only_along_the_arrows() {
    let metadata = metadata();
    let mut found = Findings::default();
    for package in array(&metadata["packages"]) {
        let name = text(&package["name"]);
        let manifest = Source::read(Path::new(text(&package["manifest_path"])));
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
            found.add(&manifest, 1, format!("the crate {name} has no entry in ARROWS"));
            continue;
        };
        let ours = array(&package["dependencies"]).iter().filter(|dependency| dependency["path"].is_string());
        for target in ours.map(|dependency| text(&dependency["name"])) {
            if !allowed.contains(&target) {
                let line = manifest.line_naming(if target == "jiyue" { "server" } else { target });
                found.add(&manifest, line, format!("{name} must not depend on {target}"));
            }
        }
    }
    found.none();
}

#[test]
fn files_are_short() {
    let mut found = Findings::default();
    for source in ROOMS.iter().flat_map(|room| rust_below(room)) {
        let lines = source.text.lines().count();
        if lines > LINES_OF_A_FILE {
            found.add(&source, LINES_OF_A_FILE + 1, format!("{lines} lines, at most {LINES_OF_A_FILE}"));
        }
    }
    found.none();
}

#[test]
fn names_say_what_a_thing_is() {
    let mut found = Findings::default();
    for path in files_below(&root()) {
        let inside = path.strip_prefix(root()).unwrap_or(&path).to_path_buf();
        for part in inside.iter().filter_map(|part| part.to_str()) {
            let stem = part.split('.').next().unwrap_or(part);
            if EMPTY_NAMES.contains(&stem) {
                found.add_at(&inside, 1, format!("the name {stem} says nothing"));
            }
        }
    }
    for source in rust_below("") {
        for (number, line) in source.code() {
            let mut words = line.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
            while let Some(word) = words.next() {
                if word == "mod" && words.next().is_some_and(|name| EMPTY_NAMES.contains(&name)) {
                    found.add(&source, number, format!("the module's name says nothing: {}", line.trim()));
                }
            }
        }
    }
    found.none();
}

#[test]
fn rooms_do_not_know_what_they_must_not_know() {
    let forbidden: &[(&str, &[&str])] = &[
        ("identity/src", &["library", "async_graphql", "axum", "sqlx", "rusqlite"]),
        ("library/src", &["async_graphql", "axum"]),
        ("operation/src", &["async_graphql", "axum", "sqlx", "rusqlite"]),
        ("schema/src", &["sea_orm", "sqlx", "rusqlite", "axum"]),
    ];
    let mut found = Findings::default();
    for (room, names) in forbidden {
        for source in rust_below(room) {
            for (number, line) in source.code() {
                for name in names.iter().filter(|name| has_word(&line, name)) {
                    found.add(&source, number, format!("{room} must not know {name}"));
                }
            }
        }
    }
    for source in rust_below("schema/src") {
        for (number, literal) in source.literals() {
            if is_sql(&literal) {
                found.add(&source, number, "an SQL text: it belongs to the library".to_owned());
            }
        }
    }
    found.none();
}

#[test]
fn files_begin_with_what_they_are_for() {
    let mut found = Findings::default();
    for source in rust_below("") {
        if !source.text.starts_with("//!") {
            found.add(&source, 1, "the file does not begin with //!".to_owned());
        }
    }
    found.none();
}

#[test]
fn reads_do_not_know_the_time() {
    let mut found = Findings::default();
    for source in ["library/src", "schema/src"].iter().flat_map(|room| rust_below(room)) {
        for (number, line) in source.code() {
            for clock in ["Utc::now", "Local::now", "SystemTime::now", "Instant::now"] {
                if has_word(&line, clock) {
                    found.add(&source, number, format!("{clock}: the time is handed in by the clock"));
                }
            }
        }
    }
    found.none();
}

#[test]
fn nothing_is_left_for_later() {
    // Put together, so that this file does not hold what it looks for.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]].map(|halves| halves.concat());
    let macros = ["todo", "unimplemented"].map(|name| format!("{name}!("));
    let mut found = Findings::default();
    for path in files_below(&root()).into_iter().filter(|path| is_written_by_us(path)) {
        let source = Source::read(&path);
        for (number, line) in source.lines() {
            for mark in marks.iter().filter(|mark| has_word(line, mark)) {
                found.add(&source, number, format!("{mark}: do it or say it in docs"));
            }
            for name in macros.iter().filter(|name| line.contains(name.as_str())) {
                found.add(&source, number, format!("{name}): a part that is not built does not appear"));
            }
        }
    }
    found.none();
}

#[test]
fn lists_only_list() {
    let mut found = Findings::default();
    for source in LISTS.iter().flat_map(|path| rust_at(path)) {
        for (number, line) in source.code() {
            for word in ["if", "match", "while", "loop"] {
                if has_word(&line, word) {
                    found.add(&source, number, format!("`{word}` in a file that only lists"));
                }
            }
            if has_word(&line, "for") && has_word(&line, "in") {
                found.add(&source, number, "a loop in a file that only lists".to_owned());
            }
        }
        for (number, name, lines) in source.functions() {
            if lines > LINES_OF_A_LISTED_FUNCTION {
                let limit = LINES_OF_A_LISTED_FUNCTION;
                found.add(
                    &source,
                    number,
                    format!("fn {name}: {lines} lines, at most {limit} in a file that only lists"),
                );
            }
        }
    }
    found.none();
}

// What was found, with the file and the line.

#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, source: &Source, line: usize, what: String) {
        self.add_at(source.path.strip_prefix(root()).unwrap_or(&source.path), line, what);
    }

    fn add_at(&mut self, path: &Path, line: usize, what: String) {
        self.0.push(format!("{}:{line}: {what}", path.display()));
    }

    fn none(self) {
        let mut report = String::new();
        for finding in &self.0 {
            let _ = writeln!(report, "{finding}");
        }
        assert!(self.0.is_empty(), "{} untidy:\n{report}", self.0.len());
    }
}

// The files.

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_file() {
            files.push(path);
        } else if path.is_dir() && !FOREIGN.iter().any(|foreign| name == *foreign) {
            files.extend(files_below(&path));
        }
    }
    files.sort();
    files
}

/// A file, or all below a folder.
fn rust_at(path: &str) -> Vec<Source> {
    let file = root().join(path);
    if file.is_file() { vec![Source::read(&file)] } else { rust_below(path) }
}

fn rust_below(folder: &str) -> Vec<Source> {
    let files = files_below(&root().join(folder));
    files.iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).map(|path| Source::read(path)).collect()
}

/// Sources, scripts and settings; not prose, not the demonstration city, not what a tool writes.
fn is_written_by_us(path: &Path) -> bool {
    let ends = ["rs", "toml", "mjs", "js", "ts", "graphql", "sh", "sql"];
    let end = path.extension().and_then(|end| end.to_str());
    match end {
        Some(end) => ends.contains(&end) && !path.starts_with(root().join("seed/city")),
        None => path.ends_with("test") || path.ends_with(".ci/run"),
    }
}

fn metadata() -> serde_json::Value {
    let output = std::process::Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| panic!("cargo metadata: {error}"));
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("cargo metadata: {error}"))
}

fn array(value: &serde_json::Value) -> &[serde_json::Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or_default()
}
