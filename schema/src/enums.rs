//! The closed sets that the slow nouns use, mapped one to one onto the library's.
//!
//! Only sets that we own are enums; statutory lists are data (`CodeItem`). Clients must tolerate values that they do
//! not know. This file knows no rule: what a value means is decided in the library.

use async_graphql::Enum;
use serde::Serialize;

/// The administrative level of a site or organisation (行政级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::site::AdministrativeLevel")]
pub enum AdministrativeLevel {
    /// Province, autonomous region or municipality (省级).
    Province,
    /// City (市级).
    City,
    /// County, district or county-level city (县级).
    County,
    /// Town, township or sub-district (乡镇、街道).
    Town,
    /// Village or community (村、社区).
    Village,
}

/// What kind of front end a site is (站点类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::site::SiteKind")]
pub enum SiteKind {
    /// The government's portal (政府门户网站).
    Portal,
    /// A department's site (部门网站).
    Department,
    /// The site of a county or district (县区网站).
    County,
    /// A channel run like a site of its own (频道).
    Channel,
    /// A mini program (小程序).
    MiniProgram,
    /// A screen or terminal in a public place (大屏、自助终端).
    Screen,
}

/// Whether a site is open (运行状态). Sites in preparation are not found by the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::site::SiteStatus")]
pub enum SiteStatus {
    /// Being built; invisible to the public (筹建).
    Preparing,
    /// Open (正常运行).
    Running,
    /// Closed for a time; shows its notice only (暂停服务).
    Suspended,
    /// Closed for good (已关停).
    Closed,
}

/// Whether an organisation still acts (机构状态). Lists of organisations show active ones alone; the others stay resolvable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::organisation::OrganisationState")]
pub enum OrganisationState {
    /// It acts (正常).
    Active,
    /// It became part of another one (已并入).
    Merged,
    /// It was closed (已撤销).
    Closed,
}

/// What a column is for (栏目类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::column::ColumnKind")]
pub enum ColumnKind {
    /// The front page of a channel (频道首页).
    Channel,
    /// News (动态要闻).
    News,
    /// Notices (通知公告).
    Notice,
    /// Policy documents (政策文件).
    Policy,
    /// Interpretations of policies (政策解读).
    Interpretation,
    /// Questions and answers (答问知识).
    Knowledge,
    /// Service guides (办事服务).
    Service,
    /// Appointments and recruitment (人事信息).
    Personnel,
    /// Plans (规划计划).
    Plan,
    /// Questions from the public (政务咨询).
    Consultation,
    /// Surveys and calls for opinions (调查征集).
    Survey,
    /// Interviews (互动访谈).
    Interview,
    /// The catalogue of statutory disclosure (政府信息公开).
    Catalogue,
    /// A topic, for as long as it lasts (专题专栏).
    Topic,
    /// One page instead of a list (概况信息).
    Single,
    /// Pictures (图片).
    Gallery,
    /// Leads elsewhere (链接栏目).
    Link,
}

/// Whether a column is kept up (栏目状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::column::ColumnStatus")]
pub enum ColumnStatus {
    /// Kept up (正常).
    Open,
    /// Being reworked; still shown (维护中).
    Maintenance,
    /// No longer kept up and left out of lists (已关闭).
    Closed,
}

/// Whether others may have it (共享类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::column::ShareType")]
pub enum ShareType {
    /// Anybody may (无条件共享).
    Open,
    /// After its owner has agreed (有条件共享).
    Conditional,
    /// Nobody may (不予共享).
    None,
}

/// What a panel is (区块类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::panel::PanelKind")]
pub enum PanelKind {
    /// A menu (导航菜单).
    Menu,
    /// Pictures that take turns (轮播图).
    Carousel,
    /// One wide picture (横幅).
    Banner,
    /// Links to other sites (友情链接).
    Links,
    /// A list chosen by hand (手工列表).
    List,
    /// A picture that floats over the page (飘窗).
    Floating,
    /// A text (文字区块).
    Text,
}

/// Whether mirrored contents are shown at once or wait for the receiving desk (共享方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::sharing::SubscriptionMode")]
pub enum SubscriptionMode {
    /// Shown at once (自动).
    Automatic,
    /// Shown once the receiving desk has approved (审核后展示).
    Reviewed,
}

/// Where a shared column stands (共享状态). The public sees only those in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::sharing::SubscriptionState")]
pub enum ColumnSubscriptionState {
    /// Waits for the owner of the source (待同意).
    Requested,
    /// In force (生效).
    Active,
    /// Brings nothing new for now (暂停).
    Paused,
    /// The owner of the source has declined (已拒绝).
    Refused,
}

/// What a field of a site's own holds (字段类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::field::FieldType")]
pub enum FieldType {
    /// A line of text (单行文本).
    Text,
    /// Several lines of text (多行文本).
    LongText,
    /// A number (数字).
    Number,
    /// Yes or no (是否).
    Boolean,
    /// A calendar date (日期).
    Date,
    /// A web address (网址).
    Url,
    /// An item of a code list (代码).
    Code,
    /// A content (信息).
    Content,
    /// An organisation (机构).
    Organisation,
    /// A file (附件).
    Attachment,
}

/// Which code list (代码表). Statutory lists are data and change without a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::code::CodeList")]
pub enum CodeList {
    /// Themes (主题分类).
    Theme,
    /// Types of official documents (公文种类).
    DocumentType,
    /// Genres (体裁分类).
    Genre,
    /// Whom it is for (服务对象).
    Audience,
    /// Stages of a life or of an enterprise (生命周期).
    LifeStage,
    /// Industries (国民经济行业分类).
    Industry,
    /// Special classes of policy documents (特殊分类).
    SpecialClass,
    /// Categories of statutory disclosure (法定主动公开内容).
    StatutoryCategory,
    /// Categories of services (办事分类).
    ServiceCategory,
    /// Categories of the knowledge base (知识库分类).
    KnowledgeCategory,
    /// Administrative divisions (行政区划, GB/T 2260).
    Division,
    /// A city's own list (本地分类).
    Local,
}

/// What a file is for where it is used (附件用途).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::attachment::AttachmentRole")]
pub enum AttachmentRole {
    /// The picture that stands for it (封面).
    Cover,
    /// A file to be downloaded (附件).
    Attachment,
    /// The text of a document without its layout (纯文本版).
    PlainText,
    /// A document in its official layout (原版式).
    OriginalLayout,
    /// A picture (图片).
    Image,
    /// A video (视频).
    Video,
    /// A sound recording (音频).
    Audio,
    /// Subtitles of a video (字幕).
    Captions,
    /// A still picture of a video (视频封面).
    Poster,
}

/// For what a picture is made smaller (图片规格). It is never made larger and keeps its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::attachment::RenditionPreset")]
pub enum RenditionPreset {
    /// Fits into 160 by 160 pixels (缩略图).
    Thumbnail,
    /// Fits into 400 by 300 pixels (列表图).
    List,
    /// Fits into 1200 by 1200 pixels (正文图).
    Detail,
    /// Fits into 1920 by 720 pixels (横幅图).
    Banner,
}

/// In what a smaller picture is written (图片格式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::attachment::RenditionFormat")]
pub enum RenditionFormat {
    /// JPEG, which everything shows.
    Jpeg,
    /// WebP, which is smaller.
    Webp,
}

/// The three spheres of the tag library (标签分域).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::tag::TagSphere")]
pub enum TagSphere {
    /// The government's work (政务).
    Government,
    /// People (个人).
    Person,
    /// Enterprises (企业).
    Enterprise,
}

/// Whether a tag may be used (标签状态). Only active tags are public; a merged one answers its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::tag::TagState")]
pub enum TagState {
    /// Waits for a decision (待审核).
    Proposed,
    /// In use (启用).
    Active,
    /// Keeps its contents and is no longer shown (停用).
    Retired,
    /// Became part of another tag (已合并).
    Merged,
}
