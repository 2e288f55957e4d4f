//! What was searched for and asked (检索记录): a ring of a few days under pseudonyms of one day, whose salt is forgotten with the day;
//! and how answers were rated (答案评价).

crate::migration!(
    "
create table search_salt (
    day {key} not null primary key,
    salt {key} not null
) {strict};

create table searched (
    day {key} not null,
    site_id {id} not null,
    way {key} not null,
    query {key} not null,
    reader {key} not null,
    hits bigint not null,
    primary key (day, site_id, way, query, reader)
) {strict};

create table answer_rating (
    content_id {id} not null,
    day {key} not null,
    reader {key} not null,
    helpful {bool} not null,
    primary key (content_id, day, reader)
) {strict};
"
);
