//! What an import may be refused for in its transaction, read for the whole batch before anything is written.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Value as Json, json};

use super::Prepared;
use crate::changes::{KeyKind, Work, key_of};
use crate::content::check::check;
use crate::content::publish::Files;
use crate::content::rows::hex;
use crate::database::Sql;
use crate::id::{ContentId, SiteId};
use crate::refusal::{Error, Refusal, Result};

static ORIGINS: Sql = Sql::new(
    "select w.origin_system, w.origin_id from rows($1) r
       join working w on w.origin_system = r.value->>0 and w.origin_id = r.value->>1",
);
static PATHS: Sql = Sql::new(
    "select a.site_id, a.path, a.content_id from rows($1) r
       join address a on a.site_id = as_id(r.value->>0) and a.path = r.value->>1",
);
static NUMBERS: Sql = Sql::new("select index_number, content_id from working where index_number in texts($1)");
static KNOWN: Sql = Sql::new("select content_id from working where content_id in ids($1)");

/// What stands in the library already of that which the batch brings or refers to.
pub(super) struct Grounds {
    origins: HashSet<(String, String)>,
    paths: HashMap<(SiteId, String), Option<ContentId>>,
    numbers: HashMap<String, ContentId>,
    linked: HashSet<ContentId>,
    /// The files that the batch uses.
    pub files: Files,
}

impl Grounds {
    pub async fn read(work: &mut Work, contents: &[&Prepared], with_origins: bool) -> Result<Self> {
        let mut grounds = Self {
            origins: HashSet::new(),
            paths: HashMap::new(),
            numbers: HashMap::new(),
            linked: HashSet::new(),
            files: Files::read(work, &contents.iter().flat_map(|one| one.fields.files()).collect::<Vec<_>>()).await?,
        };
        let origins: Vec<Json> = match with_origins {
            true => {
                contents.iter().filter_map(|one| one.fields.origin.as_ref()).map(|o| json!([o.system, o.id])).collect()
            }
            false => Vec::new(),
        };
        if !origins.is_empty() {
            for row in work.rows(&ORIGINS, &[Json::Array(origins).into()]).await? {
                grounds.origins.insert((row.get(0)?, row.get(1)?));
            }
        }
        let path = |one: &&Prepared| {
            let site = hex(one.site.0);
            one.old_paths.iter().map(|path| json!([site, path])).collect::<Vec<_>>()
        };
        let paths: Vec<Json> = contents.iter().flat_map(path).collect();
        if !paths.is_empty() {
            for row in work.rows(&PATHS, &[Json::Array(paths).into()]).await? {
                grounds.paths.insert((row.get(0)?, row.get(1)?), row.get(2)?);
            }
        }
        let numbers: Vec<String> = contents.iter().filter_map(|one| one.index_number.clone()).collect();
        if !numbers.is_empty() {
            for row in work.rows(&NUMBERS, &[numbers.into()]).await? {
                grounds.numbers.insert(row.get(0)?, row.get(1)?);
            }
        }
        let linked: BTreeSet<ContentId> = contents.iter().flat_map(|one| one.fields.linked()).collect();
        let linked: Vec<ContentId> = linked.into_iter().collect();
        if !linked.is_empty() {
            for row in work.rows(&KNOWN, &[linked.as_slice().into()]).await? {
                grounds.linked.insert(row.get(0)?);
            }
        }
        Ok(grounds)
    }

    /// Whether a content may be imported as `id`; if so, what it brings is taken for those after it. A fault is no
    /// answer.
    pub fn judge(&mut self, work: &Work, one: &Prepared, id: ContentId) -> Result<Result<(), Refusal>> {
        match self.judged(work, one, id) {
            Ok(()) => {}
            Err(Error::Refused(refusal)) => return Ok(Err(refusal)),
            Err(error) => return Err(error),
        }
        if let Some(origin) = &one.fields.origin {
            self.origins.insert((origin.system.clone(), origin.id.clone()));
        }
        self.paths.extend(one.old_paths.iter().map(|path| ((one.site, path.clone()), Some(id))));
        self.numbers.extend(one.index_number.iter().map(|number| (number.clone(), id)));
        Ok(Ok(()))
    }

    fn judged(&self, work: &Work, one: &Prepared, id: ContentId) -> Result<()> {
        let directory = &work.directory;
        if !directory.refers_like(&one.directory) {
            // The directory went on since it was prepared.
            check(one.fields.clone(), one.site, one.fields.details.kind(), directory, None)?;
        }
        if let Some(origin) = &one.fields.origin
            && self.origins.contains(&(origin.system.clone(), origin.id.clone()))
        {
            return Err(Refusal::duplicate("origin").into());
        }
        if one.index_number.as_ref().and_then(|number| self.numbers.get(number)).is_some_and(|of| *of != id) {
            return Err(Refusal::duplicate("index_number").into());
        }
        for path in &one.old_paths {
            let leads = self.paths.get(&(one.site, path.clone()));
            let key = key_of(&one.site.to_string(), path);
            if leads.is_some_and(|to| *to != Some(id)) || directory.columns.by_key(KeyKind::Path, &key).is_some() {
                return Err(Refusal::duplicate("old_paths").into());
            }
        }
        if one.fields.linked().any(|to| !self.linked.contains(&to)) {
            return Err(Refusal::not_found("links").into());
        }
        match one.fields.files().into_iter().all(|file| self.files.has(file)) {
            true => Ok(()),
            false => Err(Refusal::not_found("attachments").into()),
        }
    }

    /// The old paths of a content that do not lead to it yet.
    pub fn new_paths<'p>(&self, one: &'p Prepared, id: ContentId) -> Vec<&'p String> {
        let leads = |path: &&String| self.paths.get(&(one.site, (*path).clone())) == Some(&Some(id));
        one.old_paths.iter().filter(|path| !leads(path)).collect()
    }
}
