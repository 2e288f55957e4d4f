//! The change log: positions without gaps in order of commit, followers that lose nothing, subjects that say it all.

mod followers;
mod hints;
mod nodes;
mod subjects;
mod writers;
