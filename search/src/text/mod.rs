//! Text as the index has it: folded ([`fold`]), cut into characters, pairs and words ([`cut`]), with document numbers
//! ([`number`]) and sounds ([`sound`]), and what was typed of a name so far ([`typed`]). Pure rules, the same for texts and for questions about them.

pub mod cut;
pub mod fold;
pub mod number;
pub mod sound;
pub mod spoken;
pub mod stop;
pub mod typed;
