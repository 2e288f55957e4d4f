//! Attachments (附件) and renditions (图片规格) as the contract shows them.
//!
//! A file in its use; addresses lie below the one where the library says that files are served. No bytes pass through
//! GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use library::Scope;
use library::attachment::{Attached, Rendition as Smaller};
use library::id::AttachmentId;

use crate::enums::{AttachmentRole, RenditionFormat, RenditionPreset};
use crate::scalars::{Url, int};

/// A smaller picture of a picture (图片规格), made at the first request.
#[derive(Debug, Clone, SimpleObject)]
pub struct Rendition {
    /// For what it is made (规格).
    preset: RenditionPreset,
    /// Where it is served (网址).
    url: Url,
    /// Its width in pixels (宽).
    width: i32,
    /// Its height in pixels (高).
    height: i32,
    /// Its media type: `image/jpeg` or `image/webp` (媒体类型).
    media_type: String,
}

/// A file in its use.
#[derive(Debug, Clone)]
pub struct Attachment(pub Attached);

impl Attachment {
    /// Its address. A file that is shown to somebody before the public sees it has one that is signed and expires: what
    /// comes from the library `signed`, and nothing else, is answered so.
    fn address(&self, scope: &Scope) -> String {
        self.signed(scope, None, format!("{}{}", scope.library().files_url(), self.0.path()))
    }

    fn signed(&self, scope: &Scope, rendition: Option<Smaller>, address: String) -> String {
        if !self.0.signed {
            return address;
        }
        let library = scope.library();
        format!("{address}?{}", library.signed_query(self.0.id, rendition, library.signed_until()))
    }

    fn made(&self, scope: &Scope, rendition: Smaller) -> Option<Rendition> {
        let (width, height) = rendition.preset.size(self.0.width?, self.0.height?);
        let path = self.0.path();
        let (_, name) = path.rsplit_once('/')?;
        let address = format!("{}/{}/{rendition}/{name}", scope.library().files_url(), self.0.id);
        Some(Rendition {
            preset: rendition.preset.into(),
            url: Url(self.signed(scope, Some(rendition), address)),
            width: int(width),
            height: int(height),
            media_type: rendition.format.media_type().to_owned(),
        })
    }
}

/// Files that the public sees, and of the others those that who asks may see.
///
/// # Errors
/// When the library cannot be read.
pub async fn visible(scope: &Scope, ids: &[AttachmentId]) -> Result<HashMap<AttachmentId, Attached>> {
    let mut found = scope.attachments(ids).await.map_err(crate::error)?;
    let others: Vec<AttachmentId> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
    if !others.is_empty() {
        found.extend(scope.own_attachments(&others).await.map_err(crate::error)?);
    }
    Ok(found)
}

/// A file in its use (附件): the facts of the file, which never change, and what this use says of it.
#[Object]
impl Attachment {
    /// The identifier of the file.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What it is called here (附件名称).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for here (附件用途).
    async fn role(&self) -> AttachmentRole {
        self.0.role.into()
    }

    /// Its media type, recognised from its bytes (媒体类型).
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// Its size in bytes (大小); 2147483647 for files of 2 GiB and more.
    async fn size(&self) -> i32 {
        int(self.0.size)
    }

    /// Where it is served, to be shown (网址). Of a file that is not public it is good for ten minutes.
    async fn url(&self, ctx: &Context<'_>) -> Url {
        Url(self.address(crate::scope(ctx)))
    }

    /// Where it is served, to be saved (下载网址).
    async fn download_url(&self, ctx: &Context<'_>) -> Url {
        let sign = if self.0.signed { '&' } else { '?' };
        Url(format!("{}{sign}download=1", self.address(crate::scope(ctx))))
    }

    /// Text instead of the picture (替代文本; GB/T 37668).
    async fn alt(&self) -> Option<&str> {
        self.0.alt.as_deref()
    }

    /// Text below the picture (图注).
    async fn caption(&self) -> Option<&str> {
        self.0.caption.as_deref()
    }

    /// The width of a picture in pixels (宽).
    async fn width(&self) -> Option<i32> {
        self.0.width.map(int)
    }

    /// The height of a picture in pixels (高).
    async fn height(&self) -> Option<i32> {
        self.0.height.map(int)
    }

    /// How long a video or recording is, in seconds (时长).
    async fn duration_seconds(&self) -> Option<i32> {
        self.0.duration_seconds.map(int)
    }

    /// A still picture of a video (视频封面).
    async fn poster(&self) -> Option<Attachment> {
        self.0.poster.as_deref().cloned().map(Attachment)
    }

    /// Subtitles of a video (字幕).
    async fn captions(&self) -> Vec<Attachment> {
        self.0.captions.iter().cloned().map(Attachment).collect()
    }

    /// What is said, as text (文字稿).
    async fn transcript(&self) -> Option<&str> {
        self.0.transcript.as_deref()
    }

    /// The language of subtitles as a BCP 47 tag (语言).
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// A smaller picture (图片规格); null for what is not a picture.
    async fn rendition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For what it is made (规格).")] preset: RenditionPreset,
        #[graphql(desc = "In what it is written: JPEG if not given (格式).", default_with = "RenditionFormat::Jpeg")]
        format: RenditionFormat,
    ) -> Option<Rendition> {
        self.made(crate::scope(ctx), Smaller { preset: preset.into(), format: format.into() })
    }

    /// All smaller pictures, each preset in each format (全部图片规格); empty for what is not a picture.
    async fn renditions(&self, ctx: &Context<'_>) -> Vec<Rendition> {
        Smaller::all().filter_map(|rendition| self.made(crate::scope(ctx), rendition)).collect()
    }

    /// SHA-256 of its bytes in hexadecimal (校验值).
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }
}
