//! Synonyms and reports of the search on the desk.

use async_graphql::{ID, Object, SimpleObject};

use crate::scalars::{DateTime, int};

/// A group of synonyms.
#[derive(Clone)]
pub struct SynonymGroup(pub library::synonym::SynonymGroup);

/// A group of words that mean the same to the search (同义词组).
#[Object]
impl SynonymGroup {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The words (词).
    async fn words(&self) -> &[String] {
        &self.0.words
    }

    /// When it was last changed (修改时间).
    async fn changed_at(&self) -> DateTime {
        self.0.changed_at.utc()
    }
}

/// Something that readers looked for in vain (未满足的检索).
#[derive(SimpleObject)]
pub struct SoughtInVain {
    /// What they looked for (检索词).
    query: String,
    /// How many readers did within a week, each day by itself (人次).
    readers: i32,
    /// What others looked for in nearly the same words (相近表述).
    alike: Vec<String>,
}

impl SoughtInVain {
    /// Groups what was looked for in nearly the same words.
    pub fn grouped(all: Vec<library::searches::Sought>) -> Vec<Self> {
        let all: Vec<(String, i64)> = all.into_iter().map(|one| (one.query, one.readers)).collect();
        let group =
            |group: search::AlikeGroup| Self { query: group.first, readers: int(group.count), alike: group.others };
        search::alike(all).into_iter().map(group).collect()
    }
}

/// How an answer was rated (答案评价).
#[derive(SimpleObject)]
pub struct AnswerRating {
    /// The knowledge entry; null if the asker does not see it (知识条目).
    pub entry: Option<crate::content::KnowledgeEntry>,
    /// How often it was said to help (有帮助).
    pub helpful: i32,
    /// How often it was said not to (无帮助).
    pub unhelpful: i32,
}
