//! Personal data (个人信息) in a text: asks each number of it what it is, and shows none of them whole.
//!
//! What makes a number one of a person stands in the file of its rule; here it is decided which wins where two fit.

use super::digits::Number;
use super::field_text::FieldText;
use super::raised::{Found, Raised};
use super::rule::Rule;
use super::{bank_card, identity_number, mobile_number};

/// Looks at the numbers of a text. `own` are numbers that the document has by itself.
pub(super) fn look(text: &FieldText, own: &[String], found: &mut Found<'_>) {
    let mut end = 0;
    for number in &text.numbers {
        // A number in groups comes before its groups: what was told as a whole is not told again in part.
        if number.place.start < end {
            continue;
        }
        let Some(rule) = rule(number, text.contact, own).filter(|rule| found.looks_for(*rule)) else { continue };
        end = number.place.end;
        found.add_with(rule, || {
            let (noun, shown, advice) = told(rule, number);
            let message = format!("疑似{noun}：{shown}");
            Raised::new(rule, &text.path, message).at(number.place.clone(), shown).suggest(advice)
        });
    }
}

/// Whether a text holds a number of a person: a rule that a text breaks by itself, whatever it is for.
pub(crate) fn is_personal(text: &str) -> bool {
    super::digits::numbers(text).iter().any(|number| rule(number, false, &[]).is_some())
}

/// Which rule a number breaks; the one that is surest comes first.
fn rule(number: &Number, contact: bool, own: &[String]) -> Option<Rule> {
    if let Some(rule) = identity_number::rule(number) {
        Some(rule)
    } else if bank_card::is_card(number, own) {
        Some(Rule::BankCard)
    } else if !contact && mobile_number::is_mobile(number) && !own.contains(&number.digits) {
        Some(Rule::MobileNumber)
    } else {
        None
    }
}

/// What a number is called, how it is shown, and what to do about it.
fn told(rule: Rule, number: &Number) -> (&'static str, String, &'static str) {
    match rule {
        Rule::IdentityNumberOld => {
            ("15位身份证号", identity_number::shown(number), "核对，是身份证号则删除或遮盖中间部分")
        }
        Rule::BankCard => ("银行卡号", bank_card::shown(number), "删除，或只保留前6位和后4位"),
        Rule::MobileNumber => ("手机号", mobile_number::shown(number), "确需公开的请说明理由，否则删除或遮盖中间四位"),
        _ => ("身份证号", identity_number::shown(number), "删除，或只保留前6位和后4位"),
    }
}
