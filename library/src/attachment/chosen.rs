//! A picture chosen by its identifier: the deed that keeps it reads the facts of the file.

use std::collections::HashMap;

use super::{Attached, AttachmentRole};
use crate::changes::Work;
use crate::database::Sql;
use crate::id::AttachmentId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text;

static FILES: Sql = Sql::new("select id, document from attachment where id in ids($1)");

impl Attached {
    /// The use of a picture of which nothing but its identifier is known yet.
    pub fn picture(id: AttachmentId, alt: Option<String>, caption: Option<String>) -> Self {
        Self {
            id,
            name: String::new(),
            role: AttachmentRole::Image,
            media_type: String::new(),
            size: 0,
            sha256: String::new(),
            alt,
            caption,
            width: None,
            height: None,
            duration_seconds: None,
            poster: None,
            captions: Vec::new(),
            transcript: None,
            language: None,
            signed: false,
        }
    }
}

/// Fills in the facts of pictures that were chosen by their identifiers; `uses` are those, each with its path in the
/// input. What has its facts already stays as it is.
///
/// # Errors
/// Refuses a file that is not there or is no picture, and long texts.
pub(crate) async fn settle_pictures(work: &mut Work, mut uses: Vec<(String, &mut Attached)>) -> Result<()> {
    uses.retain(|(_, attached)| attached.sha256.is_empty());
    if uses.is_empty() {
        return Ok(());
    }
    let ids: Vec<AttachmentId> = uses.iter().map(|(_, attached)| attached.id).collect();
    let mut files: HashMap<AttachmentId, Attached> = HashMap::new();
    for row in work.rows(&FILES, &[ids.as_slice().into()]).await? {
        files.insert(row.get(0)?, row.json(1)?);
    }
    for (path, attached) in uses {
        let file = files.get(&attached.id).ok_or_else(|| Refusal::not_found(&path))?;
        if !file.media_type.starts_with("image/") {
            return Err(Refusal::new(RefusalCode::Invalid, &path, "应为图片", "not a picture").into());
        }
        let alt = text::optional(&format!("{path}.alt"), attached.alt.as_deref(), 500)?;
        let caption = text::optional(&format!("{path}.caption"), attached.caption.as_deref(), 500)?;
        *attached = Attached { alt: alt.or_else(|| file.alt.clone()), caption, ..file.clone() };
    }
    Ok(())
}
