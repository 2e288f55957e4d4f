//! What a content's kind alone has, as an editor gives it: a field of a kind is one line here.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use serde::Serialize;

use super::enums::{ArticleFormat, InterpretationForm, InterpreterRole, ServiceChannelKind, ServiceFlag, Validity};
use crate::scalars::{Date, Url};

/// What a kind alone has (类型特有项): exactly that of the content's kind.
#[derive(Debug, Clone, OneofObject, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentDetailsInput {
    /// Of an article (资讯报道).
    Article(ArticleInput),
    /// Of a notice (通知公告).
    Notice(NoticeInput),
    /// Of a policy (政策文件).
    Policy(Box<PolicyInput>),
    /// Of an interpretation (政策解读).
    Interpretation(InterpretationInput),
    /// Of an answer (答问知识).
    KnowledgeEntry(KnowledgeEntryInput),
    /// Of a service guide (办事指南).
    ServiceGuide(Box<ServiceGuideInput>),
    /// Of a disclosure (法定主动公开信息).
    Disclosure(DisclosureInput),
}

/// A material to hand in (申请材料).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct ServiceMaterialInput {
    /// What it is called (名称).
    pub name: String,
    /// Whether it must be there (必要).
    #[graphql(default = true)]
    pub required: bool,
    /// How many copies (份数).
    pub copies: Option<String>,
    /// Original, copy or electronic (形式).
    pub form: Option<String>,
    /// What to mind (说明).
    pub note: Option<String>,
    /// Whether an electronic certificate stands in for it (电子证照替代).
    #[graphql(default = false)]
    pub replaceable_by_certificate: bool,
    /// An empty form, which is one of the content's files (空白表格).
    pub blank_form: Option<ID>,
    /// A filled example, which is one of the content's files (示例样表).
    pub sample: Option<ID>,
}

/// A place where a service is done (办理地点).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct ServicePlaceInput {
    /// What it is called (名称).
    pub name: String,
    /// Its address (地址).
    pub address: String,
    /// When it is open (办公时间).
    pub hours: Option<String>,
    /// Its telephone (电话).
    pub telephone: Option<String>,
    /// Degrees east (经度).
    pub longitude: Option<f64>,
    /// Degrees north (纬度).
    pub latitude: Option<f64>,
    /// The datum of both (坐标系), such as CGCS2000 or GCJ-02.
    pub datum: Option<String>,
}

/// A way to a service (办理渠道).
#[derive(Debug, Clone, InputObject, Serialize)]
pub struct ServiceChannelInput {
    /// Which way (渠道).
    pub kind: ServiceChannelKind,
    /// Its address (网址).
    pub url: Option<Url>,
    /// What to mind (说明).
    pub note: Option<String>,
}

/// What an article alone has (资讯报道). What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct ArticleInput {
    /// What it is made of (稿件形式).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub format: MaybeUndefined<ArticleFormat>,
}

/// What a notice alone has (通知公告). What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct NoticeInput {
    /// The first day of its period (公示开始日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub publicity_from: MaybeUndefined<Date>,
    /// The last day of its period (公示截止日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub publicity_until: MaybeUndefined<Date>,
    /// Where to object (反馈方式).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub feedback: MaybeUndefined<String>,
}

/// What a policy alone has (政策文件). What the document does not state is left out: nothing is guessed. What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct PolicyInput {
    /// Its document number (发文字号), with brackets of any kind.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub document_number: MaybeUndefined<String>,
    /// Who issues it, the lead first (发文机关).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub issuers: MaybeUndefined<Vec<ID>>,
    /// Issuers that the library does not hold, by name (其他发文机关).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub issuer_names: MaybeUndefined<Vec<String>>,
    /// Its type (公文种类): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub document_type: MaybeUndefined<String>,
    /// A class of the city's own (特色分类): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub special_class: MaybeUndefined<String>,
    /// When it was written (成文日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub written_on: MaybeUndefined<Date>,
    /// When it was printed (印发日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub printed_on: MaybeUndefined<Date>,
    /// Who signed it (签发人).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub signer: MaybeUndefined<String>,
    /// To whom it is addressed (主送机关).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub main_recipients: MaybeUndefined<String>,
    /// Who gets a copy (抄送).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub copied_to: MaybeUndefined<String>,
    /// The first day on which it holds (施行日期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub effective_on: MaybeUndefined<Date>,
    /// The last day on which it holds (有效期至).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub expires_on: MaybeUndefined<Date>,
    /// How long it holds, in its own words (有效期).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub validity_term: MaybeUndefined<String>,
    /// Whether it is a normative document (规范性文件).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub is_normative: MaybeUndefined<bool>,
    /// The number under which it was filed (备案号).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub filing_number: MaybeUndefined<String>,
    /// What its source states of its validity (有效性); later changes by setValidity.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub validity: MaybeUndefined<Validity>,
}

/// What an interpretation alone has (政策解读). What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct InterpretationInput {
    /// Its form (解读形式).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub form: MaybeUndefined<InterpretationForm>,
    /// Who interprets (解读人).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub author_role: MaybeUndefined<InterpreterRole>,
}

/// What an answer alone has (答问知识); the question is the title, the answer the text. What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct KnowledgeEntryInput {
    /// Other ways to ask the same (相似问题).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub similar_questions: MaybeUndefined<Vec<String>>,
    /// Its category (知识分类): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub category: MaybeUndefined<String>,
    /// The nature of the material (材料性质): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub material_kind: MaybeUndefined<String>,
    /// Where it holds (适用区域).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub region: MaybeUndefined<String>,
    /// Who answers for it (责任单位).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub responsible: MaybeUndefined<ID>,
    /// The last day on which it holds (有效期至).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub valid_until: MaybeUndefined<Date>,
}

/// What a service guide alone has (办事指南). What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct ServiceGuideInput {
    /// The code of the service (事项编码).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub service_code: MaybeUndefined<String>,
    /// Who does it (办事机构).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub authority: MaybeUndefined<ID>,
    /// Which office (责任处室).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub office: MaybeUndefined<String>,
    /// By which law (办理依据).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub legal_basis: MaybeUndefined<String>,
    /// Who may apply (申报范围).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub applicants: MaybeUndefined<String>,
    /// Under which conditions (申报条件).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub conditions: MaybeUndefined<String>,
    /// What to hand in (申请材料).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub materials: MaybeUndefined<Vec<ServiceMaterialInput>>,
    /// How it goes (办理流程).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub procedure: MaybeUndefined<String>,
    /// How it is examined (审核程序).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub review_procedure: MaybeUndefined<String>,
    /// What one gets (办理结果).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub result: MaybeUndefined<String>,
    /// What it costs (收费标准).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub fee: MaybeUndefined<String>,
    /// By which rule (收费依据).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub fee_basis: MaybeUndefined<String>,
    /// How long it takes, as promised (承诺办理期限).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub time_limit: MaybeUndefined<String>,
    /// How long it may take by law (法定办理期限).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub statutory_time_limit: MaybeUndefined<String>,
    /// Where (办理地点).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub places: MaybeUndefined<Vec<ServicePlaceInput>>,
    /// When (工作时间).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub hours: MaybeUndefined<String>,
    /// Whom to ask (咨询电话).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub telephone: MaybeUndefined<String>,
    /// Where to complain (监督电话).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub supervision_telephone: MaybeUndefined<String>,
    /// By which ways (办理渠道).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub channels: MaybeUndefined<Vec<ServiceChannelInput>>,
    /// Where to apply (网上申请).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub online_url: MaybeUndefined<Url>,
    /// Where to look how far it is (网上查询).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub query_url: MaybeUndefined<Url>,
    /// Where to ask (网上咨询).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub consult_url: MaybeUndefined<Url>,
    /// Its category (事项类别): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub category: MaybeUndefined<String>,
    /// What is remarkable about it (事项特征).
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub flags: MaybeUndefined<Vec<ServiceFlag>>,
}

/// What a disclosure alone has (法定主动公开信息). What is not given stays.
#[derive(Debug, Clone, Default, InputObject, Serialize)]
pub struct DisclosureInput {
    /// Its category by the regulation (法定公开类别; 条例 20): a code.
    #[serde(skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub statutory_category: MaybeUndefined<String>,
}
