//! `jiyue mirror`: follows columns of another instance of Jiyue into columns of this one.
//!
//! Here is what the command line says and what is printed; [`follow`] goes from page to page.

mod follow;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use delivery::mirror::Origin;
use library::Library;
use seed::mirror::{MirrorWish, Plan};

use crate::configuration::Configuration;
use crate::start;
use follow::Follow;

/// The variable that holds the key.
pub const VARIABLE: &str = "JIYUE_MIRROR_KEY";

/// What is followed, and where to.
#[derive(Debug, Clone, Default, Args)]
pub struct Mirror {
    /// The address of the other instance
    #[arg(long, value_name = "URL")]
    pub from: String,
    /// A key of the other instance, if it asks for one [better: the variable JIYUE_MIRROR_KEY, which other users do not see]
    #[arg(long, value_name = "KEY")]
    pub key: Option<Secret>,
    /// A column of the other instance, which is followed with all columns below it; may be given several times
    #[arg(long = "column", value_name = "SITE/PATH")]
    pub columns: Vec<String>,
    /// The column here into which everything goes; with [columns] in the mapping file: what these do not match
    #[arg(long, value_name = "SITE/PATH")]
    pub into: Option<String>,
    /// A mapping file: which columns and kinds become which here, and the fallback
    #[arg(long, value_name = "FILE.toml")]
    pub map: Option<PathBuf>,
    /// The code of the organisation that stands as publisher for those that are not here [default: the site's sponsor]
    #[arg(long, value_name = "ORGANISATION")]
    pub publisher: Option<String>,
    /// What the mirror is called; contents have it in their origin, so it stays [default: host and port of the URL]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// End when everything is taken over, instead of waiting for more
    #[arg(long)]
    pub once: bool,
    /// Look at everything again first, as after the other instance was restored from a backup
    #[arg(long)]
    pub anew: bool,
    /// How often it is asked for changes when there were none
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: u64,
}

/// Something that is not printed.
#[derive(Clone)]
pub struct Secret(String);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("...")
    }
}

/// What became of all that came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Followed {
    /// Contents published, or published again.
    pub written: usize,
    /// Contents corrected.
    pub updated: usize,
    /// Contents withdrawn.
    pub withdrawn: usize,
    /// What did not match, or was left, and was told of.
    pub told: usize,
    /// What could not be taken over.
    pub failed: usize,
}

impl fmt::Display for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written, updated, withdrawn, told, failed } = self;
        write!(f, "{written} written, {updated} corrected, {withdrawn} withdrawn, {told} told of, {failed} failed")
    }
}

/// Follows until it is asked to end, or once; answers whether everything could be taken over.
///
/// # Errors
/// When what is asked for is not there on either side, the other side does not answer as it should, or the database fails.
pub async fn run(configuration: &Configuration, mut wanted: Mirror) -> anyhow::Result<bool> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    if wanted.key.is_none() {
        wanted.key = std::env::var(VARIABLE).ok().filter(|key| !key.trim().is_empty()).map(Secret);
    }
    let ended = start::asked_to_end()?;
    let followed = follow(&library, &wanted, ended).await?;
    println!("{followed}");
    if followed.told + followed.failed > 0 {
        eprintln!(
            "What did not go as it came is in the exchange log: desk {{ mirrors {{ exchanges(withCode: true) }} }}"
        );
    }
    Ok(followed.failed == 0)
}

/// The same in a library that is open.
///
/// # Errors
/// As [`run`].
pub async fn follow(library: &Library, wanted: &Mirror, ended: impl Future<Output = ()>) -> anyhow::Result<Followed> {
    let wish = MirrorWish {
        columns: wanted.columns.clone(),
        into: wanted.into.clone(),
        map: wanted.map.clone(),
        publisher: wanted.publisher.clone(),
    };
    let plan = Plan::of(library, &wish)?;
    let key = wanted.key.as_ref().map(|Secret(key)| key.as_str());
    let origin = Origin::at(&wanted.from, key)?;
    if key.is_some() && origin.url().scheme() == "http" {
        tracing::warn!("the key is sent over plain http: whoever listens on the way can read it");
    }
    let name = wanted.name.clone().unwrap_or_else(|| origin.name());
    let follow = Follow::new(library.clone(), origin, plan, name.clone(), wanted.anew);
    let pace = follow::Pace { once: wanted.once, every: Duration::from_secs(wanted.every) };
    follow.run(pace, ended).await.with_context(|| format!("the mirror {name} of {}", wanted.from))
}
