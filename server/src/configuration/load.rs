//! Gathers what was given: the file, then the environment over it, then the flags over both.
//!
//! Unknown names are refused with the list of the known ones, so that a slip of the pen is never silently ignored.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::Configuration;
use super::keys::{KEYS, Key, PASSED_OVER, PREFIX};

/// The file that is read from the working folder where no other is named.
pub const FILE: &str = "jiyue.toml";

/// Where a value was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// In a file.
    File(PathBuf),
    /// In an environment variable.
    Environment,
    /// As a flag of the command line.
    Flag,
}

impl Source {
    /// Names the place of `key` for people to read.
    pub fn place(&self, key: &str) -> String {
        match self {
            Self::File(path) => format!("{} ({key})", path.display()),
            Self::Environment => format!("{PREFIX}{}", key.to_uppercase()),
            Self::Flag => format!("--{}", key.replace('_', "-")),
        }
    }
}

/// Everything that is wrong with a configuration, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble(pub Vec<String>);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Trouble {}

/// What was given, by key.
#[derive(Debug, Default)]
pub struct Given {
    /// The text of each value and where it was given.
    pub values: BTreeMap<&'static str, (String, Source)>,
    /// What is wrong with names and forms so far.
    pub trouble: Vec<String>,
}

impl Given {
    fn put(&mut self, key: &'static Key, value: String, source: Source) {
        self.values.insert(key.name, (value, source));
    }

    /// Adds a file's text.
    pub fn file(&mut self, path: &Path, text: &str) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
                self.trouble.push(format!("{}, line {line}: not valid TOML: {}", path.display(), error.message()));
                return;
            }
        };
        for (name, value) in table {
            let Some(key) = Key::find(&name) else {
                let known: Vec<_> = KEYS.iter().map(|key| key.name).collect();
                self.trouble.push(format!(
                    "{}: unknown key `{name}`; known keys: {}",
                    path.display(),
                    known.join(", ")
                ));
                continue;
            };
            let source = Source::File(path.to_owned());
            match value {
                toml::Value::String(text) => self.put(key, text, source),
                toml::Value::Integer(number) => self.put(key, number.to_string(), source),
                _ => self.trouble.push(format!("{}: `{name}` must be a text or a whole number", path.display())),
            }
        }
    }

    /// Adds the environment.
    pub fn environment(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        for (variable, value) in variables {
            let Some(variable) = variable.to_str() else {
                continue;
            };
            let Some(name) = variable.strip_prefix(PREFIX) else {
                continue;
            };
            if PASSED_OVER.iter().any(|prefix| variable.starts_with(prefix)) {
                continue;
            }
            let Some(key) = KEYS.iter().find(|key| key.name.to_uppercase() == name) else {
                let known: Vec<_> = KEYS.iter().map(Key::variable).collect();
                self.trouble
                    .push(format!("environment: unknown variable `{variable}`; known variables: {}", known.join(", ")));
                continue;
            };
            match value.into_string() {
                Ok(value) => self.put(key, value, Source::Environment),
                Err(_) => self.trouble.push(format!("environment: `{variable}` is not UTF-8 text")),
            }
        }
    }

    /// Adds the flags.
    pub fn flags(&mut self, flags: impl IntoIterator<Item = (&'static str, String)>) {
        for (name, value) in flags {
            if let Some(key) = Key::find(name) {
                self.put(key, value, Source::Flag);
            }
        }
    }
}

/// Gathers and checks the configuration of this process.
///
/// # Errors
/// Names everything that is unknown or invalid.
pub fn gather(
    flags: impl IntoIterator<Item = (&'static str, String)>,
    file: Option<&Path>,
) -> Result<Configuration, Trouble> {
    let mut given = Given::default();
    let path = file.unwrap_or(Path::new(FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => given.file(path, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.is_none() => {}
        Err(error) => given.trouble.push(format!("{}: cannot be read: {error}", path.display())),
    }
    given.environment(std::env::vars_os());
    given.flags(flags);
    Configuration::of(given)
}
