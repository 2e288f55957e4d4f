//! Creating and editing a group of tags (createTagGroup, editTagGroup).

use serde::{Deserialize, Serialize};

use super::TagSphere;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::database::Sql;
use crate::id::{AnyId, TagGroupId};
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

static INSERT: Sql = Sql::new("insert into tag_group (id, code, rank, document) values ($1, $2, $3, $4)");
static UPDATE: Sql = Sql::new("update tag_group set rank = $2, document = $3 where id = $1");

impl Library {
    /// Creates a group of tags.
    ///
    /// # Errors
    /// Refuses a code that is taken and malformed fields.
    pub async fn create_tag_group(&self, caller: &Caller, code: &str, fields: TagGroupFields) -> Result<TagGroupId> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
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
        commit(work).await?;
        Ok(id)
    }

    /// Replaces the fields of a group of tags.
    ///
    /// # Errors
    /// Refuses an unknown group and malformed fields.
    pub async fn edit_tag_group(&self, caller: &Caller, id: TagGroupId, fields: TagGroupFields) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        if work.directory.tag_groups.get(id).is_none() {
            return Err(Refusal::not_found("id").into());
        }
        text::require("name", &fields.name, 30)?;
        let document = serde_json::to_string(&fields)?;
        work.run(&UPDATE, &[id.into(), fields.rank.into(), document.into()]).await?;
        work.record(AnyId::TagGroupId(id), Effect::Changed);
        work.list(List::tags());
        commit(work).await
    }
}
