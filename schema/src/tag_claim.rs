//! Claims on tags (标签认领), and tags that are suggested for a text, as the contract shows them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use library::Scope;
use library::id::TagClaimId;

use crate::account::Account;
use crate::deed::{Payload, UserError, afterwards, caller, done, written};
use crate::organisation::Organisation;
use crate::scalars::{DateTime, id, kept};
use crate::tag::Tag;

/// Where a claim stands (认领状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::tag::TagClaimState")]
pub enum TagClaimState {
    /// It waits for the tag office (待确认).
    Open,
    /// The organisation looks after the tag (已确认).
    Granted,
    /// It was refused (未通过).
    Refused,
}

/// A claim on a tag.
#[derive(Clone)]
pub struct TagClaim {
    claim: library::tag::TagClaim,
    /// The tag as it is where the claim was read: after a deed it may have another steward than before.
    tag: Option<Arc<library::tag::Tag>>,
}

impl TagClaim {
    /// A claim as a scope knows it.
    pub fn of(scope: &Scope, claim: library::tag::TagClaim) -> Self {
        Self { tag: scope.tag_on_desk(claim.tag), claim }
    }

    /// Whether it is what this identifier names.
    pub fn is(&self, id: TagClaimId) -> bool {
        self.claim.id == id
    }
}

/// An organisation's claim on a tag (标签认领). Seen by who decides it, who made it, and who writes for the organisation.
#[Object]
impl TagClaim {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.claim.id.into()
    }

    /// Which tag (标签).
    async fn tag(&self) -> Result<Tag> {
        kept(self.tag.clone(), "tag of a claim").map(Tag)
    }

    /// For which organisation (认领单位).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        kept(crate::scope(ctx).organisation(self.claim.organisation), "organisation of a claim").map(Organisation)
    }

    /// Why (理由).
    async fn reason(&self) -> Option<&str> {
        self.claim.reason.as_deref()
    }

    /// Where it stands (认领状态).
    async fn state(&self) -> TagClaimState {
        self.claim.state.into()
    }

    /// When it was made (申请时间).
    async fn created_at(&self) -> DateTime {
        self.claim.created_at.utc()
    }

    /// Who decided (审核人); null while it is open, and for an account that the asker may not see.
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<Account> {
        self.claim.decided_by.and_then(|id| crate::scope(ctx).account(id)).map(Account::whole)
    }
}

/// A tag that an organisation claims (认领标签).
#[derive(Debug, Clone, InputObject)]
pub struct ClaimTagInput {
    /// Which tag (标签).
    pub tag: ID,
    /// For which organisation; the asker must write for it (认领单位).
    pub organisation: ID,
    /// Why (理由).
    pub reason: Option<String>,
}

/// What the tag office says to a claim (确认认领).
#[derive(Debug, Clone, InputObject)]
pub struct DecideClaimInput {
    /// Which claim (认领申请).
    pub claim: ID,
    /// Whether it is granted (确认).
    pub grant: bool,
    /// Why; must be given where it is refused (理由).
    pub reason: Option<String>,
}

/// What came of a claim (认领结果).
#[derive(Default, SimpleObject)]
pub struct ClaimTagPayload {
    /// The claim (认领申请).
    claim: Option<TagClaim>,
    /// The position of the change (变更位置): a reader that has reached it sees what was done.
    position: Option<String>,
    /// Why nothing was done; empty if it was (操作错误).
    user_errors: Vec<UserError>,
}

impl Payload for ClaimTagPayload {
    fn refused(user_errors: Vec<UserError>) -> Self {
        Self { user_errors, ..Self::default() }
    }
}

/// The payload with the claim as it is now.
async fn with_claim(
    ctx: &Context<'_>,
    caller: library::Caller,
    payload: ClaimTagPayload,
    claim: Option<TagClaimId>,
) -> Result<ClaimTagPayload> {
    let Some(id) = claim.filter(|_| payload.position.is_some()) else { return Ok(payload) };
    let scope = afterwards(ctx, caller);
    let claim = scope.tag_claim(id).await.map_err(crate::error)?.map(|claim| TagClaim::of(&scope, claim));
    Ok(ClaimTagPayload { claim, ..payload })
}

/// Claims a tag.
pub async fn claim_tag(ctx: &Context<'_>, input: ClaimTagInput) -> Result<ClaimTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let claim =
        library::tag::ClaimTag { tag: id(&input.tag)?, organisation: id(&input.organisation)?, reason: input.reason };
    let asker = caller.clone();
    let deed = async move { library.claim_tag(&asker, claim).await };
    let mut claimed = None;
    let payload = done(ctx, deed, |(id, position)| {
        claimed = Some(id);
        ClaimTagPayload { position: written(position), ..ClaimTagPayload::default() }
    })
    .await?;
    with_claim(ctx, caller, payload, claimed).await
}

/// Decides a claim.
pub async fn decide_claim(ctx: &Context<'_>, input: DecideClaimInput) -> Result<ClaimTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let claim = id(&input.claim)?;
    let asker = caller.clone();
    let deed = async move { library.decide_claim(&asker, claim, input.grant, input.reason.as_deref()).await };
    let shown = |position| ClaimTagPayload { position: written(position), ..ClaimTagPayload::default() };
    let payload = done(ctx, deed, shown).await?;
    with_claim(ctx, caller, payload, Some(claim)).await
}

/// A tag that is suggested for a text (标签推荐).
#[derive(SimpleObject)]
pub struct TagSuggestion {
    /// The tag (标签).
    tag: Tag,
    /// How well it fits beside the others (分值): what its words count for, times how rare the tag is in the library.
    score: f64,
    /// Which of its words stand where (依据).
    reason: String,
}

impl TagSuggestion {
    /// One with its reason in words.
    pub fn of(suggestion: library::tag::TagSuggestion) -> Self {
        let mut reasons = Vec::new();
        if !suggestion.in_title.is_empty() {
            reasons.push(format!("标题中有“{}”", suggestion.in_title.join("”、“")));
        }
        let times = suggestion.in_body.iter().map(|(word, times)| format!("“{word}”{times}次"));
        let times: Vec<String> = times.collect();
        if !times.is_empty() {
            reasons.push(format!("正文中有{}", times.join("、")));
        }
        Self { tag: Tag(suggestion.tag), score: suggestion.score, reason: reasons.join("；") }
    }
}
