//! The deeds of the oracle by which administrators rearrange, merge and close what is there.

use library::address::RedirectTo;
use library::code::EditCode;
use library::organisation::{CreateOrganisation, MoveOrganisation};
use library::panel::{ArrangePanel, Arranged};
use library::site::{CreateSite, SiteStatus};

use super::deeds::Hand;

/// Does the deed of a number of [`super::deeds::DEEDS`].
pub async fn act(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    match number {
        60..=62 => organisations(hand, number).await,
        63 => site(hand).await,
        64 => panel(hand).await,
        _ => others(hand, number).await,
    }
}

async fn organisations(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let (library, caller, directory) = (hand.world.library.clone(), hand.caller.clone(), hand.directory());
    let one = hand.dice.of(directory.organisations.all()).clone();
    let other = hand.dice.of(directory.organisations.all()).clone();
    match number {
        60 => {
            let parent = Some((hand.dice.below(4) > 0).then_some(other.id));
            let to = MoveOrganisation { parent, rank: Some(hand.dice.below(90) as i64), reason: None };
            library.move_organisation(&caller, one.id, to).await?;
        }
        61 => {
            library.merge_organisation(&caller, one.id, other.id, Some("合并")).await?;
        }
        _ => {
            let mut fields = one.fields.clone();
            (fields.credit_code, fields.parent) = (None, Some(other.id));
            let code = format!("oracle-closed{}", hand.dice.below(1000));
            let (id, _) = library.create_organisation(&caller, CreateOrganisation { code, fields }).await?;
            library.close_organisation(&caller, id, None).await?;
        }
    }
    Ok(())
}

async fn site(hand: &mut Hand<'_>) -> library::Result<()> {
    let (library, caller, directory) = (hand.world.library.clone(), hand.caller.clone(), hand.directory());
    let mut fields = directory.sites.get(hand.site("zjj")).expect("a site").fields.clone();
    let code = format!("oracle-closed{}", hand.dice.below(1000));
    fields.hosts = vec![format!("{code}.example")];
    let parent = Some(hand.site("yunze"));
    let site = CreateSite { code, parent, status: SiteStatus::Preparing, fields };
    let (id, _) = library.create_site(&caller, site).await?;
    library.open_site(&caller, id).await?;
    library.suspend_site(&caller, id, "维护中", None).await?;
    library.close_site(&caller, id, "已关停", Some("整合")).await?;
    Ok(())
}

async fn panel(hand: &mut Hand<'_>) -> library::Result<()> {
    let (library, caller, directory) = (hand.world.library.clone(), hand.caller.clone(), hand.directory());
    let panel = hand.dice.of(directory.panels.all()).clone();
    if panel.archived {
        library.archive_panel(&caller, panel.id, false, None).await?;
        return Ok(());
    }
    let places = (0..panel.fields.items.len()).rev();
    let items = places.map(|at| Arranged { at, hidden: Some(at % 5 == 4), ..Arranged::default() }).collect();
    let arrange = ArrangePanel { expected: panel.revision, under: Vec::new(), items };
    library.arrange_panel(&caller, panel.id, arrange).await?;
    let other = hand.dice.of(directory.panels.all()).clone();
    library.archive_panel(&caller, other.id, !other.archived, None).await?;
    Ok(())
}

async fn others(hand: &mut Hand<'_>, number: u8) -> library::Result<()> {
    let (library, caller, directory) = (hand.world.library.clone(), hand.caller.clone(), hand.directory());
    match number {
        65 => {
            let field = hand.dice.of(directory.fields.all()).clone();
            library.retire_field(&caller, field.id, !field.retired, None).await?;
        }
        66 => {
            let (item, other) =
                (hand.dice.of(directory.codes.all()).clone(), hand.dice.of(directory.codes.all()).clone());
            let parent = Some((other.list == item.list).then_some(other.id));
            let edit = EditCode { parent, rank: Some(hand.dice.below(50) as i64), ..EditCode::default() };
            library.edit_code(&caller, item.id, edit).await?;
            library.retire_code(&caller, item.id, true, None).await?;
        }
        67 => {
            let site = hand.site("wjw");
            let to = RedirectTo::Path("/news".to_owned());
            if library.create_redirect(&caller, site, "/oracle-old", to).await.is_err() {
                library.remove_redirect(&caller, site, "/oracle-old").await?;
            }
        }
        _ => {
            let leader = hand.dice.of(directory.leaders.all()).clone();
            library.remove_leader(&caller, leader.id, None).await?;
        }
    }
    Ok(())
}
