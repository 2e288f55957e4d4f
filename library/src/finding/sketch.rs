//! Sketches of texts (内容指纹): small enough to be kept for each content, alike where the texts are alike.
//!
//! The least hash in each of 128 parts of all runs of five characters (one-permutation MinHash): the share of equal parts
//! tells how many runs two texts share. Why this and not simhash stands in `docs/decisions/0013`.

/// The parts of a sketch.
const PARTS: usize = 128;
/// The parts of a band, by which sketches are looked up.
const PARTS_OF_A_BAND: usize = 4;
/// The characters of a run.
const RUN: usize = 5;
/// A text with fewer runs has no sketch: a sentence or two are alike by chance.
const FEWEST_RUNS: usize = 50;

/// The bands of a sketch.
pub const BANDS: usize = PARTS / PARTS_OF_A_BAND;

/// The format of sketches: those of another are not compared and have to be made again.
pub const FORMAT: i16 = 1;

/// A sketch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch([u16; PARTS]);

impl Sketch {
    /// The sketch of a text; nothing if that is too short to be like another. White space and punctuation do not count.
    pub fn of(text: &str) -> Option<Self> {
        let mut least = [u64::MAX; PARTS];
        let mut window = [0_u64; RUN];
        let mut characters = 0;
        for c in text.chars().filter(|c| c.is_alphanumeric()) {
            window.rotate_left(1);
            window[RUN - 1] = u64::from(u32::from(c));
            characters += 1;
            if characters >= RUN {
                let hash = window.iter().fold(0, |hash, c| mixed(hash ^ c));
                // The upper half chooses the part; what is kept is cut from the lower.
                let part = ((hash >> 32) as usize * PARTS) >> 32;
                least[part] = least[part].min(hash);
            }
        }
        (characters >= FEWEST_RUNS + RUN - 1).then(|| Self(filled(&least)))
    }

    /// How much of what either text holds both hold, estimated: 0 to 1, give or take 0.04 (one standard deviation).
    pub fn likeness(&self, other: &Self) -> f64 {
        let equal = self.0.iter().zip(&other.0).filter(|(one, other)| one == other).count();
        equal as f64 / PARTS as f64
    }

    /// The keys by which sketches like this one are looked up: two that are alike have one in common. Of pairs that
    /// share 45 % of their runs, 74 % do; of those that share half, 87 %; two thirds, all but one in a thousand.
    pub fn bands(&self) -> [i64; BANDS] {
        std::array::from_fn(|band| {
            let parts = &self.0[band * PARTS_OF_A_BAND..(band + 1) * PARTS_OF_A_BAND];
            let packed = parts.iter().fold(0_u64, |packed, part| packed << 16 | u64::from(*part));
            mixed(mixed(band as u64) ^ packed).cast_signed()
        })
    }

    /// The sketch as it is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|part| part.to_le_bytes()).collect()
    }

    /// A stored sketch; nothing if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let parts: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        (bytes.len() == 2 * PARTS).then(|| parts.try_into().ok().map(Self)).flatten()
    }
}

/// Parts that no run fell into borrow from another, chosen alike in every sketch; so short texts compare as long ones do.
fn filled(least: &[u64; PARTS]) -> [u16; PARTS] {
    std::array::from_fn(|part| {
        let mut from = part;
        let mut step = 0;
        while least[from] == u64::MAX && step < 64 * PARTS as u64 {
            step += 1;
            from = (mixed(part as u64 ^ step << 32) as usize) % PARTS;
        }
        mixed(least[from].wrapping_add(step)) as u16
    })
}

/// The finaliser of SplitMix64 over a step of it.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words without end, the same for the same seed.
    fn words(seed: u64, length: usize) -> String {
        (0..length as u64).filter_map(|n| char::from_u32(0x4e00 + (mixed(seed << 32 | n) % 3000) as u32)).collect()
    }

    fn shared(one: &Sketch, other: &Sketch) -> usize {
        one.bands().iter().zip(other.bands()).filter(|(one, other)| **one == *other).count()
    }

    #[test]
    fn likeness_is_the_share_of_what_both_hold() {
        let of = |text: &str| Sketch::of(text).expect("long enough");
        for (length, rest) in [(2000, 0), (2000, 100), (2000, 500), (2000, 1000), (2000, 4000), (200, 20)] {
            let one = words(1, length);
            let other = format!("{one}{}", words(2, rest));
            let exact = length as f64 / (length + rest) as f64;
            let told = of(&one).likeness(&of(&other));
            assert!((told - exact).abs() < 0.13, "{length}+{rest}: {told} for {exact}");
        }
        assert!(of(&words(1, 2000)).likeness(&of(&words(2, 2000))) < 0.02);
        let spaced: String = words(1, 500).chars().flat_map(|c| [c, '，', '\n']).collect();
        assert_eq!(of(&spaced), of(&words(1, 500)));
    }

    #[test]
    fn short_texts_have_none() {
        assert_eq!(Sketch::of(&words(1, FEWEST_RUNS + RUN - 2)), None);
        assert!(Sketch::of(&words(1, FEWEST_RUNS + RUN - 1)).is_some());
        assert_eq!(Sketch::of(""), None);
    }

    #[test]
    fn bands_find_what_is_alike_and_little_else() {
        let sketches: Vec<_> = (0..300).filter_map(|seed| Sketch::of(&words(seed, 600))).collect();
        let edited: Vec<_> = (0..300)
            .filter_map(|seed| Sketch::of(&format!("{}{}", words(seed, 600), words(seed + 1000, 200))))
            .collect();
        let met = sketches.iter().zip(&edited).filter(|(one, other)| shared(one, other) > 0).count();
        assert!(met >= 297, "{met} of 300 that share three quarters");
        let mut by_chance = 0;
        for (number, one) in sketches.iter().enumerate() {
            by_chance += sketches[..number].iter().filter(|other| shared(one, other) > 0).count();
        }
        assert_eq!(by_chance, 0, "of 44,850 pairs that share nothing");
    }

    #[test]
    fn a_sketch_is_stored_in_256_bytes() {
        let sketch = Sketch::of(&words(7, 300)).expect("a sketch");
        assert_eq!(sketch.to_bytes().len(), 256);
        assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), Some(sketch));
        assert_eq!(Sketch::from_bytes(&[0; 255]), None);
        assert_eq!(Sketch::from_bytes(&[0; 258]), None);
    }

    #[test]
    fn sketches_do_not_change_between_versions() {
        // Stored sketches are compared with new ones: whoever changes this counts FORMAT up.
        let sketch = Sketch::of(&words(42, 200)).expect("a sketch");
        assert_eq!(
            (FORMAT, sketch.0[0], sketch.0[127], sketch.bands()[0]),
            (1, 809, 26736, -4_604_694_860_312_789_282)
        );
    }
}
