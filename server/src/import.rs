//! `jiyue import`: takes contents over from a file and says what became of its lines.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use library::content::ContentKind;
use seed::{ImportLine, ImportOutcome};

use crate::configuration::Configuration;
use crate::start;

/// What is imported, and where to.
#[derive(Debug, Args)]
pub struct Import {
    /// The file: one JSON object a line, plain (.jsonl) or compressed (.jsonl.gz); or the folder of an export
    #[arg(value_name = "FILE.jsonl[.gz]|DIR")]
    pub file: PathBuf,
    /// The code of the site; not with a folder
    #[arg(long, value_name = "CODE")]
    pub site: Option<String>,
    /// The path of the column on the site, such as /policies; not with a folder
    #[arg(long, value_name = "PATH")]
    pub column: Option<String>,
    /// The kind of all contents, such as ARTICLE or POLICY [default: as each line says or shows]
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<ContentKind>,
    /// The code of the organisation that publishes [default: the site's sponsor]
    #[arg(long, value_name = "ORGANISATION")]
    pub publisher: Option<String>,
}

fn kind(text: &str) -> Result<ContentKind, String> {
    text.to_uppercase().replace('-', "_").parse().map_err(|_| {
        let known: Vec<&str> = ContentKind::all().into_iter().map(Into::into).collect();
        format!("known kinds: {}", known.join(", "))
    })
}

/// Imports a file; answers whether every line could be taken over.
///
/// # Errors
/// When the file, the place or the database is not there.
pub async fn run(configuration: &Configuration, import: Import) -> anyhow::Result<bool> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let shown = import.file.display().to_string();
    let wanted = seed::Import {
        path: import.file,
        site: import.site.context("--site CODE is missing: the site to import into")?,
        column: import.column.context("--column PATH is missing: the column to import into")?,
        kind: import.kind,
        publisher: import.publisher,
    };
    let mut heard = 0_u64;
    let mut hear = |line: ImportLine| {
        heard += 1;
        if matches!(line.outcome, ImportOutcome::Failed { .. } | ImportOutcome::Changed(_)) {
            eprintln!("{line}");
        }
        if heard.is_multiple_of(1000) {
            eprintln!("{heard} lines");
        }
    };
    let report = seed::import(&library, &wanted, &mut hear).await.with_context(|| format!("the import of {shown}"))?;
    println!(
        "{} read, {} written, {} skipped, {} changed since and left as they are, {} failed",
        report.read, report.written, report.skipped, report.changed, report.failed
    );
    Ok(report.failed == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_written_in_any_case() {
        assert_eq!(kind("POLICY"), Ok(ContentKind::Policy));
        assert_eq!(kind("knowledge-entry"), Ok(ContentKind::KnowledgeEntry));
        assert!(kind("page").is_err_and(|known| known.contains("SERVICE_GUIDE")));
    }
}
