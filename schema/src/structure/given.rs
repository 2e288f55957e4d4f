//! What of an edit was given: what was not stays, null removes.

use std::str::FromStr;

use async_graphql::{ID, MaybeUndefined, Result};
use library::Instant;

use crate::scalars::{DateTime, id};

/// Puts what was given into a field that always has a value.
pub fn put<T>(field: &mut T, given: Option<impl Into<T>>) {
    if let Some(given) = given {
        *field = given.into();
    }
}

/// Puts what was given into a field that may have no value; null removes it.
pub fn set<T>(field: &mut Option<T>, given: MaybeUndefined<T>) {
    match given {
        MaybeUndefined::Undefined => {}
        MaybeUndefined::Null => *field = None,
        MaybeUndefined::Value(value) => *field = Some(value),
    }
}

/// The identifier that was given, `Some(None)` for null.
///
/// # Errors
/// `BAD_USER_INPUT` if it is malformed or identifies another noun.
pub fn given_id<T: FromStr>(given: &MaybeUndefined<ID>) -> Result<Option<Option<T>>> {
    Ok(match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => Some(Some(id(given)?)),
    })
}

/// The identifiers that were given.
///
/// # Errors
/// As [`given_id`].
pub fn given_ids<T: FromStr>(given: Option<&[ID]>) -> Result<Option<Vec<T>>> {
    given.map(|given| given.iter().map(id).collect()).transpose()
}

/// The moment that was given, `Some(None)` for null.
pub fn given_moment(given: MaybeUndefined<DateTime>) -> Option<Option<Instant>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(at) => Some(Some(Instant::of(&at))),
    }
}
