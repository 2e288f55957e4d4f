//! Contents (信息): what all kinds share, and a file for the kinds' own fields.

mod enums;
mod facts;
mod input;
mod kinds;
mod policy;
mod service_guide;
mod shared;

use std::ops::Deref;
use std::sync::Arc;

use library::content::{ContentKind, LiveContent};

pub use enums::{OrderDirection, Validity};
pub use input::{ContentFilter, ContentLocator, ContentOrder, DateTimeRange, contents};
pub use kinds::{Article, Disclosure, Interpretation, KnowledgeEntry, Notice};
pub use policy::Policy;
pub use service_guide::ServiceGuide;
pub use shared::ContentShared;

use crate::kin::ContentKin;
use crate::node::Content;

impl Content {
    /// A content within a family.
    pub fn of(content: Arc<LiveContent>, kin: Arc<ContentKin>) -> Self {
        let kind = content.kind;
        let shared = ContentShared { content, kin };
        match kind {
            ContentKind::Article => Self::Article(Article(shared)),
            ContentKind::Notice => Self::Notice(Notice(shared)),
            ContentKind::Policy => Self::Policy(Policy(shared)),
            ContentKind::Interpretation => Self::Interpretation(Interpretation(shared)),
            ContentKind::KnowledgeEntry => Self::KnowledgeEntry(KnowledgeEntry(shared)),
            ContentKind::ServiceGuide => Self::ServiceGuide(ServiceGuide(shared)),
            ContentKind::Disclosure => Self::Disclosure(Disclosure(shared)),
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

impl From<Content> for crate::node::Node {
    fn from(content: Content) -> Self {
        match content {
            Content::Article(own) => Self::Article(own),
            Content::Notice(own) => Self::Notice(own),
            Content::Policy(own) => Self::Policy(own),
            Content::Interpretation(own) => Self::Interpretation(own),
            Content::KnowledgeEntry(own) => Self::KnowledgeEntry(own),
            Content::ServiceGuide(own) => Self::ServiceGuide(own),
            Content::Disclosure(own) => Self::Disclosure(own),
        }
    }
}
