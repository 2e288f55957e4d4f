//! Cards that were read from their JSON already.
//!
//! This is no copy of what is stored: a card comes from here only if the text that was just read is, byte for byte, the
//! text that it was made of. So it cannot be stale, whatever happened in between.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::row::Card;
use crate::id::ContentId;
use crate::refusal::Result;

/// How many cards are expected; the number is bounded by their bytes.
const EXPECTED: usize = 16_384;
/// The bytes of the texts that are kept. What they are made into takes about three times as much.
const MOST_BYTES: u64 = 8 << 20;

/// The newest text of each content's card, and the card.
pub(crate) struct Cards(Cache<ContentId, Kept, ByBytes>);

#[derive(Clone)]
struct Kept {
    text: Arc<str>,
    card: Arc<Card>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<ContentId, Kept> for ByBytes {
    fn weight(&self, _: &ContentId, kept: &Kept) -> u64 {
        kept.text.len() as u64
    }
}

impl Default for Cards {
    fn default() -> Self {
        Self(Cache::with_weighter(EXPECTED, MOST_BYTES, ByBytes))
    }
}

impl Cards {
    /// The card that `text` describes.
    pub fn read(&self, id: ContentId, text: &str) -> Result<Arc<Card>> {
        if let Some(kept) = self.0.get(&id)
            && *kept.text == *text
        {
            return Ok(kept.card);
        }
        let card: Arc<Card> = Arc::new(serde_json::from_str(text)?);
        self.0.insert(id, Kept { text: text.into(), card: card.clone() });
        Ok(card)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_what_its_text_says_and_is_made_once_for_each_text() {
        let cards = Cards::default();
        let text = |title: &str| {
            let description = serde_json::json!({"title": title, "publisher": null});
            serde_json::json!({"description": description, "glance": {"ARTICLE": {}}}).to_string()
        };
        let id = ContentId(uuid::Uuid::from_u128(7));
        let read = |title: &str| cards.read(id, &text(title)).expect("a card");
        let first = read("一");
        assert_eq!(first.title, "一");
        assert!(Arc::ptr_eq(&first, &read("一")));
        assert_eq!(read("二").title, "二");
        let again = read("一");
        assert_eq!(again, first);
        assert!(!Arc::ptr_eq(&again, &first));
        assert!(cards.read(id, "{").is_err());
        assert_eq!(read("一").title, "一");
    }
}
