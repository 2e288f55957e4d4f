//! What is put away without being lost: closed organisations, archived panels; and which arrangement of a panel is the newest.

crate::migration!(
    "
alter table organisation add column closed_at bigint;
alter table panel add column archived {bool} not null default {false};
alter table panel add column revision bigint not null default 0;
"
);
