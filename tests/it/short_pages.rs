//! Pages of something rare in a long list: a walk looks at no more than its bound, and the cursor goes on from there.

use std::sync::Arc;

use library::content::Details;
use library::id::ContentId;
use library::{MOST_LOOKED_AT, Scope};
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tests::{Engine, on_both, plan_faults};

use super::town::{Town, at};

/// How many articles lie above the oldest content.
const ARTICLES: usize = MOST_LOOKED_AT / 2 * 3;
/// Which of them, counted from the oldest, is a notice.
const NOTICE: usize = MOST_LOOKED_AT / 4 * 5;

/// A town whose column `/news` holds a policy, above it many articles and among them one notice.
struct Long {
    town: Town,
    policy: ContentId,
    article: ContentId,
}

impl Long {
    async fn on(engine: Engine) -> Self {
        let town = Town::on(engine).await;
        let mut policy = town.policy("最早", Default::default());
        policy.columns = vec![town.news];
        let policy = town.publish(policy).await;
        town.world.clock.set(at("2026-10-31 18:01"));
        let article = town.publish(town.article("文章")).await;
        let long = Self { town, policy, article };
        long.fill().await;
        long
    }

    /// Copies the article row by row: the deeds would take minutes.
    async fn fill(&self) {
        let (numbers, id, own, article) = match self.town.world.engine {
            Engine::Sqlite => (
                format!(
                    "(with recursive n(i) as (select 1 union all select i + 1 from n where i < {ARTICLES}) select i from n)"
                ),
                "unhex(printf('0%031x', n.i))",
                "unhex(printf('f%031x', n.i))",
                format!("x'{}'", self.article.0.simple()),
            ),
            Engine::Postgres => (
                format!("(select i from generate_series(1, {ARTICLES}) as numbers(i))"),
                "('0' || lpad(to_hex(n.i), 31, '0'))::uuid",
                "('f' || lpad(to_hex(n.i), 31, '0'))::uuid",
                format!("'{}'::uuid", self.article.0),
            ),
        };
        let kind = format!("case when n.i = {NOTICE} then 'NOTICE' else o.kind end");
        let statements = format!(
            "insert into content (id, short_id, kind, home_site_id, home_column_id, publisher_id, language, published_at,
               updated_at, index_number, origin_system, origin_id, revision, card)
             select {id}, 'copy' || n.i, {kind}, o.home_site_id, o.home_column_id, o.publisher_id, o.language,
               o.published_at + n.i * 1000, o.updated_at + n.i * 1000, null, null, null, o.revision, o.card
             from content o cross join {numbers} n where o.id = {article};
             insert into placement (id, column_id, site_id, content_id, kind, rank, pinned_until, title, hidden, shown,
               published_at, updated_at, shown_since)
             select {own}, o.column_id, o.site_id, {id}, {kind}, o.rank, o.pinned_until, o.title, o.hidden, o.shown,
               o.published_at + n.i * 1000, o.updated_at + n.i * 1000, o.shown_since
             from placement o cross join {numbers} n where o.content_id = {article} and o.column_id = {column};
             analyze;",
            column = match self.town.world.engine {
                Engine::Sqlite => format!("x'{}'", self.town.news.0.simple()),
                Engine::Postgres => format!("'{}'::uuid", self.town.news.0),
            },
        );
        match self.town.world.engine {
            Engine::Sqlite => {
                let path = self.town.world.url.strip_prefix("sqlite://").expect("a file");
                rusqlite::Connection::open(path).expect("the file").execute_batch(&statements).expect("the copies");
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&self.town.world.url).await.expect("the server");
                connection.execute(AssertSqlSafe(statements)).await.expect("the copies");
                connection.close().await.expect("closed");
            }
        }
    }

    /// One page of a list; `list` ends with its open parenthesis.
    async fn page(&self, list: &str, arguments: &str) -> (Json, Arc<Scope>) {
        let own = if list.contains("contents(") { "id" } else { "content { id }" };
        let close = "}".repeat(list.matches('{').count() - list.matches('}').count());
        let question = format!(
            "{{ {list}{arguments}) {{ nodes {{ {own} }}
               pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} {close}"
        );
        let (answer, scope) = self.town.world.ask(&question, &json!({})).await;
        assert!(answer.get("errors").is_none(), "{question}\n{answer}");
        let mut found = &answer["data"];
        while found.get("pageInfo").is_none() {
            let object = found.as_object().expect("an object");
            found = object.values().next().expect("a field");
            if let Some(first) = found.get(0) {
                found = first;
            }
        }
        (found.clone(), scope)
    }

    /// The contents of all pages in one direction, and how many pages it took.
    async fn all(&self, list: &str, backward: bool) -> (Vec<String>, usize) {
        let (size, from, more, end) = match backward {
            false => ("first: 3", "after", "hasNextPage", "endCursor"),
            true => ("last: 3", "before", "hasPreviousPage", "startCursor"),
        };
        let (mut found, mut arguments) = (Vec::new(), size.to_owned());
        for pages in 1..10 {
            let (page, _) = self.page(list, &arguments).await;
            found.extend(ids(&page));
            let info = &page["pageInfo"];
            if info[more] == false {
                return (found, pages);
            }
            let cursor = info[end].as_str().unwrap_or_else(|| panic!("no cursor to go on from: {page}"));
            arguments = format!("{size}, {from}: \"{cursor}\"");
        }
        panic!("the list never ends: {found:?}");
    }
}

fn ids(page: &Json) -> Vec<String> {
    let nodes = page["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node.get("content").unwrap_or(node)["id"].as_str().expect("an id").to_owned()).collect()
}

const COLUMN: &str = "column(by: {at: {site: \"town\", path: \"/news\"}}) { placements(";

#[test]
fn a_page_of_something_rare_is_short_and_goes_on() {
    on_both(async |engine| {
        let long = Long::on(engine).await;
        long.town.column("/news/local").await;
        let notice = ContentId(uuid_of(NOTICE)).to_string();
        let policy = long.policy.to_string();
        let site = "site(by: {code: \"town\"}) { placements(";
        for (list, filter) in [
            (COLUMN, ""),
            (site, ""),
            (COLUMN, "orderBy: {field: PUBLISHED_AT, direction: DESC}, "),
            (site, "orderBy: {field: UPDATED_AT, direction: DESC}, "),
            (COLUMN, "withDescendants"),
        ] {
            let (order, below) = match filter {
                "withDescendants" => ("", "withDescendants: true, "),
                order => (order, ""),
            };
            let both = format!("{list}{order}filter: {{{below}kinds: [POLICY, NOTICE]}}, ");
            let (found, pages) = long.all(&both, false).await;
            assert_eq!(found, [notice.clone(), policy.clone()], "{both}");
            assert!(pages > 1, "{both} looked at everything for one page");
            let (found, pages) = long.all(&both, true).await;
            assert_eq!(found, [policy.clone(), notice.clone()], "{both} backward");
            assert!(pages > 1, "{both} looked at everything for one page backward");
            // Nothing on the first page, and yet it goes on.
            let one = format!("{list}{order}filter: {{{below}kinds: [POLICY]}}, ");
            let (page, scope) = long.page(&one, "first: 20").await;
            assert_eq!((ids(&page), &page["pageInfo"]["hasNextPage"]), (vec![], &json!(true)), "{one}: {page}");
            assert_eq!(page["pageInfo"]["hasPreviousPage"], false);
            assert!(long.all(&one, false).await.0 == [policy.clone()], "{one}");
            for (sql, params) in scope.ran() {
                let faults = plan_faults(long.town.library().database(), &sql, &params).await;
                assert!(faults.is_empty(), "{faults:#?}\n{}", sql.sqlite());
            }
            // Something frequent fills its page and looks no further.
            let (page, _) =
                long.page(&format!("{list}{order}filter: {{{below}kinds: [ARTICLE]}}, "), "first: 20").await;
            assert_eq!(ids(&page).len(), 20);
            assert_eq!(ids(&page)[0], ContentId(uuid_of(ARTICLES)).to_string());
        }
    });
}

#[test]
fn a_list_of_contents_is_short_and_goes_on_too() {
    on_both(async |engine| {
        let long = Long::on(engine).await;
        let policy = long.policy.to_string();
        for (list, filter) in [
            ("contents(", "publisher: \"PUBLISHER\", kinds: [POLICY]"),
            ("site(by: {code: \"town\"}) { contents(", "kinds: [POLICY]"),
            ("contents(", "columns: [\"COLUMN\"], kinds: [POLICY]"),
            ("contents(orderBy: {field: UPDATED_AT, direction: DESC}, ", "kinds: [POLICY]"),
        ] {
            let filter = filter.replace("PUBLISHER", &long.town.publisher.to_string());
            let filter = filter.replace("COLUMN", &long.town.news.to_string());
            let list = format!("{list}filter: {{{filter}}}, ");
            let (page, scope) = long.page(&list, "first: 20").await;
            assert_eq!((ids(&page), &page["pageInfo"]["hasNextPage"]), (vec![], &json!(true)), "{list}: {page}");
            let (found, pages) = long.all(&list, false).await;
            assert_eq!((found, pages), (vec![policy.clone()], 2), "{list}");
            let (found, _) = long.all(&list, true).await;
            assert_eq!(found, std::slice::from_ref(&policy), "{list} backward");
            for (sql, params) in scope.ran() {
                let faults = plan_faults(long.town.library().database(), &sql, &params).await;
                assert!(faults.is_empty(), "{faults:#?}\n{}", sql.sqlite());
            }
        }
        // An index by kind finds it at once.
        let (page, _) = long.page("contents(filter: {kinds: [POLICY]}, ", "first: 20").await;
        assert_eq!((ids(&page), &page["pageInfo"]["hasNextPage"]), (vec![policy], &json!(false)));
    });
}

#[test]
fn columns_that_are_read_together_stop_each_for_itself() {
    on_both(async |engine| {
        let long = Long::on(engine).await;
        let filter = "filter: {kinds: [POLICY, NOTICE]}, first: 3";
        let question = format!(
            "{{ site(by: {{code: \"town\"}}) {{ columns {{ path placements({filter}) {{
                 nodes {{ content {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }} }} }}"
        );
        let data = long.town.data(&question, json!({})).await;
        let columns = data["site"]["columns"].as_array().expect("columns");
        let of = |path: &str| &columns.iter().find(|column| column["path"] == path).expect("a column")["placements"];
        assert_eq!(ids(of("/news")), [ContentId(uuid_of(NOTICE)).to_string()]);
        assert_eq!(of("/news")["pageInfo"]["hasNextPage"], true);
        // The same place as when the column is read alone.
        let (alone, _) = long.page(COLUMN, filter).await;
        assert_eq!(of("/news")["pageInfo"]["endCursor"], alone["pageInfo"]["endCursor"]);
        assert_eq!(of("/policies"), &json!({"nodes": [], "pageInfo": {"hasNextPage": false, "endCursor": null}}));
    });
}

#[test]
fn a_short_page_depends_on_all_that_it_passed_over_and_on_nothing_behind() {
    on_both(async |engine| {
        let long = Long::on(engine).await;
        let (page, scope) = long.page(COLUMN, "filter: {kinds: [POLICY]}, first: 3").await;
        let before = long.town.position().await;
        // Behind the last row that was looked at.
        long.town.withdraw(long.policy, None).await;
        let changes = long.town.changes(before).await;
        assert_eq!(changes.len(), 1);
        assert!(!scope.notes().met_by(&changes[0]), "{:#?}", scope.subjects());
        let (after, _) = long.page(COLUMN, "filter: {kinds: [POLICY]}, first: 3").await;
        assert_eq!(after, page);
        // Among the rows that were looked at, of a kind that was not asked for: the page ends one row earlier.
        let before = long.town.position().await;
        long.town.world.clock.set(at("2026-10-31 18:30"));
        let fields = long.town.fields(
            "新文章",
            Details::Article(library::content::ArticleDetails { format: library::content::ArticleFormat::Text }),
        );
        long.town.publish(fields).await;
        let changes = long.town.changes(before).await;
        let (after, _) = long.page(COLUMN, "filter: {kinds: [POLICY]}, first: 3").await;
        assert_ne!(after, page, "the end of the page moves");
        assert!(changes.iter().any(|change| scope.notes().met_by(change)), "{:#?}", scope.subjects());
    });
}

/// The identifier that a copy has.
fn uuid_of(number: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(number as u128)
}
