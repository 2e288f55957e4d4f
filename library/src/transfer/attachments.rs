//! Files as the library knows them, on their way; their bytes are in [`super::bytes`].

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::contents::taken_along;
use super::outgoing::{Place, WINDOW};
use super::{Outgoing, Restored, StoredFile, differs, line, of, record};
use crate::Library;
use crate::attachment::Attached;
use crate::changes::{Action, Caller, Effect, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, AttachmentId, ContentId};
use crate::instant::Instant;
use crate::refusal::{Refusal, Result};

/// A file as it is taken from library to library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AttachmentRecord {
    created_at: Instant,
    #[serde(flatten)]
    attached: Attached,
}

static IN_WINDOW: Sql = Sql::new("select id from attachment where id > $1 order by id limit $2");

/// The next files that something taken along uses.
pub(super) async fn next(out: &mut Outgoing, place: Place) -> Result<(Place, Option<Vec<String>>)> {
    let after = match place {
        Place::After(after, _) => after,
        _ => Uuid::nil(),
    };
    let rows = out.snapshot.rows(&IN_WINDOW, &[after.into(), WINDOW.into()]).await?;
    let window = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<Uuid>>>()?;
    let Some(last) = window.last().copied() else { return Ok((Place::End, None)) };
    let sql = Sql::built(format!(
        "select a.created_at, a.document from attachment a where a.id in ids($3) and (a.id in ids($4)
           or exists (select 1 from attachment_use u join content c on c.id = u.content_id
             where u.attachment_id = a.id and {})) order by a.id",
        taken_along()
    ));
    let named: Vec<ContentId> = out.named.iter().copied().collect();
    let shown: Vec<AttachmentId> = out.directory_files().into_iter().collect();
    let params = [out.site.id.into(), named.as_slice().into(), window.into(), shown.as_slice().into()];
    let mut lines = Vec::new();
    for row in out.snapshot.rows(&sql, &params).await? {
        lines.push(line(&AttachmentRecord { created_at: row.get(0)?, attached: row.json(1)? })?);
    }
    Ok((Place::After(last, Vec::new()), Some(lines)))
}

impl StoredFile {
    /// The bytes that a record of [`super::Noun::Attachments`] is about.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn of_record(line: &str) -> Result<Self> {
        let record: AttachmentRecord = serde_json::from_str(line)?;
        Self::new(&record.attached.sha256, u64::try_from(record.attached.size).unwrap_or_default())
    }
}

/// Restores files in one deed; their bytes are in the store already.
pub(super) async fn restore(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    let mut records: Vec<AttachmentRecord> = Vec::with_capacity(lines.len());
    for line in lines {
        let record: AttachmentRecord = record(library, line)?;
        let name = record.attached.id.to_string();
        let there = match StoredFile::of_record(line) {
            Ok(file) => match library.touch_bytes(file.sha256()).await {
                Ok(()) => library.has_file(&file).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        if !there.map_err(|error| of(&name, error))? {
            return Err(of(&name, Refusal::not_found("sha256").into()));
        }
        records.push(record);
    }
    let mut work = library.begin(caller, Action::AttachmentUploaded).await?;
    let mut restored = Restored::default();
    for record in &records {
        let name = record.attached.id.to_string();
        restored.count(write(&mut work, record).await.map_err(|error| of(&name, error))?);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}

static KNOWN: Sql = Sql::new("select created_at, document from attachment where id = $1");
static INSERT: Sql = Sql::new(
    "insert into attachment (id, sha256, media_type, size, created_at, document) values ($1, $2, $3, $4, $5, $6)",
);

async fn write(work: &mut Work, record: &AttachmentRecord) -> Result<bool> {
    let attached = &record.attached;
    if let Some(row) = work.row(&KNOWN, &[attached.id.into()]).await? {
        let known = AttachmentRecord { created_at: row.get(0)?, attached: row.json(1)? };
        return if known == *record { Ok(false) } else { Err(differs().into()) };
    }
    let params = [
        attached.id.into(),
        (&attached.sha256).into(),
        (&attached.media_type).into(),
        attached.size.into(),
        record.created_at.into(),
        serde_json::to_string(attached)?.into(),
    ];
    work.run(&INSERT, &params).await?;
    work.record(AnyId::AttachmentId(attached.id), Effect::Entered);
    Ok(true)
}
