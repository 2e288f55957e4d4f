//! Links that show nothing to be clicked on, or lead nowhere (空链接).

use std::collections::HashSet;

use super::field_text::path;
use super::internal_link::{Leads, read};
use super::raised::{Found, Raised};
use super::rule::Rule;
use crate::content::body::Layout;

/// Looks at every link of a body with so many headings.
pub(super) fn look(body: &Layout, headings: usize, found: &mut Found<'_>) {
    if !found.looks_for(Rule::EmptyLink) {
        return;
    }
    let mut characters = body.text.chars();
    let mut passed = 0;
    let none = HashSet::new();
    for link in &body.links {
        // Links do not overlap and come in order, so the text is walked once.
        let before = link.start.saturating_sub(passed);
        let shown: String = characters.by_ref().skip(before).take(link.end - link.start).collect();
        passed = passed.max(link.end);
        let message = match &link.href {
            Some(href) if read(href, &none, headings) == Leads::Nowhere => "链接没有指向任何页面",
            Some(_) if shown.trim().is_empty() && !link.pictured => "链接没有可点击的文字",
            // Without an address it is no link, and browsers show its words as text.
            _ => continue,
        };
        let raised = Raised::new(Rule::EmptyLink, &path(&["body_html"]), message);
        let excerpt = if shown.trim().is_empty() { link.href.clone().unwrap_or_default() } else { shown };
        found.add(raised.at(link.start..link.end, excerpt).suggest("补全链接或删除"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::body;
    use crate::finding::Severities;

    #[test]
    fn links_show_something_and_lead_somewhere() {
        let html = "<h2 id=\"section-1\">一</h2><p><a href=\"/x\">甲</a><a href=\"/y\"> </a><a href=\"/z\"><img src=\"/i\"></a>\
                    <a href=\"#\">乙</a><a href=\"#section-1\">丙</a><a href=\"\"></a><a>丁</a>\
                    <a href=\"https://a.example/\"></a></p>";
        let severities = Severities::default();
        let mut found = Found::new(&severities);
        look(&body::layout(html), 1, &mut found);
        let found: Vec<_> =
            found.list().into_iter().map(|f| (f.start, f.end, f.excerpt.unwrap_or_default(), f.message)).collect();
        let nowhere = "链接没有指向任何页面".to_owned();
        let wordless = "链接没有可点击的文字".to_owned();
        assert_eq!(
            found,
            [
                (Some(3), Some(4), "/y".to_owned(), wordless.clone()),
                (Some(4), Some(5), "乙".to_owned(), nowhere.clone()),
                (Some(6), Some(6), String::new(), nowhere),
                (Some(7), Some(7), "https://a.example/".to_owned(), wordless),
            ]
        );
    }
}
