//! Accounts, what they may do where, their sessions, and the keys that access tokens are signed by.
//!
//! Of passwords and of refresh tokens only hashes are kept.

crate::migration!(
    "
create table account (
    id {id} not null primary key,
    name {key} not null unique,
    organisation_id {id} references organisation (id),
    state {key} not null,
    created_at bigint not null,
    password text not null,
    must_change_password {bool} not null,
    document text not null
) {strict};

create table role_grant (
    id {id} not null primary key,
    account_id {id} not null references account (id),
    role {key} not null,
    level bigint not null,
    scope_kind {key} not null,
    scope_id {id},
    created_at bigint not null
) {strict};
create unique index grant_of_platform on role_grant (account_id, role, level) where scope_id is null;
create unique index grant_of_place on role_grant (account_id, role, level, scope_id) where scope_id is not null;

create table session (
    id {id} not null primary key,
    account_id {id} not null references account (id),
    created_at bigint not null,
    refreshed_at bigint not null,
    ended_at bigint
) {strict};
create index session_of_account on session (account_id) where ended_at is null;

create table refresh_token (
    digest {key} not null primary key,
    session_id {id} not null references session (id),
    issued_at bigint not null,
    used_at bigint
) {strict};
create index refresh_token_of_session on refresh_token (session_id);

create table signing_key (
    id {id} not null primary key,
    created_at bigint not null,
    seed text not null
) {strict};
"
);
