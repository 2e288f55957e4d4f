//! The rules of what describes a leader.

use super::LeaderFields;
use crate::attachment::settle_pictures;
use crate::changes::Work;
use crate::refusal::{Refusal, Result};
use crate::text;

/// The fields as they are kept, or a refusal of what is wrong in them.
pub(super) async fn accept(work: &mut Work, mut fields: LeaderFields) -> Result<LeaderFields> {
    fields.name = text::require("name", &fields.name, 50)?;
    fields.position = text::require("position", &fields.position, 200)?;
    fields.duties = text::optional("duties", fields.duties.as_deref(), 2_000)?;
    let html = work.library().html();
    fields.biography = fields.biography.map(|text| html.clean("biographyHtml", &text)).transpose()?;
    if fields.activities.is_some_and(|column| work.directory.columns.get(column).is_none()) {
        return Err(Refusal::not_found("activities").into());
    }
    if let Some(photo) = &mut fields.photo {
        settle_pictures(work, vec![("photo".to_owned(), photo)]).await?;
    }
    Ok(fields)
}
