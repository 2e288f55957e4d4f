//! The log on the desk of an auditor: newest first, what lies in its scope.

use std::sync::LazyLock;

use super::{AuditEntry, AuditFilter, COLUMNS, tell};
use crate::database::{Sql, Value};
use crate::id::{ChangeId, SiteId};
use crate::may::{Right, Target, may};
use crate::refusal::Result;
use crate::scope::Walked;
use crate::{Caller, Directory, Paging, Scope};

/// The most subjects of an entry that a list shows.
pub const MOST_SUBJECTS: i64 = 100;

/// The most entries that a page looks at where something narrows the list.
const LOOKED_AT: i64 = 2_000;

static NEWEST: LazyLock<Sql> = LazyLock::new(|| {
    Sql::built(format!(
        "select {COLUMNS} from change where (at, position) < ($1, $2) and at >= $3 order by at desc, position desc limit $4"
    ))
});
static SUBJECTS: Sql = Sql::new(
    "select change_id, subject, effect from change_subject where change_id in ids($1) and ordinal < $2
     order by change_id, ordinal",
);

/// Which entries somebody may see.
enum Seen {
    All,
    /// Those that concern these sites most.
    Of(Vec<SiteId>),
}

impl Seen {
    fn by(directory: &Directory, caller: &Caller) -> Self {
        let audits = |target: &Target| may(directory, caller, Right::Audit, target).is_ok();
        if audits(&Target::platform()) {
            return Self::All;
        }
        let all = directory.sites.all().iter().map(|site| site.id);
        Self::Of(all.filter(|id| Target::site(directory, *id).is_some_and(|target| audits(&target))).collect())
    }

    fn has(&self, site: Option<SiteId>) -> bool {
        match self {
            Self::All => true,
            Self::Of(sites) => site.is_some_and(|site| sites.contains(&site)),
        }
    }
}

impl Scope {
    /// The entries that the asker audits, newest first; a page can be shorter than asked for and go on. What is read here is
    /// noted nowhere: it changes with every deed, and is kept by nobody.
    ///
    /// # Errors
    /// For faults alone.
    pub async fn audit(&self, filter: &AuditFilter, paging: &Paging<Vec<Value>>) -> Result<Walked<AuditEntry>> {
        let directory = self.directory();
        let Some(caller) = self.caller() else { return Ok(Walked::empty()) };
        let seen = Seen::by(&directory, caller);
        if matches!(&seen, Seen::Of(sites) if sites.is_empty()) {
            return Ok(Walked::empty());
        }
        let narrows = filter.account.is_some() || filter.action.is_some() || filter.site.is_some();
        let whole = matches!(seen, Seen::All) && !narrows;
        let most = if whole { paging.size as i64 + 1 } else { LOOKED_AT };
        let until = filter.until.map_or(i64::MAX, |until| until.0);
        let before = paging.from.clone().unwrap_or_else(|| vec![until.into(), 0.into()]);
        let from = filter.from.map_or(i64::MIN, |from| from.0);
        let params = before.into_iter().chain([from.into(), most.into()]).collect();
        let rows = self.rows(&NEWEST, params).await?;
        let looked_at = rows.iter().map(AuditEntry::read).collect::<Result<Vec<_>>>()?;
        let stopped = looked_at.last().filter(|_| looked_at.len() as i64 == most).map(AuditEntry::key);
        let action = filter.action.map(<&str>::from);
        let fits = |entry: &AuditEntry| {
            seen.has(entry.site)
                && filter.account.is_none_or(|account| entry.account() == Some(account))
                && action.is_none_or(|action| entry.action == action)
                && filter.site.is_none_or(|site| entry.site == Some(site))
        };
        let found: Vec<_> = looked_at.into_iter().filter(fits).take(paging.size + 1).collect();
        // Where the page is full, it goes on behind its last item.
        let stopped = stopped.filter(|_| found.len() <= paging.size);
        let mut page = Walked::of(found, paging, stopped);
        let ids: Vec<ChangeId> = page.items.iter().map(|entry| entry.id).collect();
        if !ids.is_empty() {
            let rows = self.rows(&SUBJECTS, vec![ids.as_slice().into(), MOST_SUBJECTS.into()]).await?;
            tell(&mut page.items, &rows)?;
        }
        Ok(page)
    }
}

impl AuditEntry {
    /// Where it stands in the list.
    pub fn key(&self) -> Vec<Value> {
        vec![self.at.into(), self.position.into()]
    }
}
