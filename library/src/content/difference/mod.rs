//! What is different between two revisions of a content, field by field, as people read it.
//!
//! Pure. Names stand where records and codes are named; the body is told by its text, with the addresses of its pictures
//! and links. A kind's own fields are found by walking its record, so that a new field is told without a line here.

mod labels;
mod printed;
mod segments;

use std::collections::BTreeMap;

pub use segments::{Segment, SegmentKind};

use super::ContentFields;
use crate::Directory;

/// A field that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// Where it stands in the input of a content, with points between: `details.policy.writtenOn`.
    pub field: String,
    /// What people call it, in Chinese.
    pub label: String,
    /// What it said.
    pub before: Option<String>,
    /// What it says.
    pub after: Option<String>,
    /// Its text piece by piece: what stayed, what went, what came. Empty where a body differs in its layout alone.
    pub segments: Vec<Segment>,
}

/// The fields in which `after` is different from `before`, in the order of a form.
pub fn difference(directory: &Directory, before: &ContentFields, after: &ContentFields) -> Vec<FieldDifference> {
    let was = printed::all(directory, before);
    let is = printed::all(directory, after);
    let mut said: BTreeMap<&str, &printed::Printed> = was.iter().map(|one| (&*one.field, one)).collect();
    let mut pairs: Vec<(&printed::Printed, Option<&str>, Option<&str>)> = is
        .iter()
        .map(|one| (one, said.remove(&*one.field).and_then(|was| was.text.as_deref()), one.text.as_deref()))
        .collect();
    // What the new revision has no field for, as when a field of a site's own is empty now.
    pairs.extend(was.iter().filter(|one| said.contains_key(&*one.field)).map(|one| (one, one.text.as_deref(), None)));
    let mut found = Vec::new();
    for (one, before, after) in pairs {
        if before == after {
            continue;
        }
        found.push(FieldDifference {
            field: one.field.clone(),
            label: one.label.clone(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            segments: segments::of(before.unwrap_or_default(), after.unwrap_or_default()),
        });
    }
    if before.body_html != after.body_html && found.iter().all(|one| one.field != "bodyHtml") {
        let (field, label) = ("bodyHtml".to_owned(), "正文（仅版式）".to_owned());
        found.push(FieldDifference { field, label, before: None, after: None, segments: Vec::new() });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{
        Details, FieldEntry, LinkTarget, LinkTo, PolicyDetails, ServiceDetails, ServicePlace, Validity,
    };
    use crate::id::OrganisationId;
    use crate::link::LinkType;

    fn of(before: &ContentFields, after: &ContentFields) -> Vec<(String, Option<String>, Option<String>)> {
        let found = difference(&Directory::default(), before, after);
        for one in &found {
            let joined = |other: SegmentKind| {
                let kept = one.segments.iter().filter(|segment| segment.kind != other);
                kept.map(|segment| segment.text.as_str()).collect::<String>()
            };
            assert_eq!(joined(SegmentKind::Added), one.before.clone().unwrap_or_default());
            assert_eq!(joined(SegmentKind::Removed), one.after.clone().unwrap_or_default());
        }
        found.into_iter().map(|one| (format!("{} {}", one.field, one.label), one.before, one.after)).collect()
    }

    fn said(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn fields_are_told_as_people_read_them() {
        let policy = PolicyDetails { validity: Some(Validity::Effective), ..PolicyDetails::default() };
        let mut before = ContentFields::new("旧", OrganisationId(uuid::Uuid::nil()), Details::Policy(Box::new(policy)));
        before.fields = vec![FieldEntry { key: "k".into(), value: "甲".into() }];
        before.body_html = "<p>一</p><p>二</p>".into();
        assert_eq!(of(&before, &before), []);
        let mut after = before.clone();
        after.title = "新".into();
        after.keywords = vec!["户口".into(), "迁移".into()];
        after.without_links = true;
        after.fields.clear();
        after.body_html = "<p>一</p><p>三<img src=\"/a.png\" alt=\"图\"></p>".into();
        after.links = vec![LinkTo {
            kind: LinkType::SeeAlso,
            to: LinkTarget::Page { title: "省厅".into(), url: "https://a.example/".into() },
            note: Some("另见".into()),
        }];
        if let Details::Policy(own) = &mut after.details {
            own.validity = Some(Validity::Repealed);
            own.is_normative = true;
            own.written_on = "2026-01-02".parse().ok();
        }
        assert_eq!(
            of(&before, &after),
            [
                ("title 标题".to_owned(), said("旧"), said("新")),
                ("bodyHtml 正文".to_owned(), said("一\n二"), said("一\n三\n〔图片〕图 /a.png")),
                ("keywords 关键词".to_owned(), None, said("户口、迁移")),
                ("links 关联信息".to_owned(), None, said("参见：省厅 https://a.example/（另见）")),
                ("withoutLinks 确无关联信息".to_owned(), said("否"), said("是")),
                ("details.policy.writtenOn 成文日期".to_owned(), None, said("2026-01-02")),
                ("details.policy.isNormative 规范性文件".to_owned(), said("否"), said("是")),
                ("details.policy.validity 有效性".to_owned(), said("有效"), said("已废止")),
                ("fields.k k".to_owned(), said("甲"), None),
            ]
        );
    }

    #[test]
    fn records_within_a_field_are_lines_and_a_change_of_layout_is_not_hidden() {
        let place =
            |address: &str| ServicePlace { name: "大厅".into(), address: address.into(), ..Default::default() };
        let service = |places: Vec<ServicePlace>| {
            let own = ServiceDetails { places, ..ServiceDetails::default() };
            ContentFields::new("办", OrganisationId(uuid::Uuid::nil()), Details::ServiceGuide(Box::new(own)))
        };
        let (before, mut after) = (service(vec![place("甲路1号")]), service(vec![place("甲路1号"), place("乙路2号")]));
        after.body_html = "<p></p>".into();
        assert_eq!(
            of(&before, &after),
            [
                (
                    "details.serviceGuide.places 办理地点".to_owned(),
                    said("名称：大厅；地址：甲路1号"),
                    said("名称：大厅；地址：甲路1号\n名称：大厅；地址：乙路2号"),
                ),
                ("bodyHtml 正文（仅版式）".to_owned(), None, None),
            ]
        );
    }
}
