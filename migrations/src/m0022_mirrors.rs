//! Mirrors (跟随): which other instances are followed and how far, what came of it by now, and the exchange log (交换日志).

crate::migration!(
    "
create table mirror (
    name {key} not null primary key,
    site_id {id} not null references site (id),
    origin text not null,
    plan text not null,
    layout text not null,
    phase {key} not null,
    round bigint not null,
    position text,
    cursor text,
    turn bigint not null,
    begun_at bigint not null,
    heard_at bigint,
    problem {key},
    problem_reason text,
    problem_at bigint
) {strict};
create table mirror_content (
    mirror {key} not null references mirror (name),
    origin_id {key} not null,
    round bigint not null,
    left_at bigint,
    primary key (mirror, origin_id)
) {strict};
create table exchange (
    id {id} not null primary key,
    mirror {key} not null references mirror (name),
    at bigint not null,
    outcome {key} not null,
    origin_id {key},
    content_id {id},
    code {key},
    document text not null
) {strict};
create index exchange_newest on exchange (mirror, at, id);
"
);
