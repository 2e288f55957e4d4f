//! Counts of the whole library that a site's answers and next deeds depend on: how often tags are used, and how far
//! index numbers have been issued.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Restored, line, of, record};
use crate::Library;
use crate::changes::{Action, Caller, Effect, List, commit};
use crate::content::ContentKind;
use crate::database::{Snapshot, Sql};
use crate::id::{AnyId, TagId};
use crate::refusal::{Refusal, RefusalCode, Result};

/// How many contents of a kind have a tag in the library that it was taken from.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct TagCount {
    tag: TagId,
    kind: ContentKind,
    contents: i64,
}

/// The next serial of an index number; `frame` is the number with a serial of zeros.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct NumberFrame {
    frame: String,
    next: i64,
}

static TAGS: Sql = Sql::new(
    "select id, kind, cast(sum(members) as bigint) from shelf where list in ('tag', 'elsewhere')
     group by id, kind having sum(members) > 0 order by id, kind",
);
static FRAMES: Sql = Sql::new("select name, next from number_sequence order by name");

/// How often each tag is used.
pub(super) async fn tag_counts(snapshot: &mut Snapshot) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for row in snapshot.rows(&TAGS, &[]).await? {
        let Some(kind) = row.text(1).and_then(|kind| kind.parse().ok()) else { continue };
        lines.push(line(&TagCount { tag: row.get(0)?, kind, contents: row.get(2)? })?);
    }
    Ok(lines)
}

/// How far index numbers have been issued.
pub(super) async fn index_numbers(snapshot: &mut Snapshot) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for row in snapshot.rows(&FRAMES, &[]).await? {
        lines.push(line(&NumberFrame { frame: row.get(0)?, next: row.get(1)? })?);
    }
    Ok(lines)
}

/// Remembers how many contents with each tag did not come along, so that rare tags stay rare
/// ([`crate::Scope::related`]) and common ones common.
pub(super) async fn restore_tag_counts(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    static HERE: Sql =
        Sql::new("select list, id, kind, members from shelf where list in ('tag', 'elsewhere') and id in ids($1)");
    static PUT: Sql = Sql::new(
        "insert into shelf (list, id, kind, members) values ('elsewhere', $1, $2, $3)
         on conflict (list, id, kind) do update set members = excluded.members",
    );
    let counts = lines.iter().map(|line| record::<TagCount>(library, line)).collect::<Result<Vec<_>>>()?;
    let mut work = library.begin(caller, Action::TagChanged).await?;
    let tags: Vec<TagId> = counts.iter().map(|count| count.tag).collect();
    let mut here: HashMap<(bool, Uuid, String), i64> = HashMap::new();
    for row in work.rows(&HERE, &[tags.as_slice().into()]).await? {
        here.insert((row.text(0) == Some("tag"), row.get(1)?, row.get(2)?), row.get(3)?);
    }
    let mut restored = Restored::default();
    for count in counts {
        let kind: &str = count.kind.into();
        if work.directory.tags.get(count.tag).is_none() {
            return Err(of(&count.tag.to_string(), Refusal::not_found("").into()));
        }
        let members = |own: bool| here.get(&(own, count.tag.0, kind.to_owned())).copied().unwrap_or_default();
        let elsewhere = (count.contents - members(true)).max(0);
        let changed = elsewhere != members(false);
        if changed {
            work.run(&PUT, &[count.tag.into(), kind.into(), elsewhere.into()]).await?;
            work.record(AnyId::TagId(count.tag), Effect::Changed);
            work.list(List::Tag(count.tag));
        }
        restored.count(changed);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}

/// Lets index numbers be issued from where they were; a number that was issued here already is not issued again.
pub(super) async fn restore_index_numbers(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    static RAISE: Sql = Sql::new(
        "insert into number_sequence (name, next) values ($1, $2)
         on conflict (name) do update set next = excluded.next where number_sequence.next < excluded.next",
    );
    let frames = lines.iter().map(|line| record::<NumberFrame>(library, line)).collect::<Result<Vec<_>>>()?;
    let mut work = library.begin(caller, Action::ContentDrafted).await?;
    let mut restored = Restored::default();
    for frame in frames {
        if frame.frame.chars().count() > 200 || frame.next < 1 {
            let refusal = Refusal::new(RefusalCode::Invalid, "frame", "不是索引号", "is no index number");
            return Err(of(&frame.frame, refusal.into()));
        }
        let raised = work.run(&RAISE, &[(&frame.frame).into(), frame.next.into()]).await? > 0;
        if raised {
            work.key(crate::changes::KeyKind::IndexNumber, &frame.frame);
        }
        restored.count(raised);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}
