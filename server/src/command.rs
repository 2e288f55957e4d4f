//! The command line: what can be asked of the program, and what it answers.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::admin::{Admin, Keys};
use crate::audit::{self, Audit};
use crate::configuration::{self, Configuration};
use crate::export::{self, Export};
use crate::import::{self, Import};
use crate::mirror::{self, Mirror};
use crate::operations::{self, Operations};
use crate::words::{self, Words};
use crate::{admin, check, demo, log, reindex, start};

const EXAMPLES: &str = "\
Examples:
  jiyue demo                                    the demonstration city on http://127.0.0.1:8080
  jiyue demo --listen 127.0.0.1:9000 --data-dir ./city
  jiyue serve --config /etc/jiyue.toml          an own library
  JIYUE_LOG=info,library=debug jiyue serve      every key is a variable, too

Every key of the configuration is described in docs/configuration.md.";

const MIRROR_EXAMPLES: &str = "\
Examples:
  jiyue mirror --from https://zjj.example --column zjj/policies --into yunze/housing --once
  JIYUE_MIRROR_KEY=... jiyue mirror --from https://zjj.example --map zjj.toml --name zjj

The mapping file:
  fallback = \"yunze/other\"
  [columns]
  \"zjj/policies\" = \"yunze/policies\"
  \"zjj/news\" = \"yunze/news\"
  [kinds]
  POLICY = \"POLICY\"
  ARTICLE = \"ARTICLE\"
  NOTICE = \"ARTICLE\"";

/// Jiyue (集约): one information-resource library and one GraphQL schema for all sites of a city government.
#[derive(Debug, Parser)]
#[command(name = "jiyue", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct CommandLine {
    /// What is configured on the command line.
    #[command(flatten)]
    pub flags: Flags,
    /// What is asked.
    #[command(subcommand)]
    pub command: Command,
}

impl Command {
    /// Whether this is work that can wait, beside a server that is read and written to.
    pub fn can_wait(&self) -> bool {
        matches!(self, Self::Import(_) | Self::Mirror(_) | Self::Export(_) | Self::Reindex)
    }
}

/// The keys of the configuration that can be given as flags.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration (over JIYUE_... variables, over jiyue.toml)")]
pub struct Flags {
    /// Read this file instead of jiyue.toml in the working folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "IP:PORT")]
    pub listen: Option<String>,
    /// The folder of everything that is kept on this machine [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<String>,
    /// sqlite://PATH or postgres://... [default: sqlite://{data_dir}/jiyue.db]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// The most connections to a PostgreSQL server [default: 16]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub database_connections: Option<String>,
    /// The public address below which attachments are served [default: http://{listen}/files]
    #[arg(long, global = true, value_name = "URL")]
    pub files_url: Option<String>,
    /// Where attachments are kept: a folder or s3://BUCKET/PREFIX [default: {data_dir}/attachments]
    #[arg(long, global = true, value_name = "PLACE")]
    pub attachments_url: Option<String>,
    /// Hosts whose pages may stand in frames of bodies, with commas between [default: none]
    #[arg(long, global = true, value_name = "HOSTS")]
    pub iframe_hosts: Option<String>,
    /// What is logged to standard error, such as info,library=debug [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// How often deeds that are due are looked for [default: 1]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub clock_tick_seconds: Option<String>,
    /// How often the change log is looked at [default: 200]
    #[arg(long, global = true, value_name = "MILLISECONDS")]
    pub follow_tick_milliseconds: Option<String>,
    /// The largest body of a request [default: 1048576]
    #[arg(long, global = true, value_name = "BYTES")]
    pub body_limit_bytes: Option<String>,
    /// The longest time that a request may take [default: 10]
    #[arg(long, global = true, value_name = "SECONDS")]
    pub request_timeout_seconds: Option<String>,
    /// development or production: what is open to everybody [default: development]
    #[arg(long, global = true, value_name = "MODE")]
    pub mode: Option<String>,
    /// How the log is written: text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// What can be asked of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the demonstration city; the first start fills it
    ///
    /// Makes the data folder, the tables and the fictional city 云泽市 where they are missing, then serves them and
    /// prints addresses and questions to begin with. The database must be empty or hold the city already.
    Demo,
    /// Serve the library, without demonstration content
    ///
    /// An embedded SQLite file is made and brought up to date by itself; for PostgreSQL run `jiyue migrate` first.
    /// SIGINT and SIGTERM end the server after the running requests.
    Serve,
    /// Bring the tables of the database up to date
    ///
    /// Migrations only add; a running server of the release before goes on working.
    Migrate,
    /// Print the GraphQL schema (SDL)
    ///
    /// Needs no configuration and no database. A running server answers the same at /schema.graphql.
    Schema,
    /// Verify configuration, database and files; say what is wrong and how to mend it
    ///
    /// Exits with 0 if a server would start and work, with 1 otherwise.
    Check,
    /// Take contents over from a file of JSON lines, or items of code lists
    ///
    /// Each line is one content. What was imported before is recognised: what has not changed is passed over, what has
    /// is corrected. So an import can be ended and repeated. Exits with 1 if anything could not be taken over.
    ///
    /// A folder that `jiyue export` wrote is taken over whole, without further options: see docs/export.md.
    Import(Import),
    /// Build the search index anew
    ///
    /// Beside the one that answers, which it then replaces. A server of the same data folder may run meanwhile: it goes over
    /// to the new index by itself. Needed when the index is damaged; after an upgrade the server does it itself.
    Reindex,
    /// Follow columns of another instance of Jiyue into columns of this one
    ///
    /// First everything that they show is taken over, then every change of it, as it is published, corrected and withdrawn
    /// there. What was taken over before is recognised, so that it may be ended and begun again at any time. A server may
    /// run meanwhile. With --once it ends when all is taken over, with 1 if anything could not be; without, it runs until
    /// it is ended, and waits when the other instance is away. What came, and what did not match, is in the exchange log
    /// on the desk. See docs/sharing.md.
    #[command(after_help = MIRROR_EXAMPLES)]
    Mirror(Mirror),
    /// Register what a front end asks, so that it is known who reads which field
    ///
    /// See docs/operations.md.
    #[command(subcommand)]
    Operations(Operations),
    /// Write a site with all that it needs into a folder
    ///
    /// Contents that are live, their files, columns, tags, organisations: records as JSON lines, and the bytes of files.
    /// `jiyue import DIR` restores them in an empty library, as they were. A server may run meanwhile.
    Export(Export),
    /// Write the change log of a period: who did what, when and where
    ///
    /// To standard output, the oldest first, however long the period is. A server may run meanwhile.
    Audit(Audit),
    /// Create an administrator of the platform
    ///
    /// The first account, or a further one when nobody can sign in any more. The password is read from
    /// JIYUE_ADMIN_PASSWORD, or asked for; it is no argument, because other users of a machine see arguments.
    #[command(subcommand)]
    Admin(Admin),
    /// Replace the key that access tokens are signed by
    ///
    /// Tokens that the key before has signed stay valid until they expire. A server may run meanwhile.
    #[command(subcommand)]
    Keys(Keys),
    /// Take words over into a word list that contents are checked by
    ///
    /// A file of lines: the wrong word, the right one, exceptions with | between; with tabs or commas between the three. The
    /// list is made if there is none of that name. A server may run meanwhile; it checks by the new words at once.
    #[command(subcommand)]
    Words(Words),
}

impl Flags {
    /// The flags that were given, by key.
    pub fn given(&self) -> Vec<(&'static str, String)> {
        let flags = [
            ("listen", &self.listen),
            ("data_dir", &self.data_dir),
            ("database_url", &self.database_url),
            ("database_connections", &self.database_connections),
            ("files_url", &self.files_url),
            ("attachments_url", &self.attachments_url),
            ("iframe_hosts", &self.iframe_hosts),
            ("log", &self.log),
            ("clock_tick_seconds", &self.clock_tick_seconds),
            ("follow_tick_milliseconds", &self.follow_tick_milliseconds),
            ("body_limit_bytes", &self.body_limit_bytes),
            ("request_timeout_seconds", &self.request_timeout_seconds),
            ("mode", &self.mode),
            ("log_format", &self.log_format),
        ];
        flags.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

/// Does what the command line asks; the code says whether it went well.
pub async fn run(line: CommandLine) -> ExitCode {
    if matches!(line.command, Command::Schema) {
        return print(&schema::sdl());
    }
    let configuration = match configuration::gather(line.flags.given(), line.flags.config.as_deref()) {
        Ok(configuration) => configuration,
        Err(trouble) => {
            for line in &trouble.0 {
                eprintln!("configuration: {line}");
            }
            eprintln!("Every key is described in docs/configuration.md.");
            return ExitCode::FAILURE;
        }
    };
    let _whole_at_the_end = log::begin(&configuration);
    match obey(line.command, &configuration).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("jiyue: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Answers whether all went well.
async fn obey(command: Command, configuration: &Configuration) -> anyhow::Result<bool> {
    match command {
        Command::Demo => demo::run(configuration).await.map(|()| true),
        Command::Serve => serve(configuration).await.map(|()| true),
        Command::Migrate => {
            start::migrate(configuration).await?;
            println!("The tables of {} are up to date.", configuration.shown_database());
            Ok(true)
        }
        Command::Schema => Ok(true),
        Command::Check => Ok(check::run(configuration).await),
        Command::Import(import) if import.file.is_dir() => export::restore(configuration, &import).await.map(|()| true),
        Command::Import(import) => import::run(configuration, import).await,
        Command::Operations(operations) => operations::run(&operations).await,
        Command::Reindex => reindex::run(configuration).await.map(|()| true),
        Command::Mirror(mirror) => mirror::run(configuration, mirror).await,
        Command::Export(export) => export::run(configuration, export).await.map(|()| true),
        Command::Audit(audit) => audit::run(configuration, audit).await.map(|()| true),
        Command::Admin(admin) => admin::run(configuration, admin).await.map(|()| true),
        Command::Keys(keys) => admin::rotate(configuration, keys).await.map(|()| true),
        Command::Words(words) => words::run(configuration, words).await.map(|()| true),
    }
}

async fn serve(configuration: &Configuration) -> anyhow::Result<()> {
    let (listener, bound) = start::listen(configuration).await?;
    start::require_tables(configuration).await?;
    let library = start::library(configuration, bound).await?;
    demo::print_places(configuration, bound);
    start::run(configuration, library, listener).await
}

/// Prints a text whole; a reader that goes away in the middle is no failure.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("jiyue: the schema cannot be printed: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Reads a command line that is not that of this process.
///
/// # Errors
/// What clap says about it, `--help` and `--version` included.
pub fn parse(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<CommandLine, clap::Error> {
    CommandLine::try_parse_from(arguments.into_iter().map(|argument| argument.as_ref().to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::configuration::KEYS;

    #[test]
    fn every_key_that_can_be_a_flag_is_one() {
        CommandLine::command().debug_assert();
        for key in KEYS {
            let flag = format!("--{}", key.name.replace('_', "-"));
            let line = parse(["jiyue", "check", &flag, "x"]);
            assert_eq!(line.is_ok(), key.flag, "{flag}");
            if let Ok(line) = line {
                assert_eq!(line.flags.given(), [(key.name, "x".to_owned())]);
            }
        }
    }

    #[test]
    fn no_password_is_an_argument() {
        assert!(parse(["jiyue", "admin", "create", "--name", "admin"]).is_ok());
        for wrong in
            [&["jiyue", "admin", "create"][..], &["jiyue", "admin", "create", "--name", "a", "--password", "x"]]
        {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse(["jiyue", "keys", "rotate"]).is_ok());
    }

    #[test]
    fn every_command_explains_itself() {
        for command in CommandLine::command().get_subcommands() {
            assert!(command.get_about().is_some() && command.get_long_about().is_some(), "{}", command.get_name());
        }
    }
}
