//! Questions with their answers (答问知识); the question is the title, the answer the body.

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};
use crate::Directory;
use crate::code::CodeList;
use crate::content::check::{known, organisation};
use crate::content::elements::Table;
use crate::due::Due;
use crate::id::OrganisationId;
use crate::instant::{Date, DayZone, Instant};
use crate::refusal::Result;

/// What a knowledge entry has of its own (信阳); its question is the title, its answer the body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnowledgeDetails {
    /// The same question in other words.
    pub similar_questions: Vec<String>,
    /// A code of KNOWLEDGE_CATEGORY.
    pub category: Option<String>,
    /// 材料性质: a code of LOCAL.
    pub material_kind: Option<String>,
    /// Where it holds.
    pub region: Option<String>,
    /// Who answers for it.
    pub responsible: Option<OrganisationId>,
    /// The last day on which it holds.
    pub valid_until: Option<Date>,
}

/// What lists show of a knowledge entry beyond what all kinds have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnowledgeGlance {
    /// The last day on which it holds.
    pub valid_until: Option<Date>,
    /// Whether that has passed: state, changed by the clock deed.
    pub expired: bool,
}

impl KnowledgeGlance {
    /// As it is on `today`.
    pub(in crate::content) fn on(valid_until: Option<Date>, today: Date) -> Self {
        Self { valid_until, expired: valid_until.is_some_and(|last| last < today) }
    }
}

impl Kind for KnowledgeDetails {
    type Glance = KnowledgeGlance;

    fn check(&mut self, directory: &Directory) -> Result<()> {
        organisation(directory, "details.knowledge_entry.responsible", self.responsible)?;
        for (path, list, code) in [
            ("details.knowledge_entry.category", CodeList::KnowledgeCategory, &self.category),
            ("details.knowledge_entry.material_kind", CodeList::Local, &self.material_kind),
        ] {
            known(directory, path, list, code)?;
        }
        Ok(())
    }

    fn glance(&self, publication: &Publication<'_>) -> KnowledgeGlance {
        KnowledgeGlance::on(self.valid_until, publication.today)
    }

    fn dues(&self, zone: DayZone) -> Vec<(Instant, Due)> {
        self.valid_until.map(|day| (zone.end(day), Due::EntryExpires)).into_iter().collect()
    }

    fn elements(&self, _: &KnowledgeGlance, table: &mut Table<'_>) {
        table.code("category", "问题分类", CodeList::KnowledgeCategory, &self.category);
        table.organisation("responsible", "责任单位", self.responsible);
        table.row("region", "适用区域", self.region.clone());
        table.date("validUntil", "有效期至", self.valid_until);
    }
}
