//! Sitemaps (sitemaps.org 0.9): an index of a site, and its pages by the month in which they were published.
//!
//! A month that is over changes only where its contents do, so what a search engine has stays good.

use library::column::ColumnFilter;
use library::site::{Site, SiteLocator};
use library::{Instant, Result, Scope};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";
/// The most addresses of one file, as the protocol has it.
const MOST: i64 = 50_000;

/// Which document of a site is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// The index: `/sitemap.xml`.
    Index,
    /// The home page and the columns: `/sitemap/columns.xml`.
    Columns,
    /// Contents of a month, by parts of 50,000: `/sitemap/2026-11-1.xml`.
    Month {
        /// The year.
        year: i32,
        /// The month, 1 to 12.
        month: u32,
        /// Which part, 1 for the first.
        part: i64,
    },
}

impl Sitemap {
    /// The document that a name below `/sitemap/` names.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".xml")?;
        if name == "columns" {
            return Some(Self::Columns);
        }
        let mut parts = name.splitn(3, '-');
        let (year, month, part) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |text: &str, width: usize| text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(year, 4) || !plain(month, 2) || !plain(part, part.len().clamp(1, 6)) || part.starts_with('0') {
            return None;
        }
        let found = Self::Month { year: year.parse().ok()?, month: month.parse().ok()?, part: part.parse().ok()? };
        matches!(found, Self::Month { month: 1..=12, .. }).then_some(found)
    }
}

/// A document of a site's map; nothing if there is none, or the site shows nothing now.
///
/// # Errors
/// When the library cannot be read.
pub async fn sitemap_of(scope: &Scope, site: &Site, which: &Sitemap) -> Result<Option<String>> {
    if !site.is_running() {
        return Ok(None);
    }
    Ok(match *which {
        Sitemap::Index => Some(index(scope, site).await?),
        Sitemap::Columns => {
            let of_site = ColumnFilter { site: Some(SiteLocator::Id(site.id)), ..ColumnFilter::default() };
            let columns = scope.columns(&of_site);
            let pages = columns.iter().map(|column| (site.url_of(&column.path), None));
            Some(document("urlset", "url", std::iter::once((site.url_of("/"), None)).chain(pages)))
        }
        Sitemap::Month { year, month, part } => {
            let rows = scope.published_in_month(site.id, (year, month), MOST, (part - 1) * MOST).await?;
            let zone = scope.library().zone();
            let page = |&(id, published, updated): &(_, Instant, Instant)| {
                (site.url_of(&Site::content_path(zone, id, published)), Some(updated))
            };
            (!rows.is_empty()).then(|| document("urlset", "url", rows.iter().map(page)))
        }
    })
}

async fn index(scope: &Scope, site: &Site) -> Result<String> {
    let mut files = vec![(site.url_of("/sitemap/columns.xml"), None)];
    for month in scope.months_of(site.id).await? {
        let parts = (month.contents + MOST - 1) / MOST;
        for part in 1..=parts {
            let address = site.url_of(&format!("/sitemap/{}-{part}.xml", month.name));
            files.push((address, Some(month.changed)));
        }
    }
    Ok(document("sitemapindex", "sitemap", files.into_iter()))
}

/// A list of addresses, each with the moment of its last change.
fn document(root: &str, entry: &str, pages: impl Iterator<Item = (String, Option<Instant>)>) -> String {
    let mut out = Writer::new(Vec::new());
    let time = |at: Instant| at.utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    // A writer to memory has nothing to refuse.
    let written = out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None))).and_then(|()| {
        out.create_element(root).with_attribute(("xmlns", NAMESPACE)).write_inner_content(|out| {
            for (address, changed) in pages {
                out.create_element(entry).write_inner_content(|out| {
                    out.create_element("loc").write_text_content(BytesText::new(&address))?;
                    if let Some(at) = changed {
                        out.create_element("lastmod").write_text_content(BytesText::new(&time(at)))?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })
    });
    written.map(|_| ()).map_or_else(|_| String::new(), |()| String::from_utf8(out.into_inner()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_strictly() {
        assert_eq!(Sitemap::named("columns.xml"), Some(Sitemap::Columns));
        assert_eq!(Sitemap::named("2026-11-1.xml"), Some(Sitemap::Month { year: 2026, month: 11, part: 1 }));
        for wrong in [
            "2026-13-1.xml",
            "2026-11.xml",
            "2026-11-0.xml",
            "2026-11-01.xml",
            "26-11-1.xml",
            "x.xml",
            "columns",
            "-1-1-1.xml",
        ] {
            assert_eq!(Sitemap::named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_escaped() {
        let page = ("https://a.example/?a=1&b=<2>".to_owned(), Some(Instant(0)));
        let text = document("urlset", "url", std::iter::once(page));
        assert!(
            text.contains("<loc>https://a.example/?a=1&amp;b=&lt;2&gt;</loc><lastmod>1970-01-01T00:00:00Z</lastmod>"),
            "{text}"
        );
        assert!(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><urlset xmlns="), "{text}");
    }
}
