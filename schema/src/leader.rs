//! Leaders of organisations (领导信息) as the contract shows them.
//!
//! Wraps the library's record, with the column of the leader's activities: the leaders of one organisation are shown
//! together, so their columns are kin.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::Scope;

use crate::attachment::Attachment;
use crate::body::Body;
use crate::column::Column;
use crate::kin::ColumnKin;
use crate::organisation::Organisation;
use crate::scalars::{int, kept};

/// A leader of an organisation.
#[derive(Clone)]
pub struct Leader {
    /// The library's record.
    pub leader: Arc<library::leader::Leader>,
    kin: Option<Arc<ColumnKin>>,
}

impl Leader {
    /// A leader who is shown alone.
    pub fn alone(leader: Arc<library::leader::Leader>) -> Self {
        Self { leader, kin: None }
    }

    /// Leaders who are shown together.
    pub fn together(scope: &Scope, leaders: Vec<Arc<library::leader::Leader>>) -> Vec<Self> {
        let column = |leader: &Arc<library::leader::Leader>| scope.column(leader.fields.activities?);
        let kin = Arc::new(ColumnKin::new(leaders.iter().filter_map(column).map(|column| column.id).collect()));
        leaders.into_iter().map(|leader| Self { leader, kin: Some(kin.clone()) }).collect()
    }
}

/// A leader of an organisation (领导信息; 政府信息公开条例第二十条第二项).
#[Object]
impl Leader {
    /// The identifier.
    async fn id(&self) -> ID {
        self.leader.id.into()
    }

    /// The leader's name (姓名).
    async fn name(&self) -> &str {
        &self.leader.fields.name
    }

    /// The leader's position (职务).
    async fn position(&self) -> &str {
        &self.leader.fields.position
    }

    /// The order within the organisation, smallest first (排序).
    async fn rank(&self) -> i32 {
        int(self.leader.fields.rank)
    }

    /// A photo (照片).
    async fn photo(&self) -> Option<Attachment> {
        self.leader.fields.photo.clone().map(Attachment)
    }

    /// The leader's biography (简历).
    async fn biography(&self) -> Option<Body> {
        self.leader.fields.biography.clone().map(Body::of_html)
    }

    /// What the leader is in charge of (工作分工).
    async fn duties(&self) -> Option<&str> {
        self.leader.fields.duties.as_deref()
    }

    /// The column of the leader's activities (领导活动).
    async fn activities(&self, ctx: &Context<'_>) -> Option<Column> {
        let column = crate::scope(ctx).column(self.leader.fields.activities?)?;
        Some(Column { column, kin: self.kin.clone() })
    }

    /// The organisation (所在机构).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        kept(crate::scope(ctx).organisation(self.leader.organisation), "organisation of a leader").map(Organisation)
    }
}
