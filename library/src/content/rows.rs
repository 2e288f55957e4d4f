//! The rows of live contents, table by table, for one content or for all of a deed: one statement a table.
//!
//! This file knows what is written where, not when and why; the log is told elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::document_number::DocumentNumber;
use super::fields::{ContentFields, LinkTarget};
use super::row::{Detail, LiveContent};
use crate::changes::Work;
use crate::database::Sql;
use crate::id::{ContentId, LinkId, OrganisationId};
use crate::refusal::Result;

static CONTENT: Sql = Sql::new(
    "insert into content (id, short_id, kind, home_site_id, home_column_id, publisher_id, language, published_at,
       updated_at, index_number, origin_system, origin_id, revision, card)
     select as_id(r.value->>0), r.value->>1, r.value->>2, as_id(r.value->>3), as_id(r.value->>4), as_id(r.value->>5),
       r.value->>6, as_int(r.value->>7), as_int(r.value->>8), r.value->>9, r.value->>10, r.value->>11,
       as_int(r.value->>12), r.value->>13 from rows($1) r where true
     on conflict (id) do update set home_column_id = excluded.home_column_id, publisher_id = excluded.publisher_id,
       language = excluded.language, updated_at = excluded.updated_at, index_number = excluded.index_number,
       origin_system = excluded.origin_system, origin_id = excluded.origin_id, revision = excluded.revision,
       card = excluded.card",
);
static DETAIL: Sql = Sql::new(
    "insert into content_detail (content_id, document)
     select as_id(r.value->>0), r.value->>1 from rows($1) r where true
     on conflict (content_id) do update set document = excluded.document",
);
static BODY: Sql = Sql::new(
    "insert into content_body (content_id, html, text)
     select as_id(r.value->>0), r.value->>1, r.value->>2 from rows($1) r where true
     on conflict (content_id) do update set html = excluded.html, text = excluded.text",
);
static POLICY: Sql = Sql::new(
    "insert into policy (content_id, document_number, folded_number, document_type, written_on, validity, published_at)
     select as_id(r.value->>0), r.value->>1, r.value->>2, r.value->>3, r.value->>4, r.value->>5, as_int(r.value->>6)
       from rows($1) r where true
     on conflict (content_id) do update set document_number = excluded.document_number,
       folded_number = excluded.folded_number, document_type = excluded.document_type,
       written_on = excluded.written_on, validity = excluded.validity",
);
static TAGS: Sql = Sql::new(
    "insert into content_tag (content_id, tag_id, kind, published_at, source)
     select as_id(r.value->>0), as_id(r.value->>1), r.value->>2, as_int(r.value->>3), r.value->>4 from rows($1) r",
);
static CODES: Sql = Sql::new(
    "insert into content_code (content_id, list, code, published_at)
     select as_id(r.value->>0), r.value->>1, r.value->>2, as_int(r.value->>3) from rows($1) r",
);
static ISSUERS: Sql = Sql::new(
    "insert into content_issuer (content_id, organisation_id, published_at)
     select as_id(r.value->>0), as_id(r.value->>1), as_int(r.value->>2) from rows($1) r",
);
static FIELDS: Sql = Sql::new(
    "insert into content_field (content_id, key, text, published_at)
     select as_id(r.value->>0), r.value->>1, r.value->>2, as_int(r.value->>3) from rows($1) r",
);
static USES: Sql = Sql::new(
    "insert into attachment_use (content_id, attachment_id)
     select as_id(r.value->>0), as_id(r.value->>1) from rows($1) r",
);
static LINKS: Sql = Sql::new(
    "insert into link (id, from_id, type, to_id, title, url, note, rank)
     select as_id(r.value->>0), as_id(r.value->>1), r.value->>2, as_id(r.value->>3), r.value->>4, r.value->>5,
       r.value->>6, as_int(r.value->>7) from rows($1) r",
);

/// An identifier as it stands in rows.
pub(super) fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// What of a content stands in tables of its own and is needed to tell the log.
pub(super) struct Ends {
    pub issuers: Vec<OrganisationId>,
    pub linked: Vec<ContentId>,
}

/// Rows that wait to be written.
#[derive(Default)]
pub(super) struct Rows {
    contents: Vec<Json>,
    details: Vec<Json>,
    bodies: Vec<Json>,
    policies: Vec<Json>,
    tags: Vec<Json>,
    codes: Vec<Json>,
    issuers: Vec<Json>,
    fields: Vec<Json>,
    uses: Vec<Json>,
    links: Vec<Json>,
}

impl Rows {
    /// The narrow row that lists show and, for policies, the row by which they are found.
    pub fn card(&mut self, work: &Work, content: &LiveContent) -> Result<()> {
        let kind: &str = content.kind.into();
        let (system, origin) = content.origin.clone().unzip();
        self.contents.push(json!([
            hex(content.id.0),
            content.id.short(),
            kind,
            hex(content.home_site.0),
            content.home_column.map(|column| hex(column.0)),
            hex(content.publisher.0),
            content.language,
            content.published_at.0,
            content.updated_at.0,
            content.index_number,
            system,
            origin,
            content.revision,
            serde_json::to_string(&*content.card)?,
        ]));
        let written = content.written_on(work.library().zone());
        let Some((policy, written)) = content.card.policy().zip(written) else { return Ok(()) };
        let validity: &str = policy.state.validity.into();
        self.policies.push(json!([
            hex(content.id.0),
            policy.document_number,
            policy.document_number.as_deref().map(DocumentNumber::fold),
            policy.document_type,
            written.to_string(),
            validity,
            content.published_at.0,
        ]));
        Ok(())
    }

    /// Everything of a content of which nothing else is live.
    pub fn content(
        &mut self,
        work: &Work,
        content: &LiveContent,
        detail: &Detail,
        fields: &ContentFields,
        text: &str,
    ) -> Result<Ends> {
        self.card(work, content)?;
        let (id, at) = (hex(content.id.0), content.published_at.0);
        self.details.push(json!([id, serde_json::to_string(detail)?]));
        self.bodies.push(json!([id, fields.body_html, text]));
        let kind: &str = content.kind.into();
        let tag =
            |given: &super::fields::TagAssignment| json!([id, hex(given.tag.0), kind, at, <&str>::from(given.source)]);
        self.tags.extend(fields.tags.iter().map(tag));
        for (list, of) in [
            ("THEME", &fields.themes),
            ("GENRE", &fields.genres),
            ("AUDIENCE", &fields.audiences),
            ("LIFE_STAGE", &fields.life_stages),
        ] {
            let codes = of.iter().collect::<BTreeSet<_>>().into_iter();
            self.codes.extend(codes.map(|code| json!([id, list, code, at])));
        }
        let issuers = content.card.policy().into_iter().flat_map(|policy| policy.issuers.iter().copied());
        let issuers: Vec<OrganisationId> = issuers.collect::<BTreeSet<_>>().into_iter().collect();
        self.issuers.extend(issuers.iter().map(|issuer| json!([id, hex(issuer.0), at])));
        let filterable = filterable_fields(work, content, fields).into_iter();
        self.fields.extend(filterable.map(|(key, text)| json!([id, key, text, at])));
        let files: BTreeSet<_> =
            detail.attachments.iter().chain(&content.card.cover).flat_map(|attached| attached.files()).collect();
        self.uses.extend(files.iter().map(|file| json!([id, hex(file.0)])));
        let linked = self.links(work, content.id, fields);
        Ok(Ends { issuers, linked })
    }

    /// The links of a content; answers the contents that they lead to.
    fn links(&mut self, work: &Work, from: ContentId, fields: &ContentFields) -> Vec<ContentId> {
        let mut linked = Vec::new();
        for (rank, link) in fields.links.iter().enumerate() {
            let id = hex(LinkId(work.library().new_id()).0);
            let (to, title, url) = match &link.to {
                LinkTarget::Content(to) => (Some(hex(to.0)), None, None),
                LinkTarget::Page { title, url } => (None, Some(title), Some(url)),
            };
            if let LinkTarget::Content(to) = &link.to {
                linked.push(*to);
            }
            let kind: &str = link.kind.into();
            self.links.push(json!([id, hex(from.0), kind, to, title, url, link.note, rank]));
        }
        linked
    }

    /// Writes all rows, parents before what hangs on them.
    pub async fn write(self, work: &mut Work) -> Result<()> {
        for (sql, rows) in [
            (&CONTENT, self.contents),
            (&DETAIL, self.details),
            (&BODY, self.bodies),
            (&POLICY, self.policies),
            (&TAGS, self.tags),
            (&CODES, self.codes),
            (&ISSUERS, self.issuers),
            (&FIELDS, self.fields),
            (&USES, self.uses),
            (&LINKS, self.links),
        ] {
            work.insert(sql, rows).await?;
        }
        Ok(())
    }
}

/// The values of fields that lists may be narrowed by, as key and text.
fn filterable_fields(work: &Work, content: &LiveContent, fields: &ContentFields) -> BTreeSet<(String, String)> {
    let mut rows = BTreeSet::new();
    for entry in &fields.fields {
        let definition = work.directory.fields.all().iter().find(|definition| {
            definition.key == entry.key
                && definition.is_of(content.home_site, content.kind)
                && definition.fields.filterable
        });
        if let Some(definition) = definition {
            rows.extend(definition.texts(&entry.value).into_iter().map(|text| (entry.key.clone(), text)));
        }
    }
    rows
}
