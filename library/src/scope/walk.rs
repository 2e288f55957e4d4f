//! Walks along an index: the one way in which pages of contents and placements are read.
//!
//! Every list is ordered by columns that lie in one index below its parent, newest first, and is entered by the key
//! where the last page ended; so a page costs what it shows, however much the library holds. Whole rows are never sorted by
//! an engine: their keys come along, and the page is put into order here.

use std::cmp::Ordering;

use uuid::Uuid;

use super::{Paging, Scope};
use crate::database::{Engine, Row, Sql, Value};
use crate::id::ContentId;
use crate::refusal::Result;

/// A list to be walked. Texts name the driving table `{d}`, the content `{c}`, and its identifier, which the driving table
/// knows, `{id}`.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    /// What is selected.
    pub select: String,
    /// The driving table.
    pub table: &'static str,
    /// The column of the driving table that holds the content's id.
    pub content: &'static str,
    /// The column of the driving table that names the parent; nothing for the list of all.
    pub parent: Option<&'static str>,
    /// Groups of parents: each group is one list, merged from its parents' walks.
    pub groups: Vec<Vec<Uuid>>,
    /// The columns of the driving table that order the list; the last is the content's id.
    pub order: Vec<&'static str>,
    /// Whether the smallest key comes first.
    pub ascending: bool,
    /// What else must hold of the driving table; of the content as well where the list is only counted.
    pub conditions: Vec<String>,
    /// The parameters of the conditions, `$1` first.
    pub params: Vec<Value>,
}

impl Walk {
    /// Adds a parameter and answers its placeholder.
    pub(crate) fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    /// Narrows the list; `{}` in the text stands for the parameter.
    pub(crate) fn narrow(&mut self, condition: &str, value: impl Into<Value>) {
        let placeholder = self.param(value);
        self.conditions.push(condition.replace("{}", &placeholder));
    }

    pub(super) fn with_aliases(&self, text: &str, driver: &str, content: &str) -> String {
        let id = format!("{driver}.{}", self.content);
        text.replace("{d}", driver).replace("{c}", content).replace("{id}", &id)
    }

    pub(super) fn order_by(&self, driver: &str, backward: bool) -> String {
        let direction = if self.ascending != backward { "asc" } else { "desc" };
        let columns: Vec<_> = self.order.iter().map(|column| format!("{driver}.{column} {direction}")).collect();
        columns.join(", ")
    }

    /// The columns that order the list, for the end of what is selected.
    pub(super) fn keys(&self, driver: &str) -> String {
        let keys: Vec<_> = self.order.iter().map(|column| format!("{driver}.{column}")).collect();
        keys.join(", ")
    }

    /// Puts rows that end with their keys into the order in which the walk goes.
    pub(super) fn sort(rows: &mut [Row], width: usize, ascending: bool) {
        rows.sort_by(|a, b| match ascending {
            true => compare(a.last(width), b.last(width)),
            false => compare(b.last(width), a.last(width)),
        });
    }

    pub(super) fn tail(&mut self, paging: &Paging<Vec<Value>>) {
        if let Some(key) = &paging.from {
            let columns: Vec<_> = self.order.iter().map(|column| format!("{{d}}.{column}")).collect();
            let placeholders: Vec<_> = key.iter().map(|value| self.param(value.clone())).collect();
            let sign = if self.ascending != paging.backward { ">" } else { "<" };
            self.conditions.push(format!("({}) {sign} ({})", columns.join(", "), placeholders.join(", ")));
        }
    }

    pub(super) fn wheres(&self, driver: &str, content: &str) -> String {
        self.conditions.iter().map(|text| format!(" and {}", self.with_aliases(text, driver, content))).collect()
    }

    /// Whether a condition is about the contents themselves.
    fn asks_for_contents(&self) -> bool {
        self.conditions.iter().any(|text| text.contains("{c}"))
    }

    /// The statement for one parent, or for the list of all.
    fn single(mut self, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        self.tail(paging);
        if let (Some(parent), Some(id)) = (self.parent, self.groups.first().and_then(|group| group.first())) {
            let condition = format!("{{d}}.{parent} = {{}}");
            self.narrow(&condition, *id);
        }
        let limit = self.param(paging.size as i64 + 1);
        let offset = self.param(paging.offset as i64);
        let order =
            |driver| format!("order by {} limit {limit} offset {offset}", self.order_by(driver, paging.backward));
        if self.table == "content" {
            let select = format!("{}, {}", self.with_aliases(&self.select, "c", "c"), self.keys("c"));
            let text = format!("select 0, {select} from content c where true{} {}", self.wheres("c", "c"), order("c"));
            return (text, self.params);
        }
        let (table, content) = (self.table, self.content);
        // Only the rows of the page are joined, not those that an offset passes over.
        let text = format!(
            "select 0, {}, {} from (select e.* from {table} e where true{} {}) w cross join content c where c.id = w.{content}",
            self.with_aliases(&self.select, "w", "c"),
            self.keys("w"),
            self.wheres("e", "e"),
            order("e"),
        );
        (text, self.params)
    }

    /// Adds the groups of parents as a parameter and answers its placeholder.
    pub(super) fn group_param(&mut self) -> String {
        let pairs: Vec<_> = self
            .groups
            .iter()
            .enumerate()
            .flat_map(|(group, parents)| {
                parents.iter().map(move |id| serde_json::json!([group, id.simple().to_string()]))
            })
            .collect();
        self.param(serde_json::Value::Array(pairs))
    }

    /// The table `k` of parents with their groups.
    pub(super) fn each_parent(groups: &str) -> String {
        format!("(select as_int(r.value->>0) as grp, as_id(r.value->>1) as id from rows({groups}) r) k")
    }

    /// The condition that shows contents in several of the columns or under several of the tags once.
    pub(super) fn once(&self, groups: &str) -> String {
        format!(
            "not exists (select 1 from {table} x where x.{content} = d.{content} and x.{parent} < d.{parent}{shown}
               and x.{parent} in (select as_id(o.value->>1) from rows({groups}) o))",
            table = self.table,
            parent = self.parent.unwrap_or_default(),
            content = self.content,
            shown = if self.table == "placement" { " and x.shown" } else { "" },
        )
    }

    /// The first rows `d` of each parent `k`, and what binds them to it; before them what SQLite finds first: the key of
    /// the last of each parent's rows, for it knows no lateral join.
    fn first_of_each(&self, engine: Engine, backward: bool, depth: &str, each: &str) -> (String, String, String) {
        let (table, parent) = (self.table, self.parent.unwrap_or_default());
        let walked = format!(
            "from {table} e where e.{parent} = k.id{} order by {}",
            self.wheres("e", "e"),
            self.order_by("e", backward)
        );
        if engine == Engine::Postgres {
            let from = format!("{each} cross join lateral (select e.* {walked} limit {depth}) d");
            return (String::new(), from, "true".to_owned());
        }
        let ascending = self.ascending != backward;
        // Where a parent has fewer rows, all of them are first.
        let beyond = |column: &str| match (column.ends_with("id"), ascending) {
            (true, true) => format!("x'{}'", "f".repeat(34)),
            (true, false) => "x''".to_owned(),
            (false, true) => i64::MAX.to_string(),
            (false, false) => format!("-{}", i64::MAX),
        };
        let last: Vec<_> = self
            .order
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let beyond = beyond(column);
                format!("coalesce((select e.{column} {walked} limit 1 offset {depth} - 1), {beyond}) as key{at}")
            })
            .collect();
        let ends: Vec<_> = (0..self.order.len()).map(|at| format!("k.key{at}")).collect();
        (
            format!("with lasts as materialized (select k.grp, k.id, {} from {each}) ", last.join(", ")),
            format!("lasts k cross join {table} d"),
            format!(
                "d.{parent} = k.id and ({}) {} ({}){}",
                self.keys("d"),
                if ascending { "<=" } else { ">=" },
                ends.join(", "),
                self.wheres("d", "d"),
            ),
        )
    }

    /// The statement for several parents: the first of each, grouped; merged and cut when there is one group.
    fn several(mut self, engine: Engine, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        self.tail(paging);
        let one_group = self.groups.len() == 1;
        let groups = self.group_param();
        let depth = self.param((paging.size + 1 + paging.offset) as i64);
        let (lasts, from, bound) = self.first_of_each(engine, paging.backward, &depth, &Self::each_parent(&groups));
        let text = if one_group {
            let limit = self.param(paging.size as i64 + 1);
            let offset = self.param(paging.offset as i64);
            // The columns of a row are put together only for the page.
            format!(
                "select 0, {select}, {keys} from ({lasts}select d.* from {from} where {bound} and {distinct} order by {order} \
                 limit {limit} offset {offset}) w cross join content c where c.id = w.{content}",
                select = self.with_aliases(&self.select, "w", "c"),
                keys = self.keys("w"),
                distinct = self.once(&groups),
                content = self.content,
                order = self.order_by("d", paging.backward),
            )
        } else {
            format!(
                "{lasts}select k.grp, {select}, {keys} from {from} cross join content c \
                 where {bound} and c.id = d.{content}",
                select = self.with_aliases(&self.select, "d", "c"),
                keys = self.keys("d"),
                content = self.content,
            )
        };
        (text, self.params)
    }

    /// How many rows the walk has, counted no further than `most`.
    pub(crate) async fn count(mut self, scope: &Scope, most: i64) -> Result<i64> {
        if self.is_nowhere() {
            return Ok(0);
        }
        let rows = self.unordered("1");
        let most = self.param(most);
        let text = format!("select count(*) from ({rows} limit {most}) counted");
        let rows = scope.rows(&Sql::built(text), self.params).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }

    /// The contents of all rows that the walk has, in no order; for what looks at each of them.
    pub(crate) async fn all(mut self, scope: &Scope) -> Result<Vec<ContentId>> {
        if self.is_nowhere() {
            return Ok(Vec::new());
        }
        let text = self.unordered(&format!("d.{}", self.content));
        let rows = scope.library().database().rows(&Sql::built(text), &self.params).await?;
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn is_nowhere(&self) -> bool {
        self.parent.is_some() && self.groups.iter().all(Vec::is_empty)
    }

    /// The statement for all rows. No order is asked for, and a content is read only where a condition is about it.
    fn unordered(&mut self, select: &str) -> String {
        let within = match (self.parent, self.groups.first().map(Vec::as_slice)) {
            (Some(parent), Some([id])) => {
                let id = *id;
                format!(" and d.{parent} = {}", self.param(id))
            }
            (Some(parent), _) => {
                let groups = self.group_param();
                let one_of = format!("d.{parent} in (select as_id(k.value->>1) from rows({groups}) k)");
                format!(" and {one_of} and {}", self.once(&groups))
            }
            (None, _) => String::new(),
        };
        let content = if self.table == "content" { "d" } else { "c" };
        let join = match content == "c" && self.asks_for_contents() {
            true => format!("cross join content c where c.id = d.{}", self.content),
            false => "where true".to_owned(),
        };
        format!("select {select} from {} d {join}{}{within}", self.table, self.wheres("d", content))
    }

    fn statement(self, scope: &Scope, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        let single = self.parent.is_none() || (self.groups.len() == 1 && self.groups[0].len() == 1);
        if single { self.single(paging) } else { self.several(scope.library().database().engine(), paging) }
    }

    /// Walks; answers the rows of each group in the list's order with one more than the page asks for, which tells
    /// that the list goes on. Cell 0 of a row is its group.
    pub(crate) async fn rows(self, scope: &Scope, paging: &Paging<Vec<Value>>) -> Result<Vec<Vec<Row>>> {
        let lists = self.groups.len().max(1);
        if self.parent.is_some() && self.groups.iter().all(Vec::is_empty) {
            return Ok(vec![Vec::new(); lists]);
        }
        let (width, ascending) = (self.order.len(), self.ascending != paging.backward);
        let (text, params) = self.statement(scope, paging);
        let mut answer = vec![Vec::new(); lists];
        for row in scope.rows(&Sql::built(text), params).await? {
            let group = usize::try_from(row.get::<i64>(0)?).unwrap_or(0);
            if let Some(list) = answer.get_mut(group) {
                list.push(row);
            }
        }
        answer.iter_mut().for_each(|list| Self::sort(list, width, ascending));
        Ok(answer)
    }
}

/// The order of keys, whose parts are numbers, texts and identifiers and compare alike on both engines.
pub(crate) fn compare(a: &[Value], b: &[Value]) -> Ordering {
    let part = |(a, b): (&Value, &Value)| match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Id(a), Value::Id(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    a.iter().zip(b).map(part).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
