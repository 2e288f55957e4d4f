//! Reading single contents, their details and bodies. Visibility is decided here.

use std::collections::HashMap;
use std::sync::Arc;

use super::document_number::DocumentNumber;
use super::filter::ContentLocator;
use super::row::{CONTENT, Detail, LiveContent};
use crate::changes::{KeyKind, List, key_of};
use crate::database::{Row, Sql, Value};
use crate::id::{AnyId, ContentId};
use crate::refusal::Result;
use crate::site::SiteLocator;
use crate::{Audience, Scope};

/// The body of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Sanitised HTML.
    pub html: String,
    /// Its text, one line a block.
    pub text: String,
}

static DETAILS: Sql = Sql::new("select content_id, document from content_detail where content_id in ids($1)");
static BODIES: Sql = Sql::new("select content_id, html, text from content_body where content_id in ids($1)");
static SHOWN_SOMEWHERE: Sql = Sql::new(
    "select distinct p.content_id from placement p where p.content_id in ids($1) and p.shown and not (p.site_id in ids($2))",
);

fn select_where(condition: &str) -> Sql {
    Sql::built(format!("select {} from content c {condition}", CONTENT.replace("{c}", "c")))
}

impl Scope {
    /// A content that the public sees.
    pub async fn content(&self, id: ContentId) -> Result<Option<Arc<LiveContent>>> {
        Ok(self.contents_by_id(&[id]).await?.pop())
    }

    /// The contents that the public sees among `ids`, in their order; in their place what is laid over them for who asks.
    pub async fn contents_by_id(&self, ids: &[ContentId]) -> Result<Vec<Arc<LiveContent>>> {
        let live = self.live_contents(ids).await?;
        if self.preview().is_none() && self.audience() == Audience::Public {
            return Ok(live);
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let over = Box::pin(self.overlaid(*id)).await?;
            found.extend(over.or_else(|| live.iter().find(|content| content.id == *id).cloned()));
        }
        Ok(found)
    }

    /// The content of a list's row, or what is laid over it.
    pub(crate) fn read_content(&self, row: &Row, at: usize) -> Result<Arc<LiveContent>> {
        let content = Arc::new(LiveContent::read(self.library().cards(), row, at)?);
        Ok(match self.preview() {
            Some(laid) => laid.over(content),
            None => content,
        })
    }

    /// What is live of a content, as far as the public sees it.
    pub async fn live_content(&self, id: ContentId) -> Result<Option<Arc<LiveContent>>> {
        Ok(self.live_contents(&[id]).await?.pop())
    }

    /// What is live of these contents, as far as the public sees it, in their order.
    pub(crate) async fn live_contents(&self, ids: &[ContentId]) -> Result<Vec<Arc<LiveContent>>> {
        for id in ids {
            self.note_record(AnyId::ContentId(*id));
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.rows(&select_where("where c.id in ids($1)"), vec![ids.into()]).await?;
        let mut found = HashMap::new();
        for row in &rows {
            let content = LiveContent::read(self.library().cards(), row, 0)?;
            found.insert(content.id, Arc::new(content));
        }
        let found = ids.iter().filter_map(|id| found.get(id).cloned()).collect();
        self.visible(found).await
    }

    /// Leaves out contents whose home site shows nothing now, unless a running site shows them too.
    pub(crate) async fn visible(&self, contents: Vec<Arc<LiveContent>>) -> Result<Vec<Arc<LiveContent>>> {
        let silent = self.silent_sites();
        let doubtful: Vec<_> = contents.iter().filter(|c| silent.contains(&c.home_site)).map(|c| c.id).collect();
        if doubtful.is_empty() {
            return Ok(contents);
        }
        for id in &doubtful {
            self.note_list(List::Placements(*id));
        }
        let params: Vec<Value> = vec![doubtful.as_slice().into(), silent.as_slice().into()];
        let rows = self.rows(&SHOWN_SOMEWHERE, params).await?;
        let shown = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<ContentId>>>()?;
        let keep = |content: &Arc<LiveContent>| !doubtful.contains(&content.id) || shown.contains(&content.id);
        Ok(contents.into_iter().filter(keep).collect())
    }

    /// The content that a locator names. A document number finds the policy that was published first.
    pub async fn content_by(&self, by: &ContentLocator) -> Result<Option<Arc<LiveContent>>> {
        let (kind, key, condition, params): (_, _, _, Vec<Value>) = match by {
            ContentLocator::Id(id) => return self.content(*id).await,
            ContentLocator::Short(short) => {
                if let Some(over) = Box::pin(self.overlaid_by_short(short)).await? {
                    return Ok(Some(over));
                }
                (KeyKind::ShortId, short.clone(), "where c.short_id = $1", vec![short.into()])
            }
            ContentLocator::IndexNumber(number) => {
                (KeyKind::IndexNumber, number.clone(), "where c.index_number = $1", vec![number.into()])
            }
            ContentLocator::DocumentNumber(number) => {
                let folded = DocumentNumber::fold(number);
                let condition = "join policy d on d.content_id = c.id where d.folded_number = $1
                     order by d.published_at, d.content_id limit 1";
                (KeyKind::DocumentNumber, folded.clone(), condition, vec![folded.into()])
            }
            ContentLocator::Origin { system, id } => {
                let condition = "where c.origin_system = $1 and c.origin_id = $2";
                (KeyKind::Origin, key_of(system, id), condition, vec![system.into(), id.into()])
            }
            ContentLocator::At { site, path } => {
                let Some(site) = self.site_by(&SiteLocator::Code(site.clone())) else { return Ok(None) };
                return Ok(match Box::pin(self.resolve(&site, path)).await? {
                    Some(crate::address::Resolution::Page(page)) => page.content,
                    _ => None,
                });
            }
        };
        self.note_key(kind, key);
        let rows = self.rows(&select_where(condition), params).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let content = Arc::new(LiveContent::read(self.library().cards(), row, 0)?);
        self.note_record(AnyId::ContentId(content.id));
        match Box::pin(self.overlaid(content.id)).await? {
            Some(over) => Ok(Some(over)),
            None => Ok(self.visible(vec![content]).await?.pop()),
        }
    }

    /// What the pages of contents add to their rows.
    pub async fn details(&self, ids: &[ContentId]) -> Result<HashMap<ContentId, Arc<Detail>>> {
        let mut details = HashMap::new();
        for row in self.rows(&DETAILS, vec![ids.into()]).await? {
            details.insert(row.get(0)?, Arc::new(row.json(1)?));
        }
        Ok(details)
    }

    /// The bodies of contents.
    pub async fn bodies(&self, ids: &[ContentId]) -> Result<HashMap<ContentId, Arc<Body>>> {
        let mut bodies = HashMap::new();
        for row in self.rows(&BODIES, vec![ids.into()]).await? {
            bodies.insert(row.get(0)?, Arc::new(Body { html: row.get(1)?, text: row.get(2)? }));
        }
        Ok(bodies)
    }
}

impl crate::Library {
    /// The number of the revision that is live.
    pub(crate) async fn live_revision(&self, id: ContentId) -> Result<Option<i64>> {
        static LIVE: Sql = Sql::new("select revision from content where id = $1");
        self.database().rows(&LIVE, &[id.into()]).await?.first().map(|row| row.get(0)).transpose()
    }
}
