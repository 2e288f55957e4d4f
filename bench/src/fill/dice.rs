//! Randomness from a seed, and Zipf's law: the same seed gives the same library and the same questions.
//!
//! This room knows numbers and nothing of what they stand for.

use library::Instant;
use uuid::{Builder, Uuid};

/// A sequence of numbers that its seed determines: SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`; 0 if that is 0.
    pub fn below(&mut self, most: usize) -> usize {
        // The high half of the product: as even as anybody can measure, and without a division.
        ((u128::from(self.number()) * most as u128) >> 64) as usize
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn percent(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    /// A number from 0 to below 1.
    pub fn share(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of several; they must not be none.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// An identifier that was made at `at`.
    pub fn id(&mut self, at: Instant) -> Uuid {
        let mut tail = [0; 10];
        tail[..8].copy_from_slice(&self.number().to_be_bytes());
        tail[8..].copy_from_slice(&self.number().to_be_bytes()[..2]);
        Builder::from_unix_timestamp_millis(u64::try_from(at.0 / 1000).unwrap_or(0), &tail).into_uuid()
    }
}

/// Zipf's law over ranks: the second is drawn half as often as the first, at an exponent of one.
#[derive(Debug, Clone)]
pub struct Zipf(Vec<f64>);

impl Zipf {
    /// Over so many ranks, at least one.
    pub fn new(ranks: usize, exponent: f64) -> Self {
        let mut sum = 0.0;
        let sums = (1..=ranks.max(1)).map(|rank| {
            sum += (rank as f64).powf(-exponent);
            sum
        });
        Self(sums.collect())
    }

    /// A rank, 0 the most frequent.
    pub fn draw(&self, dice: &mut Dice) -> usize {
        let all = self.0.last().copied().unwrap_or(1.0);
        let at = dice.share() * all;
        self.0.partition_point(|sum| *sum <= at).min(self.0.len() - 1)
    }
}

/// The place of a rank when places are shuffled: neighbours in rank lie far from each other, and every place is met once.
pub fn scatter(rank: usize, places: usize) -> usize {
    if places < 2 {
        return 0;
    }
    // A step by the golden section that has no divisor in common with the number of places.
    let mut step = (places as f64 * 0.618_033_988_75) as usize | 1;
    while greatest_divisor(step, places) != 1 {
        step += 1;
    }
    ((rank as u128 * step as u128 + 7) % places as u128) as usize
}

fn greatest_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_met_once() {
        for places in [1, 2, 20, 119, 400, 4_096] {
            let met: std::collections::HashSet<_> = (0..places).map(|rank| scatter(rank, places)).collect();
            assert_eq!(met.len(), places);
        }
    }

    #[test]
    fn the_first_rank_is_drawn_twice_as_often_as_the_second() {
        let (zipf, mut dice) = (Zipf::new(400, 1.0), Dice::new(1));
        let mut drawn = [0_usize; 400];
        for _ in 0..100_000 {
            drawn[zipf.draw(&mut dice)] += 1;
        }
        let ratio = drawn[0] as f64 / drawn[1] as f64;
        assert!((1.9..2.1).contains(&ratio), "{ratio}");
        assert!(drawn.iter().all(|times| *times > 0));
    }
}
