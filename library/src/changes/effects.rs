//! What a deed did to what is public (变更效果), written beside its row in the log for those who follow the library.
//!
//! An effect on a content names every column and tag with which it stands, and which of them it entered or left by the
//! deed. So whoever reads it later can say what it means for a filter, without knowing how things stood then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Action, Effect, List, Member, Subject, Touched};
use crate::Library;
use crate::clock::new_uuid;
use crate::content::ContentKind;
use crate::database::{Sql, Transaction};
use crate::directory::Directory;
use crate::id::{AnyId, ChangeId, ColumnId, ContentId, TagId};
use crate::refusal::Result;
use crate::tag::TagState;

/// On which sides of a deed something stands in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sides<T> {
    /// Before and after.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    stays: Vec<T>,
    /// After it alone.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    entered: Vec<T>,
    /// Before it alone.
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    left: Vec<T>,
}

impl<T> Default for Sides<T> {
    fn default() -> Self {
        Self { stays: Vec::new(), entered: Vec::new(), left: Vec::new() }
    }
}

impl<T: Copy + Ord> Sides<T> {
    /// Where it stood before.
    pub fn before(&self) -> impl Iterator<Item = T> {
        self.stays.iter().chain(&self.left).copied()
    }

    /// Where it stands after.
    pub fn after(&self) -> impl Iterator<Item = T> {
        self.stays.iter().chain(&self.entered).copied()
    }

    /// From what moved, and everything in which it stands now as far as that is not said by what moved.
    fn of(moved: &BTreeMap<T, Move>, now: &[T]) -> Self {
        let those = |before, after| {
            moved.iter().filter(move |(_, it)| (it.before, it.after) == (before, after)).map(|(id, _)| *id)
        };
        let unmoved = now.iter().copied().filter(|id| !moved.contains_key(id));
        Self {
            stays: those(true, true).chain(unmoved).collect(),
            entered: those(false, true).collect(),
            left: those(true, false).collect(),
        }
    }
}

/// How a content stands on both sides of a deed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stands {
    /// Its kind.
    pub kind: ContentKind,
    /// The columns that show it.
    #[serde(default)]
    pub columns: Sides<ColumnId>,
    /// Its tags.
    #[serde(default)]
    pub tags: Sides<TagId>,
}

/// Whether something is in a list before and after a deed.
#[derive(Debug, Clone, Copy)]
struct Move {
    before: bool,
    after: bool,
}

/// What a deed moved of one content.
struct Moves {
    kind: ContentKind,
    live: Option<Move>,
    columns: BTreeMap<ColumnId, Move>,
    tags: BTreeMap<TagId, Move>,
}

static INSERT: Sql = Sql::new(
    "insert into change_effect (id, change_id, ordinal, subject, effect, standing)
     select as_id(r.value->>0), $1, as_int(r.value->>1), r.value->>2, r.value->>3, r.value->>4 from rows($2) r",
);
static COLUMNS: Sql = Sql::new("select content_id, column_id from placement where content_id in ids($1) and shown");
static TAGS: Sql = Sql::new("select content_id, tag_id from content_tag where content_id in ids($1)");

/// Writes the effects of a deed that touched this, before it is committed.
pub(super) async fn write(
    transaction: &mut Transaction,
    library: &Library,
    change: ChangeId,
    (action, directory): (Action, &Directory),
    touched: &[Touched],
) -> Result<()> {
    let moves = moves(touched);
    let unknown = |wanted: fn(&Moves) -> bool| -> Vec<ContentId> {
        moves.iter().filter(|(_, moved)| wanted(moved)).map(|(id, _)| *id).collect()
    };
    // What enters or leaves the library is told of all its lists; a correction of all its tags.
    let in_columns =
        members(transaction, &COLUMNS, &unknown(|m| m.live.is_none_or(|it| it.before && it.after))).await?;
    let with_tags = members(transaction, &TAGS, &unknown(|m| m.live.is_none())).await?;
    let mut rows = Vec::new();
    let mut row = |subject: AnyId, effect: Effect, standing: Option<&Stands>| -> Result<()> {
        let id = new_uuid(library.clock()).simple().to_string();
        let standing = standing.map(serde_json::to_string).transpose()?;
        rows.push(json!([id, rows.len(), subject.to_string(), <&str>::from(effect), standing]));
        Ok(())
    };
    for (id, moved) in &moves {
        let effect = match moved.live {
            Some(Move { before: false, after: true }) => Effect::Entered,
            Some(Move { before: true, after: false }) => Effect::Left,
            // Drafted and given up in one deed: nobody saw it.
            Some(Move { before: false, after: false }) => continue,
            _ => Effect::Changed,
        };
        let none = Vec::new();
        let stands = Stands {
            kind: moved.kind,
            columns: Sides::of(&moved.columns, in_columns.get(id).unwrap_or(&none)),
            tags: Sides::of(&moved.tags, with_tags.get(id).unwrap_or(&Vec::new())),
        };
        row(AnyId::ContentId(*id), effect, Some(&stands))?;
        // Its own title, pin or curtain of a showing changed.
        if action == Action::PlacementEdited {
            for touch in touched {
                if let Subject::Record(showing @ AnyId::PlacementId(_)) = touch.subject {
                    row(showing, touch.effect, Some(&stands))?;
                }
            }
        }
    }
    for touch in touched {
        if let Subject::Record(id) = touch.subject
            && is_told(directory, id, touch.effect)
        {
            row(id, touch.effect, None)?;
        }
    }
    if !rows.is_empty() {
        transaction.run(&INSERT, &[change.into(), serde_json::Value::Array(rows).into()]).await?;
    }
    Ok(())
}

/// Whether a change of a record of the directory is told: of what the public can ask for by itself. A tag that was not
/// active before and is not after is nobody's business.
fn is_told(directory: &Directory, id: AnyId, effect: Effect) -> bool {
    match id {
        AnyId::TagId(id) => {
            let was_active = || directory.tags.get(id).is_some_and(|tag| tag.state == TagState::Active);
            effect == Effect::Entered || was_active()
        }
        AnyId::SiteId(_) | AnyId::ColumnId(_) | AnyId::OrganisationId(_) | AnyId::PanelId(_) => true,
        _ => false,
    }
}

/// What the deed moved of each content, from where each stood first to where it stood last.
fn moves(touched: &[Touched]) -> BTreeMap<ContentId, Moves> {
    let mut moves: BTreeMap<ContentId, Moves> = BTreeMap::new();
    for touch in touched {
        let (Subject::Members(list), Some(either)) = (&touch.subject, touch.after.or(touch.before)) else { continue };
        let Member { content, kind, .. } = either;
        let it = Move { before: touch.before.is_some(), after: touch.after.is_some() };
        if !matches!(list, List::Library | List::Column(_) | List::Tag(_)) {
            continue;
        }
        let none = || Moves { kind, live: None, columns: BTreeMap::new(), tags: BTreeMap::new() };
        let moved = moves.entry(content).or_insert_with(none);
        match list {
            List::Column(id) => moved.columns.entry(*id).or_insert(it).after = it.after,
            List::Tag(id) => moved.tags.entry(*id).or_insert(it).after = it.after,
            _ => {
                let before = moved.live.map_or(it.before, |earlier| earlier.before);
                moved.live = Some(Move { before, ..it });
            }
        }
    }
    moves
}

/// What a statement says of each of the contents.
async fn members<T: crate::database::FromCell>(
    transaction: &mut Transaction,
    sql: &Sql,
    contents: &[ContentId],
) -> Result<BTreeMap<ContentId, Vec<T>>> {
    let mut found: BTreeMap<ContentId, Vec<T>> = BTreeMap::new();
    if !contents.is_empty() {
        for row in transaction.rows(sql, &[contents.into()]).await? {
            found.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
    }
    Ok(found)
}
