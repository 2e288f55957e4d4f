//! Audits of tags (标签抽检): which contents were drawn, with the tags that they had then, and what was said of them.

crate::migration!(
    "
create table tag_audit (
    id {id} not null primary key,
    organisation_id {id} references organisation (id),
    site_id {id} references site (id),
    published_from {key},
    published_before {key},
    population bigint not null,
    drawn bigint not null,
    judged bigint not null,
    right_tags bigint not null,
    wrong_tags bigint not null,
    missing_tags bigint not null,
    drawn_at bigint not null,
    drawn_by {id}
) {strict};
create index tag_audit_newest on tag_audit (drawn_at desc, id desc);

create table tag_audit_item (
    audit_id {id} not null references tag_audit (id),
    ordinal bigint not null,
    content_id {id} not null,
    tags text not null,
    verdict {key},
    wrong text,
    missing text,
    note text,
    judged_at bigint,
    judged_by {id},
    primary key (audit_id, content_id)
) {strict};
"
);
