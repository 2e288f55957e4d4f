//! The nightly comparison (每日比对): what the index has beside what is public, document for document; what differs is repaired.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use library::Audience;
use library::findable::Along;
use library::id::ContentId;
use uuid::Uuid;

use crate::engine::Batch;
use crate::follow::AT_ONCE;
use crate::public::document;
use crate::search::{Drift, Search, Trouble};

impl Search {
    /// Compares and repairs. The log is not followed meanwhile, so that what changed since is not taken for drift: it is
    /// compared with what the index was told up to its position, and repaired by what is public now, which is told again.
    ///
    /// # Errors
    /// When the engine or the library fails; what was repaired until then stays.
    pub async fn compare(&self) -> Result<Drift, Trouble> {
        let mut drift = Drift::default();
        let _turn = self.turn.lock().await;
        let Some(position) = self.engine.standing().await?.position else { return Ok(drift) };
        self.library.refresh().await?;
        let mut kept: HashMap<Uuid, u64> = self.engine.stamps().await?.into_iter().collect();
        let changed = self.changed_since(position).await?;
        let mut after = None;
        loop {
            let contents = self.library.contents_along(Along::Library, after, AT_ONCE).await?;
            let Some(last) = contents.last().copied() else { break };
            let found = self.library.scope(Audience::Public).findable(&contents).await?;
            let mut put = Vec::new();
            for document in found.iter().map(|found| document(found, self.library.zone())) {
                let stamp = kept.remove(&document.id);
                if stamp == Some(document.stamp()) {
                    continue;
                }
                if !changed.contains(&ContentId(document.id)) {
                    *(if stamp.is_none() { &mut drift.missing } else { &mut drift.outdated }) += 1;
                }
                put.push(document);
            }
            if !put.is_empty() {
                self.engine.write(Batch { put, remove: Vec::new(), from: position, position }).await?;
            }
            after = Some(last);
        }
        let remove: Vec<Uuid> = kept.into_keys().collect();
        drift.surplus = remove.iter().filter(|id| !changed.contains(&ContentId(**id))).count() as u64;
        if !remove.is_empty() {
            self.engine.write(Batch { put: Vec::new(), remove, from: position, position }).await?;
        }
        self.drift.fetch_add(drift.all(), Ordering::Relaxed);
        Ok(drift)
    }

    /// The contents that changed while the index was not told.
    async fn changed_since(&self, mut position: i64) -> Result<std::collections::HashSet<ContentId>, Trouble> {
        let mut changed = std::collections::HashSet::new();
        loop {
            let batch = self.library.changes_within(position, 500, 50_000).await?;
            let Some(last) = batch.last().map(|change| change.position) else { return Ok(changed) };
            changed.extend(batch.iter().flat_map(library::changes::Change::contents));
            position = last;
        }
    }
}
