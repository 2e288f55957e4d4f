//! Rating an answer (rateAnswer): whether it helped, once a reader and day.

use super::note::{pseudonym, salt};
use crate::content::ContentKind;
use crate::database::Sql;
use crate::id::ContentId;
use crate::refusal::{Refusal, Result};
use crate::{Audience, Library};

static RATE: Sql = Sql::new(
    "insert into answer_rating (content_id, day, reader, helpful) values ($1, $2, $3, $4)
     on conflict (content_id, day, reader) do update set helpful = excluded.helpful",
);

impl Library {
    /// Keeps whether an answer helped; who rates it again on the same day replaces what was said before.
    ///
    /// # Errors
    /// Refuses what is no public knowledge entry.
    pub async fn rate_answer(&self, from: &str, entry: ContentId, helpful: bool) -> Result<()> {
        let found = self.scope(Audience::Public).live_content(entry).await?;
        found
            .filter(|content| content.kind == ContentKind::KnowledgeEntry)
            .ok_or_else(|| Refusal::not_found("entry"))?;
        let day = self.zone().date(self.now()).to_string();
        let mut transaction = self.database().begin().await?;
        let salt = salt(self, &mut transaction, &day).await?;
        let reader = pseudonym(&salt, from);
        transaction.run(&RATE, &[entry.into(), day.into(), reader.into(), helpful.into()]).await?;
        transaction.commit().await
    }
}
