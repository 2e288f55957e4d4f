//! The redirects of a site, as who keeps it sees them.

use super::RedirectTo;
use crate::Scope;
use crate::changes::List;
use crate::database::Sql;
use crate::id::{AnyId, SiteId};
use crate::may::{Target, has_role};
use crate::refusal::Result;

/// An old path and where it leads.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The old path.
    pub path: String,
    /// Where it leads.
    pub to: RedirectTo,
}

impl List {
    /// The redirects of a site.
    pub(crate) fn redirects(site: SiteId) -> Self {
        Self::Of("redirects", AnyId::SiteId(site))
    }
}

static PAGE: Sql = Sql::new(
    "select path, content_id, column_id, to_url from address
     where site_id = $1 and path > $2 and not prefix order by path limit $3",
);

impl Scope {
    /// The redirects of a site behind `after` by path, at most `most`, for who has a role over the site; none for others.
    /// Where columns were before they moved is not among them: nobody made that, and nobody removes it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn kept_redirects(&self, site: SiteId, after: &str, most: usize) -> Result<Vec<Redirect>> {
        self.note_record(AnyId::SiteId(site));
        self.note_list(List::redirects(site));
        let directory = self.directory();
        let kept = Target::site(&directory, site).is_some_and(|target| has_role(&directory, self.caller(), &target));
        if !kept {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for row in self.rows(&PAGE, vec![site.into(), after.into(), (most as i64).into()]).await? {
            let to = match (row.get::<Option<_>>(1)?, row.get::<Option<_>>(2)?, row.get::<Option<String>>(3)?) {
                (Some(content), _, _) => RedirectTo::Content(content),
                (_, Some(column), _) => RedirectTo::Column(column),
                (_, _, Some(url)) if url.starts_with('/') => RedirectTo::Path(url),
                (_, _, Some(url)) => RedirectTo::Url(url),
                (None, None, None) => RedirectTo::Gone,
            };
            found.push(Redirect { path: row.get(0)?, to });
        }
        Ok(found)
    }
}
