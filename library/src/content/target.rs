//! What a content is as a target of deeds: its home site and column, and whose it is.
//!
//! A site that shows it by subscription has no right over it, only over its showing.

use crate::id::AnyId;
use crate::may::{Right, Target, may};
use crate::refusal::Result;
use crate::{Caller, Scope};

impl Scope {
    /// Whether `caller` may do what `right` is for to the record `id`; not to what is not there.
    pub async fn allows(&self, caller: &Caller, right: Right, id: AnyId) -> Result<bool> {
        self.note_record(id);
        let target = match id {
            AnyId::ContentId(id) => self.working_row(id).await?.map(|working| working.target(&self.directory())),
            id => Target::of(&self.library().directory(), id),
        };
        Ok(target.is_some_and(|target| may(&self.library().directory(), caller, right, &target).is_ok()))
    }
}
