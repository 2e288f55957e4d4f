//! Subscribing tags (subscribeTags, 标签订阅), and giving them up.

use std::collections::BTreeSet;

use super::require_reader;
use crate::changes::{Action, Caller, commit};
use crate::database::Sql;
use crate::id::TagId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::tag::TagState;
use crate::{Library, Position};

/// The most tags of a reader.
pub const MOST_TAGS: usize = 50;

/// What a reader subscribes and gives up.
#[derive(Debug, Clone, Default)]
pub struct SubscribeTags {
    /// Tags to be subscribed.
    pub add: Vec<TagId>,
    /// Tags to be given up.
    pub remove: Vec<TagId>,
    /// Whether all that were subscribed before are given up.
    pub remove_all: bool,
}

static INSERT: Sql =
    Sql::new("insert into reader_tag (reader_key, tag_id) select r.value->>0, as_id(r.value->>1) from rows($1) r");

impl Library {
    /// Subscribes tags and gives others up; a reader who keeps none is forgotten. It is no change of the library and stands
    /// in no log.
    ///
    /// # Errors
    /// Refuses who is no reader, tags that may not be seen, more than 50, and a reader who refuses recommendations.
    pub async fn subscribe_tags(&self, caller: &Caller, input: SubscribeTags) -> Result<Position> {
        let reader = require_reader(caller)?;
        let mut work = self.begin(caller, Action::ReaderChanged).await?;
        let directory = work.directory.clone();
        let active = |tag: &TagId| directory.tags.get(*tag).is_some_and(|tag| tag.state == TagState::Active);
        let add = directory.tags_of(input.add.iter().take(MOST_TAGS + 1));
        if !add.iter().all(active) {
            return Err(Refusal::not_found("add").into());
        }
        let refuses = reader.hold(&mut work).await?;
        if refuses && !add.is_empty() {
            let (message, english) = ("您已拒绝个性化推荐", "recommendations are refused");
            let refusal = Refusal::new(RefusalCode::WrongState, "add", message, english);
            let hint = ("请先允许个性化推荐", "call setRecommendations with allowed: true first");
            return Err(refusal.hinting(hint.0, hint.1).into());
        }
        let kept = if input.remove_all { Vec::new() } else { reader.tags(&mut work).await? };
        let remove = directory.tags_of(&input.remove);
        // What was merged means the other by now, and what was retired is shown to nobody.
        let mut tags: BTreeSet<TagId> = directory.tags_of(&kept).into_iter().filter(active).collect();
        tags.retain(|tag| !remove.contains(tag));
        tags.extend(add);
        if tags.len() > MOST_TAGS {
            let (message, english) =
                (format!("最多订阅{MOST_TAGS}个标签"), format!("at most {MOST_TAGS} tags can be subscribed"));
            return Err(Refusal::new(RefusalCode::TooLong, "add", message, english).into());
        }
        reader.forget_tags(&mut work).await?;
        let row = |tag: &TagId| serde_json::json!([reader.0, tag.0.simple().to_string()]);
        work.insert(&INSERT, tags.iter().map(row).collect()).await?;
        reader.forget(&mut work).await?;
        commit(work).await
    }
}
