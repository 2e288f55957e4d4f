//! Service guides (办事指南): what to bring, where to go, how long it takes.

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};
use crate::Directory;
use crate::code::CodeList;
use crate::content::check::{known, organisation};
use crate::content::elements::Table;
use crate::id::{AttachmentId, OrganisationId};
use crate::refusal::Result;
use crate::web;

/// How a service is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ServiceChannelKind {
    Online,
    Mobile,
    SelfService,
    Window,
    Telephone,
}

/// What is remarkable about a service (秒批, 无感申办, 一件事 ...).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ServiceFlag {
    InstantApproval,
    Automatic,
    OneThing,
    OneVisit,
    ZeroVisit,
    CityWide,
    CrossProvince,
}

/// One material of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ServiceMaterial {
    pub name: String,
    pub required: bool,
    pub copies: Option<String>,
    pub form: Option<String>,
    pub note: Option<String>,
    pub replaceable_by_certificate: bool,
    /// An attachment of the content.
    pub blank_form: Option<AttachmentId>,
    /// An attachment of the content.
    pub sample: Option<AttachmentId>,
}

/// A place where a service is done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ServicePlace {
    pub name: String,
    pub address: String,
    pub hours: Option<String>,
    pub telephone: Option<String>,
    pub longitude: Option<f64>,
    pub latitude: Option<f64>,
    /// CGCS2000, GCJ-02, BD-09: coordinates mean nothing without it.
    pub datum: Option<String>,
}

/// A way to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct ServiceChannel {
    pub kind: ServiceChannelKind,
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub note: Option<String>,
}

/// What a service guide has of its own (办事格式).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the names are those of the contract")]
pub struct ServiceDetails {
    pub service_code: Option<String>,
    pub authority: Option<OrganisationId>,
    pub office: Option<String>,
    pub legal_basis: Option<String>,
    pub applicants: Option<String>,
    pub conditions: Option<String>,
    pub materials: Vec<ServiceMaterial>,
    pub procedure: Option<String>,
    pub review_procedure: Option<String>,
    pub result: Option<String>,
    pub fee: Option<String>,
    pub fee_basis: Option<String>,
    pub time_limit: Option<String>,
    pub statutory_time_limit: Option<String>,
    pub places: Vec<ServicePlace>,
    pub hours: Option<String>,
    pub telephone: Option<String>,
    pub supervision_telephone: Option<String>,
    pub channels: Vec<ServiceChannel>,
    pub online_url: Option<String>,
    pub query_url: Option<String>,
    pub consult_url: Option<String>,
    /// A code of SERVICE_CATEGORY.
    pub category: Option<String>,
    pub flags: Vec<ServiceFlag>,
}

/// What lists show of a service guide beyond what all kinds have.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceGlance {
    /// Where to apply online.
    pub online_url: Option<String>,
}

impl Kind for ServiceDetails {
    type Glance = ServiceGlance;

    fn check(&mut self, directory: &Directory) -> Result<()> {
        organisation(directory, "details.service_guide.authority", self.authority)?;
        let own = [
            ("details.service_guide.online_url", &mut self.online_url),
            ("details.service_guide.query_url", &mut self.query_url),
            ("details.service_guide.consult_url", &mut self.consult_url),
        ];
        let channels = self.channels.iter_mut().map(|channel| ("details.service_guide.channels.url", &mut channel.url));
        for (path, url) in own.into_iter().chain(channels) {
            if let Some(url) = url {
                *url = web::address(path, url)?;
            }
        }
        known(directory, "details.service_guide.category", CodeList::ServiceCategory, &self.category)
    }

    fn glance(&self, _: &Publication<'_>) -> ServiceGlance {
        ServiceGlance { online_url: self.online_url.clone() }
    }

    fn elements(&self, _: &ServiceGlance, table: &mut Table<'_>) {
        table.row("serviceCode", "事项编码", self.service_code.clone());
        table.organisation("authority", "办理机构", self.authority);
        table.code("category", "事项类别", CodeList::ServiceCategory, &self.category);
        table.row("timeLimit", "承诺办结时限", self.time_limit.clone());
        table.row("statutoryTimeLimit", "法定办结时限", self.statutory_time_limit.clone());
        table.row("fee", "收费标准", self.fee.clone());
        table.row("hours", "办理时间", self.hours.clone());
        table.row("telephone", "咨询电话", self.telephone.clone());
        table.row("supervisionTelephone", "监督电话", self.supervision_telephone.clone());
    }
}
