//! A previewed revision where lists show it: in the columns that it names, under its tags, in the order that it would have.
//!
//! Lists are walked over what is live, as ever. What a page shows of the previewed content is taken out of it, and the
//! revision is put where it would stand; pages by `offset` show it only where the content stood before.

use std::cmp::Ordering;
use std::sync::Arc;

use uuid::Uuid;

use super::Preview;
use crate::content::{ContentFields, ContentFilter, DocumentNumber, LiveContent};
use crate::database::{Sql, Value};
use crate::id::{ColumnId, ContentId, OrganisationId, PlacementId, SiteId, TagId};
use crate::placement::{Placement, PlacementFilter, Shown};
use crate::refusal::Result;
use crate::scope::{Paging, compare};
use crate::{Directory, Scope};

static REVISION: Sql = Sql::new("select document from revision where content_id = $1 and number = $2");

static HIDDEN: Sql = Sql::new("select column_id from placement where content_id = $1 and hidden");

/// A revision laid over what is live.
#[derive(Debug)]
pub(crate) struct Laid {
    /// What is previewed.
    pub preview: Preview,
    /// The revision as it is shown.
    pub content: Arc<LiveContent>,
    fields: ContentFields,
    placements: Vec<Arc<Placement>>,
}

impl Scope {
    /// The same scope, with a revision laid over what is live. The answer is private.
    ///
    /// # Errors
    /// Only faults of the database: a revision that is there no more lays nothing over anything.
    pub async fn previewing(mut self, preview: Preview) -> Result<Self> {
        let laid = self.laid_by(preview).await?;
        self.set_preview(laid);
        Ok(self)
    }

    async fn laid_by(&self, preview: Preview) -> Result<Option<Laid>> {
        let Some(working) = self.working_row(preview.content).await? else { return Ok(None) };
        let Some(content) = self.as_draft(&working, preview.revision).await? else { return Ok(None) };
        let rows = self.rows(&REVISION, vec![preview.content.into(), preview.revision.into()]).await?;
        let Some(fields) = rows.first().map(|row| row.json::<ContentFields>(0)).transpose()? else { return Ok(None) };
        let standing = self.placements_of_contents(&[content.id], None).await?.remove(&content.id).unwrap_or_default();
        // A showing that a subscription brought stays; one of the editors' own stays where the revision names the column.
        let stays = |shown: &Shown| {
            let mirrored = shown.placement.reason.as_ref().is_some_and(|reason| reason.subscription.is_some());
            mirrored || fields.columns.contains(&shown.placement.column)
        };
        let mut placements: Vec<Arc<Placement>> =
            standing.iter().filter(|shown| stays(shown)).map(|shown| shown.placement.clone()).collect();
        let mut hidden: Vec<ColumnId> = Vec::new();
        for row in self.rows(&HIDDEN, vec![content.id.into()]).await? {
            hidden.push(row.get(0)?);
        }
        for column in fields.columns.iter().filter(|column| !hidden.contains(column)) {
            let there = placements.iter().any(|placement| placement.column == *column);
            let site = self.column(*column).map(|column| column.site);
            if !there && site == Some(preview.site) && self.site(preview.site).is_some_and(|site| site.is_running()) {
                placements.push(Arc::new(placement(&content, *column, preview.site)));
            }
        }
        Ok(Some(Laid { preview, content, fields, placements }))
    }
}

/// A showing that is not there yet. Its identifier is made of those of content and column, so that it is always the same.
fn placement(content: &LiveContent, column: ColumnId, site: SiteId) -> Placement {
    Placement {
        id: PlacementId(Uuid::from_u128(content.id.0.as_u128() ^ column.0.as_u128())),
        column,
        site,
        content: content.id,
        rank: 0,
        pinned_until: None,
        title: None,
        published_at: content.published_at,
        updated_at: content.updated_at,
        shown_since: content.published_at,
        reason: None,
    }
}

impl Laid {
    /// What is shown in the place of a live content.
    pub fn over(&self, content: Arc<LiveContent>) -> Arc<LiveContent> {
        if content.id == self.content.id { self.content.clone() } else { content }
    }

    /// Its showings, on one site or on all.
    pub fn shown(&self, on: Option<SiteId>) -> impl Iterator<Item = Shown> {
        let here = move |placement: &&Arc<Placement>| on.is_none_or(|site| placement.site == site);
        let shown = |placement: &Arc<Placement>| Shown { placement: placement.clone(), content: self.content.clone() };
        self.placements.iter().filter(here).map(shown)
    }

    /// Whether a shelf of a tag shows it.
    pub fn has_tag(&self, directory: &Directory, tag: TagId, on: Option<SiteId>) -> bool {
        directory.tags_of(&self.content.card.tags).contains(&directory.tag_of(tag))
            && on.is_none_or(|site| self.shown(Some(site)).next().is_some())
    }

    /// Whether a list of placements that is narrowed so shows it.
    pub fn is_among(&self, scope: &Scope, filter: &PlacementFilter) -> bool {
        let as_content = ContentFilter {
            kinds: filter.kinds.clone(),
            any_tags: scope.tags_meant(&filter.any_tags),
            published_from: filter.published_from,
            published_before: filter.published_before,
            theme: filter.theme.clone(),
            publisher: filter.publisher,
            validity: filter.validity.clone(),
            ..ContentFilter::default()
        };
        let covered = filter.with_cover.is_none_or(|with| self.content.card.cover.is_some() == with);
        covered && self.matches(scope, &as_content)
    }

    /// Whether a list of contents that is narrowed so, its tags being what stands for them now, shows it.
    pub fn matches(&self, scope: &Scope, filter: &ContentFilter) -> bool {
        let (content, card) = (&self.content, &self.content.card);
        let policy = card.policy();
        let merged = |wanted: Option<OrganisationId>, has: &[OrganisationId]| {
            wanted.is_none_or(|id| scope.merged_with(id).iter().any(|one| has.contains(one)))
        };
        let site = |by: &crate::site::SiteLocator| scope.site_by(by).map(|site| site.id);
        let tags = scope.directory().tags_of(&card.tags);
        let shown_in = |columns: &[ColumnId]| self.placements.iter().any(|it| columns.contains(&it.column));
        one_of(&filter.kinds, [content.kind])
            && one_of(&filter.any_tags, tags.iter().copied())
            && filter.all_tags.iter().all(|tag| tags.contains(tag))
            && merged(filter.publisher, &[content.publisher])
            && merged(filter.issuer, policy.map_or(&[], |policy| &policy.issuers))
            && filter.theme.as_ref().is_none_or(|theme| self.fields.themes.contains(theme))
            && one_of(&filter.languages, [content.language.clone()])
            && one_of(&filter.validity, policy.map(|policy| policy.state.validity))
            && is(filter.document_type.as_deref(), policy.and_then(|policy| policy.document_type.as_deref()))
            && is(
                filter.document_number.as_deref().map(DocumentNumber::fold),
                policy.and_then(|policy| policy.document_number.as_deref()).map(DocumentNumber::fold),
            )
            && filter.published_from.is_none_or(|from| content.published_at >= from)
            && filter.published_before.is_none_or(|before| content.published_at < before)
            && filter.updated_from.is_none_or(|from| content.updated_at >= from)
            && filter.updated_before.is_none_or(|before| content.updated_at < before)
            && filter.owned_by.as_ref().is_none_or(|by| site(by) == Some(content.home_site))
            && filter
                .shown_on
                .as_ref()
                .is_none_or(|by| site(by).is_some_and(|on| self.shown(Some(on)).next().is_some()))
            && (filter.columns.is_empty() || shown_in(&scope.columns_of(filter)))
            && filter.fields.iter().all(|condition| self.has_field(scope, condition))
            && !scope.silent_sites().contains(&content.home_site)
    }

    fn has_field(&self, scope: &Scope, condition: &crate::content::FieldCondition) -> bool {
        let directory = scope.directory();
        let texts = self.fields.fields.iter().filter(|entry| entry.key == condition.key).flat_map(|entry| {
            let of = |field: &&Arc<crate::field::FieldDefinition>| {
                field.key == entry.key && field.is_of(self.content.home_site, self.content.kind)
            };
            let field = directory.fields.all().iter().find(of).cloned();
            field.map_or_else(Vec::new, |field| field.texts(&entry.value))
        });
        let within = |text: &String| {
            condition.is.as_ref().is_none_or(|is| text == is)
                && condition.from.as_ref().is_none_or(|from| text >= from)
                && condition.until.as_ref().is_none_or(|until| text <= until)
        };
        texts.into_iter().any(|text| within(&text))
    }
}

/// Whether one of the `given` is wanted; all are where nothing is said.
fn one_of<T: PartialEq>(wanted: &[T], given: impl IntoIterator<Item = T>) -> bool {
    wanted.is_empty() || given.into_iter().any(|one| wanted.contains(&one))
}

/// Whether it is what is wanted, if something is.
fn is<T: PartialEq>(wanted: Option<T>, given: Option<T>) -> bool {
    wanted.is_none() || wanted == given
}

/// A page that a walk brought in its own direction, and where the walk stopped if the page is not full.
pub(crate) struct Stretch<'a, T> {
    /// The items, and the first behind the page.
    pub items: &'a mut Vec<T>,
    /// Where the walk stopped.
    pub stopped: &'a mut Option<Vec<Value>>,
    /// What was asked for.
    pub paging: &'a Paging<Vec<Value>>,
    /// Whether the list has its smallest key first.
    pub ascending: bool,
}

impl<T> Stretch<'_, T> {
    /// Takes what is of the previewed content out of the page, and puts what is `instead` where its key says, as far as
    /// the page reaches.
    pub fn lay(
        self,
        of: ContentId,
        instead: Vec<T>,
        content: impl Fn(&T) -> ContentId,
        key: impl Fn(&T) -> Vec<Value>,
    ) {
        let Self { items, stopped, paging, ascending } = self;
        let goes_on = items.len() > paging.size;
        let last = items.last().map(&key);
        items.retain(|item| content(item) != of);
        let order = |a: &[Value], b: &[Value]| if ascending != paging.backward { compare(a, b) } else { compare(b, a) };
        // What is behind the page was not read: there it stands on another page.
        let end = if goes_on { last.clone() } else { stopped.clone() };
        for item in instead {
            let at = key(&item);
            let entered = paging.from.as_ref().is_none_or(|from| order(from, &at) == Ordering::Less);
            let reached = end.as_ref().is_none_or(|end| order(&at, end) != Ordering::Greater);
            if entered && reached {
                let place = items.partition_point(|one| order(&key(one), &at) == Ordering::Less);
                items.insert(place, item);
            }
        }
        if goes_on && items.len() <= paging.size {
            *stopped = last;
        }
    }
}
