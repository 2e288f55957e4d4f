//! What changed rules still have to do (后续处理): a row as long as something is left.

crate::migration!(
    "
create table sweep (
    id {id} not null primary key,
    rest text not null,
    actor {key} not null,
    cursor_id {id} not null,
    done bigint not null,
    begun_at bigint not null,
    touched_at bigint not null
) {strict};
"
);
