//! Document numbers (发文字号): 国办发〔2017〕47号, in whatever brackets or without any, as terms that find each other.

use super::fold::is_han;

/// A document number, or as much of one as was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The sign of the issuer (机关代字), such as 国办发; empty if none was written.
    pub sign: String,
    /// The year, if one was written.
    pub year: Option<u16>,
    /// The number within the year.
    pub serial: u32,
}

/// The longest sign of an issuer, in characters.
const LONGEST_SIGN: usize = 16;
/// How many numbers are looked for in one text.
const MOST: usize = 100;

impl Number {
    /// The term that this very number is found by; nothing without sign and year.
    pub fn whole(&self) -> Option<String> {
        let year = self.year.filter(|_| !self.sign.is_empty())?;
        Some(format!("{}{year}-{}", self.sign, self.serial))
    }

    /// The term of year and serial number.
    pub fn of_year(&self) -> Option<String> {
        self.year.map(|year| format!("{year}-{}", self.serial))
    }

    /// The term of sign and serial number.
    pub fn of_sign(&self) -> Option<String> {
        (!self.sign.is_empty()).then(|| format!("{}-{}", self.sign, self.serial))
    }

    /// Every term that the document of this number is found by.
    pub fn terms(&self) -> Vec<String> {
        let mut terms: Vec<String> = [self.whole(), self.of_year(), self.of_sign()].into_iter().flatten().collect();
        terms.push(format!("{}号", self.serial));
        terms
    }

    /// The terms that are looked for by this number: the narrowest that it can be found by. What stands before a sign in a
    /// question (关于国办发〔2017〕47号) is no part of it, and nothing tells where it begins: each end of it is looked for.
    pub fn sought(&self) -> Vec<String> {
        let tail = match self.year {
            Some(year) => format!("{year}-{}", self.serial),
            None => format!("-{}", self.serial),
        };
        let mut terms: Vec<String> =
            self.sign.char_indices().map(|(at, _)| format!("{}{tail}", &self.sign[at..])).collect();
        if terms.is_empty() {
            terms.push(self.of_year().unwrap_or_else(|| format!("{}号", self.serial)));
        }
        terms
    }
}

fn is_opening(c: char) -> bool {
    matches!(c, '〔' | '[' | '(' | '【' | '{' | '<' | '《' | '〈' | '［' | '（')
}

fn is_closing(c: char) -> bool {
    matches!(c, '〕' | ']' | ')' | '】' | '}' | '>' | '》' | '〉' | '］' | '）')
}

fn digits(chars: &[char], from: usize, most: usize) -> Option<(u32, usize)> {
    let to = from + chars[from.min(chars.len())..].iter().take_while(|c| c.is_ascii_digit()).count();
    if to == from || to - from > most {
        return None;
    }
    chars[from..to].iter().collect::<String>().parse().ok().map(|number| (number, to))
}

fn spaces(chars: &[char], from: usize) -> usize {
    from + chars[from.min(chars.len())..].iter().take_while(|c| c.is_whitespace()).count()
}

/// The year that begins at `at` and what closes it: where it ends, and whether it stood in brackets.
fn year(chars: &[char], at: usize) -> Option<(u16, usize, bool)> {
    let opened = chars.get(at).is_some_and(|c| is_opening(*c));
    let from = spaces(chars, at + usize::from(opened));
    let (year, mut to) = digits(chars, from, 4)?;
    let year = u16::try_from(year).ok().filter(|year| (1900..2100).contains(year))?;
    to = spaces(chars, to);
    let closed = chars.get(to).is_some_and(|c| is_closing(*c));
    if closed || chars.get(to) == Some(&'年') {
        to += 1;
    }
    Some((year, to, opened && closed))
}

/// The document numbers in a folded text, as documents have them and as people write them who look for one.
pub fn numbers(text: &str) -> Vec<Number> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let mut sign_from = 0;
    while at < chars.len() && found.len() < MOST {
        let c = chars[at];
        let begins = is_opening(c) || c.is_ascii_digit() && (at == 0 || !chars[at - 1].is_ascii_digit());
        if begins && let Some((number, to)) = number_at(&chars, sign_from, at) {
            found.push(number);
            at = to;
            sign_from = to;
            continue;
        }
        if !is_han(c) && !c.is_ascii_alphabetic() && !c.is_whitespace() {
            sign_from = at + 1;
        }
        at += 1;
    }
    found
}

fn number_at(chars: &[char], sign_from: usize, at: usize) -> Option<(Number, usize)> {
    let sign: String = chars[sign_from.min(at)..at].iter().filter(|c| !c.is_whitespace()).collect();
    let long = sign.chars().count();
    let sign = if long > LONGEST_SIGN { String::new() } else { sign };
    if let Some((year, after, bracketed)) = year(chars, at) {
        let from = spaces(chars, after);
        let from = if chars.get(from) == Some(&'第') { spaces(chars, from + 1) } else { from };
        // Without anything between them, year and serial number cannot be told apart.
        if from > at
            && (from > after || after > at + 4)
            && let Some((serial, to)) = digits(chars, from, 5)
        {
            let end = spaces(chars, to);
            let closed = chars.get(end) == Some(&'号');
            if closed || bracketed || !sign.is_empty() {
                return Some((Number { sign, year: Some(year), serial }, if closed { end + 1 } else { to }));
            }
        }
    }
    let (serial, to) = digits(chars, at, 5)?;
    let end = spaces(chars, to);
    (chars.get(end) == Some(&'号')).then(|| (Number { sign, year: None, serial }, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(text: &str) -> Vec<String> {
        numbers(text).iter().filter_map(|number| number.sought().into_iter().next()).collect()
    }

    #[test]
    fn brackets_do_not_matter() {
        for text in [
            "国办发〔2017〕47号",
            "国办发[2017]47号",
            "国办发(2017)47号",
            "国办发 2017年47号",
            "国办发2017 47号",
            "国办发【2017】第47号",
            "国办发〔2017〕 47 号",
            "国办发 2017年47",
        ] {
            assert_eq!(sought(text), ["国办发2017-47"], "{text}");
        }
        assert_eq!(sought("47号"), ["47号"]);
        assert_eq!(sought("国办发47号"), ["国办发-47"]);
        assert_eq!(sought("〔2017〕47号"), ["2017-47"]);
    }

    #[test]
    fn what_is_looked_for_is_among_the_terms_of_its_document() {
        let terms = numbers("国办发〔2017〕47号")[0].terms();
        for text in ["47号", "国办发47号", "〔2017〕47号", "关于国办发[2017]47号的解读", "国办发201747号"]
        {
            let sought: Vec<_> = numbers(text).iter().flat_map(Number::sought).collect();
            let found = sought.iter().any(|term| terms.contains(term));
            assert_eq!(found, text != "国办发201747号", "{text}: {sought:?}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in ["2017年", "2017年3月5日", "第47条", "13800000000", "", "号", "〔2017〕", "99999999号"] {
            assert_eq!(sought(text), Vec::<String>::new(), "{text}");
        }
    }
}
