//! `jiyue import`: takes existing data over from a file and says what became of its lines.

mod progress;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use library::content::ContentKind;
use seed::{ImportEvent, ImportLine, ImportOutcome, ImportPass, ImportReport};

use crate::configuration::Configuration;
use crate::start;
use progress::Progress;

/// What is imported, and where to.
#[derive(Debug, Args)]
pub struct Import {
    /// The file: one JSON object a line, plain (.jsonl) or compressed (.jsonl.gz); for code lists .json or .tsv, too; or the
    /// folder of an export, without further options
    #[arg(value_name = "FILE.jsonl[.gz]|DIR")]
    pub file: PathBuf,
    /// The code of the site; needless for code lists
    #[arg(long, value_name = "CODE")]
    pub site: Option<String>,
    /// The path of the column on the site, such as /policies; needless for code lists
    #[arg(long, value_name = "PATH")]
    pub column: Option<String>,
    /// The kind of all contents, such as ARTICLE or POLICY [default: as each line or the map says]
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub kind: Option<ContentKind>,
    /// The code of the organisation that publishes [default: the site's sponsor]
    #[arg(long, value_name = "ORGANISATION")]
    pub publisher: Option<String>,
    /// A field map, or the name of one that is built in, such as policies or qa [default: the lines are of the native format]
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// Check everything and say what would become of it, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Check everything first, and write nothing if anything is wrong
    #[arg(long)]
    pub strict: bool,
    /// What is done with a known record that has changed
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    pub on_change: OnChange,
    /// Write what became of each record to this file, one JSON object a line
    #[arg(long, value_name = "FILE.jsonl")]
    pub report: Option<PathBuf>,
}

/// What is done with a known record that has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum OnChange {
    /// Its content is corrected: a new revision is published
    #[default]
    Update,
    /// It is reported, and its content left as it is
    Report,
}

fn kind(text: &str) -> Result<ContentKind, String> {
    text.to_uppercase().replace('-', "_").parse().map_err(|_| {
        let known: Vec<&str> = ContentKind::all().into_iter().map(Into::into).collect();
        format!("known kinds: {}", known.join(", "))
    })
}

/// Imports a file; answers whether everything could be taken over.
///
/// # Errors
/// When the file, the map, the place or the database is not there, or the report cannot be written.
pub async fn run(configuration: &Configuration, import: Import) -> anyhow::Result<bool> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let shown = import.file.display().to_string();
    let mut teller = Teller::new(import.report.as_deref())?;
    let rehearsal = import.dry_run;
    let wanted = seed::Import {
        path: import.file,
        site: import.site,
        column: import.column,
        kind: import.kind,
        publisher: import.publisher,
        map: import.map,
        rehearsal,
        strict: import.strict,
        on_change: match import.on_change {
            OnChange::Update => seed::OnChange::Update,
            OnChange::Report => seed::OnChange::Report,
        },
        interrupted: Arc::new(AtomicBool::new(false)),
    };
    let listening = tokio::spawn(end_on_signal(wanted.interrupted.clone()));
    let imported = seed::import(&library, &wanted, &mut |event| teller.hear(event)).await;
    listening.abort();
    teller.end()?;
    let report = imported.with_context(|| format!("the import of {shown}"))?;
    println!("{}", summary(&report, &teller, rehearsal));
    if let Some(line) = report.interrupted {
        eprintln!("Ended after line {line}. Give the same command again: what is taken over already is passed over.");
    }
    Ok(report.is_whole())
}

fn summary(report: &ImportReport, teller: &Teller, rehearsal: bool) -> String {
    match (rehearsal, teller.checked_only && !report.is_whole()) {
        (true, _) => format!("{report}; nothing was written: this was a dry run"),
        (_, true) => format!("{report}; nothing was written: --strict"),
        _ => report.to_string(),
    }
}

/// The first signal ends the import after the batch, the next one at once, as it would without this.
async fn end_on_signal(interrupted: Arc<AtomicBool>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        if interrupted.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nEnding after this batch; press again to end at once, which loses no more than the batch.");
    }
}

/// Writes what is heard: the report, trouble and progress.
struct Teller {
    report: Option<BufWriter<File>>,
    /// Why the report could not be written.
    fault: Option<std::io::Error>,
    progress: Progress,
    /// Whether nothing but a check took place until now.
    checked_only: bool,
}

impl Teller {
    fn new(report: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let report = report
            .map(|path| File::create(path).with_context(|| format!("the report {} cannot be written", path.display())))
            .transpose()?;
        let report = report.map(BufWriter::new);
        Ok(Self { report, fault: None, progress: Progress::new(), checked_only: true })
    }

    fn hear(&mut self, event: ImportEvent) {
        match event {
            ImportEvent::Begun { pass, bytes } => {
                self.checked_only &= pass == ImportPass::Check;
                let what = match pass {
                    ImportPass::Check => "checking",
                    ImportPass::Write => "writing",
                    ImportPass::Links => "linking",
                };
                self.progress.begin(what, bytes);
            }
            ImportEvent::Read { records, bytes } => self.progress.read(records, bytes),
            ImportEvent::Line(line) => self.line(&line),
        }
    }

    fn line(&mut self, line: &ImportLine) {
        if let Some(report) = &mut self.report
            && let Err(error) = writeln!(report, "{}", line.json())
        {
            self.fault.get_or_insert(error);
        }
        if matches!(line.outcome, ImportOutcome::Failed(_) | ImportOutcome::Changed(_) | ImportOutcome::Gone(_)) {
            self.progress.clear();
            eprintln!("{line}");
        }
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.progress.clear();
        let flushed = match &mut self.report {
            Some(report) => report.flush(),
            None => Ok(()),
        };
        match self.fault.take() {
            Some(error) => Err(error),
            None => flushed,
        }
        .context("the report could not be written whole")
    }
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
