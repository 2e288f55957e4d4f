//! Opens everything in its order: folder, tables, database, files, library, door; and closes it again.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use library::database::Database;
use library::{Library, Settings};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use search::Search;
use search::embedded::Embedded;
use search::meili::Meili;
use tokio::net::TcpListener;

use crate::clock::SystemClock;
use crate::configuration::{Attachments, Configuration, S3Access, SearchIndex};
use crate::followers::{self, Pace};
use crate::http::App;

/// Takes the address before anything slow is begun, so that a taken one is noticed at once.
///
/// # Errors
/// When the address is taken or not of this machine.
pub async fn listen(configuration: &Configuration) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let address = configuration.listen;
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}: give another address with --listen 127.0.0.1:PORT"))?;
    let bound = listener.local_addr().context("the address that is listened on cannot be read")?;
    Ok((listener, bound))
}

/// Makes the folders of this machine that the configuration names.
///
/// # Errors
/// When one cannot be made.
pub fn make_folders(configuration: &Configuration) -> anyhow::Result<()> {
    let database = configuration.sqlite_file();
    let beside = database.as_deref().and_then(Path::parent).filter(|path| !path.as_os_str().is_empty());
    for folder in [Some(configuration.data_dir.as_path()), beside].into_iter().flatten() {
        make_folder(folder)?;
    }
    Ok(())
}

fn make_folder(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made: choose another with --data-dir", folder.display()))
}

/// Opens the place where attachments are kept.
///
/// # Errors
/// When the folder cannot be made, or the bucket is not described fully.
pub fn files(configuration: &Configuration) -> anyhow::Result<Arc<dyn ObjectStore>> {
    match &configuration.attachments {
        Attachments::Folder(folder) => {
            make_folder(folder)?;
            let files = LocalFileSystem::new_with_prefix(folder)
                .with_context(|| format!("the folder {} cannot be opened", folder.display()))?;
            Ok(Arc::new(files))
        }
        Attachments::Bucket { bucket, prefix } => bucket_store(bucket, prefix, &configuration.s3),
    }
}

#[cfg(feature = "s3")]
fn bucket_store(bucket: &str, prefix: &str, access: &S3Access) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let (Some(access_key), Some(secret_key)) = (&access.access_key, &access.secret_key) else {
        bail!("attachments lie in a bucket: give JIYUE_S3_ACCESS_KEY and JIYUE_S3_SECRET_KEY");
    };
    let mut builder = object_store::aws::AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&access.region)
        .with_access_key_id(access_key)
        .with_secret_access_key(secret_key);
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let store = builder.build().context("the object store cannot be opened")?;
    if prefix.is_empty() {
        return Ok(Arc::new(store));
    }
    Ok(Arc::new(object_store::prefix::PrefixStore::new(store, prefix)))
}

#[cfg(not(feature = "s3"))]
fn bucket_store(_: &str, _: &str, _: &S3Access) -> anyhow::Result<Arc<dyn ObjectStore>> {
    bail!("this program was built without object stores; build it with --features s3")
}

/// Opens the database, which has its tables.
///
/// # Errors
/// When it does not answer.
pub async fn database(configuration: &Configuration) -> anyhow::Result<Database> {
    let (url, connections) = (&configuration.database_url, configuration.database_connections);
    Database::open_with(url, connections, configuration.statement_timeout)
        .await
        .with_context(|| format!("the database {} cannot be opened", configuration.shown_database()))
}

/// Opens the library of a server that is bound to `bound`.
///
/// # Errors
/// When the database or the files cannot be opened.
pub async fn library(configuration: &Configuration, bound: SocketAddr) -> anyhow::Result<Library> {
    let settings = Settings {
        database: database(configuration).await?,
        files: files(configuration)?,
        clock: Arc::new(SystemClock),
        files_url: configuration.files_url(bound),
        iframe_hosts: configuration.iframe_hosts.clone(),
    };
    let opened = Library::open_with(settings, configuration.uploads.clone()).await;
    let library = opened.context("the library cannot be opened")?;
    library.require_second_factor(configuration.second_factor_roles.clone());
    Ok(library)
}

/// The search of this node. Its index is opened when it is needed first: a disk that is full, or a search server that is down,
/// stops nothing else.
pub fn search(configuration: &Configuration, library: Library) -> Search {
    match configuration.search.clone() {
        SearchIndex::Folder(settings) => Search::new(library, Arc::new(Embedded::new(settings))),
        SearchIndex::Server(settings) => Search::new(library, Arc::new(Meili::new(settings))),
    }
}

/// Brings the tables up to date.
///
/// # Errors
/// When the database cannot be reached or refuses.
pub async fn migrate(configuration: &Configuration) -> anyhow::Result<()> {
    make_folders(configuration)?;
    migrations::run(&configuration.database_url)
        .await
        .with_context(|| format!("the tables of {} could not be brought up to date", configuration.shown_database()))
}

/// Sees to it that a database which is served has its tables: an embedded one gets them, a server's must have them,
/// because several nodes share it.
///
/// # Errors
/// When tables are missing on a server, or the database cannot be reached.
pub async fn require_tables(configuration: &Configuration) -> anyhow::Result<()> {
    if configuration.sqlite_file().is_some() {
        return migrate(configuration).await;
    }
    make_folders(configuration)?;
    let shown = configuration.shown_database();
    let pending = migrations::pending(&configuration.database_url)
        .await
        .with_context(|| format!("the database {shown} cannot be reached: look at database_url"))?;
    if pending.is_empty() {
        return Ok(());
    }
    bail!("the tables of {shown} are not up to date ({} missing): run `jiyue migrate` first", pending.len())
}

/// Serves `library` until the process is asked to end, then drains.
///
/// # Errors
/// When the listener fails.
pub async fn run(configuration: &Configuration, library: Library, listener: TcpListener) -> anyhow::Result<()> {
    library.clean_spool().await.with_context(|| {
        format!("the folder {} cannot be written: give another as spool_dir", configuration.uploads.folder.display())
    })?;
    let search = search(configuration, library.clone());
    let app = App::new(library)
        .with_search(Arc::new(search))
        .with_limits(configuration.body_limit, configuration.request_timeout)
        .with_settings(configuration.door.clone())
        .prepared();
    let followers = followers::start(&app, Pace::of(configuration));
    let ended = asked_to_end()?;
    crate::serve(listener, app, ended).await;
    followers.stop(configuration.request_timeout).await;
    tracing::info!("stopped");
    Ok(())
}

/// Completes at SIGINT and SIGTERM.
///
/// # Errors
/// When the signals cannot be listened to.
pub fn asked_to_end() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .context("the signal to end cannot be listened to")?;
    Ok(async move {
        #[cfg(unix)]
        let terminated = terminate.recv();
        #[cfg(not(unix))]
        let terminated = std::future::pending::<Option<()>>();
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated => {}
        }
        tracing::info!("asked to end; what was begun is finished first");
    })
}
