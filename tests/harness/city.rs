//! The demonstration city as a template: made once for each engine and process, cloned for every test.

use std::path::PathBuf;
use std::sync::OnceLock;

use library::database::Database;

use crate::{Engine, database_url, files_in, fresh, on_server, one_at_a_time, runtime, scratch};

/// The public address of attachments in tests.
pub const FILES_URL: &str = "http://127.0.0.1:8080/files";

/// A copy of the city for one test: the address of its database and the folder of its attachments.
pub async fn clone_of(engine: Engine) -> (String, PathBuf) {
    let template = tokio::task::spawn_blocking(move || template(engine)).await.expect("the city");
    let name = format!("jiyue_it_{}_{}", std::process::id(), fresh());
    let url = match engine {
        Engine::Sqlite => {
            let file = scratch("city").join(format!("{name}.db"));
            std::fs::copy(&template, &file).expect("a copy");
            format!("sqlite://{}", file.display())
        }
        Engine::Postgres => {
            on_server(&[format!("create database {name} template {template}")]).await;
            database_url(&name)
        }
    };
    // Attachments are named by their bytes: copies of the city share them.
    (url, scratch("files"))
}

/// The file of the SQLite template, or the name of the PostgreSQL one.
fn template(engine: Engine) -> String {
    static SQLITE: OnceLock<String> = OnceLock::new();
    static POSTGRES: OnceLock<String> = OnceLock::new();
    match engine {
        Engine::Sqlite => SQLITE.get_or_init(|| {
            let file = scratch("template").join("city.db").display().to_string();
            fill(format!("sqlite://{file}"));
            let connection = format!("sqlite://{file}");
            runtime().block_on(async {
                // One file: what the log of the writer still holds goes into it.
                let database = Database::open(&connection, 1).await.expect("the template");
                let fold = library::database::Sql::new("pragma wal_checkpoint(truncate)");
                let _ = database.rows(&fold, &[]).await;
            });
            file
        }),
        Engine::Postgres => POSTGRES.get_or_init(|| {
            let name = format!("jiyue_it_{}_template", std::process::id());
            let _guard = one_at_a_time();
            runtime().block_on(on_server(&[format!("create database {name}")]));
            fill(database_url(&name));
            runtime().block_on(on_server(&[
                format!("alter database {name} allow_connections false"),
                format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"),
            ]));
            name
        }),
    }
    .clone()
}

fn fill(url: String) {
    runtime().block_on(async {
        migrations::run(&url).await.expect("migrations");
        let database = Database::open(&url, 4).await.expect("the database");
        seed::city(database, files_in(&scratch("files")), FILES_URL, &mut |_, _| {}).await.expect("the city");
    });
}
