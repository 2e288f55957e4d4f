//! Contents (信息): the kinds, what all of them share, and files for the kinds' own fields.
//!
//! A kind is entered here and nowhere else in this crate.

pub mod deeds;
mod details_input;
mod enums;
mod facts;
mod fields_input;
mod input;
mod kinds;
mod policy;
mod reading;
mod service_guide;
mod shared;

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::Enum;
use library::content::{ContentKind as Kind, LiveContent};

pub use deeds::newest;
pub use enums::{ContentState, OrderDirection, Validity};
pub use facts::OriginRef;
pub use input::{ContentFilter, ContentLocator, ContentOrder, DateTimeRange, contents};
pub use kinds::{AnswerWarning, Article, Disclosure, Interpretation, KnowledgeEntry, Notice};
pub use policy::Policy;
pub use reading::ContentShared;
pub use service_guide::ServiceGuide;

use crate::interface::interface;
use crate::kin::ContentKin;

/// What kind of information a content is (从属分类).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::ContentKind")]
pub enum ContentKind {
    /// An article: news, pictures, video (文章).
    Article,
    /// A notice (通知公告).
    Notice,
    /// A policy document (政策文件).
    Policy,
    /// An interpretation of policies (政策解读).
    Interpretation,
    /// A question with its answer (知识库条目).
    KnowledgeEntry,
    /// A guide to a service (办事指南).
    ServiceGuide,
    /// Statutory disclosure of another kind (法定主动公开信息).
    Disclosure,
}

interface! {
    /// A piece of information (信息) of any of the seven kinds: what all kinds have in common.
    Content { Article, Notice, Policy, Interpretation, KnowledgeEntry, ServiceGuide, Disclosure }
}

impl Content {
    /// A content within a family.
    pub fn of(content: Arc<LiveContent>, kin: Arc<ContentKin>) -> Self {
        let kind = content.kind;
        let shared = ContentShared { content, kin };
        match kind {
            Kind::Article => Self::Article(Article(shared)),
            Kind::Notice => Self::Notice(Notice(shared)),
            Kind::Policy => Self::Policy(Policy(shared)),
            Kind::Interpretation => Self::Interpretation(Interpretation(shared)),
            Kind::KnowledgeEntry => Self::KnowledgeEntry(KnowledgeEntry(shared)),
            Kind::ServiceGuide => Self::ServiceGuide(ServiceGuide(shared)),
            Kind::Disclosure => Self::Disclosure(Disclosure(shared)),
        }
    }

    /// A content that is shown by itself.
    pub fn alone(content: Arc<LiveContent>) -> Self {
        let kin = Arc::new(ContentKin::new(vec![content.clone()]));
        Self::of(content, kin)
    }

    /// Contents that are shown together.
    pub fn together(contents: Vec<Arc<LiveContent>>) -> Vec<Self> {
        let kin = Arc::new(ContentKin::new(contents.clone()));
        contents.into_iter().map(|content| Self::of(content, kin.clone())).collect()
    }

    /// What all kinds share.
    pub fn shared(&self) -> &ContentShared {
        match self {
            Self::Article(own) => &own.0,
            Self::Notice(own) => &own.0,
            Self::Policy(own) => &own.0,
            Self::Interpretation(own) => &own.0,
            Self::KnowledgeEntry(own) => &own.0,
            Self::ServiceGuide(own) => &own.0,
            Self::Disclosure(own) => &own.0,
        }
    }
}

impl Deref for Content {
    type Target = LiveContent;

    fn deref(&self) -> &LiveContent {
        &self.shared().content
    }
}
