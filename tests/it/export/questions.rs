//! Every question of the front ends that can be asked about a site, and whether two libraries answer them alike.

use library::Instant;
use library::database::{Row, Sql};
use library::id::{ContentId, SiteId};
use library::site::Site;
use serde_json::{Value as Json, json};
use tests::World;

use crate::reading::operation;

/// A question: the operation and its variables.
type Question = (&'static str, Json);

async fn rows(world: &World, sql: &'static str, site: SiteId) -> Vec<Row> {
    world.library.database().rows(&Sql::new(sql), &[site.into()]).await.expect("rows")
}

/// The operations of `clients/operations` with everything that a site has as their variables.
pub async fn about(world: &World, code: &str) -> Vec<Question> {
    let directory = world.library.directory();
    let site = directory.sites.all().iter().find(|site| site.code == code).expect("a site").clone();
    let on = json!({"code": code});
    let mut questions = vec![
        ("friend-links", json!({"site": code})),
        ("site-map", json!({"site": code})),
        ("shareable-columns", json!({"department": code})),
    ];
    for from in ["2020-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-10-30T00:00:00Z"] {
        questions.push(("updated-today", json!({"site": code, "from": from})));
    }
    let own: Vec<_> = directory.columns.all().iter().filter(|column| column.site == site.id).collect();
    let paths: Vec<&String> = own.iter().map(|column| &column.path).collect();
    let panels: Vec<&String> =
        directory.panels.all().iter().filter(|panel| panel.site == site.id).map(|panel| &panel.code).collect();
    for host in &site.fields.hosts {
        for columns in paths.chunks(20) {
            questions.push(("site-home", json!({"host": host, "columns": columns, "panels": panels})));
        }
    }
    for column in &own {
        let at = |name| (name, json!({"site": code, "path": column.path}));
        questions.extend(["county-column", "topic-page"].map(at));
        for offset in [0, 20, 1000] {
            questions.push(("column-page", json!({"site": code, "path": column.path, "offset": offset})));
        }
        questions.push(("snapshot", json!({"columns": [column.id.to_string()], "after": null})));
    }
    for organisation in directory.organisations.all() {
        questions.push(("organisation-page", json!({"code": organisation.code, "on": on})));
    }
    for tag in directory.tags.all() {
        questions.push(("tag-page", json!({"code": tag.code, "on": on})));
        questions.push(("resolve", json!({"site": on, "path": format!("/tag/{}", tag.code)})));
    }
    let filter = json!({"shownOn": on});
    let kinds = json!({"shownOn": on, "kinds": ["POLICY"]});
    let valid = json!({"shownOn": on, "kinds": ["POLICY"], "validity": ["EFFECTIVE"]});
    for filter in [filter, kinds, valid, json!({"ownedBy": on})] {
        questions.push(("policy-library", json!({"filter": filter, "offset": 0})));
    }
    questions.extend(at_paths(world, &site).await);
    questions
}

/// What asks for a path of the site: contents, those that were withdrawn, columns, old addresses, nothing at all.
async fn at_paths(world: &World, site: &Site) -> Vec<Question> {
    let on = json!({"code": site.code});
    let zone = world.library.zone();
    let mut paths = vec!["/".to_owned(), "/nothing/here".to_owned(), "/content/202401/0123456789ab".to_owned()];
    let mut questions = Vec::new();
    let shown =
        "select c.id, c.published_at, p.document_number from content c left join policy p on p.content_id = c.id
         where c.home_site_id = $1 or c.id in (select content_id from placement where site_id = $1)
           or c.id in (select content_id from address where site_id = $1) order by c.id";
    for row in rows(world, shown, site.id).await {
        let (id, published): (ContentId, Instant) = (row.get(0).expect("an id"), row.get(1).expect("a time"));
        let path = Site::content_path(zone, id, published);
        questions.push(("content-page", json!({"site": site.code, "path": path, "on": on})));
        paths.push(format!("/content/{}", id.short()));
        paths.push(path);
        if let Some(number) = row.get::<Option<String>>(2).expect("a number") {
            questions.push(("policy-by-number", json!({"number": number})));
        }
    }
    let withdrawn =
        "select content_id, at from withdrawal where home_site_id = $1 or home_site_id <> $1 order by content_id";
    for row in rows(world, withdrawn, site.id).await {
        let id: ContentId = row.get(0).expect("an id");
        paths.push(Site::content_path(zone, id, row.get(1).expect("a time")));
    }
    for row in rows(world, "select path from address where site_id = $1 order by path", site.id).await {
        let path: String = row.get(0).expect("a path");
        paths.push(format!("{path}/below"));
        paths.push(path);
    }
    let directory = world.library.directory();
    paths.extend(directory.columns.all().iter().filter(|column| column.site == site.id).map(|c| c.path.clone()));
    questions.extend(paths.into_iter().map(|path| ("resolve", json!({"site": on, "path": path}))));
    questions
}

/// Asks both libraries; what they answer must be the same, byte by byte.
pub async fn answered_alike(left: &World, right: &World, code: &str) -> usize {
    let questions = about(left, code).await;
    let mut differ = Vec::new();
    for (name, variables) in &questions {
        let mut answers = [left.ask(operation(name), variables).await.0, right.ask(operation(name), variables).await.0];
        for answer in &mut answers {
            assert!(answer.get("errors").is_none(), "{name} {variables}: {}", answer["errors"]);
            // How often something was done in a library is its own.
            answer["data"].as_object_mut().expect("data").remove("position");
        }
        let [left, right] = answers.map(|answer| serde_json::to_string_pretty(&answer).expect("JSON"));
        if left != right {
            let at = left.lines().zip(right.lines()).position(|(left, right)| left != right).unwrap_or_default();
            let near = |text: &str| text.lines().skip(at.saturating_sub(3)).take(6).collect::<Vec<_>>().join("\n");
            differ.push(format!("{name} {variables}\n{}\n--- and restored\n{}", near(&left), near(&right)));
        }
    }
    assert!(
        differ.is_empty(),
        "{} of {} differ:\n{}",
        differ.len(),
        questions.len(),
        differ[..differ.len().min(5)].join("\n\n")
    );
    questions.len()
}
