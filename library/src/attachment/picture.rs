//! Pictures as they are decoded: within bounds that hold before the first pixel, turned as the camera says.
//!
//! Few bytes can claim to be a picture of any size. Upload and renditions look through the same door.

use std::io::{BufRead, Cursor, Seek};

use super::rendition::RenditionFormat;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

/// The largest picture that is decoded, in pixels.
const MOST_PIXELS: u64 = 50_000_000;
/// The longest side of one: what the formats of the web can hold.
const LONGEST_SIDE: u32 = 65_535;
/// The most bytes of a decoded picture: 50 million pixels of three or four colours.
const MOST_BYTES: u64 = MOST_PIXELS * 4;

/// The largest file that is taken for a picture, in bytes: it is read whole to be decoded.
pub(super) const MOST_FILE_BYTES: u64 = 64 << 20;

/// Why bytes are no picture that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It cannot be read.
    Broken,
    /// It claims too many pixels.
    TooLarge,
}

/// A decoder of which nothing but the head was read, and how the picture must be turned.
fn open<'r, R: BufRead + Seek + 'r>(bytes: R) -> Result<(impl ImageDecoder + 'r, Orientation), Trouble> {
    let broken = |_| Trouble::Broken;
    let mut reader = ImageReader::new(bytes).with_guessed_format().map_err(|_| Trouble::Broken)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_BYTES * 2);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        image::ImageError::Limits(_) => Trouble::TooLarge,
        other => broken(other),
    })?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MOST_PIXELS || decoder.total_bytes() > MOST_BYTES {
        return Err(Trouble::TooLarge);
    }
    if pixels == 0 {
        return Err(Trouble::Broken);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((decoder, orientation))
}

fn lies_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// Width and height of a picture as it is shown, from its head alone.
pub(super) fn dimensions<R: BufRead + Seek>(bytes: R) -> Result<(u32, u32), Trouble> {
    let (decoder, orientation) = open(bytes)?;
    let (width, height) = decoder.dimensions();
    Ok(if lies_on_its_side(orientation) { (height, width) } else { (width, height) })
}

/// How good a WebP is, of 100: what libwebp takes if nothing is said.
const WEBP_QUALITY: f32 = 75.0;

/// A picture of this width and height, in a format.
pub(super) fn shrink(bytes: &[u8], (width, height): (u32, u32), format: RenditionFormat) -> Result<Vec<u8>, Trouble> {
    let (decoder, orientation) = open(Cursor::new(bytes))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Trouble::Broken)?;
    let (across, down) = if lies_on_its_side(orientation) { (height, width) } else { (width, height) };
    // The fine filter needs four times the memory of what it is given: a coarse one goes before it.
    if picture.width() > across * 4 && picture.height() > down * 4 {
        picture = picture.thumbnail_exact(across * 2, down * 2);
    }
    picture = picture.resize_exact(across, down, FilterType::Triangle);
    picture.apply_orientation(orientation);
    let picture = on_white(&picture);
    match format {
        RenditionFormat::Jpeg => {
            let mut out = Cursor::new(Vec::new());
            picture.write_to(&mut out, ImageFormat::Jpeg).map_err(|_| Trouble::Broken)?;
            Ok(out.into_inner())
        }
        RenditionFormat::Webp => {
            let encoder = webp::Encoder::from_rgb(&picture, picture.width(), picture.height());
            let made = encoder.encode_simple(false, WEBP_QUALITY).map_err(|_| Trouble::Broken)?;
            Ok(made.to_vec())
        }
    }
}

/// A JPEG has no transparency, and its WebP looks the same: what is behind the picture is white, as a page is.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        Rgb([red, green, blue].map(|colour| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, pixel: [u8; 4]) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        image::RgbaImage::from_pixel(width, height, image::Rgba(pixel))
            .write_to(&mut out, ImageFormat::Png)
            .expect("a picture");
        out.into_inner()
    }

    /// CRC-32 as PNG chunks end with it (ISO 3309).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
        })
    }

    #[test]
    fn a_bomb_is_refused_by_its_head() {
        let mut bomb = png(8, 8, [1, 2, 3, 255]);
        for (width, height) in [(60_000, 60_000), (50_001, 1000), (4_000_000_000, 1), (u32::MAX, u32::MAX)] {
            bomb[16..20].copy_from_slice(&u32::to_be_bytes(width));
            bomb[20..24].copy_from_slice(&u32::to_be_bytes(height));
            let sum = crc(&bomb[12..29]);
            bomb[29..33].copy_from_slice(&sum.to_be_bytes());
            assert!(dimensions(Cursor::new(&bomb)).is_err(), "{width} x {height}");
            assert!(shrink(&bomb, (10, 10), RenditionFormat::Jpeg).is_err(), "{width} x {height}");
        }
        assert!(dimensions(Cursor::new(b"GIF89a\xff\xff\xff\xff\x00\x00\x00;")).is_err());
        assert_eq!(dimensions(Cursor::new(b"no picture")), Err(Trouble::Broken));
    }

    #[test]
    fn what_shines_through_is_white() {
        for (format, expected) in
            [(RenditionFormat::Jpeg, ImageFormat::Jpeg), (RenditionFormat::Webp, ImageFormat::WebP)]
        {
            let made = shrink(&png(64, 32, [0, 0, 0, 0]), (16, 8), format).expect("a picture");
            assert_eq!(image::guess_format(&made).expect("a format"), expected);
            let made = image::load_from_memory(&made).expect("a picture").to_rgb8();
            assert_eq!((made.width(), made.height()), (16, 8));
            assert!(made.pixels().all(|pixel| pixel.0.iter().all(|colour| *colour > 250)));
        }
    }

    #[test]
    fn a_picture_is_turned_as_the_camera_says() {
        let mut plain = Cursor::new(Vec::new());
        RgbImage::from_pixel(40, 20, Rgb([9, 9, 9])).write_to(&mut plain, ImageFormat::Jpeg).expect("a picture");
        let plain = plain.into_inner();
        // Exif: big endian, one entry, orientation 6 (turn by 90 degrees).
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let turned = [&plain[..2], &[0xff, 0xe1], &length, exif, &plain[2..]].concat();
        assert_eq!(dimensions(Cursor::new(&plain)), Ok((40, 20)));
        assert_eq!(dimensions(Cursor::new(&turned)), Ok((20, 40)));
        let made = shrink(&turned, (10, 20), RenditionFormat::Jpeg).expect("a picture");
        assert_eq!(dimensions(Cursor::new(&made)), Ok((10, 20)));
    }
}
