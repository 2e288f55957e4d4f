//! Records of the directory's nouns: written out as they are, restored one by one within a deed.
//!
//! What each noun's tables are is in [`super::nouns`]; here is what holds for all of them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Restored, differs, line, of, record};
use crate::changes::{Caller, Effect, KeyKind, List, Work, commit};
use crate::directory::{Directory, Entry, Part};
use crate::id::AnyId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Error, Library};

/// A noun of the directory whose records are taken from library to library.
pub(super) trait Carried: Entry + Serialize + DeserializeOwned {
    /// Where the directory keeps it.
    fn part(directory: &Directory) -> &Part<Self>;
    /// Its identifier, as the log names it.
    fn any(&self) -> AnyId;
    /// The lists that it is a member of.
    fn lists(&self, directory: &Directory) -> Vec<List>;
    /// The records of the same noun that its row names.
    fn above(&self) -> Vec<Self::Id> {
        self.parent().into_iter().collect()
    }
    /// Itself without what the clock changes by itself.
    fn lasting(&self) -> Result<serde_json::Value> {
        Ok(serde_json::to_value(self)?)
    }
    /// Writes its rows.
    fn insert(&self, work: &mut Work) -> impl Future<Output = Result<()>> + Send;
}

/// The lines of records that fit, in their order, but each after those that its row names.
pub(super) fn lines<T: Carried>(part: &Part<T>, fits: impl Fn(&T) -> bool) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    // A record is opened once and done after those above it; a circle of rows, which no deed makes, is cut somewhere.
    let mut opened = HashSet::new();
    let mut stack: Vec<(&Arc<T>, bool)> = Vec::new();
    for record in part.all().iter().filter(|record| fits(record)) {
        stack.push((record, false));
        while let Some((next, above_are_done)) = stack.pop() {
            if above_are_done {
                if fits(next) {
                    lines.push(line(&**next)?);
                }
            } else if opened.insert(next.id()) {
                stack.push((next, true));
                stack.extend(next.above().into_iter().filter_map(|above| part.get(above)).map(|above| (above, false)));
            }
        }
    }
    Ok(lines)
}

/// Restores records in one deed.
pub(super) async fn restore<T: Carried>(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    let mut work = library.begin(caller, T::CHANGED_BY[0]).await?;
    let mut restored = Restored::default();
    for line in lines {
        let entry: T = record(library, line)?;
        let name = entry.any().to_string();
        let written = write(&mut work, &entry).await.map_err(|error| of(&name, error))?;
        restored.count(written);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}

/// Writes a record that the library does not hold; answers whether it did.
async fn write<T: Carried>(work: &mut Work, entry: &T) -> Result<bool> {
    let directory = work.directory.clone();
    let part = T::part(&directory);
    if let Some(known) = part.get(entry.id()) {
        return if known.lasting()? == entry.lasting()? { Ok(false) } else { Err(differs().into()) };
    }
    if let Some((kind, value)) = entry.keys().into_iter().find(|(kind, value)| part.by_key(*kind, value).is_some()) {
        return Err(taken(kind, &value));
    }
    entry.insert(work).await?;
    work.record(entry.any(), Effect::Entered);
    for (kind, value) in entry.keys() {
        work.key(kind, value);
    }
    for list in entry.lists(&directory).into_iter().collect::<BTreeSet<_>>() {
        work.list(list);
    }
    Ok(true)
}

/// Another record has the key.
fn taken(kind: KeyKind, value: &str) -> Error {
    let path: &str = kind.into();
    // A path stands behind its site in the key.
    let value = value.rsplit('\u{1f}').next().unwrap_or(value);
    let message = format!("库中另一条记录已使用“{value}”");
    let english = format!("another record of the library has {value}");
    Refusal::new(RefusalCode::Duplicate, path, message, english).into()
}
