//! Findings that somebody overruled (检查结果的豁免说明): who, and why.

use std::collections::HashMap;

use crate::Scope;
use crate::changes::Work;
use crate::database::Sql;
use crate::id::{AccountId, AnyId, ContentId};
use crate::refusal::Result;
use crate::text;

/// Why a finding may stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overrule {
    /// Who said so; nothing if it was a program.
    pub account: Option<AccountId>,
    /// Why.
    pub reason: String,
}

/// The longest reason.
const LONGEST_REASON: usize = 500;

static ALL: Sql = Sql::new("select finding, account, reason from finding_overrule where content_id = $1");
static OVERRULE: Sql = Sql::new(
    "insert into finding_overrule (content_id, finding, reason, account, at) values ($1, $2, $3, $4, $5)
     on conflict (content_id, finding) do update set reason = excluded.reason, account = excluded.account, at = excluded.at",
);

impl Scope {
    /// The overruled findings of a content, by their keys. Whether the asker may know is for whoever shows the content.
    pub async fn overrules(&self, content: ContentId) -> Result<HashMap<String, Overrule>> {
        self.note_record(AnyId::ContentId(content));
        let rows = self.rows(&ALL, vec![content.into()]).await?;
        let read = |row: &crate::database::Row| {
            let account = row.text(1).and_then(|actor| actor.parse().ok());
            Ok((row.get(0)?, Overrule { account, reason: row.get(2)? }))
        };
        rows.iter().map(read).collect()
    }
}

/// Overrules a finding of a content within a deed, which has judged whether that may be and touches the content.
///
/// # Errors
/// Refuses a reason that is missing or too long, at `path`.
pub(crate) async fn overrule(
    work: &mut Work,
    content: ContentId,
    finding: &str,
    path: &str,
    reason: &str,
) -> Result<()> {
    let reason = text::require(path, reason, LONGEST_REASON)?;
    let (actor, at) = (work.actor.clone(), work.at);
    work.run(&OVERRULE, &[content.into(), finding.into(), reason.into(), actor.into(), at.into()]).await?;
    Ok(())
}
