//! The rules of an organisation's fields and of its place in the tree.

use std::sync::Arc;

use super::{Office, Organisation, OrganisationFields};
use crate::changes::KeyKind;
use crate::html::Html;
use crate::id::OrganisationId;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::site::wrong_state;
use crate::{Directory, text, web};

/// An organisation that is neither merged nor closed.
pub(crate) fn active<'a>(directory: &'a Directory, id: OrganisationId, path: &str) -> Result<&'a Arc<Organisation>> {
    let found = directory.organisations.get(id).ok_or_else(|| Refusal::not_found(path))?;
    match found.is_active() {
        true => Ok(found),
        false => Err(wrong_state(path, "该机构已并入或撤销", "this organisation was merged or closed")),
    }
}

/// Refuses a place below `parent`: one that is not there, merged or closed, or lies below `id` itself.
pub(super) fn may_hang_under(
    directory: &Directory,
    id: Option<OrganisationId>,
    parent: Option<OrganisationId>,
) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    active(directory, parent, "parent")?;
    match id.is_some_and(|id| directory.organisations.family(id).contains(&parent)) {
        true => {
            let (chinese, english) = ("上级机构不能是自身或下级", "would be its own parent");
            Err(Refusal::new(RefusalCode::Loop, "parent", chinese, english).into())
        }
        false => Ok(()),
    }
}

/// The fields as they are kept, or a refusal of what is wrong in them. `id` is the organisation that they are of.
pub(super) fn accept(
    mut fields: OrganisationFields,
    id: Option<OrganisationId>,
    directory: &Directory,
    html: &Html,
) -> Result<OrganisationFields> {
    fields.name = text::require("name", &fields.name, 200)?;
    for (path, text, most) in [
        ("shortName", &mut fields.short_name, 100),
        ("creditCode", &mut fields.credit_code, 18),
        ("divisionCode", &mut fields.division_code, 12),
        ("address", &mut fields.address, 500),
        ("officeHours", &mut fields.office_hours, 500),
        ("telephone", &mut fields.telephone, 200),
        ("fax", &mut fields.fax, 200),
        ("postcode", &mut fields.postcode, 20),
        ("email", &mut fields.email, 254),
    ] {
        *text = text::optional(path, text.as_deref(), most)?;
    }
    fields.functions = fields.functions.map(|text| html.clean("functionsHtml", &text)).transpose()?;
    accept_codes(&fields, id, directory)?;
    if let Some(url) = &mut fields.url {
        *url = web::address("url", url)?;
    }
    if fields.site.is_some_and(|site| directory.sites.get(site).is_none()) {
        return Err(Refusal::not_found("site").into());
    }
    if fields.offices.len() > 200 {
        return Err(Refusal::new(RefusalCode::TooLong, "offices", "内设机构最多200个", "at most 200 offices").into());
    }
    for (at, office) in fields.offices.iter_mut().enumerate() {
        accept_office(&format!("offices.{at}"), office)?;
    }
    for entry in &mut fields.fields {
        let own = |field: &&Arc<crate::field::FieldDefinition>| {
            field.key == entry.key && (field.site.is_none() || field.site == fields.site)
        };
        let definition = directory.fields.all().iter().find(own).ok_or_else(|| Refusal::not_found("fields"))?;
        entry.value = definition.accept("fields", entry.value.take())?;
    }
    Ok(fields)
}

fn accept_codes(fields: &OrganisationFields, id: Option<OrganisationId>, directory: &Directory) -> Result<()> {
    if let Some(code) = &fields.credit_code {
        let fits = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        if code.len() != 18 || !code.chars().all(fits) {
            let (chinese, english) = ("统一社会信用代码为18位数字或大写字母", "18 digits or capital letters");
            return Err(Refusal::new(RefusalCode::Invalid, "creditCode", chinese, english).into());
        }
        let other = directory.organisations.by_key(KeyKind::CreditCode, code);
        if other.is_some_and(|other| Some(other.id) != id) {
            return Err(Refusal::duplicate("creditCode").into());
        }
    }
    let digits = |code: &String| code.chars().all(|c| c.is_ascii_digit());
    if !fields.division_code.as_ref().is_none_or(digits) {
        let (chinese, english) = ("行政区划代码由数字组成", "made of digits");
        return Err(Refusal::new(RefusalCode::Invalid, "divisionCode", chinese, english).into());
    }
    let address = |email: &String| {
        email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'))
            && !email.contains(char::is_whitespace)
    };
    if !fields.email.as_ref().is_none_or(address) {
        let (chinese, english) = ("应为电子邮箱地址", "give an email address");
        return Err(Refusal::new(RefusalCode::Invalid, "email", chinese, english).into());
    }
    Ok(())
}

fn accept_office(path: &str, office: &mut Office) -> Result<()> {
    office.name = text::require(&format!("{path}.name"), &office.name, 200)?;
    for (name, text, most) in [
        ("functions", &mut office.functions, 2_000),
        ("head", &mut office.head, 200),
        ("telephone", &mut office.telephone, 200),
        ("address", &mut office.address, 500),
    ] {
        *text = text::optional(&format!("{path}.{name}"), text.as_deref(), most)?;
    }
    Ok(())
}
