//! Leaders of organisations (领导信息): name, position, photo, duties; 条例 20(2).

mod appoint;
mod edit;
mod rules;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Scope;
use crate::attachment::Attached;
use crate::changes::{Action, List};
use crate::database::{Row, Sql};
use crate::directory::Entry;
use crate::id::{AnyId, ColumnId, LeaderId, OrganisationId};
use crate::refusal::Result;

/// What describes a leader.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LeaderFields {
    /// 姓名.
    pub name: String,
    /// 职务.
    pub position: String,
    /// Order within the organisation, smallest first.
    #[serde(default)]
    pub rank: i64,
    /// 照片.
    #[serde(default)]
    pub photo: Option<Attached>,
    /// 简历, HTML.
    #[serde(default)]
    pub biography: Option<String>,
    /// 分工.
    #[serde(default)]
    pub duties: Option<String>,
    /// The column of the leader's activities.
    #[serde(default)]
    pub activities: Option<ColumnId>,
}

/// A leader of an organisation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Leader {
    /// Its identifier.
    pub id: LeaderId,
    /// Where.
    pub organisation: OrganisationId,
    /// What describes the leader.
    #[serde(flatten)]
    pub fields: LeaderFields,
}

impl Entry for Leader {
    type Id = LeaderId;
    const CHANGED_BY: &'static [Action] = &[Action::OrganisationChanged];

    fn load() -> &'static Sql {
        static ALL: Sql = Sql::new("select id, organisation_id, document from leader order by rank, id");
        &ALL
    }

    fn read(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get(0)?, organisation: row.get(1)?, fields: row.json(2)? })
    }

    fn id(&self) -> LeaderId {
        self.id
    }
}

impl List {
    /// The leaders of an organisation.
    pub(crate) fn leaders(organisation: OrganisationId) -> Self {
        Self::Of("leaders", AnyId::OrganisationId(organisation))
    }
}

impl Scope {
    /// A leader.
    pub fn leader(&self, id: LeaderId) -> Option<Arc<Leader>> {
        self.note_record(AnyId::LeaderId(id));
        self.directory().leaders.get(id).cloned()
    }

    /// The leaders of an organisation, by rank.
    pub fn leaders(&self, organisation: OrganisationId) -> Vec<Arc<Leader>> {
        self.note_list(List::leaders(organisation));
        let of = |leader: &&Arc<Leader>| leader.organisation == organisation;
        self.directory().leaders.all().iter().filter(of).cloned().collect()
    }
}
