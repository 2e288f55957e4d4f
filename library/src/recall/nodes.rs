//! How far each node has come that answers readers (节点进度): it says so itself, and one that has not for a while does not live.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::database::Sql;
use crate::instant::Instant;
use crate::refusal::Result;
use crate::{Library, Position};

/// For how long a node that said nothing still counts as living, in microseconds.
const LIVES_FOR: i64 = 30 * 1_000_000;
/// After which time a node says again how far it is, though it is no further, in microseconds.
const SAYS_EVERY: i64 = 10 * 1_000_000;
/// After which time a node is forgotten, in microseconds.
const FORGOTTEN_AFTER: i64 = 24 * 3600 * 1_000_000;

/// How far a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Nothing that it answers is older than this.
    pub position: Position,
    /// What its search finds reflects this; nothing if it has no search, or its index was not built yet.
    pub search: Option<Position>,
}

/// A node of the platform: a process that answers readers.
#[derive(Debug)]
pub struct Node {
    id: Uuid,
    /// What it said last, and when.
    said: Mutex<Option<(Reached, Instant)>>,
}

impl Node {
    /// Whether a node that is so far now has something to say.
    fn has_to_say(&self, reached: Reached, now: Instant) -> bool {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.is_none_or(|(last, at)| last != reached || (now.0 - at.0).abs() >= SAYS_EVERY)
    }
}

static SAY: Sql = Sql::new(
    "insert into node (id, seen_at, position, search_position) values ($1, $2, $3, $4)
     on conflict (id) do update set seen_at = excluded.seen_at, position = excluded.position,
       search_position = excluded.search_position",
);
static FORGET: Sql = Sql::new("delete from node where seen_at < $1");
static LEAVE: Sql = Sql::new("delete from node where id = $1");
static SLOWEST: Sql = Sql::new("select min(position) from node where seen_at >= $1");
/// Of nodes whose index is not built yet nothing is known.
static SLOWEST_SEARCH: Sql = Sql::new(
    "select case when count(*) = count(search_position) then min(search_position) end from node where seen_at >= $1",
);

impl Library {
    /// A node that begins to answer readers.
    pub fn node(&self) -> Node {
        Node { id: self.new_id(), said: Mutex::default() }
    }

    /// A node says how far it is. Written down when it is further than before, else now and then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn node_passed(&self, node: &Node, reached: Reached) -> Result<()> {
        let now = self.now();
        if !node.has_to_say(reached, now) {
            return Ok(());
        }
        let mut transaction = self.database().begin().await?;
        let Reached { position, search } = reached;
        transaction.run(&SAY, &[node.id.into(), now.into(), position.into(), search.into()]).await?;
        transaction.run(&FORGET, &[(now.0 - FORGOTTEN_AFTER).into()]).await?;
        transaction.commit().await?;
        *node.said.lock().unwrap_or_else(PoisonError::into_inner) = Some((reached, now));
        Ok(())
    }

    /// A node answers nobody any more: nobody waits for it.
    ///
    /// # Errors
    /// When the database fails; then it is waited for until it is forgotten to live.
    pub async fn node_left(&self, node: &Node) -> Result<()> {
        let mut transaction = self.database().begin().await?;
        transaction.run(&LEAVE, &[node.id.into()]).await?;
        transaction.commit().await
    }

    /// The position that every node has passed that lives; nothing if none does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn slowest_node(&self) -> Result<Option<Position>> {
        let rows = self.database().rows(&SLOWEST, &[(self.now().0 - LIVES_FOR).into()]).await?;
        rows.first().map_or(Ok(None), |row| row.get(0))
    }

    /// The position that the search of every node has passed that lives; nothing if none does, or one has no index yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn slowest_search(&self) -> Result<Option<Position>> {
        let rows = self.database().rows(&SLOWEST_SEARCH, &[(self.now().0 - LIVES_FOR).into()]).await?;
        rows.first().map_or(Ok(None), |row| row.get(0))
    }
}
