//! Index numbers (索引号): issued once from the site's pattern, unique in the library, never issued again.

use chrono::Datelike;

use crate::changes::Work;
use crate::database::Sql;
use crate::organisation::Organisation;
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::site::Site;

static NEXT: Sql = Sql::new(
    "insert into number_sequence (name, next) values ($1, 2)
     on conflict (name) do update set next = number_sequence.next + 1 returning next - 1",
);

static TAKEN: Sql = Sql::new("select content_id from working where index_number = $1");

/// Refuses a pattern without a serial, or with an unknown placeholder.
pub(crate) fn check(path: &str, pattern: &str) -> Result<()> {
    let filled = fill(pattern, "000000000", 2026, 1, 1);
    match filled {
        Some(filled) if !filled.contains(['{', '}']) && filled.len() <= 64 => Ok(()),
        _ => Err(Refusal::new(
            RefusalCode::Invalid,
            path,
            "索引号规则应含 {serial5} 之类的流水号，可含 {org9} {year} {month}",
            "the pattern needs {serialN} and may have {org9} {year} {month}",
        )
        .into()),
    }
}

/// The number that `pattern` gives; nothing if it has no serial.
fn fill(pattern: &str, organisation: &str, year: i32, month: u32, serial: i64) -> Option<String> {
    let begin = pattern.find("{serial")?;
    let end = pattern[begin..].find('}')? + begin;
    let digits: usize = pattern[begin + 7..end].parse().ok().filter(|digits| (1..=12).contains(digits))?;
    let filled = format!("{}{serial:0digits$}{}", &pattern[..begin], &pattern[end + 1..]);
    let filled = filled.replace("{org9}", organisation).replace("{year}", &format!("{year:04}"));
    Some(filled.replace("{month}", &format!("{month:02}")))
}

/// Issues the next number for a content of `organisation` on `site` in the deed's month.
pub(super) async fn issue(work: &mut Work, site: &Site, organisation: &Organisation) -> Result<String> {
    // 目录指引: nine characters of the publishing unit's organisation code, positions 9 to 17 of the credit code.
    let unit = match organisation.fields.credit_code.as_deref().and_then(|code| code.get(8..17)) {
        Some(code) => code.to_owned(),
        None => organisation.code.clone(),
    };
    let date = work.library().zone().date(work.at);
    let pattern = &site.fields.index_number_pattern;
    let frame = fill(pattern, &unit, date.year(), date.month(), 0).unwrap_or_default();
    loop {
        let row = work.row(&NEXT, &[(&frame).into()]).await?;
        let serial: i64 = row.ok_or_else(|| Error::Database("no serial was given".to_owned()))?.get(0)?;
        let number = fill(pattern, &unit, date.year(), date.month(), serial).unwrap_or_default();
        // An import may have brought numbers of the same pattern along.
        if work.row(&TAKEN, &[(&number).into()]).await?.is_none() {
            return Ok(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled_or_refused() {
        assert_eq!(fill("{org9}/{year}-{serial5}", "000014349", 2017, 4, 110).as_deref(), Some("000014349/2017-00110"));
        assert_eq!(fill("{org9}/{year}{month}-{serial5}", "X", 2021, 12, 113).as_deref(), Some("X/202112-00113"));
        assert!(check("p", "{org9}/{year}").is_err());
        assert!(check("p", "{colour}-{serial3}").is_err());
        assert!(check("p", "A{serial12}").is_ok());
    }
}
