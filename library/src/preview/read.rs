//! Where a preview link leads.

use super::PreviewLink;
use crate::Scope;
use crate::refusal::Result;
use crate::site::Site;

impl Scope {
    /// The address of a preview link: that of the content on the site, with the token.
    pub async fn preview_url(&self, link: PreviewLink, token: &str) -> Result<Option<String>> {
        let Some(working) = self.working(link.id).await? else { return Ok(None) };
        let Some(content) = self.as_draft(&working, link.revision).await? else { return Ok(None) };
        let Some(site) = self.directory().sites.get(link.site).cloned() else { return Ok(None) };
        let path = Site::content_path(self.library().zone(), content.id, content.published_at);
        Ok(Some(format!("{}?preview={token}", site.url_of(&path))))
    }
}
