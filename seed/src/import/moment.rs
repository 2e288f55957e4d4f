//! Dates and times as other systems write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use library::{Date, DayZone, Instant};

const TIMES: [&str; 9] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
];

const DATES: [&str; 4] = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"];

/// The moment that a text states: a date is its beginning in Asia/Shanghai, a time without an offset is a time there.
pub(super) fn moment(text: &str) -> Option<Instant> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant::of(&time));
    }
    TIMES.iter().chain(&DATES).find_map(|form| in_form(text, form))
}

/// The same for a text of a form that is described as `strftime` does.
pub(super) fn in_form(text: &str, form: &str) -> Option<Instant> {
    if let Ok(time) = DateTime::parse_from_str(text, form) {
        return Some(Instant::of(&time));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(text, form) {
        let since = time - time.date().and_time(NaiveTime::MIN);
        return Some(DayZone::default().begin(time.date()).plus_milliseconds(since.num_milliseconds()));
    }
    NaiveDate::parse_from_str(text, form).ok().map(|date| DayZone::default().begin(date))
}

/// The date that a text states.
pub(super) fn date(text: &str) -> Option<Date> {
    moment(text).map(|moment| DayZone::default().date(moment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_begin_in_shanghai() {
        let says = |text: &str| moment(text).map(|moment| moment.utc().to_rfc3339());
        assert_eq!(says("2026-02-25").as_deref(), Some("2026-02-24T16:00:00+00:00"));
        assert_eq!(says("2017-09-27 0:12:00").as_deref(), Some("2017-09-26T16:12:00+00:00"));
        assert_eq!(says("2026-02-25T08:00:00+08:00").as_deref(), Some("2026-02-25T00:00:00+00:00"));
        assert_eq!(says("2026年2月25日").as_deref(), Some("2026-02-24T16:00:00+00:00"));
        assert_eq!(says("next Tuesday"), None);
        assert_eq!(in_form("25/02/2026", "%d/%m/%Y"), moment("2026-02-25"));
        assert_eq!(date("2026-02-25 23:59"), Some("2026-02-25".parse().expect("a date")));
    }
}
