//! Ranking again: the best by what is cheap to count (the words that are found) are ranked by everything that counts.
//!
//! Single characters stand in half of all texts: to count them for each that matches takes longer than all else together.

use tantivy::query::{EnableScoring, Query};
use tantivy::{DocId, Searcher, TERMINATED};

use super::harvest::{Columns, Harvested, Ranked, before};
use crate::question::{Order, Question};

/// How many are ranked again.
pub(super) const AGAIN: usize = 256;

/// Ranks the best again by `query`, those of each kind too. What comes behind them stays behind them.
pub(super) fn again(
    searcher: &Searcher,
    query: &dyn Query,
    question: &Question,
    harvested: &mut Harvested,
) -> tantivy::Result<()> {
    if question.order != Order::Relevance {
        return Ok(());
    }
    let weight = query.weight(EnableScoring::enabled_from_searcher(searcher))?;
    let again = harvested.best.len().min(AGAIN);
    for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
        let (first, _) = harvested.best.split_at_mut(again);
        let of_kinds = harvested.kinds.values_mut().flat_map(|(_, best)| best.iter_mut());
        let mut here: Vec<&mut Ranked> =
            first.iter_mut().chain(of_kinds).filter(|one| one.at.segment_ord as usize == ordinal).collect();
        if here.is_empty() {
            continue;
        }
        here.sort_unstable_by_key(|one| one.at.doc_id);
        let columns = Columns::of(segment)?;
        let mut scorer = weight.scorer(segment, 1.0)?;
        let mut last: Option<(DocId, f32)> = None;
        for one in here {
            let doc = one.at.doc_id;
            if let Some((_, score)) = last.filter(|(same, _)| *same == doc) {
                (one.score, one.key) = (score, f64::from(score));
                continue;
            }
            if scorer.doc() < doc {
                scorer.seek(doc);
            }
            if scorer.doc() == TERMINATED {
                break;
            }
            if scorer.doc() == doc {
                one.score = columns.ranked_score(doc, scorer.score(), question.now);
                one.key = f64::from(one.score);
                last = Some((doc, one.score));
            }
        }
    }
    harvested.best[..again].sort_unstable_by(before);
    // What was not ranked again may have counted otherwise: it fits no better than the last that was.
    if let Some(least) = again.checked_sub(1).map(|last| harvested.best[last].score) {
        harvested.best[again..].iter_mut().for_each(|one| one.score = one.score.min(least));
    }
    harvested.kinds.values_mut().for_each(|(_, best)| best.sort_unstable_by(before));
    Ok(())
}
