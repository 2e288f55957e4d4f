//! The panels of the city's pages: menus, carousels, banners, link lists and introductions.

use std::pin::Pin;

use anyhow::Context as _;
use library::changes::KeyKind;
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind, PanelTarget};

use super::read::{ItemData, PanelData, TargetData};
use super::{Filling, pictures, structure};

/// Creates them in their order.
pub(super) async fn fill(filling: &mut Filling<'_>, panels: impl Iterator<Item = &PanelData>) -> anyhow::Result<()> {
    for panel in panels {
        create(filling, panel).await.with_context(|| format!("the panel {} of {}", panel.code, panel.site))?;
        filling.step();
    }
    Ok(())
}

async fn create(filling: &Filling<'_>, panel: &PanelData) -> anyhow::Result<()> {
    let site = filling.site(&panel.site)?;
    let column = match &panel.column {
        Some(path) => Some(filling.column(&format!("{}:{path}", panel.site))?),
        None => None,
    };
    let more = panel.more.as_ref().map(|more| match more.starts_with('/') {
        true => site.url_of(more),
        false => more.clone(),
    });
    let key = format!("{}{}-{}", panel.site, panel.column.as_deref().unwrap_or_default(), panel.code);
    let items = items(filling, panel.kind, &key, &panel.item).await?;
    let fields = PanelFields { name: panel.name.clone(), kind: panel.kind, more, items };
    let input = CreatePanel { site: site.id, column, code: panel.code.clone(), fields };
    filling.library.create_panel(&filling.caller, input).await?;
    Ok(())
}

/// The items of a panel, or those below one; boxed because items lie below items.
fn items<'a>(
    filling: &'a Filling<'_>,
    kind: PanelKind,
    key: &'a str,
    data: &'a [ItemData],
) -> Pin<Box<dyn Future<Output = anyhow::Result<Vec<PanelItem>>> + Send + 'a>> {
    Box::pin(async move {
        let mut made = Vec::with_capacity(data.len());
        for (at, item) in data.iter().enumerate() {
            let key = format!("{key}-{}", at + 1);
            let image = match item.image {
                true => {
                    let bytes = match kind {
                        PanelKind::Banner => pictures::landscape(&key, 1200, 360)?,
                        _ => pictures::landscape(&key, 1200, 450)?,
                    };
                    let alt = item.title.as_deref().unwrap_or_default();
                    Some(structure::picture(filling, &key, alt, bytes).await?)
                }
                false => None,
            };
            made.push(PanelItem {
                title: item.title.clone(),
                summary: item.summary.clone(),
                image,
                target: item.target.as_ref().map(|target| self::target(filling, item, target)).transpose()?,
                body: item.body.clone(),
                children: items(filling, kind, &key, &item.item).await?,
                starts_at: item.starts_at.map(|at| filling.instant(at)),
                ends_at: item.ends_at.map(|at| filling.instant(at)),
                hidden: false,
                shown: true,
            });
        }
        Ok(made)
    })
}

fn target(filling: &Filling<'_>, item: &ItemData, target: &TargetData) -> anyhow::Result<PanelTarget> {
    Ok(match target {
        TargetData::Column(name) => PanelTarget::Column(filling.column(name)?),
        TargetData::Tag(code) => PanelTarget::Tag(filling.tag(KeyKind::TagCode, code)?),
        TargetData::Site(code) => PanelTarget::Site(filling.site(code)?.id),
        TargetData::Organisation(code) => PanelTarget::Organisation(filling.organisation(code)?),
        TargetData::External(url) => {
            let title = item.title.clone().context("an address outside needs a title")?;
            PanelTarget::External { title, url: url.clone() }
        }
    })
}
