//! What was typed so far (检索联想): names begin with it as they are written, as they sound, or by their initials.

use super::fold::fold;
use super::sound::{is_spelling, sound};

/// How much of a name is looked at by its sound, in characters.
const MOST_HEARD: usize = 20;

/// What is left of what was typed: folded letters, digits and characters.
pub fn typed(prefix: &str) -> String {
    fold(prefix).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a name begins with what was typed; none does with nothing.
pub fn begins(name: &str, typed: &str) -> bool {
    let folded = fold(name);
    let sounds = || {
        let (full, initials) = sound(&folded, MOST_HEARD);
        full.starts_with(typed) || initials.starts_with(typed)
    };
    !typed.is_empty() && (folded.starts_with(typed) || is_spelling(typed) && sounds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_as_written_as_they_sound_and_by_initials() {
        for start in ["公积", "gongji", "gjj", "GJ", " 公-积"] {
            assert!(begins("公积金", &typed(start)), "{start}");
        }
        for other in ["积金", "gongche", "g金", "", "。"] {
            assert!(!begins("公积金", &typed(other)), "{other}");
        }
    }
}
