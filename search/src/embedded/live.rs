//! The index that answers: its snapshot, and who writes to it.

use std::fs;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};
use tantivy::collector::Count;
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher};
use uuid::Uuid;

use super::ask;
use super::columns::{self, hits};
use super::fields::Fields;
use super::folder::Folder;
use super::matched::{Matched, Matching};
use super::rank::rank;
use crate::document::FORMAT;
use crate::engine::{Answer, Batch, Standing};
use crate::found::Found;
use crate::question::{Filter, Question};
use crate::slips::Vocabulary;

/// What a commit carries.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub position: i64,
    pub format: u64,
}

/// One state of the index, as it was committed.
pub(super) struct View {
    pub searcher: Searcher,
    /// Nothing before the first building.
    pub position: Option<i64>,
}

/// The index that answers.
pub(super) struct Live {
    pub generation: u64,
    pub fields: Fields,
    index: Index,
    reader: IndexReader,
    view: ArcSwap<View>,
    writer: Mutex<Option<IndexWriter>>,
    memory: usize,
    pub vocabulary: ArcSwap<Vocabulary>,
}

/// The index of a folder, made if it is not there.
pub(super) fn open_index(folder: &std::path::Path, fields: &Fields) -> Answer<Index> {
    fs::create_dir_all(folder)?;
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    let builder = Index::builder().schema(fields.schema.clone()).settings(IndexSettings::default());
    Ok(builder.tokenizers(Fields::tokenizers()).open_or_create(directory)?)
}

impl Live {
    pub(super) fn open(folder: &Folder, generation: u64, memory: usize) -> Answer<Self> {
        let fields = Fields::new();
        let place = folder.of(generation);
        let mut index = match open_index(&place, &fields) {
            Ok(index) => index,
            Err(failure) => {
                // What another version wrote cannot be read: it is built anew.
                tracing::warn!(%failure, "the search index cannot be read and is built anew");
                fs::remove_dir_all(&place)?;
                open_index(&place, &fields)?
            }
        };
        index.set_tokenizers(Fields::tokenizers());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let view = ArcSwap::from_pointee(view_of(&index, &reader)?);
        let (writer, vocabulary) = (Mutex::new(None), ArcSwap::from_pointee(Vocabulary::default()));
        Ok(Self { generation, fields, index, reader, view, writer, memory, vocabulary })
    }

    pub(super) fn view(&self) -> Arc<View> {
        self.view.load_full()
    }

    pub(super) fn standing(&self) -> Standing {
        let view = self.view();
        Standing { position: view.position, generation: self.generation, documents: view.searcher.num_docs() }
    }

    /// Writes a batch and shows it. What fails half way is rolled back with all of it.
    pub(super) fn write(&self, batch: &Batch) -> Answer<()> {
        let mut place = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match place.take() {
            Some(writer) => writer,
            None => self.index.writer_with_num_threads(1, self.memory)?,
        };
        for id in &batch.remove {
            writer.delete_term(self.fields.of_id(*id));
        }
        super::put(&writer, &self.fields, &batch.put, true)?;
        commit(&mut writer, batch.position)?;
        // A writer that failed is dropped: the next begins at the last commit.
        *place = Some(writer);
        self.reader.reload()?;
        self.view.store(Arc::new(view_of(&self.index, &self.reader)?));
        Ok(())
    }

    /// Finds what a question asks for: as much of its words as brings enough.
    pub(super) fn find(&self, question: &Question) -> Answer<Found> {
        let view = self.view();
        let mut matched = Matched::default();
        if !question.query.is_empty() {
            for (least, enough) in ask::steps(&question.query) {
                let matching = ask::matching(&self.fields, question, least);
                matched = view.searcher.search(&matching, &Matching::of(question))?;
                if matched.total >= enough {
                    break;
                }
            }
        }
        let ranking = rank(&view.searcher, &matched, question, &ask::ways(&self.fields, &question.query))?;
        let page: Vec<_> = ranking.best.iter().skip(question.offset).take(question.first).copied().collect();
        Ok(Found {
            hits: hits(&view.searcher, &page)?,
            total: matched.total,
            facets: matched.facets(),
            groups: ranking.groups(&view.searcher, &matched)?,
            position: view.position.unwrap_or_default(),
            generation: self.generation,
        })
    }

    /// How many documents meet a filter and have all the words of a question.
    pub(super) fn count_strictly(&self, question: &Question) -> Answer<usize> {
        let query = ask::matching(&self.fields, question, question.query.words.len());
        Ok(self.view().searcher.search(&query, &Count)?)
    }

    /// A question that only counts.
    pub(super) fn counting(query: crate::query::Query, filter: &Filter) -> Question {
        Question { query, filter: filter.clone(), ..Question::default() }
    }

    pub(super) fn stamps(&self) -> Answer<Vec<(Uuid, u64)>> {
        let mut stamps = Vec::new();
        for segment in self.view().searcher.segment_readers() {
            stamps.extend(columns::stamps(segment)?);
        }
        Ok(stamps)
    }
}

/// Commits what was written, with its position.
pub(super) fn commit(writer: &mut IndexWriter, position: i64) -> Answer<()> {
    let payload = serde_json::to_string(&Payload { position, format: FORMAT });
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload.unwrap_or_default());
    prepared.commit()?;
    Ok(())
}

/// The newest commit. Its payload is read after the segments: it may be of a later commit only if another process writes, and
/// none does, for the writer holds a lock.
fn view_of(index: &Index, reader: &IndexReader) -> Answer<View> {
    let payload = index.load_metas()?.payload.and_then(|text| serde_json::from_str::<Payload>(&text).ok());
    let position = payload.filter(|payload| payload.format == FORMAT).map(|payload| payload.position);
    Ok(View { searcher: reader.searcher(), position })
}
