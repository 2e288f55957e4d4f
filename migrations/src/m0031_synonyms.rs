//! Groups of words that mean the same to the search (同义词), kept by editors. The counter says when nodes must read them again.

crate::migration!(
    "
create table synonym_group (
    id {id} not null primary key,
    words text not null,
    changed_at bigint not null
) {strict};
create table synonym_counter (
    one integer not null primary key,
    revision bigint not null
) {strict};
insert into synonym_counter (one, revision) values (1, 0);
"
);
