//! Articles (资讯报道): news and whatever is no document.

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};

/// What an article is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ArticleFormat {
    #[default]
    Text,
    Gallery,
    Video,
    Audio,
    Link,
}

/// What an article has of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArticleDetails {
    /// 稿件形式.
    pub format: ArticleFormat,
}

impl Kind for ArticleDetails {
    type Glance = Self;

    fn glance(&self, _: &Publication<'_>) -> Self {
        *self
    }
}
