//! Placements: one showing of a content in one column, why it is there, and the kept counters of lists.

crate::migration!(
    "
create table placement (
    id {id} not null primary key,
    column_id {id} not null references site_column (id),
    site_id {id} not null references site (id),
    content_id {id} not null references content (id),
    kind {key} not null,
    rank bigint not null,
    pinned_until bigint,
    title text,
    hidden {bool} not null,
    shown {bool} not null,
    published_at bigint not null,
    updated_at bigint not null,
    shown_since bigint not null,
    unique (column_id, content_id)
) {strict};
create index placement_in_column on placement (column_id, rank desc, published_at desc, content_id desc) where shown;
create index placement_newest_in_column on placement (column_id, published_at desc, content_id desc) where shown;
create index placement_updated_in_column on placement (column_id, updated_at desc, content_id desc) where shown;
create index placement_in_site on placement (site_id, rank desc, published_at desc, content_id desc, id desc) where shown;
create index placement_newest_in_site on placement (site_id, published_at desc, content_id desc, id desc) where shown;
create index placement_updated_in_site on placement (site_id, updated_at desc, content_id desc, id desc) where shown;
create index placement_of_content on placement (content_id, site_id, shown_since, id);

create table placement_reason (
    placement_id {id} not null references placement (id) on delete cascade,
    origin {key} not null,
    subscription_id {id} not null,
    source_placement_id {id},
    decision {key} not null,
    primary key (placement_id, subscription_id)
) {strict};
create index placement_reason_by_source on placement_reason (source_placement_id);
create index placement_reason_by_subscription on placement_reason (subscription_id);

create table shelf (
    list {key} not null,
    id {id} not null,
    kind {key} not null,
    members bigint not null,
    last_published_at bigint,
    primary key (list, id, kind)
) {strict};
"
);
