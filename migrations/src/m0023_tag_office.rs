//! What tags do for readers and in bulk: the tags that a reader subscribed (标签订阅), changes of tags of all that a filter
//! finds (批量改标) with what they passed over, and whether live contents still follow a tag that was merged.

crate::migration!(
    "
alter table tag add column following {bool} not null default {false};

create table reader (
    key {key} not null primary key,
    refuses {bool} not null
) {strict};

create table reader_tag (
    reader_key {key} not null references reader (key),
    tag_id {id} not null references tag (id),
    primary key (reader_key, tag_id)
) {strict};

create table retag (
    id {id} not null primary key,
    document text not null,
    account_id {id},
    begun_at bigint not null,
    ended_at bigint,
    changed bigint not null,
    skipped bigint not null
) {strict};
create index retag_newest on retag (begun_at desc, id desc);

create table retag_skip (
    retag_id {id} not null references retag (id),
    content_id {id} not null,
    refusal text not null,
    primary key (retag_id, content_id)
) {strict};
"
);
