//! The picture of a column, found by its identifier when a column is made or edited.

use crate::Library;
use crate::attachment::Attached;
use crate::changes::Caller;
use crate::database::Sql;
use crate::id::AttachmentId;
use crate::may::require_somebody;
use crate::refusal::{Refusal, RefusalCode, Result};

static ATTACHMENT: Sql = Sql::new("select document from attachment where id = $1");

impl Library {
    /// An uploaded picture, to be a column's cover.
    ///
    /// # Errors
    /// Refuses who has not signed in, an unknown file, and one that is no picture.
    pub async fn column_cover(&self, caller: &Caller, id: AttachmentId) -> Result<Attached> {
        require_somebody(caller)?;
        let rows = self.database().rows(&ATTACHMENT, &[id.into()]).await?;
        let attached: Attached = rows.first().ok_or_else(|| Refusal::not_found("cover"))?.json(0)?;
        if !attached.media_type.starts_with("image/") {
            let (message, english) = ("栏目图片应为图片文件", "it is no picture");
            return Err(Refusal::new(RefusalCode::Invalid, "cover", message, english).into());
        }
        Ok(attached)
    }
}
