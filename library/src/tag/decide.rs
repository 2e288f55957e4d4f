//! What the tag office says to a proposed tag (decideTag, 审批标签).

use super::{TagState, accept, edit};
use crate::changes::{Action, Caller, KeyKind, commit};
use crate::database::Sql;
use crate::id::TagId;
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static RECODE: Sql = Sql::new("update tag set code = $2 where id = $1");

impl Library {
    /// Accepts a proposed tag, or lays it aside.
    ///
    /// # Errors
    /// Refuses who does not keep all tags, an unknown tag, one that is not proposed, a name or code that was taken in the
    /// meantime, and a refusal without a reason.
    pub async fn decide_tag(
        &self,
        caller: &Caller,
        id: TagId,
        accepted: bool,
        code: Option<&str>,
        reason: Option<&str>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::Steward, Some(&Target::platform()), "")?;
        let before = directory.tags.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        if before.state != TagState::Proposed {
            let (message, english) = ("该标签不在申请中", "it is not proposed");
            return Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into());
        }
        let reason = text::accept("reason", reason.unwrap_or_default(), 500)?;
        if !accepted {
            text::require("reason", &reason, 500)?;
        }
        work.reason = Some(reason).filter(|reason| !reason.is_empty());
        let fields = match accepted {
            true => accept(before.fields.clone(), Some(id), before.group, &directory)?,
            false => before.fields.clone(),
        };
        if let (true, Some(code)) = (accepted, code) {
            let code = text::code("code", code)?;
            let taken = directory.tags.by_key(KeyKind::TagCode, &code);
            if taken.is_some_and(|other| other.id != id) {
                return Err(Refusal::duplicate("code").into());
            }
            work.run(&RECODE, &[id.into(), (&code).into()]).await?;
            work.key(KeyKind::TagCode, code);
        }
        let state = if accepted { TagState::Active } else { TagState::Retired };
        edit::write(&mut work, &before, state, &fields).await?;
        commit(work).await
    }
}
