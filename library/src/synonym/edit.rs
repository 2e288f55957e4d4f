//! Making a group of synonyms and changing its words (editSearchSynonyms).

use super::{MOST_GROUPS, MOST_WORDS};
use crate::changes::{Action, Caller, Effect, List, Work, commit_as};
use crate::database::Sql;
use crate::id::{AnyId, SynonymId};
use crate::may::{Right, Target, may, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

static INSERT: Sql = Sql::new("insert into synonym_group (id, words, changed_at) values ($1, $2, $3)");
static UPDATE: Sql = Sql::new("update synonym_group set words = $2, changed_at = $3 where id = $1");
static KNOWN: Sql = Sql::new("select id from synonym_group where id = $1");
static COUNT: Sql = Sql::new("select count(*) from synonym_group");
static MOVED: Sql = Sql::new("update synonym_counter set revision = revision + 1 where one = 1");

impl Library {
    /// Makes a group of synonyms, or gives one other words; answers its identifier.
    ///
    /// # Errors
    /// Refuses a caller who does not keep the platform, an unknown group, less than two words, words that are too long, and too
    /// many words or groups.
    pub async fn edit_synonyms(
        &self,
        caller: &Caller,
        id: Option<SynonymId>,
        words: Vec<String>,
    ) -> Result<(SynonymId, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WordsChanged).await?;
        may(&work.directory, caller, Right::Platform, &Target::platform())?;
        let words = serde_json::to_string(&accepted(words)?)?;
        // Whoever changes synonyms waits here for who changes them now.
        moved(&mut work).await?;
        let group = match id {
            Some(id) => {
                work.row(&KNOWN, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
                work.run(&UPDATE, &[id.into(), words.into(), work.at.into()]).await?;
                work.record(AnyId::SynonymId(id), Effect::Changed);
                id
            }
            None => {
                let groups: i64 = work.row(&COUNT, &[]).await?.map_or(Ok(0), |row| row.get(0))?;
                if groups >= MOST_GROUPS as i64 {
                    let (message, english) =
                        (format!("最多{MOST_GROUPS}组同义词"), format!("at most {MOST_GROUPS} groups"));
                    return Err(Refusal::new(RefusalCode::WrongState, "", message, english).into());
                }
                let id = SynonymId(work.library().new_id());
                work.run(&INSERT, &[id.into(), words.into(), work.at.into()]).await?;
                work.record(AnyId::SynonymId(id), Effect::Entered);
                id
            }
        };
        work.list(List::synonyms());
        commit_as(work, |position| (group, position)).await
    }
}

/// Every node reads the synonyms again.
pub(super) async fn moved(work: &mut Work) -> Result<()> {
    work.run(&MOVED, &[]).await?;
    Ok(())
}

fn accepted(words: Vec<String>) -> Result<Vec<String>> {
    if words.len() > MOST_WORDS {
        let (message, english) = (format!("每组最多{MOST_WORDS}个词"), format!("at most {MOST_WORDS} words"));
        return Err(Refusal::new(RefusalCode::TooLong, "words", message, english).into());
    }
    let mut accepted: Vec<String> = Vec::with_capacity(words.len());
    for (number, word) in words.iter().enumerate() {
        let word = text::require(&format!("words.{number}"), word, 50)?;
        if !accepted.contains(&word) {
            accepted.push(word);
        }
    }
    if accepted.len() < 2 {
        let (message, english) = ("同义词至少要有两个词", "synonyms are two words at least");
        return Err(Refusal::new(RefusalCode::Required, "words", message, english).into());
    }
    Ok(accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_two_different_words_at_least() {
        let words = |words: &[&str]| accepted(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words(&[" 公积金 ", "住房公积金", "公积金"]).expect("words"), ["公积金", "住房公积金"]);
        assert!(words(&["公积金", "公积金"]).is_err());
        assert!(words(&["公积金", ""]).is_err());
        assert!(words(&["词"; 21]).is_err());
    }
}
