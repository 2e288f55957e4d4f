//! Related contents (相关信息): shared tags, rarer ones weighing more, and links; never withdrawn or repealed.
//!
//! Candidates are the newest 100 contents of each content's five rarest tags and what it is linked with: one statement for
//! all parents, answered from indexes. They are weighed here, and the nearest are read until enough of them may stand;
//! no more than 100 are looked at.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::kind::ContentKind;
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::database::{Sql, Value};
use crate::id::{AnyId, ContentId, SiteId};
use crate::instant::Instant;
use crate::refusal::Result;

const TAGS: usize = 5;
const NEWEST: i64 = 100;
const NEAREST: usize = 100;
/// How many are read beyond those that are wanted, for some of them are repealed.
const SPARE: usize = 5;
/// What a link weighs; a tag weighs 10,000 / (10 + its contents), so that rarer ones say more. Contents that stayed
/// behind in the library that a site was taken from count as well.
const LINK_WEIGHT: i64 = 2_000;

impl Scope {
    /// At most `first` related contents for each parent, the nearest first; only `kinds` if any are named, only what
    /// `on` shows if a site is named.
    pub async fn related(
        &self,
        parents: &[Arc<LiveContent>],
        kinds: &[ContentKind],
        on: Option<SiteId>,
        first: usize,
    ) -> Result<HashMap<ContentId, Vec<Arc<LiveContent>>>> {
        for parent in parents {
            self.note_list(List::Links(parent.id));
            for tag in self.directory().tags_of(&parent.card.tags).iter().chain(&parent.card.tags) {
                self.note_list(List::Tag(*tag));
            }
        }
        if let Some(site) = on {
            // Whatever has one of the tags and comes to the site, or goes.
            for parent in parents {
                for tag in self.directory().tags_of(&parent.card.tags) {
                    self.note_list(List::TagOn(tag, site));
                }
            }
        }
        if first == 0 {
            return Ok(HashMap::new());
        }
        let mut ranked = self.candidates(parents, on.is_some()).await?;
        let mut related: HashMap<ContentId, Vec<Arc<LiveContent>>> = HashMap::new();
        // A site shows few of what the whole library has: there the nearest are all looked at together.
        let step = if on.is_some() || !kinds.is_empty() { NEAREST } else { first + SPARE };
        while !ranked.is_empty() {
            let next: Vec<(ContentId, Vec<ContentId>)> = ranked
                .iter_mut()
                .map(|(parent, nearest)| (*parent, nearest.drain(..step.min(nearest.len())).collect()))
                .collect();
            let mut all: Vec<ContentId> = next.iter().flat_map(|(_, nearest)| nearest).copied().collect();
            all.sort_unstable();
            all.dedup();
            let found = self.that_may_stand(&all, kinds, on).await?;
            for (parent, nearest) in next {
                let list = related.entry(parent).or_default();
                let more = nearest.iter().filter_map(|id| found.get(id).cloned()).take(first - list.len());
                list.extend(more);
            }
            ranked.retain(|parent, nearest| !nearest.is_empty() && related[parent].len() < first);
        }
        for content in related.values().flatten() {
            self.note_record(AnyId::ContentId(content.id));
        }
        Ok(related)
    }

    /// What is near each parent, the nearest first: by weight, then the newest.
    async fn candidates(
        &self,
        parents: &[Arc<LiveContent>],
        on_a_site: bool,
    ) -> Result<HashMap<ContentId, Vec<ContentId>>> {
        let id = |id: uuid::Uuid| id.simple().to_string();
        let directory = self.directory();
        let tags = |parent: &Arc<LiveContent>| {
            let own = id(parent.id.0);
            let tags = directory.tags_of(&parent.card.tags).into_iter();
            tags.map(|tag| serde_json::json!([own, id(tag.0)])).collect::<Vec<_>>()
        };
        let params = vec![
            serde_json::Value::Array(parents.iter().flat_map(tags).collect()).into(),
            parents.iter().map(|parent| parent.id.0).collect::<Vec<_>>().into(),
            (NEWEST - 1).into(),
            LINK_WEIGHT.into(),
        ];
        let mut weighed: HashMap<(ContentId, ContentId), (i64, Instant)> = HashMap::new();
        for row in self.rows(&NEAR, params).await? {
            let (parent, content): (ContentId, ContentId) = (row.get(0)?, row.get(1)?);
            // What is linked needs no tag to be near: where it is shown counts by itself.
            if on_a_site && row.get::<i64>(3)? == LINK_WEIGHT {
                self.note_list(List::Placements(content));
            }
            if parent != content {
                weighed.entry((parent, content)).or_insert((0, row.get(2)?)).0 += row.get::<i64>(3)?;
            }
        }
        let mut ranked: HashMap<ContentId, Vec<(i64, Instant, ContentId)>> = HashMap::new();
        for ((parent, content), (weight, at)) in weighed {
            ranked.entry(parent).or_default().push((weight, at, content));
        }
        let nearest = ranked.into_iter().map(|(parent, mut near)| {
            near.sort_unstable_by(|a, b| b.cmp(a));
            near.truncate(NEAREST);
            (parent, near.into_iter().map(|(_, _, content)| content).collect())
        });
        Ok(nearest.collect())
    }

    /// Those of `ids` that may be shown as related.
    async fn that_may_stand(
        &self,
        ids: &[ContentId],
        kinds: &[ContentKind],
        on: Option<SiteId>,
    ) -> Result<HashMap<ContentId, Arc<LiveContent>>> {
        let mut found = HashMap::new();
        let params: Vec<Value> = vec![
            ids.into(),
            kinds.is_empty().into(),
            kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect::<Vec<_>>().into(),
            on.is_none().into(),
            on.into(),
            self.silent_sites().as_slice().into(),
        ];
        let text = format!(
            "select {} from each_id($1) k cross join content c where c.id = k.id and ($2 or c.kind in texts($3))
               and ($4 or exists (select 1 from placement s where s.content_id = k.id and s.site_id = $5 and s.shown))
               and not (c.home_site_id in ids($6))
               and not exists (select 1 from policy y where y.content_id = k.id
                 and y.validity in ('REPEALED', 'EXPIRED', 'DECLARED_INVALID'))",
            CONTENT.replace("{c}", "c")
        );
        for row in self.rows(&Sql::built(text), params).await? {
            let content = self.read_content(&row, 0)?;
            found.insert(content.id, content);
        }
        Ok(found)
    }
}

/// Each parent's candidates with what they weigh, one row for each reason.
static NEAR: LazyLock<Sql> = LazyLock::new(|| {
    let newest =
        "from content_tag e where e.tag_id = r.tag order by e.published_at desc, e.content_id desc limit 1 offset $3";
    // Both read the newest of each tag along its index: SQLite to the key of the last of them (found once for each tag,
    // not once for each row: hence `materialized`), PostgreSQL so many.
    let sqlite = near(
        &format!(
            ", coalesce((select e.published_at {newest}), -9000000000000000000) as since,
             coalesce((select e.content_id {newest}), x'') as since_id"
        ),
        "cross join content_tag t where t.tag_id = k.tag and (t.published_at, t.content_id) >= (k.since, k.since_id)",
    );
    let postgres = near(
        "",
        "cross join lateral (select e.content_id, e.published_at from content_tag e where e.tag_id = k.tag
           order by e.published_at desc, e.content_id desc limit $3 + 1) t",
    );
    Sql::per_engine(sqlite, postgres)
});

fn near(since: &str, newest: &str) -> String {
    format!(
        "with tagged as (select as_id(r.value->>0) as parent, as_id(r.value->>1) as tag from rows($1) r),
         rarest as (select t.parent, t.tag, coalesce(sum(s.members), 0) as members,
                 row_number() over (partition by t.parent order by coalesce(sum(s.members), 0), t.tag) as place
             from tagged t left join shelf s on s.list in ('tag', 'elsewhere') and s.id = t.tag group by t.parent, t.tag),
         pairs as materialized (select r.parent, r.tag, 10000 / (10 + cast(r.members as bigint)) as weight{since}
             from rarest r where r.place <= {TAGS})
         select k.parent, t.content_id, t.published_at, k.weight from pairs k {newest}
         union all select l.from_id, c.id, c.published_at, $4 from link l join content c on c.id = l.to_id
             where l.from_id in ids($2)
         union all select l.to_id, c.id, c.published_at, $4 from link l join content c on c.id = l.from_id
             where l.to_id in ids($2)"
    )
}
