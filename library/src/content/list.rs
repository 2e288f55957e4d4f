//! Lists of contents: one driver by a fixed rule, the rest filters while walking.

use std::sync::Arc;

use super::document_number::DocumentNumber;
use super::filter::{ContentFilter, ContentOrder, ContentOrderField, FieldCondition};
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::{KeyKind, List};
use crate::database::Value;
use crate::id::{AnyId, ColumnId, ContentId, TagId};
use crate::instant::Instant;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::scope::{ListNote, Page, Paging, Range, Walk};

impl Scope {
    /// A page of the contents that match. With every content comes its cursor key.
    pub async fn contents(
        &self,
        filter: &ContentFilter,
        order: ContentOrder,
        paging: &Paging<Vec<Value>>,
    ) -> Result<Page<(Arc<LiveContent>, Vec<Value>)>> {
        let Some((mut walk, lists)) = self.walk(filter, order).await? else { return Ok(Page::empty()) };
        walk.select = format!("{CONTENT}{}", select_written(order.field));
        let mut rows = walk.rows(self, paging).await?.pop().unwrap_or_default();
        let beyond = rows.get(paging.size).map(|row| LiveContent::read(row, 1)).transpose()?;
        let more = beyond.is_some();
        rows.truncate(paging.size);
        if paging.backward {
            rows.reverse();
        }
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let content = Arc::new(LiveContent::read(row, 1)?);
            self.note_record(AnyId::ContentId(content.id));
            let key = match order.field {
                ContentOrderField::PublishedAt => vec![content.published_at.into(), content.id.into()],
                ContentOrderField::UpdatedAt => vec![content.updated_at.into(), content.id.into()],
                ContentOrderField::WrittenOn => vec![row.get::<String>(14)?.into(), content.id.into()],
            };
            items.push((content, key));
        }
        self.note_page(&lists, filter, order, paging, beyond.as_ref());
        let (has_next, has_previous) = match paging.backward {
            true => (paging.from.is_some(), more),
            false => (more, paging.from.is_some() || paging.offset > 0),
        };
        Ok(Page { items, has_next, has_previous, total: None })
    }

    /// How many contents match: exact up to 10,000, nothing beyond.
    pub async fn contents_total(&self, filter: &ContentFilter) -> Result<Option<i64>> {
        const MOST: i64 = 10_000;
        let Some((mut walk, lists)) = self.walk(filter, ContentOrder::default()).await? else { return Ok(Some(0)) };
        walk.select = "1".to_owned();
        for list in lists {
            self.note_range(ListNote { list, kinds: filter.kinds.clone(), range: Range::Whole });
        }
        let paging = Paging { size: MOST as usize, backward: false, from: None, offset: 0 };
        let counted = walk.count(self, &paging).await?;
        Ok((counted <= MOST).then_some(counted))
    }

    /// Notes the part of the lists on which a page depends; `beyond` is the first content behind it.
    fn note_page(
        &self,
        lists: &[List],
        filter: &ContentFilter,
        order: ContentOrder,
        paging: &Paging<Vec<Value>>,
        beyond: Option<&LiveContent>,
    ) {
        let entered = match paging.from.as_deref() {
            Some([Value::Int(at), Value::Id(id), ..]) => Some((Instant(*at), ContentId(*id))),
            _ => None,
        };
        let range = match order.field {
            ContentOrderField::WrittenOn => Range::Whole,
            ContentOrderField::UpdatedAt => {
                let (low, high) = paging.span(order.ascending, entered, beyond.map(|c| (c.updated_at, c.id)));
                Range::Updated(low, high)
            }
            ContentOrderField::PublishedAt => {
                let (low, high) = paging.span(order.ascending, entered, beyond.map(|c| (c.published_at, c.id)));
                Range::Published(low, high)
            }
        };
        for list in lists {
            self.note_range(ListNote { list: *list, kinds: filter.kinds.clone(), range });
        }
    }

    /// The walk for a filter, and the list whose membership decides it; nothing if the filter names what is not there.
    async fn walk(&self, filter: &ContentFilter, order: ContentOrder) -> Result<Option<(Walk, Vec<List>)>> {
        let Some((mut walk, lists)) = self.driver(filter, order).await? else { return Ok(None) };
        self.narrow(&mut walk, filter)?;
        walk.ascending = order.ascending;
        Ok(Some((walk, lists)))
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
            let walk =
                start("content_tag", "content_id", Some("tag_id"), vec![vec![tag.0]], &["published_at", "content_id"]);
            return Ok(Some((walk, vec![List::Tag(tag)])));
        }
        if !filter.columns.is_empty() {
            let columns = self.columns_of(filter);
            let lists = columns.iter().map(|column| List::Column(*column)).collect();
            let groups = vec![columns.iter().map(|column| column.0).collect()];
            let mut walk = start("placement", "content_id", Some("column_id"), groups, &[time, "content_id"]);
            walk.conditions.push("{d}.shown".to_owned());
            let silent = self.silent_sites();
            walk.narrow("not ({d}.site_id in ids({}))", silent.as_slice());
            return Ok(Some((walk, lists)));
        }
        if by_time && !filter.any_tags.is_empty() {
            let lists = filter.any_tags.iter().map(|tag| List::Tag(*tag)).collect();
            let groups = vec![filter.any_tags.iter().map(|tag| tag.0).collect()];
            let walk = start("content_tag", "content_id", Some("tag_id"), groups, &["published_at", "content_id"]);
            return Ok(Some((walk, lists)));
        }
        if by_time && let Some(publisher) = filter.publisher {
            let walk = start("content", "id", Some("publisher_id"), vec![vec![publisher.0]], &["published_at", "id"]);
            return Ok(Some((walk, vec![List::Publisher(publisher)])));
        }
        if by_time && let Some(issuer) = filter.issuer {
            let walk = start(
                "content_issuer",
                "content_id",
                Some("organisation_id"),
                vec![vec![issuer.0]],
                &["published_at", "content_id"],
            );
            return Ok(Some((walk, vec![List::Publisher(issuer)])));
        }
        if let Some(by) = &filter.owned_by {
            let Some(site) = self.site_by(by) else { return Ok(None) };
            let walk = start("content", "id", Some("home_site_id"), vec![vec![site.id.0]], &[time, "id"]);
            return Ok(Some((walk, vec![List::Owned(site.id)])));
        }
        Ok(Some((start("content", "id", None, Vec::new(), &[time, "id"]), vec![List::Library])))
    }

    fn columns_of(&self, filter: &ContentFilter) -> Vec<ColumnId> {
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
    fn narrow(&self, walk: &mut Walk, filter: &ContentFilter) -> Result<()> {
        match filter.kinds.as_slice() {
            [one] => walk.narrow("{c}.kind = {}", <&str>::from(one)),
            // The index by kind would have to be sorted for several: they are filtered while walking.
            several => walk.narrow_any(
                "({c}.kind || '') in texts({})",
                several.iter().map(|kind| <&str>::from(kind).to_owned()).collect(),
            ),
        }
        let silent = self.silent_sites();
        if walk.table != "placement" && !silent.is_empty() {
            walk.narrow("not ({c}.home_site_id in ids({}))", silent.as_slice());
        }
        for tag in &filter.all_tags {
            walk.narrow("exists (select 1 from content_tag t where t.content_id = {c}.id and t.tag_id = {})", *tag);
        }
        if !filter.any_tags.is_empty() && walk.table != "content_tag" {
            let condition = "exists (select 1 from content_tag t where t.content_id = {c}.id and t.tag_id in ids({}))";
            walk.narrow(condition, filter.any_tags.as_slice());
        }
        if let Some(publisher) = filter.publisher {
            walk.narrow("{c}.publisher_id = {}", publisher);
        }
        if let Some(issuer) = filter.issuer {
            let condition =
                "exists (select 1 from content_issuer i where i.content_id = {c}.id and i.organisation_id = {})";
            walk.narrow(condition, issuer);
        }
        if let Some(by) = &filter.owned_by {
            let id = self.site_by(by).map(|site| site.id);
            walk.narrow("{c}.home_site_id = {}", id);
        }
        if let Some(by) = &filter.shown_on {
            let id = self.site_by(by).filter(|site| site.is_running()).map(|site| site.id);
            if let Some(id) = id {
                self.note_list(List::Site(id));
            }
            let condition =
                "exists (select 1 from placement s where s.content_id = {c}.id and s.site_id = {} and s.shown)";
            walk.narrow(condition, id);
        }
        if !filter.columns.is_empty() && walk.table != "placement" {
            for column in self.columns_of(filter) {
                self.note_list(List::Column(column));
            }
            let condition =
                "exists (select 1 from placement s where s.content_id = {c}.id and s.column_id in ids({}) and s.shown)";
            walk.narrow(condition, self.columns_of(filter).as_slice());
        }
        if let Some(theme) = &filter.theme {
            let condition = "exists (select 1 from content_code k where k.content_id = {c}.id and k.list = 'THEME' and k.code = {})";
            walk.narrow(condition, theme);
        }
        self.narrow_policy(walk, filter);
        walk.narrow_any("{c}.language in texts({})", filter.languages.clone());
        for (condition, instant) in [
            ("{c}.published_at >= {}", filter.published_from),
            ("{c}.published_at < {}", filter.published_before),
            ("{c}.updated_at >= {}", filter.updated_from),
            ("{c}.updated_at < {}", filter.updated_before),
        ] {
            if let Some(instant) = instant {
                walk.narrow(condition, instant);
            }
        }
        for condition in &filter.fields {
            self.narrow_field(walk, condition)?;
        }
        Ok(())
    }

    fn narrow_policy(&self, walk: &mut Walk, filter: &ContentFilter) {
        let policy = |condition: &str| {
            format!("exists (select 1 from policy y where y.content_id = {{c}}.id and y.{condition})")
        };
        if let Some(number) = &filter.document_number {
            let own = "{d}.folded_number = {}".to_owned();
            let condition = if walk.table == "policy" { own } else { policy("folded_number = {}") };
            walk.narrow(&condition, DocumentNumber::fold(number));
        }
        if let Some(kind) = &filter.document_type {
            walk.narrow(&policy("document_type = {}"), kind);
        }
        let validity: Vec<String> = filter.validity.iter().map(|v| <&str>::from(v).to_owned()).collect();
        walk.narrow_any(&policy("validity in texts({})"), validity);
    }

    fn narrow_field(&self, walk: &mut Walk, condition: &FieldCondition) -> Result<()> {
        self.note_list(List::Fields);
        let known = self
            .directory()
            .fields
            .all()
            .iter()
            .any(|field| field.key == condition.key && field.fields.filterable && field.fields.public);
        if !known {
            return Err(Refusal::new(
                RefusalCode::Invalid,
                "filter.fields",
                "该字段不能用于筛选",
                "not a field to filter by",
            )
            .into());
        }
        for (sign, value) in [("=", &condition.is), (">=", &condition.from), ("<=", &condition.until)] {
            let Some(value) = value else { continue };
            let key = walk.param(&condition.key);
            let text = walk.param(value);
            walk.conditions.push(format!(
                "exists (select 1 from content_field f where f.content_id = {{c}}.id and f.key = {key} and f.text {sign} {text})"
            ));
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
