//! Webhooks (推送): who is told of changes, how far it was told, and what was sent. Their secrets stand apart: they are in no log,
//! no list and no export.

crate::migration!(
    "
create table webhook (
    id {id} not null primary key,
    site_id {id} references site (id),
    created_at bigint not null,
    paused_at bigint,
    pause_reason {key},
    document text not null
) {strict};
create table webhook_secret (
    webhook_id {id} not null primary key references webhook (id),
    secret {key} not null,
    former {key},
    former_until bigint
) {strict};
create table webhook_cursor (
    webhook_id {id} not null primary key references webhook (id),
    position bigint not null
) {strict};
create table webhook_delivery (
    id {id} not null primary key,
    webhook_id {id} not null references webhook (id),
    position bigint,
    cause {key} not null,
    state {key} not null,
    created_at bigint not null,
    due_at bigint not null,
    deadline_at bigint not null,
    leased_until bigint,
    tries bigint not null,
    attempts bigint not null,
    ended_at bigint
) {strict};
create index webhook_delivery_waiting on webhook_delivery (webhook_id, due_at) where state = 'WAITING';
create index webhook_delivery_newest on webhook_delivery (webhook_id, created_at, id);
create unique index webhook_delivery_once on webhook_delivery (webhook_id, position) where cause = 'CHANGE';
create table webhook_attempt (
    delivery_id {id} not null references webhook_delivery (id),
    number bigint not null,
    at bigint not null,
    took bigint not null,
    status bigint,
    problem {key},
    answer text not null,
    primary key (delivery_id, number)
) {strict};
"
);
