//! The demonstration city 云泽市 and the import of existing data, both through the library's deeds.
//!
//! This crate knows no SQL and no GraphQL. The city is the same at every filling: its clock is set and its randomness
//! comes from a constant.
#![forbid(unsafe_code)]

mod city;
mod import;

pub use city::{END, city, has_city};
pub use import::{
    Import, ImportEvent, ImportLine, ImportOutcome, ImportPass, ImportReport, ImportTrouble, OnChange, import,
};
