//! Pictures made from a key: a landscape of flat colours, a portrait without a face. The same key, the same bytes.

use anyhow::Context as _;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

use super::number_of;

type Colour = [u8; 3];

/// Colours that go together.
struct Palette {
    above: Colour,
    below: Colour,
    sun: Colour,
    far: Colour,
    near: Colour,
    houses: Colour,
    windows: Colour,
}

const fn rgb(value: u32) -> Colour {
    [(value >> 16) as u8, (value >> 8) as u8, value as u8]
}

const fn palette(colours: [u32; 7]) -> Palette {
    let [above, below, sun, far, near, houses, windows] = colours;
    Palette {
        above: rgb(above),
        below: rgb(below),
        sun: rgb(sun),
        far: rgb(far),
        near: rgb(near),
        houses: rgb(houses),
        windows: rgb(windows),
    }
}

static PALETTES: [Palette; 6] = [
    palette([0x4F_93C9, 0xD9_ECF5, 0xFF_E9A8, 0x8F_B8C9, 0x4E_8C7F, 0x2F_5673, 0xF4_E3B2]),
    palette([0xF2_A65A, 0xFD_EBD0, 0xFF_F4D6, 0xD9_9A77, 0x9C_6B5C, 0x5B_4256, 0xFF_DC8A]),
    palette([0x6F_A88F, 0xE6_F2E4, 0xFF_F3C4, 0x9C_C3A5, 0x5C_9171, 0x2E_5E4E, 0xF5_EBC0]),
    palette([0x7A_86C2, 0xEC_E9F5, 0xFF_E3D0, 0xA9_ABD3, 0x6F_74A8, 0x3D_4273, 0xFA_E0A6]),
    palette([0xC9_5B4E, 0xFB_E3D6, 0xFF_F0CC, 0xDB_9A86, 0xA8_5F56, 0x6B_3440, 0xFF_D98E]),
    palette([0x3C_8DA8, 0xDD_F1F0, 0xFF_F2CF, 0x86_BDC0, 0x3F_8589, 0x1F_4F5E, 0xF0_E6B8]),
];

/// How many steps a gradient has: few, so that rows repeat and the file stays small.
const STEPS: u32 = 18;

struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A gradient from top to bottom.
    fn new(width: u32, height: u32, above: Colour, below: Colour) -> Self {
        let mut pixels = Vec::with_capacity((width * height * 3) as usize);
        for y in 0..height {
            let step = y * STEPS / height;
            let mix = |from: u8, to: u8| {
                let mixed = u32::from(from) * (STEPS - 1 - step) + u32::from(to) * step;
                (mixed / (STEPS - 1)) as u8
            };
            let colour = [mix(above[0], below[0]), mix(above[1], below[1]), mix(above[2], below[2])];
            pixels.extend_from_slice(&colour.repeat(width as usize));
        }
        Self { width, height, pixels }
    }

    /// One row of one colour from `left` up to, without, `right`; what lies outside is cut.
    fn span(&mut self, y: i64, left: i64, right: i64, colour: Colour) {
        let (left, right) = (left.clamp(0, i64::from(self.width)), right.clamp(0, i64::from(self.width)));
        if y < 0 || y >= i64::from(self.height) || left >= right {
            return;
        }
        let begin = ((y * i64::from(self.width) + left) * 3) as usize;
        let end = begin + ((right - left) * 3) as usize;
        for pixel in self.pixels[begin..end].chunks_exact_mut(3) {
            pixel.copy_from_slice(&colour);
        }
    }

    fn rectangle(&mut self, left: i64, top: i64, width: i64, height: i64, colour: Colour) {
        for y in top..top + height {
            self.span(y, left, left + width, colour);
        }
    }

    /// An ellipse about a centre; hills are the upper parts of large ones.
    fn ellipse(&mut self, (x, y): (i64, i64), (wide, high): (i64, i64), colour: Colour) {
        for row in -high..=high {
            let half = (wide * wide * (high * high - row * row) / (high * high)).isqrt();
            self.span(y + row, x - half, x + half, colour);
        }
    }

    fn png(self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Up)
            .write_image(&self.pixels, self.width, self.height, ExtendedColorType::Rgb8)
            .context("a picture could not be written")?;
        Ok(bytes)
    }
}

/// A row of small numbers from a key.
struct Choices(u64);

impl Choices {
    /// A number from `least` up to, without, `below`.
    fn next(&mut self, least: i64, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        least + ((self.0 >> 33) % (below - least).unsigned_abs().max(1)) as i64
    }
}

/// A sky, a sun, hills, houses and a lake.
pub(super) fn landscape(key: &str, width: u32, height: u32) -> anyhow::Result<Vec<u8>> {
    let mut choices = Choices(number_of(key));
    let palette = &PALETTES[choices.next(0, PALETTES.len() as i64) as usize];
    let mut canvas = Canvas::new(width, height, palette.above, palette.below);
    let (wide, high) = (i64::from(width), i64::from(height));
    let sun = (choices.next(wide / 8, wide * 7 / 8), choices.next(high / 6, high / 3));
    canvas.ellipse(sun, (high / 10, high / 10), palette.sun);
    let shore = high * 4 / 5;
    for (colour, share) in [(palette.far, 3), (palette.near, 5)] {
        let hills = choices.next(2, 4);
        for hill in 0..hills {
            let x = wide * hill / (hills - 1).max(1) + choices.next(-wide / 10, wide / 10);
            let size = (choices.next(wide / 4, wide / 2), high / share + choices.next(0, high / 8));
            canvas.ellipse((x, shore), size, colour);
        }
    }
    houses(&mut canvas, &mut choices, palette, shore);
    canvas.rectangle(0, shore, wide, high - shore, palette.far);
    for _ in 0..9 {
        let (x, y) = (choices.next(0, wide), choices.next(shore + 6, high - 6));
        canvas.rectangle(x, y, choices.next(wide / 20, wide / 8), 3, palette.below);
    }
    canvas.png()
}

/// Houses with lit windows, standing on the shore.
fn houses(canvas: &mut Canvas, choices: &mut Choices, palette: &Palette, shore: i64) {
    let (wide, high) = (i64::from(canvas.width), i64::from(canvas.height));
    let mut x = choices.next(wide / 12, wide / 4);
    let end = choices.next(wide * 3 / 5, wide * 9 / 10);
    while x < end {
        let (width, height) = (choices.next(wide / 26, wide / 13), choices.next(high / 9, high / 3));
        canvas.rectangle(x, shore - height, width, height, palette.houses);
        let mut y = shore - height + 10;
        while y + 8 < shore {
            let mut window = x + 7;
            while window + 7 < x + width {
                if choices.next(0, 3) > 0 {
                    canvas.rectangle(window, y, 6, 8, palette.windows);
                }
                window += 14;
            }
            y += 20;
        }
        x += width + choices.next(4, wide / 30);
    }
}

/// Head and shoulders in flat colours, without a face: nobody in particular.
pub(super) fn portrait(key: &str) -> anyhow::Result<Vec<u8>> {
    let mut choices = Choices(number_of(key));
    let palette = &PALETTES[choices.next(0, PALETTES.len() as i64) as usize];
    let mut canvas = Canvas::new(300, 400, palette.far, palette.below);
    let (skin, hair, shirt) = (rgb(0xE8_C4A2), rgb(0x2B_2A2E), rgb(0xF7_F7F5));
    canvas.ellipse((150, 420), (130, 150), palette.houses);
    canvas.ellipse((150, 290), (34, 44), shirt);
    canvas.rectangle(126, 230, 48, 62, skin);
    canvas.ellipse((150, 158), (74, 84), hair);
    canvas.ellipse((150, 182 + choices.next(-4, 5)), (62, 78), skin);
    canvas.png()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_small_picture() {
        let picture = landscape("zjj-2024-gongzufang-banfa", 800, 450).expect("a picture");
        assert_eq!(picture, landscape("zjj-2024-gongzufang-banfa", 800, 450).expect("a picture"));
        assert_ne!(picture, landscape("another", 800, 450).expect("a picture"));
        assert!(picture.len() < 40_000, "{} bytes", picture.len());
        let read = image::load_from_memory(&picture).expect("a picture that can be read");
        assert_eq!((read.width(), read.height()), (800, 450));
        assert!(image::load_from_memory(&portrait("a leader").expect("a picture")).is_ok());
    }
}
