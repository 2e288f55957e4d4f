//! The clock worker: what is due happens at its moment, once, in order, and stops nothing else.

mod moments;
mod scheduled;

use library::content::{Glance, LiveContent, NoticePhase};

/// Where the period of a notice stands.
fn notice_phase(content: &LiveContent) -> Option<NoticePhase> {
    match &content.card.glance {
        Glance::Notice(notice) => notice.phase,
        other => panic!("no notice: {other:?}"),
    }
}
