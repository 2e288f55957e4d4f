//! HTML as the library accepts it, for every noun that holds some: bodies, duties of organisations, biographies, panels.
//!
//! Nothing that runs, styles or names itself survives; what is kept parses to the same tree everywhere. The list of
//! allowed things is here; the sanitiser is a library. This room knows no noun and fetches nothing.

mod finish;
mod weight;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use ammonia::Builder;
use url::Url;

use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{text, web};

/// The longest HTML, in characters.
const MOST: usize = 2_000_000;

/// How often HTML is cleaned before it must have come to rest: once is the rule.
const MOST_ROUNDS: usize = 5;

/// Tags beyond those that the sanitiser knows as harmless.
const FURTHER_TAGS: [&str; 7] = ["audio", "figcaption", "figure", "source", "tfoot", "track", "video"];
/// Harmless tags that mean nothing without what is taken away: ids, coordinates.
const POINTLESS_TAGS: [&str; 2] = ["area", "map"];
/// Tags that go with all that is in them: what they hold is no text of the page.
const WITHOUT_CONTENT: [&str; 14] = [
    "button", "embed", "math", "noembed", "noframes", "noscript", "object", "option", "select", "svg", "template",
    "textarea", "title", "xmp",
];

/// What HTML is cleaned by: the addresses that it may show things from.
#[derive(Debug, Clone, Default)]
pub struct Html {
    allowed: Arc<Allowed>,
    /// Made once: it holds tables that take longer to fill than a short text to clean.
    sanitiser: Arc<OnceLock<Builder<'static>>>,
}

#[derive(Debug, Default)]
struct Allowed {
    /// Hosts whose pages may stand in frames, in their normal form.
    iframe_hosts: Vec<String>,
    /// The path below which this platform serves files, with a closing slash.
    files_path: String,
}

impl Html {
    /// Frames only from `iframe_hosts`; pictures from the web and from `files_url`.
    pub fn new(iframe_hosts: &[String], files_url: &str) -> Self {
        let path = Url::parse(files_url).map_or_else(|_| String::new(), |url| url.path().to_owned());
        let allowed = Allowed {
            iframe_hosts: iframe_hosts.iter().map(|host| web::normal_host(host)).collect(),
            files_path: format!("{}/", path.trim_end_matches('/')),
        };
        Self { allowed: Arc::new(allowed), sanitiser: Arc::default() }
    }

    /// `html` without anything that runs or styles: links, tables, pictures, lists, sound and films stay; scripts,
    /// styles, forms, ids, classes and event handlers go, and frames from hosts that are not named. Headings get anchors.
    ///
    /// # Errors
    /// Refuses HTML that is longer, more deeply nested or more entangled than any page, and control characters.
    pub fn clean(&self, path: &str, html: &str) -> Result<String> {
        let refused = |code, message: &str, english: &str| Refusal::new(code, path, message, english);
        let mut html = text::accept(path, html, MOST)?;
        for _ in 0..MOST_ROUNDS {
            if !weight::bearable(&html) {
                return Err(refused(
                    RefusalCode::TooLong,
                    "网页结构过于庞大或嵌套过深，请清除格式后重新粘贴",
                    "too many or too deeply nested elements: remove the formatting and paste again",
                )
                .into());
            }
            let clean = finish::finish(&self.sanitiser.get_or_init(|| self.builder()).clean(&html).to_string());
            // Entities may spell what text does not hold: what is kept is text that the sanitiser itself wrote.
            let accepted = text::accept(path, &clean, MOST)?;
            if accepted == clean {
                return Ok(clean);
            }
            html = accepted;
        }
        Err(refused(
            RefusalCode::Invalid,
            "网页代码无法清理，请清除格式后重新粘贴",
            "it cannot be cleaned: remove the formatting and paste again",
        )
        .into())
    }

    fn builder(&self) -> Builder<'static> {
        let allowed = self.allowed.clone();
        let mut builder = Builder::default();
        builder
            .add_tags(FURTHER_TAGS)
            .rm_tags(POINTLESS_TAGS)
            .add_clean_content_tags(WITHOUT_CONTENT)
            .rm_tag_attributes("a", &["hreflang"])
            .rm_tag_attributes("blockquote", &["cite"])
            .rm_tag_attributes("q", &["cite"])
            .rm_tag_attributes("del", &["cite"])
            .rm_tag_attributes("ins", &["cite"])
            .add_tag_attributes("ol", &["reversed", "type"])
            .add_tag_attributes("li", &["value"])
            .add_tag_attributes("td", &["scope"])
            .add_tag_attributes("time", &["datetime"])
            .add_tag_attributes("video", &["src", "poster", "controls", "width", "height", "preload"])
            .add_tag_attributes("audio", &["src", "controls", "preload"])
            .add_tag_attributes("source", &["src", "type"])
            .add_tag_attributes("track", &["src", "kind", "srclang", "label", "default"])
            .url_schemes(["http", "https", "mailto", "tel"].into())
            .link_rel(Some("noopener noreferrer"))
            .attribute_filter(move |element, attribute, value| {
                let stays = match (element, attribute) {
                    ("iframe", "src") => allowed.may_be_framed(value),
                    (_, "src" | "poster") => allowed.may_be_shown(value),
                    (_, "href") => may_be_linked(value),
                    _ => true,
                };
                stays.then_some(Cow::Borrowed(value))
            });
        if self.allowed.iframe_hosts.is_empty() {
            builder.add_clean_content_tags(["iframe"]);
        } else {
            builder.add_tags(["iframe"]).add_tag_attributes("iframe", ["src", "width", "height", "allowfullscreen"]);
        }
        builder
    }
}

impl Allowed {
    /// Pictures, sound and films: from the web, or our own files by their path.
    fn may_be_shown(&self, address: &str) -> bool {
        match Url::parse(address) {
            Ok(url) => matches!(url.scheme(), "http" | "https") && !web::has_credentials(&url),
            Err(_) => self.files_path.len() > 1 && self.is_below_files(address) && may_be_linked(address),
        }
    }

    /// Whether a path leads to our files as a browser follows it, `..` and all.
    fn is_below_files(&self, address: &str) -> bool {
        let page = Url::parse("https://here.invalid/").and_then(|page| page.join(address));
        address.starts_with(&self.files_path)
            && page.is_ok_and(|url| url.host_str() == Some("here.invalid") && url.path().starts_with(&self.files_path))
    }

    fn may_be_framed(&self, address: &str) -> bool {
        Url::parse(address).is_ok_and(|url| {
            let known = |host: &str| self.iframe_hosts.iter().any(|known| known == host);
            url.scheme() == "https"
                && url.port().is_none()
                && url.host_str().is_some_and(known)
                && !web::has_credentials(&url)
        })
    }
}

/// Links go anywhere that the sanitiser lets them, but carry no credentials.
fn may_be_linked(address: &str) -> bool {
    let here = Url::parse("https://here.invalid/").ok();
    let whole = Url::options().base_url(here.as_ref()).parse(address);
    whole.is_ok_and(|url| !web::has_credentials(&url))
}

#[cfg(test)]
mod tests;
