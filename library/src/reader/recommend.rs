//! Refusing what is recommended personally (setRecommendations, 个人信息保护法 24), and allowing it again.

use super::require_reader;
use crate::changes::{Action, Caller, commit};
use crate::database::Sql;
use crate::refusal::Result;
use crate::{Library, Position};

static SET: Sql = Sql::new("update reader set refuses = $2 where key = $1");

impl Library {
    /// From now on a reader is recommended nothing by what it subscribed, and that is deleted; or it may subscribe again. Of
    /// who refuses nothing is kept but that; of who allows and subscribed nothing, nothing at all.
    ///
    /// # Errors
    /// Refuses who is no reader.
    pub async fn set_recommendations(&self, caller: &Caller, allowed: bool) -> Result<Position> {
        let reader = require_reader(caller)?;
        let mut work = self.begin(caller, Action::ReaderChanged).await?;
        reader.hold(&mut work).await?;
        work.run(&SET, &[(&reader.0).into(), (!allowed).into()]).await?;
        if !allowed {
            reader.forget_tags(&mut work).await?;
        }
        reader.forget(&mut work).await?;
        commit(work).await
    }
}
