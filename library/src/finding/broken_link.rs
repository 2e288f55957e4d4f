//! Links to something of our own that readers do not find (站内死链): withdrawn, not published yet, or never there.

use std::collections::HashSet;

use super::field_text::path;
use super::internal_link::{InternalLink, Leads, read};
use super::raised::{Found, Raised};
use super::rule::Rule;
use crate::content::body::Layout;
use crate::content::{ContentFields, LinkTarget};

/// Looks at every link of a revision; `dead` are those of our own that readers do not find, `hosts` those of our sites.
pub(super) fn look(
    fields: &ContentFields,
    body: &Layout,
    hosts: &HashSet<String>,
    dead: &HashSet<InternalLink>,
    found: &mut Found<'_>,
) {
    if !found.looks_for(Rule::BrokenLink) || dead.is_empty() {
        return;
    }
    let is_dead = |href: &str| matches!(read(href, hosts, 0), Leads::Within(link) if dead.contains(&link));
    for link in &body.links {
        if let Some(href) = link.href.as_deref().filter(|href| is_dead(href)) {
            let raised =
                Raised::new(Rule::BrokenLink, &path(&["body_html"]), format!("链接的页面不存在或未发布：{href}"));
            found.add(raised.at(link.start..link.end, href).suggest("更正链接地址或删除链接"));
        }
    }
    if let Some(url) = fields.external_url.as_deref().filter(|url| is_dead(url)) {
        let raised =
            Raised::new(Rule::BrokenLink, &path(&["external_url"]), format!("链接的页面不存在或未发布：{url}"));
        found.add(raised.of(url).suggest("更正链接地址"));
    }
    for (number, link) in fields.links.iter().enumerate() {
        let (gone, target) = match &link.to {
            LinkTarget::Content(content) => (dead.contains(&InternalLink::Content(*content)), content.to_string()),
            LinkTarget::Page { url, .. } => (is_dead(url), url.clone()),
        };
        if gone {
            let raised =
                Raised::new(Rule::BrokenLink, &path(&["links", &number.to_string()]), "关联的信息不存在或未发布");
            found.add(raised.of(target).suggest("更换或删除关联，或先发布关联的信息"));
        }
    }
}
