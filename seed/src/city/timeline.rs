//! The story of the city: contents, later deeds on them, moved columns and old addresses, in order of time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use library::address::RedirectTo;
use library::content::{DraftContent, LinkTarget, LinkTo, SetValidity};
use library::id::{ContentId, PlacementId};
use library::link::LinkType;
use library::placement::OverridePlacement;
use library::{Audience, Instant};

use super::read::{City, ContentData, DeedData, EventData, MoveData, OverrideData, RedirectData};
use super::{END, Filling, contents, number_of};

/// How far a content is pinned before the newest.
const PINNED: i64 = 10;

/// One thing that happens.
#[derive(Clone, Copy)]
enum Step<'d> {
    Draft(&'d ContentData),
    Publish(&'d ContentData),
    Event(&'d EventData),
    Override(&'d OverrideData),
    Move(&'d MoveData),
    Redirect(&'d RedirectData),
}

/// What the story knows of the contents by their keys.
#[derive(Default)]
struct Known<'d> {
    ids: BTreeMap<&'d str, ContentId>,
    published: BTreeSet<&'d str>,
    /// The links that wait until what they lead to is published.
    waiting: BTreeMap<&'d str, Vec<(ContentId, LinkType)>>,
}

impl Known<'_> {
    fn id(&self, key: &str) -> anyhow::Result<ContentId> {
        self.ids.get(key).copied().with_context(|| format!("no content {key} yet"))
    }
}

/// How many steps it takes.
pub(super) fn steps(data: &City) -> usize {
    2 * data.contents.len() + data.events.len() + data.overrides.len() + data.moves.len() + data.redirects.len()
}

/// Tells it whole.
pub(super) async fn fill(filling: &mut Filling<'_>, data: &City) -> anyhow::Result<()> {
    let mut known = Known::default();
    for (at, step) in in_order(filling, data) {
        filling.pass_time(at).await?;
        take(filling, data, &mut known, step).await.with_context(|| format!("{} at {}", name(step), at.utc()))?;
        filling.step();
    }
    filling.pass_time(END).await
}

fn in_order<'d>(filling: &Filling<'_>, data: &'d City) -> Vec<(Instant, Step<'d>)> {
    let mut steps = Vec::new();
    for content in &data.contents {
        let published = filling.instant(content.published);
        let minutes = 4 + (number_of(&content.key) % 9) as i64;
        steps.push((published.plus_milliseconds(-minutes * 60_000), Step::Draft(content)));
        steps.push((published, Step::Publish(content)));
    }
    steps.extend(data.events.iter().map(|event| (filling.instant(event.at), Step::Event(event))));
    steps.extend(data.overrides.iter().map(|placed| (filling.instant(placed.at), Step::Override(placed))));
    steps.extend(data.moves.iter().map(|moved| (filling.instant(moved.at), Step::Move(moved))));
    steps.extend(data.redirects.iter().map(|redirect| (filling.instant(redirect.at), Step::Redirect(redirect))));
    steps.sort_by_key(|(at, _)| *at);
    steps
}

fn name(step: Step<'_>) -> String {
    match step {
        Step::Draft(content) => format!("drafting {}", content.key),
        Step::Publish(content) => format!("publishing {}", content.key),
        Step::Event(event) => format!("a deed on {}", event.content),
        Step::Override(placed) => format!("the showing of {} on {}", placed.content, placed.site),
        Step::Move(moved) => format!("moving {}", moved.from),
        Step::Redirect(redirect) => format!("the redirect {}", redirect.path),
    }
}

async fn take<'d>(filling: &Filling<'_>, data: &City, known: &mut Known<'d>, step: Step<'d>) -> anyhow::Result<()> {
    match step {
        Step::Draft(content) => draft(filling, data, known, content).await,
        Step::Publish(content) => publish(filling, known, content).await,
        Step::Event(event) => happen(filling, known, event).await,
        Step::Override(placed) => edit_showing(filling, known, placed).await,
        Step::Move(moved) => {
            let column = filling.column(&format!("{}:{}", moved.site, moved.to))?;
            filling.library.move_column(&filling.caller, column, &moved.to).await?;
            Ok(())
        }
        Step::Redirect(redirect) => lead(filling, known, redirect).await,
    }
}

async fn draft<'d>(
    filling: &Filling<'_>,
    data: &City,
    known: &mut Known<'d>,
    content: &'d ContentData,
) -> anyhow::Result<()> {
    let mut fields = contents::fields(filling, data, content).await?;
    let mut later = Vec::new();
    for link in &content.links {
        match known.ids.get(link.to.as_str()).filter(|_| known.published.contains(link.to.as_str())) {
            Some(to) => fields.links.push(LinkTo { kind: link.kind, to: LinkTarget::Content(*to), note: None }),
            None => later.push(link),
        }
    }
    let input = DraftContent { site: filling.site(&content.site)?.id, fields };
    let id = filling.library.draft_content(&filling.caller, input).await?;
    known.ids.insert(&content.key, id);
    for link in later {
        known.waiting.entry(&link.to).or_default().push((id, link.kind));
    }
    Ok(())
}

async fn publish<'d>(filling: &Filling<'_>, known: &mut Known<'d>, content: &'d ContentData) -> anyhow::Result<()> {
    let id = known.id(&content.key)?;
    let (revision, _) = filling.library.working_content(id).await?;
    filling.library.publish_content(&filling.caller, id, revision).await?;
    known.published.insert(&content.key);
    if content.pinned {
        let pin = OverridePlacement { rank: PINNED, ..OverridePlacement::default() };
        let placement = showing(filling, id, &content.site).await?;
        filling.library.override_placement(&filling.caller, placement, pin).await?;
    }
    for (from, kind) in known.waiting.remove(content.key.as_str()).unwrap_or_default() {
        let link = LinkTo { kind, to: LinkTarget::Content(id), note: None };
        filling.library.link_content(&filling.caller, from, link).await?;
    }
    Ok(())
}

/// The showing of a content on a site; the one in its own column first.
async fn showing(filling: &Filling<'_>, content: ContentId, site: &str) -> anyhow::Result<PlacementId> {
    let site = filling.site(site)?;
    let scope = filling.library.scope(Audience::Public);
    let live = scope.content(content).await?.context("it is not live")?;
    let shown = scope.placement_on(&live, site.id).await?;
    Ok(shown.with_context(|| format!("it is not shown on {}", site.code))?.placement.id)
}

async fn edit_showing(filling: &Filling<'_>, known: &Known<'_>, placed: &OverrideData) -> anyhow::Result<()> {
    let placement = showing(filling, known.id(&placed.content)?, &placed.site).await?;
    let input = OverridePlacement {
        title: placed.title.clone(),
        rank: if placed.pinned_until.is_some() { PINNED } else { 0 },
        pinned_until: placed.pinned_until.map(|until| filling.instant(until)),
        hidden: placed.hidden,
    };
    filling.library.override_placement(&filling.caller, placement, input).await?;
    Ok(())
}

async fn happen(filling: &Filling<'_>, known: &Known<'_>, event: &EventData) -> anyhow::Result<()> {
    let id = known.id(&event.content)?;
    let (library, caller) = (&filling.library, &filling.caller);
    match &event.deed {
        DeedData::Withdraw { reason, notice } => {
            library.withdraw_content(caller, id, reason, notice.as_deref()).await?;
        }
        DeedData::SetValidity { validity, since, by, note } => {
            let basis = by.as_ref().map(|key| known.id(key)).transpose()?;
            let set = SetValidity { validity: *validity, since: *since, basis, note: note.clone() };
            library.set_validity(caller, id, set).await?;
        }
        DeedData::Correct { title, summary, note } => {
            let (revision, mut fields) = library.working_content(id).await?;
            if let Some(title) = title {
                fields.title.clone_from(title);
            }
            if summary.is_some() {
                fields.summary.clone_from(summary);
            }
            let revision = library.edit_content(caller, id, revision, fields, note.clone()).await?;
            library.publish_content(caller, id, revision).await?;
        }
    }
    Ok(())
}

async fn lead(filling: &Filling<'_>, known: &Known<'_>, redirect: &RedirectData) -> anyhow::Result<()> {
    let to = match (&redirect.content, &redirect.column, redirect.gone) {
        (Some(key), None, false) => RedirectTo::Content(known.id(key)?),
        (None, Some(name), false) => RedirectTo::Column(filling.column(name)?),
        (None, None, true) => RedirectTo::Gone,
        _ => anyhow::bail!("it needs one of content, column and gone"),
    };
    let site = filling.site(&redirect.site)?.id;
    filling.library.create_redirect(&filling.caller, site, &redirect.path, to).await?;
    Ok(())
}
