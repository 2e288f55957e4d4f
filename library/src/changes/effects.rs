//! What a deed did to what is public (变更效果), written beside its row in the log for those who follow the library.
//!
//! An effect on a content names every column and tag with which it stands, and which of them it entered or left by the
//! deed. So whoever reads it later can say what it means for a filter, without knowing how things stood then.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{Action, Effect, List, Member, Subject, Touched};
use crate::content::ContentKind;
use crate::database::{Sql, Transaction};
use crate::directory::Directory;
use crate::id::{AnyId, ChangeId, ColumnId, ContentId, PlacementId, TagId};
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

/// A showing that a deed touched, and that somebody saw before it or sees after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Showing {
    /// The showing.
    pub id: PlacementId,
    /// Of which content.
    pub content: ContentId,
    /// In which column.
    pub column: ColumnId,
    /// Whether it was shown before.
    pub was_shown: bool,
    /// Whether it is shown after.
    pub is_shown: bool,
}

impl Showing {
    /// What is told of it by itself: that it went, and what may have changed of its own title, pin or curtain. That it came is
    /// told with its content.
    fn effect(&self, action: Action) -> Option<Effect> {
        match (self.was_shown, self.is_shown, action) {
            (true, false, _) => Some(Effect::Left),
            (true, true, Action::PlacementEdited | Action::ContentRedacted) => Some(Effect::Changed),
            (false, true, Action::PlacementEdited) => Some(Effect::Entered),
            _ => None,
        }
    }
}

/// What a deed did, before it is committed.
pub(super) struct Deed<'a> {
    pub action: Action,
    /// The directory as it was before.
    pub directory: &'a Directory,
    pub touched: &'a [Touched],
    pub showings: &'a [Showing],
}

/// Writes the effects of a deed.
pub(super) async fn write(transaction: &mut Transaction, change: ChangeId, deed: Deed<'_>) -> Result<()> {
    let Deed { action, directory, touched, showings } = deed;
    let moves = moves(touched);
    let unknown = |wanted: fn(&Moves) -> bool| -> Vec<ContentId> {
        moves.iter().filter(|(_, moved)| wanted(moved)).map(|(id, _)| *id).collect()
    };
    // What enters or leaves the library is told of all its lists; a correction of all its tags.
    let in_columns =
        members(transaction, &COLUMNS, &unknown(|m| m.live.is_none_or(|it| it.before && it.after))).await?;
    let with_tags = members(transaction, &TAGS, &unknown(|m| m.live.is_none())).await?;
    let mut rows = Rows { change, rows: Vec::new() };
    let mut standing = BTreeMap::new();
    for (id, moved) in &moves {
        let effect = match moved.live {
            Some(Move { before: false, after: true }) => Effect::Entered,
            Some(Move { before: true, after: false }) => Effect::Left,
            // Published and withdrawn in one deed: nobody saw it.
            Some(Move { before: false, after: false }) => continue,
            _ => Effect::Changed,
        };
        let none = Vec::new();
        let stands = Stands {
            kind: moved.kind,
            columns: Sides::of(&moved.columns, in_columns.get(id).unwrap_or(&none)),
            tags: Sides::of(&moved.tags, with_tags.get(id).unwrap_or(&Vec::new())),
        };
        rows.add(AnyId::ContentId(*id), effect, Some(&stands))?;
        standing.insert(*id, stands);
    }
    for showing in showings {
        let told = showing.effect(action).zip(standing.get(&showing.content));
        if let Some((effect, Stands { kind, tags, .. })) = told {
            let moved = Move { before: showing.was_shown, after: showing.is_shown };
            let columns = Sides::of(&BTreeMap::from([(showing.column, moved)]), &[]);
            let stands = Stands { kind: *kind, columns, tags: tags.clone() };
            rows.add(AnyId::PlacementId(showing.id), effect, Some(&stands))?;
        }
    }
    for touch in touched {
        if let Subject::Record(id) = touch.subject
            && is_told(directory, id, touch.effect)
        {
            rows.add(id, touch.effect, None)?;
        }
    }
    if !rows.rows.is_empty() {
        transaction.run(&INSERT, &[change.into(), serde_json::Value::Array(rows.rows).into()]).await?;
    }
    Ok(())
}

/// Effects that wait to be written.
struct Rows {
    change: ChangeId,
    rows: Vec<serde_json::Value>,
}

impl Rows {
    /// Adds one. Its identifier is made of the change's and its number: so it is the same whenever it is made.
    fn add(&mut self, subject: AnyId, effect: Effect, standing: Option<&Stands>) -> Result<()> {
        let number = self.rows.len();
        let id = Uuid::from_u128(self.change.0.as_u128() ^ (number as u128 + 1)).simple().to_string();
        let standing = standing.map(serde_json::to_string).transpose()?;
        self.rows.push(json!([id, number, subject.to_string(), <&str>::from(effect), standing]));
        Ok(())
    }
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
