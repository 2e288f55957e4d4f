//! A document number (发文字号) that another content has: a mistyped number, or a document that is there already.

use super::field_text::path;
use super::raised::{Found, Raised};
use super::rule::Rule;
use crate::content::{ContentFields, Details, DocumentNumber};
use crate::id::ContentId;

/// Another content with a document number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberUse {
    /// The content.
    pub content: ContentId,
    /// Its title.
    pub title: String,
    /// Its number, as it is written there.
    pub number: String,
}

/// The number of a revision in the form in which numbers are compared.
pub(super) fn own(fields: &ContentFields) -> Option<String> {
    match &fields.details {
        Details::Policy(policy) => policy.document_number.as_deref().map(DocumentNumber::fold),
        _ => None,
    }
    .filter(|number| !number.is_empty())
}

/// Compares the number of a revision with those of other contents.
pub(super) fn look(fields: &ContentFields, others: &[NumberUse], found: &mut Found<'_>) {
    if !found.looks_for(Rule::DocumentNumberUsed) {
        return;
    }
    let Some(own) = own(fields) else { return };
    for other in others.iter().filter(|other| DocumentNumber::fold(&other.number) == own) {
        let message = format!("发文字号{}已用于《{}》", other.number, other.title);
        let raised = Raised::new(Rule::DocumentNumberUsed, &path(&["details", "policy", "document_number"]), message);
        found.add(raised.of(other.content.to_string()).suggest("核对发文字号；是同一文件的，不必重复发布"));
    }
}
