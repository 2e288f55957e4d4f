//! The harness of the black-box tests: a library on SQLite and on PostgreSQL, empty or with the demonstration city.
//!
//! The city is made once for each engine and cloned for every test. Tests ask it through the executable schema as a
//! client does, and look at what the read ran and depended on.
#![forbid(unsafe_code)]
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a panic is how a test reports")]

mod city;
mod plans;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, Once, PoisonError};

use library::clock::SetClock;
use library::database::Database;
use library::{Caller, Library, Scope, Settings};
use operation::{Openness, Question, Rules};
use search::Search;
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

pub use plans::{deed_plan_faults, plan_faults};

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// The server for several nodes.
    Postgres,
}

/// The address of the PostgreSQL server that tests may use; says once that it skips if there is none.
pub fn postgres_url() -> Option<String> {
    static SAID: Once = Once::new();
    let url = std::env::var("JIYUE_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    if url.is_none() {
        assert!(std::env::var("JIYUE_REQUIRE_POSTGRES").is_err(), "JIYUE_TEST_POSTGRES_URL is not set");
        SAID.call_once(|| {
            use std::io::Write as _;
            let line = "skipped: PostgreSQL (set JIYUE_TEST_POSTGRES_URL, or run ./test)\n";
            let _ = std::io::stderr().write_all(line.as_bytes());
        });
    }
    url
}

/// The engines that can be had.
pub fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Sqlite];
    engines.extend(postgres_url().map(|_| Engine::Postgres));
    engines
}

/// Runs a test on each engine.
pub fn on_both<F, R>(test: F)
where
    F: Fn(Engine) -> R,
    R: Future<Output = ()>,
{
    for engine in engines() {
        eprintln!("on {engine:?}");
        runtime().block_on(test(engine));
    }
}

/// A runtime with two workers, as a small server has.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A folder of this process for databases and files; the operating system cleans it up.
pub fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jiyue-it-{}", std::process::id())).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A number that no other call in this process gets.
pub fn fresh() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn one_at_a_time() -> MutexGuard<'static, ()> {
    static LOCK: Mutex<()> = Mutex::new(());
    LOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs statements on the maintenance database of the server.
async fn on_server(statements: &[String]) {
    let url = postgres_url().expect("a server");
    let mut connection = PgConnection::connect(&url).await.expect("the server");
    for statement in statements {
        connection.execute(AssertSqlSafe(statement.clone())).await.expect("a statement");
    }
    connection.close().await.expect("closed");
}

/// The address of a database of the server.
fn database_url(name: &str) -> String {
    let url = postgres_url().expect("a server");
    let (server, _) = url.rsplit_once('/').expect("a database in the address");
    format!("{server}/{name}")
}

/// A database of its own without tables: its name and its address.
async fn new_database(engine: Engine) -> (String, String) {
    let name = format!("jiyue_it_{}_{}", std::process::id(), fresh());
    let url = match engine {
        Engine::Sqlite => format!("sqlite://{}", scratch("empty").join(format!("{name}.db")).display()),
        Engine::Postgres => {
            on_server(&[format!("create database {name}")]).await;
            database_url(&name)
        }
    };
    (name, url)
}

/// A library for one test.
pub struct World {
    /// On which engine.
    pub engine: Engine,
    /// The library.
    pub library: Library,
    /// The executable schema.
    pub schema: schema::Schema,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// The address of its database.
    pub url: String,
    /// The folder of its attachments.
    pub files: PathBuf,
    /// Its search; its index is not there before [`World::indexed`].
    pub search: Arc<Search>,
}

/// The object store of a folder.
pub fn files_in(folder: &Path) -> Arc<dyn object_store::ObjectStore> {
    std::fs::create_dir_all(folder).expect("a folder");
    Arc::new(object_store::local::LocalFileSystem::new_with_prefix(folder).expect("a folder"))
}

/// The document as the door hands it on; nothing for one that it refuses.
pub fn admitted(document: &str, variables: &Json) -> Option<schema::ExecutableDocument> {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let rules = Rules::new(&schema::sdl(), operation::Limits::default()).expect("a schema");
        rules.weighing(&schema::WEIGHTS)
    });
    let variables = variables.as_object().cloned().unwrap_or_default();
    let question = Question { query: document.to_owned(), variables, ..Question::default() };
    let open = Openness { introspection: true, suggestions: false };
    RULES.admit(&question, open).ok().map(|admitted| admitted.document)
}

impl World {
    /// A library with tables and nothing else.
    pub async fn empty(engine: Engine) -> Self {
        let (name, url) = new_database(engine).await;
        migrations::run(&url).await.expect("migrations");
        Self::over(engine, url, scratch(&name)).await
    }

    /// A synthetic library of so many contents.
    pub async fn filled(engine: Engine, contents: usize) -> Self {
        let (name, url) = new_database(engine).await;
        bench::fill::fill(&url, contents, 1, &mut |_| {}).await.expect("filled");
        Self::over(engine, url, scratch(&name)).await
    }

    /// A library with the demonstration city.
    pub async fn city(engine: Engine) -> Self {
        let (url, files) = city::clone_of(engine).await;
        Self::over(engine, url, files).await
    }

    /// A library over a database that exists.
    pub async fn over(engine: Engine, url: String, files: PathBuf) -> Self {
        let clock = Arc::new(SetClock::new(seed::END, fresh()));
        let library = Self::node(&url, &files, clock.clone()).await;
        let search = Arc::new(Self::search_of(&library));
        Self { engine, library, schema: schema::build(), clock, url, files, search }
    }

    /// A search over a library, with an index of its own.
    pub fn search_of(library: &Library) -> Search {
        let folder = scratch("search").join(fresh().to_string());
        Self::search_in(library, &folder)
    }

    /// A search over a library, with its index in a folder.
    pub fn search_in(library: &Library, folder: &Path) -> Search {
        let settings = search::embedded::Settings { folder: folder.to_path_buf(), memory: 15_000_000, threads: 1 };
        Search::new(library.clone(), Arc::new(search::embedded::Embedded::new(settings)))
    }

    /// Brings the index to the end of the log, as its follower does.
    pub async fn indexed(&self) {
        self.search.catch_up(&mut search::Seen::default()).await.expect("an index");
    }

    /// A further node over the same database.
    pub async fn node(url: &str, files: &Path, clock: Arc<SetClock>) -> Library {
        Self::node_over(url, files_in(files), clock).await
    }

    /// A further node whose files lie in `files`.
    pub async fn node_over(url: &str, files: Arc<dyn object_store::ObjectStore>, clock: Arc<SetClock>) -> Library {
        Self::node_with(url, files, clock, Self::uploads(url)).await
    }

    /// How files are uploaded to the library over the database at `url`: with the usual bounds, and a folder of its own.
    pub fn uploads(url: &str) -> library::attachment::Uploads {
        let name = url.rsplit('/').next().unwrap_or_default();
        library::attachment::Uploads::in_folder(scratch("spool").join(name))
    }

    /// A further node with other bounds on uploads.
    pub async fn node_with(
        url: &str,
        files: Arc<dyn object_store::ObjectStore>,
        clock: Arc<SetClock>,
        uploads: library::attachment::Uploads,
    ) -> Library {
        let database = Database::open(url, 4).await.expect("the database");
        let files_url = city::FILES_URL.to_owned();
        let settings = Settings { database, files, clock, files_url, iframe_hosts: Vec::new() };
        Library::open_with(settings, uploads).await.expect("a library")
    }

    /// Who does the deeds of tests.
    pub fn editor(&self) -> Caller {
        Caller::program("test")
    }

    /// What a client is answered, and the read behind it: executed as the door does. What the door would not execute
    /// is executed all the same, so that the resolvers' own answers to it are seen.
    pub async fn ask(&self, document: &str, variables: &Json) -> (Json, Arc<Scope>) {
        let (response, scope) = match admitted(document, variables) {
            Some(document) => {
                let request = schema::request(document).data(schema::Plain::unbounded()).data(self.search.clone());
                schema::execute(&self.schema, &self.library, request).await
            }
            None => self.execute(document, variables).await,
        };
        let body = schema::Plain::unbounded().body(&response).expect("JSON").expect("within");
        (serde_json::from_slice(&body).expect("JSON"), scope)
    }

    /// What a client is answered who asks as `caller`, and the read behind it.
    pub async fn ask_as(&self, caller: &Caller, document: &str, variables: &Json) -> (Json, Arc<Scope>) {
        let scope = Arc::new(self.library.scope(library::Audience::Public).asked_by(caller.clone()));
        let request = match admitted(document, variables) {
            Some(document) => schema::request(document).data(schema::Plain::unbounded()),
            None => schema::Request::new(document).variables(schema::Variables::from_json(variables.clone())),
        };
        let request = request.data(self.search.clone());
        let response = schema::execute_in(&self.schema, scope.clone(), request).await;
        let body = schema::Plain::unbounded().body(&response).expect("JSON").expect("within");
        (serde_json::from_slice(&body).expect("JSON"), scope)
    }

    /// What the GraphQL library answers to a document as it stands.
    pub async fn execute(&self, document: &str, variables: &Json) -> (schema::Response, Arc<Scope>) {
        let request = schema::Request::new(document).variables(schema::Variables::from_json(variables.clone()));
        let request = request.data(self.search.clone());
        schema::execute(&self.schema, &self.library, request).await
    }

    /// The data of an answer that must have no errors.
    pub async fn data(&self, document: &str, variables: &Json) -> Json {
        let (answer, _) = self.ask(document, variables).await;
        assert!(answer.get("errors").is_none(), "{}\n{document}", answer["errors"]);
        answer["data"].clone()
    }

    /// The one cell of a statement, for looking behind the door.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let rows = self.library.database().rows(&library::database::Sql::new(sql), &[]).await.expect("rows");
        rows[0].get(0).expect("a number")
    }
}
