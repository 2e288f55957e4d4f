//! Rows for the tables that the migrations make: what publishing a content writes, as cells.
//!
//! This room knows tables and columns; no database and no rule.

use std::collections::BTreeSet;

use library::DayZone;
use library::content::{ContentState, DocumentNumber, LinkTarget};
use library::database::Value;
use uuid::Uuid;

use super::ACTOR;
use super::frame::Frame;
use super::made::{Made, Placed};

/// The tables that contents are written to, each with its columns in the order of the cells.
pub const TABLES: [(&str, &[&str]); 22] = [
    (
        "content",
        &[
            "id",
            "short_id",
            "kind",
            "home_site_id",
            "home_column_id",
            "publisher_id",
            "language",
            "published_at",
            "updated_at",
            "index_number",
            "origin_system",
            "origin_id",
            "revision",
            "card",
        ],
    ),
    ("content_detail", &["content_id", "document"]),
    ("content_body", &["content_id", "html", "text"]),
    ("content_tag", &["content_id", "tag_id", "kind", "published_at", "source"]),
    ("content_code", &["content_id", "list", "code", "published_at"]),
    (
        "policy",
        &["content_id", "document_number", "folded_number", "document_type", "written_on", "validity", "published_at"],
    ),
    ("content_issuer", &["content_id", "organisation_id", "published_at"]),
    ("link", &["id", "from_id", "type", "to_id", "note", "rank"]),
    (
        "working",
        &[
            "content_id",
            "short_id",
            "kind",
            "site_id",
            "column_id",
            "title",
            "state",
            "revision",
            "live_revision",
            "author",
            "edited_by",
            "created_at",
            "updated_at",
            "published_at",
            "index_number",
            "origin_system",
            "origin_id",
        ],
    ),
    ("revision", &["content_id", "number", "at", "author", "note", "document"]),
    ("due", &["at", "what", "subject_id"]),
    (
        "placement",
        &[
            "id",
            "column_id",
            "site_id",
            "content_id",
            "kind",
            "rank",
            "title",
            "hidden",
            "shown",
            "published_at",
            "updated_at",
            "shown_since",
        ],
    ),
    ("placement_reason", &["placement_id", "origin", "subscription_id", "source_placement_id", "decision"]),
    ("address", &["site_id", "path", "prefix", "content_id"]),
    ("change", &["position", "id", "at", "actor", "action"]),
    ("change_subject", &["change_id", "ordinal", "subject", "effect"]),
    ("shelf", &["list", "id", "kind", "members"]),
    ("tag_shelf", &["tag_id", "site_id", "kind", "members"]),
    ("policy_shelf", &["theme", "validity", "members"]),
    ("number_sequence", &["name", "next"]),
    ("follower", &["name", "position", "parked"]),
    ("change_counter", &["one", "position"]),
];

/// Rows of several tables.
#[derive(Default)]
pub struct Rows(Vec<(&'static str, Vec<Value>)>);

impl Rows {
    /// Adds a row to a table of [`TABLES`].
    pub fn push<const N: usize>(&mut self, table: &'static str, row: [Value; N]) {
        let at = self.0.iter().position(|(name, _)| *name == table).unwrap_or_else(|| {
            self.0.push((table, Vec::new()));
            self.0.len() - 1
        });
        self.0[at].1.extend(row);
    }

    /// The tables with their columns and cells, row after row.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str], &[Value])> {
        self.0.iter().filter_map(|(name, cells)| {
            TABLES.iter().find(|(known, _)| known == name).map(|(name, columns)| (*name, *columns, cells.as_slice()))
        })
    }
}

/// Writes down a content.
///
/// # Errors
/// When a document cannot be written as JSON.
pub fn content(rows: &mut Rows, frame: &Frame, made: &Made) -> anyhow::Result<()> {
    let content = &made.content;
    let id = Value::from(content.id);
    let kind = || Value::from(<&str>::from(content.kind));
    let at = Value::from(content.published_at);
    let (system, origin) = content.origin.clone().unzip();
    rows.push(
        "content",
        [
            id.clone(),
            content.id.short().into(),
            kind(),
            content.home_site.into(),
            content.home_column.into(),
            content.publisher.into(),
            (&content.language).into(),
            at.clone(),
            content.updated_at.into(),
            (&content.index_number).into(),
            (&system).into(),
            (&origin).into(),
            content.revision.into(),
            serde_json::to_string(&*content.card)?.into(),
        ],
    );
    rows.push("content_detail", [id.clone(), serde_json::to_string(&made.detail)?.into()]);
    rows.push("content_body", [id.clone(), (&made.fields.body_html).into(), (&made.text).into()]);
    for tag in &made.fields.tags {
        let source: &str = tag.source.into();
        rows.push("content_tag", [id.clone(), tag.tag.into(), kind(), at.clone(), source.into()]);
    }
    for theme in &made.fields.themes {
        rows.push("content_code", [id.clone(), "THEME".into(), theme.into(), at.clone()]);
    }
    policy(rows, made);
    for (rank, (link, link_id)) in made.fields.links.iter().zip(&made.links).enumerate() {
        let LinkTarget::Content(to) = link.to else { continue };
        let kind: &str = link.kind.into();
        rows.push(
            "link",
            [(*link_id).into(), id.clone(), kind.into(), to.into(), (&link.note).into(), (rank as i64).into()],
        );
    }
    for placed in &made.placements {
        placement(rows, frame, made, placed);
    }
    if let Some(path) = &made.old_path {
        rows.push("address", [content.home_site.into(), path.into(), false.into(), id.clone()]);
    }
    for (at, what) in &made.dues {
        rows.push("due", [(*at).into(), (*what).into(), id.clone()]);
    }
    desk(rows, made)
}

fn policy(rows: &mut Rows, made: &Made) {
    let content = &made.content;
    let Some(policy) = content.card.policy() else { return };
    let validity: &str = policy.state.validity.into();
    let written_on = policy.written_on.unwrap_or_else(|| DayZone::default().date(content.published_at));
    rows.push(
        "policy",
        [
            content.id.into(),
            (&policy.document_number).into(),
            policy.document_number.as_deref().map(DocumentNumber::fold).into(),
            (&policy.document_type).into(),
            written_on.into(),
            validity.into(),
            content.published_at.into(),
        ],
    );
    for issuer in policy.issuers.iter().collect::<BTreeSet<_>>() {
        rows.push("content_issuer", [content.id.into(), (*issuer).into(), content.published_at.into()]);
    }
}

fn placement(rows: &mut Rows, frame: &Frame, made: &Made, placed: &Placed) {
    let content = &made.content;
    let column = &frame.columns[placed.column];
    let kind: &str = content.kind.into();
    rows.push(
        "placement",
        [
            placed.id.into(),
            column.id.into(),
            frame.sites[column.site].into(),
            content.id.into(),
            kind.into(),
            placed.rank.into(),
            (&placed.title).into(),
            placed.hidden.into(),
            (!placed.hidden).into(),
            content.published_at.into(),
            content.updated_at.into(),
            content.published_at.into(),
        ],
    );
    if placed.own {
        // The editors' own reason is kept under the nil id.
        let reason = [placed.id.into(), "OWN".into(), Uuid::nil().into(), Value::NullId, "ACCEPTED".into()];
        rows.push("placement_reason", reason);
    }
    for (subscription, source) in &placed.why {
        let reason = [placed.id.into(), "MIRRORED".into(), (*subscription).into(), (*source).into(), "ACCEPTED".into()];
        rows.push("placement_reason", reason);
    }
}

/// What the desk reads.
fn desk(rows: &mut Rows, made: &Made) -> anyhow::Result<()> {
    let content = &made.content;
    let id = Value::from(content.id);
    let (system, origin) = content.origin.clone().unzip();
    let (kind, state): (&str, &str) = (content.kind.into(), ContentState::Published.into());
    rows.push(
        "working",
        [
            id.clone(),
            content.id.short().into(),
            kind.into(),
            content.home_site.into(),
            content.home_column.into(),
            (&made.fields.title).into(),
            state.into(),
            content.revision.into(),
            content.revision.into(),
            ACTOR.into(),
            ACTOR.into(),
            content.published_at.into(),
            content.updated_at.into(),
            content.published_at.into(),
            (&content.index_number).into(),
            (&system).into(),
            (&origin).into(),
        ],
    );
    let mut before = made.fields.clone();
    for number in 1..=content.revision {
        let newest = number == content.revision;
        if !newest {
            before.title.push_str("（未更正）");
        }
        let (at, fields) = if newest { (content.updated_at, &made.fields) } else { (content.published_at, &before) };
        let document = serde_json::to_string(fields)?;
        rows.push("revision", [id.clone(), number.into(), at.into(), ACTOR.into(), Value::Null, document.into()]);
    }
    Ok(())
}
