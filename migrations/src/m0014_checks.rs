//! The words of word lists (词库), a row a word: lists are long, and what is changed in them at a time is little.

crate::migration!(
    "
alter table word_list add column revision bigint not null default 0;
alter table word_list add column entries bigint not null default 0;
create unique index word_list_of_site on word_list (site_id, kind, name) where site_id is not null;
create unique index word_list_of_platform on word_list (kind, name) where site_id is null;

create table word_entry (
    list_id {id} not null references word_list (id),
    wrong {key} not null,
    document text not null,
    primary key (list_id, wrong)
) {strict};
"
);
