//! Appointing, editing and removing leaders.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::attachment::Attached;
use library::leader::LeaderFields;

use super::given::{given_id, put, set};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::leader::Leader;
use crate::scalars::{Html, id};

/// A picture that was uploaded (图片).
#[derive(Debug, Clone, InputObject)]
pub struct PictureInput {
    /// Which file (附件).
    pub attachment: ID,
    /// Text instead of the picture (替代文本); the file's own if not given.
    pub alt: Option<String>,
    /// Text below the picture (图注).
    pub caption: Option<String>,
}

impl PictureInput {
    /// The picture as the deed takes it.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a malformed identifier.
    pub fn chosen(self) -> Result<Attached> {
        Ok(Attached::picture(id(&self.attachment)?, self.alt, self.caption))
    }
}

/// What may be said of a leader beside name and position (领导其他信息); what is not given stays, null removes.
#[derive(Clone, InputObject)]
pub struct LeaderDetailsInput {
    /// The order within the organisation, smallest first (排序).
    pub rank: Option<i32>,
    /// A photo (照片).
    pub photo: MaybeUndefined<PictureInput>,
    /// The leader's biography, as HTML that is cleaned (简历).
    pub biography_html: MaybeUndefined<Html>,
    /// What the leader is in charge of (工作分工).
    pub duties: MaybeUndefined<String>,
    /// The column of the leader's activities (领导活动).
    pub activities: MaybeUndefined<ID>,
}

impl LeaderDetailsInput {
    /// What is to be done to the fields of a leader.
    fn edit(self) -> Result<impl FnOnce(&mut LeaderFields) + Send + 'static> {
        let activities = given_id(&self.activities)?;
        let photo = match self.photo {
            MaybeUndefined::Undefined => MaybeUndefined::Undefined,
            MaybeUndefined::Null => MaybeUndefined::Null,
            MaybeUndefined::Value(photo) => MaybeUndefined::Value(photo.chosen()?),
        };
        Ok(move |leader: &mut LeaderFields| {
            put(&mut leader.rank, self.rank);
            set(&mut leader.photo, photo);
            set(&mut leader.biography, self.biography_html.map_value(|html| html.0));
            set(&mut leader.duties, self.duties);
            put(&mut leader.activities, activities);
        })
    }
}

/// A leader to be appointed (任命领导).
#[derive(Clone, InputObject)]
pub struct AppointLeaderInput {
    /// In which organisation (机构).
    pub organisation: ID,
    /// The leader's name (姓名).
    pub name: String,
    /// The leader's position (职务).
    pub position: String,
    /// What else is said of the leader (其他信息).
    #[graphql(flatten)]
    pub details: LeaderDetailsInput,
}

payload! {
    /// What came of appointing a leader (任命领导结果).
    AppointLeaderPayload {
        /// The leader (领导).
        leader: Leader,
    }
}

/// Appoints a leader.
pub async fn appoint_leader(ctx: &Context<'_>, input: AppointLeaderInput) -> Result<AppointLeaderPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let organisation = id(&input.organisation)?;
    let mut fields = LeaderFields {
        name: input.name,
        position: input.position,
        rank: 0,
        photo: None,
        biography: None,
        duties: None,
        activities: None,
    };
    input.details.edit()?(&mut fields);
    let asker = caller.clone();
    let deed = async move { library.appoint_leader(&asker, organisation, fields).await };
    done(ctx, deed, |(id, position)| AppointLeaderPayload {
        leader: afterwards(ctx, caller).leader(id).map(Leader::alone),
        position: written(position),
        ..AppointLeaderPayload::default()
    })
    .await
}

/// What of a leader is changed; what is not given stays (修改领导信息).
#[derive(Clone, InputObject)]
pub struct EditLeaderInput {
    /// Which leader (领导).
    pub id: ID,
    /// The leader's name (姓名).
    pub name: Option<String>,
    /// The leader's position (职务).
    pub position: Option<String>,
    /// What else is said of the leader (其他信息).
    #[graphql(flatten)]
    pub details: LeaderDetailsInput,
}

payload! {
    /// What came of editing a leader (修改领导信息结果).
    EditLeaderPayload {
        /// The leader (领导).
        leader: Leader,
    }
}

/// Edits a leader.
pub async fn edit_leader(ctx: &Context<'_>, input: EditLeaderInput) -> Result<EditLeaderPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let leader = id(&input.id)?;
    let details = input.details.edit()?;
    let edit = move |fields: &mut LeaderFields| {
        put(&mut fields.name, input.name);
        put(&mut fields.position, input.position);
        details(fields);
    };
    let asker = caller.clone();
    let deed = async move { library.edit_leader(&asker, leader, edit).await };
    done(ctx, deed, |position| EditLeaderPayload {
        leader: afterwards(ctx, caller).leader(leader).map(Leader::alone),
        position: written(position),
        ..EditLeaderPayload::default()
    })
    .await
}

/// A leader to be taken off (免去领导).
#[derive(Debug, Clone, InputObject)]
pub struct RemoveLeaderInput {
    /// Which leader (领导).
    pub id: ID,
    /// Why, for the history (原因).
    pub reason: Option<String>,
}

payload! {
    /// What came of taking a leader off (免去领导结果).
    RemoveLeaderPayload {}
}

/// Takes a leader off.
pub async fn remove_leader(ctx: &Context<'_>, input: RemoveLeaderInput) -> Result<RemoveLeaderPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let leader = id(&input.id)?;
    let deed = async move { library.remove_leader(&caller, leader, input.reason.as_deref()).await };
    done(ctx, deed, |position| RemoveLeaderPayload { position: written(position), ..Default::default() }).await
}
