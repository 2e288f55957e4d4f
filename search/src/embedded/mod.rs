//! The index that lies in the program (内嵌索引): tantivy over a folder of this machine.
//!
//! A commit carries the position of the change log that it reflects, so the two cannot part: after a crash the index is at its
//! last commit, and what follows the log goes on from there. Buildings are numbered folders; a file names the one that answers.

mod ask;
mod build;
mod columns;
mod fields;
mod folder;
mod least;
mod live;
mod matched;
mod rank;
mod settled;
mod slips;
mod start;
mod weigh;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use uuid::Uuid;

use crate::document::Document;
use crate::engine::{Answer, Batch, Building, Engine, Failure, Standing, Started};
use crate::found::Found;
use crate::question::{Filter, Question};
use crate::words::Words;
use folder::Folder;
use live::Live;

/// The least memory that the index can be written with, in bytes.
pub const LEAST_MEMORY: usize = 15_000_000;

/// Where an index lies and what it may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder, of this index alone.
    pub folder: PathBuf,
    /// How much memory documents may take before they are written out, in bytes.
    pub memory: usize,
    /// How many threads may build an index.
    pub threads: usize,
}

/// An index in a folder of this machine; cheap to clone.
#[derive(Clone)]
pub struct Embedded {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    memory: usize,
    threads: usize,
    live: ArcSwapOption<Live>,
    /// Why nothing is answered, while the index cannot be opened or written.
    failed: ArcSwapOption<String>,
    /// Opening and replacing, one at a time.
    turn: Mutex<()>,
}

impl Embedded {
    /// The index of a folder. It is opened when it is asked for the first time, and again as long as that fails.
    pub fn new(settings: Settings) -> Self {
        let inner = Inner {
            folder: Folder::at(settings.folder),
            memory: settings.memory.max(LEAST_MEMORY),
            threads: settings.threads.max(1),
            live: ArcSwapOption::empty(),
            failed: ArcSwapOption::empty(),
            turn: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Runs what takes long beside the requests.
    fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Answer<T> + Send + 'static,
    ) -> BoxFuture<'static, Answer<T>> {
        let inner = self.inner.clone();
        async move {
            let done = tokio::task::spawn_blocking(move || work(&inner)).await;
            done.unwrap_or_else(|error| Err(Failure::Unavailable(error.to_string())))
        }
        .boxed()
    }
}

impl Inner {
    /// The index that answers; the one that another process has put in its place since, if it has.
    fn live(&self) -> Answer<Arc<Live>> {
        let current = self.folder.current()?;
        if let Some(live) = self.live.load_full().filter(|live| live.generation == current) {
            return Ok(live);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let current = self.folder.current()?;
        if let Some(live) = self.live.load_full().filter(|live| live.generation == current) {
            return Ok(live);
        }
        let live = Arc::new(Live::open(&self.folder, current, self.memory)?);
        self.live.store(Some(live.clone()));
        self.folder.remove_older(current);
        Ok(live)
    }

    /// The index for readers: as it was opened last, without a look at the folder.
    fn answering(&self) -> Answer<Arc<Live>> {
        if let Some(why) = self.failed.load_full() {
            return Err(Failure::Unavailable(why.to_string()));
        }
        match self.live.load_full() {
            Some(live) => Ok(live),
            None => self.live(),
        }
    }

    /// Remembers whether writing goes well.
    fn told<T>(&self, answer: Answer<T>) -> Answer<T> {
        match &answer {
            Ok(_) => self.failed.store(None),
            Err(failure) => self.failed.store(Some(Arc::new(failure.to_string()))),
        }
        answer
    }
}

impl Engine for Embedded {
    fn standing(&self) -> BoxFuture<'_, Answer<Standing>> {
        self.beside(|inner| inner.live().map(|live| live.standing()))
    }

    fn write(&self, batch: Batch) -> BoxFuture<'_, Answer<()>> {
        self.beside(move |inner| inner.told(inner.live().and_then(|live| live.write(&batch))))
    }

    fn find(&self, question: Question) -> BoxFuture<'_, Answer<Found>> {
        self.beside(move |inner| inner.answering()?.find(&question))
    }

    fn suggest(&self, prefix: String, filter: Filter, first: usize) -> BoxFuture<'_, Answer<Vec<Started>>> {
        self.beside(move |inner| inner.answering()?.suggest(&prefix, &filter, first))
    }

    fn did_you_mean(
        &self,
        written: String,
        words: Arc<Words>,
        filter: Filter,
    ) -> BoxFuture<'_, Answer<Option<String>>> {
        self.beside(move |inner| inner.answering()?.did_you_mean(&written, &words, &filter))
    }

    fn stamps(&self) -> BoxFuture<'_, Answer<Vec<(Uuid, u64)>>> {
        self.beside(|inner| inner.live()?.stamps())
    }

    fn build(&self) -> BoxFuture<'_, Answer<Box<dyn Building>>> {
        let index = self.clone();
        self.beside(move |inner| {
            let built = build::Build::begin(index, &inner.folder, inner.memory, inner.threads);
            built.map(|built| Box::new(built) as Box<dyn Building>)
        })
    }
}

impl From<tantivy::TantivyError> for Failure {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// The documents of a batch as the index writes them.
fn put(
    writer: &tantivy::IndexWriter,
    fields: &fields::Fields,
    documents: &[Document],
    replace: bool,
) -> tantivy::Result<()> {
    for document in documents {
        if replace {
            writer.delete_term(fields.of_id(document.id));
        }
        writer.add_document(fields.row(document))?;
    }
    Ok(())
}
