//! Editing a tag (editTag, editSynonyms), and retiring it (retireTag).

use super::create::register_names;
use super::{Tag, TagFields, TagState, accept};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, TagId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sweep::Rest;
use crate::{Library, Position};

/// What of a tag is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditTag {
    /// Its name.
    pub name: Option<String>,
    /// The tag above it; `Some(None)` for none.
    pub parent: Option<Option<TagId>>,
    /// Other words for the same, as a whole.
    pub synonyms: Option<Vec<String>>,
}

static UPDATE: Sql =
    Sql::new("update tag set parent_id = $2, steward_id = $3, state = $4, document = $5 where id = $1");
static REMOVE_NAMES: Sql = Sql::new("delete from tag_name where tag_id = $1");

impl Library {
    /// Replaces a tag's fields; `active` false retires it: it keeps its contents and is no longer shown.
    ///
    /// # Errors
    /// As [`Library::change_tag`].
    pub async fn edit_tag(&self, caller: &Caller, id: TagId, active: bool, fields: TagFields) -> Result<Position> {
        let state = if active { TagState::Active } else { TagState::Retired };
        self.alter_tag(caller, id, |_| Ok((state, fields))).await
    }

    /// Changes a tag's name, place or synonyms.
    ///
    /// # Errors
    /// Refuses who does not look after it, an unknown or merged tag, a name that is taken, and malformed fields.
    pub async fn change_tag(&self, caller: &Caller, id: TagId, edit: EditTag) -> Result<Position> {
        let change = |before: &Tag| {
            let mut fields = before.fields.clone();
            fields.name = edit.name.unwrap_or(fields.name);
            fields.parent = edit.parent.unwrap_or(fields.parent);
            fields.synonyms = edit.synonyms.unwrap_or(fields.synonyms);
            Ok((before.state, fields))
        };
        self.alter_tag(caller, id, change).await
    }

    /// Retires a tag: it keeps its contents and is no longer shown; its names are free.
    ///
    /// # Errors
    /// As [`Library::change_tag`], and refuses one that is retired already.
    pub async fn retire_tag(&self, caller: &Caller, id: TagId) -> Result<Position> {
        let change = |before: &Tag| match before.state {
            TagState::Retired => {
                let (message, english) = ("该标签已停用", "it is retired already");
                Err(Refusal::new(RefusalCode::WrongState, "id", message, english).into())
            }
            _ => Ok((TagState::Retired, before.fields.clone())),
        };
        self.alter_tag(caller, id, change).await
    }

    async fn alter_tag(
        &self,
        caller: &Caller,
        id: TagId,
        change: impl FnOnce(&Tag) -> Result<(TagState, TagFields)> + Send,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        let directory = work.directory.clone();
        let target = Target::of(&directory, AnyId::TagId(id));
        may_at(&directory, caller, Right::Steward, target.as_ref(), "id")?;
        let before = directory.tags.get(id).filter(|tag| tag.merged_into.is_none());
        let before = before.ok_or_else(|| Refusal::not_found("id"))?;
        let (state, fields) = change(before)?;
        let fields = accept(fields, Some(id), before.group, &directory)?;
        write(&mut work, before, state, &fields).await?;
        if fields.parent == before.fields.parent || !directory.shares_below_tags() {
            return commit(work).await;
        }
        self.commit_and_sweep(work, caller, Rest::Tag { id }).await
    }
}

/// Writes what a tag is from now on.
pub(super) async fn write(work: &mut Work, before: &Tag, state: TagState, fields: &TagFields) -> Result<()> {
    let (id, name): (TagId, &str) = (before.id, state.into());
    let document = serde_json::to_string(fields)?;
    work.run(&UPDATE, &[id.into(), fields.parent.into(), fields.steward.into(), name.into(), document.into()]).await?;
    work.run(&REMOVE_NAMES, &[id.into()]).await?;
    for name in before.fields.synonyms.iter().chain([&before.fields.name]) {
        work.key(KeyKind::TagName, name);
    }
    if state == TagState::Active {
        register_names(work, id, fields).await?;
    }
    let effect = match (before.state == TagState::Active, state == TagState::Active) {
        (false, true) => Effect::Entered,
        (true, false) => Effect::Left,
        _ => Effect::Changed,
    };
    work.record(AnyId::TagId(id), effect);
    work.list(List::tags());
    work.key(KeyKind::TagCode, &before.code);
    Ok(())
}
