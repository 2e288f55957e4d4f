//! Service guides (办事指南): what to bring, where to go, how long it takes.

use async_graphql::{Context, Object, Result};
use library::attachment::Attached;
use library::code::CodeList;
use library::content::{Details, Glance, ServiceDetails};
use library::id::AttachmentId;
use library::link::LinkRole;

use super::enums::{ServiceChannelKind, ServiceFlag};
use super::kinds::KnowledgeEntry;
use super::policy::Policy;
use super::reading::ContentShared;
use crate::attachment::Attachment;
use crate::code_item::CodeItem;
use crate::organisation::Organisation;
use crate::scalars::Url;

/// A service guide.
#[derive(Clone)]
pub struct ServiceGuide(pub ContentShared);

impl ServiceGuide {
    async fn own(&self, ctx: &Context<'_>) -> Result<ServiceDetails> {
        match &self.0.detail(ctx).await?.details {
            Details::ServiceGuide(own) => Ok((**own).clone()),
            _ => Ok(ServiceDetails::default()),
        }
    }
}

/// A material to bring.
pub struct ServiceMaterial {
    material: library::content::ServiceMaterial,
    files: Vec<Attached>,
}

impl ServiceMaterial {
    fn file(&self, id: Option<AttachmentId>) -> Option<Attachment> {
        let id = id?;
        self.files.iter().find(|file| file.id == id).cloned().map(Attachment)
    }
}

/// A material to hand in (申请材料).
#[Object]
impl ServiceMaterial {
    /// What it is called (名称).
    async fn name(&self) -> &str {
        &self.material.name
    }

    /// Whether it must be there (必要).
    async fn required(&self) -> bool {
        self.material.required
    }

    /// How many copies (份数).
    async fn copies(&self) -> Option<&str> {
        self.material.copies.as_deref()
    }

    /// Original, copy or electronic (形式).
    async fn form(&self) -> Option<&str> {
        self.material.form.as_deref()
    }

    /// What to mind (说明).
    async fn note(&self) -> Option<&str> {
        self.material.note.as_deref()
    }

    /// Whether an electronic certificate stands in for it (电子证照替代).
    async fn replaceable_by_certificate(&self) -> bool {
        self.material.replaceable_by_certificate
    }

    /// An empty form (空白表格).
    async fn blank_form(&self) -> Option<Attachment> {
        self.file(self.material.blank_form)
    }

    /// A filled example (示例样表).
    async fn sample(&self) -> Option<Attachment> {
        self.file(self.material.sample)
    }
}

/// A place.
pub struct ServicePlace(library::content::ServicePlace);

/// A place where a service is done (办理地点).
#[Object]
impl ServicePlace {
    /// What it is called (名称).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its address (地址).
    async fn address(&self) -> &str {
        &self.0.address
    }

    /// When it is open (办公时间).
    async fn hours(&self) -> Option<&str> {
        self.0.hours.as_deref()
    }

    /// Its telephone (电话).
    async fn telephone(&self) -> Option<&str> {
        self.0.telephone.as_deref()
    }

    /// Degrees east (经度).
    async fn longitude(&self) -> Option<f64> {
        self.0.longitude
    }

    /// Degrees north (纬度).
    async fn latitude(&self) -> Option<f64> {
        self.0.latitude
    }

    /// The system of the coordinates (坐标系): CGCS2000, GCJ-02 or BD-09.
    async fn datum(&self) -> Option<&str> {
        self.0.datum.as_deref()
    }
}

/// A way to a service.
pub struct ServiceChannel(library::content::ServiceChannel);

/// A way to a service (办理渠道).
#[Object]
impl ServiceChannel {
    /// Which way (渠道).
    async fn kind(&self) -> ServiceChannelKind {
        self.0.kind.into()
    }

    /// Its address (网址).
    async fn url(&self) -> Option<Url> {
        self.0.url.clone().map(Url)
    }

    /// What to mind (说明).
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// A service guide (办事指南; 办事格式).
#[Object]
impl ServiceGuide {
    /// What all kinds share.
    #[graphql(flatten)]
    async fn shared(&self) -> &ContentShared {
        &self.0
    }

    /// The code of the service (事项编码).
    async fn service_code(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.service_code)
    }

    /// Who does it (办理机构).
    async fn authority(&self, ctx: &Context<'_>) -> Result<Option<Organisation>> {
        let id = self.own(ctx).await?.authority;
        Ok(id.and_then(|id| crate::scope(ctx).organisation(id)).map(Organisation))
    }

    /// The office that does it (责任处室).
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.office)
    }

    /// What it is based on (设定依据).
    async fn legal_basis(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.legal_basis)
    }

    /// Who may apply (申报范围).
    async fn applicants(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.applicants)
    }

    /// Under which conditions (申报条件).
    async fn conditions(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.conditions)
    }

    /// What to hand in (申请材料).
    async fn materials(&self, ctx: &Context<'_>) -> Result<Vec<ServiceMaterial>> {
        let files = self.0.detail(ctx).await?.attachments.clone();
        let materials = self.own(ctx).await?.materials.into_iter();
        Ok(materials.map(|material| ServiceMaterial { material, files: files.clone() }).collect())
    }

    /// How it goes (办理流程).
    async fn procedure(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.procedure)
    }

    /// How it is examined (审核程序).
    async fn review_procedure(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.review_procedure)
    }

    /// What comes of it (办理结果).
    async fn result(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.result)
    }

    /// What it costs (收费标准).
    async fn fee(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.fee)
    }

    /// What the fee is based on (收费依据).
    async fn fee_basis(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.fee_basis)
    }

    /// How long it takes as promised (承诺办结时限).
    async fn time_limit(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.time_limit)
    }

    /// How long it may take by law (法定办结时限).
    async fn statutory_time_limit(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.statutory_time_limit)
    }

    /// Where it is done (办理地点).
    async fn places(&self, ctx: &Context<'_>) -> Result<Vec<ServicePlace>> {
        Ok(self.own(ctx).await?.places.into_iter().map(ServicePlace).collect())
    }

    /// When it is done (办理时间).
    async fn hours(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.hours)
    }

    /// Whom to ask (咨询电话).
    async fn telephone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.telephone)
    }

    /// Where to complain (监督电话).
    async fn supervision_telephone(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.own(ctx).await?.supervision_telephone)
    }

    /// The ways to it (办理渠道).
    async fn channels(&self, ctx: &Context<'_>) -> Result<Vec<ServiceChannel>> {
        Ok(self.own(ctx).await?.channels.into_iter().map(ServiceChannel).collect())
    }

    /// Where to apply online (在线办理).
    async fn online_url(&self) -> Option<Url> {
        match &self.0.content.card.glance {
            Glance::ServiceGuide(own) => own.online_url.clone().map(Url),
            _ => None,
        }
    }

    /// Where to ask how it stands (进度查询).
    async fn query_url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        Ok(self.own(ctx).await?.query_url.map(Url))
    }

    /// Where to ask questions (在线咨询).
    async fn consult_url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        Ok(self.own(ctx).await?.consult_url.map(Url))
    }

    /// Its category (事项类别).
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<CodeItem>> {
        let code = self.own(ctx).await?.category;
        Ok(code.and_then(|code| crate::scope(ctx).code(CodeList::ServiceCategory, &code)).map(CodeItem))
    }

    /// What is remarkable about it (事项特征).
    async fn flags(&self, ctx: &Context<'_>) -> Result<Vec<ServiceFlag>> {
        Ok(self.own(ctx).await?.flags.into_iter().map(Into::into).collect())
    }

    /// The policies that bring it about (相关政策).
    async fn policies(&self, ctx: &Context<'_>) -> Result<Vec<Policy>> {
        self.0.playing(ctx, LinkRole::PolicyOfService).await
    }

    /// Answers that go with it (常见问题).
    async fn answers(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "first", default = 10, desc = "How many, at most 100 (条数).")] size: Option<i32>,
    ) -> Result<Vec<KnowledgeEntry>> {
        self.0.first_playing(ctx, LinkRole::AnswerOnService, size).await
    }
}
