//! Whether a library is whole: every rule that ties one table to another, looked at behind the door.

use std::path::Path;

use library::database::Sql;
use tests::World;

/// What must be nothing: its name and the statement that counts it.
const FAULTS: [(&str, &str); 36] = [
    (
        "counters of columns",
        "select count(*) from (select column_id as id, kind, count(*) as n from placement where shown
           group by column_id, kind) c
         full join (select id, kind, members as n from shelf where list = 'column') s on s.id = c.id and s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of columns with all below them",
        "select count(*) from (
           with recursive family as (select id as top, id as member from site_column
             union all select f.top, c.id from family f join site_column c on c.parent_id = f.member)
           select f.top as id, p.kind, count(distinct p.content_id) as n from family f
             join placement p on p.column_id = f.member where p.shown group by f.top, p.kind) c
         full join (select id, kind, members as n from shelf where list = 'family') s on s.id = c.id and s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of tags on sites",
        "select count(*) from (select t.tag_id, p.site_id, t.kind, count(distinct t.content_id) as n from content_tag t
             join placement p on p.content_id = t.content_id where p.shown group by t.tag_id, p.site_id, t.kind) c
         full join tag_shelf s on s.tag_id = c.tag_id and s.site_id = c.site_id and s.kind = c.kind
         where coalesce(s.members, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of sites",
        "select count(*) from (select site_id as id, kind, count(*) as n from placement where shown
           group by site_id, kind) c
         full join (select id, kind, members as n from shelf where list = 'site') s on s.id = c.id and s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of tags",
        "select count(*) from (select tag_id as id, kind, count(*) as n from content_tag group by tag_id, kind) c
         full join (select id, kind, members as n from shelf where list = 'tag') s on s.id = c.id and s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of home sites",
        "select count(*) from (select home_site_id as id, kind, count(*) as n from content
           group by home_site_id, kind) c
         full join (select id, kind, members as n from shelf where list = 'owned') s on s.id = c.id and s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of the library",
        "select count(*) from (select kind, count(*) as n from content group by kind) c
         full join (select kind, members as n from shelf where list = 'library') s on s.kind = c.kind
         where coalesce(s.n, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of policies by theme and validity",
        "select count(*) from (select '' as theme, validity, count(*) as n from policy group by validity
           union all select k.code, p.validity, count(*) from content_code k join policy p on p.content_id = k.content_id
             where k.list = 'THEME' group by k.code, p.validity) c
         full join policy_shelf s on s.theme = c.theme and s.validity = c.validity
         where coalesce(s.members, 0) <> coalesce(c.n, 0)",
    ),
    (
        "counters of nothing",
        "select count(*) from shelf where list not in ('column', 'family', 'site', 'tag', 'elsewhere', 'owned', 'library')",
    ),
    (
        "contents without detail",
        "select count(*) from content c
         where not exists (select 1 from content_detail d where d.content_id = c.id)",
    ),
    (
        "contents without body",
        "select count(*) from content c where not exists (select 1 from content_body b where b.content_id = c.id)",
    ),
    (
        "contents without placement",
        "select count(*) from content c where not exists (select 1 from placement p where p.content_id = c.id)",
    ),
    (
        "policies without their row, and rows of others",
        "select count(*) from (select id from content where kind = 'POLICY') c
         full join policy p on p.content_id = c.id where c.id is null or p.content_id is null",
    ),
    (
        "tags that stand elsewhere than their content",
        "select count(*) from content_tag t left join content c on c.id = t.content_id
         where c.id is null or t.kind <> c.kind or t.published_at <> c.published_at",
    ),
    (
        "details, bodies and links of nobody",
        "select (select count(*) from content_detail where content_id not in (select id from content))
           + (select count(*) from content_body where content_id not in (select id from content))
           + (select count(*) from link where from_id not in (select id from content))",
    ),
    (
        "placements without content",
        "select count(*) from placement p where not exists (select 1 from content c where c.id = p.content_id)",
    ),
    (
        "placements that stand elsewhere than their content",
        "select count(*) from placement p join content c on c.id = p.content_id
         where p.kind <> c.kind or p.published_at <> c.published_at or p.updated_at <> c.updated_at",
    ),
    (
        "placements without reason",
        "select count(*) from placement p
         where not exists (select 1 from placement_reason r where r.placement_id = p.id)",
    ),
    (
        "placements on another site than their column",
        "select count(*) from placement p left join site_column k on k.id = p.column_id
         where k.id is null or k.site_id <> p.site_id",
    ),
    ("placements hidden and shown", "select count(*) from placement where hidden = shown"),
    (
        "reasons of no placement",
        "select count(*) from placement_reason r where not exists (select 1 from placement p where p.id = r.placement_id)",
    ),
    (
        "mirrored placements without a source of the same content",
        "select count(*) from placement_reason r join placement p on p.id = r.placement_id
         left join placement s on s.id = r.source_placement_id
         where r.origin = 'MIRRORED' and (s.id is null or s.id = p.id or s.content_id <> p.content_id)",
    ),
    (
        "mirrored placements of a hidden source",
        "select count(*) from placement_reason r join placement s on s.id = r.source_placement_id where s.hidden",
    ),
    (
        "mirrored placements without a subscription into their column",
        "select count(*) from placement_reason r join placement p on p.id = r.placement_id
         left join column_subscription s on s.id = r.subscription_id
         where r.origin = 'MIRRORED' and (s.id is null or s.target_column_id <> p.column_id)",
    ),
    (
        "reasons of another origin",
        "select count(*) from placement_reason
         where origin not in ('OWN', 'MIRRORED') or (origin = 'OWN' and source_placement_id is not null)",
    ),
    (
        "live revisions that the desk does not know",
        "select count(*) from content c left join working w on w.content_id = c.id
         where w.content_id is null or w.live_revision is null or w.live_revision <> c.revision
           or coalesce(w.index_number, '') <> coalesce(c.index_number, '')",
    ),
    (
        "live revisions that are not live",
        "select count(*) from working w where w.live_revision is not null
           and not exists (select 1 from content c where c.id = w.content_id)",
    ),
    (
        "published and withdrawn states that are none",
        "select count(*) from working where (state = 'PUBLISHED' and live_revision is null)
           or (state = 'WITHDRAWN' and live_revision is not null)
           or (state = 'WITHDRAWN' and not exists (select 1 from withdrawal w where w.content_id = working.content_id))",
    ),
    (
        "gaps in revisions",
        // A restored content begins with the revision that was live.
        "select count(*) from working w left join (select content_id, max(number) as newest, min(number) as oldest,
           count(*) as n from revision group by content_id) r on r.content_id = w.content_id
         where r.content_id is null or r.newest <> w.revision or r.n <> w.revision - r.oldest + 1",
    ),
    (
        "withdrawals of what is live",
        "select count(*) from withdrawal w where exists (select 1 from content c where c.id = w.content_id)",
    ),
    ("gaps in positions", "select coalesce(max(position), 0) - count(*) from change"),
    ("positions before the first", "select count(*) from change where position < 1"),
    (
        "positions that were counted and not written",
        "select (select position from change_counter where one = 1) - coalesce(max(position), 0) from change",
    ),
    (
        "changes without subjects",
        "select count(*) from change c where not exists (select 1 from change_subject s where s.change_id = c.id)",
    ),
    (
        "subjects without their change",
        "select count(*) from change_subject s where not exists (select 1 from change c where c.id = s.change_id)",
    ),
    (
        "gaps in subjects",
        "select count(*) from (select change_id from change_subject group by change_id
           having min(ordinal) <> 0 or max(ordinal) <> count(*) - 1) s",
    ),
];

/// Sees that everything that is there is there whole; names what is not.
pub async fn whole(world: &World) {
    let mut faults = Vec::new();
    for (name, sql) in FAULTS {
        let count = world.count(sql).await;
        if count != 0 {
            faults.push(format!("{name}: {count}"));
        }
    }
    faults.extend(missing_files(world).await);
    assert!(faults.is_empty(), "{:?} is not whole:\n{}", world.engine, faults.join("\n"));
}

/// Attachments whose bytes do not lie in the store.
async fn missing_files(world: &World) -> Vec<String> {
    let all = Sql::new("select distinct sha256, size from attachment order by sha256");
    let rows = world.library.database().rows(&all, &[]).await.expect("attachments");
    let kept = |row: &library::database::Row| -> Option<String> {
        let (sha256, size): (String, i64) = (row.get(0).expect("a hash"), row.get(1).expect("a size"));
        let path = world.files.join("original").join(Path::new(&sha256[..2])).join(&sha256);
        let there = std::fs::metadata(&path).is_ok_and(|file| i64::try_from(file.len()) == Ok(size));
        (!there).then(|| format!("the bytes of {sha256} are not in the store"))
    };
    rows.iter().filter_map(kept).collect()
}
