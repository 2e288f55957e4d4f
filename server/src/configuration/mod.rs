//! What the operator decides: addresses, folders, limits, paces.
//!
//! Flags over environment over `jiyue.toml` over defaults; `docs/configuration.md` is the page about it. This room
//! opens nothing and knows no rule of the domain.

mod door;
mod keys;
mod load;
mod read;
mod signing;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

pub use door::LogFormat;
pub use keys::{KEYS, Key, PASSED_OVER, PREFIX};
pub use load::{FILE, Given, Source, Trouble, gather};

use library::grant::Role;

use crate::http;

/// Everything that can be configured, checked.
#[derive(Clone)]
pub struct Configuration {
    /// Where the server listens (`listen`).
    pub listen: SocketAddr,
    /// The folder of everything that is kept on this machine (`data_dir`).
    pub data_dir: PathBuf,
    /// The database: `sqlite://PATH` or `postgres://...` (`database_url`).
    pub database_url: String,
    /// The most connections to a PostgreSQL server (`database_connections`).
    pub database_connections: u32,
    /// The longest time that a statement of a read may take (`statement_timeout_seconds`).
    pub statement_timeout: Duration,
    /// The public address below which attachments are served, if one was given (`files_url`).
    pub given_files_url: Option<String>,
    /// Where attachments are kept (`attachments_url`).
    pub attachments: Attachments,
    /// Hosts whose pages may stand in frames of bodies (`iframe_hosts`).
    pub iframe_hosts: Vec<String>,
    /// The way into the object store (`s3_...`); used only where attachments are kept in one.
    pub s3: S3Access,
    /// What is logged, as tracing filters have it (`log`).
    pub log: String,
    /// How often deeds that are due are looked for (`clock_tick_seconds`).
    pub clock_tick: Duration,
    /// How often the change log is looked at without a hint (`follow_tick_milliseconds`).
    pub follow_tick: Duration,
    /// The largest body of a request in bytes (`body_limit_bytes`).
    pub body_limit: usize,
    /// The longest time that a request may take, and that the end waits for (`request_timeout_seconds`).
    pub request_timeout: Duration,
    /// Roles that nobody uses without a second factor (`second_factor_roles`).
    pub second_factor_roles: Vec<Role>,
    /// The bounds, times and keys of the door (`mode` to `idle_timeout_seconds`).
    pub door: http::Settings,
    /// How lines of the log are written (`log_format`).
    pub log_format: LogFormat,
    /// How files are uploaded (`spool_dir` to `unused_files_days`).
    pub uploads: library::attachment::Uploads,
    /// Where the search index lies (`search_dir` to `search_index`).
    pub search: SearchIndex,
    /// Which keys were given, and where.
    pub given: Vec<(&'static str, Source)>,
}

/// Where the search index lies.
#[derive(Debug, Clone)]
pub enum SearchIndex {
    /// In a folder of this machine, for this node alone.
    Folder(search::embedded::Settings),
    /// On a Meilisearch server, for all nodes.
    Server(search::meili::Settings),
}

impl std::fmt::Display for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(settings) => write!(f, "in {}", settings.folder.display()),
            Self::Server(settings) => write!(f, "{} on the Meilisearch server", settings.index),
        }
    }
}

/// Where attachments are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attachments {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In a bucket of an S3-compatible object store.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// What all keys begin with; empty for none.
        prefix: String,
    },
}

/// The way into an S3-compatible object store.
#[derive(Clone, Default)]
pub struct S3Access {
    /// The address of the store; none for that of the region's own provider.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The name of the key.
    pub access_key: Option<String>,
    /// The key.
    pub secret_key: Option<String>,
}

impl Configuration {
    /// The public address below which attachments are served by a server that is bound to `bound`.
    pub fn files_url(&self, bound: SocketAddr) -> String {
        match &self.given_files_url {
            Some(url) => url.clone(),
            None => format!("{}/files", server_url(bound)),
        }
    }

    /// The file of the database, where it is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.database_url.strip_prefix("sqlite://").map(PathBuf::from)
    }

    /// The database for people to read: without user and password.
    pub fn shown_database(&self) -> String {
        match url::Url::parse(&self.database_url) {
            Ok(url) if self.sqlite_file().is_none() => {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("postgres://{}{port}{}", url.host_str().unwrap_or_default(), url.path())
            }
            _ => self.database_url.clone(),
        }
    }

    /// Where the configuration came from, for people to read.
    pub fn source(&self) -> String {
        if self.given.is_empty() {
            return format!("defaults (no {FILE}, no {PREFIX}... variable, no flag)");
        }
        let given: Vec<_> = self.given.iter().map(|(name, source)| source.place(name)).collect();
        format!("{}; defaults otherwise", given.join(", "))
    }
}

/// The address at which a server that is bound to `bound` answers on its own machine.
pub fn server_url(bound: SocketAddr) -> String {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, bound.port()))
}
