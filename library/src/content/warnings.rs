//! Warnings on answers: the policy that an answer rests on, or the answer itself, may no longer hold.

use std::sync::Arc;

use super::kind::{Glance, Validity};
use super::row::LiveContent;

/// Why an answer is to be read with care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AnswerWarningCode {
    BasisRepealed,
    BasisExpired,
    BasisAmended,
    EntryExpired,
}

/// A warning on an answer.
#[derive(Debug, Clone)]
pub struct AnswerWarning {
    /// Why.
    pub code: AnswerWarningCode,
    /// What readers are told.
    pub message: String,
    /// The policy that it is about.
    pub policy: Option<Arc<LiveContent>>,
}

impl AnswerWarning {
    /// The warnings on an answer that rests on `basis`.
    pub fn of(answer: &LiveContent, basis: &[Arc<LiveContent>]) -> Vec<Self> {
        let mut warnings = Vec::new();
        if matches!(&answer.card.glance, Glance::KnowledgeEntry(entry) if entry.expired) {
            let message = "本答复已过有效期，请以最新政策为准".to_owned();
            warnings.push(Self { code: AnswerWarningCode::EntryExpired, message, policy: None });
        }
        for policy in basis {
            let validity = policy.card.policy().map_or(Validity::NotStated, |glance| glance.state.validity);
            let code = match validity {
                Validity::Repealed | Validity::DeclaredInvalid => AnswerWarningCode::BasisRepealed,
                Validity::Expired => AnswerWarningCode::BasisExpired,
                Validity::EffectiveAsAmended => AnswerWarningCode::BasisAmended,
                _ => continue,
            };
            let message = format!("所依据的《{}》{}", policy.card.title, validity.label());
            warnings.push(Self { code, message, policy: Some(policy.clone()) });
        }
        warnings
    }
}
