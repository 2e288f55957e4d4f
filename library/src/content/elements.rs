//! The table of elements above a document (公开要素): what the monitoring looks for on a page (P-ELEM). Here are the
//! rows of all kinds; what a kind adds stands with the kind.

use super::DisclosureKind;
use super::row::{Detail, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::code::CodeList;
use crate::id::OrganisationId;
use crate::instant::Date;

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
pub(super) struct Table<'s> {
    scope: &'s Scope,
    rows: Vec<ElementRow>,
}

impl Table<'_> {
    /// A text.
    pub(super) fn row(&mut self, key: &str, label: &str, text: Option<String>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.rows.push(ElementRow { key: key.to_owned(), label: label.to_owned(), text, url: None });
        }
    }

    /// A day.
    pub(super) fn date(&mut self, key: &str, label: &str, date: Option<Date>) {
        self.row(key, label, date.map(|date| date.to_string()));
    }

    /// The names of codes.
    pub(super) fn code<'c>(
        &mut self,
        key: &str,
        label: &str,
        list: CodeList,
        codes: impl IntoIterator<Item = &'c String>,
    ) {
        let items = codes.into_iter().filter_map(|code| self.scope.code(list, code));
        let names: Vec<_> = items.map(|item| item.name.clone()).collect();
        self.row(key, label, Some(names.join("；")));
    }

    /// The name of an organisation.
    pub(super) fn organisation(&mut self, key: &str, label: &str, organisation: Option<OrganisationId>) {
        let name = organisation.and_then(|id| self.name(id));
        self.row(key, label, name);
    }

    /// What an organisation is called.
    pub(super) fn name(&self, organisation: OrganisationId) -> Option<String> {
        self.scope.organisation(organisation).map(|organisation| organisation.fields.name.clone())
    }
}

impl Scope {
    /// The elements of a content, in the order in which they are printed.
    pub fn elements(&self, content: &LiveContent, detail: &Detail) -> Vec<ElementRow> {
        let mut table = Table { scope: self, rows: Vec::new() };
        let card = &content.card;
        table.row("indexNumber", "索引号", content.index_number.clone());
        table.code("themes", "主题分类", CodeList::Theme, &card.themes);
        detail.details.elements(&card.glance, &mut table);
        table.organisation("publisher", "发布机构", Some(content.publisher));
        table.date("formedOn", "生成日期", card.formed_on);
        table.row("publishedAt", "发布日期", Some(self.library().zone().minute(content.published_at)));
        table.code("audiences", "服务对象", CodeList::Audience, &card.audiences);
        table.row("keywords", "关键词", Some(card.keywords.join("；")));
        if card.disclosure == DisclosureKind::Proactive {
            table.row("disclosure", "公开属性", Some("主动公开".to_owned()));
        }
        self.own_elements(&mut table, content, detail);
        table.rows
    }

    fn own_elements(&self, table: &mut Table<'_>, content: &LiveContent, detail: &Detail) {
        self.note_list(List::fields());
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
