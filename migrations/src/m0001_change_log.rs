//! The change log: gap-free positions, what each change touched, and how far each follower has read.

crate::migration!(
    "
create table change_counter (
    one bigint not null primary key,
    position bigint not null
) {strict};
insert into change_counter (one, position) values (1, 0);

create table change (
    position bigint not null primary key,
    id {id} not null unique,
    at bigint not null,
    actor text not null,
    action {key} not null,
    site_id {id},
    reason text
) {strict};

create table change_subject (
    change_id {id} not null,
    ordinal bigint not null,
    subject {key} not null,
    effect {key} not null,
    member_before text,
    member_after text,
    primary key (change_id, ordinal)
) {strict};
create index change_subject_by_subject on change_subject (subject);

create table follower (
    name {key} not null primary key,
    position bigint not null,
    parked text
) {strict};
"
);
