//! Beginning to follow, or going on.

use super::{MIRROR, Mirror, MirrorPhase};
use crate::database::Sql;
use crate::id::SiteId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, text};

/// What is to be followed.
#[derive(Debug, Clone)]
pub struct OpenMirror {
    /// What the mirror is called.
    pub name: String,
    /// The site into which it brings contents.
    pub site: SiteId,
    /// The address of the other side.
    pub origin: String,
    /// What is followed and where it goes.
    pub plan: String,
}

static INSERT: Sql = Sql::new(
    "insert into mirror (name, site_id, origin, plan, layout, phase, round, turn, begun_at)
     values ($1, $2, $3, $4, '', $5, 0, 0, $6) on conflict (name) do nothing",
);

impl Library {
    /// The mirror of this name: as it stands if there is one, else a new one that has seen nothing.
    ///
    /// # Errors
    /// Refuses a malformed name, and a mirror that brings contents into another site.
    pub async fn open_mirror(&self, input: OpenMirror) -> Result<Mirror> {
        let name = text::require("name", &input.name, 100)?;
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:".contains(c)) {
            let english = "letters, digits and . - _ : only";
            return Err(Refusal::new(RefusalCode::Invalid, "name", "仅限字母、数字和 . - _ :", english).into());
        }
        let phase: &str = MirrorPhase::Snapshot.into();
        let mut transaction = self.database().begin().await?;
        let params = [
            name.as_str().into(),
            input.site.into(),
            input.origin.as_str().into(),
            input.plan.as_str().into(),
            phase.into(),
            self.now().into(),
        ];
        transaction.run(&INSERT, &params).await?;
        transaction.commit().await?;
        let found = self.mirror(&name).await?.ok_or_else(|| Refusal::not_found("name"))?;
        if found.site != input.site {
            let english = "the mirror of this name brings contents into another site: give this one another name";
            return Err(Refusal::new(RefusalCode::Invalid, "name", "同名跟随任务属于其他站点", english).into());
        }
        Ok(found)
    }

    /// The mirror of a name as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirror(&self, name: &str) -> Result<Option<Mirror>> {
        let sql = Sql::built(format!("select {MIRROR} from mirror where name = $1"));
        self.database().rows(&sql, &[name.into()]).await?.first().map(Mirror::read).transpose()
    }
}
