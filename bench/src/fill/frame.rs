//! The frame that the contents hang in: code lists, organisations, sites, columns, tags, panels and shared columns,
//! each made by the library's own deed. This room decides how many of what there are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use library::clock::SetClock;
use library::code::{CodeEntry, CodeList};
use library::column::{ColumnFields, ColumnKind, CreateColumn};
use library::database::Database;
use library::id::{ColumnId, OrganisationId, SiteId, SubscriptionId, TagId};
use library::organisation::{CreateOrganisation, OrganisationFields};
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind, PanelTarget};
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use library::site::{CreateSite, SiteFields, SiteStatus};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use library::{Caller, Error, Library, RefusalCode, Settings};
use object_store::memory::InMemory;
use serde_json::json;

use super::BEGIN;

/// How many sites there are.
pub const SITES: usize = 20;
/// How many columns a site has: four with four below each.
pub const COLUMNS_OF_A_SITE: usize = 20;
/// How many tags there are.
pub const TAGS: usize = 119;
/// How many organisations a site has: its sponsor and two more.
pub const ORGANISATIONS_OF_A_SITE: usize = 3;
/// How many codes the list of themes has.
pub const THEMES: usize = 20;
/// The kinds of documents (公文种类), by their codes.
pub const DOCUMENT_TYPES: [(&str, &str); 6] =
    [("TZ", "通知"), ("YJ", "意见"), ("BF", "办法"), ("GG", "公告"), ("JD", "决定"), ("FA", "方案")];

const TOPS: [(&str, &str, ColumnKind); 4] = [
    ("news", "要闻动态", ColumnKind::News),
    ("policies", "政策文件", ColumnKind::Policy),
    ("services", "办事服务", ColumnKind::Service),
    ("topics", "专题专栏", ColumnKind::Topic),
];
const BELOW: [(&str, &str); 4] = [("city", "市级"), ("departments", "部门"), ("counties", "县区"), ("shared", "共享")];

/// An organisation.
pub struct Unit {
    /// Its identifier.
    pub id: OrganisationId,
    /// The nine characters that begin its index numbers.
    pub code: String,
}

/// A column.
pub struct Shelf {
    /// Its identifier.
    pub id: ColumnId,
    /// What it hangs under.
    pub parent: Option<ColumnId>,
    /// The place of its site in the list of sites.
    pub site: usize,
    /// The subscriptions that carry its contents on, and the place of the column that each fills.
    pub carried: Vec<(SubscriptionId, usize)>,
}

/// What contents refer to.
pub struct Frame {
    /// The sites.
    pub sites: Vec<SiteId>,
    /// The columns: those of the first site, then those of the second ...
    pub columns: Vec<Shelf>,
    /// The organisations: those of the first site, then those of the second ...
    pub units: Vec<Unit>,
    /// The tags.
    pub tags: Vec<TagId>,
}

/// Makes the frame in an empty library.
///
/// # Errors
/// When the library holds something already, or refuses.
pub async fn make(url: &str, seed: u64) -> anyhow::Result<Frame> {
    let settings = Settings {
        database: Database::open(url, 2).await?,
        files: Arc::new(InMemory::new()),
        clock: Arc::new(SetClock::new(BEGIN, seed)),
        files_url: "http://127.0.0.1/files".to_owned(),
        iframe_hosts: Vec::new(),
    };
    let library = Library::open(settings).await?;
    anyhow::ensure!(library.newest_position().await? == 0, "the library is not empty: give a new database");
    let caller = Caller::program("bench");
    codes(&library, &caller).await?;
    let units = organisations(&library, &caller).await?;
    let sites = sites(&library, &caller, &units).await?;
    let mut columns = columns(&library, &caller, &sites).await?;
    let tags = tags(&library, &caller).await?;
    panels(&library, &caller, &sites, &columns).await?;
    share(&library, &caller, &mut columns).await?;
    Ok(Frame { sites, columns, units, tags })
}

async fn codes(library: &Library, caller: &Caller) -> anyhow::Result<()> {
    let theme = |number| CodeEntry { code: theme(number), name: format!("主题{}", number + 1), parent: None };
    library.import_codes(caller, CodeList::Theme, (0..THEMES).map(theme).collect()).await?;
    let entry =
        |(code, name): &(&str, &str)| CodeEntry { code: (*code).to_owned(), name: (*name).to_owned(), parent: None };
    library.import_codes(caller, CodeList::DocumentType, DOCUMENT_TYPES.iter().map(entry).collect()).await?;
    Ok(())
}

/// The code of a theme.
pub fn theme(number: usize) -> String {
    format!("T{number:02}")
}

async fn organisations(library: &Library, caller: &Caller) -> anyhow::Result<Vec<Unit>> {
    let mut units: Vec<Unit> = Vec::new();
    for number in 0..SITES * ORGANISATIONS_OF_A_SITE {
        let (of, which) = (number / ORGANISATIONS_OF_A_SITE, number % ORGANISATIONS_OF_A_SITE);
        let code = format!("B{number:08}");
        let mut fields: OrganisationFields = serde_json::from_value(json!({
            "name": format!("第{}区县{}", of + 1, ["人民政府", "住房和城乡建设局", "教育局"][which]),
            "short_name": format!("{}{}", of + 1, ["政府", "住建局", "教育局"][which]),
            "credit_code": format!("11500900{code}7"),
            "level": if of == 0 { "CITY" } else { "COUNTY" },
            "address": format!("云湖大道{}号", number + 1),
            "rank": number,
        }))?;
        fields.parent = (which > 0).then(|| units[of * ORGANISATIONS_OF_A_SITE].id);
        let input = CreateOrganisation { code: format!("unit-{number}"), fields };
        units.push(Unit { id: library.create_organisation(caller, input).await?.0, code });
    }
    Ok(units)
}

async fn sites(library: &Library, caller: &Caller, units: &[Unit]) -> anyhow::Result<Vec<SiteId>> {
    let mut sites = Vec::new();
    for number in 0..SITES {
        let fields: SiteFields = serde_json::from_value(json!({
            "name": format!("第{}站点", number + 1),
            "hosts": [format!("s{number}.example")],
            "level": if number == 0 { "CITY" } else { "COUNTY" },
            "kind": if number == 0 { "PORTAL" } else { "COUNTY" },
            "language": "zh-CN",
            "sponsor": units[number * ORGANISATIONS_OF_A_SITE].id,
            "icp_number": format!("云ICP备{number:08}号"),
            "contact": "0900-12345",
            "front_end_settings": {"colours": "blue", "logo_text": "集约"},
        }))?;
        let parent = sites.first().copied();
        let input = CreateSite { code: format!("s{number}"), parent, status: SiteStatus::Running, fields };
        sites.push(library.create_site(caller, input).await?.0);
    }
    Ok(sites)
}

async fn columns(library: &Library, caller: &Caller, sites: &[SiteId]) -> anyhow::Result<Vec<Shelf>> {
    let mut columns = Vec::new();
    for (place, site) in sites.iter().enumerate() {
        for (top, (code, name, kind)) in TOPS.into_iter().enumerate() {
            let mut paths = vec![(format!("/{code}"), name.to_owned())];
            paths.extend(BELOW.iter().map(|(below, title)| (format!("/{code}/{below}"), format!("{title}{name}"))));
            let mut parent = None;
            for (rank, (path, name)) in paths.into_iter().enumerate() {
                let mut fields: ColumnFields = serde_json::from_value(json!({
                    "name": name, "description": format!("{name}，由主办单位维护"), "kind": kind,
                    "share_type": "OPEN", "in_navigation": true,
                }))?;
                fields.rank = (top * 10 + rank) as i64;
                let (id, _) = library.create_column(caller, CreateColumn { site: *site, path, fields }).await?;
                columns.push(Shelf { id, parent, site: place, carried: Vec::new() });
                parent = parent.or(Some(id));
            }
        }
    }
    Ok(columns)
}

async fn tags(library: &Library, caller: &Caller) -> anyhow::Result<Vec<TagId>> {
    let mut tags = Vec::new();
    for group in 0..7 {
        let sphere = [TagSphere::Government, TagSphere::Person, TagSphere::Enterprise][group % 3];
        let fields = TagGroupFields { name: format!("维度{}", group + 1), sphere, rank: group as i64 };
        let (id, _) = library.create_tag_group(caller, &format!("group-{group}"), fields).await?;
        let mut first = None;
        for number in group * TAGS / 7..(group + 1) * TAGS / 7 {
            // Half of a group hangs under its first tag.
            let parent = first.filter(|_| number % 2 == 0);
            let fields =
                TagFields { name: format!("标签{}", number + 1), parent, synonyms: Vec::new(), steward: None };
            let (tag, _) =
                library.create_tag(caller, CreateTag { code: format!("tag-{number}"), group: id, fields }).await?;
            first.get_or_insert(tag);
            tags.push(tag);
        }
    }
    Ok(tags)
}

async fn panels(library: &Library, caller: &Caller, sites: &[SiteId], columns: &[Shelf]) -> anyhow::Result<()> {
    for (place, site) in sites.iter().enumerate() {
        let item = |target| PanelItem {
            title: None,
            summary: None,
            image: None,
            target: Some(target),
            body: None,
            children: Vec::new(),
            starts_at: None,
            ends_at: None,
            hidden: false,
            shown: true,
        };
        let own = columns.iter().filter(|column| column.site == place).step_by(5);
        let menu = own.map(|column| item(PanelTarget::Column(column.id))).collect();
        let friends = sites.iter().take(8).map(|site| item(PanelTarget::Site(*site))).collect();
        for (code, kind, items) in [("nav", PanelKind::Menu, menu), ("friend-links", PanelKind::Links, friends)] {
            let fields = PanelFields { name: code.to_owned(), kind, more: None, items };
            library
                .create_panel(caller, CreatePanel { site: *site, column: None, code: code.to_owned(), fields })
                .await?;
        }
    }
    Ok(())
}

/// Shares columns: one of the first site's with all others, one of each site's policies with its neighbour, and what a
/// neighbour receives with the next but seven, so that some contents travel two steps.
async fn share(library: &Library, caller: &Caller, columns: &mut [Shelf]) -> anyhow::Result<()> {
    let at = |site: usize, column: usize| (site % SITES) * COLUMNS_OF_A_SITE + column;
    let mut wanted = Vec::new();
    for site in 0..SITES {
        // 0 /news/city, 4 /news/shared, 5 /policies, 9 /policies/shared, 14 /services/shared.
        if site > 0 {
            wanted.push((at(0, 1), at(site, 4), false));
        }
        wanted.push((at(site, 5), at(site + 1, 9), site % 2 == 0));
        if site % 4 == 0 {
            wanted.push((at(site, 9), at(site + 7, 14), false));
        }
    }
    let places: HashMap<ColumnId, usize> =
        columns.iter().enumerate().map(|(place, column)| (column.id, place)).collect();
    let mut done = HashSet::new();
    for (source, target, with_descendants) in wanted {
        let fields = SubscriptionFields {
            mode: SubscriptionMode::Automatic,
            with_descendants,
            kinds: Vec::new(),
            tags: Vec::new(),
            published_from: None,
        };
        let input = SubscribeColumn { target: columns[target].id, source: columns[source].id.into(), fields };
        match library.subscribe_column(caller, input).await {
            Ok((id, _)) => {
                done.insert(id);
            }
            // The last link of a ring of neighbours would close it.
            Err(Error::Refused(refusal)) if refusal.code == RefusalCode::Loop => {}
            Err(error) => return Err(error.into()),
        }
    }
    let directory = library.directory();
    for subscription in directory.subscriptions.all().iter().filter(|subscription| done.contains(&subscription.id)) {
        let Some(target) = places.get(&subscription.target) else { continue };
        for (place, column) in columns.iter_mut().enumerate() {
            let below = directory
                .columns
                .ancestors(column.id)
                .into_iter()
                .any(|above| subscription.fields.with_descendants && subscription.feeds_from(above.id));
            if place != *target && (below || subscription.feeds_from(column.id)) {
                column.carried.push((subscription.id, *target));
            }
        }
    }
    Ok(())
}
