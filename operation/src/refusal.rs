//! Why a question is not answered: a stable code, the place, a sentence.

use strum::IntoStaticStr;

use crate::limits::{Limit, Limits};

/// The stable code of a refusal, as it stands in `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The document has no operation of the name asked for, or several and no name.
    BadRequest,
    /// The operation changes something, and was asked in a way that may not.
    MethodNotAllowed,
    /// The text is not a GraphQL document.
    GraphqlParseFailed,
    /// The document breaks a rule of validation.
    GraphqlValidationFailed,
    /// A variable has not the type that the operation gives it.
    BadUserInput,
    /// The question is larger than a limit allows.
    LimitExceeded,
}

/// A place in the query, both numbers from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// Which limit was exceeded, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// The limit.
    pub limit: Limit,
    /// What it allows.
    pub most: u64,
    /// What the question has; at least, where counting stopped early.
    pub found: u64,
}

/// Why a question is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where in the query.
    pub places: Vec<Place>,
    /// Which input is wrong, such as `variables.filter.tags.2`.
    pub path: Option<String>,
    /// The limit, for [`Code::LimitExceeded`].
    pub exceeded: Option<Exceeded>,
}

impl Refusal {
    /// A refusal without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: clipped(message.into()), places: Vec::new(), path: None, exceeded: None }
    }

    /// The same with a place in the query.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.places.extend(place);
        self
    }

    /// The question has `found` of what `limit` bounds.
    pub fn exceeded(limit: Limit, limits: &Limits, found: u64) -> Self {
        let most = limits.most(limit);
        let name = limit.name().replace('_', " ");
        let mut refusal =
            Self::new(Code::LimitExceeded, format!("The limit on {name} is {most}; this question has {found}."));
        refusal.exceeded = Some(Exceeded { limit, most, found });
        refusal
    }
}

/// The most characters of a message or a path: both repeat names and values of the question, which may be long.
const CHARACTERS: usize = 400;

/// The beginning of a long text.
pub(crate) fn clipped(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(CHARACTERS) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Refuses what is more than `limit` allows.
pub(crate) fn require(limit: Limit, limits: &Limits, found: u64) -> Result<(), Refusal> {
    if found > limits.most(limit) { Err(Refusal::exceeded(limit, limits, found)) } else { Ok(()) }
}
