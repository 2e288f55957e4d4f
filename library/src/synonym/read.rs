//! Reading synonyms: for the desk of who keeps the platform, and for every node's search.

use super::SynonymGroup;
use crate::changes::List;
use crate::database::{Row, Sql};
use crate::may::{Right, Target, may};
use crate::refusal::Result;
use crate::{Library, Scope};

static ALL: Sql = Sql::new("select id, words, changed_at from synonym_group order by id");
static REVISION: Sql = Sql::new("select revision from synonym_counter where one = 1");

fn group(row: &Row) -> Result<SynonymGroup> {
    Ok(SynonymGroup { id: row.get(0)?, words: row.json(1)?, changed_at: row.get(2)? })
}

impl Scope {
    /// The groups of synonyms, oldest first; none for who does not keep the platform.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn synonyms(&self) -> Result<Vec<SynonymGroup>> {
        self.note_list(List::synonyms());
        let directory = self.directory();
        let keeps =
            self.caller().is_some_and(|caller| may(&directory, caller, Right::Platform, &Target::platform()).is_ok());
        if !keeps {
            return Ok(Vec::new());
        }
        self.rows(&ALL, Vec::new()).await?.iter().map(group).collect()
    }
}

impl Library {
    /// The words of every group of synonyms.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn synonym_groups(&self) -> Result<Vec<Vec<String>>> {
        let rows = self.database().rows(&ALL, &[]).await?;
        rows.iter().map(|row| Ok(group(row)?.words)).collect()
    }

    /// Counts up with every change of a synonym.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn synonyms_revision(&self) -> Result<i64> {
        let rows = self.database().rows(&REVISION, &[]).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }
}
