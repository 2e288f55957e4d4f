//! Walks along an index: the one way in which pages of contents and placements are read.
//!
//! Every list is ordered by columns that lie in one index below its parent, newest first, and is entered by the key
//! where the last page ended; so a page costs what it shows, however much the library holds.

use uuid::Uuid;

use super::{Paging, Scope};
use crate::database::{Engine, Row, Sql, Value};
use crate::refusal::Result;

/// A list to be walked. Texts name the driving table `{d}` and the content `{c}`.
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
    /// What else must hold.
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

    pub(super) fn with_aliases(text: &str, driver: &str, content: &str) -> String {
        text.replace("{d}", driver).replace("{c}", content)
    }

    pub(super) fn order_by(&self, driver: &str, backward: bool) -> String {
        let direction = if self.ascending != backward { "asc" } else { "desc" };
        let columns: Vec<_> = self.order.iter().map(|column| format!("{driver}.{column} {direction}")).collect();
        columns.join(", ")
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
        self.conditions.iter().map(|text| format!(" and {}", Self::with_aliases(text, driver, content))).collect()
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
        let driver = if self.table == "content" { "c" } else { "d" };
        let select = Self::with_aliases(&self.select, driver, "c");
        let order = self.order_by(driver, paging.backward);
        let wheres = self.wheres(driver, "c");
        let page = format!("order by {order} limit {limit} offset {offset}");
        if self.table == "content" {
            return (format!("select 0, {select} from content c where true{wheres} {page}"), self.params);
        }
        let (table, content) = (self.table, self.content);
        if self.asks_for_contents() {
            let text = format!(
                "select 0, {select} from {table} d cross join content c where c.id = d.{content}{wheres} {page}"
            );
            return (text, self.params);
        }
        // Only the rows of the page are joined, not those that an offset passes over.
        let text = format!(
            "select 0, {} from (select e.* from {table} e where true{} order by {} limit {limit} offset {offset}) w \
             cross join content c where c.id = w.{content} order by {}",
            Self::with_aliases(&self.select, "w", "c"),
            self.wheres("e", "e"),
            self.order_by("e", paging.backward),
            self.order_by("w", paging.backward),
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

    /// The statement for several parents: the first of each, grouped; merged and cut when there is one group.
    fn several(mut self, engine: Engine, paging: &Paging<Vec<Value>>) -> (String, Vec<Value>) {
        self.tail(paging);
        let one_group = self.groups.len() == 1;
        let groups = self.group_param();
        let depth = self.param((paging.size + 1 + paging.offset) as i64);
        let parent = self.parent.unwrap_or_default();
        let each = Self::each_parent(&groups);
        let joined = match self.asks_for_contents() {
            true => format!("cross join content f where f.id = e.{} and", self.content),
            false => "where".to_owned(),
        };
        let inner = format!(
            "from {table} e {joined} e.{parent} = k.id{wheres} order by {order} limit {depth}",
            table = self.table,
            wheres = self.wheres("e", "f"),
            order = self.order_by("e", paging.backward),
        );
        let from = match engine {
            Engine::Postgres => format!("{each} cross join lateral (select e.* {inner}) d"),
            Engine::Sqlite => format!(
                "{each} cross join {table} d on d.{parent} = k.id and d.{content} in (select e.{content} {inner})",
                table = self.table,
                content = self.content,
            ),
        };
        let order = self.order_by("d", paging.backward);
        let text = if one_group {
            let limit = self.param(paging.size as i64 + 1);
            let offset = self.param(paging.offset as i64);
            // The columns of a row are put together only for the page.
            format!(
                "select 0, {select} from (select d.* from {from} where {distinct} order by {order} limit {limit} \
                 offset {offset}) w cross join content c where c.id = w.{content} order by {again}",
                select = Self::with_aliases(&self.select, "w", "c"),
                distinct = self.once(&groups),
                content = self.content,
                again = self.order_by("w", paging.backward),
            )
        } else {
            let select = Self::with_aliases(&self.select, "d", "c");
            format!(
                "select k.grp, {select} from {from} cross join content c where c.id = d.{content} order by k.grp, {order}",
                content = self.content,
            )
        };
        (text, self.params)
    }

    /// How many rows the walk has, counted no further than `most`. No order is asked for, and a content is read only
    /// where a condition is about it.
    pub(crate) async fn count(mut self, scope: &Scope, most: i64) -> Result<i64> {
        if self.parent.is_some() && self.groups.iter().all(Vec::is_empty) {
            return Ok(0);
        }
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
        let most = self.param(most);
        let content = if self.table == "content" { "d" } else { "c" };
        let join = match content == "c" && self.asks_for_contents() {
            true => format!("cross join content c where c.id = d.{}", self.content),
            false => "where true".to_owned(),
        };
        let text = format!(
            "select count(*) from (select 1 from {} d {join}{}{within} limit {most}) counted",
            self.table,
            self.wheres("d", content),
        );
        let rows = scope.rows(&Sql::built(text), self.params).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
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
        let (text, params) = self.statement(scope, paging);
        let mut answer = vec![Vec::new(); lists];
        for row in scope.rows(&Sql::built(text), params).await? {
            let group = usize::try_from(row.get::<i64>(0)?).unwrap_or(0);
            if let Some(list) = answer.get_mut(group) {
                list.push(row);
            }
        }
        Ok(answer)
    }
}
