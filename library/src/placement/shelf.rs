//! Kept counters of lists: how many members a column, a family of columns, a site, a tag or the library has, and how many
//! contents with a tag a site shows, and policies of a theme and validity there are, without counting.
//!
//! Beside them, under `elsewhere`, is how many contents with a tag did not come along with a site that was restored here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use uuid::Uuid;

use super::settle::Standing;
use crate::changes::{List, Work};
use crate::content::{ContentKind, Validity};
use crate::database::{Sql, Transaction, Value};
use crate::directory::Directory;
use crate::id::{ColumnId, SiteId, TagId};
use crate::instant::Instant;
use crate::refusal::Result;

static ADD: Sql = Sql::new(
    "insert into shelf (list, id, kind, members)
     select r.value->>0, as_id(r.value->>1), r.value->>2, as_int(r.value->>3) from rows($1) r where true
     on conflict (list, id, kind) do update set members = shelf.members + excluded.members",
);
static ADD_TAGGED: Sql = Sql::new(
    "insert into tag_shelf (tag_id, site_id, kind, members)
     select as_id(r.value->>0), as_id(r.value->>1), r.value->>2, as_int(r.value->>3) from rows($1) r where true
     on conflict (tag_id, site_id, kind) do update set members = tag_shelf.members + excluded.members",
);
static ADD_POLICIES: Sql = Sql::new(
    "insert into policy_shelf (theme, validity, members)
     select r.value->>0, r.value->>1, as_int(r.value->>2) from rows($1) r where true
     on conflict (theme, validity) do update set members = policy_shelf.members + excluded.members",
);
static SHOWN: Sql = Sql::new(
    "select kind, cast(count(distinct content_id) as bigint) from placement where column_id in ids($1) and shown group by kind",
);
static KEPT: Sql = Sql::new("select kind, members from shelf where list = 'family' and id = $1");

/// How many members more lists have.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    lists: BTreeMap<(&'static str, Uuid, ContentKind), i64>,
    tagged: BTreeMap<(TagId, SiteId, ContentKind), i64>,
    policies: BTreeMap<(String, &'static str), i64>,
    /// Tags and sites of which a content came, went or got another place.
    touched: BTreeSet<(TagId, SiteId)>,
}

impl Counts {
    /// A list has so many members of a kind more.
    pub fn add(&mut self, list: &'static str, of: Uuid, kind: ContentKind, more: i64) {
        *self.lists.entry((list, of, kind)).or_default() += more;
    }

    /// Each of the sites shows so many contents of a kind more with each of the tags.
    pub fn add_tagged<'a>(
        &mut self,
        tags: impl IntoIterator<Item = &'a TagId>,
        sites: &BTreeSet<SiteId>,
        kind: ContentKind,
        more: i64,
    ) {
        for tag in tags {
            for site in sites {
                self.touched.insert((*tag, *site));
                *self.tagged.entry((*tag, *site, kind)).or_default() += more;
            }
        }
    }

    /// There are so many policies of a validity more, of all themes and of each of `themes`.
    pub fn add_policies(&mut self, themes: &[String], validity: Validity, more: i64) {
        let themes: BTreeSet<&str> = themes.iter().map(String::as_str).chain([""]).collect();
        for theme in themes {
            *self.policies.entry((theme.to_owned(), validity.into())).or_default() += more;
        }
    }

    /// A content with `tags` stood as `before` and stands as `after`.
    pub(super) fn moved(&mut self, directory: &Directory, before: &[Standing], after: &[Standing], tags: &[TagId]) {
        let Some(Standing { member, .. }) = after.first().or(before.first()) else { return };
        let (kind, tags) = (member.kind, directory.tags_of(tags));
        for (standing, more) in [(before, -1), (after, 1)] {
            for shown in standing.iter().filter(|standing| standing.shown) {
                self.add("column", shown.column.0, kind, more);
                self.add("site", shown.site.0, kind, more);
            }
            for column in families(directory, standing) {
                self.add("family", column.0, kind, more);
            }
        }
        let (left, right) = (sites(before), sites(after));
        self.add_tagged(&tags, &left.difference(&right).copied().collect(), kind, -1);
        self.add_tagged(&tags, &right.difference(&left).copied().collect(), kind, 1);
        for (site, _) in places(before).symmetric_difference(&places(after)) {
            self.touched.extend(tags.iter().map(|tag| (*tag, *site)));
        }
    }

    /// The lists of tags on sites that were touched.
    pub fn lists(&self) -> impl Iterator<Item = List> + use<> {
        self.touched.clone().into_iter().map(|(tag, site)| List::TagOn(tag, site))
    }

    /// Writes them down, always in one order: two deeds never wait for each other in a circle.
    pub async fn write(self, transaction: &mut Transaction) -> Result<()> {
        let hex = |id: Uuid| id.simple().to_string();
        let lists = self.lists.into_iter().filter(|(_, more)| *more != 0);
        let lists = lists.map(|((list, id, kind), more)| json!([list, hex(id), <&str>::from(kind), more]));
        let tagged = self.tagged.into_iter().filter(|(_, more)| *more != 0);
        let tagged = tagged.map(|((tag, site, kind), more)| json!([hex(tag.0), hex(site.0), <&str>::from(kind), more]));
        let policies = self.policies.into_iter().filter(|(_, more)| *more != 0);
        let policies = policies.map(|((theme, validity), more)| json!([theme, validity, more]));
        for (sql, rows) in
            [(&ADD, lists.collect::<Vec<_>>()), (&ADD_TAGGED, tagged.collect()), (&ADD_POLICIES, policies.collect())]
        {
            if !rows.is_empty() {
                transaction.run(sql, &[serde_json::Value::Array(rows).into()]).await?;
            }
        }
        Ok(())
    }
}

/// The sites that show a content.
pub(crate) fn sites(standing: &[Standing]) -> BTreeSet<SiteId> {
    standing.iter().filter(|standing| standing.shown).map(|standing| standing.site).collect()
}

/// The sites that show a content, and which place it has there among others with its tags.
fn places(standing: &[Standing]) -> BTreeSet<(SiteId, Instant)> {
    let shown = standing.iter().filter(|standing| standing.shown);
    shown.map(|standing| (standing.site, standing.member.published_at)).collect()
}

/// The columns that show a content, and what they hang under.
fn families(directory: &Directory, standing: &[Standing]) -> BTreeSet<ColumnId> {
    let mut families = BTreeSet::new();
    for shown in standing.iter().filter(|standing| standing.shown) {
        families.insert(shown.column);
        families.extend(directory.columns.ancestors(shown.column).iter().map(|above| above.id));
    }
    families
}

/// Counts what `family` shows anew and keeps it as what `column` shows with all below it.
pub(crate) async fn recount_family(work: &mut Work, column: ColumnId, family: &[ColumnId]) -> Result<()> {
    for (sql, param, sign) in [(&SHOWN, Value::from(family), 1), (&KEPT, column.into(), -1)] {
        for row in work.rows(sql, &[param]).await? {
            let Some(kind) = row.text(0).and_then(|kind| kind.parse().ok()) else { continue };
            let members: i64 = row.get(1)?;
            work.counts.add("family", column.0, kind, sign * members);
        }
    }
    Ok(())
}
