//! Arranging the items of a panel (arrangePanel): their order, which of them are shown, and when.

use super::PanelItem;
use super::edit::put;
use super::rules::{is_as_seen, look_up};
use crate::changes::{Caller, commit};
use crate::id::PanelId;
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Library, Position};

/// One item in its new place; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct Arranged {
    /// Its place in the arrangement that the caller saw, from 0.
    pub at: usize,
    /// Whether it is kept back.
    pub hidden: Option<bool>,
    /// When it begins to be shown; `Some(None)` for from now on.
    pub starts_at: Option<Option<Instant>>,
    /// When it ceases to be shown; `Some(None)` for never.
    pub ends_at: Option<Option<Instant>>,
}

/// A new arrangement of the items on one level of a panel.
#[derive(Debug, Clone, Default)]
pub struct ArrangePanel {
    /// The revision that the caller saw: places mean nothing in another one.
    pub expected: i64,
    /// The place of the item whose items are arranged, step by step; empty for the panel's own.
    pub under: Vec<usize>,
    /// The items in their new order, each of that level once.
    pub items: Vec<Arranged>,
}

impl Library {
    /// Arranges the items on one level of a panel.
    ///
    /// # Errors
    /// Refuses an unknown or archived panel, one of a closed site, who does not arrange its page, a revision that is not
    /// the newest, a list that is not of each item of the level once, and an end before the beginning.
    pub async fn arrange_panel(&self, caller: &Caller, id: PanelId, arrange: ArrangePanel) -> Result<Position> {
        let (mut work, before) = self.begin_on_panel(caller, id).await?;
        is_as_seen(&before, Some(arrange.expected))?;
        let mut fields = before.fields.clone();
        let mut level = &mut fields.items;
        for step in arrange.under {
            level = level.get_mut(step).map(|item| &mut item.children).ok_or_else(|| Refusal::not_found("under"))?;
        }
        rearrange(level, arrange.items)?;
        look_up(&mut work, &mut fields).await?;
        put(&mut work, &before, before.revision + 1, fields).await?;
        commit(work).await
    }
}

fn rearrange(level: &mut Vec<PanelItem>, arranged: Vec<Arranged>) -> Result<()> {
    let mut items: Vec<Option<PanelItem>> = level.drain(..).map(Some).collect();
    let incomplete = || {
        let (chinese, english) = ("应列出该级的每一项且只列一次", "name each item of the level once");
        Refusal::new(RefusalCode::Invalid, "items", chinese, english)
    };
    for place in arranged {
        let mut item = items.get_mut(place.at).and_then(Option::take).ok_or_else(incomplete)?;
        item.hidden = place.hidden.unwrap_or(item.hidden);
        item.starts_at = place.starts_at.unwrap_or(item.starts_at);
        item.ends_at = place.ends_at.unwrap_or(item.ends_at);
        level.push(item);
    }
    match items.iter().all(Option::is_none) {
        true => Ok(()),
        false => Err(incomplete().into()),
    }
}
