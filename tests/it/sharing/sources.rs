//! Tags and organisations as sources of shared columns, and what is never shared.

use library::column::ShareType;
use library::content::{ContentFields, TagAssignment, TagAssignmentSource};
use library::id::TagId;
use library::organisation::CreateOrganisation;
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionSource};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use tests::on_both;

use super::{column, decide, holds, reviewed, shown, sorted, subscribe, waiting};
use crate::town::{Town, everything, organisation_fields};

/// Tags of a group: the first, and one below it.
pub async fn tags(town: &Town, names: &[&str]) -> Vec<TagId> {
    let (library, editor) = (town.library(), town.editor());
    let fields = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 0 };
    let (group, _) = library.create_tag_group(&editor, "themes", fields).await.expect("a group");
    let mut made: Vec<TagId> = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let parent = made.first().copied().filter(|_| number == 1);
        let fields = TagFields { name: (*name).to_owned(), parent, synonyms: Vec::new(), steward: None };
        let input = CreateTag { code: format!("t{number}"), group, fields };
        made.push(library.create_tag(&editor, input).await.expect("a tag").0);
    }
    made
}

/// An article with tags.
pub fn tagged(town: &Town, title: &str, tags: &[TagId]) -> ContentFields {
    let mut fields = town.article(title);
    let assigned = |tag: &TagId| TagAssignment { tag: *tag, source: TagAssignmentSource::Editor };
    fields.tags = tags.iter().map(assigned).collect();
    fields
}

#[test]
fn a_tag_brings_what_has_it_from_columns_that_are_shared_openly() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let [housing, rent, other] = tags(&town, &["住房", "租房", "交通"]).await[..] else {
            panic!("three tags")
        };
        let private = column(&town, town.site, "/private", ShareType::None).await;
        let topic = column(&town, town.county, "/topic", ShareType::Open).await;
        let before = town.publish(tagged(&town, "先有", &[housing])).await;
        let below = town.publish(tagged(&town, "下级", &[rent])).await;
        let mut hidden = tagged(&town, "内部", &[housing]);
        hidden.columns = vec![private];
        let hidden = town.publish(hidden).await;
        let mut kept = tagged(&town, "不予共享", &[housing]);
        kept.share_type = ShareType::None;
        let kept = town.publish(kept).await;

        let input = SubscribeColumn { target: topic, source: SubscriptionSource::Tag(housing), fields: everything() };
        let would = town.library().would_show(&town.editor(), input).await.unwrap();
        subscribe(&town, topic, SubscriptionSource::Tag(housing), everything()).await;
        let at_home = sorted(vec![town.news, town.town_news]);
        let everywhere = sorted(vec![town.news, town.town_news, topic]);
        assert_eq!(shown(&town, before).await, everywhere);
        assert_eq!(shown(&town, below).await, at_home, "what lies below counts only if it is said");
        assert_eq!(shown(&town, hidden).await, [private], "the column is not shared");
        assert_eq!(shown(&town, kept).await, [town.news], "the content is not shared");
        assert!((1..=2).contains(&would), "{would}");
        holds(&town.world).await;

        let later = town.publish(tagged(&town, "后有", &[other])).await;
        assert_eq!(shown(&town, later).await, at_home);
        town.edit(later, |fields| fields.tags = tagged(&town, "", &[housing]).tags).await;
        town.publish_newest(later).await;
        assert_eq!(shown(&town, later).await, everywhere, "a correction that tags it brings it");
        town.edit(later, |fields| fields.tags = Vec::new()).await;
        town.publish_newest(later).await;
        assert_eq!(shown(&town, later).await, at_home, "and one that takes the tag away takes it away");
        holds(&town.world).await;
    });
}

#[test]
fn a_publication_takes_as_many_statements_whoever_mirrors_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let publish = async || {
            let before = town.library().deeds_asked().count();
            let id = town.publish(town.article("到处都有的")).await;
            (shown(&town, id).await.len(), town.library().deeds_asked().count() - before)
        };
        let (few, statements) = publish().await;
        for number in 0..40 {
            let mirror = column(&town, town.county, &format!("/m{number}"), ShareType::Open).await;
            subscribe(&town, mirror, town.news, everything()).await;
        }
        let (many, after) = publish().await;
        assert_eq!((few, many), (2, 42));
        assert!(statements > 5);
        assert_eq!(after, statements, "they are written together");
        holds(&town.world).await;
    });
}

#[test]
fn an_organisation_brings_what_it_publishes_and_those_below_it() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut fields = organisation_fields("住建所");
        fields.parent = Some(town.publisher);
        let office = CreateOrganisation { code: "office".to_owned(), fields };
        let (office, _) = town.library().create_organisation(&town.editor(), office).await.unwrap();
        let topic = column(&town, town.county, "/topic", ShareType::Open).await;
        let deep = column(&town, town.county, "/deep", ShareType::Open).await;
        let source = SubscriptionSource::Organisation(town.publisher);
        town.pass("2026-11-01 09:00").await;
        subscribe(&town, topic, source, reviewed()).await;
        subscribe(&town, deep, source, SubscriptionFields { with_descendants: true, ..everything() }).await;
        let own = town.publish(town.article("本级")).await;
        let mut fields = town.article("下级");
        fields.publisher = office;
        let below = town.publish(fields).await;
        assert_eq!(shown(&town, own).await, sorted(vec![town.news, town.town_news, deep]));
        assert_eq!(waiting(&town, own).await.len(), 1);
        assert_eq!(shown(&town, below).await, sorted(vec![town.news, town.town_news, deep]));
        assert!(waiting(&town, below).await.is_empty());
        decide(&town, own, true).await;
        assert!(shown(&town, own).await.contains(&topic));
        // Where it comes from is its home column.
        let placement = town.placement(own, topic).await;
        let found = town.read().placements_by_id(&[placement]).await.unwrap();
        let home = town.placement(own, town.news).await;
        assert_eq!(found[0].placement.reason.as_ref().and_then(|reason| reason.source), Some(home));
        holds(&town.world).await;
    });
}

#[test]
fn a_column_that_is_closed_to_others_later_gives_no_more_to_tags() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let tag = tags(&town, &["住房"]).await[0];
        let topic = column(&town, town.county, "/topic", ShareType::Open).await;
        subscribe(&town, topic, SubscriptionSource::Tag(tag), everything()).await;
        let id = town.publish(tagged(&town, "新闻", &[tag])).await;
        assert!(shown(&town, id).await.contains(&topic));
        let close = |_: &mut _, fields: &mut library::column::ColumnFields| fields.share_type = ShareType::None;
        town.library().change_column(&town.editor(), town.news, close).await.unwrap();
        assert_eq!(shown(&town, id).await, sorted(vec![town.news, town.town_news]), "columns that asked keep theirs");
        holds(&town.world).await;
    });
}
