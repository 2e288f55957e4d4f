//! One text for a statement, two engines that read it.
//!
//! Statements are written as PostgreSQL has them (`$1`), with a few words for what the engines say differently:
//!
//! | word | meaning |
//! |---|---|
//! | `in ids($1)`, `in texts($1)` | member of an array parameter |
//! | `each_id($1)`, `each_text($1)` | a table `(ord, id)` or `(ord, text)` of an array parameter |
//! | `rows($1)` | a table `(ord, value)` of a JSON array; `value->>0` is text, and `as_id(..)`, `as_int(..)`, `as_bool(..)` convert it |
//!
//! Arrays are one parameter, never a list of placeholders, so that texts stay few and stay prepared.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// A statement for both engines.
#[derive(Debug)]
pub struct Sql {
    text: Cow<'static, str>,
    postgres_text: Option<Cow<'static, str>>,
    sqlite: OnceLock<String>,
    postgres: OnceLock<Arc<str>>,
}

impl Sql {
    /// A statement whose text serves both engines.
    pub const fn new(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), postgres_text: None, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// A statement whose best form differs between the engines.
    pub fn per_engine(sqlite: String, postgres: String) -> Self {
        Self { postgres_text: Some(Cow::Owned(postgres)), ..Self::built(sqlite) }
    }

    /// A statement that was put together from a bounded number of parts.
    pub fn built(text: String) -> Self {
        Self { text: Cow::Owned(text), postgres_text: None, sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// A statement that groups by months: `statement` is given what reads `2026-11` from the instant `at`, where the parameter
    /// `ahead` says how many microseconds the days are ahead of UTC.
    pub(crate) fn by_month(at: &str, ahead: &str, statement: impl Fn(&str) -> String) -> Self {
        let seconds = format!("({at} + {ahead}) / 1000000");
        Self::per_engine(
            statement(&format!("strftime('%Y-%m', {seconds}, 'unixepoch')")),
            statement(&format!("to_char(to_timestamp({seconds}) at time zone 'UTC', 'YYYY-MM')")),
        )
    }

    /// The same statement, to be kept.
    pub fn copy(&self) -> Self {
        Self {
            text: self.text.clone(),
            postgres_text: self.postgres_text.clone(),
            sqlite: OnceLock::new(),
            postgres: OnceLock::new(),
        }
    }

    /// The text for SQLite.
    pub fn sqlite(&self) -> &str {
        self.sqlite.get_or_init(|| translate(&self.text, &SQLITE).replace('$', "?"))
    }

    /// The text for PostgreSQL.
    pub fn postgres(&self) -> Arc<str> {
        let text = || translate(self.postgres_text.as_ref().unwrap_or(&self.text), &POSTGRES).into();
        self.postgres.get_or_init(text).clone()
    }
}

/// `(word, before the argument, after it)`.
type Words = [(&'static str, &'static str, &'static str); 8];

const SQLITE: Words = [
    ("in ids(", "in (select unhex(value) from json_each(", "))"),
    ("in texts(", "in (select value from json_each(", "))"),
    ("each_id(", "(select key as ord, unhex(value) as id from json_each(", "))"),
    ("each_text(", "(select key as ord, value as text from json_each(", "))"),
    (" rows(", " (select key as ord, value from json_each(", "))"),
    ("as_id(", "unhex(", ")"),
    ("as_int(", "(", ")"),
    ("as_bool(", "(", ")"),
];

const POSTGRES: Words = [
    ("in ids(", "= any(", "::uuid[])"),
    ("in texts(", "= any(", "::text[])"),
    ("each_id(", "(select ord, id from unnest(", "::uuid[]) with ordinality as each_of(id, ord))"),
    ("each_text(", "(select ord, text from unnest(", "::text[]) with ordinality as each_of(text, ord))"),
    (" rows(", " (select ord, value from json_array_elements(", "::json) with ordinality as each_of(value, ord))"),
    ("as_id(", "(", ")::uuid"),
    ("as_int(", "(", ")::bigint"),
    ("as_bool(", "(", ")::boolean"),
];

fn translate(text: &str, words: &Words) -> String {
    let mut out = text.to_owned();
    for (word, before, after) in words {
        let mut from = 0;
        while let Some(found) = out[from..].find(word).map(|at| at + from) {
            let inside = found + word.len();
            let Some(end) = closing(&out[inside..]).map(|at| at + inside) else { break };
            let replaced = format!("{before}{}{after}", &out[inside..end]);
            out.replace_range(found..=end, &replaced);
            from = found + before.len();
        }
    }
    out
}

/// Where the parenthesis that is open at the start of `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => continue,
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_words() {
        let sql = Sql::new("select as_int(r.value->>0) from rows($1) r join t on t.id in ids($2)");
        assert_eq!(
            sql.sqlite(),
            "select (r.value->>0) from (select key as ord, value from json_each(?1)) r \
             join t on t.id in (select unhex(value) from json_each(?2))"
        );
        assert_eq!(
            &*sql.postgres(),
            "select (r.value->>0)::bigint from (select ord, value from json_array_elements($1::json) with ordinality \
             as each_of(value, ord)) r join t on t.id = any($2::uuid[])"
        );
    }
}
