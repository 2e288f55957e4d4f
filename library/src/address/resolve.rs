//! Resolving a path of a site.

use super::{Page, Resolution};
use crate::Scope;
use crate::changes::{KeyKind, key_of};
use crate::content::{ContentLocator, LiveContent};
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

/// How many times what is below a moved column is followed when it moved by itself.
const MOST_MOVES: usize = 16;

/// A step on the way of an old path.
enum Lead {
    /// The end.
    Found(Resolution),
    /// It lay below a column that is elsewhere now, and is not there either.
    Below(String),
}

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
            return self.withdrawn(short).await;
        };
        let own = Site::content_path(self.library().zone(), content.id, content.published_at);
        let shown = self.placement_on(&content, site.id).await?;
        let previewed = content.draft.is_some() && self.preview().is_some_and(|laid| laid.preview.site == site.id);
        if own != path || (shown.is_none() && content.home_site != site.id && !previewed) {
            return Ok(self.leads_to(site, &content, shown.is_some()));
        }
        let column = shown.as_ref().and_then(|shown| self.column(shown.placement.column));
        let page = Page { path: path.to_owned(), column, content: Some(content), shown, tag: None };
        Ok(Some(Resolution::Page(Box::new(page))))
    }

    /// Where a content is found when `site` is asked for it: here, or at its home if this site does not show it.
    fn leads_to(&self, site: &Site, content: &LiveContent, shown: bool) -> Option<Resolution> {
        let own = Site::content_path(self.library().zone(), content.id, content.published_at);
        if shown || content.home_site == site.id {
            return Some(Resolution::Redirect { to: site.url_of(&own), permanent: true });
        }
        let home = self.site(content.home_site).filter(|home| home.is_running())?;
        Some(Resolution::Redirect { to: home.url_of(&own), permanent: false })
    }

    /// Hand-made paths, redirects and moved columns: the longest known beginning of the path wins. What moved by itself
    /// below a column that moved is followed to where it is, so that readers are led there in one step.
    async fn resolve_lead(&self, site: &Site, path: &str) -> Result<Option<Resolution>> {
        let mut path = path.to_owned();
        for _ in 0..MOST_MOVES {
            match self.lead(site, &path).await? {
                Some(Lead::Found(found)) => return Ok(Some(found)),
                Some(Lead::Below(next)) if next != path => path = next,
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// One step on the way of an old path.
    async fn lead(&self, site: &Site, path: &str) -> Result<Option<Lead>> {
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
            if lead != path && !row.get::<bool>(1)? {
                continue;
            }
            if let Some(at) = row.get::<Option<Instant>>(5)? {
                return Ok(Some(Lead::Found(Resolution::Gone { at })));
            }
            if let Some(to) = row.get::<Option<String>>(4)? {
                // A path of the site itself is kept without the host, which may change.
                let to = if to.starts_with('/') { site.url_of(&to) } else { to };
                return Ok(Some(Lead::Found(Resolution::Redirect { to, permanent: true })));
            }
            if let Some(id) = row.get::<Option<ColumnId>>(3)? {
                let Some(column) = self.column(id) else { continue };
                let Some(home) = self.site(column.site).filter(|home| home.is_running()) else { continue };
                let to = format!("{}{}", column.path, &path[lead.len()..]);
                if to != column.path && self.column_at(column.site, &to).is_none() {
                    return Ok(Some(Lead::Below(to)));
                }
                return Ok(Some(Lead::Found(Resolution::Redirect { to: home.url_of(&to), permanent: true })));
            }
            if let Some(id) = row.get::<Option<ContentId>>(2)? {
                return Ok(self.lead_to_content(site, id).await?.map(Lead::Found));
            }
        }
        Ok(None)
    }

    async fn lead_to_content(&self, site: &Site, id: ContentId) -> Result<Option<Resolution>> {
        self.note_record(AnyId::ContentId(id));
        let Some(content) = self.content(id).await? else {
            return self.withdrawn(&id.short()).await;
        };
        let shown = self.placement_on(&content, site.id).await?.is_some();
        Ok(self.leads_to(site, &content, shown))
    }

    async fn withdrawn(&self, short: &str) -> Result<Option<Resolution>> {
        let rows = self.rows(&WITHDRAWN, vec![short.into()]).await?;
        rows.first().map(|row| Ok(Resolution::Withdrawn { at: row.get(0)?, notice: row.get(1)? })).transpose()
    }
}
