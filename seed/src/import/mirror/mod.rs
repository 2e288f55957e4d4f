//! Taking over what another instance of Jiyue shows (跟随): its contents, brought as records of the native format page by page,
//! become contents here, are corrected, or are withdrawn.
//!
//! This room asks nobody: who does hands the pages in. Everything may be done twice: what is known and has not changed is
//! passed over.

mod names;
mod plan;
mod take;

use std::collections::BTreeMap;

use serde_json::{Map as Fields, Value};

pub use plan::{MirrorWish, Plan};
pub use take::{Taken, Taker};

/// A content of the other side.
#[derive(Debug, Clone)]
pub struct ForeignContent {
    /// Its identifier there.
    pub id: String,
    /// What it says, in the native format. Organisations and tags are objects of `code` and `name`.
    pub record: Fields<String, Value>,
    /// The columns there that show it, by identifier.
    pub columns: Vec<String>,
    /// Title and address of the contents there that its links lead to, by identifier: for those that are not here.
    pub pages: BTreeMap<String, (String, String)>,
}

/// A column of the other side that is followed, or lies below one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignColumn {
    /// Its identifier there.
    pub id: String,
    /// Its place, and those of the columns above it from the nearest on: `SITE/PATH`.
    pub places: Vec<String>,
}
