//! Sketches on versions of laws, and on laws about the same subject of other regions.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use library::finding::{LIKE, Sketch};

use super::{data, field, records, rows};

#[test]
fn sketches_on_versions_of_laws() {
    let Some(folder) = data() else { return };
    let policies = records(&folder, "policies.jsonl.gz");
    let begun = Instant::now();
    let sketches: HashMap<&str, Sketch> =
        policies.iter().filter_map(|policy| Some((field(policy, "id"), Sketch::of(field(policy, "body"))?))).collect();
    let characters: usize = policies.iter().map(|policy| field(policy, "body").chars().count()).sum();
    println!("{} sketches of {characters} characters in {:?}", sketches.len(), begun.elapsed());
    let pairs: Vec<(bool, String, String)> = rows(&folder, "near-duplicate-laws.tsv")
        .into_iter()
        .map(|row| (row[1] == "1", row[3].clone(), row[4].clone()))
        .collect();
    let versions = pairs.iter().filter(|(is_version, _, _)| *is_version).count();
    let likeness = |one: &String, other: &String| match (sketches.get(&**one), sketches.get(&**other)) {
        (Some(one), Some(other)) => one.likeness(other),
        _ => 0.0,
    };
    let met = |one: &String, other: &String| match (sketches.get(&**one), sketches.get(&**other)) {
        (Some(one), Some(other)) => one.bands().iter().zip(other.bands()).any(|(one, other)| *one == other),
        _ => false,
    };
    for threshold in [0.2, 0.3, 0.35, 0.4, LIKE, 0.5, 0.6, 0.7, 0.8] {
        let told: Vec<_> = pairs.iter().filter(|(_, one, other)| likeness(one, other) >= threshold).collect();
        let looked_up: Vec<_> = told.iter().filter(|(_, one, other)| met(one, other)).collect();
        let share = |told: usize, of: usize| told as f64 / of.max(1) as f64;
        let right = told.iter().filter(|(is_version, _, _)| *is_version).count();
        let right_up = looked_up.iter().filter(|(is_version, _, _)| *is_version).count();
        println!(
            "from {threshold:.2}: precision {:.3}, recall {:.3} ({right} of {versions}); by look-up precision {:.3}, recall \
             {:.3} ({right_up})",
            share(right, told.len()),
            share(right, versions),
            share(right_up, looked_up.len()),
            share(right_up, versions),
        );
        if threshold == LIKE {
            assert!(share(right_up, looked_up.len()) >= 0.8, "precision");
            assert!(share(right_up, versions) >= 0.55, "recall");
        }
    }
    let candidates = candidates(&sketches);
    let told = candidates.iter().filter(|(one, other)| sketches[one].likeness(&sketches[other]) >= LIKE).count();
    println!(
        "look-up brings {} of {} pairs of all, {told} of them alike",
        candidates.len(),
        sketches.len() * (sketches.len() - 1) / 2
    );
    assert!(candidates.len() < sketches.len(), "a look-up compares few: {}", candidates.len());
}

/// The pairs that have a band in common.
fn candidates<'s>(sketches: &HashMap<&'s str, Sketch>) -> HashSet<(&'s str, &'s str)> {
    let mut buckets: HashMap<i64, Vec<&str>> = HashMap::new();
    for (id, sketch) in sketches {
        sketch.bands().iter().for_each(|band| buckets.entry(*band).or_default().push(id));
    }
    let mut pairs = HashSet::new();
    for bucket in buckets.values() {
        for (number, one) in bucket.iter().enumerate() {
            pairs.extend(bucket[..number].iter().map(|other| (*one.min(other), *one.max(other))));
        }
    }
    pairs
}
