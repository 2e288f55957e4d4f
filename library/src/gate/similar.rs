//! Published contents that may be like a revision (内容近似), and those that have its document number (发文字号).
//!
//! What is looked up is bounded, however often a form letter was published.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::Scope;
use crate::changes::{KeyKind, List};
use crate::database::Sql;
use crate::finding::{FORMAT, Sketch};
use crate::id::ContentId;
use crate::refusal::Result;

/// The most entries of bands that are read.
const MOST_BANDS: i64 = 5_000;
/// The most contents that are compared: those with most bands in common.
const MOST_COMPARED: i64 = 64;
/// The most contents that are told to have a number.
const MOST_NUMBERED: i64 = 10;

static ALIKE: Sql = Sql::new(
    "select s.content_id, s.document from (
       select m.content_id, count(*) as shared from (
         select b.content_id from (select as_int(r.value->>0) as band from rows($1) r) k
         join content_band b on b.band = k.band limit $3
       ) m where m.content_id <> $2 group by m.content_id order by shared desc, m.content_id limit $4
     ) found join content_sketch s on s.content_id = found.content_id where s.format = $5",
);
static NUMBERED: Sql = Sql::new(
    "select content_id, document_number from policy where folded_number = $1 and content_id <> $2
     order by published_at, content_id limit $3",
);

/// A sketch as it is stored.
pub(super) fn written(sketch: &Sketch) -> String {
    STANDARD_NO_PAD.encode(sketch.to_bytes())
}

/// A stored sketch; nothing if it is none.
fn read(text: &str) -> Option<Sketch> {
    Sketch::from_bytes(&STANDARD_NO_PAD.decode(text).ok()?)
}

impl Scope {
    /// Other contents with one of these bands, each with its sketch.
    pub(super) async fn with_bands(&self, content: ContentId, bands: &[i64]) -> Result<Vec<(ContentId, Sketch)>> {
        if bands.is_empty() {
            return Ok(Vec::new());
        }
        self.note_list(List::Library);
        let bands: Vec<_> = bands.iter().map(|band| serde_json::json!([band])).collect();
        let params = vec![
            serde_json::Value::Array(bands).into(),
            content.into(),
            MOST_BANDS.into(),
            MOST_COMPARED.into(),
            i64::from(FORMAT).into(),
        ];
        let rows = self.rows(&ALIKE, params).await?;
        let sketch = |row: &crate::database::Row| Ok(read(row.text(1).unwrap_or_default()).zip(Some(row.get(0)?)));
        let found = rows.iter().map(sketch).collect::<Result<Vec<_>>>()?;
        Ok(found.into_iter().flatten().map(|(sketch, id)| (id, sketch)).collect())
    }

    /// Other contents with a document number, in the form in which numbers are compared; each as it is written there.
    pub(super) async fn with_number(
        &self,
        content: ContentId,
        number: Option<&str>,
    ) -> Result<Vec<(ContentId, String)>> {
        let Some(number) = number else { return Ok(Vec::new()) };
        self.note_key(KeyKind::DocumentNumber, number.to_owned());
        let rows = self.rows(&NUMBERED, vec![number.into(), content.into(), MOST_NUMBERED.into()]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }
}
