//! Mobile numbers (手机号码) of the mainland: eleven digits that begin with a segment that is given out.
//!
//! Numbers in fields that tell the public whom to call are not looked at; the others are a warning, since some are meant
//! to be read.

use super::digits::{Number, masked};

/// Whether a number is a mobile number; nothing else is, with or without the country's code.
pub(super) fn is_mobile(number: &Number) -> bool {
    let digits = match number.groups[..] {
        [11] if !number.hyphenated => number.digits.as_str(),
        [3, 4, 4] => &number.digits,
        [13] | [2, 11] | [2, 3, 4, 4] => number.digits.strip_prefix("86").unwrap_or_default(),
        [15] | [4, 11] => number.digits.strip_prefix("0086").unwrap_or_default(),
        _ => return false,
    };
    digits.len() == 11 && is_segment(&digits[..3])
}

/// As it may be shown: the segment and the last four digits.
pub(super) fn shown(number: &Number) -> String {
    masked(&number.digits, number.digits.len().saturating_sub(8), 4)
}

/// Segments of the operators, virtual ones included; those for satellites and things are left out.
fn is_segment(three: &str) -> bool {
    match three.as_bytes() {
        [b'1', b'3' | b'8', _] => true,
        [b'1', b'4', third] => matches!(third, b'5' | b'7' | b'9'),
        [b'1', b'5', third] => *third != b'4',
        [b'1', b'6', third] => matches!(third, b'2' | b'5' | b'6' | b'7'),
        [b'1', b'7', third] => matches!(third, b'0'..=b'3' | b'5'..=b'8'),
        [b'1', b'9', third] => *third != b'4',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::digits::numbers;

    fn found(text: &str) -> usize {
        numbers(text).iter().filter(|number| is_mobile(number)).count()
    }

    #[test]
    fn mobile_numbers_as_people_write_them() {
        for text in [
            "联系人手机13800138000。",
            "１３８００１３８０００",
            "138 0013 8000",
            "138-0013-8000",
            "+8613800138000",
            "+86 13800138000",
            "86-138-0013-8000",
            "008613800138000",
            "13800138000,",
            "13800138000@mail.example",
        ] {
            assert!(found(text) > 0, "{text}");
        }
        assert_eq!(found("13800138000、19912345678 17012345678"), 3);
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "0564-3331234",
            "12345678901",
            "14012345678",
            "15412345678",
            "138001380001",
            "1380013800",
            "138****8000",
            "2023-13800138000-01",
            "13800138000.50元",
            "https://a.example/13800138000",
            "SN13800138000",
            "400-800-1234",
            "610138001380001380",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }

    #[test]
    fn the_middle_is_not_shown() {
        let shown = |text: &str| numbers(text).iter().filter(|n| is_mobile(n)).map(shown).collect::<Vec<_>>();
        assert_eq!(shown("13800138000 "), ["138****8000"]);
        assert_eq!(shown("+8613800138000"), ["86138****8000"]);
    }
}
