//! Writing down what was looked for, many at once.

use chrono::Days;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{DAYS, LONGEST, LONGEST_QUESTION, MOST_OF_A_DAY, Searched, Way, of};
use crate::database::{Sql, Transaction};
use crate::finding::is_personal;
use crate::id::SiteId;
use crate::refusal::Result;
use crate::words::WordListKind;
use crate::{Audience, Library, Scope};

static SALT: Sql = Sql::new("select salt from search_salt where day = $1");
static TAKE_SALT: Sql = Sql::new("insert into search_salt (day, salt) values ($1, $2) on conflict (day) do nothing");
static FORGET_SALTS: Sql = Sql::new("delete from search_salt where day <> $1");
static FORGET: Sql = Sql::new("delete from searched where day < $1");
static KEPT: Sql = Sql::new("select count(*) from searched where day = $1");
static WRITE: Sql = Sql::new(
    "insert into searched (day, site_id, way, query, reader, hits)
     select $2, as_id(r.value->>0), r.value->>1, r.value->>2, r.value->>3, as_int(r.value->>4) from rows($1) r where true
     on conflict (day, site_id, way, query, reader) do update set hits = excluded.hits",
);

impl Library {
    /// Writes down what was looked for; leaves out what is long, and what holds personal data or forbidden words.
    ///
    /// # Errors
    /// When the database fails: then it is not written down.
    pub async fn note_searches(&self, searched: Vec<Searched>) -> Result<()> {
        let scope = self.scope(Audience::Public);
        let mut kept = Vec::new();
        for one in searched {
            if let Some(query) = scope.may_be_kept(&one).await? {
                kept.push((one, query));
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let today = self.zone().date(self.now());
        let day = today.to_string();
        let oldest = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(today).to_string();
        let mut transaction = self.database().begin().await?;
        let salt = salt(self, &mut transaction, &day).await?;
        transaction.run(&FORGET, &[oldest.into()]).await?;
        let count: i64 = transaction.rows(&KEPT, &[(&day).into()]).await?.first().map_or(Ok(0), |row| row.get(0))?;
        if count < MOST_OF_A_DAY {
            let mut rows = std::collections::BTreeMap::new();
            for (one, query) in &kept {
                let site = of(one.site).0.simple().to_string();
                let key = (site, <&str>::from(one.way), query.clone(), pseudonym(&salt, &one.from));
                rows.insert(key, one.hits);
            }
            let rows =
                rows.into_iter().map(|((site, way, query, reader), hits)| json!([site, way, query, reader, hits]));
            let rows = serde_json::Value::Array(rows.collect());
            transaction.run(&WRITE, &[rows.into(), day.into()]).await?;
        }
        transaction.commit().await
    }
}

/// The salt of a day, made by whoever needs it first; those of other days are forgotten.
pub(super) async fn salt(library: &Library, transaction: &mut Transaction, day: &str) -> Result<String> {
    let fresh = format!("{}{}", library.new_id().simple(), library.new_id().simple());
    transaction.run(&TAKE_SALT, &[day.into(), fresh.into()]).await?;
    transaction.run(&FORGET_SALTS, &[day.into()]).await?;
    transaction.rows(&SALT, &[day.into()]).await?.first().map_or(Ok(String::new()), |row| row.get(0))
}

/// Who asks, for one day.
pub(super) fn pseudonym(salt: &str, from: &str) -> String {
    let digest = Sha256::digest(format!("{salt}\u{1f}{from}"));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

impl Scope {
    /// What is kept of something that was looked for, if it may be kept.
    async fn may_be_kept(&self, one: &Searched) -> Result<Option<String>> {
        let query = one.query.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let longest = if one.way == Way::Ask { LONGEST_QUESTION } else { LONGEST };
        let readable = query.chars().any(char::is_alphanumeric) && !query.chars().any(char::is_control);
        if !readable || query.chars().count() > longest || is_personal(&query) {
            return Ok(None);
        }
        Ok((!self.is_forbidden(of(one.site), &query).await?).then_some(query))
    }

    /// Whether a text holds a word that must not be published, on a site or anywhere.
    pub(super) async fn is_forbidden(&self, site: SiteId, text: &str) -> Result<bool> {
        let lists = self.compiled_words(site).await?;
        let sensitive = lists.iter().filter(|(head, _)| head.kind == WordListKind::SensitiveWords);
        Ok(sensitive.into_iter().any(|(_, list)| !list.find(text).is_empty()))
    }
}
