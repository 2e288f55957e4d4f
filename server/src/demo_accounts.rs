//! One account for every role of the demonstration city, with a password that is drawn at the first start.
//!
//! The password lies in a file of the data folder, so that every start can print it: it is for a demonstration, and for
//! nothing else.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use library::account::{AccountFields, CreateAccount};
use library::changes::KeyKind;
use library::grant::{GrantRole, GrantScope, Role};
use library::id::AccountId;
use library::{Caller, Clock as _, Directory, Error, Library, Password};

use crate::clock::SystemClock;
use crate::configuration::Configuration;

/// The file beside the database.
const FILE: &str = "demo-password.txt";

/// An account: its name, how it is called, its role, the level, and where.
type Demo = (&'static str, &'static str, Role, Option<u8>, Place);

enum Place {
    Platform,
    Portal,
    Department,
}

const ACCOUNTS: [Demo; 8] = [
    ("admin", "平台管理员", Role::PlatformAdmin, None, Place::Platform),
    ("site-admin", "门户站点管理员", Role::SiteAdmin, None, Place::Portal),
    ("editor", "住建局编辑", Role::Editor, None, Place::Department),
    ("reviewer-1", "住建局一审", Role::Reviewer, Some(1), Place::Department),
    ("reviewer-2", "市级二审", Role::Reviewer, Some(2), Place::Platform),
    ("publisher", "住建局发布员", Role::Publisher, None, Place::Department),
    ("tag-steward", "标签管理员", Role::TagSteward, None, Place::Platform),
    ("auditor", "审计员", Role::Auditor, None, Place::Platform),
];

/// The sites of the demonstration that accounts belong to.
const PORTAL: &str = "yunze";
const DEPARTMENT: &str = "zjj";

/// Sees to it that every account is there, and prints them.
///
/// # Errors
/// When the password cannot be kept, or the library fails.
pub async fn prepare(configuration: &Configuration, library: &Library) -> anyhow::Result<()> {
    let file = configuration.data_dir.join(FILE);
    let kept = std::fs::read_to_string(&file).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let is_new = kept.is_none();
    let word = kept.unwrap_or_else(draw);
    for account in ACCOUNTS {
        let name = account.0;
        provide(library, account, &word, is_new).await.with_context(|| format!("the account {name}"))?;
    }
    if is_new {
        keep(&file, &word).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    println!("\n  accounts       all with the password {word} (kept in {})", file.display());
    for (name, display_name, role, level, _) in ACCOUNTS {
        let role: &str = role.into();
        let level = level.map(|level| format!(", level {level}")).unwrap_or_default();
        println!("    {name:<13}{display_name} ({role}{level})");
    }
    Ok(())
}

/// An account with its role. Where the password is new, it is given to an account that was there before.
async fn provide(library: &Library, account: Demo, word: &str, is_new: bool) -> anyhow::Result<()> {
    let (name, display_name, role, level, place) = account;
    let caller = Caller::program("demo");
    let directory = library.directory();
    let site = |code: &str| {
        directory.sites.by_key(KeyKind::SiteCode, code).ok_or_else(|| anyhow!("the site {code} is not there"))
    };
    let (scope, organisation) = match place {
        Place::Platform => (GrantScope::Platform, site(PORTAL)?.fields.sponsor),
        Place::Portal => (GrantScope::Site(site(PORTAL)?.id), site(PORTAL)?.fields.sponsor),
        Place::Department => (GrantScope::Site(site(DEPARTMENT)?.id), site(DEPARTMENT)?.fields.sponsor),
    };
    let password = Password::new(word.to_owned());
    let id = match known(&directory, name) {
        Some(id) => {
            if is_new {
                library.reset_password(&caller, id, password).await?;
            }
            return Ok(());
        }
        None => {
            let fields = AccountFields { display_name: display_name.to_owned() };
            let new = CreateAccount { name: name.to_owned(), fields, organisation: Some(organisation), password };
            library.create_account(&caller, new).await?.0
        }
    };
    match library.grant_role(&caller, GrantRole { account: id, role, level, scope }).await {
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn known(directory: &Directory, name: &str) -> Option<AccountId> {
    directory.accounts.by_key(KeyKind::AccountName, name).map(|account| account.id)
}

/// A password of random words' length that every rule accepts.
fn draw() -> String {
    let letters: String = SystemClock.random().iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    format!("Demo-{}-{}", &letters[..8], 10 + SystemClock.random()[0] % 90)
}

/// Writes the password for its owner alone.
fn keep(file: &Path, word: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(file)?, "{word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_password_is_accepted_for_every_account() {
        let word = draw();
        assert_ne!(word, draw());
        for (name, ..) in ACCOUNTS {
            assert_eq!(Password::new(word.clone()).weakness(name), None, "{word} for {name}");
        }
    }
}
