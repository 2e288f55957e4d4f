//! Renditions: smaller pictures of a picture by preset, made once and kept beside the original.

use std::fmt;
use std::num::NonZero;
use std::str::FromStr;
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use quick_cache::sync::Cache;
use strum::IntoEnumIterator as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Attached, picture, place};
use crate::Library;
use crate::refusal::{Error, Refusal, Result};

/// For what a picture is made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::EnumString, strum::EnumIter)]
#[strum(serialize_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum RenditionPreset {
    Thumbnail,
    List,
    Detail,
    Banner,
}

/// In what a smaller picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, strum::EnumIter)]
#[allow(missing_docs, reason = "the names say it")]
pub enum RenditionFormat {
    #[default]
    Jpeg,
    Webp,
}

impl RenditionFormat {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// A smaller picture of a picture. In addresses it is its preset; another format than JPEG stands behind it: `list.webp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rendition {
    /// For what it is made.
    pub preset: RenditionPreset,
    /// In what it is written.
    pub format: RenditionFormat,
}

impl Rendition {
    /// All that a picture has: each preset in each format.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |preset| RenditionFormat::iter().map(move |format| Self { preset, format });
        RenditionPreset::iter().flat_map(of)
    }

    /// What a file of it is called whose original is called `name`.
    pub(super) fn file_name(self, name: &str) -> String {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let preset: &str = self.preset.into();
        format!("{stem}-{preset}.{}", self.format.extension())
    }

    /// Where it is kept.
    fn kept_at(self, sha256: &str) -> Path {
        let preset: &str = self.preset.into();
        Path::from(format!("rendition/{}/{sha256}/{preset}.{}", &sha256[..2], self.format.extension()))
    }
}

impl From<RenditionPreset> for Rendition {
    fn from(preset: RenditionPreset) -> Self {
        Self { preset, format: RenditionFormat::default() }
    }
}

impl fmt::Display for Rendition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.preset.into())?;
        match self.format {
            RenditionFormat::Jpeg => Ok(()),
            RenditionFormat::Webp => f.write_str(".webp"),
        }
    }
}

impl FromStr for Rendition {
    type Err = strum::ParseError;

    fn from_str(text: &str) -> Result<Self, strum::ParseError> {
        match text.strip_suffix(".webp") {
            Some(preset) => Ok(Self { preset: preset.parse()?, format: RenditionFormat::Webp }),
            None => Ok(text.parse::<RenditionPreset>()?.into()),
        }
    }
}

impl RenditionPreset {
    /// The box that the rendition fits into, in pixels.
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Self::Thumbnail => (160, 160),
            Self::List => (400, 300),
            Self::Detail => (1200, 1200),
            Self::Banner => (1920, 720),
        }
    }

    /// The size of the rendition of a picture, which is never made larger.
    pub fn size(self, width: u32, height: u32) -> (u32, u32) {
        let (most_wide, most_high) = self.bounds();
        let scale = (f64::from(most_wide) / f64::from(width)).min(f64::from(most_high) / f64::from(height)).min(1.0);
        let scaled = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
        (scaled(width), scaled(height))
    }
}

/// How many megapixels of originals are decoded at the same moment, at most.
const MEGAPIXELS: u32 = 64;

/// How many pictures are remembered that could not be made smaller.
const REMEMBERED: usize = 10_000;

/// Where pictures are made smaller: one large or a few small ones at a time, the others wait for their turn.
pub(crate) struct Darkroom {
    megapixels: Arc<Semaphore>,
    /// What the smallest picture takes, so that no more are in work than the machine has processors.
    least: u32,
    /// The bytes, by their SHA-256, that could not be decoded: nobody tries them again while this program runs.
    spoilt: Cache<String, ()>,
}

impl Default for Darkroom {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let processors = u32::try_from(processors).unwrap_or(MEGAPIXELS);
        Self {
            megapixels: Arc::new(Semaphore::new(MEGAPIXELS as usize)),
            least: (MEGAPIXELS / processors.clamp(1, MEGAPIXELS)).max(1),
            spoilt: Cache::new(REMEMBERED),
        }
    }
}

impl Darkroom {
    /// The place for a picture of this size, as soon as there is one.
    async fn enter(&self, width: u32, height: u32) -> Result<OwnedSemaphorePermit> {
        let megapixels = (u64::from(width) * u64::from(height)).div_ceil(1_000_000);
        let weight = u32::try_from(megapixels).unwrap_or(MEGAPIXELS).clamp(self.least, MEGAPIXELS);
        let entered = self.megapixels.clone().acquire_many_owned(weight).await;
        entered.map_err(|_| Error::Database("the darkroom is closed".to_owned()))
    }
}

/// Where all renditions of the bytes with this SHA-256 are kept, if they were made.
pub(super) fn renditions(sha256: &str) -> Vec<Path> {
    Rendition::all().map(|rendition| rendition.kept_at(sha256)).collect()
}

impl Library {
    /// Where a rendition lies in the object store, and its size in bytes; made at the first request, kept for the next.
    ///
    /// # Errors
    /// Refuses what is not a picture, and what could not be decoded once.
    pub(super) async fn rendition(&self, original: &Attached, rendition: Rendition) -> Result<(Path, u64)> {
        let (Some(width), Some(height)) = (original.width, original.height) else {
            return Err(Refusal::not_found("preset").into());
        };
        let sha256 = &original.sha256;
        let kept = rendition.kept_at(sha256);
        if let Some(size) = self.size_unless_spoilt(&kept, sha256).await? {
            return Ok((kept, size));
        }
        let permit = self.darkroom().enter(width, height).await?;
        // Whoever was before us may have made the same, or tried in vain.
        if let Some(size) = self.size_unless_spoilt(&kept, sha256).await? {
            return Ok((kept, size));
        }
        let (library, sha256, to) = (self.clone(), sha256.clone(), kept.clone());
        let size = rendition.preset.size(width, height);
        // In a task of its own: whoever asks and leaves has still made it for the next.
        let making = tokio::spawn(async move { library.make(&sha256, &to, (size, rendition.format), permit).await });
        let size = making.await.map_err(|_| Refusal::not_found("preset"))??;
        Ok((kept, size))
    }

    /// The size of a rendition that is kept already.
    async fn size_unless_spoilt(&self, kept: &Path, sha256: &str) -> Result<Option<u64>> {
        if self.darkroom().spoilt.get(sha256).is_some() {
            return Err(Refusal::not_found("preset").into());
        }
        self.size_of(kept).await
    }

    /// Makes a rendition and keeps it; its size.
    async fn make(
        &self,
        sha256: &str,
        to: &Path,
        (size, format): ((u32, u32), RenditionFormat),
        permit: OwnedSemaphorePermit,
    ) -> Result<u64> {
        let bytes = self.files().get(&place(sha256)).await?.bytes().await?;
        // The place is kept until the picture is, so that who waited for it finds it.
        let made = tokio::task::spawn_blocking(move || (picture::shrink(&bytes, size, format), permit)).await;
        // What breaks the decoder is no better than what it refuses.
        let Ok((Ok(made), permit)) = made else {
            tracing::warn!(sha256, "a picture cannot be decoded; it has no renditions");
            self.darkroom().spoilt.insert(sha256.to_owned(), ());
            return Err(Refusal::not_found("preset").into());
        };
        let size = made.len() as u64;
        self.files().put(to, PutPayload::from(made)).await?;
        drop(permit);
        Ok(size)
    }

    pub(super) async fn size_of(&self, place: &Path) -> Result<Option<u64>> {
        match self.files().head(place).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendition_fits_its_box_keeps_the_shape_and_is_never_larger() {
        assert_eq!(RenditionPreset::List.size(1600, 900), (400, 225));
        assert_eq!(RenditionPreset::List.size(300, 900), (100, 300));
        assert_eq!(RenditionPreset::Detail.size(640, 480), (640, 480));
    }

    #[test]
    fn renditions_are_known_again_by_their_addresses() {
        let names: Vec<String> = Rendition::all().map(|rendition| rendition.to_string()).collect();
        let expected = "thumbnail thumbnail.webp list list.webp detail detail.webp banner banner.webp";
        assert_eq!(names.join(" "), expected);
        let read: Vec<Rendition> = names.iter().map(|name| name.parse().expect("a rendition")).collect();
        assert_eq!(read, Rendition::all().collect::<Vec<_>>());
        for name in ["", ".webp", "list.jpg", "list.webp.webp", "List", "webp"] {
            assert!(name.parse::<Rendition>().is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn large_pictures_wait_for_each_other() {
        let darkroom = Darkroom::default();
        let first = darkroom.enter(8000, 6000).await.expect("a place");
        let waits = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(waits, darkroom.enter(8000, 6000)).await.is_err(), "it is full");
        drop(first);
        assert!(darkroom.enter(u32::MAX, u32::MAX).await.is_ok(), "no picture is too large to have its turn");
    }
}
