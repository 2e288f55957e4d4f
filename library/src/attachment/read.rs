//! Reading attachments: one is public only while something public shows it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, GetRange};

use super::{Attached, Rendition, place};
use crate::changes::List;
use crate::database::{Engine, Sql};
use crate::id::{AnyId, AttachmentId, ContentId};
use crate::refusal::{Error, Result};
use crate::{Library, Scope, column, leader, panel};

/// A file as the door serves it.
#[derive(Clone)]
pub struct File {
    /// Its media type.
    pub media_type: String,
    /// What it is called.
    pub name: String,
    /// A strong tag of its bytes.
    pub tag: String,
    /// Its size in bytes.
    pub size: u64,
    place: Path,
    library: Library,
}

impl File {
    /// The bytes of a part of it, piece by piece.
    ///
    /// # Errors
    /// When the object store does not have them, which is a fault.
    pub async fn read(&self, part: Range<u64>) -> Result<BoxStream<'static, Result<Bytes>>> {
        let range = Some(GetRange::Bounded(part.clone()));
        let found = self.library.files().get_opts(&self.place, GetOptions { range, ..GetOptions::default() }).await?;
        if found.range != part {
            let source = format!("{} has another size than its record", self.place).into();
            return Err(object_store::Error::Generic { store: "attachments", source }.into());
        }
        Ok(found.into_stream().map(|piece| piece.map_err(Error::from)).boxed())
    }
}

/// The next uses of each file after the content that was looked at last.
fn next_uses(engine: Engine) -> String {
    let next = format!(
        "from attachment_use u where u.attachment_id = as_id(r.value->>0) and u.content_id > as_id(r.value->>1)
         order by u.content_id limit {AT_ONCE}"
    );
    match engine {
        Engine::Postgres => format!(
            "select as_id(r.value->>0), d.content_id from rows($1) r cross join lateral (select u.content_id {next}) d
             order by r.ord, d.content_id"
        ),
        Engine::Sqlite => format!(
            "select as_id(r.value->>0), d.content_id from rows($1) r cross join attachment_use d
             on d.attachment_id = as_id(r.value->>0) and d.content_id in (select u.content_id {next})
             order by r.ord, d.content_id"
        ),
    }
}

/// How many uses of a file are looked at together: mostly it has one.
const AT_ONCE: usize = 20;

impl Scope {
    /// A file in the first use in which the public sees it.
    pub async fn attachment(&self, id: AttachmentId) -> Result<Option<Attached>> {
        Ok(self.attachments(&[id]).await?.remove(&id))
    }

    /// Files, each in the first use in which the public sees it; those that it does not see are left out.
    pub async fn attachments(&self, ids: &[AttachmentId]) -> Result<HashMap<AttachmentId, Attached>> {
        let mut found = HashMap::new();
        // Where the search for each of the others goes on.
        let mut sought: BTreeMap<AttachmentId, ContentId> = BTreeMap::new();
        for id in ids {
            self.note_record(AnyId::AttachmentId(*id));
            match self.attachment_of_directory(*id) {
                Some(attached) => drop(found.insert(*id, attached)),
                None => drop(sought.insert(*id, ContentId(uuid::Uuid::nil()))),
            }
        }
        let sql = Sql::built(next_uses(self.library().database().engine()));
        while !sought.is_empty() {
            let after: Vec<_> =
                sought.iter().map(|(id, after)| [id.0.simple().to_string(), after.0.simple().to_string()]).collect();
            let mut uses: HashMap<AttachmentId, Vec<ContentId>> = HashMap::new();
            for row in self.rows(&sql, vec![serde_json::json!(after).into()]).await? {
                uses.entry(row.get(0)?).or_default().push(row.get(1)?);
            }
            found.extend(self.attachments_of_contents(&uses).await?);
            sought = uses
                .into_iter()
                .filter(|(id, users)| users.len() == AT_ONCE && !found.contains_key(id))
                .filter_map(|(id, users)| Some((id, *users.last()?)))
                .collect();
        }
        Ok(found)
    }

    /// Files in the first of their contents that the public sees.
    async fn attachments_of_contents(
        &self,
        uses: &HashMap<AttachmentId, Vec<ContentId>>,
    ) -> Result<HashMap<AttachmentId, Attached>> {
        let mut users: Vec<_> = uses.values().flatten().copied().collect();
        users.sort_unstable();
        users.dedup();
        let visible = self.contents_by_id(&users).await?;
        let visible: HashMap<_, _> = visible.into_iter().map(|content| (content.id, content)).collect();
        let mut found = HashMap::new();
        let mut in_details = Vec::new();
        for (id, users) in uses {
            let Some(first) = users.iter().find_map(|user| visible.get(user)) else { continue };
            match first.card.cover.as_ref().and_then(|cover| cover.with_id(*id)) {
                Some(cover) => drop(found.insert(*id, cover.clone())),
                None => in_details.push((*id, first.id)),
            }
        }
        if !in_details.is_empty() {
            let contents: Vec<_> = in_details.iter().map(|(_, content)| *content).collect();
            let details = self.details(&contents).await?;
            for (id, content) in in_details {
                let attachments = details.get(&content).map_or(&[][..], |detail| &detail.attachments);
                let attached = attachments.iter().find_map(|attached| attached.with_id(id));
                found.extend(attached.map(|attached| (id, attached.clone())));
            }
        }
        Ok(found)
    }

    /// Pictures of columns, leaders and panels.
    fn attachment_of_directory(&self, id: AttachmentId) -> Option<Attached> {
        let directory = self.directory();
        let is = |attached: &&Attached| attached.id == id;
        let cover = |column: &std::sync::Arc<column::Column>| {
            let cover = column.fields.cover.as_ref().filter(is)?;
            self.column(column.id).map(|_| cover.clone())
        };
        let photo = |leader: &std::sync::Arc<leader::Leader>| {
            self.note_list(List::leaders(leader.organisation));
            leader.fields.photo.as_ref().filter(is).cloned()
        };
        fn image(items: &[panel::PanelItem], id: AttachmentId) -> Option<&Attached> {
            items.iter().filter(|item| item.shown).find_map(|item| {
                item.image.as_ref().filter(|image| image.id == id).or_else(|| image(&item.children, id))
            })
        }
        let of_panel = |panel: &std::sync::Arc<panel::Panel>| {
            self.note_list(List::panels(panel.site));
            let found = image(&panel.fields.items, id).filter(|_| !panel.archived)?;
            self.site(panel.site).map(|_| found.clone())
        };
        self.note_list(List::sites());
        for site in directory.sites.all() {
            self.note_list(List::columns(site.id));
        }
        directory
            .columns
            .all()
            .iter()
            .find_map(cover)
            .or_else(|| directory.leaders.all().iter().find_map(photo))
            .or_else(|| directory.panels.all().iter().find_map(of_panel))
    }

    /// A public file, or a rendition of it.
    ///
    /// # Errors
    /// Refuses a rendition of what is not a picture.
    pub async fn file(&self, id: AttachmentId, rendition: Option<Rendition>) -> Result<Option<File>> {
        match self.attachment(id).await? {
            Some(attached) => self.library().file_of(attached, rendition).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Library {
    /// The file of a record, or a rendition of it, for who may see it.
    pub(super) async fn file_of(&self, attached: Attached, rendition: Option<Rendition>) -> Result<File> {
        let library = self.clone();
        let Some(rendition) = rendition else {
            let size = u64::try_from(attached.size).unwrap_or_default();
            let (place, tag) = (place(&attached.sha256), attached.sha256);
            return Ok(File { media_type: attached.media_type, name: attached.name, tag, size, place, library });
        };
        let (place, size) = library.rendition(&attached, rendition).await?;
        let name = rendition.file_name(&attached.name);
        let tag = format!("{}-{rendition}", attached.sha256);
        Ok(File { media_type: rendition.format.media_type().to_owned(), name, tag, size, place, library })
    }
}
