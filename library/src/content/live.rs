//! Writing what is live: the one place that puts a content into the live tables, changes it there, or takes it out,
//! and tells the change log which lists it stands in.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document_number::DocumentNumber;
use super::fields::ContentFields;
use super::row::{CONTENT, Card, Detail, LiveContent};
use super::rows::{Ends, Rows};
use crate::changes::{Effect, KeyKind, List, Work, key_of};
use crate::database::Sql;
use crate::id::{AnyId, ContentId, OrganisationId, TagId};
use crate::refusal::Result;

/// What of a content lists and keys depend on.
pub(super) struct Live {
    pub content: LiveContent,
    issuers: Vec<OrganisationId>,
    linked: Vec<ContentId>,
}

static ISSUERS: Sql = Sql::new("select organisation_id from content_issuer where content_id = $1");
static LINKED: Sql = Sql::new("select to_id from link where from_id = $1 and to_id is not null");
const DEPENDENT: [&str; 6] =
    ["content_tag", "content_code", "content_issuer", "content_field", "attachment_use", "link"];

/// `delete` statements for the tables that hang on a content.
fn delete_from(table: &str) -> Sql {
    let column = if table == "link" { "from_id" } else { "content_id" };
    Sql::built(format!("delete from {table} where {column} = $1"))
}

/// The content as it is live, if it is.
pub(super) async fn live(work: &mut Work, id: ContentId) -> Result<Option<Live>> {
    let text = format!("select {} from content c where c.id = $1", CONTENT.replace("{c}", "c"));
    let Some(row) = work.row(&Sql::built(text), &[id.into()]).await? else { return Ok(None) };
    let content = LiveContent::read(work.library().cards(), &row, 0)?;
    let mut issuers = Vec::new();
    for row in work.rows(&ISSUERS, &[id.into()]).await? {
        issuers.push(row.get(0)?);
    }
    let mut linked = Vec::new();
    for row in work.rows(&LINKED, &[id.into()]).await? {
        linked.push(row.get(0)?);
    }
    Ok(Some(Live { content, issuers, linked }))
}

/// Puts a content into the live tables in place of what was there.
pub(super) async fn put(
    work: &mut Work,
    before: Option<&Live>,
    content: LiveContent,
    detail: &Detail,
    fields: &ContentFields,
    text: &str,
) -> Result<Live> {
    let id = content.id;
    if before.is_some() {
        for table in DEPENDENT {
            work.run(&delete_from(table), &[id.into()]).await?;
        }
    }
    let mut rows = Rows::default();
    let Ends { issuers, linked } = rows.content(work, &content, detail, fields, text)?;
    rows.write(work).await?;
    let after = Live { content, issuers, linked };
    if let Some(before) = before {
        retag(work, before, &after).await?;
    }
    tell(work, before, Some(&after));
    Ok(after)
}

/// Keeps the counters of what sites show with a tag, where the tags of a content that stands there change.
async fn retag(work: &mut Work, before: &Live, after: &Live) -> Result<()> {
    let directory = work.directory.clone();
    let tags = |live: &Live| directory.tags_of(&live.content.card.tags);
    let (left, right) = (tags(before), tags(after));
    if left != right {
        let sites = crate::placement::sites(&crate::placement::members(work, after.content.id).await?);
        work.counts.add_tagged(left.difference(&right), &sites, after.content.kind, -1);
        work.counts.add_tagged(right.difference(&left), &sites, after.content.kind, 1);
    }
    Ok(())
}

/// Tells the log of contents that were not live before and whose rows are written.
pub(super) fn entered(work: &mut Work, content: LiveContent, ends: Ends) {
    let Ends { issuers, linked } = ends;
    tell(work, None, Some(&Live { content, issuers, linked }));
}

/// Changes the card of a live content, and with it its last change.
pub(super) async fn change_card(work: &mut Work, before: Live, change: impl FnOnce(&mut Card)) -> Result<()> {
    static PLACEMENTS: Sql = Sql::new("update placement set updated_at = $2 where content_id = $1");
    let mut content = before.content.clone();
    change(Arc::make_mut(&mut content.card));
    content.updated_at = work.at;
    let mut rows = Rows::default();
    rows.card(work, &content)?;
    rows.write(work).await?;
    let id = content.id;
    let placed = crate::placement::members(work, id).await?;
    work.run(&PLACEMENTS, &[id.into(), work.at.into()]).await?;
    let after = Live { content, issuers: before.issuers.clone(), linked: before.linked.clone() };
    crate::placement::tell_moved(work, &placed, id).await?;
    tell(work, Some(&before), Some(&after));
    Ok(())
}

/// Gives a live content that has the tag `from` the tag `into` instead. That is nobody's correction: its last change stays what it was.
pub(crate) async fn replace_tag(work: &mut Work, id: ContentId, from: TagId, into: TagId) -> Result<()> {
    static REPLACE: Sql = Sql::new("update content_tag set tag_id = $3 where content_id = $1 and tag_id = $2");
    static REMOVE: Sql = Sql::new("delete from content_tag where content_id = $1 and tag_id = $2");
    super::lock(work, id).await?;
    let Some(before) = live(work, id).await?.filter(|live| live.content.card.tags.contains(&from)) else {
        return Ok(());
    };
    let mut content = before.content.clone();
    let tags = &mut Arc::make_mut(&mut content.card).tags;
    match tags.contains(&into) {
        true => {
            tags.retain(|tag| *tag != from);
            work.run(&REMOVE, &[id.into(), from.into()]).await?;
        }
        false => {
            tags.iter_mut().filter(|tag| **tag == from).for_each(|tag| *tag = into);
            work.run(&REPLACE, &[id.into(), from.into(), into.into()]).await?;
        }
    }
    let mut rows = Rows::default();
    rows.card(work, &content)?;
    rows.write(work).await?;
    let after = Live { content, issuers: before.issuers.clone(), linked: before.linked.clone() };
    retag(work, &before, &after).await?;
    tell(work, Some(&before), Some(&after));
    Ok(())
}

/// Takes a content out of the live tables.
pub(super) async fn remove(work: &mut Work, before: &Live) -> Result<()> {
    let id = before.content.id;
    for table in DEPENDENT.into_iter().chain(["policy", "content_body", "content_detail"]) {
        work.run(&delete_from(table), &[id.into()]).await?;
    }
    work.run(&Sql::new("delete from content where id = $1"), &[id.into()]).await?;
    tell(work, Some(before), None);
    Ok(())
}

/// Tells the log what changed in lists and under keys, and keeps the counters of lists.
fn tell(work: &mut Work, before: Option<&Live>, after: Option<&Live>) {
    let Some(either) = after.or(before) else { return };
    let id = either.content.id;
    let effect = match (before, after) {
        (None, _) => Effect::Entered,
        (_, None) => Effect::Left,
        _ => Effect::Changed,
    };
    work.record(AnyId::ContentId(id), effect);
    let lists = |live: Option<&Live>| -> BTreeSet<List> {
        let Some(live) = live else { return BTreeSet::new() };
        let content = &live.content;
        let mut lists =
            BTreeSet::from([List::Library, List::Owned(content.home_site), List::Publisher(content.publisher)]);
        lists.extend(content.card.tags.iter().map(|tag| List::Tag(*tag)));
        lists.extend(live.issuers.iter().map(|issuer| List::Publisher(*issuer)));
        lists
    };
    let (left, right) = (lists(before), lists(after));
    for list in left.union(&right) {
        let was = before.filter(|_| left.contains(list)).map(|live| live.content.member());
        let is = after.filter(|_| right.contains(list)).map(|live| live.content.member());
        let delta = i64::from(is.is_some()) - i64::from(was.is_some());
        work.member(*list, was, is);
        if let Some((name, of)) = counter(*list) {
            work.counts.add(name, of, either.content.kind, delta);
        }
    }
    for (live, more) in [(before, -1), (after, 1)] {
        for tag in work.directory.tags_of(live.iter().flat_map(|live| &live.content.card.tags)) {
            work.counts.add("tag", tag.0, either.content.kind, more);
        }
        let card = live.map(|live| &live.content.card);
        if let Some((card, policy)) = card.and_then(|card| Some((card, card.policy()?))) {
            work.counts.add_policies(&card.themes, policy.state.validity, more);
        }
    }
    work.list(List::Links(id));
    for linked in before.iter().chain(&after).flat_map(|live| live.linked.iter()).collect::<BTreeSet<_>>() {
        work.list(List::Links(*linked));
    }
    let keys = |live: Option<&Live>| -> BTreeSet<(KeyKind, String)> {
        let Some(live) = live else { return BTreeSet::new() };
        let content = &live.content;
        let mut keys = BTreeSet::from([(KeyKind::ShortId, id.short())]);
        keys.extend(content.index_number.iter().map(|number| (KeyKind::IndexNumber, number.clone())));
        keys.extend(content.origin.iter().map(|(system, id)| (KeyKind::Origin, key_of(system, id))));
        let number = content.card.policy().and_then(|policy| policy.document_number.as_deref());
        keys.extend(number.map(|number| (KeyKind::DocumentNumber, DocumentNumber::fold(number))));
        keys
    };
    let (left, right) = (keys(before), keys(after));
    for (kind, value) in left.symmetric_difference(&right) {
        work.key(*kind, value);
    }
}

/// The kept counter of a list, if it has one; those of tags count contents under what stands for their tags now.
fn counter(list: List) -> Option<(&'static str, uuid::Uuid)> {
    match list {
        List::Owned(site) => Some(("owned", site.0)),
        List::Library => Some(("library", uuid::Uuid::nil())),
        _ => None,
    }
}
