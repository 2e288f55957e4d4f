//! Addresses never break: moved columns, redirects, tombstones, numbers, and the one canonical address of a content.

mod columns;
mod contents;
mod numbers;

use library::address::Resolution;
use library::id::SiteId;

use crate::town::Town;

/// What is at a path of a site.
async fn resolve(town: &Town, site: SiteId, path: &str) -> Option<Resolution> {
    let read = town.read();
    let site = read.site(site).expect("a site");
    read.resolve(&site, path).await.expect("a read")
}

/// Says in a word what is at a path: `page`, `-> address`, `gone`, `withdrawn`, `nothing`. Where it redirects, the
/// address that it redirects to must not redirect again.
pub async fn found(town: &Town, site: SiteId, path: &str) -> String {
    match resolve(town, site, path).await {
        Some(Resolution::Page(_)) => "page".to_owned(),
        Some(Resolution::Gone { .. }) => "gone".to_owned(),
        Some(Resolution::Withdrawn { notice, .. }) => format!("withdrawn: {}", notice.unwrap_or_default()),
        Some(Resolution::Redirect { to, .. }) => {
            let own = [("https://town.example", town.site), ("https://county.example", town.county)];
            if let Some((rest, site)) = own.iter().find_map(|(url, site)| Some((to.strip_prefix(url)?, *site))) {
                let next = resolve(town, site, rest).await;
                assert!(matches!(next, Some(Resolution::Page(_))), "{path} leads to {to}, which is no page: {next:?}");
            }
            format!("-> {to}")
        }
        None => "nothing".to_owned(),
    }
}
