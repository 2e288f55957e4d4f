//! Addresses on sites: what a path shows, where it leads, or that it is gone. A used path never breaks.

mod kept;
mod redirect;
mod resolve;

use std::sync::Arc;

pub use kept::Redirect;
pub use redirect::RedirectTo;

use crate::column::Column;
use crate::content::LiveContent;
use crate::instant::Instant;
use crate::placement::Shown;
use crate::tag::Tag;

/// What is at a path of a site.
#[derive(Debug, Clone)]
pub enum Resolution {
    /// A page.
    Page(Box<Page>),
    /// It moved.
    Redirect {
        /// The address where it is now.
        to: String,
        /// Whether it moved for good.
        permanent: bool,
    },
    /// It was taken away on purpose.
    Gone {
        /// When.
        at: Instant,
    },
    /// The content that was here was withdrawn.
    Withdrawn {
        /// When.
        at: Instant,
        /// What readers are told.
        notice: Option<String>,
    },
}

/// What a page shows: one of home page (all empty), column, content, tag.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path.
    pub path: String,
    /// The column, of a column's page or of a content's showing.
    pub column: Option<Arc<Column>>,
    /// The content.
    pub content: Option<Arc<LiveContent>>,
    /// Its showing on this site.
    pub shown: Option<Shown>,
    /// The tag.
    pub tag: Option<Arc<Tag>>,
}
