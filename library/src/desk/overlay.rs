//! A revision shown as if it were live (编辑视图、预览): to who may see it on the desk, or who brings a preview link to it.
//!
//! The live tables are read as ever; what is worked on is laid over single contents. What a preview link shows is laid over
//! lists as well: by `preview`, not here.

use std::sync::Arc;

use crate::attachment::Attached;
use crate::content::{Body, ContentFields, Detail, LinkTarget};
use crate::content::{Draft, Files, LiveContent, Publication, Working, body, card};
use crate::database::Sql;
use crate::id::{AttachmentId, ContentId};
use crate::instant::Instant;
use crate::link::{ContentLink, LinkDirection};
use crate::may::has_role;
use crate::refusal::Result;
use crate::{Audience, Scope};

static REVISION: Sql = Sql::new("select at, document from revision where content_id = $1 and number = $2");
static VALIDITY: Sql = Sql::new("select document from working_validity where content_id = $1");
static ATTACHMENTS: Sql = Sql::new("select id, document from attachment where id in ids($1)");
static BY_SHORT: Sql = Sql::new("select content_id from working where short_id = $1");

impl Scope {
    /// The content whose revision is shown to who asks in the place of what is live: that of the preview link, or any on the
    /// desk of an editor who asked for the editorial audience.
    pub(crate) async fn overlaid(&self, id: ContentId) -> Result<Option<Arc<LiveContent>>> {
        if let Some(laid) = self.preview().filter(|laid| laid.preview.content == id) {
            return Ok(Some(laid.content.clone()));
        }
        if self.audience() != Audience::Editorial {
            return Ok(None);
        }
        let Some(caller) = self.caller().cloned() else { return Ok(None) };
        let Some(working) = self.working_row(id).await? else { return Ok(None) };
        let directory = self.directory();
        if working.live_revision == Some(working.revision)
            || !has_role(&directory, Some(&caller), &working.target(&directory))
        {
            return Ok(None);
        }
        self.as_draft(&working, working.revision).await
    }

    /// The same by the short id that addresses end in.
    pub(crate) async fn overlaid_by_short(&self, short: &str) -> Result<Option<Arc<LiveContent>>> {
        if let Some(laid) = self.preview().filter(|laid| laid.preview.content.short() == short) {
            return Ok(Some(laid.content.clone()));
        }
        if self.audience() != Audience::Editorial || self.caller().is_none() {
            return Ok(None);
        }
        let rows = self.rows(&BY_SHORT, vec![short.into()]).await?;
        match rows.first() {
            Some(row) => self.overlaid(row.get(0)?).await,
            None => Ok(None),
        }
    }

    /// A revision of a content as it would be shown, if it is there; only for who was shown the content.
    pub async fn as_draft(&self, working: &Working, number: i64) -> Result<Option<Arc<LiveContent>>> {
        let rows = self.rows(&REVISION, vec![working.id.into(), number.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (saved_at, fields): (Instant, ContentFields) = (row.get(0)?, row.json(1)?);
        let ids: Vec<AttachmentId> = fields.files();
        let files = match ids.is_empty() {
            true => Files::default(),
            false => Files::of(&self.rows(&ATTACHMENTS, vec![ids.as_slice().into()]).await?)?,
        };
        let set = self.rows(&VALIDITY, vec![working.id.into()]).await?.first().map(|row| row.json(0)).transpose()?;
        let zone = self.library().zone();
        let publication = Publication { today: zone.date(saved_at), zone, set, was: None };
        let html = self.library().sign_html(&fields.body_html, self.library().signed_until());
        let mut card = card(&publication, &fields, &files)?;
        card.cover = card.cover.map(Attached::signed);
        let draft = Draft {
            state: working.state,
            published_at: working.published_at,
            detail: Arc::new(Detail {
                // Nothing public shows them yet: their addresses prove that who asked may see them.
                attachments: files.uses(&fields.attachments)?.into_iter().map(Attached::signed).collect(),
                fields: fields.fields.clone(),
                details: fields.details.clone(),
            }),
            body: Arc::new(Body { text: body::text(&fields.body_html), html }),
            links: self.draft_links(working.id, &fields).await?,
        };
        Ok(Some(Arc::new(LiveContent {
            id: working.id,
            kind: working.kind,
            home_site: working.site,
            home_column: fields.columns.first().copied(),
            publisher: fields.publisher,
            language: fields.language.clone(),
            published_at: working.published_at.unwrap_or(saved_at),
            updated_at: saved_at,
            index_number: working.index_number.clone(),
            origin: fields.origin.as_ref().map(|origin| (origin.system.clone(), origin.id.clone())),
            revision: number,
            card: card.into(),
            draft: Some(Arc::new(draft)),
        })))
    }

    /// The links of a revision to what is live, and those of live contents to it.
    async fn draft_links(&self, id: ContentId, fields: &ContentFields) -> Result<Vec<ContentLink>> {
        let ends: Vec<ContentId> = fields.linked().collect();
        let found = self.live_contents(&ends).await?;
        let out = fields.links.iter().filter_map(|link| {
            let (content, page) = match &link.to {
                LinkTarget::Content(to) => (Some(found.iter().find(|content| content.id == *to)?.clone()), None),
                LinkTarget::Page { title, url } => (None, Some((title.clone(), url.clone()))),
            };
            let (kind, note) = (link.kind, link.note.clone());
            Some(ContentLink { kind, direction: LinkDirection::Out, note, content, page })
        });
        let mut links: Vec<ContentLink> = out.collect();
        let others = self.links(&[id]).await?.remove(&id).unwrap_or_default();
        links.extend(others.into_iter().filter(|link| link.direction == LinkDirection::In));
        Ok(links)
    }
}
