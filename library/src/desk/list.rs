//! The desk's lists of contents: one's own drafts, what waits for one's review or publication, and all that one reaches.

use super::reach::Reach;
use crate::content::{ContentKind, ContentState, WORKING, Working};
use crate::database::{Sql, Value};
use crate::grant::{Grant, Role};
use crate::id::{AccountId, ColumnId, SiteId};
use crate::may::Right;
use crate::means::{key_of, require_ready};
use crate::refusal::Result;
use crate::{Instant, Paging, Scope, Walked, Who};

/// What a list of the desk is narrowed by.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    /// At home on this site.
    pub site: Option<SiteId>,
    /// At home in this column.
    pub column: Option<ColumnId>,
    /// In one of these states; all where there is none.
    pub states: Vec<ContentState>,
    /// Of one of these kinds; all where there is none.
    pub kinds: Vec<ContentKind>,
    /// Drafted by this account.
    pub author: Option<AccountId>,
    /// With this text in the title.
    pub text: Option<String>,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// One's own drafts.
    pub drafts: i64,
    /// Those of them that were given back.
    pub returned: i64,
    /// What waits for one's review or publication.
    pub queue: i64,
}

/// How long contents wait in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingTime {
    /// The stage: its state.
    pub state: ContentState,
    /// The level of review that they wait for.
    pub level: Option<i64>,
    /// How many wait.
    pub contents: i64,
    /// Since when the one waits that has waited longest.
    pub longest_since: Instant,
}

/// Counting ends here.
const MOST_COUNTED: i64 = 10_000;

/// The most lengths of a text that is looked for in titles.
const LONGEST_TEXT: usize = 100;

/// A list being put together: conditions on a working row `w`, with their parameters.
struct Listing {
    conditions: Vec<String>,
    params: Vec<Value>,
    /// What it is ordered by, before the identifier.
    order: &'static str,
    descending: bool,
}

impl Listing {
    fn new(order: &'static str, descending: bool) -> Self {
        Self { conditions: Vec::new(), params: Vec::new(), order, descending }
    }

    /// Adds a condition in which `{}` is the number of its parameter.
    fn with(mut self, condition: &str, value: impl Into<Value>) -> Self {
        self.params.push(value.into());
        self.conditions.push(condition.replace("{}", &format!("${}", self.params.len())));
        self
    }

    fn reached(mut self, reach: &Reach) -> Self {
        let (text, params) = reach.condition(self.params.len() + 1);
        self.conditions.push(text);
        self.params.extend(params);
        self
    }

    fn narrowed(self, filter: &DeskFilter) -> Self {
        let mut list = self;
        if let Some(site) = filter.site {
            list = list.with("w.site_id = {}", site);
        }
        if let Some(column) = filter.column {
            list = list.with("w.column_id = {}", column);
        }
        if !filter.states.is_empty() {
            let states: Vec<String> = filter.states.iter().map(|state| <&str>::from(state).to_owned()).collect();
            list = list.with("w.state in texts({})", states);
        }
        if !filter.kinds.is_empty() {
            let kinds: Vec<String> = filter.kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect();
            list = list.with("w.kind in texts({})", kinds);
        }
        if let Some(author) = filter.author {
            list = list.with("w.author = {}", author.to_string());
        }
        if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let text: String = text.chars().take(LONGEST_TEXT).collect();
            let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            list = list.with("lower(w.title) like {} escape '\\'", format!("%{escaped}%"));
        }
        list
    }

    fn condition(&self) -> String {
        if self.conditions.is_empty() { "true".to_owned() } else { self.conditions.join(" and ") }
    }

    /// The statement of a page, with one row more than was asked for.
    fn page(&self, paging: &Paging<Vec<Value>>) -> (Sql, Vec<Value>) {
        let (order, mut params) = (self.order, self.params.clone());
        let (direction, after) = if self.descending { ("desc", "<") } else { ("asc", ">") };
        let mut condition = self.condition();
        if let Some([at, id]) = paging.from.as_deref() {
            params.extend([at.clone(), id.clone()]);
            let last = params.len();
            condition = format!("{condition} and (w.{order}, w.content_id) {after} (${}, ${last})", last - 1);
        }
        params.push(Value::Int(paging.size as i64 + 1));
        let limit = params.len();
        let text = format!(
            "select {WORKING}, w.{order}, w.content_id from working w where {condition}
             order by w.{order} {direction}, w.content_id {direction} limit ${limit}"
        );
        (Sql::built(text), params)
    }

    async fn read(&self, scope: &Scope, paging: &Paging<Vec<Value>>) -> Result<Walked<(Vec<Value>, Working)>> {
        let (sql, params) = self.page(paging);
        let rows = scope.rows(&sql, params).await?;
        let has_next = rows.len() > paging.size;
        let items = rows.iter().take(paging.size).map(|row| Ok((row.last(2).to_vec(), Working::read(row)?)));
        let items = items.collect::<Result<Vec<_>>>()?;
        Ok(Walked { items, has_next, has_previous: paging.from.is_some(), begins_at: None, ends_at: None })
    }

    async fn count(&self, scope: &Scope) -> Result<i64> {
        let text = format!(
            "select count(*) from (select 1 from working w where {} limit {MOST_COUNTED}) counted",
            self.condition()
        );
        let rows = scope.rows(&Sql::built(text), self.params.clone()).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }
}

/// One's own drafts.
fn own_drafts(account: AccountId) -> Listing {
    let states = vec!["DRAFT".to_owned()];
    Listing::new("updated_at", true).with("w.author = {}", account.to_string()).with("w.state in texts({})", states)
}

impl Scope {
    /// The account that asks; nothing for programs, who is not signed in, and who has to do something else first.
    fn asking(&self) -> Option<AccountId> {
        let caller = self.caller()?;
        let Who::Account(account, _) = caller.who else { return None };
        let directory = self.directory();
        let known = directory.accounts.get(account)?;
        require_ready(&directory, caller, known).is_ok().then_some(account)
    }

    /// The list as far as the key of a system goes, if one asks.
    fn within_key(&self, list: Listing) -> Option<Listing> {
        let directory = self.directory();
        match key_of(&directory, self.caller()?) {
            Ok(None) => Some(list),
            Ok(Some(key)) if key.previews() => Some(list.reached(&Reach::of_scope(&directory, key.scope()))),
            Ok(Some(_)) | Err(_) => None,
        }
    }

    /// What waits for the review of an account, or to be published by it.
    fn waiting(&self, account: AccountId) -> Option<Listing> {
        let directory = self.directory();
        let mut list = Listing::new("waiting_since", false);
        let mut ways = Vec::new();
        for level in 1..=4_u8 {
            let reviews = |grant: &Grant| grant.role == Role::Reviewer && grant.level == Some(level);
            let reach = Reach::of(&directory, account, reviews);
            if reach.is_empty() {
                continue;
            }
            let (text, params) = reach.condition(list.params.len() + 1);
            list.params.extend(params);
            list.params.push(account.to_string().into());
            let me = list.params.len();
            ways.push(format!(
                "(w.state in ('SUBMITTED', 'IN_REVIEW') and w.level = {level} and {text} and w.author <> ${me} \
                 and w.edited_by <> ${me})"
            ));
        }
        let publishes = Reach::of(&directory, account, |grant| Right::Publish.roles().contains(&grant.role));
        if !publishes.is_empty() {
            let (text, params) = publishes.condition(list.params.len() + 1);
            list.params.extend(params);
            ways.push(format!("(w.state = 'APPROVED' and {text})"));
        }
        if ways.is_empty() {
            return None;
        }
        list.conditions.push(format!("({})", ways.join(" or ")));
        self.within_key(list)
    }

    /// The drafts of who asks, the newest first.
    pub async fn drafts(
        &self,
        filter: &DeskFilter,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Vec<Value>, Working)>> {
        let Some(list) = self.asking().and_then(|account| self.within_key(own_drafts(account))) else {
            return Ok(Walked::empty());
        };
        list.narrowed(filter).read(self, paging).await
    }

    /// What waits for who asks, the longest waiting first.
    pub async fn queue(
        &self,
        filter: &DeskFilter,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Vec<Value>, Working)>> {
        let Some(list) = self.asking().and_then(|account| self.waiting(account)) else { return Ok(Walked::empty()) };
        list.narrowed(filter).read(self, paging).await
    }

    /// All contents that who asks reaches by any role, the newest change first.
    pub async fn desk_contents(
        &self,
        filter: &DeskFilter,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Vec<Value>, Working)>> {
        let Some(account) = self.asking() else { return Ok(Walked::empty()) };
        let reach = self.library().reach(account);
        if reach.is_empty() {
            return Ok(Walked::empty());
        }
        match self.within_key(Listing::new("updated_at", true).reached(&reach)) {
            Some(list) => list.narrowed(filter).read(self, paging).await,
            None => Ok(Walked::empty()),
        }
    }

    /// How much there is to do for who asks; each number is counted as far as 10,000.
    pub async fn desk_counts(&self) -> Result<DeskCounts> {
        let Some(account) = self.asking() else { return Ok(DeskCounts::default()) };
        let queue = match self.waiting(account) {
            Some(list) => list.count(self).await?,
            None => 0,
        };
        let Some(mut own) = self.within_key(own_drafts(account)) else { return Ok(DeskCounts::default()) };
        let drafts = own.count(self).await?;
        own.conditions.push("w.returned".to_owned());
        Ok(DeskCounts { drafts, returned: own.count(self).await?, queue })
    }

    /// How long contents wait in each stage, of those that who asks reaches.
    pub async fn waiting_times(&self) -> Result<Vec<WaitingTime>> {
        let Some(account) = self.asking() else { return Ok(Vec::new()) };
        let reach = self.library().reach(account);
        if reach.is_empty() {
            return Ok(Vec::new());
        }
        let Some(list) = self.within_key(Listing::new("waiting_since", false).reached(&reach)) else {
            return Ok(Vec::new());
        };
        let (condition, params) = (list.condition(), list.params);
        let text = format!(
            "select w.state, w.level, count(*), min(w.waiting_since) from working w
             where w.state in ('SUBMITTED', 'IN_REVIEW', 'APPROVED') and w.waiting_since is not null and {condition}
             group by w.state, w.level order by w.state, w.level"
        );
        let mut times = Vec::new();
        for row in self.rows(&Sql::built(text), params).await? {
            let Some(state) = row.text(0).and_then(|text| text.parse().ok()) else { continue };
            times.push(WaitingTime { state, level: row.get(1)?, contents: row.get(2)?, longest_since: row.get(3)? });
        }
        times.sort_by_key(|time| (time.state, time.level));
        Ok(times)
    }
}
