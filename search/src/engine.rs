//! What every index can do, whatever it is built with. An engine ranks and counts; it knows no rights and no library.

use std::sync::Arc;

use futures::future::BoxFuture;
use uuid::Uuid;

use crate::document::Document;
use crate::found::Found;
use crate::question::{Filter, Question};
use crate::words::Words;

/// Why an engine did not do what was asked of it. Nothing is lost: what follows the log tries again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The engine is not there, or cannot read or write its index.
    #[error("the index cannot be used: {0}")]
    Unavailable(String),
    /// A page of an index that was built anew since.
    #[error("the page is of an index that is not there any more")]
    Outdated,
    /// Another node has written to a shared index meanwhile: what was read for this may be older.
    #[error("another node has written to the index meanwhile")]
    Overtaken,
}

/// What an engine answers.
pub type Answer<T> = Result<T, Failure>;

/// What changed, up to a position of the change log.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// What is public now, as it is now.
    pub put: Vec<Document>,
    /// What is not public any more, if it ever was.
    pub remove: Vec<Uuid>,
    /// The position that the index has reflected until now. An index that several nodes write refuses what was read for
    /// another ([`Failure::Overtaken`]), unless it is what another of them has written just so.
    pub from: i64,
    /// The position that the index reflects when this is written.
    pub position: i64,
}

/// A title that begins like what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The content that has it.
    pub id: Uuid,
}

/// Where an index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The position of the change log that is written in it; nothing before the first building.
    pub position: Option<i64>,
    /// Which building it is.
    pub generation: u64,
    /// How many documents it holds.
    pub documents: u64,
}

/// A search index. Everything that it answers reflects one position of the change log exactly.
pub trait Engine: Send + Sync {
    /// Where the index stands.
    fn standing(&self) -> BoxFuture<'_, Answer<Standing>>;

    /// Writes a batch. When this has answered, it is searchable, and stays so when the machine stops.
    fn write(&self, batch: Batch) -> BoxFuture<'_, Answer<()>>;

    /// Finds what a question asks for.
    fn find(&self, question: Question) -> BoxFuture<'_, Answer<Found>>;

    /// What begins like `prefix`, in Chinese, by its sound or by the initials of its sound; the newest first.
    fn suggest(&self, prefix: String, filter: Filter, first: usize) -> BoxFuture<'_, Answer<Vec<Started>>>;

    /// What was probably meant by a query (您是不是要找): with as many hits as were found at least, or nothing.
    fn did_you_mean(&self, written: String, words: Arc<Words>, filter: Filter)
    -> BoxFuture<'_, Answer<Option<String>>>;

    /// The stamps of all documents, for comparing with the tables.
    fn stamps(&self) -> BoxFuture<'_, Answer<Vec<(Uuid, u64)>>>;

    /// Begins an index beside this one, which goes on answering.
    fn build(&self) -> BoxFuture<'_, Answer<Box<dyn Building>>>;
}

/// An index that is being built beside the one that answers.
pub trait Building: Send {
    /// Adds documents.
    fn add(&mut self, documents: Vec<Document>) -> BoxFuture<'_, Answer<()>>;

    /// Takes the place of the one that answers; it reflects `position`.
    fn finish(self: Box<Self>, position: i64) -> BoxFuture<'static, Answer<()>>;
}
