//! Renditions: smaller pictures of a picture by preset, made once and kept beside the original.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, imageops::FilterType};
use object_store::{ObjectStoreExt as _, PutPayload};

use super::upload::MOST_PIXELS;
use super::{Attached, place};
use crate::Library;
use crate::refusal::{Refusal, Result};

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

impl Library {
    /// The bytes of a rendition as JPEG; made at the first request, kept for the next.
    ///
    /// # Errors
    /// Refuses what is not a picture.
    pub async fn rendition(&self, original: &Attached, preset: RenditionPreset) -> Result<bytes::Bytes> {
        let (Some(width), Some(height)) = (original.width, original.height) else {
            return Err(Refusal::not_found("preset").into());
        };
        let preset_name: &str = preset.into();
        let kept = object_store::path::Path::from(format!(
            "rendition/{}/{}/{preset_name}.jpg",
            &original.sha256[..2],
            original.sha256
        ));
        match self.files().get(&kept).await {
            Ok(found) => return Ok(found.bytes().await?),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let bytes = self.files().get(&place(&original.sha256)).await?.bytes().await?;
        let (width, height) = preset.size(width, height);
        let made = tokio::task::spawn_blocking(move || shrink(&bytes, width, height))
            .await
            .ok()
            .flatten()
            .ok_or_else(|| Refusal::not_found("preset"))?;
        let made = bytes::Bytes::from(made);
        self.files().put(&kept, PutPayload::from_bytes(made.clone())).await?;
        Ok(made)
    }
}

fn shrink(bytes: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 8);
    reader.limits(limits);
    let picture = reader.decode().ok()?.resize_exact(width, height, FilterType::Triangle).to_rgb8();
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Jpeg).ok()?;
    Some(out.into_inner())
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
}
