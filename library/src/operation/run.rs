//! Who may run what: a key that is made for an application runs what it registered, and nothing else.

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::Operation;
use crate::api_key::ApiKeyRight;
use crate::changes::{Caller, KeyKind, key_of};
use crate::means;
use crate::refusal::Result;
use crate::{Directory, Library, Scope};

/// The SHA-256 of a text, as 64 hexadecimal digits: what a registered operation is found by.
pub fn digest(query: &str) -> String {
    Sha256::digest(query.as_bytes()).iter().fold(String::with_capacity(64), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The application that a caller may run the operations of and nothing else, if its key is made so.
fn bound_to<'a>(directory: &'a Directory, caller: Option<&Caller>) -> Result<Option<&'a str>> {
    let Some(caller) = caller else { return Ok(None) };
    let key = means::key_of(directory, caller)?;
    Ok(key
        .filter(|key| !key.fields.rights.contains(&ApiKeyRight::Operations))
        .and_then(|key| key.fields.app.as_deref()))
}

/// Whether a text may be run.
#[derive(Debug, Clone)]
pub enum MayRun {
    /// It is this registered operation.
    Registered(Arc<Operation>),
    /// Nobody registered it, and it may be run all the same.
    Unregistered,
    /// The caller's key runs nothing but what this application registered.
    Barred(String),
}

impl Library {
    /// Whether `caller` may run a text.
    ///
    /// # Errors
    /// When the key was revoked a moment ago.
    pub fn may_run(&self, caller: Option<&Caller>, query: &str) -> Result<MayRun> {
        let directory = self.directory();
        let app = bound_to(&directory, caller)?;
        if app.is_none() && directory.operations.all().is_empty() {
            return Ok(MayRun::Unregistered);
        }
        let digest = digest(query);
        let key = app.map_or_else(|| digest.clone(), |app| key_of(app, &digest));
        Ok(match (directory.operations.by_key(KeyKind::Operation, &key), app) {
            (Some(operation), _) => MayRun::Registered(operation.clone()),
            (None, None) => MayRun::Unregistered,
            (None, Some(app)) => MayRun::Barred(app.to_owned()),
        })
    }

    /// The text of a registered operation by its SHA-256, as 64 lower-case hexadecimal digits.
    pub fn registered_text(&self, digest: &str) -> Option<String> {
        self.directory().operations.by_key(KeyKind::Operation, digest).map(|operation| operation.query.clone())
    }
}

impl Scope {
    /// Notes that a text is asked: an answer that is kept goes when it is registered, so that it can be counted from then on.
    pub fn note_operation(&self, query: &str) {
        self.note_key(KeyKind::Operation, digest(query));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_digest_is_that_of_sha256sum() {
        assert_eq!(super::digest("{ position }"), "1a8e8298fae0904fde4e4d25f06c05190c33495eedcc6f775b8289fb775d66d7");
    }
}
