//! Showings that one deed writes lie together: a content's are found by the content, so that publishing into a column with a
//! thousand mirrors touches few pages. What a subscription brought is found in the column that it brings to.

crate::migration!(
    "
create table placement_together (
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
    unique (content_id, column_id)
) {strict};
insert into placement_together
    (id, column_id, site_id, content_id, kind, rank, pinned_until, title, hidden, shown, published_at, updated_at, shown_since)
    select id, column_id, site_id, content_id, kind, rank, pinned_until, title, hidden, shown, published_at, updated_at, shown_since
    from placement order by id;

create table placement_reason_together (
    placement_id {id} not null references placement_together (id) on delete cascade,
    origin {key} not null,
    subscription_id {id} not null,
    source_placement_id {id},
    decision {key} not null,
    primary key (placement_id, subscription_id)
) {strict};
insert into placement_reason_together (placement_id, origin, subscription_id, source_placement_id, decision)
    select placement_id, origin, subscription_id, source_placement_id, decision from placement_reason order by placement_id;

drop table placement_reason;
drop table placement;
alter table placement_together rename to placement;
alter table placement_reason_together rename to placement_reason;

create index placement_in_column on placement (column_id, rank desc, published_at desc, content_id desc) where shown;
create index placement_newest_in_column on placement (column_id, published_at desc, content_id desc) where shown;
create index placement_updated_in_column on placement (column_id, updated_at desc, content_id desc) where shown;
create index placement_in_site on placement (site_id, rank desc, published_at desc, content_id desc, id desc) where shown;
create index placement_newest_in_site on placement (site_id, published_at desc, content_id desc, id desc) where shown;
create index placement_updated_in_site on placement (site_id, updated_at desc, content_id desc, id desc) where shown;
create index placement_of_content on placement (content_id, site_id, shown_since, id);
create index placement_waiting on placement (column_id, shown_since desc, id desc) where not shown;
create index placement_reason_by_source on placement_reason (source_placement_id);
"
);
