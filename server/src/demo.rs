//! `jiyue demo`: the demonstration city, filled once and then served; and the places that every start prints.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use library::database::Database;

use crate::configuration::{Configuration, server_url};
use crate::start;

/// Questions to begin with: what they show, and the query.
pub const QUESTIONS: [(&str, &str); 3] = [
    (
        "the home page of the city's portal",
        r#"{ site(by: {code: "yunze"}) { name columns { name path placements(first: 3) { nodes { title publishedAt url } } } } }"#,
    ),
    (
        "the policies of the housing department (住房和城乡建设局)",
        r#"{ column(by: {at: {site: "zjj", path: "/policies"}}) { name placements(first: 10) { totalCount nodes { title publishedAt url } } } }"#,
    ),
    (
        "a policy by its document number",
        r#"{ content(by: {documentNumber: "云建发〔2024〕12号"}) { title publishedAt ... on Policy { documentNumber { text } validity effectiveOn issuerNames } } }"#,
    ),
];

/// Fills the city where it is missing, and serves it.
///
/// # Errors
/// When something cannot be opened, or the database holds something else.
pub async fn run(configuration: &Configuration) -> anyhow::Result<()> {
    let (listener, bound) = start::listen(configuration).await?;
    start::make_folders(configuration)?;
    match configuration.sqlite_file() {
        Some(file) if !file.exists() => fill_file(configuration, &file, bound).await?,
        _ => start::migrate(configuration).await?,
    }
    let mut library = start::library(configuration, bound).await?;
    if !seed::has_city(&library) {
        if library.newest_position().await.context("the change log cannot be read")? > 0 {
            bail!(
                "the database {} holds something, but not the demonstration city whole: serve it with `jiyue serve`, \
                 or give `jiyue demo` an empty database or another --data-dir",
                configuration.shown_database()
            );
        }
        drop(library);
        fill(configuration, &configuration.database_url, bound).await?;
        library = start::library(configuration, bound).await?;
    }
    print_places(configuration, bound);
    crate::demo_accounts::prepare(configuration, &library).await.context("the accounts of the demonstration")?;
    print_questions(bound);
    start::run(configuration, library, listener).await
}

/// Fills a new file beside the place and moves it there when it is whole, so that a fill that was broken off leaves
/// nothing behind that looks like a city.
async fn fill_file(configuration: &Configuration, file: &Path, bound: SocketAddr) -> anyhow::Result<()> {
    let unfinished = beside(file, "-unfinished");
    // The log of a file that is gone must not be taken for that of the new one.
    let logs = [file, &unfinished].into_iter().flat_map(|path| [beside(path, "-wal"), beside(path, "-shm")]);
    for leftover in logs.chain([unfinished.clone()]) {
        match std::fs::remove_file(&leftover) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", leftover.display()));
            }
            _ => {}
        }
    }
    let url = format!("sqlite://{}", unfinished.display());
    migrations::run(&url).await.context("the tables could not be made")?;
    fill(configuration, &url, bound).await?;
    // SQLite writes its log back into the file when the last connection closes, unless that one only reads. Opening
    // and closing once more makes the file whole.
    migrations::run(&url).await.context("the filled database could not be closed")?;
    if beside(&unfinished, "-wal").exists() {
        bail!("the filled database is still open; start again");
    }
    std::fs::rename(&unfinished, file).with_context(|| format!("{} cannot be moved into place", unfinished.display()))
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

async fn fill(configuration: &Configuration, url: &str, bound: SocketAddr) -> anyhow::Result<()> {
    let database =
        Database::open(url, configuration.database_connections).await.context("the database cannot be opened")?;
    let files = start::files(configuration)?;
    println!("Filling the demonstration city 云泽市 (only at the first start) ...");
    let mut shown = 0;
    let mut progress = |done: usize, all: usize| {
        let tenths = done * 10 / all.max(1);
        if tenths > shown {
            shown = tenths;
            println!("  {done} of {all}");
        }
    };
    seed::city(database, files, &configuration.files_url(bound), &mut progress)
        .await
        .context("the demonstration city could not be filled")
}

/// Prints where everything is.
pub fn print_places(configuration: &Configuration, bound: SocketAddr) {
    let url = server_url(bound);
    println!(
        "
  playground     {url}/
  GraphQL        {url}/graphql
  schema         {url}/schema.graphql
  health         {url}/healthz  {url}/readyz
  database       {}
  data folder    {}
  configuration  {}",
        configuration.shown_database(),
        configuration.data_dir.display(),
        configuration.source()
    );
}

fn print_questions(bound: SocketAddr) {
    for (what, query) in QUESTIONS {
        println!("\n# {what}\n{}", curl(bound, query));
    }
    println!();
}

/// A line for a shell that asks `query`.
pub fn curl(bound: SocketAddr, query: &str) -> String {
    let body = serde_json::json!({ "query": query }).to_string().replace('\'', "'\\''");
    format!("curl -s {}/graphql -H 'Content-Type: application/json' -d '{body}'", server_url(bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_line_is_one_line_that_a_shell_reads() {
        let bound = "0.0.0.0:8080".parse().expect("an address");
        assert_eq!(
            curl(bound, "{ a(b: \"c'd\") }"),
            r#"curl -s http://127.0.0.1:8080/graphql -H 'Content-Type: application/json' -d '{"query":"{ a(b: \"c'\''d\") }"}'"#
        );
        assert!(QUESTIONS.iter().all(|(_, query)| !query.contains('\n')));
    }
}
