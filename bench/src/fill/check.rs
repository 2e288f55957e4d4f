//! Looks at a filled library by plain SQL: the counters must be what is counted, and nothing may lack what goes with it.

use library::database::{Database, Sql};

/// Texts whose one cell counts what should not be.
const FAULTS: [(&str, &str); 12] = [
    (
        "contents that a counter counts wrongly",
        "select count(*) from (
        select 'library' as list, null as id, kind, count(*) as members from content group by kind
        except select list, null, kind, members from shelf where list = 'library') faults",
    ),
    (
        "contents of sites that a counter counts wrongly",
        "select count(*) from (
        select home_site_id, kind, count(*) from content group by home_site_id, kind
        except select id, kind, members from shelf where list = 'owned') faults",
    ),
    (
        "contents of tags that a counter counts wrongly",
        "select count(*) from (
        select tag_id, kind, count(*) from content_tag group by tag_id, kind
        except select id, kind, members from shelf where list = 'tag') faults",
    ),
    (
        "showings of columns that a counter counts wrongly",
        "select count(*) from (
        select column_id, kind, count(*) from placement where shown group by column_id, kind
        except select id, kind, members from shelf where list = 'column') faults",
    ),
    (
        "showings of sites that a counter counts wrongly",
        "select count(*) from (
        select site_id, kind, count(*) from placement where shown group by site_id, kind
        except select id, kind, members from shelf where list = 'site') faults",
    ),
    (
        "showings of columns with all below them that a counter counts wrongly",
        "select count(*) from (
        with recursive family as (select id as top, id as member from site_column
          union all select f.top, c.id from family f join site_column c on c.parent_id = f.member)
        select f.top, p.kind, count(distinct p.content_id) from family f join placement p on p.column_id = f.member
        where p.shown group by f.top, p.kind
        except select id, kind, members from shelf where list = 'family') faults",
    ),
    (
        "contents of tags on sites that a counter counts wrongly",
        "select count(*) from (
        select t.tag_id, p.site_id, t.kind, count(distinct t.content_id) from content_tag t
        join placement p on p.content_id = t.content_id where p.shown group by t.tag_id, p.site_id, t.kind
        except select tag_id, site_id, kind, members from tag_shelf) faults",
    ),
    (
        "policies of a theme and validity that a counter counts wrongly",
        "select count(*) from (
        select '' as theme, validity, count(*) from policy group by validity
        union all select k.code, p.validity, count(*) from content_code k join policy p on p.content_id = k.content_id
          where k.list = 'THEME' group by k.code, p.validity
        except select theme, validity, members from policy_shelf) faults",
    ),
    (
        "contents without body, detail or saved revision",
        "select count(*) from content c
        left join content_body b on b.content_id = c.id left join content_detail d on d.content_id = c.id
        left join revision r on r.content_id = c.id and r.number = c.revision
        left join working w on w.content_id = c.id and w.live_revision = c.revision
        where b.content_id is null or d.content_id is null or r.content_id is null or w.content_id is null",
    ),
    (
        "showings without a reason",
        "select count(*) from placement p
        where not exists (select 1 from placement_reason r where r.placement_id = p.id)",
    ),
    (
        "contents that are shown nowhere",
        "select count(*) from content c
        where not exists (select 1 from placement p where p.content_id = c.id and p.shown)",
    ),
    (
        "gaps in the change log",
        "select (select position from change_counter where one = 1) - (select count(*) from change)",
    ),
];

/// Looks; answers how many contents there are.
///
/// # Errors
/// When something is not as it should be, or the database cannot be read.
pub async fn check(url: &str) -> anyhow::Result<i64> {
    let database = Database::open_with(url, 2, std::time::Duration::from_secs(600)).await?;
    for (what, text) in FAULTS {
        let rows = database.rows(&Sql::built(text.to_owned()), &[]).await?;
        let faults: i64 = rows.first().map_or(Ok(0), |row| row.get(0))?;
        anyhow::ensure!(faults == 0, "{faults} {what}");
    }
    let rows = database.rows(&Sql::new("select count(*) from content"), &[]).await?;
    Ok(rows.first().map_or(Ok(0), |row| row.get(0))?)
}
