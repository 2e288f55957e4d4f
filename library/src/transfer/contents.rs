//! Contents on their way: which of them a site needs, read whole with their placements, and the deed that restores them.
//!
//! A content is what its live revision says and what time and deeds made of it since; the rest is derived again.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Outgoing, Restored, line, of, outgoing, record};
use crate::Library;
use crate::changes::{Action, Caller, commit};
use crate::content::{Card, ContentRecord, DueRecord, restore as restore_one};
use crate::database::{Row, Sql};
use crate::id::{ContentId, LinkId};
use crate::placement::{PlacementRecord, SourceRecord};
use crate::refusal::Result;

/// Whether `{c}` is at home on the site `$1`, or placed there.
const OWN: &str = "({c}.home_site_id = $1
    or exists (select 1 from placement p where p.content_id = {c}.id and p.site_id = $1 and (p.shown or p.hidden)))";

/// Whether a content that the site has names `c`, is named by it, or an old address of the site leads to it; `$2` are
/// those that are named otherwise.
const NAMED: &str = "(c.id in ids($2)
    or exists (select 1 from link l join content o on o.id = l.to_id where l.from_id = c.id and {own})
    or exists (select 1 from link l join content o on o.id = l.from_id where l.to_id = c.id and {own})
    or exists (select 1 from address a where a.content_id = c.id and a.site_id = $1))";

/// Whether the content `c` is taken along with the site `$1`.
pub(super) fn taken_along() -> String {
    format!("({} or {})", own("c"), named())
}

fn own(content: &str) -> String {
    OWN.replace("{c}", content)
}

fn named() -> String {
    NAMED.replace("{own}", &own("o"))
}

static WINDOW: Sql = Sql::new("select id from content where id > $1 order by id limit $2");

/// The ids of the next window that belong to the site or, `beside` it, are named only; and where the window ends.
pub(super) async fn window(out: &mut Outgoing, beside: bool, after: Uuid) -> Result<Option<(Uuid, Vec<ContentId>)>> {
    let rows = out.snapshot.rows(&WINDOW, &[after.into(), outgoing::WINDOW.into()]).await?;
    let window = rows.iter().map(|row| row.get(0)).collect::<Result<Vec<Uuid>>>()?;
    let Some(last) = window.last().copied() else { return Ok(None) };
    let condition = if beside { format!("not {} and {}", own("c"), named()) } else { own("c") };
    let window_at = if beside { "$3" } else { "$2" };
    let sql =
        Sql::built(format!("select c.id from content c where c.id in ids({window_at}) and {condition} order by c.id"));
    let mut params = vec![out.site.id.into()];
    if beside {
        let named: Vec<ContentId> = out.named.iter().copied().collect();
        params.push(named.as_slice().into());
    }
    params.push(window.into());
    let ids = out.snapshot.rows(&sql, &params).await?.iter().map(|row| row.get(0)).collect::<Result<_>>()?;
    Ok(Some((last, ids)))
}

static CONTENTS: Sql = Sql::new(
    "select c.id, c.home_site_id, c.revision, c.published_at, c.updated_at, c.index_number, c.card, w.created_at, r.at,
       r.document from content c join working w on w.content_id = c.id
     join revision r on r.content_id = c.id and r.number = c.revision where c.id in ids($1) order by c.id",
);
static LINKS: Sql = Sql::new("select from_id, id from link where from_id in ids($1) order by from_id, rank, id");
static VALIDITIES: Sql = Sql::new("select content_id, document from working_validity where content_id in ids($1)");
static DUES: Sql = Sql::new(
    "select subject_id, at, what from due where subject_id in ids($1) and what <> 'PUBLISH' order by subject_id, at, what",
);
static PLACEMENTS: Sql = Sql::new(
    "select p.content_id, p.id, p.column_id, p.rank, p.pinned_until, p.title, p.hidden, p.shown_since from placement p
     where p.content_id in ids($1) and (p.site_id = $2 or exists (select 1 from placement_reason r
       where r.placement_id = p.id and (r.origin = 'OWN' or r.subscription_id in ids($3))))
       and exists (select 1 from placement_reason a where a.placement_id = p.id and a.decision = 'ACCEPTED') order by p.content_id, p.id",
);
static REASONS: Sql = Sql::new(
    "select r.placement_id, r.origin = 'OWN', r.subscription_id, r.source_placement_id
     from placement p join placement_reason r on r.placement_id = p.id
     where p.content_id in ids($1) and (r.origin = 'OWN' or r.subscription_id in ids($2))
       and r.decision = 'ACCEPTED' order by r.placement_id, r.subscription_id",
);

/// Contents as lines; what they name is noted.
pub(super) async fn read(out: &mut Outgoing, ids: &[ContentId]) -> Result<Vec<String>> {
    let mut links: HashMap<ContentId, Vec<LinkId>> = HashMap::new();
    for row in out.snapshot.rows(&LINKS, &[ids.into()]).await? {
        links.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut validities = HashMap::new();
    for row in out.snapshot.rows(&VALIDITIES, &[ids.into()]).await? {
        validities.insert(row.get::<ContentId>(0)?, row.json(1)?);
    }
    let mut dues: HashMap<ContentId, Vec<DueRecord>> = HashMap::new();
    for row in out.snapshot.rows(&DUES, &[ids.into()]).await? {
        dues.entry(row.get(0)?).or_default().push(DueRecord { at: row.get(1)?, what: row.get(2)? });
    }
    let mut placements = placements(out, ids).await?;
    let mut lines = Vec::with_capacity(ids.len());
    for row in out.snapshot.rows(&CONTENTS, &[ids.into()]).await? {
        let id: ContentId = row.get(0)?;
        let card: Card = row.json(6)?;
        let record = ContentRecord {
            id,
            site: row.get(1)?,
            revision: row.get(2)?,
            published_at: row.get(3)?,
            updated_at: row.get(4)?,
            index_number: row.get(5)?,
            created_at: row.get(7)?,
            revised_at: row.get(8)?,
            fields: row.json(9)?,
            glance: card.glance,
            validity: validities.remove(&id),
            links: links.remove(&id).unwrap_or_default(),
            due: dues.remove(&id).unwrap_or_default(),
            placements: placements.remove(&id).unwrap_or_default(),
        };
        note(out, &record);
        lines.push(line(&record)?);
    }
    Ok(lines)
}

/// What a content names goes along.
fn note(out: &mut Outgoing, record: &ContentRecord) {
    out.sites.insert(record.site);
    out.columns.extend(&record.fields.columns);
    out.columns.extend(record.placements.iter().map(|placement| placement.column));
    if let crate::content::Glance::Policy(policy) = &record.glance {
        out.named.extend(policy.state.basis);
    }
    out.named.extend(record.validity.iter().filter_map(|validity| validity.basis));
}

/// The placements on the site, those that editors made, and those on the way from there to here.
async fn placements(out: &mut Outgoing, ids: &[ContentId]) -> Result<HashMap<ContentId, Vec<PlacementRecord>>> {
    let by: Vec<_> = out.subscriptions.iter().copied().collect();
    let mut reasons: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in out.snapshot.rows(&REASONS, &[ids.into(), by.as_slice().into()]).await? {
        reasons.entry(row.get(0)?).or_default().push(row);
    }
    let mut placements: HashMap<ContentId, Vec<PlacementRecord>> = HashMap::new();
    let params = [ids.into(), out.site.id.into(), by.as_slice().into()];
    for row in out.snapshot.rows(&PLACEMENTS, &params).await? {
        let id: Uuid = row.get(1)?;
        let (mut own, mut from) = (false, Vec::new());
        for reason in reasons.remove(&id).unwrap_or_default() {
            match reason.get::<Option<_>>(3)? {
                Some(placement) if !reason.get::<bool>(1)? => {
                    from.push(SourceRecord { subscription: reason.get(2)?, placement });
                }
                _ => own = true,
            }
        }
        placements.entry(row.get(0)?).or_default().push(PlacementRecord {
            id: row.get(1)?,
            column: row.get(2)?,
            own,
            from,
            rank: row.get(3)?,
            pinned_until: row.get(4)?,
            title: row.get(5)?,
            hidden: row.get(6)?,
            shown_since: row.get(7)?,
        });
    }
    Ok(placements)
}

/// Restores contents in one deed.
pub(super) async fn restore(library: &Library, caller: &Caller, lines: &[String]) -> Result<Restored> {
    let mut work = library.begin(caller, Action::ContentPublished).await?;
    let mut restored = Restored::default();
    for line in lines {
        let content: ContentRecord = record(library, line)?;
        let name = content.id.to_string();
        let written = restore_one(&mut work, content).await.map_err(|error| of(&name, error))?;
        restored.count(written);
    }
    if restored.written > 0 {
        commit(work).await?;
    }
    Ok(restored)
}
