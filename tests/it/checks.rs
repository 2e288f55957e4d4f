//! The gate and content checks: what keeps a revision from being submitted, and what is found in it.

mod obligations;
