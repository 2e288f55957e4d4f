//! Walks whose rows are filtered while they go, with a bound on the rows that they look at.
//!
//! Without it, a page of something rare would read a whole list. The statement brings the page and, where the page is
//! not full, the key of the last row that the bound let it look at: one statement, so one state of the tables.

use super::walk::compare;
use super::{Paging, Scope, Walk};
use crate::database::{Engine, Row, Sql, Value};
use crate::refusal::Result;

/// The most rows that are looked at for one page. Then the page is short, and its cursor goes on.
pub const MOST_LOOKED_AT: usize = 4_000;

/// A walk whose conditions an index serves, and what its rows are filtered by beyond that.
#[derive(Debug, Clone)]
pub(crate) struct Filtered {
    /// The walk.
    pub walk: Walk,
    filters: Vec<String>,
}

/// What a walk brought of one list, in its own direction, with one row more than the page asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stretch {
    /// The rows; cell 0 is the group.
    pub rows: Vec<Row>,
    /// Where it stopped looking, if the bound stopped it. Rows end there at the latest.
    pub stop: Option<Vec<Value>>,
}

impl Filtered {
    /// A walk that filters nothing yet.
    pub(crate) fn over(walk: Walk) -> Self {
        Self { walk, filters: Vec::new() }
    }

    /// Filters the rows; `{}` in the text stands for the parameter.
    pub(crate) fn filter(&mut self, condition: &str, value: impl Into<Value>) {
        let placeholder = self.walk.param(value);
        self.filters.push(condition.replace("{}", &placeholder));
    }

    /// Filters the rows by a text whose parameters are added already.
    pub(crate) fn filter_text(&mut self, condition: String) {
        self.filters.push(condition);
    }

    /// Filters the rows by `values`, if any are given.
    pub(crate) fn filter_any(&mut self, condition: &str, values: Vec<String>) {
        if !values.is_empty() {
            self.filter(condition, values);
        }
    }

    /// The same list without a bound, for counting.
    pub(crate) fn whole(self) -> Walk {
        let mut walk = self.walk;
        walk.conditions.extend(self.filters);
        walk
    }

    /// Walks; answers a stretch of each group. A page for which nothing is filtered looks at what it shows.
    pub(crate) async fn rows(self, scope: &Scope, paging: &Paging<Vec<Value>>) -> Result<Vec<Stretch>> {
        let nowhere = self.walk.parent.is_some() && self.walk.groups.iter().all(Vec::is_empty);
        if self.filters.is_empty() || nowhere {
            let lists = self.walk.rows(scope, paging).await?;
            return Ok(lists.into_iter().map(|rows| Stretch { rows, stop: None }).collect());
        }
        let (width, ascending) = (self.walk.order.len(), self.walk.ascending != paging.backward);
        let order = |a: &[Value], b: &[Value]| if ascending { compare(a, b) } else { compare(b, a) };
        let mut answer = vec![Stretch::default(); self.walk.groups.len().max(1)];
        let single = self.walk.parent.is_none() || (self.walk.groups.len() == 1 && self.walk.groups[0].len() == 1);
        let engine = scope.library().database().engine();
        let (text, params) = if single { self.single(paging) } else { self.several(engine, paging) };
        for row in scope.rows(&Sql::built(text), params).await? {
            let mark: i64 = row.get(0)?;
            let group = usize::try_from(if mark < 0 { -1 - mark } else { mark }).unwrap_or(0);
            let Some(stretch) = answer.get_mut(group) else { continue };
            if mark >= 0 {
                stretch.rows.push(row);
            } else {
                let key = row.last(width);
                // Of several parents, the one whose walk stopped first says how far the list is known.
                if stretch.stop.as_deref().is_none_or(|stop| order(key, stop).is_lt()) {
                    stretch.stop = Some(key.to_vec());
                }
            }
        }
        for Stretch { rows, stop } in &mut answer {
            // The parts of a `union all` come in no promised order.
            Walk::sort(rows, width, ascending);
            if let Some(stop) = stop {
                rows.retain(|row| order(row.last(width), stop).is_le());
            }
        }
        Ok(answer)
    }

    fn filtered_by(&self, driver: &str, content: &str) -> String {
        self.filters.iter().map(|text| format!(" and {}", self.walk.with_aliases(text, driver, content))).collect()
    }

    /// What is selected and the keys, all null but the keys of `bound`; and the tables that give the nulls their types.
    fn bound_row(&self, bound: &str) -> (String, String) {
        let Walk { select, table, content, .. } = &self.walk;
        let own = *table == "content";
        let nulls = self.walk.with_aliases(select, if own { "q" } else { "p" }, "q");
        let driver = if own { String::new() } else { format!(" left join {table} p on p.{content} = null") };
        (format!("{nulls}, {}", self.walk.keys(bound)), format!("{driver} left join content q on q.id = null"))
    }

    /// The statement for one parent, or for the list of all.
    fn single(mut self, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        self.walk.tail(paging);
        if let (Some(parent), Some(id)) = (self.walk.parent, self.walk.groups.first().and_then(|group| group.first())) {
            let condition = format!("{{d}}.{parent} = {{}}");
            self.walk.narrow(&condition, *id);
        }
        let limit = self.walk.param(paging.size as i64 + 1);
        let offset = self.walk.param(paging.offset as i64);
        let Walk { select, table, content, .. } = &self.walk;
        let driver = format!(
            "from {table} e where true{} order by {}",
            self.walk.wheres("e", "e"),
            self.walk.order_by("e", paging.backward)
        );
        let (c, join) = match *table {
            "content" => ("w", "where true".to_owned()),
            _ => ("c", format!("cross join content c where c.id = w.{content}")),
        };
        let page = format!(
            "select 0, {}, {} from (select e.* {driver} limit {MOST_LOOKED_AT}) w {join}{} order by {} \
             limit {limit} offset {offset}",
            self.walk.with_aliases(select, "w", c),
            self.walk.keys("w"),
            self.filtered_by("w", c),
            self.walk.order_by("w", paging.backward),
        );
        let (nulls, joins) = self.bound_row("b");
        // Both engines read the second part only if the first leaves room: a full page does not pay for the bound.
        let text = format!(
            "select page.* from ({page}) page union all select -1, {nulls} from \
             (select {} {driver} limit 1 offset {}) b{joins} limit {limit}",
            self.walk.keys("e"),
            MOST_LOOKED_AT - 1,
        );
        (text, self.walk.params)
    }

    /// The statement for several parents: the first of each, grouped; merged and cut when there is one group.
    fn several(mut self, engine: Engine, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        self.walk.tail(paging);
        let groups = self.walk.group_param();
        let depth = self.walk.param((paging.size + 1 + paging.offset) as i64);
        let cut = (self.walk.groups.len() == 1)
            .then(|| (self.walk.param(paging.size as i64 + 1), self.walk.param(paging.offset as i64)));
        let Walk { select, table, content, .. } = &self.walk;
        let parent = self.walk.parent.unwrap_or_default();
        // Parents of one group share what may be looked at for its page.
        let parents = self.walk.groups.iter().map(Vec::len).max().unwrap_or(1);
        let share = (MOST_LOOKED_AT / parents.max(1)).max(1);
        let each = Walk::each_parent(&groups);
        let driver = format!(
            "from {table} e where e.{parent} = k.id{} order by {}",
            self.walk.wheres("e", "e"),
            self.walk.order_by("e", paging.backward)
        );
        let walked = |what: &str| {
            format!(
                "select {what} from (select e.* {driver} limit {share}) w cross join content f \
                 where f.id = w.{content}{} order by {} limit {depth}",
                self.filtered_by("w", "f"),
                self.walk.order_by("w", paging.backward),
            )
        };
        let last = |what: &str| format!("select {what} {driver} limit 1 offset {}", share - 1);
        let per_parent = |alias: &str, rows: String, ids: String| match engine {
            Engine::Postgres => format!("{each} cross join lateral ({rows}) {alias}"),
            Engine::Sqlite => {
                format!("{each} cross join {table} {alias} on {alias}.{parent} = k.id and {alias}.{content} in ({ids})")
            }
        };
        let from = per_parent("d", walked("w.*"), walked(&format!("w.{content}")));
        let selected =
            |driver: &str| format!("{}, {}", self.walk.with_aliases(select, driver, "c"), self.walk.keys(driver));
        let page = match cut {
            // The columns of a row are put together only for the page.
            Some((limit, offset)) => format!(
                "select 0, {} from (select d.* from {from} where {} order by {} limit {limit} offset {offset}) w \
                 cross join content c where c.id = w.{content}",
                selected("w"),
                self.walk.once(&groups),
                self.walk.order_by("d", paging.backward),
            ),
            None => {
                format!("select k.grp, {} from {from} cross join content c where c.id = d.{content}", selected("d"))
            }
        };
        let (nulls, joins) = self.bound_row("b");
        let bound = per_parent("b", last("e.*"), last(&format!("e.{content}")));
        let text = format!(
            "select page.* from ({page}) page union all select -1 - k.grp, {nulls} from {bound}{joins} \
             where (select count(*) from ({}) counted) < {depth}",
            walked("1"),
        );
        (text, self.walk.params)
    }
}
