//! What content checks find in a revision (检查结果), as the desk shows it.

use async_graphql::{Enum, ID, SimpleObject};
use library::Scope;
use library::gate::Overrule;

use crate::account::Account;

/// How grave a finding is (严重程度).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::finding::Severity")]
pub enum Severity {
    /// It must be mended before the content is submitted (错误).
    Error,
    /// It may stay if somebody says why (提醒).
    Warning,
}

/// Something that a rule found in a revision (检查结果).
#[derive(SimpleObject)]
pub struct Finding {
    /// By what it is known again in this content, also when the text around it was edited (标识).
    id: ID,
    /// The stable code of the rule (规则代码); which there are is in docs/checks.md.
    rule: String,
    /// How grave it is on this site (严重程度).
    severity: Severity,
    /// The field of `ContentFieldsInput`, outermost first (字段路径). In `bodyHtml` places are counted in the text of the body.
    path: Vec<String>,
    /// Where it begins in the text of the field, in characters (Unicode scalar values); null if it has no place (起始位置).
    start: Option<i32>,
    /// Where it ends (结束位置).
    end: Option<i32>,
    /// What stands there (原文); personal data with its middle hidden.
    excerpt: Option<String>,
    /// What is wrong, in Chinese (说明).
    message: String,
    /// What should stand there, or what to do (建议).
    suggestion: Option<String>,
    /// Who said that it may stay (豁免人).
    overruled_by: Option<Account>,
    /// Why it may stay (豁免理由).
    overrule_reason: Option<String>,
}

impl Finding {
    /// A finding, with what was said of it.
    pub fn of(scope: &Scope, finding: library::finding::Finding, overrule: Option<&Overrule>) -> Self {
        let account = overrule.and_then(|overrule| overrule.account);
        let place = |place: Option<usize>| place.map(crate::scalars::int);
        Self {
            id: ID(finding.key),
            rule: finding.rule.code().to_owned(),
            severity: finding.severity.into(),
            path: finding.path.iter().map(|part| library::text::camel(part)).collect(),
            start: place(finding.start),
            end: place(finding.end),
            excerpt: finding.excerpt,
            message: finding.message,
            suggestion: finding.suggestion,
            overruled_by: account
                .and_then(|id| scope.library().directory().accounts.get(id).cloned())
                .map(Account::named),
            overrule_reason: overrule.map(|overrule| overrule.reason.clone()),
        }
    }
}
