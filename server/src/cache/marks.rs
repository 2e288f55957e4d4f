//! What an answer depended on and what a change touched, in the form in which the two are compared: subjects as numbers,
//! parts of lists as spans.
//!
//! Two subjects whose numbers meet evict too much and never too little. What is noted and touched is the library's.

use library::changes::{Change, List, Member, Subject};
use library::content::ContentKind;
use library::{ListNote, Notes, Position, Range};
use sha2::{Digest as _, Sha256};

/// A subject as a number, the same on every node.
pub type Mark = u64;

/// The number of a subject that is written so.
pub fn mark(subject: &str) -> Mark {
    let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(subject.as_bytes()).into();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn mark_of(list: List) -> Mark {
    mark(&Subject::Members(list).to_string())
}

/// A place in a list: rank, time, content, and whether it is behind that content.
pub type Place = (i64, i64, u128, bool);

const LOWEST: Place = (i64::MIN, i64::MIN, u128::MIN, false);
const HIGHEST: Place = (i64::MAX, i64::MAX, u128::MAX, true);

/// By what a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By rank, then publication.
    Ranked,
    /// By publication; also where all of a list was shown.
    Published,
    /// By the last change.
    Updated,
}

impl Order {
    /// Where a member stands in this order.
    pub fn place(self, member: &Member) -> Place {
        let content = member.content.0.as_u128();
        match self {
            Self::Ranked => (member.rank, member.published_at.0, content, false),
            Self::Published => (0, member.published_at.0, content, false),
            Self::Updated => (0, member.updated_at.0, content, false),
        }
    }
}

/// Some kinds of contents, a bit for each; 0 for all.
pub type Kinds = u32;

fn bit(kind: ContentKind) -> Kinds {
    1 << kind as u32
}

/// Whether a kind is one of `kinds`.
pub fn holds(kinds: Kinds, kind: ContentKind) -> bool {
    kinds == 0 || kinds & bit(kind) != 0
}

/// A part of a list that an answer showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The list.
    pub list: Mark,
    /// Its order.
    pub order: Order,
    /// The kinds that it was narrowed to.
    pub kinds: Kinds,
    /// Where it begins.
    pub from: Place,
    /// Where it ends; itself outside.
    pub to: Place,
}

impl Span {
    fn of(note: &ListNote) -> Self {
        fn ends<T>(low: Option<T>, high: Option<T>, place: impl Fn(T) -> (i64, i64, u128)) -> (Place, Place) {
            let at = |key, behind| {
                let (rank, time, content) = place(key);
                (rank, time, content, behind)
            };
            (low.map_or(LOWEST, |low| at(low, false)), high.map_or(HIGHEST, |high| at(high, true)))
        }
        let (order, (from, to)) = match note.range {
            Range::Whole => (Order::Published, (LOWEST, HIGHEST)),
            Range::Ranked(low, high) => {
                (Order::Ranked, ends(low, high, |(rank, time, id)| (rank, time.0, id.0.as_u128())))
            }
            Range::Published(low, high) => {
                (Order::Published, ends(low, high, |(time, id)| (0, time.0, id.0.as_u128())))
            }
            Range::Updated(low, high) => (Order::Updated, ends(low, high, |(time, id)| (0, time.0, id.0.as_u128()))),
        };
        let kinds = note.kinds.iter().fold(0, |kinds, kind| kinds | bit(*kind));
        Self { list: mark_of(note.list), order, kinds, from, to }
    }

    fn met_by(&self, touch: &Touch) -> bool {
        let fits = |member: &Member| {
            let place = self.order.place(member);
            holds(self.kinds, member.kind) && self.from <= place && place < self.to
        };
        touch.mark == self.list && (touch.members.is_empty() || touch.members.iter().any(fits))
    }
}

/// Everything that an answer depended on.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Records, keys and whole lists, sorted.
    pub subjects: Vec<Mark>,
    /// Parts of lists.
    pub spans: Vec<Span>,
    /// Whether every change can alter it.
    pub every: bool,
}

impl Marks {
    /// Those of the notes of a read.
    pub fn of(notes: &Notes) -> Self {
        let mut subjects: Vec<_> = notes.subjects.iter().map(|subject| mark(&subject.to_string())).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let mut spans: Vec<Span> = Vec::with_capacity(notes.lists.len());
        for span in notes.lists.iter().map(Span::of) {
            // The same part may have been read for several fields; one that is empty shows nothing.
            if span.from < span.to && !spans.contains(&span) {
                spans.push(span);
            }
        }
        Self { subjects, spans, every: notes.log }
    }

    /// Whether a change can alter the answer.
    pub fn met_by(&self, turn: &Turn) -> bool {
        self.every
            || turn.touches.iter().any(|touch| {
                self.subjects.binary_search(&touch.mark).is_ok() || self.spans.iter().any(|span| span.met_by(touch))
            })
    }

    /// What they take in memory, their places in the index included, about.
    pub fn bytes(&self) -> usize {
        64 * self.subjects.len() + 256 * self.spans.len()
    }
}

/// A change, as answers are held against it.
#[derive(Debug, Clone)]
pub struct Turn {
    /// Its position.
    pub position: Position,
    /// What it touched.
    pub touches: Vec<Touch>,
}

/// A subject that a change touched.
#[derive(Debug, Clone)]
pub struct Touch {
    /// The subject.
    pub mark: Mark,
    /// Where the member of a list stood before and stands now; none where the list itself was touched.
    pub members: Vec<Member>,
}

impl Turn {
    /// That of a change of the log.
    pub fn of(change: &Change) -> Self {
        let touches = change.subjects.iter().map(|touch| Touch {
            mark: mark(&touch.subject),
            members: [touch.before, touch.after].into_iter().flatten().collect(),
        });
        Self { position: change.position, touches: touches.collect() }
    }
}
