//! The synthetic library of the bench: what the server answers of it is what plain SQL counts, and what was written
//! straight into the tables is what the library's own deeds write.

use std::collections::{HashMap, HashSet};

use library::database::{Row, Sql, Value};
use library::id::ContentId;
use library::site::Site;
use serde_json::{Value as Json, json};
use tests::{World, on_both};

const CONTENTS: usize = 2_000;

async fn rows(world: &World, text: &str, params: &[Value]) -> Vec<Row> {
    world.library.database().rows(&Sql::built(text.to_owned()), params).await.expect(text)
}

async fn number(world: &World, text: &str, params: &[Value]) -> i64 {
    rows(world, text, params).await[0].get(0).expect("a number")
}

#[test]
fn answers_are_what_plain_sql_counts() {
    on_both(async |engine| {
        let world = World::filled(engine, CONTENTS).await;
        assert_eq!(world.count("select count(*) from content").await, CONTENTS as i64);
        for (noun, most) in [("site", 20), ("site_column", 400), ("tag", 119), ("organisation", 60)] {
            assert_eq!(number(&world, &format!("select count(*) from {noun}"), &[]).await, most, "{noun}");
        }
        let mirrored = world.count("select count(*) from placement_reason where origin = 'MIRRORED'").await;
        assert!(mirrored > 100, "{mirrored} mirrored showings");
        columns(&world).await;
        families(&world).await;
        tags(&world).await;
        lists(&world).await;
        pages(&world).await;
    });
}

async fn columns(world: &World) {
    let biggest = rows(
        world,
        "select c.id, c.path, s.code, count(*) from placement p join site_column c on c.id = p.column_id
         join site s on s.id = c.site_id where p.shown group by c.id, c.path, s.code order by 4 desc, 1 limit 12",
        &[],
    );
    for row in biggest.await {
        let (path, code): (String, String) = (row.get(1).unwrap(), row.get(2).unwrap());
        let document = "query($site: String!, $path: String!) { column(by: {at: {site: $site, path: $path}}) {
            placements(first: 30) { totalCount nodes { title content { id body { text } } } } } }";
        let answer = world.data(document, &json!({"site": code, "path": path})).await;
        let list = &answer["column"]["placements"];
        assert_eq!(list["totalCount"], json!(row.get::<i64>(3).unwrap()), "{code}{path}");
        let own = [Value::Id(row.get(0).unwrap())];
        let wanted = rows(
            world,
            "select p.content_id, b.text, p.title, c.card from placement p
             join content_body b on b.content_id = p.content_id join content c on c.id = p.content_id
             where p.column_id = $1 and p.shown
             order by p.rank desc, p.published_at desc, p.content_id desc limit 30",
            &own,
        );
        let wanted: Vec<Json> = wanted.await.iter().map(showing).collect();
        assert_eq!(list["nodes"], Json::Array(wanted), "{code}{path}");
    }
}

async fn families(world: &World) {
    let tops = rows(
        world,
        "select c.id, c.path, s.code from site_column c join site s on s.id = c.site_id where c.parent_id is null
         order by s.code, c.path limit 16",
        &[],
    );
    for row in tops.await {
        let (path, code): (String, String) = (row.get(1).unwrap(), row.get(2).unwrap());
        let document = "query($site: String!, $path: String!, $offset: Int!) { column(by: {at: {site: $site, path: $path}}) {
            placements(filter: {withDescendants: true}, first: 20, offset: $offset) { totalCount nodes { content { id } } }
            narrowed: placements(filter: {withDescendants: true, kinds: [ARTICLE, POLICY]}, first: 0) { totalCount } } }";
        let own = [Value::Id(row.get(0).unwrap())];
        let of = "from placement p join site_column c on c.id = p.column_id
                  where (c.id = $1 or c.parent_id = $1) and p.shown";
        for offset in [0, 7] {
            let answer = world.data(document, &json!({"site": code, "path": path, "offset": offset})).await;
            let shown = number(world, &format!("select count(distinct p.content_id) {of}"), &own).await;
            assert_eq!(answer["column"]["placements"]["totalCount"], json!(shown), "{code}{path}");
            let kinds = format!("select count(distinct p.content_id) {of} and p.kind in ('ARTICLE', 'POLICY')");
            let narrowed = number(world, &kinds, &own).await;
            assert_eq!(answer["column"]["narrowed"]["totalCount"], json!(narrowed), "{code}{path}");
            // A content that stands in two of the columns is shown once, by the first of them.
            let page = format!(
                "select p.content_id {of} and not exists (select 1 from placement o join site_column d on d.id = o.column_id
                   where o.content_id = p.content_id and o.shown and (d.id = $1 or d.parent_id = $1) and o.column_id < p.column_id)
                 order by p.rank desc, p.published_at desc, p.content_id desc limit 20 offset {offset}"
            );
            let page: Vec<_> =
                rows(world, &page, &own).await.iter().map(|row| json!({"content": id_of(row)})).collect();
            assert_eq!(answer["column"]["placements"]["nodes"], json!(page), "{code}{path}");
        }
    }
    let twice = "select count(*) from (select p.content_id from placement p join site_column c on c.id = p.column_id
        where p.shown group by p.content_id, coalesce(c.parent_id, c.id) having count(*) > 1) several";
    assert!(world.count(twice).await > 10, "contents that stand twice below one column");
}

fn showing(row: &Row) -> Json {
    let card: Json = row.json(3).unwrap();
    let title = row.text(2).map_or_else(|| card["description"]["title"].clone(), Json::from);
    json!({"title": title, "content": {"id": row.get::<ContentId>(0).unwrap().to_string(), "body": {"text": row.text(1)}}})
}

async fn tags(world: &World) {
    for tag in rows(world, "select id, code from tag order by code limit 30", &[]).await {
        let (id, code) = (Value::Id(tag.get(0).unwrap()), tag.get::<String>(1).unwrap());
        let document = "query($code: String!) { tag(by: {code: $code}) {
            usage onSite: usage(on: {code: \"s3\"}) contents(filter: {shownOn: {code: \"s3\"}}, first: 1) { totalCount } byKind(first: 3) { kind totalCount contents { id } } } }";
        let answer = world.data(document, &json!({"code": code})).await;
        let tag = &answer["tag"];
        let usage =
            number(world, "select count(*) from content_tag where tag_id = $1", std::slice::from_ref(&id)).await;
        assert_eq!(tag["usage"], json!(usage), "{code}");
        let own = [id.clone()];
        let on = number(
            world,
            "select count(*) from content_tag t where t.tag_id = $1 and exists (select 1 from placement p
               join site s on s.id = p.site_id and s.code = 's3' where p.content_id = t.content_id and p.shown)",
            &own,
        );
        let on = on.await;
        assert_eq!(tag["onSite"], json!(on), "{code}");
        assert_eq!(tag["contents"]["totalCount"], json!(on), "{code}");
        for shelf in tag["byKind"].as_array().unwrap() {
            let kind = shelf["kind"].as_str().unwrap();
            let params = [id.clone(), kind.into()];
            let of_kind = "select count(*) from content_tag where tag_id = $1 and kind = $2";
            assert_eq!(shelf["totalCount"], json!(number(world, of_kind, &params).await), "{code} {kind}");
            let newest = "select content_id from content_tag where tag_id = $1 and kind = $2
                order by published_at desc, content_id desc limit 3";
            let newest: Vec<_> = rows(world, newest, &params).await.iter().map(id_of).collect();
            assert_eq!(shelf["contents"], json!(newest), "{code} {kind}");
        }
    }
}

fn id_of(row: &Row) -> Json {
    json!({"id": row.get::<ContentId>(0).unwrap().to_string()})
}

async fn lists(world: &World) {
    for (filter, condition) in [
        ("{}", "true"),
        ("{kinds: [POLICY]}", "c.kind = 'POLICY'"),
        ("{kinds: [NOTICE, ARTICLE]}", "c.kind in ('NOTICE', 'ARTICLE')"),
        (
            "{validity: [EFFECTIVE]}",
            "exists (select 1 from policy p where p.content_id = c.id and p.validity = 'EFFECTIVE')",
        ),
        (
            "{kinds: [POLICY], validity: [EXPIRED, REPEALED]}",
            "exists (select 1 from policy p where p.content_id = c.id and p.validity in ('EXPIRED', 'REPEALED'))",
        ),
        (
            "{validity: [EFFECTIVE], documentType: \"TZ\", ownedBy: {code: \"s2\"}}",
            "exists (select 1 from policy p where p.content_id = c.id and p.validity = 'EFFECTIVE'
               and p.document_type = 'TZ') and exists (select 1 from site s where s.id = c.home_site_id and s.code = 's2')",
        ),
        (
            "{kinds: [ARTICLE, POLICY], ownedBy: {code: \"s2\"}}",
            "c.kind in ('ARTICLE', 'POLICY') and exists (select 1 from site s where s.id = c.home_site_id and s.code = 's2')",
        ),
        ("{theme: \"T03\"}", "exists (select 1 from content_code k where k.content_id = c.id and k.code = 'T03')"),
    ] {
        let document = format!("{{ contents(filter: {filter}, first: 20) {{ totalCount nodes {{ id }} }} }}");
        let answer = world.data(&document, &Json::Null).await;
        let all = number(world, &format!("select count(*) from content c where {condition}"), &[]).await;
        assert_eq!(answer["contents"]["totalCount"], json!(all), "{filter}");
        let newest =
            format!("select c.id from content c where {condition} order by published_at desc, id desc limit 20");
        let newest: Vec<_> = rows(world, &newest, &[]).await.iter().map(id_of).collect();
        assert_eq!(answer["contents"]["nodes"], json!(newest), "{filter}");
        let document =
            format!("{{ contents(filter: {filter}, orderBy: {{field: WRITTEN_ON, direction: DESC}}, first: 20) {{ nodes {{ id }} }} }}");
        let answer = world.data(&document, &Json::Null).await;
        let written = format!(
            "select c.id from content c join policy w on w.content_id = c.id where {condition}
             order by w.written_on desc, c.id desc limit 20"
        );
        let written: Vec<_> = rows(world, &written, &[]).await.iter().map(id_of).collect();
        assert_eq!(answer["contents"]["nodes"], json!(written), "{filter} by day");
    }
}

#[test]
fn related_contents_are_the_nearest_that_may_stand() {
    on_both(async |engine| related(&World::filled(engine, 3 * CONTENTS).await).await);
}

/// Weighs all that a content shares a tag or a link with, in memory.
async fn related(world: &World) {
    let all = rows(world, "select id, published_at, kind, card from content order by id", &[]).await;
    let mut tagged: HashMap<String, Vec<(i64, ContentId)>> = HashMap::new();
    let mut known: HashMap<ContentId, (i64, String, Vec<String>)> = HashMap::new();
    for row in &all {
        let (id, at): (ContentId, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        let card: Json = row.json(3).unwrap();
        let tags: Vec<String> = serde_json::from_value(card["tags"].clone()).unwrap();
        tags.iter().for_each(|tag| tagged.entry(tag.clone()).or_default().push((at, id)));
        known.insert(id, (at, row.text(2).unwrap().to_owned(), tags));
    }
    tagged.values_mut().for_each(|list| list.sort_unstable_by(|a, b| b.cmp(a)));
    let linked: Vec<(ContentId, ContentId)> =
        rows(world, "select from_id, to_id from link where to_id is not null", &[])
            .await
            .iter()
            .map(|row| (row.get(0).unwrap(), row.get(1).unwrap()))
            .collect();
    let repealed = "select content_id from policy where validity in ('REPEALED', 'EXPIRED', 'DECLARED_INVALID')";
    let repealed: HashSet<ContentId> = rows(world, repealed, &[]).await.iter().map(|row| row.get(0).unwrap()).collect();
    let shown = "select p.content_id from placement p join site s on s.id = p.site_id and s.code = 's3' where p.shown";
    let shown: HashSet<ContentId> = rows(world, shown, &[]).await.iter().map(|row| row.get(0).unwrap()).collect();
    assert!(!repealed.is_empty() && !shown.is_empty() && !linked.is_empty());
    let (mut cut, mut passed_over) = (0, 0);
    for (id, (_, _, tags)) in known.iter().step_by(61) {
        let mut weights: HashMap<ContentId, i64> = HashMap::new();
        for tag in tags {
            let list = &tagged[tag];
            cut += usize::from(list.len() > 100);
            for (_, other) in list.iter().take(100) {
                *weights.entry(*other).or_default() += 10_000 / (10 + list.len() as i64);
            }
        }
        for (from, to) in &linked {
            for (own, other) in [(from, to), (to, from)] {
                if own == id && known.contains_key(other) {
                    *weights.entry(*other).or_default() += 2_000;
                }
            }
        }
        weights.remove(id);
        let mut near: Vec<_> = weights.into_iter().map(|(other, weight)| (weight, known[&other].0, other)).collect();
        near.sort_unstable_by(|a, b| b.cmp(a));
        near.truncate(100);
        passed_over += near.iter().take(5).filter(|(_, _, other)| repealed.contains(other)).count();
        let allowed = |condition: &dyn Fn(&ContentId) -> bool| -> Vec<Json> {
            let stands =
                near.iter().map(|(_, _, other)| other).filter(|other| !repealed.contains(other) && condition(other));
            stands.take(5).map(|other| json!({"id": other.to_string()})).collect()
        };
        let document = "query($id: ID!) { content(by: {id: $id}) { all: related(first: 5) { id }
            policies: related(first: 5, kinds: [POLICY]) { id } shown: related(first: 5, on: {code: \"s3\"}) { id } } }";
        let answer = world.data(document, &json!({"id": id.to_string()})).await;
        assert_eq!(answer["content"]["all"], json!(allowed(&|_| true)), "{id}");
        assert_eq!(answer["content"]["policies"], json!(allowed(&|other| known[other].1 == "POLICY")), "{id}");
        assert_eq!(answer["content"]["shown"], json!(allowed(&|other| shown.contains(other))), "{id}");
    }
    assert!(cut > 10, "hardly any tag has more than is looked at");
    assert!(passed_over > 0, "no repealed policy would be related");
}

async fn pages(world: &World) {
    let all = rows(
        world,
        "select c.id, c.published_at, s.code, c.card, b.html, c.index_number,
           (select count(*) from link l where l.from_id = c.id or l.to_id = c.id)
         from content c join site s on s.id = c.home_site_id join content_body b on b.content_id = c.id order by c.id",
        &[],
    );
    let document = "query($site: SiteLocator!, $path: String!) { resolve(site: $site, path: $path) { ... on Page {
        content { id title indexNumber body { html } tags { id } links { direction } ... on Policy { validity } } } } }";
    for row in all.await.iter().step_by(61) {
        let id: ContentId = row.get(0).unwrap();
        let path = Site::content_path(world.library.zone(), id, row.get(1).unwrap());
        let variables = json!({"site": {"code": row.text(2)}, "path": path});
        let content = &world.data(document, &variables).await["resolve"]["content"];
        let card: Json = row.json(3).unwrap();
        assert_eq!(content["id"], json!(id.to_string()), "{path}");
        assert_eq!(content["title"], card["description"]["title"]);
        assert_eq!(content["body"]["html"], json!(row.text(4)));
        assert_eq!(content["indexNumber"], json!(row.text(5)));
        let tags: Vec<_> = content["tags"].as_array().unwrap().iter().map(|tag| tag["id"].clone()).collect();
        assert_eq!(Json::Array(tags), card["tags"]);
        assert_eq!(content["links"].as_array().unwrap().len() as i64, row.get::<i64>(6).unwrap(), "{path}");
        if let Some(validity) = content.get("validity") {
            assert_eq!(*validity, card["glance"]["POLICY"]["state"]["validity"]);
        }
    }
}

/// What a content comes to in the tables, but for what every deed writes anew: times of change, revisions, link ids.
async fn written(world: &World, id: ContentId) -> Vec<String> {
    let mut written = Vec::new();
    for text in [
        "select short_id, kind, home_site_id, home_column_id, publisher_id, language, published_at, index_number,
           origin_system, origin_id, card from content where id = $1",
        "select document from content_detail where content_id = $1",
        "select html, text from content_body where content_id = $1",
        "select tag_id, kind, published_at, source from content_tag where content_id = $1 order by tag_id",
        "select list, code, published_at from content_code where content_id = $1 order by code",
        "select document_number, folded_number, document_type, written_on, validity, published_at from policy
           where content_id = $1",
        "select organisation_id, published_at from content_issuer where content_id = $1 order by organisation_id",
        "select type, to_id, title, url, note, rank from link where from_id = $1 order by rank",
        "select short_id, kind, site_id, column_id, title, state, author, created_at, published_at, index_number,
           origin_system, origin_id from working where content_id = $1",
        "select at, what from due where subject_id = $1 order by at, what",
        "select id, column_id, site_id, kind, rank, pinned_until, title, hidden, shown, published_at, shown_since
           from placement where content_id = $1 order by id",
        "select placement_id, origin, subscription_id, source_placement_id, decision from placement_reason
           where placement_id in (select id from placement where content_id = $1) order by placement_id, subscription_id",
        "select r.document from revision r join working w on w.content_id = r.content_id and w.revision = r.number
           where r.content_id = $1",
    ] {
        for row in rows(world, text, &[id.into()]).await {
            written.push(format!("{row:?}\n  of {text}"));
        }
    }
    written
}

#[test]
fn rows_are_what_the_deeds_write() {
    on_both(async |engine| {
        let world = World::filled(engine, CONTENTS).await;
        let counters = "select list, id, kind, members from shelf where members > 0 order by list, id, kind";
        let counted = format!("{:?}", rows(&world, counters, &[]).await);
        // Some of each kind, those that are mirrored most, and those that a receiver hides.
        let mut some = rows(
            &world,
            "select id from (select id, row_number() over (partition by kind order by id) as place from content) numbered
             where place <= 6",
            &[],
        )
        .await;
        for order in ["count(*) desc", "max(case when hidden then 1 else 0 end) desc"] {
            let text =
                format!("select content_id from placement group by content_id order by {order}, content_id limit 8");
            some.extend(rows(&world, &text, &[]).await);
        }
        let caller = world.editor();
        for row in some {
            let id: ContentId = row.get(0).unwrap();
            let before = written(&world, id).await;
            let (number, fields) = world.library.working_content(id).await.expect("a working content");
            let number = world.library.edit_content(&caller, id, number, fields, None).await.expect("edited");
            world.library.publish_content(&caller, id, number).await.expect("published");
            let after = written(&world, id).await;
            assert_eq!(before.len(), after.len(), "{id}");
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(before, after, "{id}");
            }
        }
        assert_eq!(counted, format!("{:?}", rows(&world, counters, &[]).await));
    });
}

#[test]
fn the_same_seed_fills_the_same_library() {
    on_both(async |engine| {
        let (one, two) = (World::filled(engine, 300).await, World::filled(engine, 300).await);
        for table in ["content", "content_body", "content_tag", "placement", "placement_reason", "revision", "change"] {
            let text = format!("select * from {table} order by 1, 2, 3");
            assert_eq!(format!("{:?}", rows(&one, &text, &[]).await), format!("{:?}", rows(&two, &text, &[]).await));
        }
    });
}
