//! The table of elements above a document (公开要素): what the monitoring looks for on a page (P-ELEM).

use super::kind::{Details, DisclosureKind};
use super::row::{Detail, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::code::CodeList;
use crate::id::OrganisationId;

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementRow {
    /// A stable key.
    pub key: String,
    /// As it is printed.
    pub label: String,
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub url: Option<String>,
}

/// Collects the rows that say something.
struct Table(Vec<ElementRow>);

impl Table {
    fn row(&mut self, key: &str, label: &str, text: Option<String>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.0.push(ElementRow { key: key.to_owned(), label: label.to_owned(), text, url: None });
        }
    }
}

impl Scope {
    /// The elements of a content, in the order in which they are printed.
    pub fn elements(&self, content: &LiveContent, detail: &Detail) -> Vec<ElementRow> {
        let mut table = Table(Vec::new());
        let card = &content.card;
        let zone = self.library().zone();
        let name = |id: OrganisationId| self.organisation(id).map(|organisation| organisation.fields.name.clone());
        let codes = |list: CodeList, codes: &[String]| {
            let names: Vec<_> =
                codes.iter().filter_map(|code| self.code(list, code)).map(|item| item.name.clone()).collect();
            Some(names.join("；"))
        };
        let one = |list: CodeList, code: &Option<String>| {
            code.as_ref().and_then(|code| codes(list, std::slice::from_ref(code)))
        };
        let date = |date: Option<crate::Date>| date.map(|date| date.to_string());

        table.row("indexNumber", "索引号", content.index_number.clone());
        table.row("themes", "主题分类", codes(CodeList::Theme, &detail.themes));
        match &detail.details {
            Details::Policy(policy) => {
                let issuers: Vec<_> = policy
                    .issuers
                    .iter()
                    .filter_map(|id| name(*id))
                    .chain(policy.issuer_names.iter().cloned())
                    .collect();
                table.row("issuers", "发文机关", Some(issuers.join("、")));
                table.row("documentNumber", "发文字号", policy.document_number.clone());
                table.row("documentType", "公文种类", one(CodeList::DocumentType, &policy.document_type));
                table.row("specialClass", "特色分类", one(CodeList::SpecialClass, &policy.special_class));
                table.row("writtenOn", "成文日期", date(policy.written_on));
                table.row("printedOn", "印发日期", date(policy.printed_on));
                table.row("effectiveOn", "施行日期", date(policy.effective_on));
                let term =
                    policy.validity_term.clone().or_else(|| date(policy.expires_on).map(|last| format!("至{last}")));
                table.row("validityTerm", "有效期", term);
                let state = card.policy.as_ref().map(|glance| glance.state.validity.label().to_owned());
                table.row("validity", "有效性", state);
                table.row("filingNumber", "备案号", policy.filing_number.clone());
            }
            Details::ServiceGuide(guide) => {
                table.row("serviceCode", "事项编码", guide.service_code.clone());
                table.row("authority", "办理机构", guide.authority.and_then(name));
                table.row("category", "事项类别", one(CodeList::ServiceCategory, &guide.category));
                table.row("timeLimit", "承诺办结时限", guide.time_limit.clone());
                table.row("statutoryTimeLimit", "法定办结时限", guide.statutory_time_limit.clone());
                table.row("fee", "收费标准", guide.fee.clone());
                table.row("hours", "办理时间", guide.hours.clone());
                table.row("telephone", "咨询电话", guide.telephone.clone());
                table.row("supervisionTelephone", "监督电话", guide.supervision_telephone.clone());
            }
            Details::KnowledgeEntry(entry) => {
                table.row("category", "问题分类", one(CodeList::KnowledgeCategory, &entry.category));
                table.row("responsible", "责任单位", entry.responsible.and_then(name));
                table.row("region", "适用区域", entry.region.clone());
                table.row("validUntil", "有效期至", date(entry.valid_until));
            }
            Details::Notice { publicity_from, publicity_until, .. } => {
                table.row("publicityFrom", "公示开始", date(*publicity_from));
                table.row("publicityUntil", "公示截止", date(*publicity_until));
            }
            Details::Disclosure { statutory_category } => {
                table.row("statutoryCategory", "法定公开类别", one(CodeList::StatutoryCategory, statutory_category));
            }
            Details::Article { .. } | Details::Interpretation { .. } => {}
        }
        table.row("publisher", "发布机构", name(content.publisher));
        table.row("formedOn", "生成日期", date(card.formed_on));
        table.row("publishedAt", "发布日期", Some(zone.minute(content.published_at)));
        table.row("audiences", "服务对象", codes(CodeList::Audience, &detail.audiences));
        table.row("keywords", "关键词", Some(card.keywords.join("；")));
        if card.disclosure == DisclosureKind::Proactive {
            table.row("disclosure", "公开属性", Some("主动公开".to_owned()));
        }
        self.own_elements(&mut table, content, detail);
        table.0
    }

    fn own_elements(&self, table: &mut Table, content: &LiveContent, detail: &Detail) {
        self.note_list(List::Fields);
        let directory = self.directory();
        let own = directory.fields.all().iter().filter(|field| {
            field.is_of(content.home_site, content.kind) && field.fields.in_element_table && field.fields.public
        });
        for field in own {
            let entry = detail.fields.iter().find(|entry| entry.key == field.key);
            table.row(&field.key, &field.fields.label, entry.map(|entry| field.print(&entry.value)));
        }
    }
}
