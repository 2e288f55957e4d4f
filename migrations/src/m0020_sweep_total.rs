//! How many contents a sweep is about: known when it begins to run.

crate::migration!("alter table sweep add column total bigint;");
