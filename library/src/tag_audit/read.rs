//! Reading audits: for the tag office, and for who works for the unit once everything is judged, so that nobody mends
//! beforehand what was drawn.

use std::collections::HashMap;

use super::{AUDIT, TagAudit, TagAuditItem};
use crate::changes::{Caller, List, Who};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, TagAuditId};
use crate::may::{Right, Target, has_role, may};
use crate::refusal::Result;
use crate::{Directory, Scope};

/// How many audits a list reads: the newest.
const MOST: i64 = 1_000;

static ITEMS: Sql = Sql::new(
    "select audit_id, content_id, tags, verdict, wrong, missing, note, judged_at, judged_by from tag_audit_item
     where audit_id in ids($1) order by audit_id, ordinal",
);

pub(super) fn account(caller: &Caller) -> Option<AccountId> {
    match caller.who {
        Who::Account(account, _) => Some(account),
        Who::Program | Who::Nobody => None,
    }
}

impl Scope {
    fn sees_tag_audit(&self, directory: &Directory, audit: &TagAudit) -> bool {
        let Some(caller) = self.caller() else { return false };
        let office = || may(directory, caller, Right::AuditTags, &Target::platform()).is_ok();
        let works_there = || audit.unit.target(directory).is_some_and(|unit| has_role(directory, Some(caller), &unit));
        office() || (audit.is_complete() && works_there())
    }

    /// The audits of tags that the asker may see, the newest first, of the newest 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tag_audits(&self) -> Result<Vec<TagAudit>> {
        self.note_list(List::tag_audits());
        let sql = Sql::built(format!("select {AUDIT} from tag_audit order by drawn_at desc, id desc limit $1"));
        let rows = self.rows(&sql, vec![MOST.into()]).await?;
        let audits = rows.iter().map(TagAudit::read).collect::<Result<Vec<_>>>()?;
        let directory = self.directory();
        Ok(audits.into_iter().filter(|audit| self.sees_tag_audit(&directory, audit)).collect())
    }

    /// An audit that the asker may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tag_audit(&self, id: TagAuditId) -> Result<Option<TagAudit>> {
        self.note_record(AnyId::TagAuditId(id));
        let sql = Sql::built(format!("select {AUDIT} from tag_audit where id = $1"));
        let rows = self.rows(&sql, vec![id.into()]).await?;
        let audit = rows.first().map(TagAudit::read).transpose()?;
        let directory = self.directory();
        Ok(audit.filter(|audit| self.sees_tag_audit(&directory, audit)))
    }

    /// What was drawn for audits that the asker was shown, in the order in which it was drawn.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tag_audit_items(&self, ids: &[TagAuditId]) -> Result<HashMap<TagAuditId, Vec<TagAuditItem>>> {
        for id in ids {
            self.note_record(AnyId::TagAuditId(*id));
        }
        let mut items: HashMap<TagAuditId, Vec<TagAuditItem>> = HashMap::new();
        for row in self.rows(&ITEMS, vec![ids.into()]).await? {
            let named = |at: usize| if row.text(at).is_some() { row.json(at) } else { Ok(Vec::new()) };
            items.entry(row.get(0)?).or_default().push(TagAuditItem {
                content: row.get(1)?,
                tags: named(2)?,
                verdict: row.text(3).and_then(|text| text.parse().ok()),
                wrong: named(4)?,
                missing: named(5)?,
                note: row.get(6)?,
                judged_at: row.get(7)?,
                judged_by: row.get(8)?,
            });
        }
        Ok(items)
    }
}
