//! Government information that is disclosed by statute (政府信息公开; 条例 20).

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};
use crate::Directory;
use crate::code::CodeList;
use crate::content::check::known;
use crate::content::elements::Table;
use crate::refusal::Result;

/// What a disclosure has of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DisclosureDetails {
    /// 法定主动公开内容: a code of STATUTORY_CATEGORY.
    pub statutory_category: Option<String>,
}

impl Kind for DisclosureDetails {
    type Glance = ();

    fn check(&mut self, directory: &Directory) -> Result<()> {
        let path = "details.disclosure.statutory_category";
        known(directory, path, CodeList::StatutoryCategory, &self.statutory_category)
    }

    fn glance(&self, _: &Publication<'_>) {}

    fn elements(&self, (): &(), table: &mut Table<'_>) {
        table.code("statutoryCategory", "法定公开类别", CodeList::StatutoryCategory, &self.statutory_category);
    }
}
