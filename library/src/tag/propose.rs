//! Proposing a tag (proposeTag), and what the tag office says to it (decideTag).

use super::create::insert;
use super::{CreateTag, TagFields, TagState, accept, edit};
use crate::changes::{Action, Caller, Who, commit, commit_as};
use crate::database::Sql;
use crate::id::{TagGroupId, TagId};
use crate::may::{Right, Target, may_anywhere, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// A tag that an editor misses.
#[derive(Debug, Clone)]
pub struct ProposeTag {
    /// Its name.
    pub name: String,
    /// Its group.
    pub group: TagGroupId,
    /// A tag of the same group above it.
    pub parent: Option<TagId>,
    /// Other words for the same.
    pub synonyms: Vec<String>,
    /// Its code; made from its identifier if not given.
    pub code: Option<String>,
    /// Why it is needed.
    pub reason: Option<String>,
}

static RECODE: Sql = Sql::new("update tag set code = $2 where id = $1");

impl Library {
    /// Proposes a tag: the public does not see it until the tag office accepts it.
    ///
    /// # Errors
    /// Refuses who writes nowhere, a name that is taken or proposed already, an unknown group or parent, and malformed
    /// fields.
    pub async fn propose_tag(&self, caller: &Caller, input: ProposeTag) -> Result<(TagId, Position)> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        may_anywhere(&work.directory, caller, Right::Draft)?;
        let name = text::require("name", &input.name, 30)?;
        let same = |tag: &&std::sync::Arc<super::Tag>| tag.state == TagState::Proposed && tag.fields.name == name;
        if work.directory.tags.all().iter().any(|tag| same(&tag)) {
            return Err(Refusal::duplicate("name").into());
        }
        work.reason = input.reason.map(|reason| text::accept("reason", &reason, 500)).transpose()?;
        let made = format!("tag-{}", self.new_id().simple());
        let code = input.code.filter(|code| !code.trim().is_empty()).unwrap_or(made);
        let fields = TagFields { name, parent: input.parent, synonyms: input.synonyms, steward: None };
        let by = match caller.who {
            Who::Account(account, _) => Some(account),
            Who::Program | Who::Nobody => None,
        };
        let id = insert(&mut work, CreateTag { code, group: input.group, fields }, TagState::Proposed, by).await?;
        commit_as(work, |position| (id, position)).await
    }

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
            let taken = directory.tags.by_key(crate::changes::KeyKind::TagCode, &code);
            if taken.is_some_and(|other| other.id != id) {
                return Err(Refusal::duplicate("code").into());
            }
            work.run(&RECODE, &[id.into(), (&code).into()]).await?;
            work.key(crate::changes::KeyKind::TagCode, code);
        }
        let state = if accepted { TagState::Active } else { TagState::Retired };
        edit::write(&mut work, &before, state, &fields).await?;
        commit(work).await
    }
}
