//! What the server answers to the queries of one request.

use serde_json::Value as Json;
use uuid::Uuid;

use super::door::{Refused, Said};
use super::row::{STATE, facet};
use crate::found::{Facet, FacetField, Hit};

/// How many values of a facet are told.
const MOST_VALUES: usize = 50;

/// What was found, as of one state of the index.
#[derive(Debug)]
pub(super) struct Told {
    pub position: i64,
    /// The position that it was built at.
    pub built_at: i64,
    pub generation: u64,
    pub hits: Vec<Hit>,
    pub total: usize,
    counted: Json,
}

impl Told {
    /// Of an answer: the row of the state comes first, then the hits.
    pub fn of(index: &str, answer: Json) -> Said<Self> {
        let rows = answer["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some((state, hits)) = rows.split_first().filter(|(first, _)| first["id"] == STATE) else {
            return Err(Refused::no_state());
        };
        let (position, built_at) = (state["position"].as_i64(), state["builtAt"].as_i64());
        let total = answer["totalHits"].as_u64().ok_or_else(|| Refused::unclear("number of hits"))?;
        let hit = |row: &Json| {
            let id = row["id"].as_str()?.parse::<Uuid>().ok()?;
            // Above zero, whatever the server makes of a query without words.
            let score = row["_federation"]["weightedRankingScore"].as_f64().unwrap_or_default();
            Some(Hit { id, score: (score as f32).max(f32::MIN_POSITIVE) })
        };
        Ok(Self {
            position: position.ok_or_else(Refused::no_state)?,
            built_at: built_at.ok_or_else(Refused::no_state)?,
            generation: state["generation"].as_u64().unwrap_or_default(),
            hits: hits.iter().filter_map(hit).collect(),
            total: usize::try_from(total.saturating_sub(1)).unwrap_or(usize::MAX),
            counted: answer["facetsByIndex"][index]["distribution"].clone(),
        })
    }

    /// How many there are by the values of a field, the most frequent first.
    pub fn values(&self, field: FacetField) -> Vec<(String, usize)> {
        let counts = self.counted[facet(field)].as_object();
        let count = |(value, count): (&String, &Json)| (value.clone(), count.as_u64().unwrap_or_default() as usize);
        let mut values: Vec<_> = counts.into_iter().flatten().map(count).filter(|(_, count)| *count > 0).collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values
    }

    /// All facets that there is something of.
    pub fn facets(&self) -> Vec<Facet> {
        let of = |field: FacetField| {
            let mut values = self.values(field);
            values.truncate(MOST_VALUES);
            (!values.is_empty()).then_some(Facet { field, values })
        };
        FacetField::ALL.into_iter().filter_map(of).collect()
    }
}
