//! The kinds of contents (从属分类): a file for each, with all that it has and decides of its own, and the list of them.
//!
//! Elsewhere nothing asks of which kind a content is, except where validity is set and where lists filter by it.

mod article;
mod disclosure;
mod interpretation;
mod knowledge_entry;
mod notice;
mod policy;
mod service_guide;

use serde::{Deserialize, Serialize};

pub use article::{ArticleDetails, ArticleFormat};
pub use disclosure::DisclosureDetails;
pub use interpretation::{InterpretationDetails, InterpretationForm, InterpreterRole};
pub use knowledge_entry::{KnowledgeDetails, KnowledgeGlance};
pub use notice::{NoticeDetails, NoticeGlance, NoticePhase};
pub use policy::{PolicyDetails, PolicyGlance, Validity, ValidityState};
pub use service_guide::{
    ServiceChannel, ServiceChannelKind, ServiceDetails, ServiceFlag, ServiceGlance, ServiceMaterial, ServicePlace,
};

use super::elements::Table;
use super::row::LiveContent;
use crate::Directory;
use crate::changes::Work;
use crate::due::Due;
use crate::instant::{Date, DayZone, Instant};
use crate::refusal::Result;

/// What a kind needs to know beside the revision when that is published.
pub(crate) struct Publication<'p> {
    /// The day.
    pub today: Date,
    /// Where days begin.
    pub zone: DayZone,
    /// The validity that somebody set.
    pub set: Option<ValidityState>,
    /// What was live before.
    pub was: Option<&'p LiveContent>,
}

impl Publication<'_> {
    /// Of what nothing is known beside the day of the deed.
    pub(in crate::content) fn on_the_day(work: &Work) -> Self {
        let zone = work.library().zone();
        Self { today: zone.date(work.at), zone, set: None, was: None }
    }
}

/// What a kind decides for itself; implemented by what it has of its own.
pub(super) trait Kind: Default {
    /// What lists show of it beyond what all kinds have.
    type Glance;

    /// Brings its fields into the form in which they are kept, or refuses what is wrong in them.
    fn check(&mut self, _directory: &Directory) -> Result<()> {
        Ok(())
    }

    /// What lists show once it is published.
    fn glance(&self, publication: &Publication<'_>) -> Self::Glance;

    /// The moments at which its state changes by itself.
    fn dues(&self, _zone: DayZone) -> Vec<(Instant, Due)> {
        Vec::new()
    }

    /// Its rows in the table of elements (公开要素).
    fn elements(&self, _glance: &Self::Glance, _table: &mut Table<'_>) {}
}

/// Makes the list of kinds: what is matched over kinds is written here, and each kind has one line below.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident: $details:ty, in lists $glance:ty;)*) => {
        /// What kind of information a content is (从属分类), in the order in which pages show them.
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
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        pub enum ContentKind {
            $($(#[doc = $doc])* $kind,)*
        }

        /// What one kind alone has.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Details {
            $($(#[doc = $doc])* $kind($details),)*
        }

        /// What lists show of one kind alone.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Glance {
            $($(#[doc = $doc])* $kind($glance),)*
        }

        impl ContentKind {
            /// All of them, in the order in which pages show them.
            pub fn all() -> Vec<Self> {
                vec![$(Self::$kind),*]
            }
        }

        impl Details {
            /// What a kind has of its own when nothing is known of it.
            pub fn bare(kind: ContentKind) -> Self {
                match kind {
                    $(ContentKind::$kind => Self::$kind(Default::default()),)*
                }
            }

            /// The kind that these belong to.
            pub fn kind(&self) -> ContentKind {
                match self {
                    $(Self::$kind(_) => ContentKind::$kind,)*
                }
            }

            pub(super) fn check(&mut self, directory: &Directory) -> Result<()> {
                match self {
                    $(Self::$kind(own) => own.check(directory),)*
                }
            }

            pub(super) fn glance(&self, publication: &Publication<'_>) -> Glance {
                match self {
                    $(Self::$kind(own) => Glance::$kind(own.glance(publication).into()),)*
                }
            }

            pub(super) fn dues(&self, zone: DayZone) -> Vec<(Instant, Due)> {
                match self {
                    $(Self::$kind(own) => own.dues(zone),)*
                }
            }

            pub(super) fn elements(&self, glance: &Glance, table: &mut Table<'_>) {
                match (self, glance) {
                    $((Self::$kind(own), Glance::$kind(glance)) => own.elements(glance, table),)*
                    // A content has one kind for good.
                    _ => {}
                }
            }
        }
    };
}

kinds! {
    /// A policy (政策文件).
    Policy: Box<PolicyDetails>, in lists Box<PolicyGlance>;
    /// An interpretation of policies (政策解读).
    Interpretation: InterpretationDetails, in lists InterpretationDetails;
    /// A question with its answer (答问知识).
    KnowledgeEntry: Box<KnowledgeDetails>, in lists KnowledgeGlance;
    /// A service guide (办事指南).
    ServiceGuide: Box<ServiceDetails>, in lists ServiceGlance;
    /// A notice (通知公告).
    Notice: NoticeDetails, in lists NoticeGlance;
    /// An article (资讯报道).
    Article: ArticleDetails, in lists ArticleDetails;
    /// Statutory disclosure of another kind (法定主动公开信息).
    Disclosure: DisclosureDetails, in lists ();
}
