//! Creating a tag.

use super::{TagFields, TagState, accept};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit_as};
use crate::database::Sql;
use crate::id::{AccountId, AnyId, TagGroupId, TagId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// A tag to be created.
#[derive(Debug, Clone)]
pub struct CreateTag {
    /// Its code, unique in the library.
    pub code: String,
    /// Its group.
    pub group: TagGroupId,
    /// What describes it.
    pub fields: TagFields,
}

static INSERT: Sql = Sql::new(
    "insert into tag (id, code, group_id, parent_id, steward_id, state, document, proposed_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
static INSERT_NAME: Sql = Sql::new("insert into tag_name (name, tag_id) values ($1, $2)");

/// Registers the name and the synonyms of an active tag.
pub(crate) async fn register_names(work: &mut Work, id: TagId, fields: &TagFields) -> Result<()> {
    for name in fields.synonyms.iter().chain([&fields.name]) {
        work.run(&INSERT_NAME, &[name.into(), id.into()]).await?;
        work.key(KeyKind::TagName, name);
    }
    Ok(())
}

impl Library {
    /// Creates an active tag.
    ///
    /// # Errors
    /// Refuses who does not keep all tags, a code, name or synonym that is taken, an unknown group, parent or steward, and
    /// malformed fields.
    pub async fn create_tag(&self, caller: &Caller, input: CreateTag) -> Result<(TagId, Position)> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        may_at(&work.directory, caller, Right::Steward, Some(&Target::platform()), "")?;
        let id = insert(&mut work, input, TagState::Active, None).await?;
        commit_as(work, |position| (id, position)).await
    }
}

/// Writes a new tag.
pub(super) async fn insert(
    work: &mut Work,
    input: CreateTag,
    state: TagState,
    proposed_by: Option<AccountId>,
) -> Result<TagId> {
    let code = text::code("code", &input.code)?;
    if work.directory.tags.by_key(KeyKind::TagCode, &code).is_some() {
        return Err(Refusal::duplicate("code").into());
    }
    if work.directory.tag_groups.get(input.group).is_none() {
        return Err(Refusal::not_found("group").into());
    }
    let fields = accept(input.fields, None, input.group, &work.directory)?;
    let id = TagId(work.library().new_id());
    let name: &str = state.into();
    let params = [
        id.into(),
        (&code).into(),
        input.group.into(),
        fields.parent.into(),
        fields.steward.into(),
        name.into(),
        serde_json::to_string(&fields)?.into(),
        proposed_by.into(),
    ];
    work.run(&INSERT, &params).await?;
    if state == TagState::Active {
        register_names(work, id, &fields).await?;
    }
    // What is proposed is there for the tag office alone.
    let effect = if state == TagState::Active { Effect::Entered } else { Effect::Changed };
    work.record(AnyId::TagId(id), effect);
    work.list(List::tags());
    work.key(KeyKind::TagCode, code);
    Ok(id)
}
