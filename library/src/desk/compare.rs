//! Comparing two revisions of a content.

use crate::Scope;
use crate::content::Working;
use crate::content::difference::{FieldDifference, difference};
use crate::refusal::{Refusal, Result};

impl Scope {
    /// In what two revisions of a content differ; only for who was shown the content.
    ///
    /// # Errors
    /// Refuses a revision that is not there.
    pub async fn difference(&self, working: &Working, from: i64, to: i64) -> Result<Vec<FieldDifference>> {
        let before = self.revision_fields(working, from).await?.ok_or_else(|| Refusal::not_found("from"))?;
        let after = self.revision_fields(working, to).await?.ok_or_else(|| Refusal::not_found("to"))?;
        Ok(difference(&self.directory(), &before, &after))
    }
}
