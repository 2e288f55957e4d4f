//! Bank cards (银行卡号): 16 to 19 digits with an issuer's beginning and the check digit of Luhn (ISO/IEC 7812).
//!
//! One number in ten has a fitting check digit by chance, so beginnings are asked for as well, and what the text itself
//! calls by another name is left alone.

use super::digits::{Number, masked};

/// What numbers are called that are none of cards.
const OTHER_NAMES: [&str; 14] = [
    "信用代码",
    "项目代码",
    "编号",
    "编码",
    "代码",
    "单号",
    "订单",
    "流水",
    "案号",
    "许可证",
    "备案",
    "条码",
    "识别号",
    "登记号",
];

/// Whether a number is that of a bank card; `own` are numbers that the document has by itself.
pub(super) fn is_card(number: &Number, own: &[String]) -> bool {
    let whole = match number.groups[..] {
        [16..=19] => !number.hyphenated && is_issued(&number.digits),
        // Four digits each are as well a row of a table.
        [6, 10..=13] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] => number.digits.starts_with("62"),
        _ => false,
    };
    whole
        && fits(number.digits.as_bytes())
        && !own.contains(&number.digits)
        && !OTHER_NAMES.iter().any(|name| number.label.contains(name))
}

/// As it may be shown: the issuer and the last four digits.
pub(super) fn shown(number: &Number) -> String {
    masked(&number.digits, 6, 4)
}

/// Beginnings of UnionPay, of cards from before UnionPay, and of the international schemes, with their lengths.
fn is_issued(digits: &str) -> bool {
    let begins = |starts: &[&str]| starts.iter().any(|start| digits.starts_with(start));
    match digits.len() {
        16 => begins(&["62", "4", "51", "52", "53", "54", "55", "35", "60", "9558", "9559"]),
        17..=19 => begins(&["62", "60", "9558", "9559"]),
        _ => false,
    }
}

/// The check digit of Luhn.
fn fits(digits: &[u8]) -> bool {
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let doubled = |(at, digit): (usize, &u8)| {
        let value = u32::from(digit - b'0') << (at % 2);
        if value > 9 { value - 9 } else { value }
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::digits::numbers;

    /// A number that no bank has given out, with its check digit.
    fn card(first: &str) -> String {
        (0..10).map(|last| format!("{first}{last}")).find(|whole| fits(whole.as_bytes())).expect("one of ten fits")
    }

    fn found(text: &str) -> usize {
        numbers(text).iter().filter(|number| is_card(number, &[])).count()
    }

    #[test]
    fn length_beginning_and_check_digit_must_fit() {
        for first in
            ["620000000000000", "6200000000000000", "620000000000000000", "955880000000000000", "400000000000000"]
        {
            let card = card(first);
            assert_eq!(found(&format!("账号：{card}。")), 1, "{card}");
            let last = card.len() - 1;
            let wrong = format!("{}{}", &card[..last], (card.as_bytes()[last] - b'0' + 1) % 10);
            assert_eq!(found(&wrong), 0, "{wrong}");
        }
        for first in ["120000000000000", "62000000000000", "6200000000000000000", "40000000000000000"] {
            let card = card(first);
            assert_eq!(found(&card), 0, "{card}");
        }
    }

    #[test]
    fn cards_in_groups_and_rows_of_numbers() {
        let mine = card("620012345678901");
        assert_eq!(found(&format!("{} {} {} {}", &mine[..4], &mine[4..8], &mine[8..12], &mine[12..])), 1);
        let row = card("402350216034812");
        assert_eq!(found(&format!("{} {} {} {}", &row[..4], &row[4..8], &row[8..12], &row[12..])), 0);
    }

    #[test]
    fn numbers_of_the_document_are_none() {
        let number = card("620012345678901");
        for text in
            [format!("统一社会信用代码：{number}"), format!("订单号 {number}"), format!("www.a.example/{number}")]
        {
            assert_eq!(found(&text), 0, "{text}");
        }
        assert!(!is_card(&numbers(&number)[0], std::slice::from_ref(&number)));
        assert_eq!(shown(&numbers(&number)[0]), format!("620012******{}", &number[12..]));
    }
}
