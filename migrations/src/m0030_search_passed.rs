//! How far the search has come (检索进度): of each node its index, and when the last of them had passed a withdrawal.

crate::migration!(
    "
alter table node add column search_position bigint;
alter table withdrawal_receipt add column search_passed_at bigint;
create index withdrawal_receipt_searched on withdrawal_receipt (position) where search_passed_at is null;
"
);
