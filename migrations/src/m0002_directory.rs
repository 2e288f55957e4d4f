//! The nouns of the directory: sites, organisations, columns, tags, code lists, panels, field definitions.
//!
//! A column exists for what identifies, orders or relates a record; what only describes it is in `document` (JSON).

crate::migration!(
    "
create table directory_guard (
    one bigint not null primary key
) {strict};
insert into directory_guard (one) values (1);

create table organisation (
    id {id} not null primary key,
    code {key} not null unique,
    credit_code {key} unique,
    parent_id {id} references organisation (id),
    merged_into_id {id} references organisation (id),
    rank bigint not null,
    document text not null
) {strict};

create table leader (
    id {id} not null primary key,
    organisation_id {id} not null references organisation (id),
    rank bigint not null,
    document text not null
) {strict};

create table site (
    id {id} not null primary key,
    code {key} not null unique,
    parent_id {id} references site (id),
    status {key} not null,
    document text not null
) {strict};

create table site_host (
    host {key} not null primary key,
    site_id {id} not null references site (id)
) {strict};

create table site_column (
    id {id} not null primary key,
    site_id {id} not null references site (id),
    parent_id {id} references site_column (id),
    path {key} not null,
    rank bigint not null,
    status {key} not null,
    document text not null,
    unique (site_id, path)
) {strict};

create table column_subscription (
    id {id} not null primary key,
    target_column_id {id} not null references site_column (id),
    source_kind {key} not null,
    source_id {id} not null,
    state {key} not null,
    created_at bigint not null,
    document text not null,
    unique (target_column_id, source_kind, source_id)
) {strict};

create table tag_group (
    id {id} not null primary key,
    code {key} not null unique,
    rank bigint not null,
    document text not null
) {strict};

create table tag (
    id {id} not null primary key,
    code {key} not null unique,
    group_id {id} not null references tag_group (id),
    parent_id {id} references tag (id),
    merged_into_id {id} references tag (id),
    steward_id {id} references organisation (id),
    state {key} not null,
    document text not null
) {strict};

create table tag_name (
    name {key} not null primary key,
    tag_id {id} not null references tag (id)
) {strict};

create table code_item (
    id {id} not null primary key,
    list {key} not null,
    code {key} not null,
    parent_id {id} references code_item (id),
    rank bigint not null,
    retired {bool} not null,
    name text not null,
    unique (list, code)
) {strict};

create table panel (
    id {id} not null primary key,
    site_id {id} not null references site (id),
    column_id {id} references site_column (id),
    code {key} not null,
    document text not null
) {strict};
create unique index panel_of_site on panel (site_id, code) where column_id is null;
create unique index panel_of_column on panel (column_id, code) where column_id is not null;

create table field_definition (
    id {id} not null primary key,
    site_id {id} references site (id),
    column_id {id} references site_column (id),
    key {key} not null,
    retired {bool} not null,
    rank bigint not null,
    document text not null
) {strict};
create unique index field_of_library on field_definition (key) where site_id is null;
create unique index field_of_site on field_definition (site_id, key) where site_id is not null;
"
);
