//! `bench sharing`: what sharing costs those who write. How long it takes to publish into a column that others mirror, and how
//! long a publication waits while a tag of very many contents is merged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use library::column::{ColumnFields, ColumnKind, CreateColumn, ShareType};
use library::content::{ContentFields, ContentKind, Details, DraftContent, TagAssignment, TagAssignmentSource};
use library::database::Database;
use library::id::{ColumnId, OrganisationId, SiteId, TagId};
use library::organisation::{CreateOrganisation, OrganisationFields};
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use library::site::{AdministrativeLevel, CreateSite, SiteStatus};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use library::{Caller, Library, Settings};
use object_store::memory::InMemory;
use serde_json::json;
use server::clock::SystemClock;

use crate::Work;
use crate::process::machine;

/// How many publications are measured for each number of mirrors.
const PUBLICATIONS: usize = 30;
/// How many contents are imported at once.
const AT_ONCE: usize = 500;

/// An empty library with one site and what describes contents of it.
pub(crate) struct Place {
    pub library: Library,
    pub program: Caller,
    publisher: OrganisationId,
    pub site: SiteId,
    source: ColumnId,
}

impl Place {
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        migrations::run(url).await?;
        let library = Library::open(Settings {
            database: Database::open(url, 4).await?,
            files: Arc::new(InMemory::new()),
            clock: Arc::new(SystemClock),
            files_url: "http://127.0.0.1/files".to_owned(),
            iframe_hosts: Vec::new(),
        })
        .await?;
        let program = Caller::program("bench");
        let fields: OrganisationFields = serde_json::from_value(json!({
            "name": "镇政府", "credit_code": "115090000100012345", "level": AdministrativeLevel::City
        }))?;
        let new = CreateOrganisation { code: "town".to_owned(), fields };
        let publisher = library.create_organisation(&program, new).await?.0;
        let site = site(&library, &program, "town", publisher).await?;
        let source = column(&library, &program, site, "/news").await?;
        Ok(Self { library, program, publisher, site, source })
    }

    pub fn fields(&self, title: &str, tags: &[TagId]) -> ContentFields {
        let mut fields = ContentFields::new(title, self.publisher, Details::bare(ContentKind::Article));
        fields.body_html = format!("<p>{}</p>", "政府信息公开".repeat(120));
        fields.columns = vec![self.source];
        let assigned = |tag: &TagId| TagAssignment { tag: *tag, source: TagAssignmentSource::Editor };
        fields.tags = tags.iter().map(assigned).collect();
        fields
    }

    /// How long it takes to publish a draft that is there, and by how many statements.
    pub async fn publish(&self, title: &str) -> anyhow::Result<(Duration, u64)> {
        let draft = DraftContent { site: self.site, fields: self.fields(title, &[]) };
        let id = self.library.draft_content(&self.program, draft).await?;
        let (before, begun) = (self.library.deeds_asked().count(), Instant::now());
        self.library.publish_content(&self.program, id, 1).await?;
        Ok((begun.elapsed(), self.library.deeds_asked().count() - before))
    }
}

async fn site(library: &Library, program: &Caller, code: &str, sponsor: OrganisationId) -> anyhow::Result<SiteId> {
    let fields = serde_json::from_value(json!({
        "name": code, "hosts": [format!("{code}.example")], "level": "CITY", "kind": "PORTAL", "language": "zh-CN",
        "time_zone": "Asia/Shanghai", "sponsor": sponsor, "operators": [], "ipv6_ready": true, "accessible": true,
        "elder_mode": false, "index_number_pattern": "{org9}/{year}-{serial5}", "front_end_settings": {}
    }))?;
    let new = CreateSite { code: code.to_owned(), parent: None, status: SiteStatus::Running, fields };
    Ok(library.create_site(program, new).await?.0)
}

async fn column(library: &Library, program: &Caller, site: SiteId, path: &str) -> anyhow::Result<ColumnId> {
    let fields: ColumnFields = serde_json::from_value(json!({
        "name": path, "description": "", "kind": ColumnKind::News, "rank": 0, "in_navigation": true,
        "share_type": ShareType::Open
    }))?;
    Ok(library.create_column(program, CreateColumn { site, path: path.to_owned(), fields }).await?.0)
}

/// The middle and the longest of some times, in milliseconds.
pub(crate) fn told(mut times: Vec<Duration>) -> (f64, f64) {
    times.sort_unstable();
    let milliseconds = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    (milliseconds(times.get(times.len() / 2)), milliseconds(times.last()))
}

/// Measures publishing into a column with each of these numbers of mirrors.
///
/// # Errors
/// When the library cannot be made.
pub fn mirrors(numbers: &[usize]) -> Work<'_, ()> {
    Box::pin(async move {
        println!("{}\n\n| mirrors | publish p50 ms | longest ms | statements |\n|---|---|---|---|", machine());
        for number in numbers {
            let folder = tempfile::tempdir().context("a folder for the run")?;
            let place = Place::open(&format!("sqlite://{}/jiyue.db", folder.path().display())).await?;
            let mut sites = Vec::new();
            for county in 0..20.min(*number) {
                let code = format!("county{county}");
                sites.push(site(&place.library, &place.program, &code, place.publisher).await?);
            }
            for mirror in 0..*number {
                let site = sites[mirror % sites.len()];
                let target = column(&place.library, &place.program, site, &format!("/shared{mirror}")).await?;
                let fields = SubscriptionFields {
                    mode: SubscriptionMode::Automatic,
                    with_descendants: false,
                    kinds: Vec::new(),
                    tags: Vec::new(),
                    published_from: None,
                };
                let new = SubscribeColumn { target, source: place.source.into(), fields };
                place.library.subscribe_column(&place.program, new).await?;
            }
            let (mut times, mut statements) = (Vec::new(), 0);
            for at in 0..PUBLICATIONS {
                let (took, ran) = place.publish(&format!("第{at}条")).await?;
                times.push(took);
                statements = ran;
            }
            let (middle, longest) = told(times);
            println!("| {number} | {middle:.1} | {longest:.1} | {statements} |");
        }
        Ok(())
    })
}

/// Measures what publishing waits for while a tag of `contents` contents is merged.
///
/// # Errors
/// When the library cannot be made.
pub fn merge(contents: usize) -> Work<'static, ()> {
    Box::pin(async move {
        let folder = tempfile::tempdir().context("a folder for the run")?;
        let place = Place::open(&format!("sqlite://{}/jiyue.db", folder.path().display())).await?;
        let (library, program) = (&place.library, &place.program);
        let group = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 0 };
        let (group, _) = library.create_tag_group(program, "themes", group).await?;
        let mut tags = Vec::new();
        for name in ["住房", "居住"] {
            let fields = TagFields { name: name.to_owned(), parent: None, synonyms: Vec::new(), steward: None };
            let new = CreateTag { code: format!("t{}", tags.len()), group, fields };
            tags.push(library.create_tag(program, new).await?.0);
        }
        let mut ready = Vec::with_capacity(AT_ONCE);
        for at in 0..contents {
            let fields = place.fields(&format!("第{at}条"), &tags[..1]);
            ready.push(library.prepare_import(DraftContent { site: place.site, fields }.into())?);
            if ready.len() == AT_ONCE || at + 1 == contents {
                library.import_contents(program, &ready, false).await?;
                ready.clear();
            }
        }
        let mut alone = Vec::new();
        for at in 0..PUBLICATIONS {
            alone.push(place.publish(&format!("之前{at}")).await?.0);
        }
        let (merger, caller) = (library.clone(), program.clone());
        let begun = Instant::now();
        let merging = tokio::spawn(async move { merger.merge_tags(&caller, tags[0], tags[1]).await });
        let mut beside = Vec::new();
        let mut slowest = (Duration::ZERO, Duration::ZERO);
        while !merging.is_finished() {
            let since = begun.elapsed();
            let took = place.publish(&format!("其间{}", beside.len())).await?.0;
            slowest = slowest.max((took, since));
            beside.push(took);
        }
        merging.await??;
        let took = begun.elapsed().as_secs_f64();
        let (count, (alone, longest_alone), (middle, longest)) = (beside.len(), told(alone), told(beside));
        println!(
            "a tag of {contents} contents was merged in {took:.1} s; {count} publications beside it took {middle:.1} ms, at most \
             {longest:.1} ms, {:.2} s after it began (alone {alone:.1} ms, at most {longest_alone:.1} ms)",
            slowest.1.as_secs_f64()
        );
        Ok(())
    })
}
