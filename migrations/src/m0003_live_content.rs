//! What is live: all that public reads touch.
//!
//! `content` is the narrow row that lists show, `content_detail` what one content's page adds to it, `content_body`
//! the text. `content_tag`, `content_code`, `content_issuer`, `content_field` and `policy` exist to be filtered by.

crate::migration!(
    "
create table content (
    id {id} not null primary key,
    short_id {key} not null unique,
    kind {key} not null,
    home_site_id {id} not null references site (id),
    home_column_id {id} references site_column (id),
    publisher_id {id} not null references organisation (id),
    language {key} not null,
    published_at bigint not null,
    updated_at bigint not null,
    index_number {key} unique,
    origin_system {key},
    origin_id {key},
    revision bigint not null,
    card text not null
) {strict};
create unique index content_by_origin on content (origin_system, origin_id) where origin_system is not null;
create index content_newest on content (published_at desc, id desc);
create index content_updated on content (updated_at desc, id desc);
create index content_kind_newest on content (kind, published_at desc, id desc);
create index content_of_site on content (home_site_id, published_at desc, id desc);
create index content_of_site_updated on content (home_site_id, updated_at desc, id desc);
create index content_of_publisher on content (publisher_id, published_at desc, id desc);

create table content_detail (
    content_id {id} not null primary key references content (id),
    document text not null
) {strict};

create table content_body (
    content_id {id} not null primary key references content (id),
    html text not null,
    text text not null
) {strict};

create table content_tag (
    tag_id {id} not null references tag (id),
    content_id {id} not null references content (id),
    kind {key} not null,
    published_at bigint not null,
    source {key} not null,
    primary key (content_id, tag_id)
) {strict};
create index content_tag_newest on content_tag (tag_id, published_at desc, content_id desc);
create index content_tag_kind_newest on content_tag (tag_id, kind, published_at desc, content_id desc);

create table content_code (
    list {key} not null,
    code {key} not null,
    content_id {id} not null references content (id),
    published_at bigint not null,
    primary key (content_id, list, code)
) {strict};
create index content_code_newest on content_code (list, code, published_at desc, content_id desc);

create table content_field (
    key {key} not null,
    text {key} not null,
    content_id {id} not null references content (id),
    published_at bigint not null,
    primary key (content_id, key, text)
) {strict};
create index content_field_newest on content_field (key, text, published_at desc, content_id desc);

create table policy (
    content_id {id} not null primary key references content (id),
    document_number {key},
    folded_number {key},
    document_type {key},
    written_on {key} not null,
    validity {key} not null,
    published_at bigint not null
) {strict};
create index policy_by_number on policy (folded_number, published_at, content_id) where folded_number is not null;
create index policy_written on policy (written_on desc, content_id desc);
create index policy_by_type on policy (document_type, written_on desc, content_id desc);
create index policy_by_validity on policy (validity, written_on desc, content_id desc);

create table content_issuer (
    organisation_id {id} not null references organisation (id),
    content_id {id} not null references content (id),
    published_at bigint not null,
    primary key (content_id, organisation_id)
) {strict};
create index content_issuer_newest on content_issuer (organisation_id, published_at desc, content_id desc);

create table link (
    id {id} not null primary key,
    from_id {id} not null references content (id),
    type {key} not null,
    to_id {id},
    title text,
    url text,
    note text,
    rank bigint not null
) {strict};
create index link_out on link (from_id, rank, id);
create index link_in on link (to_id, from_id) where to_id is not null;

create table attachment (
    id {id} not null primary key,
    sha256 {key} not null,
    media_type {key} not null,
    size bigint not null,
    created_at bigint not null,
    document text not null
) {strict};
create index attachment_by_bytes on attachment (sha256);

create table attachment_use (
    content_id {id} not null references content (id),
    attachment_id {id} not null references attachment (id),
    primary key (attachment_id, content_id)
) {strict};
create index attachment_use_of_content on attachment_use (content_id);

create table withdrawal (
    content_id {id} not null primary key,
    short_id {key} not null unique,
    home_site_id {id} not null references site (id),
    at bigint not null,
    reason text not null,
    notice text
) {strict};
"
);
