//! Notices (通知公告), with a publicity period (公示期) where they are a 公示.

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};
use crate::Directory;
use crate::content::check::{optional, period};
use crate::content::elements::Table;
use crate::due::Due;
use crate::instant::{Date, DayZone, Instant};
use crate::refusal::Result;

/// What a notice has of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeDetails {
    /// 公示 from this day.
    pub publicity_from: Option<Date>,
    /// 公示 until this day, inclusive.
    pub publicity_until: Option<Date>,
    /// How to object.
    pub feedback: Option<String>,
}

/// Where the period of a notice stands: state, changed by the clock deed at its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum NoticePhase {
    Upcoming,
    Open,
    Ended,
}

/// What lists show of a notice beyond what all kinds have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeGlance {
    /// Where its period stands; nothing without one.
    pub phase: Option<NoticePhase>,
}

impl NoticeDetails {
    /// Where the period stands on `today`; nothing without a period.
    pub(in crate::content) fn phase(&self, today: Date) -> Option<NoticePhase> {
        match (self.publicity_from, self.publicity_until) {
            (None, None) => None,
            (Some(from), _) if today < from => Some(NoticePhase::Upcoming),
            (_, Some(until)) if today > until => Some(NoticePhase::Ended),
            _ => Some(NoticePhase::Open),
        }
    }
}

impl Kind for NoticeDetails {
    type Glance = NoticeGlance;

    fn check(&mut self, _: &Directory) -> Result<()> {
        let days = (self.publicity_from, self.publicity_until);
        period("details.notice.publicity_until", days, "公示截止早于开始", "ends before it begins")?;
        optional("details.notice.feedback", &mut self.feedback, 2000)
    }

    fn glance(&self, publication: &Publication<'_>) -> NoticeGlance {
        NoticeGlance { phase: self.phase(publication.today) }
    }

    fn dues(&self, zone: DayZone) -> Vec<(Instant, Due)> {
        let begins = self.publicity_from.map(|day| (zone.begin(day), Due::NoticeMoves));
        let ends = self.publicity_until.map(|day| (zone.end(day), Due::NoticeMoves));
        begins.into_iter().chain(ends).collect()
    }

    fn elements(&self, _: &NoticeGlance, table: &mut Table<'_>) {
        table.date("publicityFrom", "公示开始", self.publicity_from);
        table.date("publicityUntil", "公示截止", self.publicity_until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_ends_after_its_last_day() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let notice = NoticeDetails {
            publicity_from: Some(day("2026-09-01")),
            publicity_until: Some(day("2026-09-08")),
            feedback: None,
        };
        assert_eq!(notice.phase(day("2026-08-31")), Some(NoticePhase::Upcoming));
        assert_eq!(notice.phase(day("2026-09-08")), Some(NoticePhase::Open));
        assert_eq!(notice.phase(day("2026-09-09")), Some(NoticePhase::Ended));
        assert_eq!(NoticeDetails::default().phase(day("2026-09-09")), None);
    }
}
