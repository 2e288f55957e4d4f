//! The deeds of the oracle on shared columns, on what waits, and on the tag library.

use library::database::Sql;
use library::id::{OrganisationId, PlacementId, TagId};
use library::placement::DecidePlacements;
use library::sharing::{
    EditSubscription, SubscribeColumn, SubscriptionFields, SubscriptionMode, SubscriptionSource, SubscriptionState,
};
use library::tag::{ClaimTag, EditTag, ProposeTag, TagState};

use super::deeds::Hand;

fn active(hand: &mut Hand<'_>) -> TagId {
    let directory = hand.directory();
    let all: Vec<_> = directory.tags.all().iter().filter(|tag| tag.state == TagState::Active).collect();
    hand.dice.of(&all).id
}

fn fields(mode: SubscriptionMode) -> SubscriptionFields {
    SubscriptionFields { mode, with_descendants: true, kinds: Vec::new(), tags: Vec::new(), published_from: None }
}

/// Does a deed by its number in `DEEDS`.
pub async fn act(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    match number {
        36..=40 => shared(hand, number).await,
        _ => tags(hand, number).await,
    }
}

async fn shared(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let library = &hand.world.library.clone();
    let (caller, directory) = (hand.caller.clone(), hand.directory());
    let drawn = |hand: &mut Hand<'_>| hand.dice.of(directory.subscriptions.all()).clone();
    match number {
        36 => {
            let (target, source) = (hand.column(), hand.column());
            let fields = fields(SubscriptionMode::Reviewed);
            library.subscribe_column(&caller, SubscribeColumn { target, source: source.into(), fields }).await?;
            // What is published from now on is laid before the desk.
            let edit = EditSubscription { mode: Some(SubscriptionMode::Reviewed), ..EditSubscription::default() };
            library.edit_subscription(&caller, drawn(hand).id, edit).await?;
        }
        37 => {
            let sql = Sql::new("select id from placement where not shown and not hidden order by id");
            let rows = library.database().rows(&sql, &[]).await?;
            let waiting = rows.iter().map(|row| row.get(0)).collect::<library::Result<Vec<PlacementId>>>()?;
            if !waiting.is_empty() {
                let ids = vec![*hand.dice.of(&waiting)];
                let accept = hand.dice.below(3) > 0;
                library.decide_placements(&caller, DecidePlacements { ids, accept, reason: None, title: None }).await?;
            }
        }
        38 => {
            let subscription = drawn(hand);
            let paused = Some(subscription.state == SubscriptionState::Active);
            let edit = EditSubscription { paused, ..EditSubscription::default() };
            library.edit_subscription(&caller, subscription.id, edit).await?;
        }
        39 => {
            library.unsubscribe_column(&caller, drawn(hand).id, None).await?;
        }
        _ => {
            let units: Vec<OrganisationId> = directory.organisations.all().iter().map(|unit| unit.id).collect();
            let source = match hand.dice.below(2) {
                0 => SubscriptionSource::Tag(active(hand)),
                _ => SubscriptionSource::Organisation(*hand.dice.of(&units)),
            };
            let (target, fields) = (hand.column(), fields(SubscriptionMode::Automatic));
            library.subscribe_column(&caller, SubscribeColumn { target, source, fields }).await?;
        }
    }
    Ok(())
}

async fn tags(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let library = &hand.world.library.clone();
    let (caller, directory) = (hand.caller.clone(), hand.directory());
    match number {
        41 => {
            let into = active(hand);
            let group = directory.tags.get(into).expect("a tag").group;
            let fits = |tag: &&std::sync::Arc<library::tag::Tag>| tag.group == group && tag.id != into;
            let all: Vec<_> = directory.tags.all().iter().filter(fits).collect();
            if !all.is_empty() {
                library.merge_tags(&caller, hand.dice.of(&all).id, into).await?;
            }
        }
        42 => {
            let group = hand.dice.of(directory.tag_groups.all()).id;
            let (name, code) = (hand.dice.word(), format!("oracle-{}", hand.dice.below(10_000)));
            let propose = ProposeTag { name, group, parent: None, synonyms: Vec::new(), code: None, reason: None };
            let (id, _) = library.propose_tag(&caller, propose).await?;
            library.decide_tag(&caller, id, true, Some(&code), None).await?;
        }
        43 => {
            let units: Vec<OrganisationId> = directory.organisations.all().iter().map(|unit| unit.id).collect();
            let claim = ClaimTag { tag: active(hand), organisation: *hand.dice.of(&units), reason: None };
            let (claim, _) = library.claim_tag(&caller, claim).await?;
            library.decide_claim(&caller, claim, true, None).await?;
        }
        _ => {
            let synonyms = Some(vec![hand.dice.word(), format!("{}住房", hand.dice.word())]);
            let tag = active(hand);
            library.change_tag(&caller, tag, EditTag { synonyms, ..EditTag::default() }).await?;
            library.retire_tag(&caller, active(hand)).await?;
        }
    }
    Ok(())
}
