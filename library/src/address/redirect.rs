//! Redirects made by hand or by an import (createRedirect, removeRedirect).

use super::super::changes::{Action, Caller, KeyKind, commit, key_of};
use crate::database::Sql;
use crate::id::{ColumnId, ContentId, SiteId};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text, web};

/// Where an old path leads.
#[derive(Debug, Clone)]
pub enum RedirectTo {
    /// A content, wherever it is shown.
    Content(ContentId),
    /// A column, wherever it moves.
    Column(ColumnId),
    /// An address outside.
    Url(String),
    /// Nowhere: what was here was taken away on purpose.
    Gone,
}

static TAKEN: Sql = Sql::new("select path from address where site_id = $1 and path = $2");
static INSERT: Sql = Sql::new(
    "insert into address (site_id, path, prefix, content_id, column_id, to_url, gone_at) values ($1, $2, $3, $4, $5, $6, $7)",
);
static KNOWN: Sql = Sql::new("select content_id from working where content_id = $1");
static DELETE: Sql = Sql::new("delete from address where site_id = $1 and path = $2 and not prefix");

impl Library {
    /// Has an old path of a site lead to where its content is now.
    ///
    /// # Errors
    /// Refuses an unknown site, content or column, a path that shows or leads to something already, and a malformed
    /// address.
    pub async fn create_redirect(&self, caller: &Caller, site: SiteId, path: &str, to: RedirectTo) -> Result<Position> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        if work.directory.sites.get(site).is_none() {
            return Err(Refusal::not_found("site").into());
        }
        let path = text::path("path", path)?;
        let key = key_of(&site.to_string(), &path);
        let taken = work.row(&TAKEN, &[site.into(), (&path).into()]).await?.is_some();
        if taken || work.directory.columns.by_key(KeyKind::Path, &key).is_some() {
            return Err(Refusal::duplicate("path").into());
        }
        let known = match &to {
            RedirectTo::Content(id) => work.row(&KNOWN, &[(*id).into()]).await?.is_some(),
            RedirectTo::Column(id) => work.directory.columns.get(*id).is_some(),
            RedirectTo::Url(_) | RedirectTo::Gone => true,
        };
        if !known {
            return Err(Refusal::not_found("to").into());
        }
        let (mut content, mut column, mut url, mut gone) = (None, None, None, None);
        match to {
            RedirectTo::Content(id) => content = Some(id),
            RedirectTo::Column(id) => column = Some(id),
            RedirectTo::Url(to) => url = Some(web::address("to", &to)?),
            RedirectTo::Gone => gone = Some(work.at),
        }
        let params = [site.into(), path.into(), false.into(), content.into(), column.into(), url.into(), gone.into()];
        work.run(&INSERT, &params).await?;
        work.site = Some(site);
        work.key(KeyKind::Path, key);
        commit(work).await
    }

    /// Removes a redirect.
    ///
    /// # Errors
    /// Refuses a path that leads nowhere, and one that a column had before it moved: those never break.
    pub async fn remove_redirect(&self, caller: &Caller, site: SiteId, path: &str) -> Result<Position> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let path = text::path("path", path)?;
        if work.run(&DELETE, &[site.into(), (&path).into()]).await? == 0 {
            return Err(Refusal::not_found("path").into());
        }
        work.site = Some(site);
        work.key(KeyKind::Path, key_of(&site.to_string(), &path));
        commit(work).await
    }
}
