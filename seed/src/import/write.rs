//! Writing what is ready: batches that are one deed each and hold the writer for a short time, however large contents are.

use std::time::Duration;

use library::content::{Correction, Imported, Prepared};
use library::id::{AnyId, ContentId};
use library::{Caller, Library, Refusal};

use super::outcome::{ImportLine, ImportOutcome, ImportReport, ImportTrouble};
use super::{ImportEvent, ImportPass};

/// How long a batch should hold the writer: well below the 50 ms that nobody may exceed.
const HELD: Duration = Duration::from_millis(20);

/// How long the writer is left alone between two batches: another process looks whether it is free now and then only.
const PAUSE: Duration = Duration::from_millis(5);

/// The most contents of one deed.
const MOST: usize = 1_000;

/// What a content costs beside its bytes, in bytes.
const BASE: usize = 4_000;

/// How much the first batch may write, before anything is known of the machine.
const FIRST: usize = 64 * 1024;

/// How much a batch may ever write.
const LARGEST: usize = 8 * 1024 * 1024;

/// How much goes into a batch, learnt from how long the last one took.
struct Pace {
    allowed: usize,
}

impl Pace {
    fn is_full(&self, weight: usize, count: usize) -> bool {
        count >= MOST || weight >= self.allowed
    }

    /// A batch of this weight held the writer for this long.
    fn learn(&mut self, weight: usize, held: Duration) {
        let fits = weight as f64 * HELD.as_secs_f64() / held.as_secs_f64().max(1e-6);
        let (least, most) = (self.allowed / 2, self.allowed.saturating_mul(2).min(LARGEST));
        // A batch that was not full says little: it may make the next smaller, not larger.
        let most = if weight < self.allowed / 2 { self.allowed } else { most };
        self.allowed = (fits as usize).clamp(least.min(most), most).max(BASE);
    }
}

/// A record that waits for its batch.
struct Waiting<T> {
    number: u64,
    origin: (String, String),
    content: T,
}

/// Something of a line that the producer has done with.
pub(super) enum Item {
    /// All is said of it.
    Told(ImportLine),
    /// It is to become a content.
    New(u64, (String, String), Box<Prepared>),
    /// A content is to be corrected; only its links if that is why.
    Correction(u64, (String, String), Box<Correction>, ImportPass),
}

/// Gathers batches, writes them, tells what became of their lines.
pub(super) struct Writer<'a> {
    pub library: Library,
    pub caller: Caller,
    pub rehearsal: bool,
    pub summary: ImportReport,
    report: &'a mut (dyn FnMut(ImportEvent) + Send),
    /// Whether lines are told, or only counted.
    pub tells: bool,
    new: Vec<Waiting<Prepared>>,
    corrections: Vec<Waiting<(Correction, ImportPass)>>,
    pace: Pace,
    correcting: Pace,
}

impl<'a> Writer<'a> {
    pub fn new(library: Library, rehearsal: bool, report: &'a mut (dyn FnMut(ImportEvent) + Send)) -> Self {
        Self {
            library,
            caller: Caller::program("import"),
            rehearsal,
            summary: ImportReport::default(),
            report,
            tells: true,
            new: Vec::new(),
            corrections: Vec::new(),
            pace: Pace { allowed: FIRST },
            correcting: Pace { allowed: FIRST },
        }
    }

    /// Tells something that is no line.
    pub fn event(&mut self, event: ImportEvent) {
        (self.report)(event);
    }

    /// What became of a line is known.
    pub fn tell(&mut self, line: ImportLine) {
        self.summary.count(&line.outcome);
        if self.tells {
            (self.report)(ImportEvent::Line(line));
        }
    }

    /// Takes an item, and writes a batch when it is full.
    pub async fn take(&mut self, item: Item) -> anyhow::Result<()> {
        match item {
            Item::Told(line) => self.tell(line),
            Item::New(number, origin, content) => {
                self.new.push(Waiting { number, origin, content: *content });
                let weight = self.new.iter().map(|one| BASE + one.content.weight()).sum();
                if self.pace.is_full(weight, self.new.len()) {
                    self.write_new(weight).await?;
                }
            }
            Item::Correction(number, origin, correction, pass) => {
                self.corrections.push(Waiting { number, origin, content: (*correction, pass) });
                let weight = self.corrections.iter().map(|one| BASE + one.content.0.content.weight()).sum();
                if self.correcting.is_full(weight, self.corrections.len()) {
                    self.write_corrections(weight).await?;
                }
            }
        }
        Ok(())
    }

    /// Writes what waits.
    pub async fn finish(&mut self) -> anyhow::Result<()> {
        self.write_new(0).await?;
        self.write_corrections(0).await
    }

    async fn write_new(&mut self, weight: usize) -> anyhow::Result<()> {
        let waiting = std::mem::take(&mut self.new);
        if waiting.is_empty() {
            return Ok(());
        }
        let (lines, contents): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|one| ((one.number, one.origin), one.content)).unzip();
        let imported = self.library.import_contents(&self.caller, &contents, self.rehearsal).await?;
        if weight > 0 {
            self.pace.learn(weight, imported.held);
        }
        self.answered(lines, imported, |rehearsal, id, _| {
            ImportOutcome::Written((!rehearsal).then_some(AnyId::ContentId(id)))
        });
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    async fn write_corrections(&mut self, weight: usize) -> anyhow::Result<()> {
        let waiting = std::mem::take(&mut self.corrections);
        if waiting.is_empty() {
            return Ok(());
        }
        let passes: Vec<ImportPass> = waiting.iter().map(|one| one.content.1).collect();
        let (lines, contents): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|one| ((one.number, one.origin), one.content.0)).unzip();
        let imported = self.library.correct_contents(&self.caller, &contents, self.rehearsal).await?;
        if weight > 0 {
            self.correcting.learn(weight, imported.held);
        }
        self.answered(lines, imported, |_, id, at| match passes[at] {
            ImportPass::Links => ImportOutcome::Linked(AnyId::ContentId(id)),
            _ => ImportOutcome::Updated(AnyId::ContentId(id)),
        });
        tokio::time::sleep(PAUSE).await;
        Ok(())
    }

    fn answered(
        &mut self,
        lines: Vec<(u64, (String, String))>,
        imported: Imported,
        done: impl Fn(bool, ContentId, usize) -> ImportOutcome,
    ) {
        let answers: Vec<Result<ContentId, Refusal>> = imported.answers;
        for (at, ((number, origin), answer)) in lines.into_iter().zip(answers).enumerate() {
            let outcome = match answer {
                Ok(id) => done(self.rehearsal, id, at),
                Err(refusal) => ImportOutcome::Failed(ImportTrouble::refused(&refusal)),
            };
            self.tell(ImportLine { number, origin: Some(origin), outcome });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_grow_and_shrink_with_the_time_that_they_take() {
        let mut pace = Pace { allowed: FIRST };
        pace.learn(FIRST, Duration::from_millis(1));
        assert_eq!(pace.allowed, FIRST * 2, "at most twice as much");
        pace.learn(FIRST * 2, Duration::from_millis(200));
        assert_eq!(pace.allowed, FIRST, "at most half as much");
        pace.learn(FIRST, Duration::from_millis(16));
        assert_eq!(pace.allowed, FIRST * 5 / 4);
        pace.learn(10, Duration::ZERO);
        assert_eq!(pace.allowed, FIRST * 5 / 4, "a small batch says nothing of large ones");
        assert!(pace.is_full(0, MOST) && pace.is_full(FIRST * 2, 1) && !pace.is_full(FIRST, MOST - 1));
    }
}
