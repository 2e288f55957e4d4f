//! A small town for tests of deeds: one organisation, a site with a few columns, and a county's site that mirrors them.

use library::changes::Change;
use library::column::{ColumnFields, ColumnKind, CreateColumn, ShareType};
use library::content::{ContentFields, ContentKind, ContentLocator, Details, DraftContent, LiveContent, PolicyDetails};
use library::id::{ColumnId, ContentId, OrganisationId, PlacementId, SiteId};
use library::organisation::{CreateOrganisation, OrganisationFields};
use library::sharing::{SubscribeColumn, SubscriptionFields, SubscriptionMode};
use library::site::{AdministrativeLevel, CreateSite, SiteFields, SiteKind, SiteStatus};
use library::{Audience, Caller, DayZone, Instant, Library, Position, Scope};
use serde_json::Value as Json;
use tests::{Engine, World};

/// A town on one engine. It is 18:00 on 2026-10-31 in Asia/Shanghai.
pub struct Town {
    /// The library and its clock.
    pub world: World,
    /// Who publishes.
    pub publisher: OrganisationId,
    /// The site of the town, `town.example`.
    pub site: SiteId,
    /// Its column `/news`.
    pub news: ColumnId,
    /// Its column `/policies`.
    pub policies: ColumnId,
    /// The site of a county, `county.example`.
    pub county: SiteId,
    /// Its column `/town-news`, which mirrors the town's news.
    pub town_news: ColumnId,
}

/// A local time of the town: `2026-11-01 00:00`, seconds and milliseconds may follow.
pub fn at(text: &str) -> Instant {
    let (day, time) = text.split_once(' ').expect("a day and a time");
    let (time, thousandths) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<i64> = time.split(':').map(|part| part.parse().expect("a number")).collect();
    let seconds = parts[0] * 3600 + parts[1] * 60 + parts.get(2).copied().unwrap_or(0);
    let milliseconds = seconds * 1000 + thousandths.parse::<i64>().expect("a number");
    DayZone::default().begin(day.parse().expect("a date")).plus_milliseconds(milliseconds)
}

/// What describes a site of the town.
pub fn site_fields(host: &str, sponsor: OrganisationId) -> SiteFields {
    SiteFields {
        name: format!("站点{host}"),
        short_name: None,
        hosts: vec![host.to_owned()],
        site_id_code: None,
        level: AdministrativeLevel::City,
        kind: SiteKind::Portal,
        status_notice: None,
        language: "zh-CN".to_owned(),
        time_zone: "Asia/Shanghai".to_owned(),
        edition_of: None,
        sponsor,
        operators: Vec::new(),
        icp_number: None,
        police_record_number: None,
        contact: None,
        party_government_mark_url: None,
        error_report_url: None,
        ipv6_ready: true,
        accessible: true,
        elder_mode: false,
        index_number_pattern: "{org9}/{year}-{serial5}".to_owned(),
        checks: Default::default(),
        front_end_settings: serde_json::Map::new(),
        review: None,
    }
}

/// What describes a column of the town.
pub fn column_fields(name: &str) -> ColumnFields {
    ColumnFields {
        name: name.to_owned(),
        description: String::new(),
        keywords: Vec::new(),
        kind: ColumnKind::News,
        rank: 0,
        in_navigation: true,
        link_url: None,
        cover: None,
        template: None,
        opens_on: None,
        closed_on: None,
        accepts: Vec::new(),
        owner: None,
        landing: None,
        language: None,
        edition_of: None,
        share_type: ShareType::Open,
        update_cycle_days: None,
        review: None,
    }
}

/// What describes an organisation of the town.
pub fn organisation_fields(name: &str) -> OrganisationFields {
    OrganisationFields {
        name: name.to_owned(),
        short_name: None,
        credit_code: None,
        level: AdministrativeLevel::City,
        division_code: None,
        parent: None,
        rank: 0,
        functions: None,
        offices: Vec::new(),
        address: None,
        office_hours: None,
        telephone: None,
        fax: None,
        postcode: None,
        email: None,
        url: None,
        site: None,
        fields: Vec::new(),
    }
}

/// A subscription that lets everything through at once.
pub fn everything() -> SubscriptionFields {
    SubscriptionFields {
        mode: SubscriptionMode::Automatic,
        with_descendants: false,
        kinds: Vec::new(),
        tags: Vec::new(),
        published_from: None,
    }
}

impl Town {
    /// A town in an empty library.
    pub async fn on(engine: Engine) -> Self {
        let world = World::empty(engine).await;
        let (library, caller) = (&world.library, world.editor());
        let fields = OrganisationFields {
            credit_code: Some("115090000100012345".to_owned()),
            ..organisation_fields("镇政府")
        };
        let publisher = CreateOrganisation { code: "town".to_owned(), fields };
        let publisher = library.create_organisation(&caller, publisher).await.expect("an organisation").0;
        let site = |code: &str| CreateSite {
            code: code.to_owned(),
            parent: None,
            status: SiteStatus::Running,
            fields: site_fields(&format!("{code}.example"), publisher),
        };
        let county = library.create_site(&caller, site("county")).await.expect("a site").0;
        let site = library.create_site(&caller, site("town")).await.expect("a site").0;
        let column = async |site: SiteId, path: &str| {
            let column = CreateColumn { site, path: path.to_owned(), fields: column_fields(path) };
            library.create_column(&caller, column).await.expect("a column").0
        };
        let news = column(site, "/news").await;
        let policies = column(site, "/policies").await;
        let town_news = column(county, "/town-news").await;
        let subscription = SubscribeColumn { target: town_news, source: news.into(), fields: everything() };
        library.subscribe_column(&caller, subscription).await.expect("a subscription");
        Self { publisher, site, news, policies, county, town_news, world }
    }

    /// The library.
    pub fn library(&self) -> &Library {
        &self.world.library
    }

    /// Who does the deeds.
    pub fn editor(&self) -> Caller {
        self.world.editor()
    }

    /// A read of the public.
    pub fn read(&self) -> Scope {
        self.library().scope(Audience::Public)
    }

    /// Sets the clock to a local time and lets what is due happen; answers how much did.
    pub async fn pass(&self, time: &str) -> usize {
        self.world.clock.set(at(time));
        self.library().catch_up_clock().await.expect("the clock")
    }

    /// A further column of the town's site.
    pub async fn column(&self, path: &str) -> ColumnId {
        let column = CreateColumn { site: self.site, path: path.to_owned(), fields: column_fields(path) };
        self.library().create_column(&self.editor(), column).await.expect("a column").0
    }

    /// A content of a kind in `/news`.
    pub fn fields(&self, title: &str, details: Details) -> ContentFields {
        let mut fields = ContentFields::new(title, self.publisher, details);
        fields.body_html = format!("<p>{title}的正文</p>");
        fields.columns = vec![self.news];
        fields
    }

    /// An article in `/news`.
    pub fn article(&self, title: &str) -> ContentFields {
        self.fields(title, Details::bare(ContentKind::Article))
    }

    /// A policy in `/policies`.
    pub fn policy(&self, title: &str, policy: PolicyDetails) -> ContentFields {
        let mut fields = self.fields(title, Details::Policy(Box::new(policy)));
        fields.columns = vec![self.policies];
        fields
    }

    /// Drafts a content of the town.
    pub async fn draft(&self, fields: ContentFields) -> ContentId {
        let draft = DraftContent { site: self.site, fields };
        self.library().draft_content(&self.editor(), draft).await.expect("a draft")
    }

    /// Drafts a content and publishes it.
    pub async fn publish(&self, fields: ContentFields) -> ContentId {
        let id = self.draft(fields).await;
        self.publish_newest(id).await;
        id
    }

    /// Publishes the newest revision of a content.
    pub async fn publish_newest(&self, id: ContentId) {
        let (revision, _) = self.library().working_content(id).await.expect("a revision");
        self.library().publish_content(&self.editor(), id, revision).await.expect("a publication");
    }

    /// Saves a new revision of a content with what `change` does to it.
    pub async fn edit(&self, id: ContentId, change: impl FnOnce(&mut ContentFields)) -> i64 {
        let (revision, mut fields) = self.library().working_content(id).await.expect("a revision");
        change(&mut fields);
        self.library().edit_content(&self.editor(), id, revision, fields, None).await.expect("a revision")
    }

    /// Withdraws a content.
    pub async fn withdraw(&self, id: ContentId, notice: Option<&str>) {
        self.library().withdraw_content(&self.editor(), id, "测试", notice).await.expect("withdrawn");
    }

    /// A content as the public sees it.
    pub async fn live(&self, id: ContentId) -> Option<LiveContent> {
        let content = self.read().content_by(&ContentLocator::Id(id)).await.expect("a read");
        content.map(|content| (*content).clone())
    }

    /// The placement of a content in a column.
    pub async fn placement(&self, content: ContentId, column: ColumnId) -> PlacementId {
        let mut found = self.read().placements_of_contents(&[content], None).await.expect("placements");
        let shown = found.remove(&content).unwrap_or_default();
        shown.iter().find(|shown| shown.placement.column == column).expect("a placement").placement.id
    }

    /// What a client is answered.
    pub async fn data(&self, document: &str, variables: Json) -> Json {
        self.world.data(document, &variables).await
    }

    /// The newest position.
    pub async fn position(&self) -> Position {
        self.library().newest_position().await.expect("a position")
    }

    /// The changes after a position.
    pub async fn changes(&self, after: Position) -> Vec<Change> {
        self.library().changes_after(after, 1000).await.expect("changes")
    }
}
