//! The deeds of the oracle on contents, placements and time.

use library::attachment::{AttachmentRole, Upload};
use library::content::{
    AttachmentUse, ContentFields, ContentKind, ContentLocator, Correction, Details, DraftContent, LinkTarget, LinkTo,
    Origin, PolicyDetails, SetValidity, TagAssignment, TagAssignmentSource, Validity,
};
use library::id::ContentId;
use library::link::LinkType;
use library::placement::{OverridePlacement, Shown};
use library::{Audience, Paging, Result};

use super::deeds::Hand;

/// A drawn live content of the kinds, of those that probes look at with some likelihood.
pub async fn drawn(hand: &mut Hand<'_>, kinds: &[ContentKind]) -> Result<ContentId> {
    let scope = hand.world.library.scope(Audience::Public);
    let filter = library::content::ContentFilter { kinds: kinds.to_vec(), ..Default::default() };
    let size = if hand.dice.below(2) == 0 { 15 } else { 100 };
    let page = scope.contents(&filter, Default::default(), &Paging::first(size)).await?;
    if page.items.is_empty() {
        return Err(library::Refusal::not_found("id").into());
    }
    Ok(hand.dice.of(&page.items).0.id)
}

/// A drawn showing.
async fn showing(hand: &mut Hand<'_>) -> Result<Shown> {
    let content = drawn(hand, &[]).await?;
    let scope = hand.world.library.scope(Audience::Public);
    let mut found = scope.placements_of_contents(&[content], None).await?;
    let all = found.remove(&content).unwrap_or_default();
    if all.is_empty() {
        return Err(library::Refusal::not_found("id").into());
    }
    Ok(hand.dice.of(&all).clone())
}

pub fn fields(hand: &mut Hand<'_>, details: Details) -> ContentFields {
    let directory = hand.directory();
    let publisher = hand.dice.of(directory.organisations.all()).id;
    let mut fields = ContentFields::new(hand.dice.word(), publisher, details);
    fields.body_html = format!("<p>{}</p>", hand.dice.word());
    fields.source_name = "神谕".to_owned();
    let column = hand.column_for(fields.details.kind());
    fields.columns = vec![column];
    fields.tags = vec![assignment(hand)];
    fields
}

pub fn assignment(hand: &mut Hand<'_>) -> TagAssignment {
    let directory = hand.directory();
    let named = ["public-rental", "housing-security", "medical-insurance", "compulsory-education"];
    let all: Vec<_> = directory.tags.all().iter().filter(|tag| named.contains(&tag.code.as_str())).collect();
    TagAssignment { tag: hand.dice.of(&all).id, source: TagAssignmentSource::Editor }
}

/// Drafts and publishes; the columns decide the site.
async fn publish(hand: &mut Hand<'_>, fields: ContentFields) -> Result<ContentId> {
    let directory = hand.directory();
    let site = directory.columns.get(fields.columns[0]).expect("a column").site;
    let id = hand.world.library.draft_content(&hand.caller, DraftContent { site, fields }).await?;
    hand.world.library.publish_content(&hand.caller, id, 1).await?;
    Ok(id)
}

/// Edits and publishes.
async fn correct(
    hand: &mut Hand<'_>,
    id: ContentId,
    change: impl FnOnce(&mut Hand<'_>, &mut ContentFields),
) -> Result<()> {
    let library = hand.world.library.clone();
    let (revision, mut fields) = library.working_content(id).await?;
    change(hand, &mut fields);
    let number = library.edit_content(&hand.caller, id, revision, fields, None).await?;
    library.publish_content(&hand.caller, id, number).await?;
    Ok(())
}

pub async fn act(hand: &mut Hand<'_>, number: u8) -> Result<()> {
    let library = hand.world.library.clone();
    let caller = hand.caller.clone();
    match number {
        0 => {
            let mut own = fields(hand, Details::KnowledgeEntry(Box::default()));
            let basis = drawn(hand, &[ContentKind::Policy]).await?;
            own.links = vec![LinkTo { kind: LinkType::BasedOn, to: LinkTarget::Content(basis), note: None }];
            publish(hand, own).await?;
        }
        1 => {
            let policy =
                PolicyDetails { document_number: Some("神谕〔2026〕1号".to_owned()), ..Default::default() };
            let mut own = fields(hand, Details::Policy(Box::new(policy)));
            own.themes = vec!["10".to_owned()];
            publish(hand, own).await?;
        }
        2 | 3 | 4 | 14 => {
            let id = drawn(hand, &[]).await?;
            let picture = match number {
                14 => Some(upload(hand).await?),
                _ => None,
            };
            correct(hand, id, |hand, fields| match number {
                2 => fields.title = hand.dice.word(),
                3 => fields.tags = vec![assignment(hand)],
                4 => fields.columns = vec![hand.column_for(fields.details.kind())],
                _ => fields.cover = picture,
            })
            .await?;
        }
        5 | 6 => {
            let id = drawn(hand, &[]).await?;
            library.withdraw_content(&caller, id, "神谕", Some("已撤下")).await?;
            if number == 6 {
                let (revision, _) = library.working_content(id).await?;
                library.publish_content(&caller, id, revision).await?;
            }
        }
        7 => {
            let id = drawn(hand, &[ContentKind::Policy]).await?;
            let basis = Some(drawn(hand, &[ContentKind::Policy]).await?);
            let validity = *hand.dice.of(&[Validity::Repealed, Validity::Effective, Validity::DeclaredInvalid]);
            library.set_validity(&caller, id, SetValidity { validity, since: None, basis, note: None }).await?;
        }
        8 => {
            let id = drawn(hand, &[]).await?;
            let (_, fields) = library.working_content(id).await?;
            let column = hand.column_for(fields.details.kind());
            library.place_content(&caller, id, column).await?;
        }
        9 => {
            let shown = showing(hand).await?;
            library.remove_placement(&caller, shown.placement.id).await?;
        }
        10..=12 => {
            let shown = showing(hand).await?;
            let word = hand.dice.word();
            let input = match number {
                10 => OverridePlacement { title: Some(word), ..Default::default() },
                11 => OverridePlacement {
                    rank: 5,
                    pinned_until: Some(library.now().plus_milliseconds(3_600_000)),
                    ..Default::default()
                },
                _ => OverridePlacement { hidden: true, ..Default::default() },
            };
            library.override_placement(&caller, shown.placement.id, input).await?;
        }
        13 => {
            let from = drawn(hand, &[]).await?;
            let to = drawn(hand, &[]).await?;
            let kind =
                *hand.dice.of(&[LinkType::SeeAlso, LinkType::ReportsOn, LinkType::Translates, LinkType::Repeals]);
            library.link_content(&caller, from, LinkTo { kind, to: LinkTarget::Content(to), note: None }).await?;
        }
        _ => time(hand, number).await?,
    }
    Ok(())
}

async fn upload(hand: &mut Hand<'_>) -> Result<AttachmentUse> {
    let name = format!("{}.txt", hand.dice.word());
    let bytes = name.clone().into_bytes().into();
    let file = hand.world.library.upload_attachment(&hand.caller, Upload { name, alt: None, bytes }).await?;
    Ok(AttachmentUse { attachment: file.id, role: AttachmentRole::Cover, name: None, alt: None, caption: None })
}

/// Drafts, schedules, imports, and time that passes.
async fn time(hand: &mut Hand<'_>, number: u8) -> Result<()> {
    let library = hand.world.library.clone();
    let caller = hand.caller.clone();
    let own = fields(hand, Details::bare(ContentKind::Article));
    let directory = hand.directory();
    let site = directory.columns.get(own.columns[0]).expect("a column").site;
    match number {
        15 | 16 => {
            let id = library.draft_content(&caller, DraftContent { site, fields: own }).await?;
            if number == 16 {
                let at = library.now().plus_milliseconds(60_000);
                library.schedule_content(&caller, id, 1, at).await?;
                hand.world.clock.set(at.plus_milliseconds(7_200_000));
                library.catch_up_clock().await?;
            }
        }
        17 => {
            hand.world.clock.set(library.now().plus_milliseconds(365 * 86_400_000));
            library.catch_up_clock().await?;
        }
        _ => {
            let origin = |id: usize| Origin {
                system: "oracle".to_owned(),
                id: id.to_string(),
                content_hash: "1".to_owned(),
                published_at: Some(library.now().plus_milliseconds(-86_400_000)),
            };
            let mut drafts = Vec::new();
            for _ in 0..3 {
                let mut fields = own.clone();
                fields.origin = Some(origin(hand.dice.below(1_000_000)));
                drafts.push(DraftContent { site, fields });
            }
            let first = drafts.first().and_then(|draft| draft.fields.origin.clone());
            let mut ready = Vec::new();
            for draft in drafts {
                ready.push(library.prepare_import(draft.into())?);
            }
            let imported = library.import_contents(&caller, &ready, false).await?;
            // And one of them is corrected at its source.
            if let Some(Ok(id)) = imported.answers.first() {
                let mut fields = own.clone();
                fields.origin = first.map(|first| Origin { content_hash: "2".to_owned(), ..first });
                let content = library.prepare_import(DraftContent { site, fields }.into())?;
                let correction = Correction { id: *id, revision: 1, content };
                library.correct_contents(&caller, &[correction], false).await?;
            }
            let by = ContentLocator::Origin { system: "oracle".to_owned(), id: "none".to_owned() };
            assert!(library.scope(Audience::Public).content_by(&by).await?.is_none());
        }
    }
    Ok(())
}
