//! Turns byte offsets of a text into lines and columns, quickly however long a line is.

use crate::refusal::Place;

/// Few enough bytes to be counted at once, for every field has its place.
const BLOCK: usize = 32;

/// The lines and characters of a text.
pub struct Places {
    text: String,
    /// Where each line begins, in bytes.
    lines: Vec<usize>,
    /// The characters before each block of bytes.
    characters: Vec<usize>,
}

impl Places {
    /// Reads the text once.
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut lines = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends_line {
                lines.push(at + 1);
            }
        }
        let mut characters = vec![0];
        for block in bytes.chunks(BLOCK) {
            characters.push(characters[characters.len() - 1] + starts(block));
        }
        Self { text: text.to_owned(), lines, characters }
    }

    /// The place of a byte offset; the end of the text for one beyond it.
    pub fn at(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|begin| *begin <= offset);
        let begin = self.lines[line - 1];
        Place { line, column: self.before(offset) - self.before(begin) + 1 }
    }

    /// The number of characters before an offset.
    fn before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        self.characters[block] + starts(&self.text.as_bytes()[block * BLOCK..offset])
    }
}

/// The number of characters that begin in these bytes.
fn starts(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let text = format!("{{ 政策\r\n{} x\ry }}", "策".repeat(300));
        let places = Places::of(&text);
        let at = |needle: &str| places.at(text.find(needle).expect("it is there"));
        assert_eq!(places.at(0), Place { line: 1, column: 1 });
        assert_eq!(at("策\r"), Place { line: 1, column: 4 });
        assert_eq!(at("x"), Place { line: 2, column: 302 });
        assert_eq!(at("y"), Place { line: 3, column: 1 });
        assert_eq!(places.at(9_999), Place { line: 3, column: 4 });
    }
}
