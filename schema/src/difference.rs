//! What is different between two revisions of a content (修改痕迹), as the desk shows it.

use async_graphql::{Enum, SimpleObject};
use library::content::difference::{FieldDifference as Found, Segment, SegmentKind};

/// A field that is different (修改的字段).
#[derive(SimpleObject)]
pub struct FieldDifference {
    /// Where it stands in `ContentFieldsInput`, with points between (字段路径).
    field: String,
    /// What people call it, in Chinese (字段名称).
    label: String,
    /// What it said, as people read it; null if it was empty (修改前).
    before: Option<String>,
    /// What it says, as people read it; null if it is empty (修改后).
    after: Option<String>,
    /// Its text piece by piece (逐段对比); empty where a body differs in its layout alone.
    segments: Vec<DiffSegment>,
}

/// A piece of a text (文本片段): SAME and ADDED pieces together are what it says, SAME and REMOVED what it said.
#[derive(SimpleObject)]
pub struct DiffSegment {
    /// What became of it (变化).
    kind: DiffKind,
    /// The text (文本).
    text: String,
}

/// What became of a piece of text (变化).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "SegmentKind")]
pub enum DiffKind {
    /// It stayed (未变).
    Same,
    /// It came (新增).
    Added,
    /// It went (删除).
    Removed,
}

impl FieldDifference {
    /// A difference that was found.
    pub fn of(found: Found) -> Self {
        let segment = |Segment { kind, text }: Segment| DiffSegment { kind: kind.into(), text };
        Self {
            field: found.field,
            label: found.label,
            before: found.before,
            after: found.after,
            segments: found.segments.into_iter().map(segment).collect(),
        }
    }
}
