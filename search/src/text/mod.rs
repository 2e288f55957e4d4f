//! Text as the index has it: folded ([`fold`]), cut into characters, pairs and words ([`cut`]), with document numbers
//! ([`number`]) and sounds ([`sound`]). Pure rules, the same for texts and for questions about them.

pub mod cut;
pub mod fold;
pub mod number;
pub mod sound;
pub mod spoken;
pub mod stop;
