//! Addresses on sites that are not computed from a pattern: hand-made paths, imported old paths, redirects.

crate::migration!(
    "
create table address (
    site_id {id} not null references site (id),
    path {key} not null,
    prefix {bool} not null,
    content_id {id},
    column_id {id},
    to_url text,
    gone_at bigint,
    primary key (site_id, path)
) {strict};
create index address_of_content on address (content_id);
create index address_of_column on address (column_id);
"
);
