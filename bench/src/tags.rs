//! `bench tags`: how well tags are suggested (标签推荐), on questions whose keywords people chose. Four of five teach the
//! library its tags; of every fifth it is asked, and what it suggests first is compared with what people chose.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use library::Audience;
use library::content::DraftContent;
use library::id::TagId;
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use serde::Deserialize;

use crate::Work;
use crate::sharing::Place;

/// One in so many is held back.
const HELD_BACK: usize = 5;
/// How many contents a keyword must have to be a tag.
const LEAST: usize = 2;
/// How many suggestions are looked at.
const FIRST: usize = 3;

/// A question with the keywords that people chose for it.
#[derive(Debug, Deserialize)]
struct Question {
    question: String,
    answer: String,
    keywords: Vec<String>,
}

/// Measures the suggestions on the questions of a file: JSON Lines with `question`, `answer` and `keywords`, also as `.gz`.
///
/// # Errors
/// When the file cannot be read or the library cannot be made.
pub fn suggestions(file: &Path) -> Work<'_, ()> {
    Box::pin(async move {
        let questions = read(file)?;
        let (held, taught): (Vec<_>, Vec<_>) =
            questions.into_iter().enumerate().partition(|(at, _)| at % HELD_BACK == 0);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for keyword in taught.iter().flat_map(|(_, question)| &question.keywords) {
            *counts.entry(keyword).or_default() += 1;
        }
        let folder = tempfile::tempdir().context("a folder for the run")?;
        let place = Place::open(&format!("sqlite://{}/jiyue.db", folder.path().display())).await?;
        let group = TagGroupFields { name: "关键词".to_owned(), sphere: TagSphere::Government, rank: 0 };
        let (group, _) = place.library.create_tag_group(&place.program, "keywords", group).await?;
        let mut tags: HashMap<&str, TagId> = HashMap::new();
        for (name, _) in counts.iter().filter(|(_, count)| **count >= LEAST) {
            let fields = TagFields { name: (*name).to_owned(), parent: None, synonyms: Vec::new(), steward: None };
            let new = CreateTag { code: format!("t{}", tags.len()), group, fields };
            tags.insert(*name, place.library.create_tag(&place.program, new).await?.0);
        }
        let of = |question: &Question| -> Vec<TagId> {
            question.keywords.iter().filter_map(|keyword| tags.get(keyword.as_str()).copied()).collect()
        };
        let mut ready = Vec::with_capacity(taught.len());
        for (_, question) in &taught {
            let mut fields = place.fields(&shortened(&question.question), &of(question));
            fields.body_html = format!("<p>{}</p>", question.answer);
            ready.push(place.library.prepare_import(DraftContent { site: place.site, fields }.into())?);
        }
        for batch in ready.chunks(500) {
            place.library.import_contents(&place.program, batch, false).await?;
        }
        let (mut asked, mut suggested, mut wanted, mut right) = (0, 0, 0, 0);
        for (_, question) in held.iter().filter(|(_, question)| !of(question).is_empty()) {
            let chosen = of(question);
            let scope = place.library.scope(Audience::Public);
            let found = scope.suggest_tags(&question.question, &question.answer, FIRST).await?;
            asked += 1;
            suggested += found.len();
            wanted += chosen.len();
            right += found.iter().filter(|one| chosen.contains(&one.tag.id)).count();
        }
        let share = |of: usize| right as f64 / of.max(1) as f64;
        println!(
            "{} tags from {} contents; {asked} contents held back, {wanted} tags of theirs: of the first {FIRST} suggestions \
             ({suggested} in all) {right} are right: precision {:.3}, recall {:.3}",
            tags.len(),
            taught.len(),
            share(suggested),
            share(wanted)
        );
        Ok(())
    })
}

/// The questions that have keywords.
fn read(file: &Path) -> anyhow::Result<Vec<Question>> {
    let opened = std::fs::File::open(file).with_context(|| file.display().to_string())?;
    let bytes: Box<dyn Read> = match file.extension().is_some_and(|extension| extension == "gz") {
        true => Box::new(MultiGzDecoder::new(opened)),
        false => Box::new(opened),
    };
    let mut questions = Vec::new();
    for line in BufReader::new(bytes).lines() {
        let question: Question = serde_json::from_str(&line?)?;
        if !question.keywords.is_empty() {
            questions.push(question);
        }
    }
    anyhow::ensure!(questions.len() >= HELD_BACK, "too few questions with keywords");
    Ok(questions)
}

/// A title as long as titles may be.
fn shortened(question: &str) -> String {
    question.chars().take(100).collect()
}
