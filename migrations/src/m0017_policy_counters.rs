//! Kept counters of policies by validity (有效性), of all themes and of each: what a policy library asks for with every page.

crate::migration!(
    "
create table policy_shelf (
    theme {key} not null,
    validity {key} not null,
    members bigint not null,
    primary key (theme, validity)
) {strict};
insert into policy_shelf (theme, validity, members)
    select '', validity, count(*) from policy group by validity
    union all
    select k.code, p.validity, count(*) from content_code k join policy p on p.content_id = k.content_id
    where k.list = 'THEME' group by k.code, p.validity;
"
);
