//! Tag pages: the newest contents of a tag by kind, and how many there are.

use std::collections::HashMap;
use std::sync::Arc;

use super::kind::ContentKind;
use super::row::{CONTENT, LiveContent};
use crate::Scope;
use crate::changes::List;
use crate::database::{Engine, Sql};
use crate::id::{AnyId, SiteId, TagId};
use crate::refusal::Result;

/// The newest contents of one kind.
#[derive(Debug, Clone)]
pub struct KindShelf {
    /// The kind.
    pub kind: ContentKind,
    /// How many there are of it.
    pub total: i64,
    /// The newest.
    pub contents: Vec<Arc<LiveContent>>,
}

static BY_KIND: Sql = Sql::new("select kind, members from shelf where list = 'tag' and id = $1 and members > 0");
static BY_KIND_ON: Sql =
    Sql::new("select kind, members from tag_shelf where tag_id = $1 and site_id = $2 and members > 0");

impl Scope {
    /// How many live contents each of these tags has.
    pub(crate) async fn tag_counts(&self, tags: &[TagId]) -> Result<HashMap<TagId, i64>> {
        for tag in self.directory().tags_walked(tags) {
            self.note_list(List::Tag(tag));
        }
        let counts = self.shelf_counts("tag", tags.iter().map(|tag| tag.0).collect()).await?;
        Ok(counts.into_iter().map(|(id, count)| (TagId(id), count)).collect())
    }

    /// How many live contents a tag has, or how many of them a site shows, by kind.
    pub async fn tag_usage(&self, tag: TagId, on: Option<SiteId>) -> Result<Vec<(ContentKind, i64)>> {
        let directory = self.directory();
        let tag = directory.tag_of(tag);
        let rows = match on {
            None => {
                for walked in directory.tags_walked(&[tag]) {
                    self.note_list(List::Tag(walked));
                }
                self.rows(&BY_KIND, vec![tag.into()]).await?
            }
            Some(site) => {
                self.note_list(List::TagOn(tag, site));
                self.rows(&BY_KIND_ON, vec![tag.into(), site.into()]).await?
            }
        };
        let mut usage = Vec::new();
        for row in &rows {
            if let Some(kind) = row.text(0).and_then(|text| text.parse().ok()) {
                usage.push((kind, row.get(1)?));
            }
        }
        Ok(usage)
    }

    /// The newest `first` contents of a tag for each of `kinds` (in their order), of those that a site shows if one is
    /// named. Two statements, whatever the sizes; one more for each tag whose contents still follow this one.
    pub async fn tag_shelves(
        &self,
        tag: TagId,
        on: Option<SiteId>,
        kinds: &[ContentKind],
        first: usize,
    ) -> Result<Vec<KindShelf>> {
        let mut usage: HashMap<ContentKind, i64> = self.tag_usage(tag, on).await?.into_iter().collect();
        // Nothing is looked for where nothing is.
        let wanted: Vec<String> =
            kinds.iter().filter(|kind| usage.contains_key(kind)).map(|kind| <&str>::from(kind).to_owned()).collect();
        let mut found: HashMap<ContentKind, Vec<Arc<LiveContent>>> = HashMap::new();
        for walked in self.directory().tags_walked(&[tag]) {
            for content in self.newest_of_tag(walked, on, &wanted, first).await? {
                let newest = found.entry(content.kind).or_default();
                // Who had both before they were merged is found twice.
                if newest.iter().all(|known| known.id != content.id) {
                    newest.push(content);
                }
            }
        }
        if let Some(laid) = self.preview() {
            found.values_mut().for_each(|newest| newest.retain(|content| content.id != laid.content.id));
            let kind = laid.content.kind;
            if laid.has_tag(&self.directory(), tag, on) && kinds.contains(&kind) {
                found.entry(kind).or_default().push(laid.content.clone());
                usage.entry(kind).or_insert(1);
            }
        }
        for newest in found.values_mut() {
            newest.sort_unstable_by_key(|content| std::cmp::Reverse((content.published_at, content.id)));
            newest.truncate(first);
        }
        let shelf = |kind: &ContentKind| KindShelf {
            kind: *kind,
            total: usage.get(kind).copied().unwrap_or(0),
            contents: found.remove(kind).unwrap_or_default(),
        };
        Ok(kinds.iter().map(shelf).filter(|shelf| shelf.total > 0).collect())
    }

    /// The newest `first` of each of `kinds` that have this very tag.
    async fn newest_of_tag(
        &self,
        tag: TagId,
        on: Option<SiteId>,
        kinds: &[String],
        first: usize,
    ) -> Result<Vec<Arc<LiveContent>>> {
        let silent = self.silent_sites();
        // What a parameter is for has to be said on PostgreSQL, even where nothing asks for it.
        let shown = match on {
            Some(_) => {
                "exists (select 1 from placement p where p.content_id = e.content_id and p.site_id = $3 and p.shown)"
            }
            None => "as_id($3) is null",
        };
        let heard = match silent.is_empty() {
            true => "not (e.content_id in ids($4))",
            false => "not exists (select 1 from content f where f.id = e.content_id and f.home_site_id in ids($4))",
        };
        let inner = format!(
            "from content_tag e where e.tag_id = $1 and e.kind = k.text and {shown} and {heard}
             order by e.published_at desc, e.content_id desc limit $5"
        );
        let columns = CONTENT.replace("{c}", "c");
        let text = match self.library().database().engine() {
            Engine::Postgres => format!(
                "select {columns} from each_text($2) k cross join lateral (select e.content_id {inner}) d
                 join content c on c.id = d.content_id"
            ),
            Engine::Sqlite => {
                format!(
                    "select {columns} from each_text($2) k cross join content c on c.id in (select e.content_id {inner})"
                )
            }
        };
        let params =
            vec![tag.into(), kinds.to_vec().into(), on.into(), silent.as_slice().into(), (first as i64).into()];
        let mut newest = Vec::new();
        for row in self.rows(&Sql::built(text), params).await? {
            let content = self.read_content(&row, 0)?;
            self.note_record(AnyId::ContentId(content.id));
            newest.push(content);
        }
        Ok(newest)
    }
}
