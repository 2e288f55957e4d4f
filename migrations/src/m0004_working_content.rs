//! What is worked on: every saved revision whole, and the narrow index that the desk's lists read.

crate::migration!(
    "
create table working (
    content_id {id} not null primary key,
    short_id {key} not null unique,
    kind {key} not null,
    site_id {id} not null references site (id),
    column_id {id} references site_column (id),
    title text not null,
    state {key} not null,
    revision bigint not null,
    live_revision bigint,
    author text not null,
    edited_by text not null,
    created_at bigint not null,
    updated_at bigint not null,
    published_at bigint,
    index_number {key} unique,
    origin_system {key},
    origin_id {key}
) {strict};
create unique index working_by_origin on working (origin_system, origin_id) where origin_system is not null;
create index working_of_site on working (site_id, state, updated_at desc, content_id desc);

create table revision (
    content_id {id} not null references working (content_id),
    number bigint not null,
    at bigint not null,
    author text not null,
    note text,
    document text not null,
    primary key (content_id, number)
) {strict};

create table working_validity (
    content_id {id} not null primary key references working (content_id),
    document text not null
) {strict};

create table number_sequence (
    name {key} not null primary key,
    next bigint not null
) {strict};

create table due (
    at bigint not null,
    what {key} not null,
    subject_id {id} not null,
    primary key (at, what, subject_id)
) {strict};
create index due_of_subject on due (subject_id);
"
);
