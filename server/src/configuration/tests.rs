//! What is given, where, and what is refused.

use std::path::Path;

use super::load::{Given, Trouble};
use super::{Attachments, Configuration, KEYS, SearchIndex};

fn load(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Configuration, Trouble> {
    let mut given = Given::default();
    given.file(Path::new("jiyue.toml"), file);
    given.environment(environment.iter().map(|(name, value)| (name.into(), value.into())));
    given.flags(flags.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Configuration::of(given)
}

fn trouble(file: &str, environment: &[(&str, &str)]) -> String {
    load(file, environment, &[]).err().map(|trouble| trouble.to_string()).unwrap_or_default()
}

#[test]
fn defaults_hold_when_nothing_is_given() {
    let configuration = load("", &[], &[]).expect("the defaults are valid");
    assert_eq!(configuration.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(configuration.database_url, "sqlite://./data/jiyue.db");
    assert_eq!(configuration.files_url(configuration.listen), "http://127.0.0.1:8080/files");
    assert_eq!(configuration.attachments, Attachments::Folder("./data/attachments".into()));
    assert_eq!(configuration.body_limit, 1 << 20);
    assert!(configuration.source().starts_with("defaults"));
}

#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let file = "listen = \"127.0.0.1:1\"\nlog = \"warn\"\ndatabase_connections = 3";
    let environment = [("JIYUE_LISTEN", "127.0.0.1:2"), ("JIYUE_LOG", "error"), ("PATH", "/bin")];
    let configuration = load(file, &environment, &[("listen", "127.0.0.1:3")]).expect("valid");
    assert_eq!(configuration.listen.port(), 3);
    assert_eq!(configuration.log, "error");
    assert_eq!(configuration.database_connections, 3);
    assert_eq!(configuration.source(), "jiyue.toml (database_connections), --listen, JIYUE_LOG; defaults otherwise");
}

#[test]
fn the_index_lies_in_a_folder_or_on_a_server_and_its_key_is_not_shown() {
    let here = load("", &[], &[]).expect("valid").search;
    assert_eq!(here.to_string(), "in ./data/search");
    let environment = [("JIYUE_SEARCH_URL", "http://u:hunter2@127.0.0.1:7700"), ("JIYUE_SEARCH_KEY", "hunter3")];
    let there = load("search_index = \"city\"", &environment, &[]).expect("valid").search;
    let SearchIndex::Server(settings) = &there else { panic!("{there}") };
    assert_eq!((settings.key.as_deref(), settings.index.as_str()), (Some("hunter3"), "city"));
    assert!(!format!("{there} {there:?}").contains("hunter"), "{there:?}");
    let wrong = trouble("search_index = \"a/b\"", &[("JIYUE_SEARCH_URL", "127.0.0.1:7700 hunter2")]);
    assert!(
        wrong.contains("`search_index`") && wrong.contains("`search_url`") && !wrong.contains("hunter2"),
        "{wrong}"
    );
}

#[test]
fn unknown_names_are_refused_with_the_known_ones() {
    let text = trouble("listn = \"x\"\n[server]\nport = 1", &[("JIYUE_LISTN", "x"), ("JIYUE_TEST_POSTGRES_URL", "x")]);
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("jiyue.toml: unknown key `listn`; known keys: listen, data_dir"), "{text}");
    assert!(text.contains("unknown key `server`"), "{text}");
    assert!(text.contains("environment: unknown variable `JIYUE_LISTN`; known variables: JIYUE_LISTEN"), "{text}");
}

#[test]
fn every_invalid_value_is_named_and_no_secret_is_shown() {
    let file = "listen = \"8080\"\nbody_limit_bytes = -1\nlog = \"a=b=c\"\ndata_dir = true\nfiles_url = \"files\"";
    let text = trouble(file, &[("JIYUE_DATABASE_URL", "mysql://u:hunter2@h/d"), ("JIYUE_CLOCK_TICK_SECONDS", "soon")]);
    for name in ["listen", "body_limit_bytes", "log", "data_dir", "files_url", "database_url", "clock_tick_seconds"] {
        assert!(text.contains(&format!("`{name}`")), "{name} in {text}");
    }
    assert!(text.contains("JIYUE_CLOCK_TICK_SECONDS: `clock_tick_seconds` is \"soon\", but it must be"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(trouble("secret = \"hunter2", &[]).contains("line 1: not valid TOML"));
    assert!(!trouble("s3_secret_key = \"hunter2", &[]).contains("hunter2"));
}

#[test]
fn a_database_is_a_file_or_a_server() {
    for url in ["sqlite://", "sqlite://a?mode=ro", "postgres://host", "jiyue.db", ""] {
        assert!(trouble("", &[("JIYUE_DATABASE_URL", url)]).contains("`database_url`"), "{url}");
    }
    let shown = |url| load("", &[("JIYUE_DATABASE_URL", url)], &[]).ok().map(|found| found.shown_database());
    assert_eq!(shown("postgres://me:secret@db:5433/city?x=1").as_deref(), Some("postgres://db:5433/city"));
    assert_eq!(shown("sqlite:///var/lib/jiyue.db").as_deref(), Some("sqlite:///var/lib/jiyue.db"));
}

#[test]
fn every_default_is_valid_when_written_down() {
    for key in KEYS.iter().filter(|key| !key.default.is_empty() && !key.default.contains('{')) {
        assert!(load("", &[], &[(key.name, key.default)]).is_ok(), "{}", key.name);
    }
}

#[test]
fn hosts_of_frames_are_names_alone() {
    let hosts = |text: &str| load("", &[("JIYUE_IFRAME_HOSTS", text)], &[]).map(|known| known.iframe_hosts);
    assert_eq!(hosts("").expect("none").len(), 0);
    assert_eq!(hosts("Map.Example.org, 视频.cn").expect("two"), ["map.example.org", "xn--cy2a840a.cn"]);
    for text in ["https://map.example.org", "map.example.org/x", "me@map.example.org", "*"] {
        let refused = trouble("", &[("JIYUE_IFRAME_HOSTS", text)]);
        assert!(refused.contains("JIYUE_IFRAME_HOSTS") && refused.contains("host names"), "{text}: {refused}");
    }
}

#[test]
fn issuers_are_whole_and_safe_or_refused() {
    let of = |text: &str| load("", &[("JIYUE_IDENTITY_ISSUERS", text)], &[]).map(|known| known.door.issuers);
    let issuer = |change: &str, to: &str| {
        let whole = r#"[{"issuer": "https://id.example.cn", "audience": "jiyue", "algorithms": ["RS256"],
            "jwks": "https://id.example.cn/jwks", "require": {"acr": "2"}}]"#;
        assert!(whole.contains(change), "{change}");
        whole.replacen(change, to, 1)
    };
    assert_eq!(of("").expect("none").len(), 0);
    assert_eq!(of(&issuer("[", "[")).expect("one")[0].require["acr"], "2");
    assert!(of(&issuer("https://id.example.cn/jwks", "http://127.0.0.1:9000/jwks")).is_ok());
    for (change, to) in [
        ("https://id.example.cn/jwks", "http://id.example.cn/jwks"),
        ("https://id.example.cn/jwks", "file:///etc/jwks"),
        ("https://id.example.cn/jwks", "https://me:secret@id.example.cn/jwks"),
        ("RS256", "none"),
        ("RS256", "HS256"),
        ("\"RS256\"", ""),
        ("\"jiyue\"", "\"\""),
        ("\"audience\"", "\"aud\""),
        ("[{", "{"),
    ] {
        let refused = trouble("", &[("JIYUE_IDENTITY_ISSUERS", &issuer(change, to))]);
        assert!(refused.contains("identity_issuers"), "{change} -> {to}: {refused}");
    }
    let roles =
        |text: &str| load("", &[("JIYUE_SECOND_FACTOR_ROLES", text)], &[]).map(|known| known.second_factor_roles);
    assert_eq!(roles("PLATFORM_ADMIN, site-admin").expect("two").len(), 2);
    assert!(roles("ADMIN").is_err() && roles("").expect("none").is_empty());
}
