//! What would come of a content: where it would appear, and what who asks may do with it now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::column::Column;
use crate::content::{ContentState, LiveContent, Step, Working};
use crate::id::ColumnId;
use crate::may::{Right, may};
use crate::refusal::Result;
use crate::sharing::{Stand, mirror};
use crate::{Scope, Who};

impl Scope {
    /// The columns in which a revision would appear, its own first, then those that take from them.
    pub async fn will_appear_in(&self, working: &Working) -> Result<Vec<Arc<Column>>> {
        let Some(content) = self.as_draft(working, working.revision).await? else { return Ok(Vec::new()) };
        let Some(fields) = self.revision_fields(working, working.revision).await? else { return Ok(Vec::new()) };
        Ok(self.columns_reached(&content, &fields.columns))
    }

    fn columns_reached(&self, content: &LiveContent, own: &[ColumnId]) -> Vec<Arc<Column>> {
        let directory = self.directory();
        let chosen: BTreeSet<ColumnId> = own.iter().copied().collect();
        let (hidden, since, decided) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
        let stand = Stand { own: &chosen, hidden: &hidden, since: &since, decided: &decided };
        let reached = mirror(&directory, self.library().zone(), content, &stand);
        let others = reached.keys().copied().filter(|column| !chosen.contains(column));
        own.iter().copied().chain(others).filter_map(|id| directory.columns.get(id).cloned()).collect()
    }

    /// Whether who asks may do what `right` is for to a content as it stands now.
    pub fn may_now(&self, working: &Working, right: Right) -> bool {
        let Some(caller) = self.caller().cloned() else { return false };
        let directory = self.directory();
        let (right, stands) = match right {
            Right::Edit => (right, Step::Save.allows(working.state)),
            Right::Submit => (right, Step::Submit.allows(working.state)),
            Right::Review(_) => {
                let level = working.level.and_then(|level| u8::try_from(level).ok());
                let own = matches!(caller.who, Who::Account(id, _)
                    if [&working.author, &working.edited_by].contains(&&id.to_string()));
                (Right::Review(level), working.state.is_waiting_for_review() && !own)
            }
            Right::Publish => (right, Step::Publish.allows(working.state)),
            Right::Withdraw => (right, working.live_revision.is_some() || working.state == ContentState::Draft),
            other => (other, true),
        };
        stands && may(&directory, &caller, right, &working.target(&directory)).is_ok()
    }
}
