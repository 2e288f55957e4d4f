//! How contents are named, narrowed and ordered by those who ask for them.

use serde::{Deserialize, Serialize};

use super::kind::ContentKind;
use super::kind::Validity;
use crate::id::{ColumnId, ContentId, OrganisationId, TagId};
use crate::instant::Instant;
use crate::site::SiteLocator;

/// How a content is named by those who ask for it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentLocator {
    Id(ContentId),
    /// The last part of its address.
    Short(String),
    IndexNumber(String),
    DocumentNumber(String),
    /// By the code of a site and its path there.
    At {
        site: String,
        path: String,
    },
    /// By the system that made it and its id there.
    Origin {
        system: String,
        id: String,
    },
}

/// A condition on a field of a site's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct FieldCondition {
    pub key: String,
    pub is: Option<String>,
    pub from: Option<String>,
    pub until: Option<String>,
}

/// What narrows a list of contents; all given parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct ContentFilter {
    pub owned_by: Option<SiteLocator>,
    pub shown_on: Option<SiteLocator>,
    pub columns: Vec<ColumnId>,
    pub with_descendants: bool,
    pub kinds: Vec<ContentKind>,
    pub any_tags: Vec<TagId>,
    pub all_tags: Vec<TagId>,
    pub publisher: Option<OrganisationId>,
    pub issuer: Option<OrganisationId>,
    pub theme: Option<String>,
    pub document_type: Option<String>,
    pub validity: Vec<Validity>,
    pub document_number: Option<String>,
    pub languages: Vec<String>,
    pub published_from: Option<Instant>,
    pub published_before: Option<Instant>,
    pub updated_from: Option<Instant>,
    pub updated_before: Option<Instant>,
    pub fields: Vec<FieldCondition>,
}

impl ContentFilter {
    /// Whether nothing but policies can match, whatever kinds are asked for.
    pub(super) fn is_of_policies(&self) -> bool {
        !self.validity.is_empty() || self.document_type.is_some() || self.document_number.is_some()
    }
}

/// By what a list of contents is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentOrderField {
    #[default]
    PublishedAt,
    UpdatedAt,
    WrittenOn,
}

/// An order; newest first by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Order<F> {
    /// By what.
    pub field: F,
    /// Whether the smallest comes first.
    pub ascending: bool,
}

/// The order of a list of contents.
pub type ContentOrder = Order<ContentOrderField>;
