//! Sharing and tags on the desk: what receiving desks decided, who subscribed and who proposed, claims on tags.

crate::migration!(
    "
alter table column_subscription add column created_by {id};
alter table tag add column proposed_by {id};

create table sharing_decision (
    subscription_id {id} not null references column_subscription (id),
    content_id {id} not null references content (id),
    decision {key} not null,
    actor text not null,
    at bigint not null,
    primary key (subscription_id, content_id)
) {strict};
create index sharing_decision_of_content on sharing_decision (content_id, subscription_id, decision);
create index placement_waiting on placement (column_id, shown_since desc, id desc) where not shown;

create table tag_claim (
    id {id} not null primary key,
    tag_id {id} not null references tag (id),
    organisation_id {id} not null references organisation (id),
    reason text,
    state {key} not null,
    created_at bigint not null,
    created_by {id},
    decided_by {id},
    decided_at bigint
) {strict};
create index tag_claim_newest on tag_claim (created_at desc, id desc);
create unique index tag_claim_open on tag_claim (tag_id, organisation_id) where state = 'OPEN';
"
);
