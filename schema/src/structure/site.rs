//! Creating and editing sites.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::site::{CreateSite, SiteFields, SiteStatus};

use super::checks::CheckSettingInput;
use super::given::{given_id, given_ids, put, set};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::{AdministrativeLevel, SiteKind};
use crate::scalars::{Json, Url, bad_input, id, optional_id};
use crate::site::Site;

/// What may be said of a site beside what it must have (站点其他信息); what is not given stays, null removes.
#[derive(Clone, InputObject)]
pub struct SiteDetailsInput {
    /// A short name for crumbs and lists (简称).
    pub short_name: MaybeUndefined<String>,
    /// Its ten-character code in the national register (网站标识码).
    pub site_id_code: MaybeUndefined<String>,
    /// Its IANA time zone (时区); days begin in Asia/Shanghai all the same.
    pub time_zone: Option<String>,
    /// The site of which it is an edition in another language (所属主语言站点).
    pub edition_of: MaybeUndefined<ID>,
    /// The organisations that run it (承办单位), at most 50.
    pub operators: Option<Vec<ID>>,
    /// Its ICP number (ICP备案号).
    pub icp_number: MaybeUndefined<String>,
    /// Its number with the public security organ (公安备案号).
    pub police_record_number: MaybeUndefined<String>,
    /// How its editors are reached (联系方式).
    pub contact: MaybeUndefined<String>,
    /// Where the mark of party and government organs leads (党政机关网站标识).
    pub party_government_mark_url: MaybeUndefined<Url>,
    /// Where errors are reported (“我为政府网站找错”入口).
    pub error_report_url: MaybeUndefined<Url>,
    /// Whether it is reachable over IPv6 (支持IPv6).
    pub ipv6_ready: Option<bool>,
    /// Whether it is accessible to disabled people (无障碍).
    pub accessible: Option<bool>,
    /// Whether it has a mode for the elderly (适老化).
    pub elder_mode: Option<bool>,
    /// How its index numbers are made from now on (索引号规则): `{serial5}` with as many digits, and `{org9}`, `{year}`, `{month}`.
    /// Numbers that were issued stay.
    pub index_number_pattern: Option<String>,
    /// Settings of its own front end as one object (前端设置): keys that are given are replaced, a key with null goes. They
    /// are public.
    pub front_end_settings: Option<Json>,
    /// How grave content checks take what they find (检查设置), instead of all that was set before; a rule that is not named is
    /// as it says itself, and an empty list sets nothing.
    pub checks: Option<Vec<CheckSettingInput>>,
}

impl SiteDetailsInput {
    /// What is to be done to the fields of a site.
    fn edit(self) -> Result<impl FnOnce(&mut SiteFields) + Send + 'static> {
        let edition_of = given_id(&self.edition_of)?;
        let operators = given_ids(self.operators.as_deref())?;
        let settings = match self.front_end_settings {
            None => Default::default(),
            Some(Json(serde_json::Value::Object(settings))) => settings,
            Some(_) => return Err(bad_input("frontEndSettings: not an object")),
        };
        let address = |given: MaybeUndefined<Url>| given.map_value(|url| url.0);
        let (mark, report) = (address(self.party_government_mark_url), address(self.error_report_url));
        Ok(move |site: &mut SiteFields| {
            set(&mut site.short_name, self.short_name);
            set(&mut site.site_id_code, self.site_id_code);
            put(&mut site.time_zone, self.time_zone);
            put(&mut site.edition_of, edition_of);
            put(&mut site.operators, operators);
            set(&mut site.icp_number, self.icp_number);
            set(&mut site.police_record_number, self.police_record_number);
            set(&mut site.contact, self.contact);
            set(&mut site.party_government_mark_url, mark);
            set(&mut site.error_report_url, report);
            put(&mut site.ipv6_ready, self.ipv6_ready);
            put(&mut site.accessible, self.accessible);
            put(&mut site.elder_mode, self.elder_mode);
            put(&mut site.index_number_pattern, self.index_number_pattern);
            put(&mut site.checks, self.checks.map(CheckSettingInput::all));
            for (key, value) in settings {
                match value {
                    serde_json::Value::Null => drop(site.front_end_settings.remove(&key)),
                    value => drop(site.front_end_settings.insert(key, value)),
                }
            }
        })
    }
}

/// A site to be created (新建站点).
#[derive(Clone, InputObject)]
pub struct CreateSiteInput {
    /// Its code, unique and for good: `a-z 0-9 - _ .` (站点代码).
    pub code: String,
    /// The site above it (上级站点).
    pub parent: Option<ID>,
    /// Its name (网站名称).
    pub name: String,
    /// Its host names, the main one first, 1 to 50 (域名).
    pub hosts: Vec<String>,
    /// Its administrative level (行政级别).
    pub level: AdministrativeLevel,
    /// What kind of front end it is (站点类型).
    pub kind: SiteKind,
    /// Its language as a BCP 47 tag (语言).
    #[graphql(default_with = "\"zh-CN\".to_owned()")]
    pub language: String,
    /// The organisation that answers for it (主办单位).
    pub sponsor: ID,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: SiteDetailsInput,
}

payload! {
    /// What came of creating a site (新建站点结果).
    CreateSitePayload {
        /// The site (站点), in preparation.
        site: Site,
    }
}

/// Creates a site.
pub async fn create_site(ctx: &Context<'_>, input: CreateSiteInput) -> Result<CreateSitePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let mut fields = SiteFields {
        name: input.name,
        short_name: None,
        hosts: input.hosts,
        site_id_code: None,
        level: input.level.into(),
        kind: input.kind.into(),
        status_notice: None,
        language: input.language,
        time_zone: "Asia/Shanghai".to_owned(),
        edition_of: None,
        sponsor: id(&input.sponsor)?,
        operators: Vec::new(),
        icp_number: None,
        police_record_number: None,
        contact: None,
        party_government_mark_url: None,
        error_report_url: None,
        ipv6_ready: false,
        accessible: false,
        elder_mode: false,
        index_number_pattern: "{org9}/{year}-{serial5}".to_owned(),
        front_end_settings: Default::default(),
        review: None,
        checks: Default::default(),
    };
    input.details.edit()?(&mut fields);
    let parent = optional_id(input.parent.as_ref())?;
    let new = CreateSite { code: input.code, parent, status: SiteStatus::Preparing, fields };
    let asker = caller.clone();
    let deed = async move { library.create_site(&asker, new).await };
    done(ctx, deed, |(id, position)| CreateSitePayload {
        site: afterwards(ctx, caller).kept_site(id).map(Site),
        position: written(position),
        ..CreateSitePayload::default()
    })
    .await
}

/// What of a site is changed; what is not given stays (修改站点).
#[derive(Clone, InputObject)]
pub struct EditSiteInput {
    /// Which site (站点).
    pub id: ID,
    /// The site above it; null for none (上级站点). For platform administrators.
    pub parent: MaybeUndefined<ID>,
    /// Its name (网站名称).
    pub name: Option<String>,
    /// Its host names, the main one first, 1 to 50 (域名). For platform administrators.
    pub hosts: Option<Vec<String>>,
    /// Its administrative level (行政级别).
    pub level: Option<AdministrativeLevel>,
    /// What kind of front end it is (站点类型).
    pub kind: Option<SiteKind>,
    /// Its language as a BCP 47 tag (语言).
    pub language: Option<String>,
    /// The organisation that answers for it (主办单位). For platform administrators.
    pub sponsor: Option<ID>,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: SiteDetailsInput,
}

payload! {
    /// What came of editing a site (修改站点结果).
    EditSitePayload {
        /// The site (站点).
        site: Site,
    }
}

/// Edits a site.
pub async fn edit_site(ctx: &Context<'_>, input: EditSiteInput) -> Result<EditSitePayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (site, parent) = (id(&input.id)?, given_id(&input.parent)?);
    let sponsor: Option<library::id::OrganisationId> = optional_id(input.sponsor.as_ref())?;
    let details = input.details.edit()?;
    let edit = move |fields: &mut SiteFields| {
        put(&mut fields.name, input.name);
        put(&mut fields.hosts, input.hosts);
        put(&mut fields.level, input.level);
        put(&mut fields.kind, input.kind);
        put(&mut fields.language, input.language);
        put(&mut fields.sponsor, sponsor);
        details(fields);
    };
    let asker = caller.clone();
    let deed = async move { library.edit_site(&asker, site, parent, edit).await };
    done(ctx, deed, |position| EditSitePayload {
        site: afterwards(ctx, caller).kept_site(site).map(Site),
        position: written(position),
        ..EditSitePayload::default()
    })
    .await
}
