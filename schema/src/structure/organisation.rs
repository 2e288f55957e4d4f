//! Creating and editing organisations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::content::FieldEntry;
use library::organisation::{CreateOrganisation, Office, OrganisationFields};

use super::given::{given_id, put, set};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::AdministrativeLevel;
use crate::organisation::Organisation;
use crate::scalars::{Html, Json, Url, id, optional_id};

/// An office within an organisation (内设机构).
#[derive(Debug, Clone, InputObject)]
pub struct OfficeInput {
    /// Its name (名称).
    pub name: String,
    /// What it does (职责).
    pub functions: Option<String>,
    /// Who heads it (负责人).
    pub head: Option<String>,
    /// Its telephone number (联系电话).
    pub telephone: Option<String>,
    /// Where it is (地址).
    pub address: Option<String>,
}

impl From<OfficeInput> for Office {
    fn from(office: OfficeInput) -> Self {
        let OfficeInput { name, functions, head, telephone, address } = office;
        Self { name, functions, head, telephone, address }
    }
}

/// The value of a field of its site's own (机构扩展字段值).
#[derive(Debug, Clone, InputObject)]
pub struct OrganisationFieldInput {
    /// The key of the field's definition (字段标识).
    pub key: String,
    /// What it holds (值).
    pub value: Json,
}

/// What may be said of an organisation beside what it must have (机构其他信息); what is not given stays, null removes.
#[derive(Clone, InputObject)]
pub struct OrganisationDetailsInput {
    /// The usual short form (机构简称).
    pub short_name: MaybeUndefined<String>,
    /// Its unified social credit code, 18 characters, unique (统一社会信用代码). Index numbers are made from it.
    pub credit_code: MaybeUndefined<String>,
    /// The code of its administrative division (行政区划代码).
    pub division_code: MaybeUndefined<String>,
    /// What it does, as HTML that is cleaned (机关职能).
    pub functions_html: MaybeUndefined<Html>,
    /// Its offices in their order, all of them, at most 200 (内设机构).
    pub offices: Option<Vec<OfficeInput>>,
    /// Where it is (办公地址).
    pub address: MaybeUndefined<String>,
    /// When it is open (办公时间).
    pub office_hours: MaybeUndefined<String>,
    /// Its telephone number (联系电话).
    pub telephone: MaybeUndefined<String>,
    /// Its fax number (传真).
    pub fax: MaybeUndefined<String>,
    /// Its postcode (邮政编码).
    pub postcode: MaybeUndefined<String>,
    /// Its email address (电子邮箱).
    pub email: MaybeUndefined<String>,
    /// Its page or site (机构网址).
    pub url: MaybeUndefined<Url>,
    /// The site that it sponsors as its own (机构网站).
    pub site: MaybeUndefined<ID>,
    /// Values of fields of its site's own, or of the library's, all of them (扩展字段).
    pub fields: Option<Vec<OrganisationFieldInput>>,
}

impl OrganisationDetailsInput {
    /// What is to be done to the fields of an organisation.
    fn edit(self) -> Result<impl FnOnce(&mut OrganisationFields) + Send + 'static> {
        let site = given_id(&self.site)?;
        let entry = |field: OrganisationFieldInput| FieldEntry { key: field.key, value: field.value.0 };
        Ok(move |organisation: &mut OrganisationFields| {
            set(&mut organisation.short_name, self.short_name);
            set(&mut organisation.credit_code, self.credit_code);
            set(&mut organisation.division_code, self.division_code);
            set(&mut organisation.functions, self.functions_html.map_value(|html| html.0));
            put(
                &mut organisation.offices,
                self.offices.map(|all| all.into_iter().map(Office::from).collect::<Vec<_>>()),
            );
            set(&mut organisation.address, self.address);
            set(&mut organisation.office_hours, self.office_hours);
            set(&mut organisation.telephone, self.telephone);
            set(&mut organisation.fax, self.fax);
            set(&mut organisation.postcode, self.postcode);
            set(&mut organisation.email, self.email);
            set(&mut organisation.url, self.url.map_value(|url| url.0));
            put(&mut organisation.site, site);
            put(&mut organisation.fields, self.fields.map(|all| all.into_iter().map(entry).collect::<Vec<_>>()));
        })
    }
}

/// An organisation to be created (新建机构).
#[derive(Clone, InputObject)]
pub struct CreateOrganisationInput {
    /// Its code, unique and for good: `a-z 0-9 - _ .` (机构代码).
    pub code: String,
    /// Its full name, not abbreviated (机构全称).
    pub name: String,
    /// Its administrative level (行政级别).
    pub level: AdministrativeLevel,
    /// What it hangs directly under (上级机构).
    pub parent: Option<ID>,
    /// Its order among its siblings, smallest first (排序).
    #[graphql(default = 0)]
    pub rank: i32,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: OrganisationDetailsInput,
}

payload! {
    /// What came of creating an organisation (新建机构结果).
    CreateOrganisationPayload {
        /// The organisation (机构).
        organisation: Organisation,
    }
}

/// Creates an organisation.
pub async fn create_organisation(
    ctx: &Context<'_>,
    input: CreateOrganisationInput,
) -> Result<CreateOrganisationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let mut fields = OrganisationFields {
        name: input.name,
        short_name: None,
        credit_code: None,
        level: input.level.into(),
        division_code: None,
        parent: optional_id(input.parent.as_ref())?,
        rank: input.rank.into(),
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
    };
    input.details.edit()?(&mut fields);
    let new = CreateOrganisation { code: input.code, fields };
    let asker = caller.clone();
    let deed = async move { library.create_organisation(&asker, new).await };
    done(ctx, deed, |(id, position)| CreateOrganisationPayload {
        organisation: afterwards(ctx, caller).organisation(id).map(Organisation),
        position: written(position),
        ..CreateOrganisationPayload::default()
    })
    .await
}

/// What of an organisation is changed; what is not given stays (修改机构). Where it hangs is `moveOrganisation`'s.
#[derive(Clone, InputObject)]
pub struct EditOrganisationInput {
    /// Which organisation (机构).
    pub id: ID,
    /// Its full name, not abbreviated (机构全称).
    pub name: Option<String>,
    /// Its administrative level (行政级别).
    pub level: Option<AdministrativeLevel>,
    /// What else is said of it (其他信息).
    #[graphql(flatten)]
    pub details: OrganisationDetailsInput,
}

payload! {
    /// What came of editing an organisation (修改机构结果).
    EditOrganisationPayload {
        /// The organisation (机构).
        organisation: Organisation,
    }
}

/// Edits an organisation.
pub async fn edit_organisation(ctx: &Context<'_>, input: EditOrganisationInput) -> Result<EditOrganisationPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let organisation = id(&input.id)?;
    let details = input.details.edit()?;
    let edit = move |fields: &mut OrganisationFields| {
        put(&mut fields.name, input.name);
        put(&mut fields.level, input.level);
        details(fields);
    };
    let asker = caller.clone();
    let deed = async move { library.edit_organisation(&asker, organisation, edit).await };
    done(ctx, deed, |position| EditOrganisationPayload {
        organisation: afterwards(ctx, caller).organisation(organisation).map(Organisation),
        position: written(position),
        ..EditOrganisationPayload::default()
    })
    .await
}
