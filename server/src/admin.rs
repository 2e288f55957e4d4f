//! `jiyue admin create` and `jiyue keys rotate`: what nobody can do over the schema, because nobody is signed in yet.
//!
//! A password comes from the environment or is asked for, never from an argument.

use anyhow::{Context as _, bail};
use clap::Subcommand;
use library::account::{AccountFields, CreateAdministrator};
use library::{Caller, Error, Password};

use crate::configuration::Configuration;
use crate::start;

/// The variable that may hold the password.
const VARIABLE: &str = "JIYUE_ADMIN_PASSWORD";

/// What is done about administrators.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Create an administrator of the platform
    Create {
        /// What is typed to sign in: letters, digits and - _ .
        #[arg(long, value_name = "NAME")]
        name: String,
        /// How the person is called
        #[arg(long, value_name = "TEXT", default_value = "平台管理员")]
        display_name: String,
    },
}

/// What is done about signing keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a new key, which signs from now on
    Rotate,
}

/// Creates an administrator.
///
/// # Errors
/// When the name is taken, the password is weak or not given, or the database fails.
pub async fn run(configuration: &Configuration, admin: Admin) -> anyhow::Result<()> {
    let Admin::Create { name, display_name } = admin;
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let input =
        CreateAdministrator { name, fields: AccountFields { display_name }, password: Password::new(password()?) };
    let name = input.name.clone();
    match library.create_administrator(&Caller::program("admin"), input).await {
        Ok((id, _)) => {
            println!("The administrator {name} can sign in ({id}).");
            Ok(())
        }
        Err(Error::Refused(refusal)) => bail!("{}: {}", refusal.path.join("."), refusal.english),
        Err(error) => Err(error).context("the administrator could not be created"),
    }
}

/// The password from the environment, or as it is typed twice, unseen.
fn password() -> anyhow::Result<String> {
    if let Ok(given) = std::env::var(VARIABLE) {
        return Ok(given);
    }
    let ask = |what: &str| {
        rpassword::prompt_password(what)
            .with_context(|| format!("no password can be asked for here: give it in {VARIABLE}"))
    };
    let first = ask("Password: ")?;
    if first != ask("The same again: ")? {
        bail!("the two are not the same");
    }
    Ok(first)
}

/// Makes a new signing key.
///
/// # Errors
/// When the database fails.
pub async fn rotate(configuration: &Configuration, keys: Keys) -> anyhow::Result<()> {
    let Keys::Rotate = keys;
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    library.rotate_signing_key(&Caller::program("admin")).await.context("no key could be made")?;
    println!("A new key signs from now on; the one before verifies until its tokens have expired.");
    Ok(())
}
