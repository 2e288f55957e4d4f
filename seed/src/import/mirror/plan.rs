//! What is followed, and where it goes: the options of the command line and the mapping file (映射文件), looked up here.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use library::changes::KeyKind;
use library::column::ColumnLocator;
use library::content::ContentKind;
use library::id::{ColumnId, OrganisationId, SiteId};
use library::{Audience, Library};
use serde::Deserialize;
use serde_json::json;

use super::ForeignColumn;

/// What is wanted, as somebody wrote it. Columns are named `SITE/PATH`: `zjj/policies` is `/policies` of the site `zjj`.
#[derive(Debug, Clone, Default)]
pub struct MirrorWish {
    /// The columns of the other side.
    pub columns: Vec<String>,
    /// The column here.
    pub into: Option<String>,
    /// The mapping file.
    pub map: Option<PathBuf>,
    /// The code of the organisation that stands as publisher for those that are not here.
    pub publisher: Option<String>,
}

/// The mapping file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    fallback: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, String>,
    kinds: Option<BTreeMap<String, String>>,
}

/// What is followed and where it goes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The site into which everything goes.
    pub site: SiteId,
    /// The columns of the other side that are followed, each with all below it.
    pub followed: Vec<String>,
    pub(super) publisher: OrganisationId,
    into: Option<ColumnId>,
    fallback: Option<ColumnId>,
    columns: BTreeMap<String, ColumnId>,
    kinds: Option<BTreeMap<ContentKind, ContentKind>>,
}

/// Where something goes, and why not elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub columns: Vec<ColumnId>,
    pub kind: ContentKind,
    /// A code and a sentence, for what goes to the fallback.
    pub unmatched: Option<(&'static str, String)>,
}

impl Plan {
    /// Reads the mapping file and looks everything up.
    ///
    /// # Errors
    /// When the file cannot be read, a column, kind or organisation is unknown, columns lie on several sites, or something
    /// has nowhere to go.
    pub fn of(library: &Library, wish: &MirrorWish) -> anyhow::Result<Self> {
        let written = wish.map.as_deref().map(read).transpose()?.unwrap_or_default();
        let local = |place: &String| column(library, place);
        let into = wish.into.as_ref().map(local).transpose()?;
        let fallback = written.fallback.as_ref().map(local).transpose()?;
        let mut columns = BTreeMap::new();
        for (from, to) in &written.columns {
            columns.insert(place(from)?, local(to)?);
        }
        let mut followed: Vec<String> = Vec::new();
        for from in &wish.columns {
            followed.push(place(from)?);
        }
        // What the file names is followed too, unless it lies below what is followed anyway.
        for from in columns.keys() {
            if !followed.iter().any(|above| lies_below(from, above)) {
                followed.push(from.clone());
            }
        }
        ensure!(!followed.is_empty(), "give what is to be followed: --column SITE/PATH");
        ensure!(followed.len() <= 100, "at most 100 columns can be followed at once");
        let kinds = written.kinds.map(kinds).transpose()?;
        let fallback =
            if columns.is_empty() { fallback.or(into.filter(|_| kinds.is_some())) } else { fallback.or(into) };
        ensure!(!columns.is_empty() || into.is_some(), "give where it goes: --into SITE/PATH, or a file by --map");
        ensure!(
            fallback.is_some() || (columns.is_empty() && kinds.is_none()),
            "the mapping file matches some things and not others: name a column for these by `fallback`, or by --into"
        );
        let all = columns.values().copied().chain(into).chain(fallback);
        let sites: Vec<SiteId> = all.filter_map(|id| Some(library.directory().columns.get(id)?.site)).collect();
        let Some(site) = sites.first().copied() else { bail!("there is no column here to bring anything into") };
        ensure!(
            sites.iter().all(|other| *other == site),
            "one mirror brings into one site: run another for the other one"
        );
        let publisher = publisher(library, site, wish.publisher.as_deref())?;
        Ok(Self { site, followed, publisher, into, fallback, columns, kinds })
    }

    /// The same text for the same plan.
    pub fn text(&self) -> String {
        let columns: BTreeMap<_, String> = self.columns.iter().map(|(from, to)| (from, to.to_string())).collect();
        let kinds = self.kinds.as_ref().map(|kinds| {
            let names = kinds.iter().map(|(from, to)| (<&str>::from(*from), <&str>::from(*to)));
            names.collect::<BTreeMap<_, _>>()
        });
        let into = self.into.map(|id| id.to_string());
        let fallback = self.fallback.map(|id| id.to_string());
        json!({"followed": self.followed, "into": into, "fallback": fallback, "columns": columns, "kinds": kinds,
            "publisher": self.publisher.to_string()})
        .to_string()
    }

    /// Where a content of a kind goes that these columns show; nothing if none of them is followed.
    pub(super) fn target(
        &self,
        columns: &[String],
        layout: &HashMap<String, ForeignColumn>,
        kind: ContentKind,
    ) -> Option<Target> {
        let shown: Vec<&ForeignColumn> = columns.iter().filter_map(|id| layout.get(id)).collect();
        let first = shown.first()?;
        let elsewhere = |code, why: String, kind| {
            let columns = self.fallback.or(self.into).into_iter().collect();
            Some(Target { columns, kind, unmatched: Some((code, why)) })
        };
        let kind = match &self.kinds {
            None => kind,
            Some(kinds) => match kinds.get(&kind) {
                Some(kind) => *kind,
                None => {
                    let name: &str = kind.into();
                    return elsewhere("UNMATCHED_KIND", format!("the mapping file has no line for {name}"), kind);
                }
            },
        };
        let mut to = Vec::new();
        if self.columns.is_empty() {
            to.extend(self.into);
        }
        for column in &shown {
            let found = column.places.iter().find_map(|place| self.columns.get(place));
            to.extend(found.copied().filter(|id| !to.contains(id)));
        }
        if to.is_empty() {
            let place = first.places.first().cloned().unwrap_or_default();
            return elsewhere("UNMATCHED_COLUMN", format!("the mapping file has no line for {place}"), kind);
        }
        Some(Target { columns: to, kind, unmatched: None })
    }

    /// The fallback, for what its own column does not accept.
    pub(super) fn instead(&self, target: &Target) -> Option<Target> {
        let fallback = self.fallback.filter(|id| !target.columns.contains(id))?;
        let why = "the column does not accept this kind".to_owned();
        Some(Target { columns: vec![fallback], kind: target.kind, unmatched: Some(("UNMATCHED_KIND", why)) })
    }
}

/// Whether a place is another or lies below it.
fn lies_below(place: &str, above: &str) -> bool {
    place.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn read(path: &Path) -> anyhow::Result<Written> {
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("the mapping file {} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the mapping file {} is not right", path.display()))
}

/// `SITE/PATH` as it is compared: the code of a site and a normal path.
fn place(text: &str) -> anyhow::Result<String> {
    let (site, path) = split(text)?;
    Ok(format!("{site}{path}"))
}

fn split(text: &str) -> anyhow::Result<(String, String)> {
    let found =
        text.trim().split_once('/').filter(|(site, path)| !site.is_empty() && !path.trim_matches('/').is_empty());
    let (site, path) =
        found.with_context(|| format!("{text} names no column: write SITE/PATH, such as zjj/policies"))?;
    Ok((site.to_owned(), library::text::normal_path(&format!("/{path}"))))
}

/// A column here.
fn column(library: &Library, text: &str) -> anyhow::Result<ColumnId> {
    let (site, path) = split(text)?;
    let found =
        library.scope(Audience::Public).column_by(&ColumnLocator::At { site: site.clone(), path: path.clone() });
    Ok(found.with_context(|| format!("this library has no column {path} on a site {site}"))?.id)
}

fn kinds(written: BTreeMap<String, String>) -> anyhow::Result<BTreeMap<ContentKind, ContentKind>> {
    let kind = |text: &str| {
        let parsed = text.to_uppercase().replace('-', "_").parse::<ContentKind>();
        parsed.map_err(|_| anyhow::anyhow!("the mapping file: {text} is no kind of content"))
    };
    written.iter().map(|(from, to)| Ok((kind(from)?, kind(to)?))).collect()
}

fn publisher(library: &Library, site: SiteId, code: Option<&str>) -> anyhow::Result<OrganisationId> {
    let directory = library.directory();
    match code {
        Some(code) => {
            let found = directory.organisations.by_key(KeyKind::OrganisationCode, code);
            Ok(found.with_context(|| format!("there is no organisation {code}"))?.id)
        }
        None => Ok(directory.sites.get(site).context("the site is gone")?.fields.sponsor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_site_and_a_path() {
        assert_eq!(place("zjj/policies/").expect("a place"), "zjj/policies");
        assert_eq!(place(" zjj/a/b").expect("a place"), "zjj/a/b");
        for wrong in ["zjj", "/policies", "zjj/", "", "zjj//"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
        assert!(lies_below("zjj/a/b", "zjj/a") && lies_below("zjj/a", "zjj/a") && !lies_below("zjj/ab", "zjj/a"));
    }
}
