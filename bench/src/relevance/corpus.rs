//! The texts that are searched and the judged queries, as they lie in the folder of the data.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use flate2::read::GzDecoder;
use search::Document;
use serde_json::Value as Json;
use uuid::Uuid;

/// A query with what is relevant to it.
#[derive(Debug)]
pub(super) struct Judged {
    /// The type of the query.
    pub kind: String,
    /// The query.
    pub query: String,
    /// Which texts are searched.
    pub corpus: String,
    /// The identifiers of what is relevant.
    pub relevant: Vec<String>,
}

/// A text that is searched.
#[derive(Debug)]
pub(crate) struct Text {
    /// Its identifier.
    pub id: String,
    /// Its title; empty if it has none.
    pub title: String,
    /// Its document number; empty if it has none.
    pub number: String,
    /// Everything else that it says.
    pub body: String,
}

/// Texts that are searched together.
#[derive(Debug)]
pub(super) struct Corpus {
    /// Its name.
    pub name: String,
    /// Its texts.
    pub texts: Vec<Text>,
}

impl Corpus {
    /// The texts as the index is told of them.
    pub fn documents(&self) -> Vec<Document> {
        let document = |(place, text): (usize, &Text)| Document {
            id: Uuid::from_u128(place as u128),
            kind: "ARTICLE".to_owned(),
            title: text.title.clone(),
            number: Some(text.number.clone()).filter(|number| !number.is_empty()),
            body: text.body.clone(),
            ..Document::default()
        };
        self.texts.iter().enumerate().map(document).collect()
    }
}

/// The judged queries.
pub(super) fn judged(data: &Path) -> anyhow::Result<Vec<Judged>> {
    let path = data.join("search-eval-dev.tsv");
    let mut text = String::new();
    File::open(&path).with_context(|| format!("{}", path.display()))?.read_to_string(&mut text)?;
    let mut judged = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, kind, query, corpus, relevant, ..] = cells.as_slice() else {
            bail!("a line without its cells: {line}")
        };
        judged.push(Judged {
            kind: (*kind).to_owned(),
            query: (*query).to_owned(),
            corpus: (*corpus).to_owned(),
            relevant: relevant.split(',').map(str::to_owned).collect(),
        });
    }
    Ok(judged)
}

/// The texts that queries name as their corpus.
pub(super) fn read(data: &Path, name: &str) -> anyhow::Result<Corpus> {
    let (file, texts): (_, fn(&Json) -> Option<Text>) = match name {
        "articles" => ("articles", |row| {
            text(row, &format!("{} {}", cell(row, "law"), cell(row, "article")), "", cell(row, "text"))
        }),
        "policies" => ("policies", |row| text(row, cell(row, "title"), cell(row, "doc_no"), cell(row, "body"))),
        "qa" => ("qa", |row| text(row, cell(row, "question"), "", cell(row, "answer"))),
        "messages.reply" => {
            ("citizen-messages", |row| text(row, "", "", cell(row, "reply")).filter(|text| !text.body.is_empty()))
        }
        other => bail!("no texts are known as {other}"),
    };
    let path = data.join(format!("{file}.jsonl.gz"));
    let lines = BufReader::new(GzDecoder::new(File::open(&path).with_context(|| format!("{}", path.display()))?));
    let mut found = Vec::new();
    for line in lines.lines() {
        found.extend(texts(&serde_json::from_str(&line?)?));
    }
    Ok(Corpus { name: name.to_owned(), texts: found })
}

fn cell<'r>(row: &'r Json, name: &str) -> &'r str {
    row[name].as_str().unwrap_or_default()
}

fn text(row: &Json, title: &str, number: &str, body: &str) -> Option<Text> {
    let of = str::to_owned;
    Some(Text { id: of(cell(row, "id")), title: of(title), number: of(number), body: of(body) })
}
