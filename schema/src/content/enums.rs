//! The closed sets that contents use, mapped one to one onto the library's.

use async_graphql::Enum;
use serde::Serialize;

/// Where a content stands (信息状态). The public sees PUBLISHED ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::ContentState")]
pub enum ContentState {
    /// Being written (草稿).
    Draft,
    /// Handed in for review (已交审).
    Submitted,
    /// Under review (审核中).
    InReview,
    /// Passed every level of review (审核通过).
    Approved,
    /// To be published at its moment (定时发布).
    Scheduled,
    /// Live (已发布).
    Published,
    /// Taken off every site (已撤稿).
    Withdrawn,
    /// Kept for the archive (已归档).
    Archived,
}

/// Whether information is disclosed (公开属性; 条例 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::DisclosureKind")]
pub enum DisclosureKind {
    /// Disclosed on the body's own initiative (主动公开).
    Proactive,
    /// Disclosed on request (依申请公开).
    OnRequest,
    /// Not disclosed (不予公开).
    None,
    /// Not government information in the sense of the regulation (不适用).
    NotApplicable,
}

/// What an article is made of (稿件形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::ArticleFormat")]
pub enum ArticleFormat {
    /// Text (图文).
    Text,
    /// Pictures (图集).
    Gallery,
    /// A video (视频).
    Video,
    /// A recording (音频).
    Audio,
    /// A link to a page outside (外链).
    Link,
}

/// The form of an interpretation (解读形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::InterpretationForm")]
pub enum InterpretationForm {
    /// Text (文字解读).
    Text,
    /// Pictures and charts (图解).
    Graphic,
    /// A video or animation (视频、动漫).
    Video,
    /// Questions and answers (问答).
    Questions,
    /// A press conference (新闻发布会).
    PressConference,
    /// An expert's (专家解读).
    Expert,
    /// The media's (媒体解读).
    Media,
    /// A digital human's (数字人).
    DigitalHuman,
}

/// Who interprets (解读人).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::InterpreterRole")]
pub enum InterpreterRole {
    /// The head of the department (部门负责人).
    DepartmentHead,
    /// An expert (专家).
    Expert,
    /// The media (媒体).
    Media,
}

/// How a service is reached (办理渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::ServiceChannelKind")]
pub enum ServiceChannelKind {
    /// On a site (网上).
    Online,
    /// On a phone (手机).
    Mobile,
    /// At a terminal (自助).
    SelfService,
    /// At a counter (窗口).
    Window,
    /// By telephone (电话).
    Telephone,
}

/// What is remarkable about a service (事项特征).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::ServiceFlag")]
pub enum ServiceFlag {
    /// Approved at once by the machine (秒批).
    InstantApproval,
    /// Granted without an application (免申即享、无感申办).
    Automatic,
    /// Part of "one thing done in one go" (高效办成一件事).
    OneThing,
    /// One visit at the most (最多跑一次).
    OneVisit,
    /// No visit (零跑动).
    ZeroVisit,
    /// At any counter of the city (全市通办).
    CityWide,
    /// Across provinces (跨省通办).
    CrossProvince,
}

/// Whether a policy holds (有效性). What the source does not state is NOT_STATED; nothing is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(remote = "library::content::Validity")]
pub enum Validity {
    /// The source does not say (未标注).
    NotStated,
    /// Not yet in force (尚未生效).
    NotYetEffective,
    /// In force (有效).
    Effective,
    /// In force as amended (已修改).
    EffectiveAsAmended,
    /// Repealed (已废止).
    Repealed,
    /// Its term has passed (已失效).
    Expired,
    /// Declared invalid (宣布失效).
    DeclaredInvalid,
}

/// Where the period of a notice stands (公示阶段).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::NoticePhase")]
pub enum NoticePhase {
    /// It has not begun (未开始).
    Upcoming,
    /// It runs (公示中).
    Open,
    /// It has ended (已结束).
    Ended,
}

/// Why an answer is to be read with care (答复提示).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::content::AnswerWarningCode")]
pub enum AnswerWarningCode {
    /// A policy that it rests on was repealed or declared invalid (依据已废止).
    BasisRepealed,
    /// A policy that it rests on has expired (依据已失效).
    BasisExpired,
    /// A policy that it rests on was amended (依据已修改).
    BasisAmended,
    /// The answer's own validity has ended (答复已过期).
    EntryExpired,
}

/// Which way a list is ordered (排序方向).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The smallest or oldest first (升序).
    Asc,
    /// The largest or newest first (降序).
    Desc,
}
