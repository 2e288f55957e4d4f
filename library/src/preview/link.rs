//! Making a preview link (previewLink): bound to one revision of one content and to one site.

use serde::{Deserialize, Serialize};

use crate::changes::{Action, Caller, List, commit_as};
use crate::content::working;
use crate::database::Sql;
use crate::id::{ContentId, PreviewId, SiteId};
use crate::instant::Instant;
use crate::may::{Right, has_role, require_somebody};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// How long a link is good where nobody says otherwise, in microseconds: a day.
const USUAL: i64 = 24 * 3600 * 1_000_000;
/// The longest that a link is good: 30 days.
const LONGEST: i64 = 30 * USUAL;

/// A preview link to be made.
#[derive(Debug, Clone, Copy)]
pub struct PreviewLink {
    /// To which content.
    pub id: ContentId,
    /// To which of its revisions.
    pub revision: i64,
    /// On which site.
    pub site: SiteId,
    /// Until when it is good; a day if not given.
    pub expires_at: Option<Instant>,
}

/// A preview link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    /// The link.
    pub id: PreviewId,
    /// The token, answered once; a repeat of the same request is answered without it.
    #[serde(skip)]
    pub token: Option<String>,
    /// Until when it is good.
    pub expires_at: Instant,
    /// The position of the deed.
    pub position: Position,
}

static INSERT: Sql = Sql::new(
    "insert into preview_link (id, digest, content_id, revision, site_id, account, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)",
);
static THERE: Sql = Sql::new("select number from revision where content_id = $1 and number = $2");

impl Library {
    /// Makes a link by which who brings it sees this revision in its place on this site.
    ///
    /// # Errors
    /// Refuses an unknown content, revision or site, who may neither edit nor review the content, an end that has passed, and
    /// one that is more than 30 days away.
    pub async fn preview_link(&self, caller: &Caller, input: PreviewLink) -> Result<Previewed> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::PreviewLinked).await?;
        let before = working(&mut work, input.id).await?;
        if !has_role(&work.directory, Some(caller), &before.target(&work.directory)) {
            before.require(&work, caller, Right::Edit)?;
        }
        if work.row(&THERE, &[input.id.into(), input.revision.into()]).await?.is_none() {
            return Err(Refusal::not_found("revision").into());
        }
        if work.directory.sites.get(input.site).is_none() {
            return Err(Refusal::not_found("site").into());
        }
        let expires_at = input.expires_at.unwrap_or(Instant(work.at.0 + USUAL));
        if expires_at <= work.at || expires_at.0 > work.at.0 + LONGEST {
            let (message, english) = ("有效期应在30天以内", "it is good for at most 30 days");
            return Err(Refusal::new(RefusalCode::Invalid, "expires_at", message, english).into());
        }
        let mut random = [0; 32];
        random[..16].copy_from_slice(&self.clock().random());
        random[16..].copy_from_slice(&self.clock().random());
        let token = identity::Opaque::new(identity::Kind::Preview, random);
        let id = PreviewId(self.new_id());
        let actor = work.actor.clone();
        let params = [
            id.into(),
            token.digest().into(),
            input.id.into(),
            input.revision.into(),
            input.site.into(),
            actor.into(),
            work.at.into(),
            expires_at.into(),
        ];
        work.run(&INSERT, &params).await?;
        work.site = Some(before.site);
        work.revision = Some(input.revision);
        work.list(List::working(input.id));
        let token = Some(token.reveal().to_owned());
        commit_as(work, |position| Previewed { id, token, expires_at, position }).await
    }
}
