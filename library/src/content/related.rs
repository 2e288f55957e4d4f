//! Related contents (相关信息): shared tags, rarer ones weighing more, and links; never withdrawn or repealed.
//!
//! Candidates are the newest 100 contents of each content's five rarest tags and what it is linked with; the nearest 100
//! of them that the question allows are looked at. One statement for all parents, whose indexes name the candidates:
//! only what is answered is read as a content.

use std::collections::HashMap;
use std::sync::Arc;

use super::kind::ContentKind;
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::database::{Sql, Value};
use crate::id::{AnyId, ContentId, SiteId};
use crate::refusal::Result;

const TAGS: usize = 5;
const NEWEST: i64 = 100;
const NEAREST: i64 = 100;
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
        let mut pairs = Vec::new();
        for parent in parents {
            self.note_list(List::Links(parent.id));
            for tag in &parent.card.tags {
                self.note_list(List::Tag(*tag));
                pairs.push(serde_json::json!([parent.id.0.simple().to_string(), tag.0.simple().to_string()]));
            }
        }
        if let Some(site) = on {
            self.note_list(List::Site(site));
        }
        let silent = self.silent_sites();
        let own: Vec<Value> = vec![
            serde_json::Value::Array(pairs).into(),
            parents.iter().map(|parent| parent.id.0).collect::<Vec<_>>().into(),
            (NEWEST - 1).into(),
            NEAREST.into(),
            LINK_WEIGHT.into(),
            (first as i64).into(),
            kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect::<Vec<_>>().into(),
            on.into(),
            silent.as_slice().into(),
        ];
        let sql = Sql::built(statement(!kinds.is_empty(), on.is_some(), !silent.is_empty()));
        let mut related: HashMap<ContentId, Vec<Arc<LiveContent>>> = HashMap::new();
        for row in self.rows(&sql, own).await? {
            let content = Arc::new(LiveContent::read(&row, 1)?);
            self.note_record(AnyId::ContentId(content.id));
            related.entry(row.get(0)?).or_default().push(content);
        }
        Ok(related)
    }
}

/// The statement, with what narrows the candidates: their kinds, the site that shows them, sites that show nothing.
fn statement(kinds: bool, on: bool, silent: bool) -> String {
    let mut allowed = String::new();
    // What a parameter is for has to be said on PostgreSQL, even where nothing asks for it.
    for (asked, condition, unused) in [
        (
            kinds,
            "exists (select 1 from content c where c.id = w.content_id and c.kind in texts($7))",
            "not ('' in texts($7))",
        ),
        (
            on,
            "exists (select 1 from placement s where s.content_id = w.content_id and s.site_id = $8 and s.shown)",
            "as_id($8) is null",
        ),
        (
            silent,
            "not exists (select 1 from content c where c.id = w.content_id and c.home_site_id in ids($9))",
            "not (w.parent in ids($9))",
        ),
    ] {
        allowed += &format!(" and {}", if asked { condition } else { unused });
    }
    format!(
        "with tagged as (select as_id(r.value->>0) as parent, as_id(r.value->>1) as tag from rows($1) r),
         rarest as (select t.parent, t.tag, coalesce(sum(s.members), 0) as members,
                 row_number() over (partition by t.parent order by coalesce(sum(s.members), 0), t.tag) as place
             from tagged t left join shelf s on s.list in ('tag', 'elsewhere') and s.id = t.tag group by t.parent, t.tag),
         pairs as (select parent, tag, 10000 / (10 + cast(members as bigint)) as weight, coalesce((select e.published_at
                 from content_tag e where e.tag_id = tag order by e.published_at desc, e.content_id desc
                 limit 1 offset $3), -9000000000000000000) as since
             from rarest where place <= {TAGS}),
         near as (select k.parent, t.content_id, t.published_at, k.weight from pairs k
                 cross join content_tag t where t.tag_id = k.tag and t.published_at >= k.since
             union all select l.from_id, c.id, c.published_at, $5 from link l join content c on c.id = l.to_id
                 where l.from_id in ids($2)
             union all select l.to_id, c.id, c.published_at, $5 from link l join content c on c.id = l.from_id
                 where l.to_id in ids($2)),
         weighed as (select parent, content_id, published_at, sum(weight) as weight from near
             where content_id <> parent group by parent, content_id, published_at),
         ranked as (select w.parent, w.content_id, row_number() over (partition by w.parent
                 order by w.weight desc, w.published_at desc, w.content_id desc) as place
             from weighed w where true{allowed}),
         valid as (select w.parent, w.content_id,
                 row_number() over (partition by w.parent order by w.place) as place
             from ranked w where w.place <= $4 and not exists (select 1 from policy y where y.content_id = w.content_id
                 and y.validity in ('REPEALED', 'EXPIRED', 'DECLARED_INVALID')))
         select r.parent, {} from valid r join content c on c.id = r.content_id where r.place <= $6
         order by r.parent, r.place",
        CONTENT.replace("{c}", "c")
    )
}
