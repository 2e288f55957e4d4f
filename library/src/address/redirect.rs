//! Redirects made by hand or by an import (createRedirect, removeRedirect).

use super::super::changes::{Action, Caller, KeyKind, List, Work, commit, key_of};
use crate::database::Sql;
use crate::id::{ColumnId, ContentId, SiteId};
use crate::may::{Right, Target, may_on};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::site::{SiteStatus, wrong_state};
use crate::{Library, Position, text, web};

/// Where an old path leads.
#[derive(Debug, Clone)]
pub enum RedirectTo {
    /// A content, wherever it is shown.
    Content(ContentId),
    /// A column, wherever it moves.
    Column(ColumnId),
    /// Another path of the same site, whatever its hosts are.
    Path(String),
    /// An address outside.
    Url(String),
    /// Nowhere: what was here was taken away on purpose.
    Gone,
}

static TAKEN: Sql = Sql::new("select path from address where site_id = $1 and path = $2");
static INSERT: Sql = Sql::new(
    "insert into address (site_id, path, prefix, content_id, column_id, to_url, gone_at) values ($1, $2, $3, $4, $5, $6, $7)",
);
static NEXT: Sql = Sql::new("select to_url from address where site_id = $1 and path = $2 and not prefix");
static KNOWN: Sql = Sql::new("select content_id from working where content_id = $1");
static DELETE: Sql = Sql::new("delete from address where site_id = $1 and path = $2 and not prefix");

/// How many redirects one after another are looked at for a circle.
const MOST_STEPS: usize = 16;

impl Library {
    /// Has an old path of a site lead to where its content is now.
    ///
    /// # Errors
    /// Refuses an unknown or closed site, who does not keep it, an unknown content or column, a path that shows or leads
    /// to something already, a circle, and a malformed address.
    pub async fn create_redirect(&self, caller: &Caller, site: SiteId, path: &str, to: RedirectTo) -> Result<Position> {
        let mut work = self.begin_on_addresses(caller, site).await?;
        let path = text::path("path", path)?;
        let key = key_of(&site.to_string(), &path);
        let taken = work.row(&TAKEN, &[site.into(), (&path).into()]).await?.is_some();
        if taken || work.directory.columns.by_key(KeyKind::Path, &key).is_some() {
            return Err(Refusal::duplicate("path").into());
        }
        let known = match &to {
            RedirectTo::Content(id) => work.row(&KNOWN, &[(*id).into()]).await?.is_some(),
            RedirectTo::Column(id) => work.directory.columns.get(*id).is_some(),
            RedirectTo::Path(_) | RedirectTo::Url(_) | RedirectTo::Gone => true,
        };
        if !known {
            return Err(Refusal::not_found("to").into());
        }
        let (mut content, mut column, mut url, mut gone) = (None, None, None, None);
        match to {
            RedirectTo::Content(id) => content = Some(id),
            RedirectTo::Column(id) => column = Some(id),
            RedirectTo::Path(to) => url = Some(leads_on(&mut work, site, &path, &to).await?),
            RedirectTo::Url(to) => url = Some(web::address("to", &to)?),
            RedirectTo::Gone => gone = Some(work.at),
        }
        let params = [site.into(), path.into(), false.into(), content.into(), column.into(), url.into(), gone.into()];
        work.run(&INSERT, &params).await?;
        work.key(KeyKind::Path, key);
        commit(work).await
    }

    /// Removes a redirect.
    ///
    /// # Errors
    /// Refuses an unknown or closed site, who does not keep it, a path that leads nowhere, and one that a column had
    /// before it moved: those never break.
    pub async fn remove_redirect(&self, caller: &Caller, site: SiteId, path: &str) -> Result<Position> {
        let mut work = self.begin_on_addresses(caller, site).await?;
        let path = text::path("path", path)?;
        if work.run(&DELETE, &[site.into(), (&path).into()]).await? == 0 {
            return Err(Refusal::not_found("path").into());
        }
        work.key(KeyKind::Path, key_of(&site.to_string(), &path));
        commit(work).await
    }

    async fn begin_on_addresses(&self, caller: &Caller, site: SiteId) -> Result<Work> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        let directory = work.directory.clone();
        may_on(&directory, caller, Right::Manage, Target::site(&directory, site), "site")?;
        if directory.sites.get(site).is_some_and(|site| site.status == SiteStatus::Closed) {
            return Err(wrong_state("site", "站点已关停", "the site is closed for good"));
        }
        work.site = Some(site);
        work.list(List::redirects(site));
        Ok(work)
    }
}

/// The path that another one leads to, unless it leads back there.
async fn leads_on(work: &mut Work, site: SiteId, path: &str, to: &str) -> Result<String> {
    let to = text::path("to", to)?;
    let mut next = to.clone();
    for _ in 0..MOST_STEPS {
        if next == path {
            return Err(Refusal::new(RefusalCode::Loop, "to", "会循环跳转", "would lead in a circle").into());
        }
        let row = work.row(&NEXT, &[site.into(), (&next).into()]).await?;
        match row.as_ref().and_then(|row| row.text(0)).filter(|url| url.starts_with('/')) {
            Some(url) => url.clone_into(&mut next),
            None => return Ok(to),
        }
    }
    Err(Refusal::new(RefusalCode::Loop, "to", "跳转层数过多", "leads on too many times").into())
}
