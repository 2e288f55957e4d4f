//! Texts that are much like a published one (内容近似): the same news twice, or a version that does not name the first.

use super::field_text::path;
use super::raised::{Found, Raised};
use super::rule::Rule;
use super::sketch::Sketch;
use crate::content::body::Layout;
use crate::content::{ContentFields, LinkTarget};
use crate::id::ContentId;

/// From which likeness on a text is told; measured, see `docs/checks.md`.
pub const LIKE: f64 = 0.45;

/// The most published texts that are told for one content.
const MOST: usize = 5;

/// A published content whose sketch has a band in common with the one that is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Similar {
    /// The content.
    pub content: ContentId,
    /// Its title.
    pub title: String,
    /// Its sketch.
    pub sketch: Sketch,
}

/// Compares a revision with what a look-up of its bands brought; those most alike are told first.
pub(super) fn look(fields: &ContentFields, body: &Layout, similar: &[Similar], found: &mut Found<'_>) {
    if !found.looks_for(Rule::NearDuplicate) || similar.is_empty() {
        return;
    }
    let Some(sketch) = Sketch::of(&body.text) else { return };
    // What it names itself, it is related to: an amended version, a repost, an interpretation that quotes.
    let named = |content: ContentId| fields.links.iter().any(|link| link.to == LinkTarget::Content(content));
    let mut alike: Vec<_> = similar
        .iter()
        .filter(|other| !named(other.content))
        .map(|other| (sketch.likeness(&other.sketch), other))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .collect();
    alike.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.content.cmp(&b.content)));
    for (likeness, other) in alike.into_iter().take(MOST) {
        let percent = (likeness * 100.0).round();
        let message = format!("正文与已发布的《{}》约{percent}%相同", other.title);
        let raised = Raised::new(Rule::NearDuplicate, &path(&["body_html"]), message);
        found.add(raised.of(other.content.to_string()).suggest("确认不是重复发布；是新版本或转载的，请关联原信息"));
    }
}
