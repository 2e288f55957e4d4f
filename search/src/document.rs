//! What the index is told of a content: what it is found by, and what it is filtered and counted by. It keeps no text.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;
use uuid::Uuid;

/// A content that is public now, as the index is told of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Document {
    /// Which content.
    pub id: Uuid,
    /// Its kind, such as `POLICY`.
    pub kind: String,
    /// Its title (标题), and a subtitle behind it.
    pub title: String,
    /// Its document number (发文字号).
    pub number: Option<String>,
    /// The questions that it answers (问题、相似问法).
    pub questions: Vec<String>,
    /// Names of its tags, and its keywords (标签、关键词).
    pub labels: Vec<String>,
    /// Its text (正文), with summary and answer.
    pub body: String,
    /// The sites that show it (展示站点).
    pub sites: Vec<Uuid>,
    /// Its tags (标签).
    pub tags: Vec<Uuid>,
    /// Who published it (发布机构).
    pub publisher: Uuid,
    /// Codes of its themes (主题分类), with those above them.
    pub themes: Vec<String>,
    /// The year that it is of (年份).
    pub year: i32,
    /// Whether it is in force, such as `IN_FORCE`; of policies alone (有效性).
    pub validity: Option<String>,
    /// Whether it ranks behind what holds: a repealed policy, an answer that expired.
    pub outdated: bool,
    /// When it was published, in microseconds of Unix time.
    pub published_at: i64,
}

impl Document {
    /// What tells this document from any other state of the same content. It is kept in the index and compared with the
    /// tables, so it is the same in every process of one version of the program.
    pub fn stamp(&self) -> u64 {
        FixedState::with_seed(FORMAT).hash_one(self)
    }
}

/// A digest of a text, the same in every process of one version of the program.
pub fn digest(text: &str) -> u64 {
    FixedState::with_seed(FORMAT).hash_one(text)
}

/// Counts how documents are made and written: an index of another format is built anew.
pub const FORMAT: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_tells_states_apart() {
        let one = Document { title: "一".into(), ..Document::default() };
        let other = Document { title: "二".into(), ..Document::default() };
        assert_eq!(one.stamp(), one.clone().stamp());
        assert_ne!(one.stamp(), other.stamp());
    }
}
