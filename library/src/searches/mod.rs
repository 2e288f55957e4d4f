//! What was searched for and asked (检索记录), for a week, and how answers were rated.
//!
//! Nobody is known by it: who asks is a digest that holds for one day, whose salt is forgotten when the day is over. What holds
//! personal data or forbidden words is not kept at all. It stands in no log and is written beside it; nobody waits for that.

mod hot;
mod note;
mod rate;
mod report;

use crate::id::SiteId;

pub use report::{Rated, Sought};

/// In which way something was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Way {
    /// By words (检索).
    Search,
    /// As a question (提问).
    Ask,
}

/// Something that somebody looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Searched {
    /// On which site; nothing for all of them.
    pub site: Option<SiteId>,
    /// In which way.
    pub way: Way,
    /// What was looked for.
    pub query: String,
    /// From where, as far as the door knows; never kept.
    pub from: String,
    /// How much was found; of questions, how many answers.
    pub hits: i64,
}

/// How many readers of one day must have looked for something before others are told of it.
pub const FEWEST_READERS: i64 = 5;
/// For how many days it is kept.
const DAYS: u64 = 7;
/// The longest query that is kept, in characters.
const LONGEST: usize = 30;
/// The longest question that is kept, in characters.
const LONGEST_QUESTION: usize = 100;
/// The most that is kept of one day.
const MOST_OF_A_DAY: i64 = 200_000;

/// The site under which what was looked for on none is kept.
fn of(site: Option<SiteId>) -> SiteId {
    site.unwrap_or(SiteId(uuid::Uuid::nil()))
}
