//! Which revisions use which files: written with each revision, so that no file is collected that some revision names.
//!
//! Whatever names a file counts, also a picture in a body. Revisions from before this was written are looked through once.

use std::collections::BTreeSet;

use serde_json::json;

use crate::Library;
use crate::changes::Work;
use crate::database::{Engine, Sql, Transaction};
use crate::id::{AttachmentId, ContentId};
use crate::refusal::Result;

static USED: Sql = Sql::new(
    "insert into attachment_in_revision (attachment_id, content_id)
     select as_id(r.value->>0), as_id(r.value->>1) from rows($1) r where true on conflict do nothing",
);
static HOLD: Sql = Sql::new("select id from attachment where id in ids($1) order by id for key share");

/// The length of a TypeID's suffix.
const SUFFIX: usize = 26;

/// Every file that a document names, wherever.
pub(super) fn named(document: &str) -> BTreeSet<AttachmentId> {
    let begin = format!("{}_", AttachmentId::PREFIX);
    let ids = document.match_indices(&begin).filter_map(|(at, found)| {
        let end = at + found.len() + SUFFIX;
        document.get(at..end)?.parse().ok()
    });
    ids.collect()
}

fn rows<'d>(revisions: impl IntoIterator<Item = (ContentId, &'d str)>) -> (Vec<AttachmentId>, Vec<serde_json::Value>) {
    let (mut files, mut rows) = (BTreeSet::new(), Vec::new());
    for (content, document) in revisions {
        for file in named(document) {
            rows.push(json!([file.0.simple().to_string(), content.0.simple().to_string()]));
            files.insert(file);
        }
    }
    (files.into_iter().collect(), rows)
}

/// Notes the files that revisions name, which are saved in the same deed. On a server the files are held until it ends,
/// so that nobody collects them meanwhile; one that is gone already is refused when the content is published.
pub(crate) async fn note_revisions<'d>(
    work: &mut Work,
    revisions: impl IntoIterator<Item = (ContentId, &'d str)>,
) -> Result<()> {
    let (files, rows) = rows(revisions);
    if files.is_empty() {
        return Ok(());
    }
    if work.library().database().engine() == Engine::Postgres {
        work.rows(&HOLD, &[files.as_slice().into()]).await?;
    }
    work.insert(&USED, rows).await
}

static PLACE: Sql = Sql::new("select content_id, number, indexed, swept_id from file_keeping where one = 1");
static BEGIN: Sql = Sql::new(
    "insert into file_keeping (one, content_id, number, indexed, swept_id) values (1, $1, 0, $2, $1)
     on conflict (one) do nothing",
);
static NEXT: Sql = Sql::new(
    "select content_id, number, document from revision where (content_id, number) > ($1, $2)
     order by content_id, number limit $3",
);
static GO_ON: Sql = Sql::new("update file_keeping set content_id = $1, number = $2, indexed = $3 where one = 1");

/// How far the keeping of files has come.
pub(super) struct Keeping {
    content: ContentId,
    number: i64,
    /// Whether all revisions have been looked through.
    pub indexed: bool,
    /// The file that was looked at last.
    pub swept: AttachmentId,
}

/// How far it has come; made at the first time.
pub(super) async fn keeping(transaction: &mut Transaction) -> Result<Keeping> {
    transaction.run(&BEGIN, &[uuid::Uuid::nil().into(), false.into()]).await?;
    let rows = transaction.rows(&PLACE, &[]).await?;
    let row = rows.first().ok_or_else(|| crate::Error::Database("the keeping of files is gone".to_owned()))?;
    Ok(Keeping { content: row.get(0)?, number: row.get(1)?, indexed: row.get(2)?, swept: row.get(3)? })
}

impl Library {
    /// Looks through the next revisions, at most `most` of them; whether all have been.
    pub(super) async fn index_revisions(&self, most: i64) -> Result<bool> {
        let mut transaction = self.database().begin().await?;
        let keeping = keeping(&mut transaction).await?;
        if keeping.indexed {
            return Ok(true);
        }
        let found = transaction.rows(&NEXT, &[keeping.content.into(), keeping.number.into(), most.into()]).await?;
        let mut revisions = Vec::with_capacity(found.len());
        let mut last = (keeping.content, keeping.number);
        for row in &found {
            let document: String = row.get(2)?;
            last = (row.get(0)?, row.get(1)?);
            revisions.push((last.0, document));
        }
        let (_, rows) = rows(revisions.iter().map(|(content, document)| (*content, document.as_str())));
        if !rows.is_empty() {
            transaction.run(&USED, &[serde_json::Value::Array(rows).into()]).await?;
        }
        let done = i64::try_from(found.len()).unwrap_or(i64::MAX) < most;
        transaction.run(&GO_ON, &[last.0.into(), last.1.into(), done.into()]).await?;
        transaction.commit().await?;
        Ok(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_wherever_it_stands() {
        let id = "attachment_01h455vb4pex5vsknk084sn02q";
        let document =
            format!(r#"{{"cover":"{id}","body":"<img src=\"/files/{id}/a.png\"> attachment_x attachment_"}}"#);
        assert_eq!(named(&document), BTreeSet::from([id.parse().expect("an identifier")]));
        assert!(named("attachment_01h455vb4pex5vsknk084sn02").is_empty());
        assert!(named("attachment_正文正文正文正文正文").is_empty());
    }
}
