//! Operations that front ends registered (登记操作), and on which days how often each was asked. A use is no change of the library:
//! it stands in no log.

crate::migration!(
    "
create table operation (
    id {id} not null primary key,
    app {key} not null,
    digest {key} not null,
    kind {key} not null,
    name text,
    query text not null,
    fields text not null,
    registered_at bigint not null,
    retired_at bigint
) {strict};
create unique index operation_known on operation (app, digest);
create table operation_use (
    operation_id {id} not null references operation (id),
    day {key} not null,
    uses bigint not null,
    used_at bigint not null,
    primary key (operation_id, day)
) {strict};
"
);
