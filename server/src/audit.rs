//! `jiyue audit`: writes the change log of a period to standard output (审计导出), entry by entry: what it holds of the log at
//! once does not grow with the period.

use std::io::{self, BufWriter, Write};

use anyhow::{Context as _, bail};
use chrono::SecondsFormat;
use clap::{Args, ValueEnum};
use library::audit::{AuditEntry, AuditSubject, SUBJECTS_AT_ONCE};
use library::{Date, Directory, Instant, Library};

use crate::configuration::Configuration;
use crate::start;

/// Which period, and how it is written.
#[derive(Debug, Args)]
pub struct Audit {
    /// The first day, such as 2026-01-01 (Asia/Shanghai)
    #[arg(long, value_name = "DATE")]
    pub from: Date,
    /// The last day, which belongs to it
    #[arg(long, value_name = "DATE")]
    pub to: Date,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: Format,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values (RFC 4180), for spreadsheets
    Csv,
}

/// Writes the log of a period.
///
/// # Errors
/// When the period ends before it begins, or the database fails.
pub async fn run(configuration: &Configuration, audit: Audit) -> anyhow::Result<()> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&library, &audit, &mut out).await {
        // Who reads it has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) => {
            Ok(())
        }
        other => other.map(|_| ()),
    }
}

/// Writes the log of a period to `out`; answers how many entries.
///
/// # Errors
/// When the period ends before it begins, or the database or `out` fails.
pub async fn write(library: &Library, audit: &Audit, out: &mut impl Write) -> anyhow::Result<u64> {
    let Some(behind) = audit.to.succ_opt().filter(|_| audit.from <= audit.to) else {
        bail!("the period ends ({}) before it begins ({})", audit.to, audit.from);
    };
    let (begin, until) = (library.zone().begin(audit.from), library.zone().begin(behind));
    let writer = Writer { library, directory: library.directory(), format: audit.format };
    writer.head(out)?;
    let (mut after, mut written) = ((begin, 0), 0);
    loop {
        let entries = library.audit_after(after, until).await.context("the log cannot be read")?;
        let Some(last) = entries.last() else { break };
        after = (last.at, last.position);
        for entry in &entries {
            writer.entry(entry, out).await?;
            written += 1;
        }
    }
    out.flush()?;
    Ok(written)
}

struct Writer<'a> {
    library: &'a Library,
    directory: std::sync::Arc<Directory>,
    format: Format,
}

impl Writer<'_> {
    fn head(&self, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            Format::Jsonl => Ok(()),
            Format::Csv => writeln!(out, "position,at,actor,name,api_key,action,site,reason,revision,subjects\r"),
        }
    }

    async fn entry(&self, entry: &AuditEntry, out: &mut impl Write) -> anyhow::Result<()> {
        self.begin(entry, out)?;
        self.subjects(&entry.subjects, true, out)?;
        let mut passed = entry.subjects.len();
        // What a large deed touched goes through piece by piece.
        while passed >= SUBJECTS_AT_ONCE {
            let more = self.library.audit_subjects(entry, passed).await?;
            if more.is_empty() {
                break;
            }
            self.subjects(&more, false, out)?;
            passed += more.len();
        }
        out.write_all(if self.format == Format::Jsonl { b"]}\n" } else { b"\"\r\n" })?;
        Ok(())
    }

    /// Everything but the subjects.
    fn begin(&self, entry: &AuditEntry, out: &mut impl Write) -> io::Result<()> {
        let name = entry.account().and_then(|id| self.directory.accounts.get(id));
        let name = name.map(|account| account.fields.display_name.as_str());
        let site = entry.site.and_then(|id| self.directory.sites.get(id)).map(|site| site.code.as_str());
        let key = entry.api_key.map(|key| key.to_string());
        let at = told(entry.at);
        match self.format {
            Format::Jsonl => {
                let told = serde_json::json!({
                    "position": entry.position, "at": at, "actor": entry.actor, "name": name, "api_key": key,
                    "action": entry.action, "site": site, "reason": entry.reason, "revision": entry.revision,
                });
                let text = told.to_string();
                write!(out, "{},\"subjects\":[", text.trim_end_matches('}'))
            }
            Format::Csv => {
                let revision = entry.revision.map(|revision| revision.to_string());
                let fields = [
                    Some(entry.position.to_string()),
                    Some(at),
                    Some(entry.actor.clone()),
                    name.map(str::to_owned),
                    key,
                    Some(entry.action.clone()),
                    site.map(str::to_owned),
                    entry.reason.clone(),
                    revision,
                ];
                for field in fields {
                    write!(out, "\"{}\",", cell(&field.unwrap_or_default()))?;
                }
                out.write_all(b"\"")
            }
        }
    }

    fn subjects(&self, subjects: &[AuditSubject], first: bool, out: &mut impl Write) -> io::Result<()> {
        for (at, touched) in subjects.iter().enumerate() {
            let effect: &str = touched.effect.into();
            let comma = !first || at > 0;
            match self.format {
                Format::Jsonl => {
                    let told = serde_json::json!({"subject": touched.subject, "effect": effect});
                    write!(out, "{}{told}", if comma { "," } else { "" })?;
                }
                Format::Csv => {
                    let subject = touched.subject.replace('"', "\"\"").replace(char::is_control, " ");
                    write!(out, "{}{effect} {subject}", if comma { "; " } else { "" })?;
                }
            }
        }
        Ok(())
    }
}

fn told(at: Instant) -> String {
    at.utc().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A text within the quotation marks of a cell. What a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    let text = text.replace('"', "\"\"").replace(|c: char| c.is_control() && c != '\n', " ");
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_neither_broken_nor_run() {
        assert_eq!(cell("他说\"好\""), "他说\"\"好\"\"");
        assert_eq!(cell("=cmd()"), "'=cmd()");
        assert_eq!(cell("-1"), "'-1");
        assert_eq!(cell("a\u{1f}b\tc"), "a b c");
    }
}
