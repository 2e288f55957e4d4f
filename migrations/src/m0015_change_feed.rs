//! What each change did to what is public (变更效果), for those who follow the library. It begins here: what was done before
//! has no effects, and who follows begins with what is there.

crate::migration!(
    "
create table change_effect (
    id {id} not null primary key,
    change_id {id} not null,
    ordinal bigint not null,
    subject {key} not null,
    effect {key} not null,
    standing text
) {strict};
create index change_effect_of_change on change_effect (change_id, ordinal);
"
);
