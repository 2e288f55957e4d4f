//! The desk: reviews, overruled findings, leases, preview links, requested redactions; outcomes of deeds that are done once;
//! word lists and sketches of published texts, which content checks look into.

crate::migration!(
    "
alter table change add column revision bigint;

create table deed_outcome (
    account_id {id} not null references account (id),
    key {key} not null,
    digest {key} not null,
    at bigint not null,
    outcome text,
    primary key (account_id, key)
) {strict};
create index deed_outcome_by_age on deed_outcome (at);

alter table working add column publisher_id {id};
update working set publisher_id = (select publisher_id from content where content.id = working.content_id);
alter table working add column level bigint;
alter table working add column levels bigint;
alter table working add column waiting_since bigint;
alter table working add column rounds_before bigint not null default 0;
alter table working add column returned {bool} not null default {false};
create index working_waiting on working (state, waiting_since, content_id);
create index working_of_author on working (author, state, updated_at desc, content_id desc);
create index working_newest on working (updated_at desc, content_id desc);

create table review_round (
    content_id {id} not null references working (content_id),
    ordinal bigint not null,
    revision bigint not null,
    level bigint not null,
    levels bigint not null,
    reviewer text not null,
    decision {key} not null,
    proofreading {key} not null,
    reason text,
    waited_since bigint not null,
    at bigint not null,
    primary key (content_id, ordinal)
) {strict};

create table finding_overrule (
    content_id {id} not null references working (content_id),
    finding {key} not null,
    reason text not null,
    account text not null,
    at bigint not null,
    primary key (content_id, finding)
) {strict};

create table edit_lease (
    content_id {id} not null primary key references working (content_id),
    account_id {id} not null references account (id),
    until bigint not null
) {strict};

create table preview_link (
    id {id} not null primary key,
    digest {key} not null unique,
    content_id {id} not null references working (content_id),
    revision bigint not null,
    site_id {id} not null references site (id),
    account text not null,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
) {strict};
create index preview_link_of_content on preview_link (content_id, created_at desc, id desc);

create table redaction (
    content_id {id} not null references working (content_id),
    digest {key} not null,
    account text not null,
    at bigint not null,
    done_by text,
    done_at bigint,
    primary key (content_id, digest)
) {strict};

create table word_list (
    id {id} not null primary key,
    kind {key} not null,
    site_id {id} references site (id),
    name text not null,
    changed_at bigint not null,
    document text not null
) {strict};

create table content_sketch (
    content_id {id} not null primary key,
    format bigint not null,
    document text not null
) {strict};
create table content_band (
    band bigint not null,
    content_id {id} not null,
    primary key (band, content_id)
) {strict};
create index content_band_of_content on content_band (content_id);
"
);
