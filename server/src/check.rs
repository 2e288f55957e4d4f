//! `jiyue check`: would a server start and work? Says what is wrong and how to mend it.

use std::path::Path;

use anyhow::Context as _;
use object_store::{ObjectStoreExt as _, PutPayload};

use crate::configuration::{Attachments, Configuration, server_url};
use crate::start;

/// What one look found.
enum Finding {
    /// As it should be.
    Good(String),
    /// Worth knowing, but no fault.
    Note(String),
    /// Wrong, and how to mend it.
    Bad {
        /// What is wrong.
        wrong: String,
        /// How to mend it.
        mend: String,
    },
}

/// Looks at everything and prints what it found; answers whether all is well.
pub async fn run(configuration: &Configuration) -> bool {
    let findings = [
        ("configuration", Finding::Good(configuration.source())),
        ("data folder", data_folder(configuration)),
        ("database", database(configuration).await),
        ("attachments", attachments(configuration).await),
        ("address", address(configuration).await),
        ("files address", files_address(configuration)),
    ];
    let mut well = true;
    for (what, finding) in findings {
        match finding {
            Finding::Good(text) => println!("ok    {what}: {text}"),
            Finding::Note(text) => println!("note  {what}: {text}"),
            Finding::Bad { wrong, mend } => {
                println!("FAIL  {what}: {wrong}\n      mend: {mend}");
                well = false;
            }
        }
    }
    println!("{}", if well { "All is well." } else { "Something must be mended." });
    well
}

fn bad(wrong: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding::Bad { wrong: wrong.into(), mend: mend.into() }
}

fn data_folder(configuration: &Configuration) -> Finding {
    let folder = &configuration.data_dir;
    let shown = folder.display();
    if !folder.exists() {
        return match folder.ancestors().skip(1).find(|path| path.as_os_str().is_empty() || path.exists()) {
            Some(above) => match writable(if above.as_os_str().is_empty() { Path::new(".") } else { above }) {
                Ok(()) => Finding::Note(format!("{shown} does not exist; the first start makes it")),
                Err(error) => bad(format!("{shown} cannot be made: {error}"), "choose another with data_dir"),
            },
            None => bad(format!("{shown} cannot be made"), "choose another with data_dir"),
        };
    }
    match writable(folder) {
        Ok(()) => Finding::Good(format!("{shown} can be written")),
        Err(error) => bad(
            format!("{shown} cannot be written: {error}"),
            "give the user of the server the right to write there, or choose another folder with data_dir",
        ),
    }
}

fn writable(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".jiyue-check-{}", std::process::id()));
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)
}

async fn database(configuration: &Configuration) -> Finding {
    let shown = configuration.shown_database();
    if configuration.sqlite_file().is_some_and(|file| !file.exists()) {
        return bad(
            format!("{shown} does not exist"),
            "run `jiyue migrate` for an empty library, or `jiyue demo` for the demonstration city",
        );
    }
    let pending = match migrations::pending(&configuration.database_url).await {
        Ok(pending) => pending,
        Err(error) => {
            let mend = match configuration.sqlite_file() {
                Some(_) => "see that the file is a database that may be read and written; put a backup in its place",
                None => {
                    "see that the server runs, and that address, user, password and database of database_url are right"
                }
            };
            return bad(format!("{shown} does not answer: {error}"), mend);
        }
    };
    if !pending.is_empty() {
        return bad(format!("{shown} lacks {}", pending.join(", ")), "run `jiyue migrate`");
    }
    let position = async {
        let library = start::library(configuration, configuration.listen).await?;
        library.newest_position().await.context("the change log cannot be read")
    };
    match position.await {
        Ok(position) => Finding::Good(format!("{shown} is up to date, at position {position}")),
        Err(error) => bad(
            format!("{shown} cannot be used: {error:#}"),
            "see that the database was made by this release or an earlier one, and that its user may read and write",
        ),
    }
}

async fn attachments(configuration: &Configuration) -> Finding {
    let shown = match &configuration.attachments {
        Attachments::Folder(folder) if !folder.exists() => {
            return Finding::Note(format!("{} does not exist; the first start makes it", folder.display()));
        }
        Attachments::Folder(folder) => folder.display().to_string(),
        Attachments::Bucket { bucket, prefix } => format!("s3://{bucket}/{prefix}"),
    };
    let probe = object_store::path::Path::from(format!("check/{}", std::process::id()));
    let tried = async {
        let files = start::files(configuration)?;
        files.put(&probe, PutPayload::from_static(b"check")).await?;
        files.delete(&probe).await?;
        anyhow::Ok(())
    };
    match tried.await {
        Ok(()) => Finding::Good(format!("{shown} can be written")),
        Err(error) => bad(
            format!("{shown} cannot be written: {error:#}"),
            "see that it exists and may be written; for a bucket look at the s3_... keys",
        ),
    }
}

async fn address(configuration: &Configuration) -> Finding {
    let address = configuration.listen;
    match start::listen(configuration).await {
        Ok(_) => Finding::Good(format!("{address} is free")),
        Err(error) => match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
            Some(std::io::ErrorKind::AddrInUse) => {
                Finding::Note(format!("{address} is in use; if not by this server, choose another with listen"))
            }
            _ => bad(
                format!("{address} cannot be listened on"),
                "choose an address of this machine; ports below 1024 need a right of their own",
            ),
        },
    }
}

fn files_address(configuration: &Configuration) -> Finding {
    let url = configuration.files_url(configuration.listen);
    if configuration.given_files_url.is_none() && !configuration.listen.ip().is_loopback() {
        return Finding::Note(format!(
            "attachments are named below {}, which other machines do not reach: give files_url",
            server_url(configuration.listen)
        ));
    }
    Finding::Good(url)
}
