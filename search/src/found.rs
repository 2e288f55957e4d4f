//! What an index answers: which contents, in which order, how many; never their texts.

use uuid::Uuid;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The hits of the page.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// How many there are by what they can be narrowed by; empty unless wanted.
    pub facets: Vec<Facet>,
    /// The best of each kind, the kind with the best hit first; empty unless wanted.
    pub groups: Vec<Group>,
    /// The position of the change log that everything here reflects exactly.
    pub position: i64,
    /// Which building of the index this is: a page behind another is of the same building.
    pub generation: u64,
}

/// A content that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Which one.
    pub id: Uuid,
    /// How well it fits, above zero; comparable within one answer.
    pub score: f32,
}

/// The hits of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The kind.
    pub kind: String,
    /// How many there are of it.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// How many hits there are by one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// Its values, the most frequent first.
    pub values: Vec<(String, usize)>,
}

/// What hits are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetField {
    /// Their kind.
    Kind,
    /// The sites that show them.
    Site,
    /// Their tags.
    Tag,
    /// Their publisher.
    Publisher,
    /// Their themes.
    Theme,
    /// The year that they are of.
    Year,
    /// Whether they are in force.
    Validity,
}

impl FacetField {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] =
        [Self::Kind, Self::Site, Self::Tag, Self::Publisher, Self::Theme, Self::Year, Self::Validity];
}
