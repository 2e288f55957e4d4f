//! Which links make one content an interpretation (解读), an answer (问答), a service (办事) ... of another.
//!
//! The rule is here once, for every door; what a door calls these lists is its own business.

use super::{ContentLink, LinkDirection, LinkType};
use crate::content::ContentKind;

/// What a linked content is to the content whose links are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRole {
    /// An interpretation of this policy (政策解读).
    Interpretation,
    /// The policy that this interprets (被解读文件).
    InterpretedPolicy,
    /// An answer that rests on this policy (相关问答).
    AnswerOnPolicy,
    /// An answer that goes with this service (常见问题): linked in any way.
    AnswerOnService,
    /// The policy on which this answer rests (政策依据).
    Basis,
    /// A service that this policy brings about (相关事项).
    ServiceOfPolicy,
    /// A service that goes with this answer (关联事项): linked in any way.
    ServiceOfAnswer,
    /// The policy that brings this service about (相关政策).
    PolicyOfService,
    /// A report on this, of whatever kind (相关报道).
    Report,
    /// The policy that this amends (修改的文件).
    Amended,
    /// The policy that amends this (被修改).
    Amending,
    /// The policy that this repeals (废止的文件).
    Repealed,
    /// The policy that repeals this (被废止).
    Repealing,
    /// The same in another language (其他语种版本), from whichever end they are linked.
    Translation,
}

impl LinkRole {
    /// The type of the link, the end from which it is read, and the kind of the content at the other end; any where
    /// nothing is named.
    fn rule(self) -> (Option<LinkType>, Option<LinkDirection>, Option<ContentKind>) {
        use ContentKind::{Interpretation, KnowledgeEntry, Policy, ServiceGuide};
        use LinkDirection::{In, Out};
        match self {
            Self::Interpretation => (Some(LinkType::Interprets), Some(In), Some(Interpretation)),
            Self::InterpretedPolicy => (Some(LinkType::Interprets), Some(Out), Some(Policy)),
            Self::AnswerOnPolicy => (Some(LinkType::BasedOn), Some(In), Some(KnowledgeEntry)),
            Self::AnswerOnService => (None, None, Some(KnowledgeEntry)),
            Self::Basis => (Some(LinkType::BasedOn), Some(Out), Some(Policy)),
            Self::ServiceOfPolicy => (Some(LinkType::ServiceFor), Some(In), Some(ServiceGuide)),
            Self::ServiceOfAnswer => (None, None, Some(ServiceGuide)),
            Self::PolicyOfService => (Some(LinkType::ServiceFor), Some(Out), Some(Policy)),
            Self::Report => (Some(LinkType::ReportsOn), Some(In), None),
            Self::Amended => (Some(LinkType::Amends), Some(Out), Some(Policy)),
            Self::Amending => (Some(LinkType::Amends), Some(In), Some(Policy)),
            Self::Repealed => (Some(LinkType::Repeals), Some(Out), Some(Policy)),
            Self::Repealing => (Some(LinkType::Repeals), Some(In), Some(Policy)),
            Self::Translation => (Some(LinkType::Translates), None, None),
        }
    }
}

impl ContentLink {
    /// Whether the content at the other end plays this role; a page outside plays none.
    pub fn is(&self, role: LinkRole) -> bool {
        let (kind, direction, of) = role.rule();
        let fits = |end: ContentKind| of.is_none_or(|of| end == of);
        kind.is_none_or(|kind| self.kind == kind)
            && direction.is_none_or(|direction| self.direction == direction)
            && self.content.as_ref().is_some_and(|content| fits(content.kind))
    }
}
