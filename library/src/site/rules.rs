//! The rules of a site's fields and of its place among the others.

use std::collections::HashSet;

use super::{SiteFields, SiteStatus};
use crate::changes::KeyKind;
use crate::id::{OrganisationId, SiteId};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Directory, text, web};

/// The largest settings of a front end, in bytes of JSON.
const MOST_SETTINGS: usize = 64 * 1024;

/// A refusal because of the state that something is in.
pub(crate) fn wrong_state(path: &str, chinese: &str, english: &str) -> Error {
    Refusal::new(RefusalCode::WrongState, path, chinese, english).into()
}

/// Refuses a place below `parent`: one that is not there or closed, or lies below `id` itself.
pub(super) fn may_hang_under(directory: &Directory, id: Option<SiteId>, parent: Option<SiteId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let above = directory.sites.get(parent).ok_or_else(|| Refusal::not_found("parent"))?;
    if id.is_some_and(|id| directory.sites.family(id).contains(&parent)) {
        let (chinese, english) = ("上级站点不能是自身或下级", "would be its own parent");
        return Err(Refusal::new(RefusalCode::Loop, "parent", chinese, english).into());
    }
    let line = directory.sites.ancestors(parent);
    if line.iter().chain([above]).any(|site| site.status == SiteStatus::Closed) {
        return Err(wrong_state("parent", "上级站点已关停", "the site above is closed"));
    }
    Ok(())
}

/// Refuses a sponsor that is merged or closed.
pub(super) fn may_sponsor(directory: &Directory, sponsor: OrganisationId) -> Result<()> {
    match directory.organisations.get(sponsor).is_some_and(|organisation| organisation.is_active()) {
        true => Ok(()),
        false => Err(wrong_state("sponsor", "该机构已并入或撤销", "this organisation was merged or closed")),
    }
}

/// The fields as they are kept, or a refusal of what is wrong in them. `id` is the site that they are of.
pub(super) fn accept(mut fields: SiteFields, id: Option<SiteId>, directory: &Directory) -> Result<SiteFields> {
    fields.name = text::require("name", &fields.name, 200)?;
    fields.language = text::require("language", &fields.language, 35)?;
    fields.time_zone = text::require("timeZone", &fields.time_zone, 64)?;
    for (path, text, most) in [
        ("shortName", &mut fields.short_name, 50),
        ("siteIdCode", &mut fields.site_id_code, 10),
        ("statusNotice", &mut fields.status_notice, 500),
        ("icpNumber", &mut fields.icp_number, 100),
        ("policeRecordNumber", &mut fields.police_record_number, 100),
        ("contact", &mut fields.contact, 500),
    ] {
        *text = text::optional(path, text.as_deref(), most)?;
    }
    if fields.site_id_code.as_ref().is_some_and(|code| code.len() != 10 || !code.chars().all(char::is_alphanumeric)) {
        let (chinese, english) = ("网站标识码为10位字母或数字", "ten letters or digits");
        return Err(Refusal::new(RefusalCode::Invalid, "siteIdCode", chinese, english).into());
    }
    accept_hosts(&mut fields, id, directory)?;
    crate::content::index_number::check("indexNumberPattern", &fields.index_number_pattern)?;
    for (path, url) in [
        ("partyGovernmentMarkUrl", &mut fields.party_government_mark_url),
        ("errorReportUrl", &mut fields.error_report_url),
    ] {
        if let Some(url) = url {
            *url = web::address(path, url)?;
        }
    }
    if directory.organisations.get(fields.sponsor).is_none() {
        return Err(Refusal::not_found("sponsor").into());
    }
    if fields.operators.iter().any(|operator| directory.organisations.get(*operator).is_none()) {
        return Err(Refusal::not_found("operators").into());
    }
    if fields.operators.len() > 50 {
        return Err(Refusal::new(RefusalCode::TooLong, "operators", "承办单位最多50个", "at most 50").into());
    }
    if let Some(origin) = fields.edition_of {
        if Some(origin) == id {
            let (chinese, english) = ("不能是自身的其他语言版本", "would be an edition of itself");
            return Err(Refusal::new(RefusalCode::Loop, "editionOf", chinese, english).into());
        }
        directory.sites.get(origin).ok_or_else(|| Refusal::not_found("editionOf"))?;
    }
    accept_settings(&fields)?;
    fields.review = fields.review.map(crate::column::accept_review).transpose()?;
    Ok(fields)
}

fn accept_hosts(fields: &mut SiteFields, id: Option<SiteId>, directory: &Directory) -> Result<()> {
    fields.hosts = fields.hosts.iter().map(|host| web::host("hosts", host)).collect::<Result<_>>()?;
    if fields.hosts.iter().collect::<HashSet<_>>().len() < fields.hosts.len() {
        return Err(Refusal::duplicate("hosts").into());
    }
    if fields.hosts.is_empty() || fields.hosts.len() > 50 {
        return Err(Refusal::new(RefusalCode::Invalid, "hosts", "域名应为1至50个", "1 to 50 hosts").into());
    }
    let taken = |host: &String| directory.sites.by_key(KeyKind::Host, host).is_some_and(|other| Some(other.id) != id);
    match fields.hosts.iter().any(taken) {
        true => Err(Refusal::duplicate("hosts").into()),
        false => Ok(()),
    }
}

/// Settings are public: what looks like a secret is refused, at any depth.
fn accept_settings(fields: &SiteFields) -> Result<()> {
    if serde_json::to_string(&fields.front_end_settings)?.len() > MOST_SETTINGS {
        let (chinese, english) = ("前端设置最多64KiB", "at most 64 KiB");
        return Err(Refusal::new(RefusalCode::TooLong, "frontEndSettings", chinese, english).into());
    }
    let mut open: Vec<&serde_json::Value> = fields.front_end_settings.values().collect();
    let mut keys: Vec<&String> = fields.front_end_settings.keys().collect();
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::Object(inner) => {
                keys.extend(inner.keys());
                open.extend(inner.values());
            }
            serde_json::Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    let secret = |key: &&String| {
        let plain = key.to_lowercase();
        ["secret", "password", "token", "private", "credential"].iter().any(|word| plain.contains(word))
    };
    match keys.iter().any(secret) {
        true => Err(Refusal::new(
            RefusalCode::Invalid,
            "frontEndSettings",
            "前端设置对公众可见，不能保存密钥",
            "front-end settings are public and must not hold secrets",
        )
        .into()),
        false => Ok(()),
    }
}
