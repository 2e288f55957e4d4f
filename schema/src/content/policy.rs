//! Policies (政策文件): numbers, dates, validity, and everything that is linked with them.

use async_graphql::{Context, Object, Result, SimpleObject};
use library::attachment::AttachmentRole;
use library::code::CodeList;
use library::content::{Details, PolicyDetails, PolicyGlance};
use library::link::LinkRole;

use super::enums::Validity;
use super::kinds::{Interpretation, KnowledgeEntry};
use super::reading::ContentShared;
use super::service_guide::ServiceGuide;
use crate::attachment::Attachment;
use crate::code_item::CodeItem;
use crate::content::Content;
use crate::organisation::Organisation;
use crate::scalars::Date;

/// A policy.
#[derive(Clone)]
pub struct Policy(pub ContentShared);

/// A document number (发文字号): kept as it is written, split only when it parses.
#[derive(SimpleObject)]
pub struct DocumentNumber {
    /// As it is written (原文).
    text: String,
    /// The body's mark (机关代字).
    prefix: Option<String>,
    /// The year (年份).
    year: Option<i32>,
    /// The serial number (序号).
    serial: Option<i32>,
}

/// How the validity of a policy is marked on its page (有效性标注; 指引: 在原文上显著标注).
#[derive(SimpleObject)]
pub struct ValidityMark {
    /// What holds (有效性).
    validity: Validity,
    /// Whether it is in force (是否有效); null where that is not stated.
    in_force: Option<bool>,
    /// As it is printed (标注文字).
    text: String,
    /// Since which day (起始日期).
    since: Option<Date>,
    /// The policy that made it so (依据文件).
    basis: Option<Policy>,
    /// What editors say of it (说明).
    note: Option<String>,
}

impl Policy {
    fn glance(&self) -> PolicyGlance {
        self.0.content.card.policy().cloned().unwrap_or_default()
    }

    async fn own(&self, ctx: &Context<'_>) -> Result<PolicyDetails> {
        match &self.0.detail(ctx).await?.details {
            Details::Policy(own) => Ok((**own).clone()),
            _ => Ok(PolicyDetails::default()),
        }
    }

    async fn code(&self, ctx: &Context<'_>, list: CodeList, code: Option<String>) -> Option<CodeItem> {
        code.and_then(|code| crate::scope(ctx).code(list, &code)).map(CodeItem)
    }
}

/// A policy document (政策文件). A repealed one stays readable and is marked.
#[Object]
impl Policy {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// Its document number (发文字号).
    async fn document_number(&self) -> Option<DocumentNumber> {
        let number = library::content::DocumentNumber::read(&self.glance().document_number?);
        Some(DocumentNumber { text: number.text, prefix: number.prefix, year: number.year, serial: number.serial })
    }

    /// The bodies that issued it, the lead first (发文机关).
    async fn issuers(&self, ctx: &Context<'_>) -> Vec<Organisation> {
        let scope = crate::scope(ctx);
        self.glance().issuers.into_iter().filter_map(|id| scope.organisation(id)).map(Organisation).collect()
    }

    /// The names of all issuers, those that the library does not hold included (发文机关名称).
    async fn issuer_names(&self, ctx: &Context<'_>) -> Vec<String> {
        let scope = crate::scope(ctx);
        let glance = self.glance();
        let known = glance.issuers.iter().filter_map(|id| scope.organisation(*id)).map(|o| o.fields.name.clone());
        known.chain(glance.issuer_names.iter().cloned()).collect()
    }

    /// Its document type (公文种类).
    async fn document_type(&self, ctx: &Context<'_>) -> Option<CodeItem> {
        self.code(ctx, CodeList::DocumentType, self.glance().document_type).await
    }

    /// Its special class (特色分类).
    async fn special_class(&self, ctx: &Context<'_>) -> Result<Option<CodeItem>> {
        let own = self.own(ctx).await?;
        Ok(self.code(ctx, CodeList::SpecialClass, own.special_class).await)
    }

    /// The day on which it was written (成文日期).
    async fn written_on(&self) -> Option<Date> {
        self.glance().written_on.map(Date)
    }

    /// The day on which it was printed (印发日期).
    async fn printed_on(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        Ok(self.own(ctx).await?.printed_on.map(Date))
    }

    /// Who signed it (签发人).
    async fn signer(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.signer)
    }

    /// To whom it is addressed (主送机关).
    async fn main_recipients(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.main_recipients)
    }

    /// Who has a copy (抄送机关).
    async fn copied_to(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.copied_to)
    }

    /// The first day on which it is in force (施行日期).
    async fn effective_on(&self) -> Option<Date> {
        self.glance().effective_on.map(Date)
    }

    /// The last day on which it is in force, inclusive (有效期至).
    async fn expires_on(&self) -> Option<Date> {
        self.glance().expires_on.map(Date)
    }

    /// Its term in words (有效期).
    async fn validity_term(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.validity_term)
    }

    /// Whether it holds (有效性).
    async fn validity(&self) -> Validity {
        self.glance().state.validity.into()
    }

    /// How its validity is marked on its page (有效性标注).
    async fn validity_mark(&self, ctx: &Context<'_>) -> Result<ValidityMark> {
        let state = self.glance().state;
        let basis = match state.basis {
            Some(id) => self.basis_of_mark(ctx, id).await?,
            None => None,
        };
        Ok(ValidityMark {
            validity: state.validity.into(),
            in_force: state.validity.in_force(),
            text: state.validity.label().to_owned(),
            since: state.since.map(Date),
            basis,
            note: state.note,
        })
    }

    /// Whether it is a normative document (规范性文件).
    async fn is_normative(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.own(ctx).await?.is_normative)
    }

    /// Its filing number (备案号).
    async fn filing_number(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.filing_number)
    }

    /// The document as plain text and in its original layout (文本下载; 条例 24).
    async fn downloads(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        use AttachmentRole::{OriginalLayout, PlainText};
        let detail = self.0.detail(ctx).await?;
        let files = detail.attachments.iter().filter(|file| matches!(file.role, PlainText | OriginalLayout));
        Ok(files.cloned().map(Attachment).collect())
    }

    /// Its interpretations (政策解读).
    async fn interpretations(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 10, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<Interpretation>> {
        self.0.first_playing(ctx, LinkRole::Interpretation, size).await
    }

    /// Answers that rest on it (相关问答).
    async fn answers(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 10, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<KnowledgeEntry>> {
        self.0.first_playing(ctx, LinkRole::AnswerOnPolicy, size).await
    }

    /// Services that it brings about (相关事项).
    async fn services(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 10, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<ServiceGuide>> {
        self.0.first_playing(ctx, LinkRole::ServiceOfPolicy, size).await
    }

    /// Reports on it (相关报道).
    async fn news(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 10, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<Content>> {
        self.0.first_playing(ctx, LinkRole::Report, size).await
    }

    /// The policies that it amends (修改的文件).
    async fn amends(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::Amended).await
    }

    /// The policies that amend it (被修改).
    async fn amended_by(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::Amending).await
    }

    /// The policies that it repeals (废止的文件).
    async fn repeals(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::Repealed).await
    }

    /// The policies that repeal it (被废止).
    async fn repealed_by(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::Repealing).await
    }
}

impl Policy {
    /// The policy that a mark names: among the links where it is linked, else by itself.
    async fn basis_of_mark(&self, ctx: &Context<'_>, id: library::id::ContentId) -> Result<Option<Policy>> {
        let linked = self.0.linked(ctx).await?.into_iter().filter_map(|linked| linked.content);
        let found = match linked.into_iter().find(|content| content.id == id) {
            Some(found) => Some(found),
            None => crate::scope(ctx).content(id).await.map_err(crate::error)?.map(Content::alone),
        };
        Ok(found.and_then(|found| Policy::try_from(found).ok()))
    }
}
