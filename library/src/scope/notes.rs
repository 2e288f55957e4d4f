//! What a read depended on, and whether a change meets it.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use foldhash::fast::RandomState;

use crate::changes::{Change, List, Member, Subject};
use crate::content::ContentKind;
use crate::id::ContentId;
use crate::instant::Instant;

/// Everything that one read depended on.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Records, keys and whole lists.
    pub subjects: HashSet<Subject, RandomState>,
    /// Parts of lists.
    pub lists: Vec<ListNote>,
    /// Whether it depended on the change log itself, which every change moves on.
    pub log: bool,
}

/// A part of a list that an answer showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListNote {
    /// Which list.
    pub list: List,
    /// The kinds that it was narrowed to; empty for all.
    pub kinds: Vec<ContentKind>,
    /// Which part.
    pub range: Range,
}

/// Which part of a list was shown; both ends are included, an end that is not given is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// All of it, as when members were counted.
    Whole,
    /// In the order of rank, then publication (PINNED_THEN_NEWEST).
    Ranked(Option<(i64, Instant, ContentId)>, Option<(i64, Instant, ContentId)>),
    /// In the order of publication.
    Published(Option<(Instant, ContentId)>, Option<(Instant, ContentId)>),
    /// In the order of the last change.
    Updated(Option<(Instant, ContentId)>, Option<(Instant, ContentId)>),
}

impl Range {
    fn holds(&self, member: &Member) -> bool {
        fn between<K: PartialOrd>(key: K, low: Option<K>, high: Option<K>) -> bool {
            low.is_none_or(|low| key >= low) && high.is_none_or(|high| key <= high)
        }
        match *self {
            Self::Whole => true,
            Self::Ranked(low, high) => between((member.rank, member.published_at, member.content), low, high),
            Self::Published(low, high) => between((member.published_at, member.content), low, high),
            Self::Updated(low, high) => between((member.updated_at, member.content), low, high),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |at: Instant| at.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let timed = |key: Option<(Instant, ContentId)>| key.map(|(time, id)| format!("{} {id}", at(time)));
        let ranked = |key: Option<(i64, Instant, ContentId)>| {
            key.map(|(rank, time, id)| format!("rank {rank} {} {id}", at(time)))
        };
        let (order, low, high) = match *self {
            Self::Whole => return f.write_str("whole"),
            Self::Ranked(low, high) => ("by rank", ranked(low), ranked(high)),
            Self::Published(low, high) => ("by publication", timed(low), timed(high)),
            Self::Updated(low, high) => ("by last change", timed(low), timed(high)),
        };
        let low = low.as_deref().unwrap_or("lowest");
        write!(f, "{order} from {low} to {}", high.as_deref().unwrap_or("highest"))
    }
}

impl fmt::Display for ListNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Subject::Members(self.list))?;
        if !self.kinds.is_empty() {
            let kinds: Vec<&str> = self.kinds.iter().map(Into::into).collect();
            write!(f, " of {}", kinds.join(", "))?;
        }
        write!(f, " {}", self.range)
    }
}

impl ListNote {
    fn met_by(&self, subject: &str, members: &[Member]) -> bool {
        let fits =
            |member: &Member| (self.kinds.is_empty() || self.kinds.contains(&member.kind)) && self.range.holds(member);
        Subject::Members(self.list).to_string() == subject && (members.is_empty() || members.iter().any(fits))
    }
}

impl Notes {
    /// Whether a change can change the answer: whether one of its subjects is one that was noted. Members of lists
    /// count where they stood before and where they stand now.
    pub fn met_by(&self, change: &Change) -> bool {
        if self.log {
            return true;
        }
        let own: BTreeSet<String> = self.subjects.iter().map(ToString::to_string).collect();
        change.subjects.iter().any(|touched| {
            let members: Vec<Member> = [&touched.before, &touched.after].into_iter().flatten().copied().collect();
            own.contains(&touched.subject) || self.lists.iter().any(|note| note.met_by(&touched.subject, &members))
        })
    }

    /// The notes for people: the subjects as the change log writes them, and of lists the part that was shown. Sorted;
    /// at most `most`, then a line that says how many more.
    pub(super) fn lines(&self, most: usize) -> Vec<String> {
        // Parts of a key are joined by a character that nobody could read.
        let subjects = self.subjects.iter().map(|subject| match subject {
            Subject::Members(_) => format!("{subject} whole"),
            _ => subject.to_string().replace('\u{1f}', " "),
        });
        let log = self.log.then(|| "every change".to_owned());
        let all: BTreeSet<String> = subjects.chain(self.lists.iter().map(ToString::to_string)).chain(log).collect();
        let more = all.len().saturating_sub(most);
        let rest = (more > 0).then(|| format!("and {more} more"));
        all.into_iter().take(most).chain(rest).collect()
    }

    /// The subjects as the change log writes them.
    pub fn texts(&self) -> BTreeSet<String> {
        let lists = self.lists.iter().map(|note| Subject::Members(note.list).to_string());
        self.subjects.iter().map(ToString::to_string).chain(lists).collect()
    }
}
