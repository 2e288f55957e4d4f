//! What becomes of a page: what is new is published, what has changed is corrected, what has left is withdrawn, and what did
//! not go as it came is told.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use library::content::{ContentState, Correction, DraftContent, ImportContent, LinkTarget, LinkTo, Prepared};
use library::id::ContentId;
use library::mirror::{Arrival, ExchangeOutcome, Mirror, Mirrored, NewExchange, Told};
use library::{Caller, Directory, Error, Library, Refusal};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::plan::{Plan, Target};
use super::{ForeignColumn, ForeignContent, names};
use crate::import::native::{self, LinkEnd, Native, Place, Refer};
use crate::import::outcome::ImportTrouble;

/// The most contents of one deed, and about how many bytes it writes: others who want to write wait no longer than for that.
const MOST: usize = 25;
const MOST_BYTES: usize = 256 * 1024;

/// Why the public is told of nothing, and the desk of this.
const REASON: &str = "来源方已不再展示";

/// What became of a page, beside what the deeds wrote down themselves.
#[derive(Debug, Default)]
pub struct Taken {
    /// What else there is to tell.
    pub told: Vec<NewExchange>,
    /// How many contents were published, or published again.
    pub written: usize,
    /// How many were corrected.
    pub updated: usize,
    /// How many were withdrawn.
    pub withdrawn: usize,
    /// How many did not go as they came, but went, or rightly were left.
    pub noted: usize,
    /// How many could not be taken over.
    pub failed: usize,
}

/// What takes pages over.
pub struct Taker {
    library: Library,
    caller: Caller,
    plan: Plan,
    layout: HashMap<String, ForeignColumn>,
    /// What names mean, as the directory was when it was looked at last.
    refer: Option<(Arc<Directory>, Refer)>,
}

/// What is to be done with a page, by the deed that does it.
#[derive(Default)]
struct Sorted {
    new: Vec<Arrival<Prepared>>,
    changed: Vec<Arrival<Correction>>,
    returned: Vec<Arrival<Correction>>,
    gone: Vec<Arrival<ContentId>>,
}

impl Taker {
    /// One that takes over what `plan` wants, for the mirror `name`.
    pub fn new(library: Library, name: &str, plan: Plan) -> Self {
        let caller = Caller::program(&Mirror::system_of(name));
        Self { library, caller, plan, layout: HashMap::new(), refer: None }
    }

    /// From now on the columns of the other side lie so.
    pub fn lay_out(&mut self, columns: &[ForeignColumn]) {
        self.layout = columns.iter().map(|column| (column.id.clone(), column.clone())).collect();
    }

    /// Takes a page over: contents of the other side, and identifiers of what has left it. What it shows in none of the
    /// columns that are followed has left, too.
    ///
    /// # Errors
    /// When the database fails, or another process follows under the same name.
    pub async fn take(
        &mut self,
        mirror: &mut Mirror,
        contents: Vec<ForeignContent>,
        gone: Vec<String>,
        position: Option<&str>,
    ) -> anyhow::Result<Taken> {
        let mut ids: Vec<String> =
            contents.iter().map(|content| content.id.clone()).chain(gone.iter().cloned()).collect();
        for content in &contents {
            ids.extend(content.pages.keys().cloned());
        }
        ids.sort_unstable();
        ids.dedup();
        let known = self.library.mirrored(&mirror.name, &ids).await?;
        let (mut taken, mut sorted) = (Taken::default(), Sorted::default());
        let mut left = gone;
        for content in contents {
            let told = Told { position: position.map(str::to_owned), ..told_of(&content) };
            let kind = names::kind(&content.record);
            let target = kind.map(|kind| self.plan.target(&content.columns, &self.layout, kind));
            match target {
                Some(Some(target)) => self.sort(mirror, content, target, told, &known, &mut sorted, &mut taken)?,
                Some(None) => left.push(content.id),
                None => {
                    taken.fail(told, &ImportTrouble::new("INVALID", "kind", "it is of a kind that is not known here"))
                }
            }
        }
        for id in left {
            if let Some(Mirrored { known: here, .. }) = known.get(&id).filter(|it| !it.known.content_hash.is_empty()) {
                let told = Told { origin_id: Some(id), position: position.map(str::to_owned), ..Told::default() };
                sorted.gone.push(Arrival { content: here.id, told });
            }
        }
        self.write(mirror, sorted, &mut taken).await?;
        Ok(taken)
    }

    /// Withdraws what the other side shows no more, as its snapshot has shown; answers how many, 0 when all is done.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub async fn clear(&mut self, mirror: &mut Mirror) -> anyhow::Result<usize> {
        let absent = self.library.mirrored_and_absent(mirror, MOST as i64).await?;
        let arrival = |(id, content): (String, ContentId)| Arrival {
            content,
            told: Told { origin_id: Some(id), ..Told::default() },
        };
        let gone: Vec<_> = absent.into_iter().map(arrival).collect();
        Ok(self.library.retract_mirrored(&self.caller, mirror, REASON, &gone).await?)
    }

    #[allow(clippy::too_many_arguments, reason = "what a page is sorted by and into")]
    fn sort(
        &mut self,
        mirror: &Mirror,
        content: ForeignContent,
        target: Target,
        mut told: Told,
        known: &HashMap<String, Mirrored>,
        sorted: &mut Sorted,
        taken: &mut Taken,
    ) -> anyhow::Result<()> {
        let here = known.get(&content.id);
        if let Some(here) = here {
            // Whatever is made of it since: to publish what somebody took down is not the mirror's.
            let by_hand = here.known.content_hash.is_empty() && !here.left;
            if by_hand || here.known.state == ContentState::Archived {
                told.code = Some("WITHDRAWN_HERE".to_owned());
                told.reason = Some("it was taken down here, and stays so".to_owned());
                taken.noted += 1;
                taken.tell(ExchangeOutcome::Skipped, Some(here.known.id), told);
                return Ok(());
            }
        }
        let prepared = match self.prepared(mirror, &content, &target, known)? {
            Ok(prepared) => Ok((prepared, target)),
            // What its column does not accept goes to the fallback.
            Err(trouble) if trouble.field == "columns" => match self.plan.instead(&target) {
                Some(target) => self.prepared(mirror, &content, &target, known)?.map(|prepared| (prepared, target)),
                None => Err(trouble),
            },
            Err(trouble) => Err(trouble),
        };
        let (Ready { prepared, hash, left_out }, target) = match prepared {
            Ok(ready) => ready,
            Err(trouble) => {
                taken.fail(told, &trouble);
                return Ok(());
            }
        };
        note(&mut told, &target, left_out);
        match here {
            None => sorted.new.push(Arrival { content: prepared, told }),
            Some(Mirrored { known, .. }) if known.content_hash == hash => {}
            Some(Mirrored { known, left }) => {
                if !left && known.edited_by != self.caller.actor && told.code.is_none() {
                    told.code = Some("EDITED_HERE".to_owned());
                    told.reason = Some("somebody edited it here: that stays in its history, and no more".to_owned());
                }
                let correction = Correction { id: known.id, revision: known.revision, content: prepared };
                let list = if *left { &mut sorted.returned } else { &mut sorted.changed };
                list.push(Arrival { content: correction, told });
            }
        }
        Ok(())
    }

    /// A content as the library takes it, for this target.
    fn prepared(
        &mut self,
        mirror: &Mirror,
        content: &ForeignContent,
        target: &Target,
        known: &HashMap<String, Mirrored>,
    ) -> anyhow::Result<Result<Ready, ImportTrouble>> {
        let directory = self.library.directory();
        if !self.refer.as_ref().is_some_and(|(_, refer)| refer.is_of(&directory)) {
            self.refer = Some((directory.clone(), Refer::new(directory.clone())));
        }
        let Some((_, refer)) = &self.refer else { anyhow::bail!("the directory is gone") };
        let mut record = content.record.clone();
        names::settle(&mut record, refer);
        let Some((home, further)) = target.columns.split_first() else { anyhow::bail!("a content without a column") };
        let path = |id| directory.columns.get(id).map(|column| Value::from(column.path.clone()));
        record.insert("columns".to_owned(), further.iter().filter_map(|id| path(*id)).collect());
        record.insert("id".to_owned(), content.id.clone().into());
        let place = Place {
            way: "mirror:",
            site: self.plan.site,
            column: *home,
            publisher: self.plan.publisher,
            kind: Some(target.kind),
            usual_kind: target.kind,
            system: mirror.name.clone(),
            leave_unknown: names::LEFT_OUT.map(str::to_owned).to_vec(),
        };
        let Native { mut fields, links, index_number, left_out, .. } = match native::read(record, &place, refer) {
            Ok(native) => native,
            Err(trouble) => return Ok(Err(trouble)),
        };
        for link in links {
            fields.links.extend(end(&link.to, known, &content.pages).map(|to| LinkTo {
                kind: link.kind,
                to,
                note: link.note.clone(),
            }));
        }
        let said = serde_json::to_vec(&(&fields, &index_number))?;
        let hash: String = Sha256::digest(said).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        if let Some(origin) = &mut fields.origin {
            origin.content_hash.clone_from(&hash);
        }
        let import =
            ImportContent { draft: DraftContent { site: self.plan.site, fields }, index_number, old_paths: Vec::new() };
        match self.library.prepare_import(import) {
            Ok(prepared) => Ok(Ok(Ready { prepared, hash, left_out })),
            Err(Error::Refused(refusal)) => Ok(Err(ImportTrouble::refused(&refusal))),
            Err(error) => Err(error.into()),
        }
    }

    /// Does the deeds.
    async fn write(&self, mirror: &mut Mirror, sorted: Sorted, taken: &mut Taken) -> anyhow::Result<()> {
        let Sorted { new, changed, returned, gone } = sorted;
        for batch in batches(new, Prepared::weight) {
            let answers = self.library.bring_mirrored(&self.caller, mirror, &batch).await?;
            taken.written += taken.answered(batch, answers);
        }
        for (all, again) in [(changed, false), (returned, true)] {
            for batch in batches(all, |correction: &Correction| correction.content.weight()) {
                let answers = self.library.amend_mirrored(&self.caller, mirror, &batch, again).await?;
                let done = taken.answered(batch, answers);
                *if again { &mut taken.written } else { &mut taken.updated } += done;
            }
        }
        for batch in batches(gone, |_| 0) {
            taken.withdrawn += self.library.retract_mirrored(&self.caller, mirror, REASON, &batch).await?;
        }
        Ok(())
    }
}

/// A content that is ready to be written.
struct Ready {
    prepared: Prepared,
    hash: String,
    left_out: Vec<(String, String)>,
}

impl Taken {
    fn tell(&mut self, outcome: ExchangeOutcome, content: Option<ContentId>, told: Told) {
        self.told.push(NewExchange { outcome, content, told });
    }

    fn fail(&mut self, told: Told, trouble: &ImportTrouble) {
        self.failed += 1;
        let (code, reason) = (Some(trouble.code.clone()), Some(trouble.reason.clone()));
        let field = Some(trouble.field.clone()).filter(|field| !field.is_empty());
        self.tell(ExchangeOutcome::Failed, None, Told { code, field, reason, ..told });
    }

    /// Tells of those that were refused; answers how many were not.
    fn answered<T>(&mut self, batch: Vec<Arrival<T>>, answers: Vec<Result<ContentId, Refusal>>) -> usize {
        let mut done = 0;
        for (arrival, answer) in batch.into_iter().zip(answers) {
            match answer {
                Ok(_) => {
                    done += 1;
                    self.noted += usize::from(arrival.told.code.is_some());
                }
                Err(refusal) => self.fail(arrival.told, &ImportTrouble::refused(&refusal)),
            }
        }
        done
    }
}

fn told_of(content: &ForeignContent) -> Told {
    let title = content.record.get("title").and_then(Value::as_str).map(str::to_owned);
    Told { origin_id: Some(content.id.clone()), title, ..Told::default() }
}

/// What did not match, as the log tells it.
fn note(told: &mut Told, target: &Target, left_out: Vec<(String, String)>) {
    let names = left_out.iter().map(|(field, text)| format!("{field} {text}")).collect::<Vec<_>>().join(", ");
    let unknown = (!names.is_empty()).then(|| format!("not known here and left out: {names}"));
    match &target.unmatched {
        Some((code, why)) => {
            told.code = Some((*code).to_owned());
            told.reason = Some(unknown.map_or(why.clone(), |unknown| format!("{why}; {unknown}")));
        }
        None if unknown.is_some() => {
            told.code = Some("UNMATCHED_NAME".to_owned());
            told.field = left_out.into_iter().next().map(|(field, _)| field);
            told.reason = unknown;
        }
        None => {}
    }
}

/// Where a link leads here: to what the mirror brought, else to the page on the other side.
fn end(
    to: &LinkEnd,
    known: &HashMap<String, Mirrored>,
    pages: &BTreeMap<String, (String, String)>,
) -> Option<LinkTarget> {
    match to {
        LinkEnd::Origin(_, id) => match known.get(id) {
            Some(here) => Some(LinkTarget::Content(here.known.id)),
            None => pages.get(id).map(|(title, url)| LinkTarget::Page { title: title.clone(), url: url.clone() }),
        },
        LinkEnd::Page { title, url } => Some(LinkTarget::Page { title: title.clone(), url: url.clone() }),
        LinkEnd::Content(_) | LinkEnd::DocumentNumber(_) => None,
    }
}

/// Cuts what is to be done into deeds.
fn batches<T>(all: Vec<Arrival<T>>, weight: impl Fn(&T) -> usize) -> Vec<Vec<Arrival<T>>> {
    let mut batches: Vec<Vec<Arrival<T>>> = Vec::new();
    let mut heavy = 0;
    for arrival in all {
        let weighs = weight(&arrival.content);
        match batches.last_mut().filter(|batch| batch.len() < MOST && heavy + weighs <= MOST_BYTES) {
            Some(batch) => {
                heavy += weighs;
                batch.push(arrival);
            }
            None => {
                heavy = weighs;
                batches.push(vec![arrival]);
            }
        }
    }
    batches
}
