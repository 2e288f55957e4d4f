//! Instants and dates as the library keeps them: microseconds since 1970 in UTC, and ISO dates.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Instant(pub i64);

/// A calendar date, kept as `YYYY-MM-DD` (GB/T 7408, ISO 8601).
pub type Date = NaiveDate;

impl Instant {
    /// The same instant for people and for GraphQL.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// From a date-time with any offset.
    pub fn of<Z: TimeZone>(time: &DateTime<Z>) -> Self {
        Self(time.timestamp_micros())
    }

    /// The later instant by `milliseconds`.
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds * 1000)
    }
}

/// Where dates begin and end: Asia/Shanghai has had one offset, +08:00, since 1991.
#[derive(Debug, Clone, Copy)]
pub struct DayZone(pub FixedOffset);

impl Default for DayZone {
    fn default() -> Self {
        Self(FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| Utc.fix_zero()))
    }
}

/// A total way to the zero offset, so that no code path can panic.
trait FixZero {
    fn fix_zero(&self) -> FixedOffset;
}

impl FixZero for Utc {
    fn fix_zero(&self) -> FixedOffset {
        use chrono::Offset as _;
        Utc.fix()
    }
}

impl DayZone {
    /// How many microseconds its days are ahead of UTC.
    pub(crate) fn ahead(self) -> i64 {
        i64::from(self.0.local_minus_utc()) * 1_000_000
    }

    /// The date that it is at `instant`.
    pub fn date(self, instant: Instant) -> Date {
        instant.utc().with_timezone(&self.0).date_naive()
    }

    /// The first instant of `date`.
    pub fn begin(self, date: Date) -> Instant {
        let midnight = date.and_time(NaiveTime::MIN);
        Instant(midnight.and_utc().timestamp_micros() - self.ahead())
    }

    /// The first instant after `date`: an end date is inclusive.
    pub fn end(self, date: Date) -> Instant {
        date.succ_opt().map_or(Instant(i64::MAX), |next| self.begin(next))
    }

    /// `yyyymm` of an instant, as addresses show it.
    pub fn year_month(self, instant: Instant) -> String {
        let date = self.date(instant);
        format!("{:04}{:02}", date.year(), date.month())
    }

    /// `YYYY-MM-DD HH:MM` (网页设计规范: the form of PubDate).
    pub fn minute(self, instant: Instant) -> String {
        instant.utc().with_timezone(&self.0).format("%Y-%m-%d %H:%M").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_shanghai_and_its_end_is_inclusive() {
        let zone = DayZone::default();
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date");
        assert_eq!(zone.begin(day).utc().to_rfc3339(), "2026-02-28T16:00:00+00:00");
        assert_eq!(zone.date(zone.begin(day)), day);
        assert_eq!(zone.date(Instant(zone.end(day).0 - 1)), day);
        assert_ne!(zone.date(zone.end(day)), day);
        assert_eq!(zone.year_month(zone.begin(day)), "202603");
        assert_eq!(zone.minute(zone.begin(day)), "2026-03-01 00:00");
    }
}
