//! Drawing without favour (随机抽样): each set of so many places among all is as likely as any other.
//!
//! Places are drawn, not contents: contents stand in a fixed order, their number is counted, and only those at the places
//! drawn are read. So a unit with 100,000 contents costs two walks along an index, and nothing of it lies in memory. The
//! count and the walk see one state of the database.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Unit;
use crate::Library;
use crate::clock::Clock;
use crate::database::{Sql, Value};
use crate::id::{ContentId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;

/// What was drawn.
pub(super) struct Sample {
    /// Among how many.
    pub population: i64,
    /// The contents with the tags that they have, the newest first.
    pub contents: Vec<(ContentId, Vec<TagId>)>,
}

static OF_ORGANISATION: [Sql; 2] = [
    Sql::new(
        "select cast(count(*) as bigint) from content where publisher_id = $1 and published_at >= $2 and published_at < $3",
    ),
    Sql::new(
        "select k.id from (select id, row_number() over (order by published_at desc, id desc) as place from content
           where publisher_id = $1 and published_at >= $2 and published_at < $3) k
         where k.place in (select as_int(r.value->>0) from rows($4) r) order by k.place",
    ),
];
static OF_SITE: [Sql; 2] = [
    Sql::new(
        "select cast(count(*) as bigint) from content where home_site_id = $1 and published_at >= $2 and published_at < $3",
    ),
    Sql::new(
        "select k.id from (select id, row_number() over (order by published_at desc, id desc) as place from content
           where home_site_id = $1 and published_at >= $2 and published_at < $3) k
         where k.place in (select as_int(r.value->>0) from rows($4) r) order by k.place",
    ),
];
static TAGS: Sql =
    Sql::new("select content_id, tag_id from content_tag where content_id in ids($1) order by content_id, tag_id");

impl Library {
    /// Draws `size` of the live contents of a unit that were published from one instant until before another; all, if there are
    /// no more.
    pub(super) async fn sample(&self, unit: Unit, from: Instant, before: Instant, size: usize) -> Result<Sample> {
        let (sql, id): (_, Value) = match unit {
            Unit::Organisation(id) => (&OF_ORGANISATION, id.into()),
            Unit::Site(id) => (&OF_SITE, id.into()),
        };
        let mut snapshot = self.database().snapshot().await?;
        let mut params = vec![id, from.into(), before.into()];
        let counted = snapshot.rows(&sql[0], &params).await?;
        let population: i64 = counted.first().map_or(Ok(0), |row| row.get(0))?;
        let drawn = places(usize::try_from(population).unwrap_or_default(), size, self.clock());
        let rows = drawn.iter().map(|place| json!([place + 1])).collect();
        params.push(serde_json::Value::Array(rows).into());
        let mut contents: Vec<ContentId> = Vec::with_capacity(drawn.len());
        for row in snapshot.rows(&sql[1], &params).await? {
            contents.push(row.get(0)?);
        }
        let mut tags: BTreeMap<ContentId, Vec<TagId>> = BTreeMap::new();
        for row in snapshot.rows(&TAGS, &[contents.as_slice().into()]).await? {
            tags.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        let with_tags = contents.into_iter().map(|id| (id, tags.remove(&id).unwrap_or_default())).collect();
        Ok(Sample { population, contents: with_tags })
    }
}

/// Draws `size` of the places below `among`, or all of them (Floyd's algorithm; Bentley and Floyd 1987). A number of 128
/// random bits, taken modulo at most some millions, favours none to a degree that could be seen.
fn places(among: usize, size: usize, clock: &dyn Clock) -> BTreeSet<usize> {
    let mut drawn = BTreeSet::new();
    for last in among.saturating_sub(size)..among {
        let place = (u128::from_be_bytes(clock.random()) % (last as u128 + 1)) as usize;
        if !drawn.insert(place) {
            drawn.insert(last);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SetClock;

    #[test]
    fn each_place_and_each_pair_is_drawn_as_often_as_any_other() {
        const DRAWS: usize = 40_000;
        let clock = SetClock::new(Instant(0), 7);
        let (mut single, mut pairs) = ([0_usize; 10], BTreeMap::<(usize, usize), usize>::new());
        for _ in 0..DRAWS {
            let drawn: Vec<usize> = places(10, 3, &clock).into_iter().collect();
            assert_eq!(drawn.len(), 3);
            for (at, one) in drawn.iter().enumerate() {
                single[*one] += 1;
                for other in &drawn[at + 1..] {
                    *pairs.entry((*one, *other)).or_default() += 1;
                }
            }
        }
        // Five standard deviations of a binomial count.
        let near = |count: usize, chance: f64| {
            let (draws, count) = (DRAWS as f64, count as f64);
            (count - draws * chance).abs() < 5.0 * (draws * chance * (1.0 - chance)).sqrt()
        };
        assert!(single.iter().all(|count| near(*count, 0.3)), "{single:?}");
        assert_eq!(pairs.len(), 45);
        assert!(pairs.values().all(|count| near(*count, 3.0 * 2.0 / 90.0)), "{pairs:?}");
    }

    #[test]
    fn whoever_asks_for_more_than_there_is_gets_all() {
        let clock = SetClock::new(Instant(0), 7);
        assert_eq!(places(4, 4, &clock), BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(places(4, 500, &clock), BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(places(0, 5, &clock), BTreeSet::new());
        let again = || places(100_000, 50, &SetClock::new(Instant(0), 9));
        assert_eq!(again(), again(), "the same randomness draws the same");
    }
}
