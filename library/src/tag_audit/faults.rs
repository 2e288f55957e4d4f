//! Which tags were found wrong or missing, and how often (标签差错统计).

use std::collections::BTreeMap;

use super::TagAuditItem;
use crate::id::TagId;

/// How often a tag was found wrong or missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagFaults {
    /// The tag.
    pub tag: TagId,
    /// In how many contents it does not fit.
    pub wrong: i64,
    /// In how many it is missing.
    pub missing: i64,
}

impl TagFaults {
    /// Those of what was drawn, the most frequent first.
    pub fn of(items: &[TagAuditItem]) -> Vec<Self> {
        let mut counts: BTreeMap<TagId, (i64, i64)> = BTreeMap::new();
        for item in items {
            item.wrong.iter().for_each(|id| counts.entry(*id).or_default().0 += 1);
            item.missing.iter().for_each(|id| counts.entry(*id).or_default().1 += 1);
        }
        let of = |(tag, (wrong, missing))| Self { tag, wrong, missing };
        let mut faults: Vec<Self> = counts.into_iter().map(of).collect();
        faults.sort_by_key(|fault| (-(fault.wrong + fault.missing), fault.tag));
        faults
    }
}
