//! Faults that are planted in the cache to see that the checker finds them. A program that is built without the feature
//! `judge` has none, and cannot be given any.

use library::Position;

use super::marks::Marks;

/// A fault.
#[cfg(feature = "judge")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Parts of lists are not noted, nor is one subject of four.
    NoteMissing,
    /// An answer counts as read when it was finished.
    PositionWrong,
    /// Who comes joins any execution, however old.
    FlightTooOld,
}

/// The fault that is planted; none in a program.
#[derive(Debug, Clone, Default)]
pub struct Planted {
    #[cfg(feature = "judge")]
    pub(super) fault: Option<Fault>,
    /// How long an execution dwells before its answer is kept, so that more happens meanwhile.
    #[cfg(feature = "judge")]
    pub(super) dwell: std::time::Duration,
    /// Until when it dwells, too.
    #[cfg(feature = "judge")]
    pub(super) held: Option<tokio::sync::watch::Receiver<bool>>,
}

#[cfg(feature = "judge")]
impl Planted {
    /// This fault, and executions that dwell so long.
    pub fn new(fault: Option<Fault>, dwell: std::time::Duration) -> Self {
        Self { fault, dwell, held: None }
    }

    /// No fault, and executions that dwell until this is true.
    pub fn held(until: tokio::sync::watch::Receiver<bool>) -> Self {
        Self { held: Some(until), ..Self::default() }
    }

    /// Lets an execution dwell.
    pub async fn dwell(&self) {
        if !self.dwell.is_zero() {
            tokio::time::sleep(self.dwell).await;
        }
        if let Some(mut held) = self.held.clone() {
            // Whoever holds it may have gone; then nothing is held any more.
            let _ = held.wait_for(|over| *over).await;
        }
    }

    pub(super) fn marks(&self, marks: Marks) -> Marks {
        match self.fault {
            Some(Fault::NoteMissing) => {
                let subjects = marks.subjects.into_iter().filter(|mark| mark % 4 > 0).collect();
                Marks { subjects, spans: Vec::new(), every: marks.every }
            }
            _ => marks,
        }
    }

    pub(super) fn position(&self, read: Position, now: Position) -> Position {
        if self.fault == Some(Fault::PositionWrong) { now } else { read }
    }

    pub(super) fn least(&self, least: Position) -> Position {
        if self.fault == Some(Fault::FlightTooOld) { 0 } else { least }
    }
}

#[cfg(not(feature = "judge"))]
impl Planted {
    /// Nothing dwells.
    pub async fn dwell(&self) {}

    pub(super) fn marks(&self, marks: Marks) -> Marks {
        marks
    }

    pub(super) fn position(&self, read: Position, _: Position) -> Position {
        read
    }

    pub(super) fn least(&self, least: Position) -> Position {
        least
    }
}
