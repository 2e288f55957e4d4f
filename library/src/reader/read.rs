//! What is kept of the reader who asks, for that reader alone.

use std::sync::Arc;

use crate::Scope;
use crate::database::Sql;
use crate::id::TagId;
use crate::refusal::Result;
use crate::tag::Tag;

/// What is kept of a reader.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// The tags that it subscribed, as far as they are shown, by code.
    pub tags: Vec<Arc<Tag>>,
    /// Whether it refuses to be recommended anything by them.
    pub refuses: bool,
}

static KEPT: Sql = Sql::new(
    "select r.refuses, t.tag_id from reader r left join reader_tag t on t.reader_key = r.key where r.key = $1",
);

impl Scope {
    /// What is kept of the reader who asks; nothing for who is none. It is private, and kept by nobody: no log tells of its
    /// change.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_of_reader(&self) -> Result<Option<Reader>> {
        let Some(reader) = self.reader() else { return Ok(None) };
        let mut kept = Reader::default();
        for row in self.rows(&KEPT, vec![(&reader.0).into()]).await? {
            kept.refuses = row.get(0)?;
            // What was merged is the other tag by now; what was retired is shown to nobody.
            let tag = row.get::<Option<TagId>>(1)?.and_then(|tag| self.tag(tag));
            kept.tags.extend(tag.filter(|tag| kept.tags.iter().all(|known| known.id != tag.id)));
        }
        kept.tags.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Some(kept))
    }
}
