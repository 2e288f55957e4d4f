//! Policies (政策文件): numbers, dates, and their validity (有效性), which is state and changes at its moment.

use serde::{Deserialize, Serialize};

use super::{Glance, Kind, Publication};
use crate::Directory;
use crate::code::CodeList;
use crate::content::check::{known, optional, organisation, period};
use crate::content::document_number::DocumentNumber;
use crate::content::elements::Table;
use crate::content::row::Card;
use crate::due::Due;
use crate::id::{ContentId, OrganisationId};
use crate::instant::{Date, DayZone, Instant};
use crate::refusal::Result;

/// 有效性. What the source does not state is NOT_STATED.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Validity {
    #[default]
    NotStated,
    NotYetEffective,
    Effective,
    EffectiveAsAmended,
    Repealed,
    Expired,
    DeclaredInvalid,
}

impl Validity {
    /// Whether the policy is in force; nothing where that is not stated.
    pub fn in_force(self) -> Option<bool> {
        match self {
            Self::NotStated => None,
            Self::Effective | Self::EffectiveAsAmended => Some(true),
            Self::NotYetEffective | Self::Repealed | Self::Expired | Self::DeclaredInvalid => Some(false),
        }
    }

    /// As it is printed on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotStated => "未标注",
            Self::NotYetEffective => "尚未生效",
            Self::Effective => "有效",
            Self::EffectiveAsAmended => "已修改",
            Self::Repealed => "已废止",
            Self::Expired => "已失效",
            Self::DeclaredInvalid => "宣布失效",
        }
    }
}

/// The validity of a policy: state, changed by deeds at their moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ValidityState {
    /// What holds.
    pub validity: Validity,
    /// Since which day.
    #[serde(default)]
    pub since: Option<Date>,
    /// The policy that made it so.
    #[serde(default)]
    pub basis: Option<ContentId>,
    /// What an editor says of it.
    #[serde(default)]
    pub note: Option<String>,
    /// Whether somebody set it; then dates no longer change it.
    #[serde(default)]
    pub set: bool,
}

/// What a policy has of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyDetails {
    /// 发文字号, as it is written.
    pub document_number: Option<String>,
    /// 发文机关, lead first.
    pub issuers: Vec<OrganisationId>,
    /// Issuers as the document names them, where they are not in the library.
    pub issuer_names: Vec<String>,
    /// 公文种类: a code of DOCUMENT_TYPE.
    pub document_type: Option<String>,
    /// 特色分类: a code of SPECIAL_CLASS.
    pub special_class: Option<String>,
    /// 成文日期.
    pub written_on: Option<Date>,
    /// 印发日期.
    pub printed_on: Option<Date>,
    /// 签发人.
    pub signer: Option<String>,
    /// 主送机关.
    pub main_recipients: Option<String>,
    /// 抄送机关.
    pub copied_to: Option<String>,
    /// 施行日期.
    pub effective_on: Option<Date>,
    /// 有效期至, inclusive.
    pub expires_on: Option<Date>,
    /// 有效期 in words.
    pub validity_term: Option<String>,
    /// 规范性文件.
    pub is_normative: bool,
    /// 备案号.
    pub filing_number: Option<String>,
    /// What the source states; nothing is guessed.
    pub validity: Option<Validity>,
}

/// What lists show of a policy beyond the common fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct PolicyGlance {
    #[serde(default)]
    pub document_number: Option<String>,
    #[serde(default)]
    pub document_type: Option<String>,
    #[serde(default)]
    pub issuers: Vec<OrganisationId>,
    #[serde(default)]
    pub issuer_names: Vec<String>,
    #[serde(default)]
    pub written_on: Option<Date>,
    #[serde(default)]
    pub effective_on: Option<Date>,
    #[serde(default)]
    pub expires_on: Option<Date>,
    pub state: ValidityState,
}

impl Card {
    /// What lists show of a policy alone; nothing for the other kinds.
    pub fn policy(&self) -> Option<&PolicyGlance> {
        match &self.glance {
            Glance::Policy(policy) => Some(policy),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(in crate::content) fn policy_mut(&mut self) -> Option<&mut PolicyGlance> {
        match &mut self.glance {
            Glance::Policy(policy) => Some(policy),
            _ => None,
        }
    }
}

impl PolicyDetails {
    /// What its own statements say on `today`: what it states, unless its dates say that it is not yet or no longer in
    /// force. What is not stated stays NOT_STATED.
    fn stated(&self, today: Date) -> ValidityState {
        let stated = self.validity.unwrap_or_default();
        let open = matches!(
            stated,
            Validity::NotStated | Validity::Effective | Validity::NotYetEffective | Validity::EffectiveAsAmended
        );
        let (validity, since) = match (self.effective_on, self.expires_on) {
            (_, Some(last)) if open && last < today => (Validity::Expired, last.succ_opt()),
            (Some(first), _) if open && first > today => (Validity::NotYetEffective, None),
            (Some(first), _) if stated == Validity::NotYetEffective => (Validity::Effective, Some(first)),
            (first, _) => (stated, first.filter(|_| stated == Validity::Effective)),
        };
        ValidityState { validity, since, basis: None, note: None, set: false }
    }

    /// Its state if it came into force on its day while it was live: a correction does not take that away.
    fn came_into_force(&self, publication: &Publication<'_>) -> Option<ValidityState> {
        let was = publication.was?;
        let glance = was.card.policy().filter(|glance| glance.effective_on == self.effective_on)?;
        let waited = self.effective_on.is_some_and(|day| publication.zone.date(was.published_at) < day);
        (waited && glance.state.validity == Validity::Effective).then(|| glance.state.clone())
    }

    /// Its state when it is published: what editors set, else what it states.
    fn state(&self, publication: &Publication<'_>) -> ValidityState {
        if let Some(set) = &publication.set {
            return set.clone();
        }
        let stated = self.stated(publication.today);
        match stated.validity {
            Validity::NotStated => self.came_into_force(publication).unwrap_or(stated),
            _ => stated,
        }
    }
}

impl Kind for PolicyDetails {
    type Glance = PolicyGlance;

    fn check(&mut self, directory: &Directory) -> Result<()> {
        optional("details.policy.document_number", &mut self.document_number, 100)?;
        // A number of brackets alone is none.
        self.document_number.take_if(|number| DocumentNumber::fold(number).is_empty());
        organisation(directory, "details.policy.issuers", self.issuers.iter().copied())?;
        for (path, list, code) in [
            ("details.policy.document_type", CodeList::DocumentType, &self.document_type),
            ("details.policy.special_class", CodeList::SpecialClass, &self.special_class),
        ] {
            known(directory, path, list, code)?;
        }
        let days = (self.effective_on, self.expires_on);
        period("details.policy.expires_on", days, "有效期早于施行日期", "expires before it is in force")
    }

    fn glance(&self, publication: &Publication<'_>) -> PolicyGlance {
        PolicyGlance {
            document_number: self.document_number.clone(),
            document_type: self.document_type.clone(),
            issuers: self.issuers.clone(),
            issuer_names: self.issuer_names.clone(),
            written_on: self.written_on,
            effective_on: self.effective_on,
            expires_on: self.expires_on,
            state: self.state(publication),
        }
    }

    fn dues(&self, zone: DayZone) -> Vec<(Instant, Due)> {
        let begins = self.effective_on.map(|day| (zone.begin(day), Due::InForce));
        let ends = self.expires_on.map(|day| (zone.end(day), Due::Expire));
        begins.into_iter().chain(ends).collect()
    }

    fn elements(&self, glance: &PolicyGlance, table: &mut Table<'_>) {
        let known = self.issuers.iter().filter_map(|id| table.name(*id));
        let issuers: Vec<_> = known.chain(self.issuer_names.iter().cloned()).collect();
        table.row("issuers", "发文机关", Some(issuers.join("、")));
        table.row("documentNumber", "发文字号", self.document_number.clone());
        table.code("documentType", "公文种类", CodeList::DocumentType, &self.document_type);
        table.code("specialClass", "特色分类", CodeList::SpecialClass, &self.special_class);
        table.date("writtenOn", "成文日期", self.written_on);
        table.date("printedOn", "印发日期", self.printed_on);
        table.date("effectiveOn", "施行日期", self.effective_on);
        let term = self.validity_term.clone().or_else(|| self.expires_on.map(|last| format!("至{last}")));
        table.row("validityTerm", "有效期", term);
        table.row("validity", "有效性", Some(glance.state.validity.label().to_owned()));
        table.row("filingNumber", "备案号", self.filing_number.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn nothing_is_guessed_about_validity() {
        let today = day("2026-11-01");
        let says = |validity, effective: Option<&str>, expires: Option<&str>| {
            let policy = PolicyDetails {
                validity,
                effective_on: effective.map(day),
                expires_on: expires.map(day),
                ..PolicyDetails::default()
            };
            policy.stated(today).validity
        };
        assert_eq!(says(None, None, None), Validity::NotStated);
        assert_eq!(says(None, Some("2020-01-01"), None), Validity::NotStated);
        assert_eq!(says(None, Some("2027-01-01"), None), Validity::NotYetEffective);
        assert_eq!(says(Some(Validity::Effective), Some("2020-01-01"), Some("2026-10-31")), Validity::Expired);
        assert_eq!(says(Some(Validity::Effective), Some("2020-01-01"), Some("2026-11-01")), Validity::Effective);
        assert_eq!(says(Some(Validity::DeclaredInvalid), None, Some("2020-01-01")), Validity::DeclaredInvalid);
    }
}
