//! Sounds (拼音): how words are spelt in Latin letters, in full and by initials, for suggestions and slips.

use pinyin::ToPinyin as _;

/// How a text sounds: its syllables one after the other without tones, and their first letters. Letters and digits stand for
/// themselves, everything else is left out.
pub fn sound(text: &str, most: usize) -> (String, String) {
    let (mut full, mut initials) = (String::new(), String::new());
    for c in text.chars().take(most) {
        if let Some(syllable) = c.to_pinyin() {
            full.push_str(&syllable.plain().replace('ü', "v"));
            initials.push_str(syllable.first_letter());
        } else if c.is_ascii_alphanumeric() {
            full.push(c);
            initials.push(c);
        }
    }
    (full, initials)
}

/// How a text sounds in full; nothing if a character has no sound.
pub fn sounds_as(text: &str) -> Option<String> {
    let mut full = String::new();
    for c in text.chars() {
        full.push_str(&c.to_pinyin()?.plain().replace('ü', "v"));
    }
    (!full.is_empty()).then_some(full)
}

/// Whether a text may be a spelling: Latin letters alone.
pub fn is_spelling(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_sounds() {
        assert_eq!(sound("公积金", 10), ("gongjijin".into(), "gjj".into()));
        assert_eq!(sound("公积金A1", 2), ("gongji".into(), "gj".into()));
        assert_eq!(sounds_as("公机金"), sounds_as("公积金"));
        assert_eq!(sounds_as("a"), None);
        assert!(is_spelling("gongjijin") && !is_spelling("公") && !is_spelling(""));
    }
}
