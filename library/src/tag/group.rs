//! Creating and editing a group of tags (createTagGroup, editTagGroup).

use serde::{Deserialize, Serialize};

use super::TagSphere;
use crate::changes::{Action, Caller, Effect, List, commit, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, TagGroupId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position, text};

/// What describes a group of tags.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TagGroupFields {
    /// Its name.
    pub name: String,
    /// Its sphere.
    pub sphere: TagSphere,
    /// Order among the groups, smallest first.
    #[serde(default)]
    pub rank: i64,
}

/// What of a group is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditTagGroup {
    /// Its name.
    pub name: Option<String>,
    /// Its sphere.
    pub sphere: Option<TagSphere>,
    /// Order among the groups, smallest first.
    pub rank: Option<i64>,
}

static INSERT: Sql = Sql::new("insert into tag_group (id, code, rank, document) values ($1, $2, $3, $4)");
static UPDATE: Sql = Sql::new("update tag_group set rank = $2, document = $3 where id = $1");

impl Library {
    /// Creates a group of tags.
    ///
    /// # Errors
    /// Refuses who does not keep all tags, a code that is taken and malformed fields.
    pub async fn create_tag_group(
        &self,
        caller: &Caller,
        code: &str,
        fields: TagGroupFields,
    ) -> Result<(TagGroupId, Position)> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        may_at(&work.directory, caller, Right::Steward, Some(&Target::platform()), "")?;
        let code = text::code("code", code)?;
        if work.directory.tag_groups.all().iter().any(|group| group.code == code) {
            return Err(Refusal::duplicate("code").into());
        }
        text::require("name", &fields.name, 30)?;
        let id = TagGroupId(self.new_id());
        let document = serde_json::to_string(&fields)?;
        work.run(&INSERT, &[id.into(), code.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::TagGroupId(id), Effect::Entered);
        work.list(List::tags());
        commit_as(work, |position| (id, position)).await
    }

    /// Replaces the fields of a group of tags.
    ///
    /// # Errors
    /// As [`Library::change_tag_group`].
    pub async fn edit_tag_group(&self, caller: &Caller, id: TagGroupId, fields: TagGroupFields) -> Result<Position> {
        let TagGroupFields { name, sphere, rank } = fields;
        self.change_tag_group(caller, id, EditTagGroup { name: Some(name), sphere: Some(sphere), rank: Some(rank) })
            .await
    }

    /// Changes a group of tags.
    ///
    /// # Errors
    /// Refuses who does not keep all tags, an unknown group and malformed fields.
    pub async fn change_tag_group(&self, caller: &Caller, id: TagGroupId, edit: EditTagGroup) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        may_at(&work.directory, caller, Right::Steward, Some(&Target::platform()), "")?;
        let before = work.directory.tag_groups.get(id).cloned().ok_or_else(|| Refusal::not_found("id"))?;
        let fields = TagGroupFields {
            name: text::require("name", &edit.name.unwrap_or_else(|| before.fields.name.clone()), 30)?,
            sphere: edit.sphere.unwrap_or(before.fields.sphere),
            rank: edit.rank.unwrap_or(before.fields.rank),
        };
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::TagGroupId(id), Effect::Changed);
        work.list(List::tags());
        commit(work).await
    }
}
