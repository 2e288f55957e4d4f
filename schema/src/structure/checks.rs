//! How grave content checks take what they find on a site (检查设置).

use async_graphql::{Enum, InputObject, SimpleObject};
use library::finding::{self, Severities};

use crate::finding::Severity;

/// A rule of content checks (检查规则); what each looks for is in docs/checks.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "finding::Rule")]
pub enum CheckRule {
    /// A resident identity number (身份证号).
    IdentityNumber,
    /// A resident identity number of the old form, of 15 digits (十五位身份证号).
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

/// How grave what a rule finds is to be on a site (检查设置).
#[derive(Clone, Copy, InputObject)]
pub struct CheckSettingInput {
    /// The rule (检查规则).
    pub rule: CheckRule,
    /// How grave what it finds is (严重程度); null switches the rule off on this site.
    pub severity: Option<Severity>,
}

impl CheckSettingInput {
    /// The settings together; of a rule that is named twice, the last is kept.
    pub fn all(given: Vec<Self>) -> Severities {
        Severities::of_rules(given.into_iter().map(|one| (one.rule.into(), one.severity.map(Into::into))))
    }
}

/// How grave what a rule finds is on a site (检查设置).
#[derive(SimpleObject)]
pub struct CheckSetting {
    /// The rule (检查规则).
    rule: CheckRule,
    /// How grave what it finds is on this site (严重程度); null if it is switched off.
    severity: Option<Severity>,
    /// How grave it is where a site sets nothing (缺省严重程度).
    default_severity: Severity,
}

impl CheckSetting {
    /// All rules as a site has set them, in the order of the rules.
    pub fn all(set: &Severities) -> Vec<Self> {
        let setting = |rule: finding::Rule| Self {
            rule: rule.into(),
            severity: set.of(rule).map(Into::into),
            default_severity: rule.severity().into(),
        };
        finding::Rule::all().map(setting).collect()
    }
}
