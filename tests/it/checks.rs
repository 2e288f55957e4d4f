//! The gate and content checks: what keeps a revision from being submitted, and what is found in it.

mod examine;
mod obligations;
mod sketches;
mod words;

/// A text of so many different characters, another one for another seed.
fn text(seed: u32, characters: u32) -> String {
    let at = |n: u32| char::from_u32(0x4e00 + (seed.wrapping_mul(7919).wrapping_add(n * n + 31 * n)) % 5000);
    (0..characters).filter_map(at).collect()
}
