//! Kept counters that pages with page numbers ask for: what a column shows with all below it (in `shelf`, by list
//! `family`), and how many contents with a tag a site shows.

crate::migration!(
    "
create table tag_shelf (
    tag_id {id} not null references tag (id),
    site_id {id} not null references site (id),
    kind {key} not null,
    members bigint not null,
    primary key (tag_id, site_id, kind)
) {strict};
insert into tag_shelf (tag_id, site_id, kind, members)
    select t.tag_id, p.site_id, t.kind, count(distinct t.content_id)
    from content_tag t join placement p on p.content_id = t.content_id where p.shown
    group by t.tag_id, p.site_id, t.kind;
insert into shelf (list, id, kind, members)
    with recursive family as (
        select id as top, id as member from site_column
        union all select f.top, c.id from family f join site_column c on c.parent_id = f.member)
    select 'family', f.top, p.kind, count(distinct p.content_id)
    from family f join placement p on p.column_id = f.member where p.shown
    group by f.top, p.kind;
"
);
