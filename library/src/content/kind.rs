//! The seven kinds and what each has of its own.

use serde::{Deserialize, Serialize};

use super::row::Validity;
use crate::id::{AttachmentId, OrganisationId};
use crate::instant::Date;

/// What kind of information a content is (从属分类).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentKind {
    Article,
    Notice,
    Policy,
    Interpretation,
    KnowledgeEntry,
    ServiceGuide,
    Disclosure,
}

impl ContentKind {
    /// All seven, in the order in which pages show them.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Policy,
            Self::Interpretation,
            Self::KnowledgeEntry,
            Self::ServiceGuide,
            Self::Notice,
            Self::Article,
            Self::Disclosure,
        ]
    }
}

/// Where the working revision of a content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContentState {
    Draft,
    Submitted,
    InReview,
    Approved,
    Scheduled,
    Published,
    Withdrawn,
    Archived,
}

/// 公开属性 (条例 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum DisclosureKind {
    Proactive,
    OnRequest,
    None,
    #[default]
    NotApplicable,
}

/// What an article is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum ArticleFormat {
    #[default]
    Text,
    Gallery,
    Video,
    Audio,
    Link,
}

/// The form of an interpretation (政策解读形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum InterpretationForm {
    Text,
    Graphic,
    Video,
    Questions,
    PressConference,
    Expert,
    Media,
    DigitalHuman,
}

/// Who interprets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum InterpreterRole {
    DepartmentHead,
    Expert,
    Media,
}

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

/// What a policy has of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyDetails {
    /// 发文字号, as it is written.
    pub document_number: Option<String>,
    /// 发文机关, lead first.
    pub issuers: Vec<OrganisationId>,
    /// Issuers as the document names them, where they are not in the library.
    pub issuer_names: Vec<String>,
    /// 公文种类: a code of DOCUMENT_TYPE.
    pub document_type: Option<String>,
    /// 特色分类: a code of SPECIAL_CLASS.
    pub special_class: Option<String>,
    /// 成文日期.
    pub written_on: Option<Date>,
    /// 印发日期.
    pub printed_on: Option<Date>,
    /// 签发人.
    pub signer: Option<String>,
    /// 主送机关.
    pub main_recipients: Option<String>,
    /// 抄送机关.
    pub copied_to: Option<String>,
    /// 施行日期.
    pub effective_on: Option<Date>,
    /// 有效期至, inclusive.
    pub expires_on: Option<Date>,
    /// 有效期 in words.
    pub validity_term: Option<String>,
    /// 规范性文件.
    pub is_normative: bool,
    /// 备案号.
    pub filing_number: Option<String>,
    /// What the source states; nothing is guessed.
    pub validity: Option<Validity>,
}

/// What a knowledge entry has of its own (信阳); its question is the title, its answer the body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnowledgeDetails {
    /// The same question in other words.
    pub similar_questions: Vec<String>,
    /// A code of KNOWLEDGE_CATEGORY.
    pub category: Option<String>,
    /// 材料性质: a code of LOCAL.
    pub material_kind: Option<String>,
    /// Where it holds.
    pub region: Option<String>,
    /// Who answers for it.
    pub responsible: Option<OrganisationId>,
    /// The last day on which it holds.
    pub valid_until: Option<Date>,
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

/// What one kind alone has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Details {
    Article {
        #[serde(default)]
        format: ArticleFormat,
    },
    Notice {
        /// 公示 from this day.
        #[serde(default)]
        publicity_from: Option<Date>,
        /// 公示 until this day, inclusive.
        #[serde(default)]
        publicity_until: Option<Date>,
        /// How to object.
        #[serde(default)]
        feedback: Option<String>,
    },
    Policy(Box<PolicyDetails>),
    Interpretation {
        form: InterpretationForm,
        #[serde(default)]
        author_role: Option<InterpreterRole>,
    },
    KnowledgeEntry(Box<KnowledgeDetails>),
    ServiceGuide(Box<ServiceDetails>),
    Disclosure {
        /// A code of STATUTORY_CATEGORY.
        #[serde(default)]
        statutory_category: Option<String>,
    },
}

impl Details {
    /// The kind that these belong to.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Article { .. } => ContentKind::Article,
            Self::Notice { .. } => ContentKind::Notice,
            Self::Policy(_) => ContentKind::Policy,
            Self::Interpretation { .. } => ContentKind::Interpretation,
            Self::KnowledgeEntry(_) => ContentKind::KnowledgeEntry,
            Self::ServiceGuide(_) => ContentKind::ServiceGuide,
            Self::Disclosure { .. } => ContentKind::Disclosure,
        }
    }
}
