//! The rules of content checks: their stable codes, how grave what they find is, and what of that a site may change.
//!
//! What a rule looks for stands in its own file; here nothing is looked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// It must be mended before the content is submitted (错误).
    Error,
    /// It may stay if somebody says why (提醒).
    Warning,
}

/// A rule of content checks (检查规则); its code is stable, and findings are listed in this order where they meet.
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
    strum::EnumIter,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rule {
    /// A resident identity number (身份证号).
    IdentityNumber,
    /// A resident identity number of the old form, of 15 digits (十五位身份证号), which has no check digit.
    IdentityNumberOld,
    /// The number of a bank card (银行卡号).
    BankCard,
    /// A mobile number (手机号).
    MobileNumber,
    /// A word that must not be published (敏感词).
    SensitiveWord,
    /// A wrong word (错别字).
    Typo,
    /// A picture without text instead of it (图片缺替代文本).
    ImageWithoutAlt,
    /// A link to something of our own that readers do not find (站内死链).
    BrokenLink,
    /// A link that shows nothing or leads nowhere (空链接).
    EmptyLink,
    /// A text that is much like a published one (内容近似).
    NearDuplicate,
    /// A document number that another content has (发文字号重复).
    DocumentNumberUsed,
}

impl Rule {
    /// All of them, in their order.
    pub fn all() -> impl Iterator<Item = Self> {
        <Self as strum::IntoEnumIterator>::iter()
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Counts up when the rule finds something else in the same content; an overruled finding of another version
    /// has to be looked at again.
    pub fn version(self) -> u32 {
        match self {
            Self::IdentityNumber
            | Self::IdentityNumberOld
            | Self::BankCard
            | Self::MobileNumber
            | Self::SensitiveWord
            | Self::Typo
            | Self::ImageWithoutAlt
            | Self::BrokenLink
            | Self::EmptyLink
            | Self::NearDuplicate
            | Self::DocumentNumberUsed => 1,
        }
    }

    /// How grave it is where nothing else is set. What a machine cannot be sure of is a warning.
    pub fn severity(self) -> Severity {
        match self {
            Self::IdentityNumber | Self::BankCard | Self::SensitiveWord => Severity::Error,
            Self::IdentityNumberOld
            | Self::MobileNumber
            | Self::Typo
            | Self::ImageWithoutAlt
            | Self::BrokenLink
            | Self::EmptyLink
            | Self::NearDuplicate
            | Self::DocumentNumberUsed => Severity::Warning,
        }
    }
}

/// How grave the findings of each rule are: as the rule says, unless it is set here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severities(BTreeMap<Rule, Option<Severity>>);

impl Severities {
    /// The same with another severity for `rule`; nothing switches it off.
    #[must_use]
    pub fn with(mut self, rule: Rule, severity: Option<Severity>) -> Self {
        self.0.insert(rule, severity);
        self
    }

    /// Those that set just these rules; what is not named is as the rule says.
    #[must_use]
    pub fn of_rules(set: impl IntoIterator<Item = (Rule, Option<Severity>)>) -> Self {
        Self(set.into_iter().collect())
    }

    /// How grave what `rule` finds is; nothing if it does not look.
    pub fn of(&self, rule: Rule) -> Option<Severity> {
        self.0.get(&rule).copied().unwrap_or_else(|| Some(rule.severity()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_and_severities_can_be_set() {
        let codes: Vec<_> = Rule::all().map(Rule::code).collect();
        assert_eq!(
            codes.join(" "),
            "IDENTITY_NUMBER IDENTITY_NUMBER_OLD BANK_CARD MOBILE_NUMBER SENSITIVE_WORD TYPO IMAGE_WITHOUT_ALT \
             BROKEN_LINK EMPTY_LINK NEAR_DUPLICATE DOCUMENT_NUMBER_USED"
        );
        let set = Severities::default().with(Rule::Typo, Some(Severity::Error)).with(Rule::EmptyLink, None);
        assert_eq!(set.of(Rule::Typo), Some(Severity::Error));
        assert_eq!(set.of(Rule::EmptyLink), None);
        assert_eq!(set.of(Rule::BankCard), Some(Severity::Error));
        let json = serde_json::to_string(&set).expect("json");
        assert_eq!(json, r#"{"TYPO":"ERROR","EMPTY_LINK":null}"#);
        assert_eq!(serde_json::from_str::<Severities>(&json).expect("read"), set);
    }
}
