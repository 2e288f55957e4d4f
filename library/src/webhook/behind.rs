//! How far webhooks are behind the log (推送滞后), for the operator.

use crate::Library;
use crate::changes::Position;
use crate::database::Sql;
use crate::refusal::Result;

static REACHED: Sql = Sql::new(
    "select c.webhook_id, c.position, (select min(d.position) from webhook_delivery d
       where d.webhook_id = c.webhook_id and d.state = 'WAITING' and d.cause = 'CHANGE') from webhook_cursor c",
);

impl Library {
    /// How many positions the slowest webhook that is not paused is behind `newest`: up to where its receiver has taken what
    /// it is told of. Nothing if there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn webhooks_behind(&self, newest: Position) -> Result<Option<i64>> {
        let directory = self.directory();
        let mut slowest: Option<Position> = None;
        for row in self.database().rows(&REACHED, &[]).await? {
            let (cursor, waiting): (Position, Option<Position>) = (row.get(1)?, row.get(2)?);
            if directory.webhooks.get(row.get(0)?).is_some_and(|webhook| webhook.paused.is_none()) {
                let reached = waiting.map_or(cursor, |waiting| cursor.min(waiting - 1));
                slowest = Some(slowest.map_or(reached, |slowest| slowest.min(reached)));
            }
        }
        Ok(slowest.map(|slowest| (newest - slowest).max(0)))
    }
}
