//! Code lists (代码表) from files: items with codes, rows with a column for each level, or a tree of names.
//!
//! An item without a code is known by its name below its parent; a new one gets the next free number there.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use library::Error;
use library::code::{CodeEntry, CodeList};
use library::id::AnyId;
use serde::Deserialize;
use serde_json::{Map as Fields, Value};

use super::map::Condition;
use super::outcome::{ImportLine, ImportOutcome, ImportTrouble};
use super::write::Writer;
use super::{Import, ImportEvent, ImportPass, OnChange, lines};

/// The most items of one deed.
const MOST: usize = 500;

/// The largest file that is read, unpacked.
const LARGEST: u64 = 256 * 1024 * 1024;

/// How a file becomes items of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeMap {
    list: CodeList,
    /// The key of the file's object under which the items stand; the whole file if not given.
    items: Option<String>,
    code: Option<String>,
    name: Option<String>,
    /// The field with the code of the item above.
    parent: Option<String>,
    /// The field with the items below.
    children: Option<String>,
    /// The fields with the names from the top level down.
    #[serde(default)]
    levels: Vec<String>,
    when: Option<Condition>,
}

/// An item as the file has it.
struct Item {
    number: u64,
    code: Option<String>,
    name: String,
    /// The place of the item above it, or its code.
    above: Above,
}

enum Above {
    Nothing,
    Item(usize),
    Code(String),
}

/// Imports the lists that a map takes from a file.
pub(super) async fn import(writer: &mut Writer<'_>, import: &Import, maps: &[CodeMap]) -> anyhow::Result<()> {
    let bytes = std::fs::metadata(&import.path).map_or(0, |data| data.len());
    let pass = if import.rehearsal { ImportPass::Check } else { ImportPass::Write };
    writer.event(ImportEvent::Begun { pass, bytes });
    let whole = read(&import.path)?;
    for map in maps {
        let items = map.items(&whole)?;
        writer.summary.read += items.len() as u64;
        list(writer, import, map.list, items).await?;
        writer.event(ImportEvent::Read { records: writer.summary.read, bytes });
    }
    Ok(())
}

/// The values of a file: JSON, lines of JSON, or a table with tabs and a header.
fn read(path: &Path) -> anyhow::Result<Value> {
    let (reader, _) = lines::open(path)?;
    let mut text = String::new();
    let read = reader.take(LARGEST).read_to_string(&mut text);
    let read = read.with_context(|| format!("{} cannot be read", path.display()))?;
    if read as u64 == LARGEST {
        bail!("{} is larger than {} MiB", path.display(), LARGEST >> 20);
    }
    let text = text.trim_start_matches('\u{feff}');
    let name = path.to_string_lossy().to_lowercase();
    if name.trim_end_matches(".gz").ends_with(".tsv") {
        let mut rows = text.lines().map(|line| line.split('\t').map(Value::from).collect::<Vec<Value>>());
        let fields = rows.next().unwrap_or_default();
        return Ok(serde_json::json!({"fields": fields, "rows": rows.collect::<Vec<_>>()}));
    }
    if name.trim_end_matches(".gz").ends_with(".jsonl") {
        let values = text.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str);
        let values: Result<Vec<Value>, _> = values.collect();
        return values.map(Value::Array).with_context(|| format!("{} is no JSON", path.display()));
    }
    serde_json::from_str(text).with_context(|| format!("{} is no JSON", path.display()))
}

impl CodeMap {
    fn items(&self, whole: &Value) -> anyhow::Result<Vec<Item>> {
        let part = match &self.items {
            Some(key) => whole.get(key).with_context(|| format!("the file has no {key}"))?,
            None => whole,
        };
        let mut items = Vec::new();
        let mut known = HashMap::new();
        for record in records(part)? {
            let record = Value::Object(record);
            if self.when.as_ref().is_some_and(|when| !when.holds(&record)) {
                continue;
            }
            match self.levels.is_empty() {
                true => self.tree(&record, Above::Nothing, &mut items),
                false => self.levels(&record, &mut known, &mut items),
            }
        }
        Ok(items)
    }

    /// An item and those below it.
    fn tree(&self, record: &Value, above: Above, items: &mut Vec<Item>) {
        let text = |field: &Option<String>, usual: &str| {
            let value = record.get(field.as_deref().unwrap_or(usual))?;
            let text = value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned());
            (!value.is_null() && !text.is_empty()).then_some(text)
        };
        let code = self.code.as_ref().and_then(|_| text(&self.code, "code"));
        let above = match (above, text(&self.parent, "parent")) {
            (Above::Nothing, Some(parent)) => Above::Code(parent),
            (above, _) => above,
        };
        let at = items.len();
        items.push(Item { number: at as u64 + 1, code, name: text(&self.name, "name").unwrap_or_default(), above });
        let below = record.get(self.children.as_deref().unwrap_or("children")).and_then(Value::as_array);
        for record in below.into_iter().flatten() {
            self.tree(record, Above::Item(at), items);
        }
    }

    /// The items that a row names from the top down, as far as they are new.
    fn levels(&self, record: &Value, known: &mut HashMap<(Option<usize>, String), usize>, items: &mut Vec<Item>) {
        let mut above = None;
        for field in &self.levels {
            let name = record.get(field).and_then(Value::as_str).map(str::trim).unwrap_or_default();
            if name.is_empty() {
                return;
            }
            let at = *known.entry((above, name.to_owned())).or_insert_with(|| {
                let number = items.len() as u64 + 1;
                let above = above.map_or(Above::Nothing, Above::Item);
                items.push(Item { number, code: None, name: name.to_owned(), above });
                items.len() - 1
            });
            above = Some(at);
        }
    }
}

/// The records of a list of objects, or of `{fields, rows}`.
fn records(value: &Value) -> anyhow::Result<Vec<Fields<String, Value>>> {
    if let (Some(fields), Some(rows)) =
        (value.get("fields").and_then(Value::as_array), value.get("rows").and_then(Value::as_array))
    {
        let names: Vec<&str> = fields.iter().filter_map(Value::as_str).collect();
        let record = |row: &Value| {
            let values = row.as_array().into_iter().flatten().cloned();
            names.iter().map(|name| (*name).to_owned()).zip(values).collect()
        };
        return Ok(rows.iter().map(record).collect());
    }
    let Some(values) = value.as_array() else { bail!("the file is neither a list nor {{fields, rows}}") };
    let object = |value: &Value| value.as_object().cloned().context("an element of the list is no object");
    values.iter().map(object).collect()
}

/// Brings one list up to date.
async fn list(writer: &mut Writer<'_>, import: &Import, list: CodeList, items: Vec<Item>) -> anyhow::Result<()> {
    let entries = entries(writer, list, items);
    let name: &str = list.into();
    for (at, batch) in entries.chunks(MOST).enumerate() {
        let directory = writer.library.directory();
        let mut wanted = Vec::new();
        for (number, rank, entry) in batch {
            let above = |item: &library::code::CodeItem| {
                item.parent.and_then(|id| directory.codes.get(id)).map(|above| above.code.clone())
            };
            let known = directory.code(list, &entry.code);
            let same =
                known.is_some_and(|item| item.name == entry.name && item.rank == *rank && above(item) == entry.parent);
            let outcome = match known.map(|item| AnyId::CodeItemId(item.id)) {
                Some(id) if same => ImportOutcome::Unchanged(id),
                Some(id) if import.on_change == OnChange::Report => ImportOutcome::Changed(id),
                Some(id) => ImportOutcome::Updated(id),
                None => ImportOutcome::Written(None),
            };
            wanted.push((*number, entry, *rank, outcome));
        }
        let writes = |outcome: &ImportOutcome| matches!(outcome, ImportOutcome::Written(_) | ImportOutcome::Updated(_));
        let brought: Vec<(i64, CodeEntry)> = wanted
            .iter()
            .filter(|(_, _, _, outcome)| writes(outcome))
            .map(|(_, entry, rank, _)| (*rank, (*entry).clone()))
            .collect();
        let refused = match import.rehearsal || brought.is_empty() {
            true => None,
            false => match writer.library.import_ranked_codes(&writer.caller, list, brought).await {
                Ok(_) => None,
                Err(Error::Refused(refusal)) => Some(ImportTrouble::refused(&refusal)),
                Err(error) => return Err(error).with_context(|| format!("batch {at} of {name}")),
            },
        };
        for (number, entry, _, outcome) in wanted {
            let outcome = match &refused {
                Some(trouble) if writes(&outcome) => ImportOutcome::Failed(trouble.clone()),
                _ => outcome,
            };
            writer.tell(ImportLine { number, origin: Some((name.to_owned(), entry.code.clone())), outcome });
        }
    }
    Ok(())
}

/// The items as the library takes them, those above before those below; what is wrong with the others is told.
fn entries(writer: &mut Writer<'_>, list: CodeList, items: Vec<Item>) -> Vec<(u64, i64, CodeEntry)> {
    let directory = writer.library.directory();
    let known = || directory.codes.all().iter().filter(|item| item.list == list);
    let mut codes: HashSet<String> = known().map(|item| item.code.clone()).collect();
    let above = |item: &library::code::CodeItem| {
        item.parent.and_then(|id| directory.codes.get(id)).map(|above| above.code.clone())
    };
    let mut by_name: HashMap<(Option<String>, String), String> =
        known().map(|item| ((above(item), item.name.clone()), item.code.clone())).collect();
    codes.extend(items.iter().filter_map(|item| item.code.clone()));
    let mut entries: Vec<(u64, i64, CodeEntry)> = Vec::with_capacity(items.len());
    let mut made: Vec<Option<String>> = Vec::with_capacity(items.len());
    let mut done: HashSet<String> = known().map(|item| item.code.clone()).collect();
    let mut seen = HashSet::new();
    for (rank, item) in items.into_iter().enumerate() {
        let parent = match &item.above {
            Above::Nothing => Ok(None),
            Above::Item(at) => made[*at].clone().map(Some).ok_or("the item above it cannot be taken"),
            Above::Code(code) if done.contains(code) => Ok(Some(code.clone())),
            Above::Code(_) => Err("there is no item with the code of its parent before it"),
        };
        let trouble = |code: &str, field: &str, reason: &str| Some(ImportTrouble::new(code, field, reason));
        let (code, trouble) = match (&parent, item.code) {
            (Err(reason), code) => (code, trouble("NOT_FOUND", "parent", reason)),
            _ if item.name.is_empty() => (None, trouble("REQUIRED", "name", "it is missing or empty")),
            (_, Some(code)) => (Some(code), None),
            (Ok(parent), None) => (Some(code_for(parent, &item.name, &mut by_name, &mut codes)), None),
        };
        let twice = code.as_ref().is_some_and(|code| !seen.insert(code.clone()));
        let reason = "an item before it has this code";
        let trouble = trouble.or_else(|| twice.then(|| ImportTrouble::new("DUPLICATE", "code", reason)));
        match (code, trouble, parent) {
            (Some(code), None, Ok(parent)) => {
                done.insert(code.clone());
                made.push(Some(code.clone()));
                entries.push((item.number, rank as i64, CodeEntry { code, name: item.name, parent }));
            }
            (code, trouble, _) => {
                let origin = code.map(|code| (<&str>::from(list).to_owned(), code));
                let trouble = trouble.unwrap_or_else(|| ImportTrouble::required("code"));
                writer.tell(ImportLine { number: item.number, origin, outcome: ImportOutcome::Failed(trouble) });
                made.push(None);
            }
        }
    }
    entries
}

/// The code of an item that brings none: the one that it has, or the next free number below its parent.
fn code_for(
    parent: &Option<String>,
    name: &str,
    by_name: &mut HashMap<(Option<String>, String), String>,
    codes: &mut HashSet<String>,
) -> String {
    let key = (parent.clone(), name.to_owned());
    if let Some(code) = by_name.get(&key) {
        return code.clone();
    }
    let above = parent.clone().unwrap_or_default();
    let free = (1..).map(|number: u32| format!("{above}{number:02}")).find(|code| !codes.contains(code));
    let code = free.unwrap_or_default();
    codes.insert(code.clone());
    by_name.insert(key, code.clone());
    code
}
