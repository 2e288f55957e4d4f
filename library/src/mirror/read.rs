//! Reading mirrors and the exchange log: for who keeps the site into which contents come, and nobody else.

use std::sync::LazyLock;

use super::{Exchange, ExchangeOutcome, MIRROR, Mirror, Told};
use crate::database::{Row, Sql, Value};
use crate::grant::GrantScope;
use crate::may::{Right, Target, may};
use crate::refusal::{Error, Result};
use crate::scope::Walked;
use crate::{Paging, Scope};

/// The most mirrors that are shown.
const MOST: i64 = 500;

static ALL: LazyLock<Sql> = LazyLock::new(|| Sql::built(format!("select {MIRROR} from mirror order by name limit $1")));
static NEWEST: Sql = Sql::new(
    "select id, at, outcome, origin_id, content_id, code, document from exchange
     where mirror = $1 and (at, id) < ($2, $3) and (as_int($4) = 0 or outcome in texts($5))
       and (as_int($6) = 0 or code is not null)
     order by at desc, id desc limit $7",
);

/// Which entries of the exchange log are wanted.
#[derive(Debug, Clone, Default)]
pub struct ExchangeFilter {
    /// Only these outcomes; all if empty.
    pub outcomes: Vec<ExchangeOutcome>,
    /// Only what did not go as it came: what has a code.
    pub with_code: bool,
}

impl Exchange {
    fn read(row: &Row) -> Result<Self> {
        let outcome = row.text(2).and_then(|text| text.parse().ok());
        let mut told: Told = row.json(6)?;
        told.origin_id = row.text(3).map(str::to_owned);
        told.code = row.text(5).map(str::to_owned);
        Ok(Self {
            id: row.get(0)?,
            at: row.get(1)?,
            outcome: outcome.ok_or_else(|| Error::Database("an exchange of an unknown kind".to_owned()))?,
            content: row.get(4)?,
            told,
        })
    }

    /// Where it stands in the list.
    pub fn key(&self) -> Vec<Value> {
        vec![self.at.into(), self.id.into()]
    }
}

impl Scope {
    /// The mirrors into sites that the asker keeps, by name. They move on with every page, and are kept by nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mirrors(&self) -> Result<Vec<Mirror>> {
        let Some(caller) = self.caller() else { return Ok(Vec::new()) };
        let directory = self.directory();
        let keeps = |mirror: &Mirror| {
            let target = Target::scope(&directory, GrantScope::Site(mirror.site));
            target.is_some_and(|target| may(&directory, caller, Right::Manage, &target).is_ok())
        };
        let rows = self.rows(&ALL, vec![MOST.into()]).await?;
        let mut found = rows.iter().map(Mirror::read).collect::<Result<Vec<_>>>()?;
        found.retain(keeps);
        Ok(found)
    }

    /// What came by a mirror that the asker was shown, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exchanges(
        &self,
        mirror: &Mirror,
        filter: &ExchangeFilter,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<Exchange>> {
        let before = paging.from.clone().unwrap_or_else(|| vec![Value::Int(i64::MAX), Value::Id(uuid::Uuid::max())]);
        let outcomes = filter.outcomes.iter().map(|outcome| <&str>::from(*outcome).to_owned());
        let outcomes: Vec<String> = outcomes.collect();
        let narrowed = i64::from(!outcomes.is_empty());
        let mut params: Vec<Value> = vec![mirror.name.as_str().into()];
        params.extend(before);
        params.extend([Value::from(narrowed), Value::from(outcomes)]);
        params.extend([Value::from(i64::from(filter.with_code)), Value::from(paging.size as i64 + 1)]);
        let rows = self.rows(&NEWEST, params).await?;
        let found = rows.iter().map(Exchange::read).collect::<Result<Vec<_>>>()?;
        Ok(Walked::of(found, paging, None))
    }
}
