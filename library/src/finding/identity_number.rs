//! Resident identity numbers (公民身份号码): 18 digits by GB 11643, and the 15 digits that were given until 1999.
//!
//! The first two digits name a province, six or eight are a day of birth; the last of 18 is a check digit.

use chrono::NaiveDate;

use super::digits::{Number, masked};
use super::rule::Rule;

/// The weights of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check digit for each remainder of the weighted sum by 11.
const CHECKS: [u8; 11] = *b"10X98765432";

/// Which rule a number breaks, if it is an identity number.
pub(super) fn rule(number: &Number) -> Option<Rule> {
    match number.groups[..] {
        [18] | [6, 8, 4] if is_new(number.digits.as_bytes()) => Some(Rule::IdentityNumber),
        [15] if is_old(number.digits.as_bytes()) => Some(Rule::IdentityNumberOld),
        _ => None,
    }
}

/// As it may be shown: division and last four digits.
pub(super) fn shown(number: &Number) -> String {
    masked(&number.digits, 6, 4)
}

fn is_new(digits: &[u8]) -> bool {
    let Some((check, digits)) = digits.split_last() else { return false };
    if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    *check == CHECKS[(sum % 11) as usize]
        && is_division(digits)
        && (1900..2100).contains(&value(&digits[6..10]))
        && is_day(value(&digits[6..10]), &digits[10..14])
}

fn is_old(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_digit)
        && is_division(digits)
        && is_day(1900 + value(&digits[6..8]), &digits[8..12])
        && value(&digits[12..15]) > 0
}

/// Whether the first digits name a province, or where cards for residents from Hong Kong, Macao and Taiwan come from;
/// and a city in it.
fn is_division(digits: &[u8]) -> bool {
    let province = matches!(value(&digits[..2]),
        11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83);
    province && (value(&digits[..2]) > 70 || value(&digits[2..4]) > 0)
}

fn is_day(year: u32, day: &[u8]) -> bool {
    let year = i32::try_from(year).unwrap_or_default();
    NaiveDate::from_ymd_opt(year, value(&day[..2]), value(&day[2..4])).is_some()
}

fn value(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::digits::numbers;

    /// Appends the check digit. Such numbers are made here, so that none of a person stands in a file.
    fn with_check(first: &str) -> String {
        let digits = first.as_bytes();
        let last = CHECKS.iter().find(|last| {
            let whole: Vec<u8> = digits.iter().copied().chain([**last]).collect();
            is_new(&whole)
        });
        format!("{first}{}", last.map_or('?', |last| char::from(*last)))
    }

    fn found(text: &str) -> Vec<Rule> {
        numbers(text).iter().filter_map(rule).collect()
    }

    #[test]
    fn the_check_digit_division_and_day_must_fit() {
        // The example of the standard, printed in GB 11643-1999.
        assert_eq!(found("11010519491231002X"), [Rule::IdentityNumber]);
        assert_eq!(found("公民身份号码11010519491231002x。"), [Rule::IdentityNumber]);
        assert_eq!(found("440524188001010014"), [], "a day of 1880");
        assert_eq!(found("110105194912310020"), [], "another check digit");
        assert_eq!(found("110105 19491231 002X"), [Rule::IdentityNumber]);
        assert_eq!(found("1101051949 1231 002X"), [], "in other groups");
        assert!(with_check("34010219900229123").ends_with('?'), "no such day");
        assert!(with_check("99010219900228123").ends_with('?'), "no such province");
        assert!(with_check("34000019900228123").ends_with('?'), "no such city");
        for first in ["34010219900228123", "34010220000229123", "81000019900228123", "65010119991231999"] {
            assert_eq!(found(&with_check(first)), [Rule::IdentityNumber], "{first}");
        }
    }

    #[test]
    fn one_digit_wrong_or_two_exchanged_is_no_number() {
        let good = with_check("34010219900228123");
        for at in 0..17 {
            let mut other = good.clone().into_bytes();
            other[at] = b'0' + (other[at] - b'0' + 1) % 10;
            assert!(!is_new(&other), "{at}");
            if at < 16 && good.as_bytes()[at] != good.as_bytes()[at + 1] {
                let mut other = good.clone().into_bytes();
                other.swap(at, at + 1);
                assert!(!is_new(&other), "exchanged at {at}");
            }
        }
    }

    #[test]
    fn old_numbers_have_no_check_digit() {
        assert_eq!(found("110105491231002"), [Rule::IdentityNumberOld]);
        assert_eq!(found("110105491331002"), [], "no such month");
        assert_eq!(found("110105491231000"), [], "no such person");
        assert_eq!(found("1101054912310021"), [], "a longer number");
    }

    #[test]
    fn the_middle_is_not_shown() {
        assert_eq!(shown(&numbers("11010519491231002X")[0]), "110105********002X");
    }
}
