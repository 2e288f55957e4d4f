//! What the library keeps beside the contents: the counters of lists, the next index numbers, and the change log.

use std::collections::{BTreeMap, BTreeSet};

use library::Position;
use library::changes::{Action, Effect, List, Subject};
use library::database::Value;
use library::id::{AnyId, ChangeId, SiteId, TagId};
use uuid::Uuid;

use super::ACTOR;
use super::dice::Dice;
use super::frame::Frame;
use super::made::Made;
use super::rows::Rows;

/// The counters of lists: by list, of what, and kind of the members.
#[derive(Default)]
pub struct Counts {
    lists: BTreeMap<(&'static str, Uuid, &'static str), i64>,
    tagged: BTreeMap<(TagId, SiteId, &'static str), i64>,
    policies: BTreeMap<(String, &'static str), i64>,
}

impl Counts {
    /// Counts a content and its showings.
    pub fn add(&mut self, frame: &Frame, made: &Made) {
        let kind: &str = made.content.kind.into();
        let mut one = |list, of| *self.lists.entry((list, of, kind)).or_default() += 1;
        one("library", Uuid::nil());
        one("owned", made.content.home_site.0);
        for TagId(tag) in &made.content.card.tags {
            one("tag", *tag);
        }
        for placed in made.placements.iter().filter(|placed| !placed.hidden) {
            let column = &frame.columns[placed.column];
            one("column", column.id.0);
            one("site", frame.sites[column.site].0);
        }
        if let Some(policy) = made.content.card.policy() {
            let themes: BTreeSet<&str> = made.content.card.themes.iter().map(String::as_str).chain([""]).collect();
            for theme in themes {
                *self.policies.entry((theme.to_owned(), policy.state.validity.into())).or_default() += 1;
            }
        }
        let shown =
            || made.placements.iter().filter(|placed| !placed.hidden).map(|placed| &frame.columns[placed.column]);
        let families: BTreeSet<_> = shown().flat_map(|column| [Some(column.id), column.parent]).flatten().collect();
        for column in families {
            one("family", column.0);
        }
        for site in shown().map(|column| frame.sites[column.site]).collect::<BTreeSet<_>>() {
            for tag in &made.content.card.tags {
                *self.tagged.entry((*tag, site, kind)).or_default() += 1;
            }
        }
    }

    /// Writes them down.
    pub fn write(&self, rows: &mut Rows) {
        for ((list, of, kind), members) in &self.lists {
            rows.push("shelf", [(*list).into(), (*of).into(), (*kind).into(), (*members).into()]);
        }
        for ((tag, site, kind), members) in &self.tagged {
            rows.push("tag_shelf", [(*tag).into(), (*site).into(), (*kind).into(), (*members).into()]);
        }
        for ((theme, validity), members) in &self.policies {
            rows.push("policy_shelf", [theme.into(), (*validity).into(), (*members).into()]);
        }
    }
}

/// What a batch of contents touches, as one change: it names every content, and every list whole.
pub fn change(rows: &mut Rows, dice: &mut Dice, frame: &Frame, position: Position, batch: &[Made]) {
    let Some(at) = batch.last().map(|made| made.content.published_at) else { return };
    let mut lists = BTreeSet::from([List::Library]);
    for Made { content, placements, .. } in batch {
        lists.extend([List::Owned(content.home_site), List::Publisher(content.publisher)]);
        lists.extend(content.card.tags.iter().map(|tag| List::Tag(*tag)));
        let issuers = content.card.policy().into_iter().flat_map(|policy| &policy.issuers);
        lists.extend(issuers.map(|issuer| List::Publisher(*issuer)));
        for placed in placements {
            let column = &frame.columns[placed.column];
            lists.extend([List::Column(column.id), List::Site(frame.sites[column.site])]);
        }
    }
    let records = batch.iter().map(|made| (Subject::Record(AnyId::ContentId(made.content.id)), Effect::Entered));
    let touched = records.chain(lists.into_iter().map(|list| (Subject::Members(list), Effect::Changed)));
    let id = ChangeId(dice.id(at));
    for (ordinal, (subject, effect)) in touched.enumerate() {
        let effect: &str = effect.into();
        rows.push("change_subject", [id.into(), (ordinal as i64).into(), subject.to_string().into(), effect.into()]);
    }
    let action: &str = Action::ContentPublished.into();
    rows.push("change", [Value::Int(position), id.into(), at.into(), ACTOR.into(), action.into()]);
}
