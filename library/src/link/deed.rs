//! Linking a content to another (关联) without opening it for editing: a revision that differs in its links only.

use crate::changes::Caller;
use crate::content::{LinkTarget, LinkTo};
use crate::id::ContentId;
use crate::refusal::{Refusal, Result};
use crate::{Library, web};

impl Library {
    /// Adds a link to the newest revision and, if that revision is live, publishes it. Answers the revision's number.
    ///
    /// # Errors
    /// Refuses an unknown content, a link that exists, and malformed links.
    pub async fn link_content(&self, caller: &Caller, id: ContentId, mut link: LinkTo) -> Result<i64> {
        if let LinkTarget::Page { url, .. } = &mut link.to {
            *url = web::address("links.to.page.url", url)?;
        }
        let (revision, mut fields) = self.working_content(id).await?;
        if fields.links.iter().any(|known| known.kind == link.kind && known.to == link.to) {
            return Err(Refusal::duplicate("link").into());
        }
        fields.links.push(link);
        let was_live = self.live_revision(id).await? == Some(revision);
        let number = self.edit_content(caller, id, revision, fields, Some("关联".to_owned())).await?;
        if was_live {
            self.publish_content(caller, id, number).await?;
        }
        Ok(number)
    }
}
