//! Which links to something of our own lead readers nowhere (站内死链).
//!
//! Columns and tags are in the directory; contents are looked up all at once, and so is what old and hand-made paths
//! lead to. Only the few paths that an address row begins are resolved one by one, as readers' requests are.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use url::Url;

use super::examine::Live;
use crate::Scope;
use crate::address::Resolution;
use crate::changes::KeyKind;
use crate::content::{CONTENT, LiveContent};
use crate::database::Sql;
use crate::finding::InternalLink;
use crate::id::{ContentId, SiteId};
use crate::refusal::Result;
use crate::site::Site;
use crate::tag::TagLocator;

/// The most paths that are resolved one by one; what goes beyond is not told as dead.
const MOST_RESOLVED: usize = 20;

/// Where a link leads, as far as the directory tells.
pub(super) enum End {
    /// To a content by its identifier.
    Content(InternalLink, ContentId),
    /// To a content by the short id that its address ends in, on a site.
    Short(InternalLink, String, Arc<Site>, String),
    /// To a path that only addresses know.
    Path(InternalLink, Arc<Site>, String),
    /// To a site that is not running.
    Dead(InternalLink),
}

static LEADS: Sql =
    Sql::new("select site_id, path, prefix from address where site_id in ids($1) and path in texts($2)");

fn contents() -> Sql {
    let columns = CONTENT.replace("{c}", "c");
    Sql::built(format!(
        "select {columns} from content c where c.id in ids($1)
         union all select {columns} from content c where c.short_id in texts($2) and not (c.id in ids($1))"
    ))
}

impl Scope {
    /// The ends of links that are not known to be alive.
    pub(super) fn ends(&self, site: SiteId, links: &[InternalLink]) -> Vec<End> {
        links.iter().filter_map(|link| self.end(site, link)).collect()
    }

    fn end(&self, own: SiteId, link: &InternalLink) -> Option<End> {
        let (host, path) = match link {
            InternalLink::Content(id) => return Some(End::Content(link.clone(), *id)),
            InternalLink::Path { host, path } => (host.as_deref(), path),
        };
        if self.is_file(host, path) {
            return None;
        }
        let directory = self.directory();
        let site = match host {
            Some(host) => directory.sites.by_key(KeyKind::Host, host)?.clone(),
            None => directory.sites.get(own)?.clone(),
        };
        if !site.is_running() {
            // A site that is being prepared is filled before anybody finds it.
            return (site.id != own).then(|| End::Dead(link.clone()));
        }
        let tag = path.strip_prefix("/tag/").map(|code| TagLocator::Code(code.to_owned()));
        if path == "/"
            || self.column_at(site.id, path).is_some()
            || tag.is_some_and(|locator| self.tag_by(&locator).is_some())
        {
            return None;
        }
        Some(match path.strip_prefix("/content/") {
            Some(rest) => {
                let short = rest.rsplit('/').next().unwrap_or_default().to_owned();
                End::Short(link.clone(), short, site, path.clone())
            }
            None => End::Path(link.clone(), site, path.clone()),
        })
    }

    /// Whether a path is below the public address of files, where it may lie on the host of a site as well.
    fn is_file(&self, host: Option<&str>, path: &str) -> bool {
        let Ok(files) = Url::parse(self.library().files_url()) else { return false };
        let below = path.strip_prefix(files.path().trim_end_matches('/'));
        let on_it = host.is_none_or(|host| files.host_str().is_some_and(|own| crate::web::normal_host(own) == host));
        files.path() != "/" && on_it && below.is_some_and(|rest| rest.starts_with('/'))
    }

    /// The published contents among those named and those that links lead to: one statement for all.
    pub(super) async fn live_ends(&self, named: impl Iterator<Item = ContentId>, ends: &[End]) -> Result<Live> {
        let mut ids: BTreeSet<ContentId> = named.collect();
        let mut shorts: BTreeSet<&String> = BTreeSet::new();
        for end in ends {
            match end {
                End::Content(_, id) => {
                    ids.insert(*id);
                }
                End::Short(_, short, ..) => {
                    shorts.insert(short);
                }
                End::Path(..) | End::Dead(_) => {}
            }
        }
        if ids.is_empty() && shorts.is_empty() {
            return Ok(Live::new());
        }
        let ids: Vec<ContentId> = ids.into_iter().collect();
        let shorts: Vec<String> = shorts.into_iter().cloned().collect();
        let rows = self.rows(&contents(), vec![ids.as_slice().into(), shorts.into()]).await?;
        let cards = self.library().cards();
        let read = rows.iter().map(|row| LiveContent::read(cards, row, 0).map(Arc::new)).collect::<Result<Vec<_>>>()?;
        Ok(self.visible(read).await?.into_iter().map(|content| (content.id, content)).collect())
    }

    /// The links among `ends` by which readers of `content` find nothing.
    pub(super) async fn dead_links(
        &self,
        content: ContentId,
        ends: Vec<End>,
        live: &Live,
    ) -> Result<HashSet<InternalLink>> {
        let shorts: HashSet<String> = live.keys().map(ContentId::short).chain([content.short()]).collect();
        let mut dead = HashSet::new();
        let mut paths = Vec::new();
        for end in ends {
            match end {
                End::Content(_, id) if id == content || live.contains_key(&id) => {}
                End::Short(_, short, ..) if shorts.contains(&short) => {}
                End::Content(link, _) | End::Dead(link) => {
                    dead.insert(link);
                }
                End::Short(link, _, site, path) | End::Path(link, site, path) => paths.push((link, site, path)),
            }
        }
        if paths.is_empty() {
            return Ok(dead);
        }
        let known = self.led(&paths).await?;
        let is_led = |(_, site, path): &(InternalLink, Arc<Site>, String)| known.contains(&(site.id, path.clone()));
        let (led, lost): (Vec<_>, Vec<_>) = paths.into_iter().partition(is_led);
        dead.extend(lost.into_iter().map(|(link, ..)| link));
        for (link, site, path) in led.into_iter().take(MOST_RESOLVED) {
            let found = self.resolve(&site, &path).await?;
            if !matches!(found, Some(Resolution::Page(_) | Resolution::Redirect { .. })) {
                dead.insert(link);
            }
        }
        Ok(dead)
    }

    /// Those paths that an address leads somewhere, or a part of which moved: one statement for all.
    async fn led(&self, paths: &[(InternalLink, Arc<Site>, String)]) -> Result<HashSet<(SiteId, String)>> {
        let sites: BTreeSet<SiteId> = paths.iter().map(|(_, site, _)| site.id).collect();
        let sites: Vec<SiteId> = sites.into_iter().collect();
        let begun: BTreeSet<&str> = paths.iter().flat_map(|(_, _, path)| beginnings(path)).collect();
        let begun: Vec<String> = begun.into_iter().map(str::to_owned).collect();
        let mut whole = HashSet::new();
        let mut prefixes = HashSet::new();
        for row in self.rows(&LEADS, vec![sites.as_slice().into(), begun.into()]).await? {
            let lead: (SiteId, String) = (row.get(0)?, row.get(1)?);
            if row.get(2)? {
                prefixes.insert(lead.clone());
            }
            whole.insert(lead);
        }
        let is_led = |site: SiteId, path: &str| {
            whole.contains(&(site, path.to_owned()))
                || beginnings(path).any(|above| prefixes.contains(&(site, above.to_owned())))
        };
        let led = paths.iter().filter(|(_, site, path)| is_led(site.id, path));
        Ok(led.map(|(_, site, path)| (site.id, path.clone())).collect())
    }
}

/// A path and every path above it.
fn beginnings(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rsplit_once('/').map(|(above, _)| above).filter(|above| !above.is_empty())
    })
}
