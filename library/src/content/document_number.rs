//! Document numbers (发文字号) such as 国办发〔2017〕47号: kept as written, split only when they parse.

/// A document number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentNumber {
    /// As it is written.
    pub text: String,
    /// 机关代字, if it parses.
    pub prefix: Option<String>,
    /// 年份, if it parses.
    pub year: Option<i32>,
    /// 序号, if it parses.
    pub serial: Option<i32>,
}

impl DocumentNumber {
    /// Reads a number; one that does not parse (国务院令第529号) has its text only.
    pub fn read(text: &str) -> Self {
        let folded = Self::fold(text);
        let parts = || {
            let (prefix, rest) = folded.split_once('〔')?;
            let (year, rest) = rest.split_once('〕')?;
            let serial = rest.strip_suffix('号')?;
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if prefix.is_empty() || year.len() != 4 || !digits(year) || !digits(serial) {
                return None;
            }
            Some((prefix.to_owned(), year.parse().ok()?, serial.parse().ok()?))
        };
        match parts() {
            Some((prefix, year, serial)) => {
                Self { text: text.to_owned(), prefix: Some(prefix), year: Some(year), serial: Some(serial) }
            }
            None => Self { text: text.to_owned(), prefix: None, year: None, serial: None },
        }
    }

    /// The form in which numbers are compared: no white space, one kind of bracket around the year, half-width digits.
    pub fn fold(text: &str) -> String {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| match c {
                '[' | '［' | '【' | '(' | '（' | '{' | '<' | '《' | '〈' => '〔',
                ']' | '］' | '】' | ')' | '）' | '}' | '>' | '》' | '〉' => '〕',
                '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
                c => c,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_folded_and_only_what_parses_is_split() {
        for text in ["国办发〔2017〕47号", "国办发[2017]47号", "国办发（2017） 47号", "国办发［２０１７］４７号"]
        {
            assert_eq!(DocumentNumber::fold(text), "国办发〔2017〕47号");
            let number = DocumentNumber::read(text);
            assert_eq!((number.prefix.as_deref(), number.year, number.serial), (Some("国办发"), Some(2017), Some(47)));
            assert_eq!(number.text, text);
        }
        let order = DocumentNumber::read("国务院令第529号");
        assert_eq!((order.prefix, order.year, order.serial), (None, None, None));
    }
}
