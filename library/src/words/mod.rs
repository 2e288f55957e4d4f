//! Word lists (词库): wrong words with the right ones, and words that must not be published; of a site or of the platform.
//!
//! Here they are kept and read. What they find in a text is the business of `finding`.

mod compiled;
mod edit;
mod read;
mod remove;

use serde::{Deserialize, Serialize};

use crate::Directory;
use crate::changes::List;
use crate::database::{Row, Sql};
use crate::id::{SiteId, WordListId};
use crate::instant::Instant;
use crate::may::Target;
use crate::refusal::Result;

pub(crate) use compiled::Compiled;
pub use edit::{EditWordList, MOST_AT_ONCE};

/// What the words of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum WordListKind {
    /// Words that should be written otherwise (错别字).
    WrongWords,
    /// Words that must not be published (敏感词).
    SensitiveWords,
}

/// A word list without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordListHead {
    /// Its identifier.
    pub id: WordListId,
    /// What its words are.
    pub kind: WordListKind,
    /// The site whose contents it is for; those of all sites if there is none.
    pub site: Option<SiteId>,
    /// What people call it.
    pub name: String,
    /// How many words it has.
    pub entries: i64,
    /// Counts up with every edit.
    pub revision: i64,
    /// When it was last edited.
    pub changed_at: Instant,
}

/// All lists: there are few.
static HEADS: Sql =
    Sql::new("select id, kind, site_id, name, entries, revision, changed_at from word_list order by kind, name, id");

impl WordListHead {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.text(1).and_then(|text| text.parse().ok()).unwrap_or(WordListKind::WrongWords),
            site: row.get(2)?,
            name: row.get(3)?,
            entries: row.get(4)?,
            revision: row.get(5)?,
            changed_at: row.get(6)?,
        })
    }

    /// What rights over it are judged by.
    fn target(&self, directory: &Directory) -> Option<Target> {
        target(directory, self.site)
    }
}

/// What rights over the lists of a site, or of the platform, are judged by.
fn target(directory: &Directory, site: Option<SiteId>) -> Option<Target> {
    site.map_or_else(|| Some(Target::platform()), |site| Target::site(directory, site))
}

impl List {
    /// The word lists.
    pub(crate) fn word_lists() -> Self {
        Self::All("word_lists")
    }
}
