//! How sure it is that an entry answers a question (置信度): from the words that both have, weighed so that of answers that are
//! said to be right with 80 %, about 80 % are. The weights are those that `bench answers` found; its table says how well they hold.

use crate::alike::likeness;
use crate::highlight::Marks;
use crate::query::Query;

/// From here on an answer is given; below it is said that none is known.
pub const SURE: f64 = 0.5;

/// What an entry says.
#[derive(Debug, Clone, Default)]
pub struct Entry<'e> {
    /// Its question, and the same in other words.
    pub questions: Vec<&'e str>,
    /// Its answer.
    pub answer: &'e str,
}

/// What the confidence is made of, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// How alike the question is to the nearest of the entry's.
    pub likeness: f64,
    /// How much of the question stands in that one.
    pub asked: f64,
    /// How much of the question stands anywhere in the entry.
    pub said: f64,
}

impl Evidence {
    /// What speaks for an entry as the answer to a question.
    pub fn of(question: &str, query: &Query, entry: &Entry<'_>) -> Self {
        let marks = Marks::of(query);
        let nearest = entry.questions.iter().map(|one| (likeness(question, one), *one));
        let (like, near) = nearest.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, ""));
        let whole = format!("{}\n{}", entry.questions.join("\n"), entry.answer);
        Self { likeness: like, asked: marks.coverage(query, near), said: marks.coverage(query, &whole) }
    }

    /// How sure it is, 0 to 1.
    pub fn confidence(self) -> f64 {
        let [bias, likeness, asked, said] = WEIGHTS;
        let sum = bias + likeness * self.likeness + asked * self.asked + said * self.said;
        1.0 / (1.0 + (-sum).exp())
    }
}

/// The entries that answer a question well enough, each with how sure that is, the surest first; none if none does.
pub fn answering<'e, T>(
    question: &str,
    query: &Query,
    entries: impl IntoIterator<Item = (T, Entry<'e>)>,
    most: usize,
) -> Vec<(T, f64)> {
    let weighed = entries.into_iter().map(|(one, entry)| (one, Evidence::of(question, query, &entry).confidence()));
    let mut sure: Vec<(T, f64)> = weighed.filter(|(_, confidence)| *confidence >= SURE).collect();
    sure.sort_by(|a, b| b.1.total_cmp(&a.1));
    sure.truncate(most);
    sure
}

/// The weights: without evidence, of the likeness, of what stands in the question, of what stands anywhere.
const WEIGHTS: [f64; 4] = [-8.5, 7.0, 6.0, 0.5];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;

    fn confidence(question: &str, entry: &Entry<'_>) -> f64 {
        Evidence::of(question, &Query::read(question, &Words::default()), entry).confidence()
    }

    #[test]
    fn the_same_question_is_sure_and_another_is_not() {
        let entry = Entry {
            questions: vec!["住房公积金怎么提取？", "公积金取出来要什么材料"],
            answer: "携带身份证到住房公积金管理中心办理。",
        };
        assert!(confidence("住房公积金怎么提取", &entry) > 0.9);
        assert!(confidence("公积金取出来需要什么材料", &entry) > SURE);
        assert!(confidence("学区怎么划分", &entry) < 0.1);
        assert!(confidence("", &entry) < 0.1);
    }

    #[test]
    fn the_surest_comes_first_and_what_is_not_sure_does_not_come() {
        let entry = |question| Entry { questions: vec![question], answer: "" };
        let entries = [(1, entry("学区怎么划分")), (2, entry("公积金如何提取")), (3, entry("公积金怎么提取"))];
        let question = "公积金怎么提取";
        let query = Query::read(question, &Words::default());
        let found = answering(question, &query, entries.clone(), 5);
        assert_eq!(found.iter().map(|(one, _)| *one).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(answering(question, &query, entries, 1).len(), 1);
    }
}
