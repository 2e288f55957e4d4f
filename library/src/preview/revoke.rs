//! Revoking preview links (revokePreview): one, or all of a content.

use crate::changes::{Action, Caller, List, commit_as};
use crate::content::working;
use crate::database::Sql;
use crate::id::{ContentId, PreviewId};
use crate::may::{Right, has_role, require_somebody};
use crate::refusal::{Refusal, Result};
use crate::{Library, Position};

static OF: Sql = Sql::new("select content_id from preview_link where id = $1");
static REVOKE: Sql = Sql::new("update preview_link set revoked_at = $2 where id = $1 and revoked_at is null");
static REVOKE_ALL: Sql =
    Sql::new("update preview_link set revoked_at = $2 where content_id = $1 and revoked_at is null");

impl Library {
    /// Makes a preview link good for nothing, or with `content` all links to it; answers how many there were.
    ///
    /// # Errors
    /// Refuses an unknown link or content, and who may not see the content on the desk.
    pub async fn revoke_preview(
        &self,
        caller: &Caller,
        link: Option<PreviewId>,
        content: Option<ContentId>,
    ) -> Result<(u64, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::PreviewLinked).await?;
        let of_link = match link {
            Some(link) => work.row(&OF, &[link.into()]).await?.map(|row| row.get(0)).transpose()?,
            None => None,
        };
        let id: ContentId = of_link.or(content).ok_or_else(|| Refusal::not_found("link"))?;
        let before = working(&mut work, id).await?;
        if !has_role(&work.directory, Some(caller), &before.target(&work.directory)) {
            before.require(&work, caller, Right::Edit)?;
        }
        let revoked = match link {
            Some(link) => work.run(&REVOKE, &[link.into(), work.at.into()]).await?,
            None => work.run(&REVOKE_ALL, &[id.into(), work.at.into()]).await?,
        };
        if revoked > 0 {
            work.site = Some(before.site);
            work.reason = Some("撤销预览链接".to_owned());
            work.list(List::working(id));
        }
        commit_as(work, |position| (revoked, position)).await
    }
}
