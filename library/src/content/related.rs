//! Related contents (相关信息): shared tags, rarer ones weighing more, and links; never withdrawn or repealed.
//!
//! Candidates are the newest 200 contents of each content's five rarest tags and what it is linked with; one
//! statement for all parents.

use std::collections::HashMap;
use std::sync::Arc;

use super::kind::ContentKind;
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::database::{Engine, Sql, Value};
use crate::id::{AnyId, ContentId, SiteId};
use crate::refusal::Result;

const TAGS: usize = 5;
const NEWEST: i64 = 200;
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
        let own: Vec<Value> = vec![
            serde_json::Value::Array(pairs).into(),
            parents.iter().map(|parent| parent.id.0).collect::<Vec<_>>().into(),
            NEWEST.into(),
            kinds.is_empty().into(),
            kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect::<Vec<_>>().into(),
            on.is_none().into(),
            on.into(),
            self.silent_sites().as_slice().into(),
            (first as i64).into(),
            LINK_WEIGHT.into(),
        ];
        let sql = Sql::built(statement(self.library().database().engine()));
        let mut related: HashMap<ContentId, Vec<Arc<LiveContent>>> = HashMap::new();
        for row in self.rows(&sql, own).await? {
            let content = Arc::new(LiveContent::read(&row, 1)?);
            self.note_record(AnyId::ContentId(content.id));
            related.entry(row.get(0)?).or_default().push(content);
        }
        Ok(related)
    }
}

fn statement(engine: Engine) -> String {
    let tagged = match engine {
        Engine::Postgres => {
            "select k.parent, t.content_id, k.weight from pairs k cross join lateral
               (select e.content_id from content_tag e where e.tag_id = k.tag
                order by e.published_at desc, e.content_id desc limit $3) t"
        }
        Engine::Sqlite => {
            "select k.parent, t.id as content_id, k.weight from pairs k cross join content t on t.id in (
               select e.content_id from content_tag e where e.tag_id = k.tag
                order by e.published_at desc, e.content_id desc limit $3)"
        }
    };
    let may_stand = "($4 or c.kind in texts($5)) and not (c.home_site_id in ids($8))
               and not exists (select 1 from policy y where y.content_id = c.id
                 and y.validity in ('REPEALED', 'EXPIRED', 'DECLARED_INVALID'))
               and ($6 or exists (select 1 from placement s where s.content_id = c.id and s.site_id = $7 and s.shown))";
    // PostgreSQL takes the candidates for many more than they are, and would read all contents instead of these.
    let (candidate, one) = match engine {
        Engine::Postgres => (
            format!(
                "cross join lateral (select c.id, c.published_at from content c where c.id = w.content_id
                   and {may_stand} offset 0) c"
            ),
            "cross join lateral (select f.* from content f where f.id = r.content_id offset 0) c",
        ),
        Engine::Sqlite => (
            format!("cross join content c on c.id = w.content_id and {may_stand}"),
            "cross join content c on c.id = r.content_id",
        ),
    };
    format!(
        "with tagged as (select as_id(r.value->>0) as parent, as_id(r.value->>1) as tag from rows($1) r),
         rarest as (select t.parent, t.tag, coalesce(sum(s.members), 0) as members,
                 row_number() over (partition by t.parent order by coalesce(sum(s.members), 0), t.tag) as place
             from tagged t left join shelf s on s.list in ('tag', 'elsewhere') and s.id = t.tag group by t.parent, t.tag),
         pairs as (select parent, tag, 10000 / (10 + cast(members as bigint)) as weight from rarest where place <= {TAGS}),
         near as ({tagged}
             union all select l.from_id, l.to_id, $10 from link l where l.from_id in ids($2) and l.to_id is not null
             union all select l.to_id, l.from_id, $10 from link l where l.to_id in ids($2)),
         weighed as (select parent, content_id, sum(weight) as weight from near
             where content_id <> parent group by parent, content_id),
         ranked as (select w.parent, w.content_id, row_number() over (partition by w.parent
                 order by w.weight desc, c.published_at desc, c.id desc) as place
             from weighed w {candidate})
         select r.parent, {} from ranked r {one} where r.place <= $9
         order by r.parent, r.place",
        CONTENT.replace("{c}", "c")
    )
}
