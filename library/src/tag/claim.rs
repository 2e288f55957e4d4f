//! Claiming a tag (claimTag, 标签认领): an organisation says that it looks after it, and the tag office confirms (decideClaim).

use super::TagState;
use crate::Scope;
use crate::changes::{Action, Caller, Effect, List, Who, Work, commit_as};
use crate::database::{Row, Sql, Value};
use crate::id::{AccountId, AnyId, OrganisationId, TagClaimId, TagId};
use crate::instant::Instant;
use crate::may::{Right, Seen, Target, may, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Directory, Library, Position, text};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum TagClaimState {
    Open,
    Granted,
    Refused,
}

/// A claim to be made.
#[derive(Debug, Clone)]
pub struct ClaimTag {
    /// Which tag.
    pub tag: TagId,
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Why.
    pub reason: Option<String>,
}

/// An organisation's claim on a tag.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct TagClaim {
    pub id: TagClaimId,
    pub tag: TagId,
    pub organisation: OrganisationId,
    pub reason: Option<String>,
    pub state: TagClaimState,
    pub created_at: Instant,
    pub decided_by: Option<AccountId>,
    created_by: Option<AccountId>,
}

const CLAIM: &str = "id, tag_id, organisation_id, reason, state, created_at, decided_by, created_by";
/// How many claims a list reads: the newest.
const MOST: i64 = 1000;

static INSERT: Sql = Sql::new(
    "insert into tag_claim (id, tag_id, organisation_id, reason, state, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7)",
);
static OPEN: Sql = Sql::new("select id from tag_claim where tag_id = $1 and organisation_id = $2 and state = 'OPEN'");
static DECIDE: Sql =
    Sql::new("update tag_claim set state = $2, decided_by = $3, decided_at = $4 where id = $1 and state = 'OPEN'");

impl TagClaim {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            tag: row.get(1)?,
            organisation: row.get(2)?,
            reason: row.get(3)?,
            state: row.text(4).and_then(|text| text.parse().ok()).unwrap_or(TagClaimState::Refused),
            created_at: row.get(5)?,
            decided_by: row.get(6)?,
            created_by: row.get(7)?,
        })
    }
}

/// An organisation with the sites that it sponsors: who writes for it speaks for it here.
fn unit(directory: &Directory, id: OrganisationId) -> Option<Target> {
    directory.organisations.get(id)?;
    Some(Target { seen: Seen::Everybody, ..Target::colleagues(directory, Some(id)) })
}

fn account(caller: &Caller) -> Option<AccountId> {
    match caller.who {
        Who::Account(account, _) => Some(account),
        Who::Program | Who::Nobody => None,
    }
}

impl List {
    /// The claims on tags.
    pub(crate) fn tag_claims() -> Self {
        Self::All("tag-claims")
    }
}

impl Library {
    /// Claims a tag for an organisation.
    ///
    /// # Errors
    /// Refuses who writes nothing for the organisation, an unknown organisation or tag, a tag that is not active, one that
    /// it looks after already, and a claim that is open already.
    pub async fn claim_tag(&self, caller: &Caller, input: ClaimTag) -> Result<(TagClaimId, Position)> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        let directory = work.directory.clone();
        let unit = unit(&directory, input.organisation);
        may_at(&directory, caller, Right::Draft, unit.as_ref(), "organisation")?;
        let tag = directory.tags.get(directory.tag_of(input.tag)).filter(|tag| tag.state == TagState::Active);
        let tag = tag.ok_or_else(|| Refusal::not_found("tag"))?;
        if tag.fields.steward == Some(input.organisation) {
            let (message, english) = ("该单位已认领此标签", "it looks after it already");
            return Err(Refusal::new(RefusalCode::WrongState, "tag", message, english).into());
        }
        if work.row(&OPEN, &[tag.id.into(), input.organisation.into()]).await?.is_some() {
            return Err(Refusal::duplicate("tag").into());
        }
        let reason = input.reason.map(|reason| text::accept("reason", &reason, 500)).transpose()?;
        let id = TagClaimId(self.new_id());
        let state: &str = TagClaimState::Open.into();
        let params = [
            id.into(),
            tag.id.into(),
            input.organisation.into(),
            reason.filter(|reason| !reason.is_empty()).into(),
            state.into(),
            work.at.into(),
            account(caller).into(),
        ];
        work.run(&INSERT, &params).await?;
        tell(&mut work, id, Effect::Entered);
        commit_as(work, |position| (id, position)).await
    }

    /// Grants a claim, which makes the organisation the tag's steward (牵头单位), or refuses it.
    ///
    /// # Errors
    /// Refuses who does not keep all tags, an unknown claim, one that was decided, and a refusal without a reason.
    pub async fn decide_claim(
        &self,
        caller: &Caller,
        id: TagClaimId,
        grant: bool,
        reason: Option<&str>,
    ) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagChanged).await?;
        let directory = work.directory.clone();
        may_at(&directory, caller, Right::Steward, Some(&Target::platform()), "claim")?;
        let sql = Sql::built(format!("select {CLAIM} from tag_claim where id = $1"));
        let row = work.row(&sql, &[id.into()]).await?.ok_or_else(|| Refusal::not_found("claim"))?;
        let claim = TagClaim::read(&row)?;
        let reason = text::accept("reason", reason.unwrap_or_default(), 500)?;
        if !grant {
            text::require("reason", &reason, 500)?;
        }
        let state = if grant { TagClaimState::Granted } else { TagClaimState::Refused };
        let name: &str = state.into();
        if claim.state != TagClaimState::Open
            || work.run(&DECIDE, &[id.into(), name.into(), account(caller).into(), work.at.into()]).await? == 0
        {
            let (message, english) = ("该认领申请已处理", "it was decided already");
            return Err(Refusal::new(RefusalCode::WrongState, "claim", message, english).into());
        }
        if grant {
            let tag = directory.tags.get(directory.tag_of(claim.tag)).ok_or_else(|| Refusal::not_found("claim"))?;
            let mut fields = tag.fields.clone();
            fields.steward = Some(claim.organisation);
            super::edit::write(&mut work, tag, tag.state, &fields).await?;
        }
        work.reason = Some(reason).filter(|reason| !reason.is_empty());
        tell(&mut work, id, Effect::Changed);
        commit_as(work, |position| position).await
    }
}

fn tell(work: &mut Work, id: TagClaimId, effect: Effect) {
    work.record(AnyId::TagClaimId(id), effect);
    work.list(List::tag_claims());
}

impl Scope {
    /// Whether the asker may see a claim: who decides, who made it, and who writes for its organisation.
    fn sees_claim(&self, claim: &TagClaim) -> bool {
        let (directory, Some(caller)) = (self.directory(), self.caller()) else { return false };
        let decides = || may(&directory, caller, Right::Steward, &Target::platform()).is_ok();
        let writes = || {
            unit(&directory, claim.organisation)
                .is_some_and(|unit| may(&directory, caller, Right::Draft, &unit).is_ok())
        };
        (claim.created_by.is_some() && claim.created_by == account(caller)) || decides() || writes()
    }

    /// The claims that the asker may see, the newest first; of one state, if one is given.
    pub async fn tag_claims(&self, state: Option<TagClaimState>) -> Result<Vec<TagClaim>> {
        self.note_list(List::tag_claims());
        let text = format!(
            "select {CLAIM} from tag_claim where ($1 or state = $2) order by created_at desc, id desc limit $3"
        );
        let name: &str = state.unwrap_or(TagClaimState::Open).into();
        let params: Vec<Value> = vec![state.is_none().into(), name.into(), MOST.into()];
        let rows = self.rows(&Sql::built(text), params).await?;
        let claims = rows.iter().map(TagClaim::read).collect::<Result<Vec<_>>>()?;
        Ok(claims.into_iter().filter(|claim| self.sees_claim(claim)).collect())
    }

    /// A claim that the asker may see.
    pub async fn tag_claim(&self, id: TagClaimId) -> Result<Option<TagClaim>> {
        self.note_record(AnyId::TagClaimId(id));
        let sql = Sql::built(format!("select {CLAIM} from tag_claim where id = $1"));
        let rows = self.rows(&sql, vec![id.into()]).await?;
        let claim = rows.first().map(TagClaim::read).transpose()?;
        Ok(claim.filter(|claim| self.sees_claim(claim)))
    }
}
