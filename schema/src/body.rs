//! Bodies (正文) and what is derived from them.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use library::content::body;

use crate::attachment::Attachment;
use crate::scalars::{Html, int};

/// A body.
#[derive(Clone)]
pub struct Body {
    body: Arc<library::content::Body>,
    images: Vec<Attachment>,
}

impl Body {
    /// The body of a content, with its pictures.
    pub fn of_content(body: Option<Arc<library::content::Body>>, images: Vec<Attachment>) -> Self {
        let empty = || Arc::new(library::content::Body { html: String::new(), text: String::new() });
        Self { body: body.unwrap_or_else(empty), images }
    }

    /// A body that a record keeps as HTML.
    pub fn of_html(html: String) -> Self {
        let text = body::text(&html);
        Self { body: Arc::new(library::content::Body { html, text }), images: Vec::new() }
    }
}

/// A heading of a body (标题).
#[derive(SimpleObject)]
pub struct Heading {
    /// Its level, 1 to 6 (级别).
    level: i32,
    /// What it says (文字).
    text: String,
    /// Its anchor within the body (锚点).
    anchor: String,
}

/// A body (正文): cleaned HTML, and the text and headings that are derived from it.
#[Object]
impl Body {
    /// Cleaned HTML (网页片段): links, tables, pictures and lists, nothing that runs or styles. Headings carry anchors.
    async fn html(&self) -> Html {
        Html(self.body.html.clone())
    }

    /// Its text, one line a block (纯文本).
    async fn text(&self) -> &str {
        &self.body.text
    }

    /// The beginning of its text (摘录).
    async fn excerpt(
        &self,
        #[graphql(default = 120, desc = "How many characters, at most 1,000 (字数).")] length: Option<i32>,
    ) -> String {
        body::excerpt(&self.body.text, usize::try_from(length.unwrap_or(120)).unwrap_or(0))
    }

    /// Its headings (目录).
    async fn headings(&self) -> Vec<Heading> {
        let heading =
            |found: body::Heading| Heading { level: i32::from(found.level), text: found.text, anchor: found.anchor };
        body::headings(&self.body.html).into_iter().map(heading).collect()
    }

    /// The pictures that belong to it (正文图片).
    async fn images(&self) -> &[Attachment] {
        &self.images
    }

    /// How many characters its text has, white space not counted (字数).
    async fn characters(&self) -> i32 {
        int(self.body.text.chars().filter(|c| !c.is_whitespace()).count() as i64)
    }
}
