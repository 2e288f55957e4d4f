//! The list of configuration keys: the one place that names them for the file, the environment and the page.
//!
//! This room knows names, defaults and meanings; it reads nothing.

/// A configuration key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in `jiyue.toml`; the environment variable is `JIYUE_` and the name in capitals.
    pub name: &'static str,
    /// What holds when nothing is given, as the page of the configuration shows it.
    pub default: &'static str,
    /// Whether its value is never shown, not even in an error.
    pub secret: bool,
    /// Whether it can be given as a flag; secrets cannot, because other users of a machine see flags.
    pub flag: bool,
}

const fn open(name: &'static str, default: &'static str) -> Key {
    Key { name, default, secret: false, flag: true }
}

/// A key that is set once and for all, and has no flag.
const fn settled(name: &'static str, default: &'static str) -> Key {
    Key { name, default, secret: false, flag: false }
}

const fn secret(name: &'static str) -> Key {
    Key { name, default: "", secret: true, flag: false }
}

/// Every key, in the order of the page.
pub const KEYS: &[Key] = &[
    open("listen", "127.0.0.1:8080"),
    open("data_dir", "./data"),
    // Not secret by name, but it may hold a password.
    Key { name: "database_url", default: "sqlite://{data_dir}/jiyue.db", secret: true, flag: true },
    open("database_connections", "16"),
    settled("statement_timeout_seconds", "5"),
    open("files_url", "http://{listen}/files"),
    open("attachments_url", "{data_dir}/attachments"),
    open("iframe_hosts", ""),
    open("log", "info"),
    open("clock_tick_seconds", "1"),
    open("follow_tick_milliseconds", "200"),
    open("body_limit_bytes", "1048576"),
    open("request_timeout_seconds", "10"),
    open("mode", "development"),
    secret("operator_key"),
    open("log_format", "text"),
    settled("trusted_proxies", ""),
    settled("cors_origins", ""),
    settled("identity_issuers", ""),
    settled("webhook_networks", ""),
    settled("webhook_ports", ""),
    settled("second_factor_roles", ""),
    settled("http_connections", "512"),
    settled("requests_at_once", "64"),
    settled("requests_waiting", "256"),
    settled("header_timeout_seconds", "10"),
    settled("body_timeout_seconds", "5"),
    settled("idle_timeout_seconds", "75"),
    settled("spool_dir", "{data_dir}/spool"),
    settled("upload_megabytes", "20"),
    settled("resumable_upload_megabytes", "2000"),
    settled("upload_quota_megabytes", "20480"),
    settled("upload_timeout_seconds", "600"),
    settled("uploads_at_once", "16"),
    settled("unused_files_days", "7"),
    settled("search_dir", "{data_dir}/search"),
    settled("search_memory_megabytes", "128"),
    // Like the database's: it may hold a password.
    Key { name: "search_url", default: "", secret: true, flag: false },
    secret("search_key"),
    settled("search_index", "jiyue"),
    settled("cache_megabytes", "256"),
    settled("cache_compared", "10"),
    settled("shared_cache_seconds", "0"),
    settled("purge_url", ""),
    secret("purge_secret"),
    settled("limit_query_bytes", "65536"),
    settled("limit_tokens", "10000"),
    settled("limit_nesting", "60"),
    settled("limit_depth", "20"),
    settled("limit_fields", "2000"),
    settled("limit_merged_fields", "20000"),
    settled("limit_aliases", "200"),
    settled("limit_root_fields", "60"),
    settled("limit_directives", "10"),
    settled("limit_operations", "50"),
    settled("limit_fragments", "200"),
    settled("limit_variables", "100"),
    settled("limit_introspection_fields", "3"),
    settled("limit_introspection_depth", "2"),
    settled("limit_variables_bytes", "262144"),
    settled("limit_json_nesting", "32"),
    settled("limit_cost", "300000"),
    settled("limit_values", "700000"),
    settled("limit_errors", "50"),
    settled("limit_answer_bytes", "16777216"),
    settled("s3_endpoint", ""),
    settled("s3_region", "us-east-1"),
    secret("s3_access_key"),
    secret("s3_secret_key"),
];

/// What the names of environment variables begin with.
pub const PREFIX: &str = "JIYUE_";

/// Variables that are no keys: for the project's own test runs, the password of `jiyue admin create`, and the key of `jiyue mirror`.
pub const PASSED_OVER: [&str; 5] =
    ["JIYUE_TEST_", "JIYUE_REQUIRE_", "JIYUE_ADMIN_PASSWORD", "JIYUE_MIRROR_KEY", "JIYUE_OPERATIONS_KEY"];

impl Key {
    /// The key of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../docs/configuration.md");

    #[test]
    fn the_page_documents_every_key_with_its_variable_and_default_and_no_other() {
        let rows: Vec<Vec<&str>> = PAGE
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| line.split('|').map(|cell| cell.trim().trim_matches('`')).collect())
            .collect();
        let documented: Vec<_> = rows.iter().map(|row| row[1].to_owned()).collect();
        let known: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        assert_eq!(documented, known, "docs/configuration.md lists the keys in the order of KEYS");
        for (row, key) in rows.iter().zip(KEYS) {
            assert_eq!(row[2], key.variable(), "the variable of {}", key.name);
            assert_eq!(row[3], key.default, "the default of {}", key.name);
            assert!(row[4].len() > 20, "the meaning of {}", key.name);
        }
    }

    #[test]
    fn every_limit_of_a_question_has_a_key_with_its_default() {
        let known: Vec<_> =
            KEYS.iter().filter_map(|key| Some((key.name.strip_prefix("limit_")?, key.default))).collect();
        let limits: Vec<_> =
            operation::Limit::all().map(|limit| (limit.name(), limit.default_value().to_string())).collect();
        let limits: Vec<_> = limits.iter().map(|(name, default)| (*name, default.as_str())).collect();
        assert_eq!(known, limits);
    }

    #[test]
    fn no_secret_but_the_database_address_is_a_flag() {
        let shown: Vec<_> = KEYS.iter().filter(|key| key.secret && key.flag).map(|key| key.name).collect();
        assert_eq!(shown, ["database_url"]);
    }
}
