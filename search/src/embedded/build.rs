//! Building an index beside the one that answers.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tantivy::IndexWriter;

use super::fields::Fields;
use super::folder::Folder;
use super::live::{commit, open_index};
use super::{Embedded, put};
use crate::document::Document;
use crate::engine::{Answer, Building, Failure};

/// An index that is being built.
pub(super) struct Build {
    index: Embedded,
    folder: Folder,
    fields: Arc<Fields>,
    writer: Arc<Mutex<Option<IndexWriter>>>,
    /// Given up when the building ends, whatever comes of it.
    _lock: File,
}

impl Build {
    pub(super) fn begin(index: Embedded, folder: &Folder, memory: usize, threads: usize) -> Answer<Self> {
        let (place, lock): (PathBuf, File) = folder.begin()?;
        let fields = Fields::new();
        let built = open_index(&place, &fields)?;
        let memory = memory.max(threads * super::LEAST_MEMORY);
        let writer = built.writer_with_num_threads(threads, memory)?;
        let (fields, writer) = (Arc::new(fields), Arc::new(Mutex::new(Some(writer))));
        Ok(Self { index, folder: folder.clone(), fields, writer, _lock: lock })
    }
}

impl Building for Build {
    fn add(&mut self, documents: Vec<Document>) -> BoxFuture<'_, Answer<()>> {
        let (fields, writer) = (self.fields.clone(), self.writer.clone());
        self.index.beside(move |_| {
            let writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let writer = writer.as_ref().ok_or_else(|| Failure::Unavailable("the building has ended".to_owned()))?;
            Ok(put(writer, &fields, &documents, false)?)
        })
    }

    fn finish(self: Box<Self>, position: i64) -> BoxFuture<'static, Answer<()>> {
        let index = self.index.clone();
        async move {
            let work = index.beside(move |inner| {
                let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
                let mut writer = writer.ok_or_else(|| Failure::Unavailable("the building has ended".to_owned()))?;
                commit(&mut writer, position)?;
                writer.wait_merging_threads()?;
                self.folder.take_over()?;
                inner.told(inner.live().map(|_| ()))
            });
            work.await
        }
        .boxed()
    }
}
