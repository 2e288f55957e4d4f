//! What no record may bring in, whoever wrote it: HTML that runs, addresses that are none, control characters.
//!
//! Records come from a library that has let nothing of this in; a file may have been written by anybody. Nothing is
//! mended here: a record is as it was kept, or it is refused.

use serde_json::Value;

use crate::html::Html;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::web;

/// The members that hold HTML, wherever they stand.
const HTML: [&str; 3] = ["body", "body_html", "biography"];
/// The members of the record itself that hold HTML.
const OWN_HTML: [&str; 1] = ["functions"];
/// What front ends make of these is theirs: they hold no address that we serve.
const FREE: [&str; 1] = ["front_end_settings"];

/// Refuses a record with something in it that no door lets in.
pub(super) fn check(record: &Value, html: &Html) -> Result<()> {
    let Value::Object(members) = record else {
        return Err(Refusal::new(RefusalCode::Invalid, "", "记录应为对象", "a record is an object").into());
    };
    for (key, value) in members {
        if OWN_HTML.contains(&key.as_str()) {
            clean(key, value, html)?;
        }
    }
    look("", record, false, html)
}

/// Looks at a value, which stands under `key`; `free` where front ends say what addresses are.
fn look(key: &str, value: &Value, free: bool, html: &Html) -> Result<()> {
    match value {
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            plain(key, key)?;
            look(key, value, free || FREE.contains(&key.as_str()), html)
        }),
        Value::Array(items) => items.iter().try_for_each(|item| look(key, item, free, html)),
        Value::String(text) if free => plain(key, text),
        Value::String(_) if HTML.contains(&key) => clean(key, value, html),
        Value::String(text) if key == "more" || key == "url" || key.ends_with("_url") => {
            web::address(key, text).map(|_| ())
        }
        Value::String(text) => plain(key, text),
        _ => Ok(()),
    }
}

/// Refuses HTML that is not as the library would have kept it.
fn clean(key: &str, value: &Value, html: &Html) -> Result<()> {
    match value {
        Value::String(text) if html.clean(key, text)? != *text => Err(Refusal::new(
            RefusalCode::Invalid,
            key,
            "含有本库不接收的网页代码；如为嵌入页面，请将其域名加入 iframe_hosts",
            "it holds HTML that this library does not take; hosts of frames are named in iframe_hosts",
        )
        .into()),
        _ => Ok(()),
    }
}

fn plain(key: &str, text: &str) -> Result<()> {
    match text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        true => {
            Err(Refusal::new(RefusalCode::Invalid, key, "含有不可见的控制字符", "holds a control character").into())
        }
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_kept_passes_and_what_no_door_lets_in_does_not() {
        let html = Html::new(&["video.example".to_owned()], "http://files.example/files");
        let sound = |record: Value| check(&record, &html).is_ok();
        assert!(sound(json!({"functions": "<p>规划</p>", "offices": [{"functions": "收文 & 发文"}]})));
        assert!(sound(json!({"fields": {"body_html": "<p>甲</p>", "external_url": null}})));
        assert!(sound(json!({"front_end_settings": {"logo_url": "/logo.svg"}})));
        assert!(!sound(json!({"functions": "<p onclick=\"x()\">规划</p>"})));
        assert!(!sound(json!({"fields": {"body_html": "<script>x()</script>"}})));
        assert!(!sound(
            json!({"items": [{"children": [{"body": "<iframe src=\"https://evil.example/\"></iframe>"}]}]})
        ));
        assert!(!sound(json!({"links": [{"to": {"page": {"title": "甲", "url": "javascript:x()"}}}]})));
        assert!(!sound(json!({"name": "甲\u{0}乙"})));
        assert!(!sound(json!([])));
    }
}
