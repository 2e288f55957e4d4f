//! Merging a tag into another (mergeTags, 标签合并): nothing that named the old one breaks.
//!
//! Its identifier and code resolve to the target for good, its names become synonyms of it. Live contents follow in batches; until
//! all have, reads walk both ([`crate::Directory::tags_walked`]), and counters count each content under the target from the
//! moment of the merge. Working revisions are left as they are and are resolved when they are published.

use std::collections::BTreeSet;

use super::{Tag, TagFields, TagState, edit};
use crate::changes::{Action, Caller, Effect, KeyKind, List, Work};
use crate::database::Sql;
use crate::id::{AnyId, TagId};
use crate::may::{Right, Target, may_at};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::sweep::Rest;
use crate::{Library, Position};

static MERGE: Sql = Sql::new("update tag set state = $2, merged_into_id = $3, following = $4 where id = $1");
static FOLLOWED: Sql = Sql::new("update tag set following = $2 where id = $1");
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
    work.run(&MERGE, &[from.id.into(), state.into(), into.id.into(), true.into()]).await?;
    move_counters(work, from.id, into.id).await?;
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

/// Every live content that had the tag has the other one instead: from now on it alone is walked.
pub(crate) async fn followed(work: &mut Work, from: TagId) -> Result<()> {
    if work.directory.tags.get(from).is_some_and(|tag| tag.following) {
        work.run(&FOLLOWED, &[from.into(), false.into()]).await?;
        work.list(List::Tag(from));
    }
    Ok(())
}

static KEPT: Sql = Sql::new("select kind, members from shelf where list = 'tag' and id = $1 and members <> 0");
static KEPT_ON: Sql = Sql::new("select kind, members, site_id from tag_shelf where tag_id = $1 and members <> 0");
static BOTH: Sql = Sql::new(
    "select t.kind, cast(count(distinct t.content_id) as bigint) from content_tag t
     where t.tag_id in ids($1) and exists (select 1 from content_tag o where o.content_id = t.content_id and o.tag_id in ids($2))
     group by t.kind",
);
static BOTH_ON: Sql = Sql::new(
    "select t.kind, cast(count(distinct t.content_id) as bigint), p.site_id from content_tag t
     join placement p on p.content_id = t.content_id and p.shown
     where t.tag_id in ids($1) and exists (select 1 from content_tag o where o.content_id = t.content_id and o.tag_id in ids($2))
     group by t.kind, p.site_id",
);

static MEMBERS: Sql =
    Sql::new("select cast(coalesce(sum(members), 0) as bigint) from shelf where list = 'tag' and id = $1");

async fn members(work: &mut Work, tag: TagId) -> Result<i64> {
    match work.rows(&MEMBERS, &[tag.into()]).await?.first() {
        Some(row) => row.get(0),
        None => Ok(0),
    }
}

/// Counts what `from` has under `into`; what has both already, once. Contents that follow later move no counter.
async fn move_counters(work: &mut Work, from: TagId, into: TagId) -> Result<()> {
    let directory = work.directory.clone();
    let (left, right) = (directory.tags_walked(&[from]), directory.tags_walked(&[into]));
    let mut sets = [left.as_slice().into(), right.as_slice().into()];
    // What has both is looked for among the fewer, while nobody else can write.
    if members(work, into).await? < members(work, from).await? {
        sets.reverse();
    }
    for (kept, both, of_sites) in [(&KEPT, &BOTH, false), (&KEPT_ON, &BOTH_ON, true)] {
        let moved = work.rows(kept, &[from.into()]).await?;
        let counted = if moved.is_empty() { Vec::new() } else { work.rows(both, &sets).await? };
        for (rows, changes) in [(moved, [(from, -1), (into, 1)].as_slice()), (counted, &[(into, -1)])] {
            for row in rows {
                let Some(kind) = row.text(0).and_then(|kind| kind.parse().ok()) else { continue };
                let members: i64 = row.get(1)?;
                for (tag, sign) in changes {
                    match of_sites {
                        true => work.counts.add_tagged([tag], &BTreeSet::from([row.get(2)?]), kind, sign * members),
                        false => work.counts.add("tag", tag.0, kind, sign * members),
                    }
                }
            }
        }
    }
    Ok(())
}
