//! What people call the fields of a content, and the words for what they choose from.

use crate::content::{ContentKind, Validity};

type Labels = &'static [(&'static str, &'static str)];

const COMMON: Labels = &[
    ("title", "标题"),
    ("subtitle", "副标题"),
    ("summary", "摘要"),
    ("bodyHtml", "正文"),
    ("language", "语种"),
    ("cover", "封面"),
    ("keywords", "关键词"),
    ("publisher", "发布机构"),
    ("sourceName", "信息来源"),
    ("sourceUrl", "来源网址"),
    ("externalUrl", "链接地址"),
    ("author", "作者"),
    ("editor", "责任编辑"),
    ("formedOn", "生成日期"),
    ("disclosure", "公开属性"),
    ("shareType", "共享类型"),
    ("themes", "主题分类"),
    ("genres", "体裁"),
    ("audiences", "服务对象"),
    ("lifeStages", "生命周期"),
    ("columns", "栏目"),
    ("tags", "标签"),
    ("links", "关联信息"),
    ("withoutLinks", "确无关联信息"),
    ("attachments", "附件"),
];

/// What people call a field of all kinds.
pub(super) fn of_common(name: &str) -> &str {
    found(COMMON, name).unwrap_or(name)
}

/// What people call the fields of one kind alone, in the order of a form.
pub(super) fn of_kind(kind: ContentKind) -> Labels {
    match kind {
        ContentKind::Policy => &[
            ("document_number", "发文字号"),
            ("issuers", "发文机关"),
            ("issuer_names", "发文机关名称"),
            ("document_type", "公文种类"),
            ("special_class", "特色分类"),
            ("written_on", "成文日期"),
            ("printed_on", "印发日期"),
            ("signer", "签发人"),
            ("main_recipients", "主送机关"),
            ("copied_to", "抄送机关"),
            ("effective_on", "施行日期"),
            ("expires_on", "有效期至"),
            ("validity_term", "有效期"),
            ("is_normative", "规范性文件"),
            ("filing_number", "备案号"),
            ("validity", "有效性"),
        ],
        ContentKind::Interpretation => &[("form", "解读形式"), ("author_role", "解读人")],
        ContentKind::KnowledgeEntry => &[
            ("similar_questions", "相似问题"),
            ("category", "问题分类"),
            ("material_kind", "材料性质"),
            ("region", "适用区域"),
            ("responsible", "责任单位"),
            ("valid_until", "有效期至"),
        ],
        ContentKind::ServiceGuide => SERVICE,
        ContentKind::Notice => {
            &[("publicity_from", "公示开始"), ("publicity_until", "公示截止"), ("feedback", "公示反馈方式")]
        }
        ContentKind::Article => &[("format", "稿件形式")],
        ContentKind::Disclosure => &[("statutory_category", "法定公开类别")],
    }
}

const SERVICE: Labels = &[
    ("service_code", "事项编码"),
    ("authority", "办理机构"),
    ("office", "承办科室"),
    ("category", "事项类别"),
    ("flags", "办理特点"),
    ("legal_basis", "设定依据"),
    ("applicants", "服务对象"),
    ("conditions", "申请条件"),
    ("materials", "申请材料"),
    ("procedure", "办理流程"),
    ("review_procedure", "审核程序"),
    ("result", "办理结果"),
    ("fee", "收费标准"),
    ("fee_basis", "收费依据"),
    ("time_limit", "承诺办结时限"),
    ("statutory_time_limit", "法定办结时限"),
    ("places", "办理地点"),
    ("hours", "办理时间"),
    ("telephone", "咨询电话"),
    ("supervision_telephone", "监督电话"),
    ("channels", "办理渠道"),
    ("online_url", "在线办理"),
    ("query_url", "进度查询"),
    ("consult_url", "在线咨询"),
];

/// Members of the records that stand within a field.
const WITHIN: Labels = &[
    ("kind", "渠道"),
    ("name", "名称"),
    ("address", "地址"),
    ("hours", "时间"),
    ("telephone", "电话"),
    ("required", "必要"),
    ("copies", "份数"),
    ("form", "形式"),
    ("url", "网址"),
    ("note", "说明"),
    ("replaceable_by_certificate", "可用电子证照替代"),
    ("blank_form", "空白表格"),
    ("sample", "样表"),
    ("longitude", "经度"),
    ("latitude", "纬度"),
    ("datum", "坐标系"),
];

/// What people call a member of a record within a field.
pub(super) fn within(name: &str) -> &str {
    found(WITHIN, name).unwrap_or(name)
}

/// Where it stands among the others.
pub(super) fn rank_within(name: &str) -> (usize, String) {
    let rank = WITHIN.iter().position(|(known, _)| *known == name).unwrap_or(WITHIN.len());
    (rank, name.to_owned())
}

/// The word for a value of a field that chooses from a few; nothing for other fields and values.
pub(super) fn word(field: &str, value: &str) -> Option<&'static str> {
    let words: Labels = match field {
        "disclosure" => &[
            ("PROACTIVE", "主动公开"),
            ("ON_REQUEST", "依申请公开"),
            ("NONE", "不予公开"),
            ("NOT_APPLICABLE", "不适用"),
        ],
        "share_type" => &[("OPEN", "无条件共享"), ("CONDITIONAL", "有条件共享"), ("NONE", "不予共享")],
        "form" => &[
            ("TEXT", "文字"),
            ("GRAPHIC", "图解"),
            ("VIDEO", "视频"),
            ("QUESTIONS", "问答"),
            ("PRESS_CONFERENCE", "新闻发布会"),
            ("EXPERT", "专家解读"),
            ("MEDIA", "媒体解读"),
            ("DIGITAL_HUMAN", "数字人"),
        ],
        "author_role" => &[("DEPARTMENT_HEAD", "部门负责人"), ("EXPERT", "专家"), ("MEDIA", "媒体")],
        "format" => &[("TEXT", "图文"), ("GALLERY", "图片"), ("VIDEO", "视频"), ("AUDIO", "音频"), ("LINK", "链接")],
        "kind" => &[
            ("ONLINE", "网上"),
            ("MOBILE", "手机"),
            ("SELF_SERVICE", "自助"),
            ("WINDOW", "窗口"),
            ("TELEPHONE", "电话"),
        ],
        "flags" => &[
            ("INSTANT_APPROVAL", "秒批"),
            ("AUTOMATIC", "无感申办"),
            ("ONE_THING", "一件事"),
            ("ONE_VISIT", "最多跑一次"),
            ("ZERO_VISIT", "零跑动"),
            ("CITY_WIDE", "全城通办"),
            ("CROSS_PROVINCE", "跨省通办"),
        ],
        "type" => &[
            ("INTERPRETS", "解读"),
            ("BASED_ON", "依据"),
            ("SERVICE_FOR", "办理"),
            ("AMENDS", "修改"),
            ("REPEALS", "废止"),
            ("SUPPLEMENTS", "补充"),
            ("REPORTS_ON", "报道"),
            ("TRANSLATES", "译文"),
            ("REPOSTS", "转载"),
            ("SEE_ALSO", "参见"),
        ],
        "role" => &[
            ("COVER", "封面"),
            ("ATTACHMENT", "附件"),
            ("PLAIN_TEXT", "纯文本"),
            ("ORIGINAL_LAYOUT", "原版式"),
            ("IMAGE", "图片"),
            ("VIDEO", "视频"),
            ("AUDIO", "音频"),
            ("CAPTIONS", "字幕"),
            ("POSTER", "海报"),
        ],
        "validity" => return value.parse::<Validity>().ok().map(Validity::label),
        _ => return None,
    };
    found(words, value)
}

fn found(labels: Labels, name: &str) -> Option<&'static str> {
    labels.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Details, ServiceChannel, ServiceChannelKind, ServiceDetails, ServiceMaterial, ServicePlace};

    #[test]
    fn every_field_of_every_kind_has_a_label() {
        for kind in ContentKind::all() {
            let record = serde_json::to_value(Details::bare(kind)).expect("a record");
            for name in record.as_object().expect("an object").keys().filter(|name| *name != "kind") {
                assert!(found(of_kind(kind), name).is_some(), "{kind:?} {name}");
            }
        }
        let service = ServiceDetails {
            materials: vec![ServiceMaterial::default()],
            places: vec![ServicePlace::default()],
            channels: vec![ServiceChannel { kind: ServiceChannelKind::Online, url: None, note: None }],
            ..ServiceDetails::default()
        };
        let record = serde_json::to_value(service).expect("a record");
        for list in ["materials", "places", "channels"] {
            for name in record[list][0].as_object().expect("an object").keys() {
                assert!(found(WITHIN, name).is_some(), "{list} {name}");
            }
        }
    }
}
