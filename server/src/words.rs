//! `jiyue words import`: takes words over from a file into a word list (词库).
//!
//! What a word must be is the library's business; this room reads lines.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use library::changes::KeyKind;
use library::finding::Word;
use library::id::{SiteId, WordListId};
use library::words::{EditWordList, MOST_AT_ONCE, WordListKind};
use library::{Audience, Caller, Error, Library};

use crate::configuration::Configuration;
use crate::start;

/// What is done about word lists.
#[derive(Debug, Subcommand)]
pub enum Words {
    /// Add the words of a file to a list, or put them in place of its words
    Import {
        /// The file: UTF-8, a word a line
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What the words are
        #[arg(long, value_enum, value_name = "KIND")]
        kind: Kind,
        /// The site whose contents are checked by it; without, those of all sites
        #[arg(long, value_name = "CODE")]
        site: Option<String>,
        /// What people call the list [default: the name of the file]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Take away what the list has and the file has not
        #[arg(long)]
        replace: bool,
    },
}

/// What the words of a list are.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// Words that should be written otherwise (错别字)
    WrongWords,
    /// Words that must not be published (敏感词)
    SensitiveWords,
}

impl From<Kind> for WordListKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::WrongWords => Self::WrongWords,
            Kind::SensitiveWords => Self::SensitiveWords,
        }
    }
}

/// The words of a file, each with its line.
#[derive(Debug, Default, PartialEq)]
struct Read {
    words: Vec<(u64, Word)>,
    /// Lines with a word that an earlier line has.
    repeated: usize,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The name of the list.
    pub name: String,
    /// How many words the file has.
    pub read: usize,
    /// How many lines repeat a word of an earlier line.
    pub repeated: usize,
    /// How many words the list had.
    pub before: i64,
    /// How many were taken away.
    pub removed: usize,
    /// How many it has now.
    pub after: i64,
}

/// Imports words and tells what it did.
///
/// # Errors
/// When the file cannot be read, a word is refused, or the database fails.
pub async fn run(configuration: &Configuration, words: Words) -> anyhow::Result<()> {
    start::require_tables(configuration).await?;
    let library = start::library(configuration, configuration.listen).await?;
    let Imported { name, read, repeated, before, removed, after } = import(&library, words).await?;
    println!("{name}: {read} words in the file, {removed} removed; {before} before, {after} now.");
    if repeated > 0 {
        println!("{repeated} lines repeat a word of an earlier line and were passed over.");
    }
    Ok(())
}

/// Imports words into a library.
///
/// # Errors
/// As [`run`].
pub async fn import(library: &Library, words: Words) -> anyhow::Result<Imported> {
    let Words::Import { file, kind, site, name, replace } = words;
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let Read { words, repeated } = read(&text)?;
    let Some(name) = name.or_else(|| stem(&file)) else { bail!("the list needs a name: give it with --name") };
    let site = site.map(|code| site_of(library, &code)).transpose()?;
    let list = EditWordList { kind: Some(kind.into()), site, name: Some(name.clone()), ..EditWordList::default() };
    let read = words.len();
    let (before, after, removed) = write(library, list, words, replace).await?;
    Ok(Imported { name, read, repeated, before, removed, after })
}

fn stem(file: &Path) -> Option<String> {
    file.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned)
}

fn site_of(library: &Library, code: &str) -> anyhow::Result<SiteId> {
    match library.directory().sites.by_key(KeyKind::SiteCode, code) {
        Some(site) => Ok(site.id),
        None => bail!("there is no site {code}"),
    }
}

/// Writes the words in as many deeds as it takes; answers how many there were, how many there are, how many went.
async fn write(
    library: &Library,
    list: EditWordList,
    words: Vec<(u64, Word)>,
    replace: bool,
) -> anyhow::Result<(i64, i64, usize)> {
    let caller = Caller::program("words");
    let scope = library.scope(Audience::Public).asked_by(caller.clone());
    let heads = scope.word_lists().await?;
    let same = |head: &&library::words::WordListHead| {
        Some(head.kind) == list.kind && head.site == list.site && Some(&head.name) == list.name.as_ref()
    };
    let found = heads.iter().find(same);
    let kept: BTreeSet<String> = words.iter().map(|(_, word)| Word::key(&word.wrong)).collect();
    let (mut gone, mut after) = (Vec::new(), String::new());
    if let Some(head) = found.filter(|_| replace) {
        loop {
            let page = scope.words(head, &after, MOST_AT_ONCE).await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            gone.extend(page.into_iter().map(|(key, _)| key).filter(|key| !kept.contains(key)));
        }
    }
    let mut id = found.map(|head| head.id);
    for some in gone.chunks(MOST_AT_ONCE) {
        edit(library, &caller, &list, &mut id, Vec::new(), some.to_vec()).await?;
    }
    for some in words.chunks(MOST_AT_ONCE) {
        edit(library, &caller, &list, &mut id, some.to_vec(), Vec::new()).await?;
    }
    let now = match id {
        Some(id) => library.scope(Audience::Public).asked_by(caller).word_list(id).await?,
        None => None,
    };
    Ok((found.map_or(0, |head| head.entries), now.map_or(0, |head| head.entries), gone.len()))
}

/// One deed on the list; a refusal names the line of the file.
async fn edit(
    library: &Library,
    caller: &Caller,
    list: &EditWordList,
    id: &mut Option<WordListId>,
    words: Vec<(u64, Word)>,
    remove: Vec<String>,
) -> anyhow::Result<()> {
    let (lines, add): (Vec<u64>, Vec<Word>) = words.into_iter().unzip();
    let edit = EditWordList { id: *id, add, remove, ..list.clone() };
    match library.edit_word_list(caller, edit).await {
        Ok((made, _)) => {
            *id = Some(made);
            Ok(())
        }
        Err(Error::Refused(refusal)) => {
            let number = refusal.path.get(1).and_then(|number| number.parse::<usize>().ok());
            match number.and_then(|number| lines.get(number)) {
                Some(line) => bail!("line {line}: {}", refusal.english),
                None => bail!("{}: {}", refusal.path.join("."), refusal.english),
            }
        }
        Err(error) => Err(error).context("the words could not be written"),
    }
}

/// Reads lines of words: the wrong one, the right one, exceptions with | between.
fn read(text: &str) -> anyhow::Result<Read> {
    let text = text.trim_start_matches('\u{feff}');
    let delimiter = if text.contains('\t') { b'\t' } else { b',' };
    let mut lines = csv::ReaderBuilder::new();
    lines.delimiter(delimiter).has_headers(false).flexible(true).trim(csv::Trim::All).quoting(delimiter == b',');
    let (mut read, mut seen) = (Read::default(), BTreeSet::new());
    for record in lines.from_reader(text.as_bytes()).records() {
        let record = record.context("a line cannot be read")?;
        let line = record.position().map_or(0, |position| line_of(text, position));
        let cell = |at: usize| record.get(at).map(str::trim).filter(|cell| !cell.is_empty());
        let Some(wrong) = cell(0) else { bail!("line {line}: there is no word") };
        if line == 1 && ["wrong", "误", "误词", "错词", "敏感词"].contains(&wrong) {
            continue;
        }
        if !seen.insert(Word::key(wrong)) {
            read.repeated += 1;
            continue;
        }
        let except = cell(2).into_iter().flat_map(|cell| cell.split('|')).map(|word| word.trim().to_owned());
        let except = except.filter(|word| !word.is_empty()).collect();
        read.words.push((line, Word { wrong: wrong.to_owned(), right: cell(1).map(str::to_owned), except }));
    }
    Ok(read)
}

/// The line a record stands in: its position is before the empty lines above it.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = text.get(usize::try_from(position.byte()).unwrap_or(usize::MAX)..).unwrap_or_default();
    let empty = rest.chars().take_while(|letter| matches!(letter, '\r' | '\n')).filter(|letter| *letter == '\n');
    position.line() + u64::try_from(empty.count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_words_with_tabs_or_commas_between() {
        let word = |line, wrong: &str, right: Option<&str>, except: &[&str]| {
            let except = except.iter().map(|word| (*word).to_owned()).collect();
            (line, Word { wrong: wrong.to_owned(), right: right.map(str::to_owned), except })
        };
        let tabs = read("\u{feff}误\t正\t例外\n一前\t以前\t统一|前提\n内幕\n\nAPP\t应用\napp\t程序\n").expect("words");
        let words = vec![
            word(2, "一前", Some("以前"), &["统一", "前提"]),
            word(3, "内幕", None, &[]),
            word(5, "APP", Some("应用"), &[]),
        ];
        assert_eq!(tabs, Read { words, repeated: 1 });
        let commas = read("一但,一旦\r\n\"必,需\",必须,\n").expect("words");
        assert_eq!(commas.words, [word(1, "一但", Some("一旦"), &[]), word(2, "必,需", Some("必须"), &[])]);
        assert!(read("甲\n,乙\n").is_err_and(|error| error.to_string().starts_with("line 2")));
    }
}
