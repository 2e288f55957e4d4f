//! What the gate asks of each kind (从属分类) alone, by the tables of the field; a function a kind.
//!
//! Pure, as `obligations`. A kind that is new is asked here for nothing until somebody says what it must have: the match
//! is whole, so the compiler asks.

use super::obligations::Wanted;
use crate::attachment::AttachmentRole;
use crate::code::CodeList;
use crate::content::{
    ArticleDetails, ArticleFormat, Details, DisclosureDetails, KnowledgeDetails, NoticeDetails, PolicyDetails,
    ServiceDetails,
};
use crate::link::LinkType;

/// The most characters of a question (信阳).
const LONGEST_QUESTION: usize = 128;

/// Looks for what the revision's kind asks.
pub(super) fn look(wanted: &mut Wanted<'_>) {
    match &wanted.fields.details {
        Details::Policy(own) => policy(wanted, own),
        Details::Interpretation(_) => interpretation(wanted),
        Details::KnowledgeEntry(own) => knowledge_entry(wanted, own),
        Details::ServiceGuide(own) => service_guide(wanted, own),
        Details::Notice(own) => notice(wanted, own),
        Details::Article(own) => article(wanted, *own),
        Details::Disclosure(own) => disclosure(wanted, own),
    }
}

fn says(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

/// 政策文件. What its validity is, is never asked: what the source does not state is not guessed.
fn policy(wanted: &mut Wanted<'_>, own: &PolicyDetails) {
    let typed = wanted.has_code(CodeList::DocumentType, &own.document_type);
    wanted.want(typed, "details.policy.documentType", "未选择公文种类", "no document type is chosen");
    wanted.want(
        own.written_on.is_some(),
        "details.policy.writtenOn",
        "缺少成文日期",
        "the day on which it was written is missing",
    );
    let issued = !own.issuers.is_empty() || own.issuer_names.iter().any(|name| !name.trim().is_empty());
    wanted.want(issued, "details.policy.issuers", "缺少发文机关", "the issuing organisation is missing");
    // 国办发〔2018〕37号: normative documents are registered, numbered and printed by one hand.
    let numbered = says(own.document_number.as_ref()) || !own.is_normative;
    let (message, english) = ("行政规范性文件缺少发文字号", "a normative document needs its document number");
    wanted.want(numbered, "details.policy.documentNumber", message, english);
}

/// 政策解读.
fn interpretation(wanted: &mut Wanted<'_>) {
    let interprets = wanted.fields.links.iter().any(|link| link.kind == LinkType::Interprets);
    let (message, english) = ("未关联所解读的政策文件", "it is not linked to the policy that it interprets");
    wanted.want(interprets, "links", message, english);
}

/// 答问知识: the question is the title, the answer the body.
fn knowledge_entry(wanted: &mut Wanted<'_>, own: &KnowledgeDetails) {
    let fields = wanted.fields;
    let sorted = wanted.has_code(CodeList::KnowledgeCategory, &own.category);
    wanted.want(sorted, "details.knowledgeEntry.category", "未选择问题分类", "no category is chosen");
    // An empty body is told of every kind; here a picture or a file is no answer either.
    let shows_only = wanted.body.text.is_empty() && (wanted.has_body() || !fields.attachments.is_empty());
    wanted.want(!shows_only, "bodyHtml", "答案没有文字", "the answer says nothing in words");
    wanted.want(!fields.keywords.is_empty(), "keywords", "缺少关键词", "there is no keyword");
    let short = fields.title.chars().count() <= LONGEST_QUESTION;
    wanted.want(short, "title", "问题不得超过128个字符", "a question has at most 128 characters");
}

/// 办事指南 (办事格式). Where a service is done online alone, there is no place and no hour to be told.
fn service_guide(wanted: &mut Wanted<'_>, own: &ServiceDetails) {
    let at = |name: &str| format!("details.serviceGuide.{name}");
    wanted.want(own.authority.is_some(), &at("authority"), "缺少办事机构", "the authority is missing");
    for (text, name, message, english) in [
        (&own.legal_basis, "legalBasis", "缺少设定依据", "the legal basis is missing"),
        (&own.conditions, "conditions", "缺少申请条件", "the conditions are missing"),
        (&own.fee, "fee", "缺少收费标准", "it is not said what it costs"),
        (&own.time_limit, "timeLimit", "缺少办理期限", "the time limit is missing"),
    ] {
        wanted.want(says(text.as_ref()), &at(name), message, english);
    }
    let online = own.online_url.is_some() || own.channels.iter().any(|channel| channel.url.is_some());
    let somewhere = own.places.iter().any(|place| !place.name.is_empty() && !place.address.is_empty());
    wanted.want(somewhere || online, &at("places"), "缺少办理地点", "it is not said where it is done");
    let hours = says(own.hours.as_ref()) || own.places.iter().any(|place| says(place.hours.as_ref()));
    wanted.want(hours || !somewhere, &at("hours"), "缺少办理时间", "the hours are missing");
    let telephone = says(own.telephone.as_ref()) || own.places.iter().any(|place| says(place.telephone.as_ref()));
    wanted.want(telephone, &at("telephone"), "缺少咨询电话", "the telephone for questions is missing");
}

/// 通知公告: a publicity period (公示期) has both ends, and says how to object.
fn notice(wanted: &mut Wanted<'_>, own: &NoticeDetails) {
    if own.publicity_from.is_none() && own.publicity_until.is_none() {
        return;
    }
    wanted.want(
        own.publicity_from.is_some(),
        "details.notice.publicityFrom",
        "缺少公示开始日期",
        "the first day of the period is missing",
    );
    wanted.want(
        own.publicity_until.is_some(),
        "details.notice.publicityUntil",
        "缺少公示截止日期",
        "the last day of the period is missing",
    );
    let (message, english) = ("缺少公示期反馈方式", "it is not said how to object during the period");
    wanted.want(says(own.feedback.as_ref()), "details.notice.feedback", message, english);
}

/// 资讯报道: what it is made of is there.
fn article(wanted: &mut Wanted<'_>, own: ArticleDetails) {
    let fields = wanted.fields;
    let has = |tags: &[&str], role: AttachmentRole| {
        let plays = tags.iter().any(|tag| fields.body_html.contains(tag));
        plays || fields.external_url.is_some() || fields.attachments.iter().any(|used| used.role == role)
    };
    match own.format {
        ArticleFormat::Text => {}
        ArticleFormat::Link => {
            wanted.want(
                fields.external_url.is_some(),
                "externalUrl",
                "链接稿缺少链接地址",
                "a link article needs its address",
            );
        }
        ArticleFormat::Gallery => {
            let there = !wanted.body.pictures.is_empty() || has(&[], AttachmentRole::Image);
            wanted.want(there, "bodyHtml", "图片稿没有图片", "a gallery needs pictures");
        }
        ArticleFormat::Video => {
            let there = has(&["<video", "<iframe"], AttachmentRole::Video);
            wanted.want(there, "bodyHtml", "视频稿没有视频", "a video article needs a video");
        }
        ArticleFormat::Audio => {
            let there = has(&["<audio", "<iframe"], AttachmentRole::Audio);
            wanted.want(there, "bodyHtml", "音频稿没有音频", "an audio article needs a recording");
        }
    }
}

/// 法定主动公开信息 (条例20).
fn disclosure(wanted: &mut Wanted<'_>, own: &DisclosureDetails) {
    let sorted = wanted.has_code(CodeList::StatutoryCategory, &own.statutory_category);
    let (message, english) = ("未选择法定公开类别", "no category of statutory disclosure is chosen");
    wanted.want(sorted, "details.disclosure.statutoryCategory", message, english);
    let (message, english) =
        ("法定主动公开信息须注明公开属性", "statutory disclosure is government information: say how it is disclosed");
    wanted.want(wanted.is_disclosed(), "disclosure", message, english);
}
