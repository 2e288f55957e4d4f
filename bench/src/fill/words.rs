//! Text that looks like what governments publish: titles, paragraphs and bodies of a given size, from a sequence of numbers.
//!
//! This room knows words and HTML; which content a text belongs to is not its business.

use super::dice::Dice;

const WHO: &[&str] = &[
    "各县区人民政府",
    "市政府各部门",
    "住房城乡建设部门",
    "教育行政部门",
    "卫生健康部门",
    "市场监管部门",
    "自然资源部门",
    "生态环境部门",
    "农业农村部门",
    "人力资源社会保障部门",
    "民政部门",
    "交通运输部门",
    "应急管理部门",
    "文化旅游部门",
    "有关企业",
    "社会组织",
    "街道办事处",
    "行业协会",
    "基层单位",
    "建设单位",
    "用人单位",
    "申请人",
    "居民家庭",
    "高校毕业生",
];
const DOES: &[&str] = &[
    "应当落实",
    "要加快推进",
    "负责组织实施",
    "要统筹做好",
    "不断完善",
    "持续优化",
    "依法规范",
    "积极支持",
    "定期公开",
    "及时办理",
    "要切实加强",
    "重点保障",
    "稳步扩大",
    "严格执行",
    "主动公布",
    "按期完成",
];
const WHAT: &[&str] = &[
    "保障性住房建设",
    "老旧小区改造",
    "营商环境",
    "政务服务事项",
    "义务教育学位供给",
    "基本医疗保险",
    "就业创业服务",
    "食品安全监管",
    "水环境治理",
    "高标准农田建设",
    "养老服务体系",
    "公共交通线网",
    "防汛抗旱工作",
    "文物保护",
    "中小企业融资",
    "数据共享应用",
    "行政许可办理",
    "安全生产检查",
    "人才公寓配租",
    "住房公积金提取",
    "个体工商户帮扶",
    "乡村道路养护",
    "科技成果转化",
    "社区服务设施",
    "特殊群体救助",
    "知识产权保护",
    "政府采购",
    "预算绩效管理",
    "节能减排",
    "招生考试",
];
const HOW: &[&str] = &[
    "坚持问题导向",
    "按照职责分工",
    "结合本地实际",
    "通过政务服务平台",
    "在规定时限内",
    "根据工作需要",
    "以群众满意为标准",
    "经市政府同意",
    "在财政预算内",
    "会同有关部门",
    "采取有效措施",
    "广泛征求意见后",
    "依照法定程序",
    "自公布之日起",
];
const SORT: &[&str] = &["通知", "意见", "方案", "办法", "公告", "决定", "情况通报", "说明", "规划", "细则"];
const PLACE: &[&str] = &[
    "全市",
    "东城区",
    "西城区",
    "南屏区",
    "北川县",
    "清河县",
    "云岭县",
    "江口镇",
    "高新区",
    "开发区",
    "石桥镇",
    "临江县",
];
const PART: &[&str] = &[
    "总体要求",
    "主要任务",
    "保障措施",
    "适用范围",
    "申请条件",
    "办理流程",
    "组织领导",
    "附则",
    "工作进展",
    "下一步打算",
];

/// A title; `number` makes it one of its own.
pub fn title(dice: &mut Dice, number: usize) -> String {
    let (place, what, sort) = (dice.pick(PLACE), dice.pick(WHAT), dice.pick(SORT));
    match dice.below(3) {
        0 => format!("关于做好{place}{what}工作的{sort}（{number}）"),
        1 => format!("{place}{what}{sort}第{number}期"),
        _ => format!("{place}{}{what}的{sort}（第{number}号）", dice.pick(DOES)),
    }
}

/// A question.
pub fn question(dice: &mut Dice, number: usize) -> String {
    format!("{}{}如何办理{}？（问{number}）", dice.pick(PLACE), dice.pick(WHO), dice.pick(WHAT))
}

/// A sentence with its full stop.
pub fn sentence(dice: &mut Dice) -> String {
    let mut out = String::with_capacity(120);
    write(dice, &mut out);
    out
}

fn write(dice: &mut Dice, out: &mut String) {
    for part in [dice.pick(HOW), "，", dice.pick(WHO), dice.pick(DOES), dice.pick(PLACE), dice.pick(WHAT)] {
        out.push_str(part);
    }
    if dice.percent(40) {
        for part in ["，", dice.pick(DOES), dice.pick(WHAT)] {
            out.push_str(part);
        }
    }
    out.push('。');
}

/// A body of at least so many bytes in the form in which the library keeps it: sanitised, headings with anchors.
pub fn body(dice: &mut Dice, bytes: usize) -> String {
    let mut html = String::with_capacity(bytes + 400);
    let mut headings = 0;
    while html.len() < bytes {
        if headings * 800 < html.len() {
            headings += 1;
            html.push_str(&format!("<h2 id=\"section-{headings}\">{}</h2>", dice.pick(PART)));
        }
        html.push_str("<p>");
        for _ in 0..1 + dice.below(3) {
            write(dice, &mut html);
        }
        html.push_str("</p>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_as_the_library_keeps_it() {
        let mut dice = Dice::new(7);
        for _ in 0..100 {
            let html = body(&mut dice, 1_500);
            assert!((1_500..2_000).contains(&html.len()), "{}", html.len());
            assert_eq!(library::html::Html::default().clean("body", &html).expect("clean"), html);
        }
    }
}
