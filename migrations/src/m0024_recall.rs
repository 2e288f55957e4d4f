//! Recall with receipts (撤回回执): which columns carried what was withdrawn, and how far those have come that show or copy it:
//! the nodes that live, and the systems that read the change feed by a key. Webhooks have cursors of their own.
//!
//! It begins here: what was withdrawn before has no receipts, so the log is followed from its end on.

crate::migration!(
    "
create table withdrawal_receipt (
    content_id {id} not null references working (content_id),
    column_id {id} not null references site_column (id),
    site_id {id} not null references site (id),
    placements bigint not null,
    removed_at bigint not null,
    position bigint,
    cache_evicted_at bigint,
    delivered_at bigint,
    primary key (content_id, column_id)
) {strict};
create index withdrawal_receipt_cached on withdrawal_receipt (position) where cache_evicted_at is null;
create index withdrawal_receipt_waiting on withdrawal_receipt (removed_at, content_id, column_id)
    where delivered_at is null;
insert into follower (name, position) select 'withdrawals', position from change_counter where one = 1;

create table node (
    id {id} not null primary key,
    seen_at bigint not null,
    position bigint not null
) {strict};

create table feed_reader (
    api_key_id {id} not null references api_key (id),
    digest {key} not null,
    document text not null,
    position bigint not null,
    since bigint not null,
    read_at bigint not null,
    primary key (api_key_id, digest)
) {strict};
"
);
