//! Pictures without text instead of them (替代文本), which readers who do not see them need.
//!
//! Pictures of the body, the cover and attached pictures; a file name says nothing about what is to be seen.

use super::field_text::path;
use super::raised::{Found, Raised};
use super::rule::Rule;
use crate::attachment::AttachmentRole;
use crate::content::body::Layout;
use crate::content::{AttachmentUse, ContentFields};

/// Looks at every picture of a revision.
pub(super) fn look(fields: &ContentFields, body: &Layout, found: &mut Found<'_>) {
    if !found.looks_for(Rule::ImageWithoutAlt) {
        return;
    }
    for picture in &body.pictures {
        if let Some(message) = lacking(picture.alt.as_deref()) {
            let raised = Raised::new(Rule::ImageWithoutAlt, &path(&["body_html"]), message);
            found.add(raised.at(picture.at..picture.at, &picture.source).suggest("填写图片说明了什么"));
        }
    }
    let mut attached = |path: Vec<String>, attached: &AttachmentUse| {
        if let Some(message) = lacking(attached.alt.as_deref()) {
            let raised = Raised::new(Rule::ImageWithoutAlt, &path, message);
            let name = attached.name.clone().unwrap_or_else(|| attached.attachment.to_string());
            found.add(raised.of(name).suggest("填写图片说明了什么"));
        }
    };
    if let Some(cover) = &fields.cover {
        attached(path(&["cover", "alt"]), cover);
    }
    for (number, used) in fields.attachments.iter().enumerate() {
        if matches!(used.role, AttachmentRole::Image | AttachmentRole::Cover) {
            attached(path(&["attachments", &number.to_string(), "alt"]), used);
        }
    }
}

/// What is wrong with the text instead of a picture; nothing if it is one.
fn lacking(alt: Option<&str>) -> Option<&'static str> {
    let alt = alt.map(str::trim).unwrap_or_default();
    if alt.is_empty() {
        return Some("图片缺少替代文本");
    }
    let (name, ending) = alt.rsplit_once('.')?;
    let is_picture = ["png", "jpg", "jpeg", "gif", "webp", "bmp", "avif"].contains(&&*ending.to_ascii_lowercase());
    let is_name = !name.chars().any(char::is_whitespace);
    (is_picture && is_name).then_some("图片的替代文本只是文件名")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_text() {
        for alt in [None, Some(""), Some(" \u{3000}"), Some("IMG_0231.JPG"), Some("微信图片_20260101.png")] {
            assert!(lacking(alt).is_some(), "{alt:?}");
        }
        for alt in ["市民中心外景", "图1. 结构", "2026年预算表（单位：万元）", "如何导出 jpg", "见 a.png"]
        {
            assert_eq!(lacking(Some(alt)), None, "{alt}");
        }
    }
}
