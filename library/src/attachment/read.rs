//! Reading attachments: one is public only while something public shows it.

use std::ops::Range;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, GetRange};

use super::{Attached, RenditionPreset, place};
use crate::changes::List;
use crate::content::Detail;
use crate::database::Sql;
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

static USED: Sql = Sql::new(
    "select u.content_id from attachment_use u where u.attachment_id = $1 and u.content_id > $2
     order by u.content_id limit 20",
);

impl Scope {
    /// A file in the first use in which the public sees it.
    pub async fn attachment(&self, id: AttachmentId) -> Result<Option<Attached>> {
        self.note_record(AnyId::AttachmentId(id));
        if let Some(found) = self.attachment_of_directory(id) {
            return Ok(Some(found));
        }
        let mut after = ContentId(uuid::Uuid::nil());
        loop {
            let rows = self.rows(&USED, vec![id.into(), after.into()]).await?;
            let users = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<ContentId>>>()?;
            let found = self.attachment_of_contents(id, &users).await?;
            match users.last() {
                Some(last) if found.is_none() => after = *last,
                _ => return Ok(found),
            }
        }
    }

    /// A file in the first of these contents that the public sees.
    async fn attachment_of_contents(&self, id: AttachmentId, users: &[ContentId]) -> Result<Option<Attached>> {
        for content in self.contents_by_id(users).await? {
            if content.card.cover.as_ref().is_some_and(|cover| cover.id == id) {
                return Ok(content.card.cover.clone());
            }
            let details = self.details(&[content.id]).await?;
            let found = details.get(&content.id).and_then(|detail: &std::sync::Arc<Detail>| {
                let nested = detail.attachments.iter().flat_map(|a| a.captions.iter().chain(a.poster.as_deref()));
                detail.attachments.iter().chain(nested).find(|attached| attached.id == id).cloned()
            });
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
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
            let found = image(&panel.fields.items, id)?;
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
    pub async fn file(&self, id: AttachmentId, preset: Option<RenditionPreset>) -> Result<Option<File>> {
        let Some(attached) = self.attachment(id).await? else { return Ok(None) };
        let library = self.library().clone();
        let Some(preset) = preset else {
            let size = u64::try_from(attached.size).unwrap_or_default();
            let (place, tag) = (place(&attached.sha256), attached.sha256);
            return Ok(Some(File { media_type: attached.media_type, name: attached.name, tag, size, place, library }));
        };
        let (place, size) = library.rendition(&attached, preset).await?;
        let preset_name: &str = preset.into();
        let stem = attached.name.rsplit_once('.').map_or(attached.name.as_str(), |(stem, _)| stem);
        let name = format!("{stem}-{preset_name}.jpg");
        let tag = format!("{}-{preset_name}", attached.sha256);
        Ok(Some(File { media_type: "image/jpeg".to_owned(), name, tag, size, place, library }))
    }
}
