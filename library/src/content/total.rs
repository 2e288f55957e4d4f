//! How many contents a list has: kept counters where they say it, else counted.

use std::str::FromStr;

use super::filter::{ContentFilter, ContentOrder, ContentOrderField};
use super::kind::ContentKind;
use crate::Scope;
use crate::changes::List;
use crate::database::{Row, Sql, Value};
use crate::refusal::Result;
use crate::scope::{ListNote, Range};

static KEPT: Sql = Sql::new("select kind, members from shelf where list = $1 and id = $2");
static KEPT_OF_POLICIES: Sql = Sql::new("select validity, members from policy_shelf where theme = $1");
static KEPT_OF_TAG: Sql = Sql::new("select kind, members from tag_shelf where tag_id = $1 and site_id = $2");

impl Scope {
    /// How many contents match: of the library, of a home site, of a tag, and of a tag on a site, all or of some kinds,
    /// and of policies by theme and validity, by kept counters; of other lists exact up to 10,000, nothing beyond.
    pub async fn contents_total(&self, filter: &ContentFilter) -> Result<Option<i64>> {
        const MOST: i64 = 10_000;
        let filter = &self.with_tags_meant(filter);
        // What policies are filtered by, their own rows say.
        let of_policies = filter.is_of_policies()
            && filter.document_number.is_none()
            && filter.theme.is_none()
            && filter.all_tags.is_empty();
        let field = if of_policies { ContentOrderField::WrittenOn } else { ContentOrderField::default() };
        let order = ContentOrder { field, ..ContentOrder::default() };
        let Some((list, lists)) = self.walk(filter, order).await? else { return Ok(Some(0)) };
        for list in lists {
            self.note_range(ListNote { list, kinds: filter.kinds.clone(), range: Range::Whole });
        }
        if let Some(total) = self.kept_total(filter).await? {
            return Ok(Some(total));
        }
        if let Some(total) = self.kept_of_policies(filter).await? {
            return Ok(Some(total));
        }
        let counted = list.whole().count(self, MOST + 1).await?;
        Ok((counted <= MOST).then_some(counted))
    }

    /// What the kept counters say of policies by theme and validity, if the filter asks for nothing else.
    async fn kept_of_policies(&self, filter: &ContentFilter) -> Result<Option<i64>> {
        let ContentFilter { kinds, theme, validity, .. } = filter.clone();
        let only_policies = kinds == [ContentKind::Policy] || (kinds.is_empty() && !validity.is_empty());
        let kept = ContentFilter { kinds, theme, validity, ..ContentFilter::default() };
        if kept != *filter || !only_policies || !self.silent_sites().is_empty() {
            return Ok(None);
        }
        let theme = kept.theme.unwrap_or_default();
        sum(&self.rows(&KEPT_OF_POLICIES, vec![theme.into()]).await?, &kept.validity).map(Some)
    }

    /// What the kept counters say of a list, if they know it. They do not know which sites show nothing now.
    async fn kept_total(&self, filter: &ContentFilter) -> Result<Option<i64>> {
        let ContentFilter { kinds, any_tags, all_tags, owned_by, shown_on, .. } = filter.clone();
        let tags = [any_tags.as_slice(), &all_tags].concat();
        let kept = ContentFilter { kinds, any_tags, all_tags, owned_by, shown_on, ..ContentFilter::default() };
        if kept != *filter || !self.silent_sites().is_empty() {
            return Ok(None);
        }
        let (sql, params): (&Sql, Vec<Value>) = match (tags.as_slice(), &filter.owned_by, &filter.shown_on) {
            ([], None, None) => (&KEPT, vec!["library".into(), uuid::Uuid::nil().into()]),
            ([], Some(by), None) => match self.site_by(by) {
                Some(site) => (&KEPT, vec!["owned".into(), site.id.into()]),
                None => return Ok(Some(0)),
            },
            ([tag], None, None) => (&KEPT, vec!["tag".into(), (*tag).into()]),
            ([tag], None, Some(on)) => match self.site_by(on).filter(|site| site.is_running()) {
                Some(site) => {
                    self.note_list(List::TagOn(*tag, site.id));
                    (&KEPT_OF_TAG, vec![(*tag).into(), site.id.into()])
                }
                None => return Ok(Some(0)),
            },
            _ => return Ok(None),
        };
        sum(&self.rows(sql, params).await?, &filter.kinds).map(Some)
    }
}

/// The members of the counters that are wanted; of all if nothing is named.
fn sum<T: FromStr + PartialEq>(counters: &[Row], wanted: &[T]) -> Result<i64> {
    let is_wanted = |row: &&Row| {
        let of: Option<T> = row.text(0).and_then(|text| text.parse().ok());
        wanted.is_empty() || of.is_some_and(|of| wanted.contains(&of))
    };
    counters.iter().filter(is_wanted).map(|row| row.get::<i64>(1)).sum()
}
