//! Merging an organisation into another (mergeOrganisation): it stays resolvable, its contents are found under both.

use super::edit::put;
use super::{Organisation, active};
use crate::changes::Caller;
use crate::database::Sql;
use crate::id::OrganisationId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static MERGE: Sql = Sql::new("update organisation set merged_into_id = $2 where id = $1");

impl Library {
    /// Merges an organisation into another one. It keeps its name, its code and what it published; lists of organisations
    /// leave it out, lists of what the other one publishes show its contents. What hung under it hangs under the other
    /// one, and so does it, so that who has a role over the other one has it over what is left of this one.
    ///
    /// # Errors
    /// Refuses who does not keep the platform, an organisation that is unknown, merged or closed on either side, and one
    /// that lies below what is merged into it.
    pub async fn merge_organisation(
        &self,
        caller: &Caller,
        id: OrganisationId,
        into: OrganisationId,
        reason: Option<&str>,
    ) -> Result<Position> {
        let (mut work, merged) = self.begin_on_organisation(caller, id).await?;
        let directory = work.directory.clone();
        active(&directory, into, "into")?;
        if directory.organisations.family(id).contains(&into) {
            let (chinese, english) = ("不能并入自身或下级机构", "cannot be merged into itself or what hangs under it");
            return Err(Refusal::new(RefusalCode::Loop, "into", chinese, english).into());
        }
        work.reason = text::reason(reason)?;
        for below in directory.organisations.children(id) {
            let mut fields = Organisation::clone(below).fields;
            fields.parent = Some(into);
            put(&mut work, below.id, &fields).await?;
        }
        let mut fields = merged.fields;
        fields.parent = Some(into);
        put(&mut work, id, &fields).await?;
        work.run(&MERGE, &[id.into(), into.into()]).await?;
        // What the other one publishes is more from now on.
        work.record(crate::id::AnyId::OrganisationId(into), crate::changes::Effect::Changed);
        self.settle_publisher(work, caller, into).await
    }
}
