//! Proposing a tag (proposeTag): what the tag office says to it is another deed.

use super::create::insert;
use super::{CreateTag, TagFields, TagState};
use crate::changes::{Action, Caller, Who, commit_as};
use crate::id::{TagGroupId, TagId};
use crate::may::{Right, may_somewhere};
use crate::refusal::{Refusal, Result};
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

impl Library {
    /// Proposes a tag: the public does not see it until the tag office accepts it.
    ///
    /// # Errors
    /// Refuses who writes nowhere, a name that is taken or proposed already, an unknown group or parent, and malformed
    /// fields.
    pub async fn propose_tag(&self, caller: &Caller, input: ProposeTag) -> Result<(TagId, Position)> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        may_somewhere(&work.directory, caller, Right::Draft)?;
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
}
