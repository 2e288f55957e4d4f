//! The tables of the information-resource library, for SQLite and PostgreSQL.
//!
//! One intent a file; each file holds one SQL text that both engines read, with the few words that differ
//! between them in braces (see [`portable`]). This room knows tables and nothing else: no rule, no row of content.
#![forbid(unsafe_code)]

mod m0001_change_log;
mod m0002_directory;
mod m0003_live_content;
mod m0004_working_content;
mod m0005_placements;
mod m0006_addresses;
mod m0007_family_counters;
mod m0008_accounts;
mod m0009_desk;
mod m0010_second_factor_and_keys;
mod m0011_uploads;
mod m0012_structure;
mod m0013_sharing;
mod m0014_checks;
mod m0015_change_feed;
mod m0016_sweep;
mod m0017_policy_counters;
mod m0018_sweep_actor;
mod m0019_webhooks;
mod m0020_sweep_total;
mod m0021_placement_indexes;
mod m0022_mirrors;
mod m0023_tag_office;
mod m0024_recall;
mod m0025_tag_audits;
mod m0026_operations;
mod m0030_search_passed;
mod m0031_synonyms;
mod m0032_searches;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DatabaseBackend, DbErr};

/// All migrations, in order. They run forwards only: expand first, contract in a later release.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_change_log::Migration),
            Box::new(m0002_directory::Migration),
            Box::new(m0003_live_content::Migration),
            Box::new(m0004_working_content::Migration),
            Box::new(m0005_placements::Migration),
            Box::new(m0006_addresses::Migration),
            Box::new(m0007_family_counters::Migration),
            Box::new(m0008_accounts::Migration),
            Box::new(m0009_desk::Migration),
            Box::new(m0010_second_factor_and_keys::Migration),
            Box::new(m0011_uploads::Migration),
            Box::new(m0012_structure::Migration),
            Box::new(m0013_sharing::Migration),
            Box::new(m0014_checks::Migration),
            Box::new(m0015_change_feed::Migration),
            Box::new(m0016_sweep::Migration),
            Box::new(m0017_policy_counters::Migration),
            Box::new(m0018_sweep_actor::Migration),
            Box::new(m0019_webhooks::Migration),
            Box::new(m0020_sweep_total::Migration),
            Box::new(m0021_placement_indexes::Migration),
            Box::new(m0022_mirrors::Migration),
            Box::new(m0023_tag_office::Migration),
            Box::new(m0024_recall::Migration),
            Box::new(m0025_tag_audits::Migration),
            Box::new(m0026_operations::Migration),
            Box::new(m0030_search_passed::Migration),
            Box::new(m0031_synonyms::Migration),
            Box::new(m0032_searches::Migration),
        ]
    }
}

/// Brings the database at `url` (`sqlite://PATH` or `postgres://...`) to the newest tables.
///
/// # Errors
/// When the database cannot be reached or refuses a statement.
pub async fn run(url: &str) -> Result<(), DbErr> {
    let url = match url.strip_prefix("sqlite://") {
        Some(path) => format!("sqlite://{path}?mode=rwc"),
        None => url.to_owned(),
    };
    let connection = Database::connect(url).await?;
    if connection.get_database_backend() == DatabaseBackend::Sqlite {
        connection.execute_unprepared("pragma journal_mode = wal").await?;
    }
    Migrator::up(&connection, None).await?;
    connection.close().await
}

/// The names of the migrations that the database at `url` has not had yet; empty when it is up to date.
///
/// # Errors
/// When the database cannot be reached.
pub async fn pending(url: &str) -> Result<Vec<String>, DbErr> {
    let connection = Database::connect(url).await?;
    let pending = Migrator::get_pending_migrations(&connection).await?;
    let names = pending.iter().map(|migration| migration.name().to_owned()).collect();
    connection.close().await?;
    Ok(names)
}

/// Runs `text`, a sequence of statements separated by `;`, after putting this engine's words for
/// `{id}` (16 bytes), `{key}` (text compared by bytes), `{bool}`, `{true}`, `{false}` and `{strict}`.
async fn portable(manager: &SchemaManager<'_>, text: &str) -> Result<(), DbErr> {
    let words: [(&str, &str); 6] = match manager.get_database_backend() {
        DatabaseBackend::Postgres => [
            ("{id}", "uuid"),
            ("{key}", "text collate \"C\""),
            ("{bool}", "boolean"),
            ("{true}", "true"),
            ("{false}", "false"),
            ("{strict}", ""),
        ],
        _ => [
            ("{id}", "blob"),
            ("{key}", "text"),
            ("{bool}", "integer"),
            ("{true}", "1"),
            ("{false}", "0"),
            ("{strict}", "strict"),
        ],
    };
    let mut sql = text.replace("bigint", if words[0].1 == "uuid" { "bigint" } else { "integer" });
    for (word, meaning) in words {
        sql = sql.replace(word, meaning);
    }
    manager.get_connection().execute_unprepared(&sql).await?;
    Ok(())
}

/// Declares a migration that runs one portable text.
macro_rules! migration {
    ($text:expr) => {
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Migration {
            async fn up(
                &self,
                manager: &sea_orm_migration::SchemaManager,
            ) -> Result<(), sea_orm_migration::sea_orm::DbErr> {
                crate::portable(manager, $text).await
            }
        }
    };
}
use migration;
