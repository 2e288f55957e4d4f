//! The rules of a panel's items: how many, where they lead, when they are shown.

use super::{Panel, PanelFields, PanelItem, PanelTarget};
use crate::attachment::{Attached, settle_pictures};
use crate::changes::Work;
use crate::database::Sql;
use crate::html::Html;
use crate::id::{PlacementId, SiteId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::site::{SiteStatus, wrong_state};
use crate::{Directory, text, web};

/// The most items of a panel, those below items included.
const MOST: usize = 200;
/// How many levels of items there are.
const LEVELS: usize = 3;

/// The fields as they are kept at `now`, and every later moment at which an item appears or goes.
pub(crate) fn accept(mut fields: PanelFields, now: Instant, html: &Html) -> Result<(PanelFields, Vec<Instant>)> {
    fields.name = text::require("name", &fields.name, 100)?;
    if let Some(more) = &mut fields.more {
        *more = web::address("more", more)?;
    }
    let mut moments = Vec::new();
    let mut left = MOST;
    for (at, item) in fields.items.iter_mut().enumerate() {
        accept_item(item, &format!("items.{at}"), now, html, &mut moments, &mut left, LEVELS)?;
    }
    moments.retain(|moment| *moment > now);
    moments.sort_unstable();
    moments.dedup();
    Ok((fields, moments))
}

fn accept_item(
    item: &mut PanelItem,
    path: &str,
    now: Instant,
    html: &Html,
    moments: &mut Vec<Instant>,
    left: &mut usize,
    levels: usize,
) -> Result<()> {
    let too_many = || Refusal::new(RefusalCode::TooLong, "items", "最多200项、三级", "at most 200 items, three levels");
    *left = left.checked_sub(1).ok_or_else(too_many)?;
    if levels == 0 {
        return Err(too_many().into());
    }
    let title = format!("{path}.title");
    if item.title.is_none() && item.target.is_none() {
        let (chinese, english) = ("缺少标题", "an item needs a title or a target");
        return Err(Refusal::new(RefusalCode::Required, &title, chinese, english).into());
    }
    item.title = item.title.as_deref().map(|text| text::require(&title, text, 200)).transpose()?;
    item.body = item.body.take().map(|text| html.clean(&format!("{path}.bodyHtml"), &text)).transpose()?;
    if let Some(PanelTarget::External { url, .. }) = &mut item.target {
        *url = web::address(&format!("{path}.target.page.url"), url)?;
    }
    item.shown = !item.hidden && item.starts_at.is_none_or(|at| at <= now) && item.ends_at.is_none_or(|at| at > now);
    moments.extend(item.starts_at);
    moments.extend(item.ends_at);
    for (at, child) in item.children.iter_mut().enumerate() {
        accept_item(child, &format!("{path}.children.{at}"), now, html, moments, left, levels - 1)?;
    }
    Ok(())
}

/// What editors give is looked up: pictures get their facts, and what items lead to must be there.
pub(super) async fn look_up(work: &mut Work, fields: &mut PanelFields) -> Result<()> {
    let directory = work.directory.clone();
    let (mut pictures, mut placements) = (Vec::new(), Vec::new());
    for (at, item) in fields.items.iter_mut().enumerate() {
        collect(&directory, format!("items.{at}"), item, &mut pictures, &mut placements)?;
    }
    settle_pictures(work, pictures).await?;
    static KNOWN: Sql = Sql::new("select id from placement where id in ids($1)");
    let ids: Vec<PlacementId> = placements.iter().map(|(_, id)| *id).collect();
    let rows = if ids.is_empty() { Vec::new() } else { work.rows(&KNOWN, &[ids.as_slice().into()]).await? };
    let known = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<PlacementId>>>()?;
    match placements.into_iter().find(|(_, id)| !known.contains(id)) {
        Some((path, _)) => Err(Refusal::not_found(&path).into()),
        None => Ok(()),
    }
}

fn collect<'a>(
    directory: &Directory,
    path: String,
    item: &'a mut PanelItem,
    pictures: &mut Vec<(String, &'a mut Attached)>,
    placements: &mut Vec<(String, PlacementId)>,
) -> Result<()> {
    let target = format!("{path}.target");
    item.summary = text::optional(&format!("{path}.summary"), item.summary.as_deref(), 500)?;
    if let Some(PanelTarget::External { title, .. }) = &mut item.target {
        *title = text::require(&format!("{path}.target.page.title"), title, 200)?;
    }
    let there = match &item.target {
        Some(PanelTarget::Column(id)) => directory.columns.get(*id).is_some(),
        Some(PanelTarget::Tag(id)) => directory.tags.get(*id).is_some(),
        Some(PanelTarget::Site(id)) => directory.sites.get(*id).is_some(),
        Some(PanelTarget::Organisation(id)) => directory.organisations.get(*id).is_some(),
        Some(PanelTarget::Placement(id)) => {
            placements.push((target.clone(), *id));
            true
        }
        Some(PanelTarget::External { .. }) | None => true,
    };
    if !there {
        return Err(Refusal::not_found(&target).into());
    }
    if let (Some(from), Some(until)) = (item.starts_at, item.ends_at)
        && until <= from
    {
        let (chinese, english) = ("结束时间应晚于开始时间", "must end after it begins");
        return Err(Refusal::new(RefusalCode::Invalid, &format!("{path}.endsAt"), chinese, english).into());
    }
    if let Some(image) = &mut item.image {
        pictures.push((format!("{path}.image"), image));
    }
    for (at, child) in item.children.iter_mut().enumerate() {
        collect(directory, format!("{path}.children.{at}"), child, pictures, placements)?;
    }
    Ok(())
}

/// Refuses a page of a site that is closed for good.
pub(super) fn is_kept_up(directory: &Directory, site: SiteId, path: &str) -> Result<()> {
    match directory.sites.get(site).is_some_and(|site| site.status == SiteStatus::Closed) {
        true => Err(wrong_state(path, "站点已关停", "the site is closed for good")),
        false => Ok(()),
    }
}

/// Refuses an arrangement that is not the newest, and a panel that was put away.
pub(super) fn is_as_seen(panel: &Panel, expected: Option<i64>) -> Result<()> {
    if panel.archived {
        return Err(wrong_state("id", "区块已归档，请先恢复", "the panel is archived: take it back first"));
    }
    match expected.is_none_or(|expected| expected == panel.revision) {
        true => Ok(()),
        false => {
            let (chinese, english) = ("区块已被他人修改，请刷新后重试", "somebody changed the panel in the meantime");
            Err(Refusal::new(RefusalCode::StaleRevision, "expectedRevision", chinese, english).into())
        }
    }
}
