//! The list of limits: what each bounds, its name in configuration and errors, and its default.
//!
//! The defaults lie well above what front ends ask; a test holds every operation of ours to half of each.

use strum::{EnumCount, EnumIter, IntoEnumIterator as _, IntoStaticStr};

/// Something of a question that is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumCount, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Limit {
    /// Bytes of the query's text.
    QueryBytes,
    /// Lexical tokens of the query, without whitespace, commas and comments; and its selections, arguments and values
    /// once fragments are expanded.
    Tokens,
    /// Brackets within brackets in the text, and selection sets within selection sets once fragments are expanded.
    Nesting,
    /// Fields within fields, once fragments are expanded.
    Depth,
    /// Fields in all, once fragments are expanded.
    Fields,
    /// Fields that are compared with others of their name, once for each combination of types that they may belong to.
    MergedFields,
    /// Fields with an alias, once fragments are expanded.
    Aliases,
    /// Fields of the root, once fragments are expanded.
    RootFields,
    /// Directives at one place.
    Directives,
    /// Operations in a document.
    Operations,
    /// Fragment definitions in a document.
    Fragments,
    /// Variables that an operation defines.
    Variables,
    /// Uses of `__schema` and `__type`.
    IntrospectionFields,
    /// Lists of fields or types within each other in the description of the schema.
    IntrospectionDepth,
    /// Bytes of the variables' JSON.
    VariablesBytes,
    /// Lists and objects within each other in a request's JSON.
    JsonNesting,
    /// The cost of an operation: objects that its page sizes allow for.
    Cost,
    /// Fields of all these objects: what an answer holds.
    Values,
    /// Errors in one answer.
    Errors,
    /// Bytes of one answer, before it is compressed.
    AnswerBytes,
}

impl Limit {
    /// Every limit.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Its name in errors and, after `limit_`, in the configuration.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What holds when nothing is configured.
    pub const fn default_value(self) -> u64 {
        match self {
            Self::QueryBytes => 65_536,
            Self::Tokens => 10_000,
            Self::Nesting => 60,
            Self::Depth => 20,
            Self::Fields => 2_000,
            Self::MergedFields => 20_000,
            Self::Aliases => 200,
            Self::RootFields => 60,
            Self::Directives => 10,
            Self::Operations => 50,
            Self::Fragments => 200,
            Self::Variables => 100,
            Self::IntrospectionFields => 3,
            Self::IntrospectionDepth => 2,
            Self::VariablesBytes => 262_144,
            Self::JsonNesting => 32,
            Self::Cost => 300_000,
            Self::Values => 700_000,
            Self::Errors => 50,
            Self::AnswerBytes => 16_777_216,
        }
    }

    /// The highest value that may be configured: what is nested is walked by functions that call themselves.
    pub const fn highest(self) -> u32 {
        match self {
            Self::Nesting | Self::Depth => 200,
            Self::JsonNesting => 100,
            Self::Errors => 1_000,
            _ => 1_000_000_000,
        }
    }
}

/// What each limit is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits([u64; Limit::COUNT]);

impl Default for Limits {
    fn default() -> Self {
        let mut values = [0; Limit::COUNT];
        for limit in Limit::all() {
            values[limit as usize] = limit.default_value();
        }
        Self(values)
    }
}

impl Limits {
    /// The most that `limit` allows.
    pub fn most(&self, limit: Limit) -> u64 {
        self.0[limit as usize]
    }

    /// Sets the most that `limit` allows.
    #[must_use]
    pub fn with(mut self, limit: Limit, most: u64) -> Self {
        self.0[limit as usize] = most;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_keeps_what_it_is_set_to() {
        let limits = Limits::default().with(Limit::Depth, 7);
        assert_eq!((limits.most(Limit::Depth), limits.most(Limit::Tokens)), (7, 10_000));
        assert_eq!(Limit::IntrospectionFields.name(), "introspection_fields");
    }
}
