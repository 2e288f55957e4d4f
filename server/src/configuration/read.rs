//! Turns what was given into a checked [`Configuration`]; every invalid value is named, with what it must be.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use library::attachment::Uploads;

use super::keys::Key;
use super::load::{Given, Trouble};
use super::{Attachments, Configuration, S3Access, SearchIndex};

impl Configuration {
    /// Checks what was given and fills in the defaults.
    ///
    /// # Errors
    /// Names everything that is unknown or invalid.
    pub fn of(given: Given) -> Result<Self, Trouble> {
        let mut reader = Reader { given };
        let listen = reader.listen();
        let data_dir = reader.data_dir();
        let database_url = reader.database_url(&data_dir);
        let attachments = reader.attachments(&data_dir);
        let given_files_url = reader.files_url();
        let iframe_hosts = reader.iframe_hosts();
        let database_connections = reader.number("database_connections", 1..=1000);
        let statement_timeout = reader.number("statement_timeout_seconds", 1..=600);
        let log = reader.log();
        let clock_tick = reader.number("clock_tick_seconds", 1..=3600);
        let follow_tick = reader.number("follow_tick_milliseconds", 10..=60_000);
        let body_limit = reader.number("body_limit_bytes", 1024..=1 << 30);
        let request_timeout = reader.number("request_timeout_seconds", 1..=600);
        let door = reader.door();
        let second_factor_roles = reader.second_factor_roles();
        let log_format = reader.log_format();
        let s3 = reader.s3();
        let uploads = reader.uploads(&data_dir);
        let search = reader.search(&data_dir);
        let Given { values, trouble } = reader.given;
        let (true, Some(listen)) = (trouble.is_empty(), listen) else {
            return Err(Trouble(trouble));
        };
        Ok(Self {
            listen,
            data_dir,
            database_url,
            database_connections,
            statement_timeout: Duration::from_secs(statement_timeout.into()),
            given_files_url,
            attachments,
            iframe_hosts,
            s3,
            log,
            clock_tick: Duration::from_secs(clock_tick.into()),
            follow_tick: Duration::from_millis(follow_tick.into()),
            body_limit: usize::try_from(body_limit).unwrap_or(usize::MAX),
            request_timeout: Duration::from_secs(request_timeout.into()),
            door,
            second_factor_roles,
            log_format,
            uploads,
            search,
            given: values.into_iter().map(|(name, (_, source))| (name, source)).collect(),
        })
    }
}

pub(super) struct Reader {
    given: Given,
}

impl Reader {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.given.values.get(name).map(|(text, _)| text.trim().to_owned())
    }

    /// The text of a key whose default is what its entry says.
    pub(super) fn text_or_default(&self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| Key::find(name).map(|key| key.default).unwrap_or_default().to_owned())
    }

    /// Notes that the value of `name` is not what it must be.
    pub(super) fn refuse(&mut self, name: &str, must: impl Display) {
        let Some((text, source)) = self.given.values.get(name) else {
            return;
        };
        let shown = match Key::find(name) {
            Some(key) if !key.secret => format!(" is \"{text}\", but it"),
            _ => String::new(),
        };
        self.given.trouble.push(format!("{}: `{name}`{shown} {must}", source.place(name)));
    }

    fn listen(&mut self) -> Option<SocketAddr> {
        let listen = self.text_or_default("listen").parse().ok();
        if listen.is_none() {
            self.refuse("listen", "must be an IP address and a port, such as 127.0.0.1:8080 or [::]:8080");
        }
        listen
    }

    fn data_dir(&mut self) -> PathBuf {
        let data_dir = self.text_or_default("data_dir");
        if data_dir.is_empty() {
            self.refuse("data_dir", "must name a folder");
        }
        PathBuf::from(data_dir)
    }

    fn database_url(&mut self, data_dir: &std::path::Path) -> String {
        let Some(url) = self.text("database_url") else {
            let path = data_dir.join("jiyue.db").display().to_string();
            if path.contains(['?', '#', '%']) {
                self.refuse("data_dir", "must not contain ? # or % (or give `database_url`)");
            }
            return format!("sqlite://{path}");
        };
        let fits = match url.strip_prefix("sqlite://") {
            Some(path) => !path.is_empty() && !path.contains(['?', '#', '%']),
            None => url::Url::parse(&url)
                .is_ok_and(|parsed| matches!(parsed.scheme(), "postgres" | "postgresql") && parsed.path().len() > 1),
        };
        if !fits {
            self.refuse(
                "database_url",
                "must be sqlite://PATH (without ? # and %) or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
            );
        }
        url
    }

    fn files_url(&mut self) -> Option<String> {
        let text = self.text("files_url")?;
        let fits = url::Url::parse(&text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.query().is_none() && url.fragment().is_none()
        });
        if !fits {
            self.refuse("files_url", "must be an address such as https://www.example.org/files");
        }
        Some(text.trim_end_matches('/').to_owned())
    }

    fn attachments(&mut self, data_dir: &std::path::Path) -> Attachments {
        let Some(text) = self.text("attachments_url") else {
            return Attachments::Folder(data_dir.join("attachments"));
        };
        let Some(place) = text.strip_prefix("s3://") else {
            if text.is_empty() || text.contains("://") {
                self.refuse("attachments_url", "must name a folder, or a bucket as s3://BUCKET/PREFIX");
            }
            return Attachments::Folder(PathBuf::from(text));
        };
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            self.refuse("attachments_url", "must name a bucket: s3://BUCKET/PREFIX");
        } else if cfg!(not(feature = "s3")) {
            let must = "needs a program that was built with object stores (cargo build --features s3)";
            self.refuse("attachments_url", must);
        }
        Attachments::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() }
    }

    fn uploads(&mut self, data_dir: &std::path::Path) -> Uploads {
        let folder = self.text("spool_dir").map_or_else(|| data_dir.join("spool"), PathBuf::from);
        if folder.as_os_str().is_empty() {
            self.refuse("spool_dir", "must name a folder");
        }
        let mut megabytes = |name, most| u64::from(self.number(name, 1..=most)) << 20;
        Uploads {
            folder,
            most_bytes: megabytes("upload_megabytes", 1000),
            // GraphQL's Int ends there.
            most_resumable_bytes: megabytes("resumable_upload_megabytes", 2047),
            quota_bytes: megabytes("upload_quota_megabytes", u32::MAX),
            grace: Duration::from_secs(u64::from(self.number("unused_files_days", 1..=3650)) * 24 * 3600),
        }
    }

    fn search(&mut self, data_dir: &std::path::Path) -> SearchIndex {
        let folder = self.text("search_dir").map_or_else(|| data_dir.join("search"), PathBuf::from);
        if folder.as_os_str().is_empty() {
            self.refuse("search_dir", "must name a folder");
        }
        let memory = usize::try_from(self.number("search_memory_megabytes", 32..=65_536)).unwrap_or(usize::MAX) << 20;
        let (url, key) = (self.text("search_url"), self.text("search_key"));
        let index = self.text_or_default("search_index");
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if index.is_empty() || index.len() > 100 || !index.chars().all(plain) {
            self.refuse("search_index", "must be 1 to 100 letters, digits, hyphens and underscores");
        }
        let Some(url) = url.filter(|url| !url.is_empty()) else {
            return SearchIndex::Folder(search::embedded::Settings { folder, memory, threads: 2 });
        };
        if !is_address(&url) {
            self.refuse("search_url", "must be an address such as http://127.0.0.1:7700");
        }
        SearchIndex::Server(search::meili::Settings { url, key, index })
    }

    fn iframe_hosts(&mut self) -> Vec<String> {
        let text = self.text("iframe_hosts").unwrap_or_default();
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        let hosts: Result<Vec<_>, _> = names.map(|name| library::web::host("iframe_hosts", name)).collect();
        hosts.unwrap_or_else(|_| {
            self.refuse("iframe_hosts", "must be host names with commas between, such as map.example.org");
            Vec::new()
        })
    }

    fn log(&mut self) -> String {
        let log = self.text_or_default("log");
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&log) {
            self.refuse("log", format!("must be a filter such as info or info,library=debug ({error})"));
        }
        log
    }

    pub(super) fn number(&mut self, name: &str, range: RangeInclusive<u32>) -> u32 {
        match self.text_or_default(name).parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                self.refuse(name, format!("must be a whole number from {} to {}", range.start(), range.end()));
                *range.start()
            }
        }
    }

    fn s3(&mut self) -> S3Access {
        let endpoint = self.text("s3_endpoint");
        if endpoint.as_ref().is_some_and(|endpoint| !is_address(endpoint)) {
            self.refuse("s3_endpoint", "must be an address such as https://s3.example.org");
        }
        S3Access {
            endpoint,
            region: self.text_or_default("s3_region"),
            access_key: self.text("s3_access_key"),
            secret_key: self.text("s3_secret_key"),
        }
    }
}

/// Whether a text is the address of a server that is asked over HTTP.
fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
