//! Where the working revision of a content stands (信息状态), and the one table of what may follow what.
//!
//! Pure: who may take a step is decided in [`crate::may`], what else a step asks for in its deed.

use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, RefusalCode};

/// Where the working revision of a content stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentState {
    Draft,
    Submitted,
    InReview,
    Approved,
    Scheduled,
    Published,
    Withdrawn,
    Archived,
}

impl ContentState {
    /// Its name in Chinese.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已交审",
            Self::InReview => "审核中",
            Self::Approved => "审核通过",
            Self::Scheduled => "定时发布",
            Self::Published => "已发布",
            Self::Withdrawn => "已撤稿",
            Self::Archived => "已归档",
        }
    }

    /// Whether a review waits for somebody.
    pub fn is_waiting_for_review(self) -> bool {
        matches!(self, Self::Submitted | Self::InReview)
    }
}

/// What is done to a content, as far as it changes where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::VariantArray)]
pub enum Step {
    /// A new revision is saved (编辑).
    Save,
    /// What was saved since the last publication is given up (放弃修改).
    Discard,
    /// It is handed in (交审).
    Submit,
    /// A level of review passes it (审核通过).
    Pass,
    /// It is given back (退回).
    Return,
    /// It is to be published at a moment (定时发布).
    Schedule,
    /// It becomes live (发布).
    Publish,
    /// It is taken off every site (撤稿).
    Withdraw,
    /// It is put away for the archive (归档).
    Archive,
    /// Its columns or tags are changed and its text is not (归类).
    Classify,
}

impl Step {
    /// From which states it may be taken, and where it may lead.
    pub fn ways(self) -> (&'static [ContentState], &'static [ContentState]) {
        use ContentState::{Approved, Archived, Draft, InReview, Published, Scheduled, Submitted, Withdrawn};
        match self {
            Self::Save => (&[Draft, Submitted, InReview, Approved, Scheduled, Published, Withdrawn], &[Draft]),
            Self::Discard => (&[Draft], &[Published, Withdrawn, Archived]),
            Self::Submit => (&[Draft], &[Submitted, Approved]),
            Self::Pass => (&[Submitted, InReview], &[InReview, Approved]),
            Self::Return => (&[Submitted, InReview, Approved, Scheduled], &[Draft]),
            Self::Schedule => (&[Approved, Scheduled], &[Scheduled]),
            Self::Publish => (&[Approved, Scheduled], &[Published]),
            Self::Withdraw => (&[Draft, Submitted, InReview, Approved, Scheduled, Published], &[Withdrawn]),
            Self::Archive => (&[Draft, Published, Withdrawn], &[Archived]),
            Self::Classify => (&[Draft, Published, Withdrawn], &[Draft, Published]),
        }
    }

    /// Whether it may be taken from a state.
    pub fn allows(self, from: ContentState) -> bool {
        self.ways().0.contains(&from)
    }

    /// Refuses the step from a state in which it may not be taken.
    pub(super) fn require(self, from: ContentState) -> Result<(), Refusal> {
        if self.allows(from) {
            return Ok(());
        }
        let (may_be_from, _) = self.ways();
        let names = |chinese: bool| {
            let name = |state: &ContentState| if chinese { state.chinese() } else { (*state).into() };
            may_be_from.iter().map(name).collect::<Vec<_>>().join(if chinese { "、" } else { ", " })
        };
        let (is, state): (_, &str) = (from.chinese(), from.into());
        let refusal = Refusal::new(
            RefusalCode::WrongState,
            "id",
            format!("该信息当前为“{is}”，不能进行此操作"),
            format!("it is {state}"),
        );
        let (chinese, english) = (names(true), names(false));
        Err(refusal.hinting(format!("仅限以下状态：{chinese}"), format!("possible only when it is {english}")))
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::*;

    #[test]
    fn every_state_can_be_reached_and_only_the_archive_is_the_end() {
        for state in ContentState::VARIANTS {
            let reached = Step::VARIANTS.iter().any(|step| step.ways().1.contains(state));
            assert!(reached, "{state:?} is reached by no step");
            let left = Step::VARIANTS.iter().any(|step| step.ways().0.contains(state));
            assert_eq!(left, *state != ContentState::Archived, "{state:?}");
        }
    }

    #[test]
    fn nothing_is_published_but_what_was_approved() {
        let (from, _) = Step::Publish.ways();
        assert_eq!(from, [ContentState::Approved, ContentState::Scheduled]);
        let refusal = Step::Publish.require(ContentState::Draft).expect_err("a draft");
        assert_eq!(refusal.code, RefusalCode::WrongState);
        assert!(refusal.hint.is_some_and(|hint| hint.english.contains("APPROVED")));
    }
}
