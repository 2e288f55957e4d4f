//! Text as the index has it: folded ([`fold`]), cut into characters, pairs and words ([`cut`]), with document numbers
//! ([`number`]) and sounds ([`sound`]), how titles begin ([`start`]) and what was typed so far ([`typed`]). Pure rules, the same for texts and for questions about them.

pub mod cut;
pub mod fold;
pub mod number;
pub mod sound;
pub mod spoken;
pub mod start;
pub mod stop;
pub mod typed;
