//! Writing what is live: the one place that puts a content into the live tables, changes it there, or takes it out,
//! and tells the change log which lists it stands in.

use std::collections::BTreeSet;

use serde_json::json;

use super::document_number::DocumentNumber;
use super::fields::{ContentFields, LinkTarget};
use super::row::{CONTENT, Card, Detail, LiveContent};
use crate::changes::{Effect, KeyKind, List, Work, key_of};
use crate::database::{Sql, Value};
use crate::id::{AnyId, ContentId, LinkId, OrganisationId, TagId};
use crate::refusal::Result;

/// What of a content lists and keys depend on.
pub(super) struct Live {
    pub content: LiveContent,
    issuers: Vec<OrganisationId>,
    linked: Vec<ContentId>,
}

static ISSUERS: Sql = Sql::new("select organisation_id from content_issuer where content_id = $1");
static LINKED: Sql = Sql::new("select to_id from link where from_id = $1 and to_id is not null");
static UPSERT: Sql = Sql::new(
    "insert into content (id, short_id, kind, home_site_id, home_column_id, publisher_id, language, published_at,
       updated_at, index_number, origin_system, origin_id, revision, card)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (id) do update set home_column_id = excluded.home_column_id, publisher_id = excluded.publisher_id,
       language = excluded.language, updated_at = excluded.updated_at, index_number = excluded.index_number,
       origin_system = excluded.origin_system, origin_id = excluded.origin_id, revision = excluded.revision,
       card = excluded.card",
);
static UPSERT_DETAIL: Sql = Sql::new(
    "insert into content_detail (content_id, document) values ($1, $2)
     on conflict (content_id) do update set document = excluded.document",
);
static UPSERT_BODY: Sql = Sql::new(
    "insert into content_body (content_id, html, text) values ($1, $2, $3)
     on conflict (content_id) do update set html = excluded.html, text = excluded.text",
);
static UPSERT_POLICY: Sql = Sql::new(
    "insert into policy (content_id, document_number, folded_number, document_type, written_on, validity, published_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (content_id) do update set document_number = excluded.document_number,
       folded_number = excluded.folded_number, document_type = excluded.document_type,
       written_on = excluded.written_on, validity = excluded.validity",
);
static INSERT_TAGS: Sql = Sql::new(
    "insert into content_tag (content_id, tag_id, kind, published_at, source)
     select $1, as_id(r.value->>0), $2, $3, r.value->>1 from rows($4) r",
);
static INSERT_CODES: Sql = Sql::new(
    "insert into content_code (content_id, list, code, published_at)
     select $1, r.value->>0, r.value->>1, $2 from rows($3) r",
);
static INSERT_ISSUERS: Sql = Sql::new(
    "insert into content_issuer (content_id, organisation_id, published_at)
     select $1, as_id(r.value->>0), $2 from rows($3) r",
);
static INSERT_FIELDS: Sql = Sql::new(
    "insert into content_field (content_id, key, text, published_at)
     select $1, r.value->>0, r.value->>1, $2 from rows($3) r",
);
static INSERT_USES: Sql =
    Sql::new("insert into attachment_use (content_id, attachment_id) select $1, as_id(r.value->>0) from rows($2) r");
static INSERT_LINKS: Sql = Sql::new(
    "insert into link (id, from_id, type, to_id, title, url, note, rank)
     select as_id(r.value->>0), $1, r.value->>1, as_id(r.value->>2), r.value->>3, r.value->>4, r.value->>5,
       as_int(r.value->>6) from rows($2) r",
);

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
    let content = LiveContent::read(&row, 0)?;
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
    write_row(work, &content).await?;
    work.run(&UPSERT_DETAIL, &[id.into(), serde_json::to_string(detail)?.into()]).await?;
    work.run(&UPSERT_BODY, &[id.into(), (&fields.body_html).into(), text.into()]).await?;
    for table in DEPENDENT {
        work.run(&delete_from(table), &[id.into()]).await?;
    }
    let kind: &str = content.kind.into();
    let at = Value::from(content.published_at);
    let tags = fields.tags.iter().map(|t| json!([t.tag.0.simple().to_string(), <&str>::from(t.source)])).collect();
    insert(work, &INSERT_TAGS, vec![id.into(), kind.into(), at.clone()], tags).await?;
    let mut codes = Vec::new();
    for (list, of) in [
        ("THEME", &fields.themes),
        ("GENRE", &fields.genres),
        ("AUDIENCE", &fields.audiences),
        ("LIFE_STAGE", &fields.life_stages),
    ] {
        codes.extend(of.iter().collect::<BTreeSet<_>>().into_iter().map(|code| json!([list, code])));
    }
    insert(work, &INSERT_CODES, vec![id.into(), at.clone()], codes).await?;
    let issuers = content.card.policy().into_iter().flat_map(|policy| policy.issuers.iter().copied());
    let issuers: Vec<OrganisationId> = issuers.collect::<BTreeSet<_>>().into_iter().collect();
    let rows = issuers.iter().map(|issuer| json!([issuer.0.simple().to_string()])).collect();
    insert(work, &INSERT_ISSUERS, vec![id.into(), at.clone()], rows).await?;
    let filterable = filterable_fields(work, &content, fields);
    insert(work, &INSERT_FIELDS, vec![id.into(), at.clone()], filterable).await?;
    let files: BTreeSet<_> =
        detail.attachments.iter().chain(&content.card.cover).flat_map(|attached| attached.files()).collect();
    let rows = files.iter().map(|file| json!([file.0.simple().to_string()])).collect();
    insert(work, &INSERT_USES, vec![id.into()], rows).await?;
    let mut links = Vec::new();
    let mut linked = Vec::new();
    for (rank, link) in fields.links.iter().enumerate() {
        let link_id = LinkId(work.library().new_id()).0.simple().to_string();
        let (to, title, url) = match &link.to {
            LinkTarget::Content(to) => (Some(to.0.simple().to_string()), None, None),
            LinkTarget::Page { title, url } => (None, Some(title), Some(url)),
        };
        if let LinkTarget::Content(to) = &link.to {
            linked.push(*to);
        }
        links.push(json!([link_id, <&str>::from(link.kind), to, title, url, link.note, rank]));
    }
    insert(work, &INSERT_LINKS, vec![id.into()], links).await?;
    let after = Live { content, issuers, linked };
    tell(work, before, Some(&after));
    Ok(after)
}

/// Runs a batch insert of `rows`, if there are any.
async fn insert(work: &mut Work, sql: &Sql, mut params: Vec<Value>, rows: Vec<serde_json::Value>) -> Result<()> {
    if !rows.is_empty() {
        params.push(serde_json::Value::Array(rows).into());
        work.run(sql, &params).await?;
    }
    Ok(())
}

/// The values of fields that lists may be narrowed by, as `[key, text]`.
fn filterable_fields(work: &Work, content: &LiveContent, fields: &ContentFields) -> Vec<serde_json::Value> {
    let mut rows = BTreeSet::new();
    for entry in &fields.fields {
        let definition = work.directory.fields.all().iter().find(|definition| {
            definition.key == entry.key
                && definition.is_of(content.home_site, content.kind)
                && definition.fields.filterable
        });
        if let Some(definition) = definition {
            match &entry.value {
                serde_json::Value::Array(values) => {
                    rows.extend(values.iter().map(|value| (entry.key.clone(), definition.print(value))));
                }
                value => {
                    rows.insert((entry.key.clone(), definition.print(value)));
                }
            }
        }
    }
    rows.into_iter().map(|(key, text)| json!([key, text])).collect()
}

async fn write_row(work: &mut Work, content: &LiveContent) -> Result<()> {
    let kind: &str = content.kind.into();
    let (system, origin) = content.origin.clone().unzip();
    let params = [
        content.id.into(),
        content.id.short().into(),
        kind.into(),
        content.home_site.into(),
        content.home_column.into(),
        content.publisher.into(),
        (&content.language).into(),
        content.published_at.into(),
        content.updated_at.into(),
        (&content.index_number).into(),
        system.into(),
        origin.into(),
        content.revision.into(),
        serde_json::to_string(&content.card)?.into(),
    ];
    work.run(&UPSERT, &params).await?;
    write_policy(work, content).await
}

async fn write_policy(work: &mut Work, content: &LiveContent) -> Result<()> {
    let Some(policy) = content.card.policy() else { return Ok(()) };
    let zone = work.library().zone();
    let validity: &str = policy.state.validity.into();
    let written_on = policy.written_on.or(content.card.formed_on).unwrap_or_else(|| zone.date(content.published_at));
    let params = [
        content.id.into(),
        (&policy.document_number).into(),
        policy.document_number.as_deref().map(DocumentNumber::fold).into(),
        (&policy.document_type).into(),
        written_on.into(),
        validity.into(),
        content.published_at.into(),
    ];
    work.run(&UPSERT_POLICY, &params).await?;
    Ok(())
}

/// Changes the card of a live content, and with it its last change.
pub(super) async fn change_card(work: &mut Work, before: Live, change: impl FnOnce(&mut Card)) -> Result<()> {
    static PLACEMENTS: Sql = Sql::new("update placement set updated_at = $2 where content_id = $1");
    let mut content = before.content.clone();
    change(&mut content.card);
    content.updated_at = work.at;
    write_row(work, &content).await?;
    let id = content.id;
    let placed = crate::placement::members(work, id).await?;
    work.run(&PLACEMENTS, &[id.into(), work.at.into()]).await?;
    let after = Live { content, issuers: before.issuers.clone(), linked: before.linked.clone() };
    crate::placement::tell_moved(work, &placed, id).await?;
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
            work.count(name, of, either.content.kind, delta);
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

/// The kept counter of a list, if it has one.
fn counter(list: List) -> Option<(&'static str, uuid::Uuid)> {
    match list {
        List::Tag(TagId(id)) => Some(("tag", id)),
        List::Owned(site) => Some(("owned", site.0)),
        List::Library => Some(("library", uuid::Uuid::nil())),
        _ => None,
    }
}
