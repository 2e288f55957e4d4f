//! `jiyue reindex`: builds the search index anew beside the one that answers, and lets it take over.

use std::time::Instant;

use anyhow::Context as _;

use crate::configuration::Configuration;
use crate::start;

/// Builds the index anew.
///
/// # Errors
/// When the library cannot be read, the folder cannot be written, or another process builds it now.
pub async fn run(configuration: &Configuration) -> anyhow::Result<()> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let search = start::search(configuration, library);
    let begun = Instant::now();
    let index = &configuration.search;
    let position = search.rebuild().await.with_context(|| format!("the index {index} could not be built"))?;
    let documents = search.engine().standing().await?.documents;
    let took = begun.elapsed().as_secs_f64();
    println!("{documents} contents in the index {index}, as of position {position}, in {took:.1} s.");
    Ok(())
}
