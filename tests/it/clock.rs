//! The clock worker: what is due happens at its moment, once, in order, and stops nothing else.

mod moments;
mod scheduled;
