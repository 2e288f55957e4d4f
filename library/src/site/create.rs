//! Creating a site (createSite).

use super::{SiteFields, SiteStatus, accept, may_hang_under, may_sponsor};
use crate::changes::{Action, Caller, Effect, KeyKind, List, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, SiteId};
use crate::may::{Right, Target, may};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// A site to be created.
#[derive(Debug, Clone)]
pub struct CreateSite {
    /// Its code, unique in the library.
    pub code: String,
    /// The site above it.
    pub parent: Option<SiteId>,
    /// Whether it is open from the start.
    pub status: SiteStatus,
    /// What describes it.
    pub fields: SiteFields,
}

static INSERT: Sql = Sql::new("insert into site (id, code, parent_id, status, document) values ($1, $2, $3, $4, $5)");
static INSERT_HOST: Sql = Sql::new("insert into site_host (host, site_id) values ($1, $2)");

impl Library {
    /// Creates a site.
    ///
    /// # Errors
    /// Refuses who does not keep the platform, a code or host that is taken, an unknown or closed site above, an unknown
    /// or closed organisation, and malformed fields.
    pub async fn create_site(&self, caller: &Caller, input: CreateSite) -> Result<(SiteId, Position)> {
        let mut work = self.begin(caller, Action::SiteChanged).await?;
        may(&work.directory, caller, Right::Platform, &Target::platform())?;
        let code = text::code("code", &input.code)?;
        if work.directory.sites.by_key(KeyKind::SiteCode, &code).is_some() {
            return Err(Refusal::duplicate("code").into());
        }
        may_hang_under(&work.directory, None, input.parent)?;
        let fields = accept(input.fields, None, &work.directory)?;
        may_sponsor(&work.directory, fields.sponsor)?;
        let id = SiteId(self.new_id());
        let status: &str = input.status.into();
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), (&code).into(), input.parent.into(), status.into(), document.into()]).await?;
        for host in &fields.hosts {
            work.run(&INSERT_HOST, &[host.into(), id.into()]).await?;
            work.key(KeyKind::Host, host);
        }
        work.site = Some(id);
        work.record(AnyId::SiteId(id), Effect::Entered);
        work.list(List::sites());
        work.key(KeyKind::SiteCode, code);
        commit_as(work, |position| (id, position)).await
    }
}
