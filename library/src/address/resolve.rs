//! Resolving a path of a site.

use super::{Page, Resolution};
use crate::Scope;
use crate::changes::{KeyKind, key_of};
use crate::content::ContentLocator;
use crate::database::Sql;
use crate::id::{AnyId, ColumnId, ContentId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::site::Site;
use crate::tag::TagLocator;
use crate::text::normal_path;

static WITHDRAWN: Sql = Sql::new("select at, notice from withdrawal where short_id = $1");
static LEADS: Sql = Sql::new(
    "select path, prefix, content_id, column_id, to_url, gone_at from address
     where site_id = $1 and path in texts($2) order by length(path) desc",
);

impl Scope {
    /// What is at `path` of a running site; nothing if nothing ever was.
    pub async fn resolve(&self, site: &Site, path: &str) -> Result<Option<Resolution>> {
        let path = normal_path(path);
        if !site.is_running() {
            return Ok(None);
        }
        let page = |path: String| Page { path, column: None, content: None, shown: None, tag: None };
        if path == "/" {
            return Ok(Some(Resolution::Page(Box::new(page(path)))));
        }
        if let Some(column) = self.column_at(site.id, &path) {
            return Ok(Some(Resolution::Page(Box::new(Page { column: Some(column), ..page(path) }))));
        }
        if let Some(code) = path.strip_prefix("/tag/") {
            let Some(tag) = self.tag_by(&TagLocator::Code(code.to_owned())) else { return Ok(None) };
            if tag.code != code {
                let to = site.url_of(&format!("/tag/{}", tag.code));
                return Ok(Some(Resolution::Redirect { to, permanent: true }));
            }
            return Ok(Some(Resolution::Page(Box::new(Page { tag: Some(tag), ..page(path) }))));
        }
        if let Some(rest) = path.strip_prefix("/content/") {
            let short = rest.rsplit('/').next().unwrap_or_default();
            if let Some(found) = self.resolve_content(site, &path, short).await? {
                return Ok(Some(found));
            }
        }
        self.resolve_lead(site, &path).await
    }

    async fn resolve_content(&self, site: &Site, path: &str, short: &str) -> Result<Option<Resolution>> {
        let Some(content) = self.content_by(&ContentLocator::Short(short.to_owned())).await? else {
            let rows = self.rows(&WITHDRAWN, vec![short.into()]).await?;
            return Ok(match rows.first() {
                Some(row) => Some(Resolution::Withdrawn { at: row.get(0)?, notice: row.get(1)? }),
                None => None,
            });
        };
        let own = Site::content_path(self.library().zone(), content.id, content.published_at);
        let shown = self.placement_on(&content, site.id).await?;
        if shown.is_none() && content.home_site != site.id {
            // Known to the library, but not shown here: readers are led to its home.
            let Some(home) = self.site(content.home_site).filter(|home| home.is_running()) else { return Ok(None) };
            return Ok(Some(Resolution::Redirect { to: home.url_of(&own), permanent: false }));
        }
        if own != path {
            return Ok(Some(Resolution::Redirect { to: site.url_of(&own), permanent: true }));
        }
        let column = shown.as_ref().and_then(|shown| self.column(shown.placement.column));
        let page = Page { path: path.to_owned(), column, content: Some(content), shown, tag: None };
        Ok(Some(Resolution::Page(Box::new(page))))
    }

    /// Hand-made paths, redirects and moved columns: the longest known beginning of the path wins.
    async fn resolve_lead(&self, site: &Site, path: &str) -> Result<Option<Resolution>> {
        let mut beginnings = vec![path.to_owned()];
        while let Some((above, _)) =
            beginnings[beginnings.len() - 1].rsplit_once('/').filter(|(above, _)| !above.is_empty())
        {
            beginnings.push(above.to_owned());
        }
        for beginning in &beginnings {
            self.note_key(KeyKind::Path, key_of(&site.id.to_string(), beginning));
        }
        for row in self.rows(&LEADS, vec![site.id.into(), beginnings.into()]).await? {
            let lead: String = row.get(0)?;
            let exact = lead == path;
            if !exact && !row.get::<bool>(1)? {
                continue;
            }
            if let Some(at) = row.get::<Option<Instant>>(5)? {
                return Ok(Some(Resolution::Gone { at }));
            }
            if let Some(to) = row.get::<Option<String>>(4)? {
                return Ok(Some(Resolution::Redirect { to, permanent: true }));
            }
            if let Some(id) = row.get::<Option<ColumnId>>(3)? {
                let Some(column) = self.column(id) else { continue };
                let to = site.url_of(&format!("{}{}", column.path, &path[lead.len()..]));
                return Ok(Some(Resolution::Redirect { to, permanent: true }));
            }
            if let Some(id) = row.get::<Option<ContentId>>(2)? {
                self.note_record(AnyId::ContentId(id));
                let Some(content) = self.content(id).await? else {
                    let rows = self.rows(&WITHDRAWN, vec![id.short().into()]).await?;
                    return Ok(match rows.first() {
                        Some(row) => Some(Resolution::Withdrawn { at: row.get(0)?, notice: row.get(1)? }),
                        None => None,
                    });
                };
                let own = Site::content_path(self.library().zone(), content.id, content.published_at);
                return Ok(Some(Resolution::Redirect { to: site.url_of(&own), permanent: true }));
            }
        }
        Ok(None)
    }
}
