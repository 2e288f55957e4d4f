//! Which contents a subscription is about: those that it could bring, and those that it brought.

use super::mirror::{is_open_to, same_site};
use super::{Subscription, SubscriptionSource};
use crate::column::ShareType;
use crate::database::{Database, Sql, Value};
use crate::directory::Directory;
use crate::id::{ColumnId, ContentId, OrganisationId, SubscriptionId, TagId};
use crate::instant::DayZone;
use crate::refusal::Result;

/// Contents behind `{from}` that pass the filter: kinds `$2`, tags `$3`, first moment `$4`; `$5` lets those that are not
/// shared (不予共享) through as well, `$6` all kinds and `$7` all tags.
const PASSING: &str = "from content c where c.id in (select p.content_id from placement p where p.shown and {from})
     and ($6 or c.kind in texts($2)) and ($7 or exists (select 1 from content_tag f where f.content_id = c.id and f.tag_id in ids($3)))
     and c.published_at >= $4 and ($5 or not (c.card like '%\"share_type\":\"NONE\"%'))";

/// Each part of the column has an index of its own.
static BROUGHT: Sql = Sql::new(
    "select p.content_id from placement p where p.column_id = $2 and p.shown
       and exists (select 1 from placement_reason r where r.placement_id = p.id and r.subscription_id = $1)
     union select p.content_id from placement p where p.column_id = $2 and not p.shown
       and exists (select 1 from placement_reason r where r.placement_id = p.id and r.subscription_id = $1)
     order by 1",
);

/// The statement for a source, with what it selects and in which order, and its parameters.
fn passing(
    directory: &Directory,
    zone: DayZone,
    subscription: &Subscription,
    select: &str,
    order: &str,
) -> (Sql, Vec<Value>) {
    let Subscription { target, source, ref fields, .. } = *subscription;
    let own = "exists (select 1 from placement_reason r where r.placement_id = p.id and r.origin = 'OWN')
       and p.column_id in ids($8)";
    let open: Vec<ColumnId> = match source {
        SubscriptionSource::Column(_) => Vec::new(),
        _ => {
            let columns = directory.columns.all().iter().map(|column| column.id);
            columns.filter(|column| *column != target && is_open_to(directory, *column, target)).collect()
        }
    };
    let (from, ids): (String, Value) = match source {
        SubscriptionSource::Column(source) => {
            let columns = if fields.with_descendants { directory.columns.family(source) } else { vec![source] };
            ("p.column_id in ids($1)".to_owned(), columns.as_slice().into())
        }
        SubscriptionSource::Tag(source) => {
            let is = |tag: &TagId| directory.is_tag(*tag, source, fields.with_descendants);
            let tags: Vec<TagId> = directory.tags.all().iter().map(|tag| tag.id).filter(is).collect();
            let tagged = "p.content_id in (select t.content_id from content_tag t where t.tag_id in ids($1))";
            (format!("{tagged} and {own}"), tags.as_slice().into())
        }
        SubscriptionSource::Organisation(source) => {
            let is = |unit: &OrganisationId| directory.is_unit(*unit, source, fields.with_descendants);
            let units: Vec<OrganisationId> =
                directory.organisations.all().iter().map(|unit| unit.id).filter(is).collect();
            let published = "p.content_id in (select o.id from content o where o.publisher_id in ids($1))";
            (format!("{published} and {own}"), units.as_slice().into())
        }
    };
    let wanted: Vec<TagId> = directory.tags.all().iter().map(|tag| tag.id).collect();
    let is_wanted = |tag: &TagId| fields.tags.iter().any(|wanted| directory.is_tag(*tag, *wanted, false));
    let wanted: Vec<TagId> = wanted.into_iter().filter(is_wanted).collect();
    let kinds: Vec<String> = fields.kinds.iter().map(|kind| <&str>::from(kind).to_owned()).collect();
    // Of a tag or an organisation some columns are of the same site: which, the settling of each content asks.
    let within = !matches!(source, SubscriptionSource::Column(source) if !same_site(directory, source, target));
    let mut params = vec![
        ids,
        kinds.into(),
        wanted.as_slice().into(),
        fields.published_from.map_or(i64::MIN, |day| zone.begin(day).0).into(),
        within.into(),
        fields.kinds.is_empty().into(),
        fields.tags.is_empty().into(),
    ];
    if !matches!(source, SubscriptionSource::Column(_)) {
        params.push(open.as_slice().into());
    }
    (Sql::built(format!("{select} {}{order}", PASSING.replace("{from}", &from))), params)
}

/// How many contents a subscription would bring, were it in force.
pub(super) async fn count(
    database: &Database,
    directory: &Directory,
    zone: DayZone,
    subscription: &Subscription,
) -> Result<i64> {
    let (sql, params) = passing(directory, zone, subscription, "select cast(count(*) as bigint)", "");
    let rows = database.rows(&sql, &params).await?;
    rows.first().map_or(Ok(0), |row| row.get(0))
}

/// The contents that a subscription could bring.
pub(crate) async fn candidates(
    database: &Database,
    directory: &Directory,
    zone: DayZone,
    subscription: &Subscription,
) -> Result<Vec<ContentId>> {
    // In one order: deeds that settle many contents never wait for each other in a circle.
    let (sql, params) = passing(directory, zone, subscription, "select c.id", " order by c.id");
    let rows = database.rows(&sql, &params).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// The contents that a subscription brought to its target, whatever was decided of them.
pub(crate) async fn brought(
    database: &Database,
    subscription: SubscriptionId,
    target: ColumnId,
) -> Result<Vec<ContentId>> {
    let rows = database.rows(&BROUGHT, &[subscription.into(), target.into()]).await?;
    rows.iter().map(|row| row.get(0)).collect()
}

/// Whether the source's owner is asked before a column is taken.
pub(super) fn asks(directory: &Directory, source: ColumnId, target: ColumnId) -> Option<ShareType> {
    if same_site(directory, source, target) {
        return None;
    }
    directory.columns.get(source).map(|column| column.fields.share_type).filter(|share| *share != ShareType::Open)
}
