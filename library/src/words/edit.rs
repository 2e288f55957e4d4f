//! Making a word list and changing its words (editWordList).

use std::collections::BTreeSet;

use super::{WordListHead, WordListKind, target};
use crate::changes::{Action, Caller, Effect, List, Work, commit_as};
use crate::database::Sql;
use crate::finding::{MOST_WORDS, Word, accepted};
use crate::id::{AnyId, SiteId, WordListId};
use crate::may::{Right, may, require_somebody};
use crate::refusal::{Error, Refusal, RefusalCode, Result};
use crate::{Library, Position, text};

/// The most words that are added and removed in one deed.
pub const MOST_AT_ONCE: usize = 5_000;
/// The most lists of a site, or of the platform.
const MOST_LISTS: i64 = 50;

/// A word list to be made, or what of one is changed; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct EditWordList {
    /// Which list; a new one if not given.
    pub id: Option<WordListId>,
    /// What its words are; stays for good.
    pub kind: Option<WordListKind>,
    /// The site whose contents it is for; those of all sites if not given. It stays for good.
    pub site: Option<SiteId>,
    /// What people call it.
    pub name: Option<String>,
    /// Words that it has from now on; one that is there already is replaced.
    pub add: Vec<Word>,
    /// Words that it has no more, unless they are added again.
    pub remove: Vec<String>,
}

static HEAD: Sql =
    Sql::new("select id, kind, site_id, name, entries, revision, changed_at from word_list where id = $1");
static LOCK: Sql = Sql::new("update word_list set revision = revision where id = $1");
static LISTS: Sql = Sql::new(
    "select count(*), count(case when kind = $2 and name = $3 then 1 end) from word_list
     where site_id = $1 or (as_int($4) = 1 and site_id is null)",
);
static INSERT: Sql = Sql::new(
    "insert into word_list (id, kind, site_id, name, changed_at, document, revision, entries)
     values ($1, $2, $3, $4, $5, '{}', 1, $6)",
);
static UPDATE: Sql =
    Sql::new("update word_list set name = $2, changed_at = $3, entries = $4, revision = revision + 1 where id = $1");
static KNOWN: Sql = Sql::new("select wrong from word_entry where list_id = $1 and wrong in texts($2)");
static REMOVE: Sql = Sql::new("delete from word_entry where list_id = $1 and wrong in texts($2)");
static ADD: Sql = Sql::new(
    "insert into word_entry (list_id, wrong, document)
     select $2, r.value->>0, r.value->>1 from rows($1) r where true
     on conflict (list_id, wrong) do update set document = excluded.document",
);

/// What is done to the words of a list.
struct Words {
    /// By what words are known: capital Latin letters are no other word.
    keys: BTreeSet<String>,
    rows: Vec<serde_json::Value>,
    remove: Vec<String>,
}

impl Words {
    fn of(add: Vec<Word>, remove: &[String]) -> Result<Self> {
        if add.len() + remove.len() > MOST_AT_ONCE {
            let (message, english) =
                (format!("一次最多增删{MOST_AT_ONCE}个词"), format!("at most {MOST_AT_ONCE} words at once"));
            let refusal = Refusal::new(RefusalCode::TooLong, "add", message, english);
            return Err(refusal.hinting("请分批提交", "send them in several deeds").into());
        }
        let (mut keys, mut rows) = (BTreeSet::new(), Vec::with_capacity(add.len()));
        for (number, word) in add.into_iter().enumerate() {
            let word = accepted(&format!("add.{number}"), word)?;
            let key = Word::key(&word.wrong);
            if !keys.insert(key.clone()) {
                return Err(Refusal::duplicate(&format!("add.{number}.wrong")).into());
            }
            rows.push(serde_json::json!([key, serde_json::to_string(&word)?]));
        }
        // As it was kept when it was added.
        let kept = |(number, word): (usize, &String)| {
            text::accept(&format!("remove.{number}"), word, 1000).map(|word| Word::key(&word))
        };
        Ok(Self { keys, rows, remove: remove.iter().enumerate().map(kept).collect::<Result<_>>()? })
    }

    /// How many words a list of `before` words has afterwards.
    async fn count(&self, work: &mut Work, id: WordListId, before: i64) -> Result<i64> {
        let all: BTreeSet<&String> = self.keys.iter().chain(&self.remove).collect();
        let all: Vec<String> = all.into_iter().cloned().collect();
        let known = work.rows(&KNOWN, &[id.into(), all.into()]).await?.len();
        let after = before - known as i64 + self.rows.len() as i64;
        if after > MOST_WORDS as i64 {
            let (message, english) =
                (format!("词库最多{MOST_WORDS}个词"), format!("a list has at most {MOST_WORDS} words"));
            return Err(Refusal::new(RefusalCode::TooLong, "add", message, english).into());
        }
        Ok(after)
    }

    async fn write(self, work: &mut Work, id: WordListId) -> Result<()> {
        if !self.remove.is_empty() {
            work.run(&REMOVE, &[id.into(), self.remove.into()]).await?;
        }
        if !self.rows.is_empty() {
            work.run(&ADD, &[serde_json::Value::Array(self.rows).into(), id.into()]).await?;
        }
        Ok(())
    }
}

impl Library {
    /// Makes a word list, or changes one; answers its identifier.
    ///
    /// # Errors
    /// Refuses a caller who does not keep the site (of lists of the platform: the platform), an unknown list or site, a
    /// name that another list has, another kind or site than it has, malformed words, and too many.
    pub async fn edit_word_list(&self, caller: &Caller, input: EditWordList) -> Result<(WordListId, Position)> {
        require_somebody(caller)?;
        let mut work = self.begin(caller, Action::WordsChanged).await?;
        let id = match input.id {
            Some(id) => {
                let before = kept(&mut work, caller, id).await?;
                change(&mut work, before, input).await?
            }
            None => create(&mut work, caller, input).await?,
        };
        work.list(List::word_lists());
        commit_as(work, |position| (id, position)).await
    }
}

/// A list that the caller keeps, locked for this deed.
pub(super) async fn kept(work: &mut Work, caller: &Caller, id: WordListId) -> Result<WordListHead> {
    work.run(&LOCK, &[id.into()]).await?;
    let gone = || Refusal::not_found("id");
    let head = WordListHead::read(&work.row(&HEAD, &[id.into()]).await?.ok_or_else(gone)?)?;
    let target = head.target(&work.directory).ok_or_else(gone)?;
    // Lists are seen by who keeps them alone.
    let right = right(head.site);
    may(&work.directory, caller, right, &target).map_err(|refusal| match refusal.code {
        RefusalCode::NotAllowed => gone(),
        _ => refusal,
    })?;
    Ok(head)
}

/// What keeping lists of a site, or of the platform, takes.
pub(super) fn right(site: Option<SiteId>) -> Right {
    site.map_or(Right::Platform, |_| Right::Manage)
}

async fn create(work: &mut Work, caller: &Caller, input: EditWordList) -> Result<WordListId> {
    let directory = work.directory.clone();
    let target = target(&directory, input.site).ok_or_else(|| Refusal::not_found("site"))?;
    may(&directory, caller, right(input.site), &target).map_err(|mut refusal| {
        if matches!(refusal.code, RefusalCode::NotFound | RefusalCode::NotAllowed) {
            refusal.path = vec!["site".to_owned()];
        }
        refusal
    })?;
    let required = |path: &str| Refusal::new(RefusalCode::Required, path, "新建词库时必填", "a new list needs it");
    let kind = input.kind.ok_or_else(|| required("kind"))?;
    let name = named(&input.name.ok_or_else(|| required("name"))?)?;
    let words = Words::of(input.add, &input.remove)?;
    require_free_name(work, kind, input.site, &name, true).await?;
    let id = WordListId(work.library().new_id());
    let kind: &str = kind.into();
    let count = words.rows.len() as i64;
    let params = [id.into(), kind.into(), input.site.into(), (&name).into(), work.at.into(), count.into()];
    work.run(&INSERT, &params).await.map_err(taken)?;
    words.write(work, id).await?;
    work.site = input.site;
    work.record(AnyId::WordListId(id), Effect::Entered);
    Ok(id)
}

async fn change(work: &mut Work, before: WordListHead, input: EditWordList) -> Result<WordListId> {
    let stays = |path: &str| {
        let (message, english) = ("新建后不能更改，请另建词库", "it stays for good: make another list");
        Refusal::new(RefusalCode::Invalid, path, message, english)
    };
    if input.kind.is_some_and(|kind| kind != before.kind) {
        return Err(stays("kind").into());
    }
    if input.site.is_some() && input.site != before.site {
        return Err(stays("site").into());
    }
    let id = before.id;
    let name = input.name.as_deref().map(named).transpose()?.unwrap_or_else(|| before.name.clone());
    let words = Words::of(input.add, &input.remove)?;
    if name != before.name {
        require_free_name(work, before.kind, before.site, &name, false).await?;
    }
    let count = words.count(work, id, before.entries).await?;
    work.run(&UPDATE, &[id.into(), (&name).into(), work.at.into(), count.into()]).await.map_err(taken)?;
    words.write(work, id).await?;
    work.site = before.site;
    work.record(AnyId::WordListId(id), Effect::Changed);
    Ok(id)
}

fn named(name: &str) -> Result<String> {
    text::require("name", name, 100)
}

/// Refuses a name that another list of the same kind has there, and one list more than there may be.
async fn require_free_name(
    work: &mut Work,
    kind: WordListKind,
    site: Option<SiteId>,
    name: &str,
    is_new: bool,
) -> Result<()> {
    let kind: &str = kind.into();
    let of_platform = i64::from(site.is_none());
    let row = work.row(&LISTS, &[site.into(), kind.into(), name.into(), of_platform.into()]).await?;
    let (lists, same): (i64, i64) = row.map_or(Ok((0, 0)), |row| Ok::<_, Error>((row.get(0)?, row.get(1)?)))?;
    if same > 0 {
        return Err(Refusal::duplicate("name").into());
    }
    if is_new && lists >= MOST_LISTS {
        let (message, english) = (format!("最多{MOST_LISTS}个词库"), format!("at most {MOST_LISTS} lists"));
        return Err(Refusal::new(RefusalCode::WrongState, "", message, english).into());
    }
    Ok(())
}

/// Somebody else took the name meanwhile.
fn taken(error: Error) -> Error {
    if let Error::Taken(_) = error { Refusal::duplicate("name").into() } else { error }
}
