//! Uploads (上传): whose a file is and how much each account may still bring, files that come in pieces, which bytes the
//! object store holds, and which revisions use which files.
//!
//! Revisions that are older than this are looked through by a worker (`file_keeping`); until it is done, nothing is
//! collected.

crate::migration!(
    "
alter table attachment add column account_id {id};

create table upload_quota (
    account_id {id} not null primary key references account (id),
    bytes bigint not null
) {strict};

create table upload_ticket (
    id {id} not null primary key,
    account_id {id} not null references account (id),
    name text not null,
    size bigint not null,
    sha256 {key},
    media_type {key},
    created_at bigint not null,
    expires_at bigint not null,
    attachment text
) {strict};
create index upload_ticket_of_account on upload_ticket (account_id, expires_at);
create index upload_ticket_by_age on upload_ticket (expires_at);

create table stored_file (
    sha256 {key} not null primary key,
    touched_at bigint not null,
    doomed_at bigint
) {strict};
create index stored_file_by_age on stored_file (touched_at, sha256);
insert into stored_file (sha256, touched_at) select sha256, max(created_at) from attachment group by sha256;

create table attachment_in_revision (
    attachment_id {id} not null,
    content_id {id} not null,
    primary key (attachment_id, content_id)
) {strict};

create table file_keeping (
    one bigint not null primary key,
    content_id {id} not null,
    number bigint not null,
    indexed {bool} not null,
    swept_id {id} not null
) {strict};
"
);
