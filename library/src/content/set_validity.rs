//! Setting the validity of a policy (setValidity), and what the clock changes by itself: policies coming into and
//! going out of force, answers and notices ending. A repealed document stays readable and is marked.

use super::kind::{ContentKind, Details, Glance, KnowledgeGlance, NoticeGlance, Validity, ValidityState};
use super::live;
use super::row::Detail;
use super::working::{lock, working};
use crate::changes::{Action, Caller, Effect, List, Work, commit};
use crate::database::Sql;
use crate::id::{AnyId, ContentId};
use crate::instant::Date;
use crate::may::{Right, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// What is to hold of a policy.
#[derive(Debug, Clone)]
pub struct SetValidity {
    /// What holds.
    pub validity: Validity,
    /// Since which day; the day of the deed if not given.
    pub since: Option<Date>,
    /// The policy that makes it so.
    pub basis: Option<ContentId>,
    /// What an editor says of it.
    pub note: Option<String>,
}

static REMEMBER: Sql = Sql::new(
    "insert into working_validity (content_id, document) values ($1, $2)
     on conflict (content_id) do update set document = excluded.document",
);
static DETAIL: Sql = Sql::new("select document from content_detail where content_id = $1");

impl Library {
    /// Sets the validity of a policy; dates no longer change it.
    ///
    /// # Errors
    /// Refuses an unknown content, who may not publish it, and one that is no policy.
    pub async fn set_validity(&self, caller: &Caller, id: ContentId, set: SetValidity) -> Result<Position> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::ValiditySet).await?;
        let before = working(&mut work, id).await?;
        before.require(&work, caller, Right::Publish)?;
        if before.kind != ContentKind::Policy {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "id",
                "只有政策文件有有效性",
                "only policies have a validity",
            )
            .into());
        }
        if let Some(basis) = set.basis {
            let found = working(&mut work, basis).await.map_err(|_| Refusal::not_found("basis"))?;
            if found.kind != ContentKind::Policy {
                return Err(Refusal::not_found("basis").into());
            }
        }
        let state = ValidityState {
            validity: set.validity,
            since: set.since.or_else(|| Some(work.library().zone().date(work.at))),
            basis: set.basis,
            note: set.note.map(|note| text::accept("note", &note, 500)).transpose()?,
            set: true,
        };
        work.run(&REMEMBER, &[id.into(), serde_json::to_string(&state)?.into()]).await?;
        if let Some(was) = live::live(&mut work, id).await? {
            live::change_card(&mut work, was, |card| {
                if let Some(policy) = card.policy_mut() {
                    policy.state = state;
                }
            })
            .await?;
        }
        work.site = Some(before.site);
        work.list(List::working(id));
        work.record(AnyId::ContentId(id), Effect::Changed);
        commit(work).await
    }
}

/// A policy comes into force or expires by its own dates, unless somebody set its validity.
pub(crate) async fn pass_validity(work: &mut Work, id: ContentId) -> Result<()> {
    let today = work.library().zone().date(work.at);
    lock(work, id).await?;
    let Some(was) = live::live(work, id).await? else { return Ok(()) };
    let Some(policy) = was.content.card.policy().cloned() else { return Ok(()) };
    if policy.state.set {
        return Ok(());
    }
    let next = match (policy.effective_on, policy.expires_on) {
        (_, Some(last)) if last < today => (Validity::Expired, last.succ_opt()),
        (Some(first), _) if first <= today && policy.state.validity == Validity::NotYetEffective => {
            (Validity::Effective, Some(first))
        }
        _ => return Ok(()),
    };
    live::change_card(work, was, |card| {
        if let Some(policy) = card.policy_mut() {
            policy.state.validity = next.0;
            policy.state.since = next.1;
        }
    })
    .await
}

/// An answer's validity ends.
pub(crate) async fn expire_entry(work: &mut Work, id: ContentId) -> Result<()> {
    let today = work.library().zone().date(work.at);
    lock(work, id).await?;
    let Some(was) = live::live(work, id).await? else { return Ok(()) };
    let Glance::KnowledgeEntry(entry) = &was.content.card.glance else { return Ok(()) };
    let entry = KnowledgeGlance::on(entry.valid_until, today);
    live::change_card(work, was, |card| card.glance = Glance::KnowledgeEntry(entry)).await
}

/// The period of a notice begins or ends.
pub(crate) async fn move_notice(work: &mut Work, id: ContentId) -> Result<()> {
    let today = work.library().zone().date(work.at);
    lock(work, id).await?;
    let Some(was) = live::live(work, id).await? else { return Ok(()) };
    let row = work.row(&DETAIL, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("id"))?;
    let detail: Detail = row.json(0)?;
    let Details::Notice(notice) = detail.details else { return Ok(()) };
    let phase = notice.phase(today);
    live::change_card(work, was, |card| card.glance = Glance::Notice(NoticeGlance { phase })).await
}
