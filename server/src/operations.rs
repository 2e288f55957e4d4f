//! `jiyue operations push`: registers what a front end asks (登记操作), from its build.
//!
//! It asks a running server by its schema, as every client does, and needs no configuration and no database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use delivery::mirror::Origin;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The variable that holds the key.
pub const VARIABLE: &str = "JIYUE_OPERATIONS_KEY";

/// How many are registered with one request.
const AT_ONCE: usize = 200;
/// How many bytes of texts are sent with one request, about.
const BYTES_AT_ONCE: usize = 256 * 1024;

const REGISTER: &str = "mutation Register($input: RegisterOperationsInput!) {
  registerOperations(input: $input) { added position userErrors { code path message } }
}";

/// What is done with operations.
#[derive(Debug, Subcommand)]
pub enum Operations {
    /// Register the operations of a front end at a running server
    ///
    /// Takes every .graphql and .gql file below the folder: each holds one operation with its fragments, and is registered as it
    /// stands, byte for byte. Takes .json files that build tools write, too: {"<sha256>": "<text>", ...} and
    /// {"operations": [{"body": "<text>"}, ...]}. What is registered already stays so. At most 200 are registered with one
    /// request, all or none of them; exits with 1 if anything was refused. The key is read from JIYUE_OPERATIONS_KEY.
    Push(Push),
}

/// What is registered, for whom and where.
#[derive(Debug, Args)]
pub struct Push {
    /// The folder of the operations
    pub folder: PathBuf,
    /// The application that asks them: a code, such as county-x
    #[arg(long, value_name = "CODE")]
    pub app: String,
    /// The address of the server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub to: String,
}

/// An operation, and where it stands.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    place: String,
    text: String,
}

/// What a build tool writes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    Listed { operations: Vec<Listed> },
    ByHash(BTreeMap<String, String>),
}

#[derive(Deserialize)]
struct Listed {
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    added: Option<u64>,
    user_errors: Vec<UserError>,
}

#[derive(Deserialize)]
struct UserError {
    code: String,
    path: Vec<String>,
    message: String,
}

/// Does it; answers whether everything was registered.
///
/// # Errors
/// When there is nothing to register, a file cannot be read, or the server does not answer.
pub async fn run(what: &Operations) -> anyhow::Result<bool> {
    let Operations::Push(push) = what;
    let key = std::env::var(VARIABLE).ok().filter(|key| !key.trim().is_empty());
    push_to(push, key.as_deref()).await
}

/// Registers with this key.
///
/// # Errors
/// As [`run`].
pub async fn push_to(push: &Push, key: Option<&str>) -> anyhow::Result<bool> {
    let found = gather(&push.folder)?;
    if found.is_empty() {
        bail!("there is no operation in {}: no .graphql, .gql or .json file", push.folder.display());
    }
    let origin = Origin::at(&push.to, key).context("the address of the server")?;
    let (mut added, mut refused) = (0, 0);
    for batch in batches(&found) {
        let texts: Vec<&str> = batch.iter().map(|one| one.text.as_str()).collect();
        let variables = json!({"input": {"app": push.app, "operations": texts}});
        let mut data = origin.ask(REGISTER, variables).await.with_context(|| push.to.clone())?;
        let answered = serde_json::from_value::<Answered>(data["registerOperations"].take());
        let Answered { added: new, user_errors } = answered.context("the server does not answer as Jiyue does")?;
        added += new.unwrap_or_default();
        for error in &user_errors {
            eprintln!("{}: {} ({})", place_of(batch, &error.path), error.message, error.code);
        }
        refused += user_errors.len();
    }
    println!("{}: {} operations, {added} of them new, {refused} refused", push.app, found.len());
    Ok(refused == 0)
}

/// Where the operation stands that a path of the input means.
fn place_of<'a>(batch: &'a [Found], path: &'a [String]) -> &'a str {
    let at = path.iter().rev().find_map(|part| part.parse::<usize>().ok());
    match at.and_then(|at| batch.get(at)) {
        Some(found) => &found.place,
        None => path.last().map_or("all", String::as_str),
    }
}

/// So many at once as one request takes.
fn batches(found: &[Found]) -> Vec<&[Found]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (at, one) in found.iter().enumerate() {
        if at > begin && (at - begin == AT_ONCE || bytes + one.text.len() > BYTES_AT_ONCE) {
            batches.push(&found[begin..at]);
            (begin, bytes) = (at, 0);
        }
        bytes += one.text.len();
    }
    batches.push(&found[begin..]);
    batches
}

/// All operations below a folder, in the order of their files.
fn gather(folder: &Path) -> anyhow::Result<Vec<Found>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("the folder {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            found.extend(gather(&path)?);
            continue;
        }
        let read = || std::fs::read_to_string(&path).with_context(|| format!("the file {}", path.display()));
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("graphql" | "gql") => found.push(Found { place: path.display().to_string(), text: read()? }),
            Some("json") => found.extend(of_manifest(&path, &read()?)?),
            _ => {}
        }
    }
    Ok(found)
}

fn of_manifest(path: &Path, text: &str) -> anyhow::Result<Vec<Found>> {
    let unknown = || {
        format!(
            "{} is no list of operations: {{\"<sha256>\": \"<text>\"}} or {{\"operations\": [{{\"body\": ...}}]}}",
            path.display()
        )
    };
    let manifest = serde_json::from_str::<Json>(text).ok().and_then(|json| serde_json::from_value(json).ok());
    let texts: Vec<String> = match manifest.with_context(unknown)? {
        Manifest::Listed { operations } => operations.into_iter().map(|listed| listed.body).collect(),
        Manifest::ByHash(texts) => texts.into_values().collect(),
    };
    let place = |at: usize| format!("{} (number {})", path.display(), at + 1);
    Ok(texts.into_iter().enumerate().map(|(at, text)| Found { place: place(at), text }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_in_files_and_in_what_build_tools_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        std::fs::create_dir(folder.path().join("pages")).expect("a folder");
        write("pages/home.graphql", "query Home { position }\n");
        write("a.gql", "{ a }");
        write("b.json", r#"{"5f": "{ b }", "60": "{ c }"}"#);
        write(
            "c.json",
            r#"{"format": "apollo", "version": 1, "operations": [{"id": "1", "name": "D", "body": "{ d }"}]}"#,
        );
        write("readme.md", "no operation");
        let found = gather(folder.path()).expect("found");
        let texts: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["{ a }", "{ b }", "{ c }", "{ d }", "query Home { position }\n"], "as they stand");
        assert!(found[2].place.ends_with("b.json (number 2)"));
        write("d.json", "[1]");
        assert!(gather(folder.path()).expect_err("no list").to_string().contains("d.json"));
    }

    #[test]
    fn one_request_takes_so_many_and_so_much() {
        let of = |lengths: &[usize]| {
            let found: Vec<Found> =
                lengths.iter().map(|length| Found { place: String::new(), text: "x".repeat(*length) }).collect();
            batches(&found).iter().map(|batch| batch.len()).collect::<Vec<_>>()
        };
        assert_eq!(of(&[10; AT_ONCE]), [AT_ONCE]);
        assert_eq!(of(&[10; AT_ONCE + 1]), [AT_ONCE, 1]);
        assert_eq!(of(&[BYTES_AT_ONCE, 1, BYTES_AT_ONCE + 1, 1]), [1, 1, 1, 1]);
    }
}
