//! Writes down when a withdrawal had been passed: by every node that lives, and by everybody who follows a column that carried
//! it. A moment is written once, by whichever node sees it first, and not changed any more.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::Withdrawals;
use crate::change_feed::{ChangeFilter, Wanted};
use crate::changes::Stands;
use crate::database::Sql;
use crate::id::{AnyId, ApiKeyId, ColumnId, ContentId, WebhookId};
use crate::instant::Instant;
use crate::refusal::Result;
use crate::scope::Audience;
use crate::{Directory, Library, Position};

/// For how long followers are waited for, in microseconds: of what is older, deliveries that failed may be forgotten, and it
/// can not be said any more that somebody was told.
const WAITED_FOR: i64 = 29 * 24 * 3600 * 1_000_000;
/// How long before a withdrawal a system that reads the feed must have read to be waited for, in microseconds.
const READS_WITHIN: i64 = 7 * 24 * 3600 * 1_000_000;
/// How many receipts are looked at each time: the newest.
const NEWEST: i64 = 1_000;
/// How many are looked at now and then.
const MOST: i64 = 100_000;

static EVICTABLE: Sql =
    Sql::new("select position from withdrawal_receipt where cache_evicted_at is null and position <= $1 limit 1");
static EVICT: Sql =
    Sql::new("update withdrawal_receipt set cache_evicted_at = $2 where cache_evicted_at is null and position <= $1");
static FINDABLE: Sql =
    Sql::new("select position from withdrawal_receipt where search_passed_at is null and position <= $1 limit 1");
static NOT_FOUND: Sql =
    Sql::new("update withdrawal_receipt set search_passed_at = $2 where search_passed_at is null and position <= $1");
static OPEN: Sql = Sql::new(
    "select content_id, column_id, position, removed_at from withdrawal_receipt
     where delivered_at is null and removed_at >= $1 and position <= $2
     order by removed_at desc, content_id desc, column_id desc limit $3",
);
static CURSORS: Sql = Sql::new("select webhook_id, position from webhook_cursor");
/// What receivers have not taken. What they are to be told of lies in the log until their cursor has passed it.
static UNTAKEN: Sql = Sql::new(
    "select d.webhook_id, d.position from webhook_cursor c join webhook_delivery d on d.webhook_id = c.webhook_id
     where d.cause = 'CHANGE' and d.position >= $1 and d.position <= $2 and d.state in ('WAITING', 'FAILED')",
);
static READERS: Sql =
    Sql::new("select api_key_id, document, position, since, read_at from feed_reader where position < $1");
static STANDS: Sql = Sql::new(
    "select c.position, e.subject, e.standing from rows($1) r join change c on c.position = as_int(r.value->>0)
     join change_effect e on e.change_id = c.id where e.subject like 'content%'",
);
static DELIVER: Sql = Sql::new(
    "update withdrawal_receipt set delivered_at = $2 from rows($1) r
     where withdrawal_receipt.content_id = as_id(r.value->>0) and withdrawal_receipt.column_id = as_id(r.value->>1)
       and withdrawal_receipt.position = as_int(r.value->>2) and withdrawal_receipt.delivered_at is null",
);

/// A receipt that followers are waited for.
struct Open {
    content: ContentId,
    column: ColumnId,
    position: Position,
    removed_at: Instant,
}

/// Somebody who may not have been told.
enum Behind {
    /// A webhook that was told up to its cursor, but for what it did not take.
    Webhook { id: WebhookId, cursor: Position },
    /// A system that has read so far by a key, since when and when last.
    Reader { position: Position, since: Instant, read_at: Instant },
}

impl Behind {
    fn is_behind(&self, receipt: &Open, untaken: &HashSet<(WebhookId, Position)>) -> bool {
        match self {
            Self::Webhook { id, cursor } => *cursor < receipt.position || untaken.contains(&(*id, receipt.position)),
            Self::Reader { position, since, read_at } => {
                *position < receipt.position
                    && *since <= receipt.removed_at
                    && read_at.0 >= receipt.removed_at.0 - READS_WITHIN
            }
        }
    }
}

impl Library {
    /// Looks for withdrawals in the log, and for those that everybody has passed: the newest, or `all` that are open.
    ///
    /// # Errors
    /// When the database fails; the next look goes on from there.
    pub async fn follow_withdrawals(&self, all: bool) -> Result<()> {
        self.feed(&mut Withdrawals::of(self.clone())).await?;
        if let Some(slowest) = self.slowest_node().await? {
            self.close(&EVICTABLE, &EVICT, slowest).await?;
        }
        if let Some(slowest) = self.slowest_search().await? {
            self.close(&FINDABLE, &NOT_FOUND, slowest).await?;
        }
        self.close_delivered(if all { MOST } else { NEWEST }).await
    }

    /// Writes down the moment of those receipts that `open` finds up to a position.
    async fn close(&self, open: &Sql, close: &Sql, slowest: Position) -> Result<()> {
        if self.database().rows(open, &[slowest.into()]).await?.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database().begin().await?;
        transaction.run(close, &[slowest.into(), self.now().into()]).await?;
        transaction.commit().await
    }

    async fn close_delivered(&self, most: i64) -> Result<()> {
        let (directory, now) = (self.directory(), self.now());
        // Who follows is known to this node as of its directory.
        let params = [(now.0 - WAITED_FOR).into(), directory.position.into(), most.into()];
        let mut open = Vec::new();
        for row in self.database().rows(&OPEN, &params).await? {
            let (content, column, position, removed_at) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            open.push(Open { content, column, position, removed_at });
        }
        let positions = open.iter().map(|receipt| receipt.position);
        let Some((lowest, highest)) = positions.clone().min().zip(positions.max()) else { return Ok(()) };
        let mut followers = self.webhooks_that_follow(&directory).await?;
        followers.extend(self.readers_behind(&directory, highest, now).await?);
        let mut untaken = HashSet::new();
        for row in self.database().rows(&UNTAKEN, &[lowest.into(), highest.into()]).await? {
            untaken.insert((row.get(0)?, row.get(1)?));
        }
        followers.retain(|(follower, _)| open.iter().any(|receipt| follower.is_behind(receipt, &untaken)));
        let late = |receipt: &&Open| followers.iter().any(|(follower, _)| follower.is_behind(receipt, &untaken));
        let behind: HashSet<Position> = open.iter().filter(late).map(|receipt| receipt.position).collect();
        let stands = self.stands(&behind).await?;
        let scope = self.scope(Audience::Public);
        let wanted: Vec<_> =
            followers.iter().map(|(follower, filter)| (follower, Wanted::of(&scope, filter))).collect();
        let hex = |id: uuid::Uuid| id.simple().to_string();
        let mut rows = Vec::new();
        for receipt in &open {
            let stood = stands.get(&(receipt.position, receipt.content));
            let waits = |(follower, wanted): &(&Behind, Wanted<'_>)| {
                follower.is_behind(receipt, &untaken)
                    && stood.is_some_and(|stands| wanted.covers(stands, receipt.column))
            };
            if !wanted.iter().any(waits) {
                rows.push(json!([hex(receipt.content.0), hex(receipt.column.0), receipt.position]));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database().begin().await?;
        transaction.run(&DELIVER, &[serde_json::Value::Array(rows).into(), now.into()]).await?;
        transaction.commit().await
    }

    /// Every webhook with its cursor, those that are paused included: what was not told waits for them.
    async fn webhooks_that_follow(&self, directory: &Directory) -> Result<Vec<(Behind, ChangeFilter)>> {
        let mut follow = Vec::new();
        for row in self.database().rows(&CURSORS, &[]).await? {
            let (id, cursor) = (row.get(0)?, row.get(1)?);
            if let Some(webhook) = directory.webhooks.get(id) {
                follow.push((Behind::Webhook { id, cursor }, webhook.fields.filter.clone()));
            }
        }
        Ok(follow)
    }

    /// The systems that have not read up to a position, whose keys are good.
    async fn readers_behind(
        &self,
        directory: &Directory,
        position: Position,
        now: Instant,
    ) -> Result<Vec<(Behind, ChangeFilter)>> {
        let mut behind = Vec::new();
        for row in self.database().rows(&READERS, &[position.into()]).await? {
            let key: ApiKeyId = row.get(0)?;
            if directory.api_keys.get(key).is_some_and(|key| key.is_valid(now)) {
                let (position, since, read_at) = (row.get(2)?, row.get(3)?, row.get(4)?);
                behind.push((Behind::Reader { position, since, read_at }, row.json(1)?));
            }
        }
        Ok(behind)
    }

    /// How contents stood that were withdrawn at these positions.
    async fn stands(&self, positions: &HashSet<Position>) -> Result<HashMap<(Position, ContentId), Stands>> {
        let mut stands = HashMap::new();
        if positions.is_empty() {
            return Ok(stands);
        }
        let rows = positions.iter().map(|position| json!([position])).collect();
        for row in self.database().rows(&STANDS, &[serde_json::Value::Array(rows).into()]).await? {
            if let (Some(Ok(AnyId::ContentId(content))), Some(_)) = (row.text(1).map(str::parse), row.text(2)) {
                stands.insert((row.get(0)?, content), row.json(2)?);
            }
        }
        Ok(stands)
    }
}
