//! Reading query plans: what a list statement must never do.

use library::database::{Database, Engine, Sql, Value};

/// Tables that grow with what the library holds; reading one of them whole is a fault.
const LARGE: [&str; 11] = [
    "content",
    "content_detail",
    "content_body",
    "content_tag",
    "content_code",
    "content_issuer",
    "content_field",
    "placement",
    "placement_reason",
    "link",
    "policy",
];

/// The faults in the plan of a statement: whole tables read, partitions sorted.
pub async fn plan_faults(database: &Database, sql: &Sql, params: &[Value]) -> Vec<String> {
    let plan = database.plan(sql, params).await.expect("a plan");
    let mut faults = match database.engine() {
        Engine::Sqlite => sqlite_faults(&plan),
        Engine::Postgres => postgres_faults(&plan),
    };
    // The walk of one list is in its order already; only what several walks brought may be sorted.
    let walks = ["select 0, ", "select page.* from (select 0, "];
    let one_walk = walks.iter().any(|walk| sql.sqlite().starts_with(walk)) && !sql.sqlite().contains(" k ");
    let sorts = |line: &&String| {
        line.contains("TEMP B-TREE FOR") || line.trim_start().starts_with("->  Sort") || line.starts_with("Sort")
    };
    if one_walk {
        faults.extend(plan.iter().filter(sorts).cloned());
    }
    faults
}

/// The faults in the plan of a deed's statement: large tables read whole. Those of the directory are small, and may be.
pub async fn deed_plan_faults(database: &Database, sql: &Sql, params: &[Value]) -> Vec<String> {
    let plan = database.plan(sql, params).await.expect("a plan");
    if database.engine() == Engine::Postgres {
        return postgres_faults(&plan);
    }
    let text = sql.sqlite();
    let is_large = |alias: &str| {
        let mut large =
            LARGE.iter().chain(&["change", "change_subject", "change_effect", "working", "revision", "address"]);
        large.any(|table| alias == *table || text.contains(&format!(" {table} {alias} ")))
    };
    let scanned = |line: &String| {
        let (scan, index) = line.strip_prefix("SCAN ").map(|rest| rest.split_once(' ').unwrap_or((rest, "")))?;
        (is_large(scan) && !index.contains("VIRTUAL TABLE")).then(|| line.clone())
    };
    plan.iter().filter_map(scanned).collect()
}

/// SQLite names the alias that it scans: `SCAN d USING INDEX ...` walks an index in order, `SCAN d` reads all.
fn sqlite_faults(plan: &[String]) -> Vec<String> {
    let scans = |line: &&String| {
        line.starts_with("SCAN ")
            && !line.contains(" USING INDEX")
            && !line.contains(" USING COVERING INDEX")
            && !line.contains("VIRTUAL TABLE")
            && !line.contains("CONSTANT ROW")
            && !BOUNDED
                .iter()
                .any(|bounded| line[5..].split(' ').next() == Some(*bounded) || line[5..].starts_with("(subquery"))
    };
    plan.iter().filter(scans).cloned().collect()
}

/// Subqueries that hold what a page shows and no more.
const BOUNDED: [&str; 17] = [
    "page",
    "b",
    "k",
    "r",
    "o",
    "e",
    "w",
    "near",
    "pairs",
    "weighed",
    "ranked",
    "rarest",
    "tagged",
    "t",
    "(subquery",
    "json_each",
    "counted",
];

/// PostgreSQL names the table: `Seq Scan on content`. The tests forbid it sequential scans where an index serves.
fn postgres_faults(plan: &[String]) -> Vec<String> {
    let whole = |line: &&String| {
        let Some((_, table)) = line.split_once("Seq Scan on ") else { return false };
        LARGE.contains(&table.split_whitespace().next().unwrap_or_default())
    };
    plan.iter().filter(whole).cloned().collect()
}
