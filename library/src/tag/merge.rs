//! Merging a tag into another (mergeTags, 标签合并): nothing that named the old one breaks.
//!
//! Its identifier and code resolve to the target for good, its names become synonyms of it. Live contents follow in batches;
//! working revisions are left as they are and are resolved when they are published.

use super::{Tag, TagFields, TagState, edit};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work};
use crate::database::Sql;
use crate::id::{AnyId, TagId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sweep::Rest;
use crate::{Library, Position};

static MERGE: Sql = Sql::new("update tag set state = $2, merged_into_id = $3 where id = $1");
static REMOVE_NAMES: Sql = Sql::new("delete from tag_name where tag_id = $1");

impl Library {
    /// Merges `from` into `into`. A merge that was cut off goes on when it is asked for again.
    ///
    /// # Errors
    /// Refuses who does not look after both, unknown tags, a tag that was merged elsewhere, a target that is not active,
    /// lies below it or is of another group, and itself.
    pub async fn merge_tags(&self, caller: &Caller, from: TagId, into: TagId) -> Result<Position> {
        let mut work = self.begin(caller, Action::TagsMerged).await?;
        let directory = work.directory.clone();
        for (id, path) in [(from, "from"), (into, "into")] {
            may_at(&directory, caller, Right::Steward, Target::of(&directory, AnyId::TagId(id)).as_ref(), path)?;
        }
        let (left, right) = (directory.tags.get(from), directory.tags.get(into));
        let (left, right) = left.zip(right).ok_or_else(|| Refusal::not_found("from"))?;
        if left.merged_into != Some(into) {
            check(&work, left, right)?;
            merge(&mut work, left, right).await?;
        }
        self.commit_and_sweep(work, caller, Rest::MergedTag { from, into }).await
    }
}

fn check(work: &Work, from: &Tag, into: &Tag) -> Result<()> {
    let refuse =
        |code, path: &str, message: &str, english: &str| Err(Refusal::new(code, path, message, english).into());
    if from.id == into.id || work.directory.tags.family(from.id).contains(&into.id) {
        return refuse(
            RefusalCode::Loop,
            "into",
            "不能并入自身或下级标签",
            "would be merged into itself or below itself",
        );
    }
    if from.merged_into.is_some() {
        return refuse(RefusalCode::WrongState, "from", "该标签已并入其他标签", "it was merged already");
    }
    if into.state != TagState::Active {
        return refuse(RefusalCode::WrongState, "into", "目标标签未启用", "the target is not active");
    }
    if from.group != into.group {
        return refuse(RefusalCode::Invalid, "into", "应并入同一维度的标签", "of another group");
    }
    Ok(())
}

async fn merge(work: &mut Work, from: &Tag, into: &Tag) -> Result<()> {
    let directory = work.directory.clone();
    let state: &str = TagState::Merged.into();
    work.run(&REMOVE_NAMES, &[from.id.into()]).await?;
    work.run(&MERGE, &[from.id.into(), state.into(), into.id.into()]).await?;
    work.record(AnyId::TagId(from.id), Effect::Left);
    work.key(KeyKind::TagCode, &from.code);
    // A name that somebody else has by now stays with them.
    let mut names = into.fields.synonyms.clone();
    for name in from.fields.synonyms.iter().chain([&from.fields.name]) {
        work.key(KeyKind::TagName, name);
        let taken = directory.tags.by_key(KeyKind::TagName, name).is_some_and(|other| other.id != from.id);
        if !taken && !names.contains(name) && *name != into.fields.name {
            names.push(name.clone());
        }
    }
    let fields = TagFields { synonyms: names, ..into.fields.clone() };
    edit::write(work, into, into.state, &fields).await?;
    for child in directory.tags.children(from.id) {
        let fields = TagFields { parent: Some(into.id), ..child.fields.clone() };
        if child.merged_into.is_none() {
            edit::write(work, child, child.state, &fields).await?;
        }
    }
    work.list(List::tags());
    work.list(List::Tag(from.id));
    work.list(List::Tag(into.id));
    Ok(())
}
