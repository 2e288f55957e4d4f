//! Lists of contents: one driver by a fixed rule, the rest filters while walking.

use std::sync::Arc;

use super::document_number::DocumentNumber;
use super::filter::{ContentFilter, ContentOrder, ContentOrderField};
use super::kind::ContentKind;
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::{KeyKind, List};
use crate::database::Value;
use crate::id::{AnyId, ColumnId, ContentId, TagId};
use crate::instant::Instant;
use crate::preview::Stretch;
use crate::refusal::Result;
use crate::scope::{Filtered, ListNote, Paging, Range, Walk, Walked};

/// The walks by publication that have an index by kind: tables with their parents.
const KIND_INDEXED: [(&str, Option<&str>); 2] = [("content", None), ("content_tag", Some("tag_id"))];

impl Scope {
    /// A page of the contents that match. With every content comes its cursor key.
    pub async fn contents(
        &self,
        filter: &ContentFilter,
        order: ContentOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Walked<(Arc<LiveContent>, Vec<Value>)>> {
        let filter = &self.with_tags_meant(filter);
        let Some((mut list, lists)) = self.walk(filter, order).await? else { return Ok(Walked::empty()) };
        list.walk.select = format!("{CONTENT}{}", select_written(order.field));
        let stretch = list.rows(self, paging).await?.pop().unwrap_or_default();
        let mut items = Vec::with_capacity(stretch.rows.len());
        for row in &stretch.rows {
            let content = Arc::new(LiveContent::read(self.library().cards(), row, 1)?);
            let key = match order.field {
                ContentOrderField::PublishedAt => vec![content.published_at.into(), content.id.into()],
                ContentOrderField::UpdatedAt => vec![content.updated_at.into(), content.id.into()],
                ContentOrderField::WrittenOn => vec![row.get::<String>(14)?.into(), content.id.into()],
            };
            items.push((content, key));
        }
        let mut stop = stretch.stop;
        match self.preview() {
            Some(laid) if paging.offset == 0 => {
                let matching = self.key_of_laid(&laid.content, order).filter(|_| laid.matches(self, filter));
                let instead = matching.map(|key| (laid.content.clone(), key)).into_iter().collect();
                let page = Stretch { items: &mut items, stopped: &mut stop, paging, ascending: order.ascending };
                page.lay(laid.content.id, instead, |(content, _)| content.id, |(_, key)| key.clone());
            }
            Some(laid) => items.iter_mut().for_each(|(content, _)| *content = laid.over(content.clone())),
            None => {}
        }
        let beyond = items.get(paging.size).map(|(_, key)| key.clone());
        let stopped = stop.filter(|_| beyond.is_none());
        // Where a short page ends depends on everything that was passed over; a full one stays true whatever that is.
        let kinds = if stopped.is_some() { &[] } else { filter.kinds.as_slice() };
        self.note_page(&lists, kinds, order, paging, beyond.as_deref().or(stopped.as_deref()));
        let page = Walked::of(items, paging, stopped);
        for (content, _) in &page.items {
            self.note_record(AnyId::ContentId(content.id));
        }
        Ok(page)
    }

    /// Where a revision that is laid over what is live stands in an order; nothing where the order has only policies.
    fn key_of_laid(&self, content: &LiveContent, order: ContentOrder) -> Option<Vec<Value>> {
        let first = match order.field {
            ContentOrderField::PublishedAt => content.published_at.into(),
            ContentOrderField::UpdatedAt => content.updated_at.into(),
            ContentOrderField::WrittenOn => content.written_on(self.library().zone())?.to_string().into(),
        };
        Some(vec![first, content.id.into()])
    }

    /// Notes the part of the lists on which a page depends; `end` is the key of the first content behind it, or where
    /// the walk stopped.
    fn note_page(
        &self,
        lists: &[List],
        kinds: &[ContentKind],
        order: ContentOrder,
        paging: &Paging<Vec<Value>>,
        end: Option<&[Value]>,
    ) {
        let key = |key: &[Value]| match key {
            [Value::Int(at), Value::Id(id), ..] => Some((Instant(*at), ContentId(*id))),
            _ => None,
        };
        let (low, high) = paging.span(order.ascending, paging.from.as_deref().and_then(key), end.and_then(key));
        let range = match order.field {
            ContentOrderField::WrittenOn => Range::Whole,
            ContentOrderField::UpdatedAt => Range::Updated(low, high),
            ContentOrderField::PublishedAt => Range::Published(low, high),
        };
        for list in lists {
            self.note_range(ListNote { list: *list, kinds: kinds.to_vec(), range });
        }
    }

    /// The walk for a filter, and the list whose membership decides it; nothing if the filter names what is not there.
    pub(crate) async fn walk(
        &self,
        filter: &ContentFilter,
        order: ContentOrder,
    ) -> Result<Option<(Filtered, Vec<List>)>> {
        let Some((mut walk, lists)) = self.driver(filter, order).await? else { return Ok(None) };
        walk.ascending = order.ascending;
        let mut list = Filtered::over(walk);
        self.narrow(&mut list, filter)?;
        Ok(Some((list, lists)))
    }

    /// Which index is walked: number > rarest tag > column > tag > publisher > site > library.
    async fn driver(&self, filter: &ContentFilter, order: ContentOrder) -> Result<Option<(Walk, Vec<List>)>> {
        let by_time = order.field == ContentOrderField::PublishedAt;
        if let Some(number) = &filter.document_number {
            self.note_key(KeyKind::DocumentNumber, DocumentNumber::fold(number));
        }
        if order.field == ContentOrderField::WrittenOn {
            return Ok(Some((
                start("policy", "content_id", None, Vec::new(), &["written_on", "content_id"]),
                vec![List::Library],
            )));
        }
        let time = if by_time { "published_at" } else { "updated_at" };
        if by_time && filter.document_number.is_some() {
            return Ok(Some((
                start("policy", "content_id", None, Vec::new(), &["published_at", "content_id"]),
                vec![List::Library],
            )));
        }
        if by_time && let Some(tag) = self.rarest_tag(&filter.all_tags).await? {
            return Ok(Some(self.along_tags(&[tag])));
        }
        if !filter.columns.is_empty() {
            let columns = self.columns_of(filter);
            let lists = columns.iter().map(|column| List::Column(*column)).collect();
            let groups = vec![columns.iter().map(|column| column.0).collect()];
            let mut walk = start("placement", "content_id", Some("column_id"), groups, &[time, "content_id"]);
            walk.conditions.push("{d}.shown".to_owned());
            return Ok(Some((walk, lists)));
        }
        if by_time && !filter.any_tags.is_empty() {
            return Ok(Some(self.along_tags(&filter.any_tags)));
        }
        if by_time && let Some(publisher) = filter.publisher {
            let publishers = self.merged_with(publisher);
            let groups = vec![publishers.iter().map(|one| one.0).collect()];
            let walk = start("content", "id", Some("publisher_id"), groups, &["published_at", "id"]);
            return Ok(Some((walk, publishers.into_iter().map(List::Publisher).collect())));
        }
        if by_time && let Some(issuer) = filter.issuer {
            let issuers = self.merged_with(issuer);
            let walk = start(
                "content_issuer",
                "content_id",
                Some("organisation_id"),
                vec![issuers.iter().map(|one| one.0).collect()],
                &["published_at", "content_id"],
            );
            return Ok(Some((walk, issuers.into_iter().map(List::Publisher).collect())));
        }
        if by_time && let Some(theme) = &filter.theme {
            let mut walk = start("content_code", "content_id", None, Vec::new(), &["published_at", "content_id"]);
            walk.conditions.push("{d}.list = 'THEME'".to_owned());
            walk.narrow("{d}.code = {}", theme);
            return Ok(Some((walk, vec![List::Library])));
        }
        if let Some(by) = &filter.owned_by {
            let Some(site) = self.site_by(by) else { return Ok(None) };
            let walk = start("content", "id", Some("home_site_id"), vec![vec![site.id.0]], &[time, "id"]);
            return Ok(Some((walk, vec![List::Owned(site.id)])));
        }
        Ok(Some((start("content", "id", None, Vec::new(), &[time, "id"]), vec![List::Library])))
    }

    /// The walk of what has one of `tags`, or one that was merged into it and that it still follows.
    fn along_tags(&self, tags: &[TagId]) -> (Walk, Vec<List>) {
        let walked = self.directory().tags_walked(tags);
        let groups = vec![walked.iter().map(|tag| tag.0).collect()];
        let walk = start("content_tag", "content_id", Some("tag_id"), groups, &["published_at", "content_id"]);
        (walk, walked.into_iter().map(List::Tag).collect())
    }

    pub(crate) fn columns_of(&self, filter: &ContentFilter) -> Vec<ColumnId> {
        let mut columns: Vec<ColumnId> = Vec::new();
        for id in &filter.columns {
            match filter.with_descendants {
                true => columns.extend(self.column_family(*id)),
                false => columns.push(*id),
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns.truncate(200);
        columns
    }

    /// The tag with the fewest contents among tags that must all be there.
    async fn rarest_tag(&self, tags: &[TagId]) -> Result<Option<TagId>> {
        if tags.len() < 2 {
            return Ok(tags.first().copied());
        }
        let counts = self.tag_counts(tags).await?;
        Ok(tags.iter().copied().min_by_key(|tag| counts.get(tag).copied().unwrap_or(0)))
    }

    /// Every condition of the filter, whatever drives the walk.
    fn narrow(&self, list: &mut Filtered, filter: &ContentFilter) -> Result<()> {
        // What the index of the walk is ordered by, or narrowed by itself, bounds the walk; all else filters it.
        let kind = if ["placement", "content_tag"].contains(&list.walk.table) { "{d}.kind" } else { "{c}.kind" };
        match filter.kinds.as_slice() {
            [ContentKind::Policy] if list.walk.table == "policy" || filter.is_of_policies() => {}
            [one]
                if list.walk.order[0] == "published_at"
                    && KIND_INDEXED.contains(&(list.walk.table, list.walk.parent)) =>
            {
                list.walk.narrow("{d}.kind = {}", <&str>::from(one));
            }
            [one] => list.filter(&format!("{kind} = {{}}"), <&str>::from(one)),
            // The index by kind would have to be sorted for several: they are filtered while walking.
            // Nothing but policies stands there, or has what is asked for.
            several
                if several.contains(&ContentKind::Policy)
                    && (list.walk.table == "policy" || filter.is_of_policies()) => {}
            several => list.filter_any(
                &format!("({kind} || '') in texts({{}})"),
                several.iter().map(|kind| <&str>::from(kind).to_owned()).collect(),
            ),
        }
        let silent = self.silent_sites();
        if !silent.is_empty() {
            let shown = list.walk.table == "placement";
            let site = if shown { "{d}.site_id" } else { "{c}.home_site_id" };
            list.filter(&format!("not ({site} in ids({{}}))"), silent.as_slice());
        }
        self.narrow_tags(list, filter);
        if let Some(publisher) = filter.publisher
            && list.walk.parent != Some("publisher_id")
        {
            list.filter("{c}.publisher_id in ids({})", self.merged_with(publisher).as_slice());
        }
        if let Some(issuer) = filter.issuer
            && list.walk.table != "content_issuer"
        {
            let condition =
                "exists (select 1 from content_issuer i where i.content_id = {id} and i.organisation_id in ids({}))";
            list.filter(condition, self.merged_with(issuer).as_slice());
        }
        if let Some(by) = &filter.owned_by
            && list.walk.parent != Some("home_site_id")
        {
            let id = self.site_by(by).map(|site| site.id);
            list.filter("{c}.home_site_id = {}", id);
        }
        if let Some(by) = &filter.shown_on {
            let id = self.site_by(by).filter(|site| site.is_running()).map(|site| site.id);
            match id {
                // What comes or goes in between is in the list of one of the tags on the site.
                Some(id) if list.walk.table == "content_tag" => {
                    for tag in self.directory().tags_of(filter.any_tags.iter().chain(&filter.all_tags)) {
                        self.note_list(List::TagOn(tag, id));
                    }
                }
                Some(id) => self.note_list(List::Site(id)),
                None => {}
            }
            let condition =
                "exists (select 1 from placement s where s.content_id = {id} and s.site_id = {} and s.shown)";
            list.filter(condition, id);
        }
        if !filter.columns.is_empty() && list.walk.table != "placement" {
            for column in self.columns_of(filter) {
                self.note_list(List::Column(column));
            }
            let condition =
                "exists (select 1 from placement s where s.content_id = {id} and s.column_id in ids({}) and s.shown)";
            list.filter(condition, self.columns_of(filter).as_slice());
        }
        if let Some(theme) = &filter.theme
            && list.walk.table != "content_code"
        {
            let condition =
                "exists (select 1 from content_code k where k.content_id = {id} and k.list = 'THEME' and k.code = {})";
            list.filter(condition, theme);
        }
        self.narrow_policy(list, filter);
        list.filter_any("{c}.language in texts({})", filter.languages.clone());
        for (column, sign, instant) in [
            ("published_at", ">=", filter.published_from),
            ("published_at", "<", filter.published_before),
            ("updated_at", ">=", filter.updated_from),
            ("updated_at", "<", filter.updated_before),
        ] {
            let Some(instant) = instant else { continue };
            if list.walk.order[0] == column {
                list.walk.narrow(&format!("{{d}}.{column} {sign} {{}}"), instant);
            } else {
                list.filter(&format!("{{c}}.{column} {sign} {{}}"), instant);
            }
        }
        for condition in &filter.fields {
            self.narrow_field(list, condition)?;
        }
        Ok(())
    }
}

fn select_written(field: ContentOrderField) -> &'static str {
    if field == ContentOrderField::WrittenOn { ", {d}.written_on" } else { "" }
}

fn start(
    table: &'static str,
    content: &'static str,
    parent: Option<&'static str>,
    groups: Vec<Vec<uuid::Uuid>>,
    order: &[&'static str],
) -> Walk {
    Walk {
        select: String::new(),
        table,
        content,
        parent,
        groups,
        order: order.to_vec(),
        ascending: false,
        conditions: Vec::new(),
        params: Vec::new(),
    }
}
