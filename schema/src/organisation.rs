//! Organisations (机构) as the contract shows them.
//!
//! Wraps the library's record; the leaders are in their own file.

use std::sync::Arc;

use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, Result};

use crate::body::Body;
use crate::connection::Connection;
use crate::content::{Content, ContentFilter, ContentOrder, contents};
use crate::enums::{AdministrativeLevel, OrganisationState};
use crate::field_definition::FieldValue;
use crate::leader::Leader;
use crate::scalars::{DateTime, Url, id, int, optional_id};
use crate::site::Site;
use crate::tag::Tag;

/// Names one organisation (机构定位): by exactly one of its keys.
#[derive(Debug, Clone, OneofObject)]
pub enum OrganisationLocator {
    /// Its identifier.
    Id(ID),
    /// Its code in the library (机构代码).
    Code(String),
    /// Its unified social credit code (统一社会信用代码; GB 32100).
    CreditCode(String),
}

impl TryFrom<OrganisationLocator> for library::organisation::OrganisationLocator {
    type Error = Error;

    fn try_from(by: OrganisationLocator) -> Result<Self> {
        Ok(match by {
            OrganisationLocator::Id(given) => Self::Id(id(&given)?),
            OrganisationLocator::Code(code) => Self::Code(code),
            OrganisationLocator::CreditCode(code) => Self::CreditCode(code),
        })
    }
}

/// Narrows a list of organisations (机构筛选); all given parts must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OrganisationFilter {
    /// Directly below this organisation (上级机构).
    pub parent: Option<ID>,
    /// Of this level (行政级别).
    pub level: Option<AdministrativeLevel>,
    /// With a division code that begins so (行政区划代码前缀; GB/T 2260).
    pub division: Option<String>,
    /// With this in the name (名称包含).
    pub name: Option<String>,
}

impl TryFrom<OrganisationFilter> for library::organisation::OrganisationFilter {
    type Error = Error;

    fn try_from(filter: OrganisationFilter) -> Result<Self> {
        Ok(Self {
            parent: optional_id(filter.parent.as_ref())?,
            level: filter.level.map(Into::into),
            division: filter.division,
            name: filter.name,
        })
    }
}

/// An office within an organisation, by its place in the list.
pub struct Office {
    organisation: Arc<library::organisation::Organisation>,
    at: usize,
}

impl Office {
    fn office(&self) -> &library::organisation::Office {
        &self.organisation.fields.offices[self.at]
    }
}

/// An office within an organisation (内设机构; 政府信息公开条例第二十条第二项).
#[Object]
impl Office {
    /// Its name (名称).
    async fn name(&self) -> &str {
        &self.office().name
    }

    /// What it does (职责).
    async fn functions(&self) -> Option<&str> {
        self.office().functions.as_deref()
    }

    /// Who heads it (负责人).
    async fn head(&self) -> Option<&str> {
        self.office().head.as_deref()
    }

    /// Its telephone number (联系电话).
    async fn telephone(&self) -> Option<&str> {
        self.office().telephone.as_deref()
    }

    /// Where it is (地址).
    async fn address(&self) -> Option<&str> {
        self.office().address.as_deref()
    }
}

/// An organisation.
#[derive(Clone)]
pub struct Organisation(pub Arc<library::organisation::Organisation>);

impl Organisation {
    /// All of them as nodes.
    pub fn all(organisations: Vec<Arc<library::organisation::Organisation>>) -> Vec<Self> {
        organisations.into_iter().map(Self).collect()
    }
}

/// An organisation (机构): who publishes, issues and runs (政府信息公开条例第二十条第二项).
#[Object]
#[allow(clippy::too_many_arguments, reason = "the arguments of connections")]
impl Organisation {
    /// Its identifier.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its code, unique in the library (机构代码).
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its full name, not abbreviated (机构全称).
    async fn name(&self) -> &str {
        &self.0.fields.name
    }

    /// The usual short form (机构简称).
    async fn short_name(&self) -> Option<&str> {
        self.0.fields.short_name.as_deref()
    }

    /// Its unified social credit code, 18 characters (统一社会信用代码; GB 32100).
    async fn credit_code(&self) -> Option<&str> {
        self.0.fields.credit_code.as_deref()
    }

    /// Its administrative level (行政级别).
    async fn level(&self) -> AdministrativeLevel {
        self.0.fields.level.into()
    }

    /// The code of its administrative division (行政区划代码; GB/T 2260).
    async fn division_code(&self) -> Option<&str> {
        self.0.fields.division_code.as_deref()
    }

    /// What it hangs directly under (上级机构).
    async fn parent(&self, ctx: &Context<'_>) -> Option<Organisation> {
        self.0.fields.parent.and_then(|parent| crate::scope(ctx).organisation(parent)).map(Organisation)
    }

    /// What it hangs under, outermost first (上级机构链).
    async fn ancestors(&self, ctx: &Context<'_>) -> Vec<Organisation> {
        Organisation::all(crate::scope(ctx).organisation_ancestors(self.0.id))
    }

    /// What hangs directly under it (下级机构), by rank.
    async fn children(&self, ctx: &Context<'_>) -> Vec<Organisation> {
        let filter = library::organisation::OrganisationFilter { parent: Some(self.0.id), ..Default::default() };
        Organisation::all(crate::scope(ctx).organisations(&filter))
    }

    /// Its order among its siblings, smallest first (排序).
    async fn rank(&self) -> i32 {
        int(self.0.fields.rank)
    }

    /// What it does (机关职能).
    async fn functions(&self) -> Option<Body> {
        self.0.fields.functions.clone().map(Body::of_html)
    }

    /// Its leaders (领导信息), by rank.
    async fn leaders(&self, ctx: &Context<'_>) -> Vec<Leader> {
        let scope = crate::scope(ctx);
        Leader::together(scope, scope.leaders(self.0.id))
    }

    /// Its offices (内设机构), in its own order.
    async fn offices(&self) -> Vec<Office> {
        let offices = 0..self.0.fields.offices.len();
        offices.map(|at| Office { organisation: self.0.clone(), at }).collect()
    }

    /// Where it is (办公地址).
    async fn address(&self) -> Option<&str> {
        self.0.fields.address.as_deref()
    }

    /// When it is open (办公时间).
    async fn office_hours(&self) -> Option<&str> {
        self.0.fields.office_hours.as_deref()
    }

    /// Its telephone number (联系电话).
    async fn telephone(&self) -> Option<&str> {
        self.0.fields.telephone.as_deref()
    }

    /// Its fax number (传真).
    async fn fax(&self) -> Option<&str> {
        self.0.fields.fax.as_deref()
    }

    /// Its postcode (邮政编码).
    async fn postcode(&self) -> Option<&str> {
        self.0.fields.postcode.as_deref()
    }

    /// Its email address (电子邮箱).
    async fn email(&self) -> Option<&str> {
        self.0.fields.email.as_deref()
    }

    /// Its page or site (机构网址).
    async fn url(&self) -> Option<Url> {
        self.0.fields.url.clone().map(Url)
    }

    /// The site that it sponsors as its own (机构网站).
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        self.0.fields.site.and_then(|site| crate::scope(ctx).site(site)).map(Site)
    }

    /// Whether it still acts (机构状态). What was merged or closed keeps its contents and is left out of lists.
    async fn state(&self) -> OrganisationState {
        self.0.state().into()
    }

    /// When it was closed, if it was (撤销时间).
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(|at| at.utc())
    }

    /// Where it went, if it was merged (并入机构).
    async fn merged_into(&self, ctx: &Context<'_>) -> Option<Organisation> {
        self.0.merged_into.and_then(|other| crate::scope(ctx).organisation(other)).map(Organisation)
    }

    /// The tags that it looks after (认领的标签), by code.
    async fn steward_of(&self, ctx: &Context<'_>) -> Vec<Tag> {
        let filter = library::tag::TagFilter { steward: Some(self.0.id), ..Default::default() };
        Tag::all(crate::scope(ctx).tags(&filter))
    }

    /// Values of fields of its site's own (扩展字段), by rank; only public ones.
    async fn fields(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these keys (字段).")] keys: Option<Vec<String>>,
    ) -> Vec<FieldValue> {
        let definitions = crate::scope(ctx).field_definitions(self.0.fields.site, None, None);
        FieldValue::of(definitions, &self.0.fields.fields, keys.as_deref())
    }

    /// The contents that it publishes, those of organisations merged into it included (发布的信息), the newest first unless another order is asked for.
    async fn contents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What narrows the list (筛选).")] filter: Option<ContentFilter>,
        #[graphql(desc = "The order (排序).")] order_by: Option<ContentOrder>,
        #[graphql(desc = "How many from the beginning: 20 if not given, at most 100 (前若干条).")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100 (后若干条).")] last: Option<i32>,
        #[graphql(desc = "The cursor before which the page ends (截止游标).")] before: Option<String>,
    ) -> Result<Connection<Content>> {
        let mut filter: library::content::ContentFilter = filter.unwrap_or_default().try_into()?;
        filter.publisher = Some(self.0.id);
        contents(crate::scope(ctx), filter, order_by, (first, after, last, before, None)).await
    }
}
