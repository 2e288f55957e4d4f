//! Links to something of our own (站内链接): which links of a revision the library can look up, and what they name.
//!
//! Whether something is there is looked up by the deed; this room only reads addresses.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::content::body::Layout;
use crate::content::{ContentFields, LinkTarget};
use crate::id::ContentId;
use crate::{text, web};

/// Something of our own that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InternalLink {
    /// A content by its identifier: a related content (关联信息).
    Content(ContentId),
    /// A path on a site: on the content's own site if no host is named.
    Path {
        /// The host of one of our sites, in its normal form.
        host: Option<String>,
        /// The path, decoded, with one leading slash and none at its end.
        path: String,
    },
}

/// What a link's address is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leads {
    /// To something that the library can look up.
    Within(InternalLink),
    /// To somewhere else; the library asks no other server.
    Elsewhere,
    /// Nowhere: it is empty, or a mark on the page that is not there.
    Nowhere,
}

/// Reads the address of a link in a body with so many headings.
pub(super) fn read(href: &str, hosts: &HashSet<String>, headings: usize) -> Leads {
    let href = href.trim();
    if let Some(mark) = href.strip_prefix('#') {
        let number = mark.strip_prefix("section-").and_then(|number| number.parse::<usize>().ok());
        let is_there = number.is_some_and(|number| (1..=headings).contains(&number));
        return if is_there { Leads::Elsewhere } else { Leads::Nowhere };
    }
    if href.is_empty() {
        return Leads::Nowhere;
    }
    let page = Url::parse("https://here.invalid/");
    let Ok(url) = page.and_then(|page| page.join(href)) else { return Leads::Nowhere };
    if !matches!(url.scheme(), "http" | "https") {
        return Leads::Elsewhere;
    }
    let host = web::normal_host(url.host_str().unwrap_or_default());
    let path = text::normal_path(&percent_decode_str(url.path()).decode_utf8_lossy());
    if host == "here.invalid" {
        Leads::Within(InternalLink::Path { host: None, path })
    } else if hosts.contains(&host) {
        Leads::Within(InternalLink::Path { host: Some(host), path })
    } else {
        Leads::Elsewhere
    }
}

/// All that links of a revision lead to of our own, each once, in order.
pub(super) fn all(fields: &ContentFields, body: &Layout, hosts: &HashSet<String>) -> Vec<InternalLink> {
    let links = fields.links.iter().map(|link| match &link.to {
        LinkTarget::Content(content) => Leads::Within(InternalLink::Content(*content)),
        LinkTarget::Page { url, .. } => read(url, hosts, 0),
    });
    let external = fields.external_url.iter().map(|url| read(url, hosts, 0));
    let anchors = body.links.iter().filter_map(|link| link.href.as_deref()).map(|href| read(href, hosts, 0));
    let mut seen = HashSet::new();
    let within = links.chain(external).chain(anchors).filter_map(|leads| match leads {
        Leads::Within(link) => Some(link),
        Leads::Elsewhere | Leads::Nowhere => None,
    });
    within.filter(|link| seen.insert(link.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ours_or_not() {
        let hosts = HashSet::from(["www.yunze.example".to_owned(), "xn--fiq228c.cn".to_owned()]);
        let within = |host: Option<&str>, path: &str| {
            Leads::Within(InternalLink::Path { host: host.map(str::to_owned), path: path.to_owned() })
        };
        for (href, leads) in [
            ("/content/202601/abc?from=x#section-1", within(None, "/content/202601/abc")),
            (" /zwgk/ ", within(None, "/zwgk")),
            ("/%E6%94%BF%E7%AD%96", within(None, "/政策")),
            ("/a/../b", within(None, "/b")),
            ("https://WWW.yunze.example:443/x/", within(Some("www.yunze.example"), "/x")),
            ("//www.yunze.example/", within(Some("www.yunze.example"), "/")),
            ("http://中文.cn/a", within(Some("xn--fiq228c.cn"), "/a")),
            ("https://www.gov.cn/x", Leads::Elsewhere),
            ("mailto:a@b.example", Leads::Elsewhere),
            ("tel:12345", Leads::Elsewhere),
            ("#section-2", Leads::Elsewhere),
            ("#section-3", Leads::Nowhere),
            ("#", Leads::Nowhere),
            ("#top", Leads::Nowhere),
            ("  ", Leads::Nowhere),
            ("https://", Leads::Nowhere),
        ] {
            assert_eq!(read(href, &hosts, 2), leads, "{href}");
        }
    }
}
