//! Further ways to be known: keys of systems, second factors, identities of sign-on providers; and the log read by time.
//!
//! Of keys only hashes are kept. The secret of a second factor must be computed with, so it lies here as it is.

crate::migration!(
    "
create table api_key (
    id {id} not null primary key,
    account_id {id} not null references account (id),
    site_id {id} references site (id),
    digest {key} not null unique,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    document text not null
) {strict};

create table api_key_use (
    api_key_id {id} not null primary key references api_key (id),
    used_at bigint not null
) {strict};

create table second_factor (
    account_id {id} not null primary key references account (id),
    secret text not null,
    begun_at bigint not null,
    confirmed_at bigint,
    step bigint not null
) {strict};

create table linked_identity (
    id {id} not null primary key,
    account_id {id} not null references account (id),
    issuer {key} not null,
    subject {key} not null,
    created_at bigint not null,
    unique (issuer, subject)
) {strict};

alter table change add column api_key_id {id};
create index change_by_time on change (at, position);
"
);
