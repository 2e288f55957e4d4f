//! The change log as auditors read it: whole, in order, within their scope, and changed by nobody.

use std::path::Path;

use library::audit::SUBJECTS_AT_ONCE;
use library::grant::{GrantScope, Role};
use serde_json::{Value as Json, json};
use server::audit::{Audit, Format, write};
use tests::on_both;

use super::Staff;
use crate::door::http::Door;

const PAGE: &str = "query($filter: AuditFilter, $first: Int, $after: String) { desk { audit(filter: $filter, first: $first, \
    after: $after) { nodes { position actor name action reason siteCode site { id } apiKey { id } account { id } \
    subjects { subject effect } } pageInfo { hasNextPage endCursor } } } }";

/// All entries that somebody sees, page by page.
async fn all(door: &Door, token: &str, filter: &Json, first: usize) -> Vec<Json> {
    let bearer = format!("Bearer {token}");
    let (mut entries, mut after) = (Vec::new(), Json::Null);
    loop {
        let variables = json!({"filter": filter, "first": first, "after": after});
        let answer = door.ask(PAGE, &variables, &[("Authorization", &bearer)]).await.json();
        let page = &answer["data"]["desk"]["audit"];
        entries.extend(page["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return entries;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn positions(entries: &[Json]) -> Vec<i64> {
    let position = |entry: &Json| entry["position"].as_str().expect("a text").parse().expect("a number");
    entries.iter().map(position).collect()
}

#[test]
fn auditors_read_what_was_done_within_their_scope() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        staff.administrator("admin").await;
        staff.account("auditor", Some((Role::Auditor, GrantScope::Platform))).await;
        staff.account("site-auditor", Some((Role::Auditor, site))).await;
        let editor = staff.account("editor", Some((Role::Editor, site))).await;
        let content = town.publish(town.article("要审计的稿件")).await;
        town.withdraw(content, None).await;
        town.column("/further").await;
        let mut tokens = Vec::new();
        for name in ["admin", "auditor", "site-auditor", "editor"] {
            // Each sign-in is a change at its own moment.
            town.world.clock.set(library::Instant(library.now().0 + 1_000_000));
            tokens.push(staff.sign_in(name).await.access.0);
        }
        let door = Door::open(&town.world).await;
        let newest = library.newest_position().await.expect("a position");
        let whole: Vec<i64> = (1..=newest).rev().collect();
        for first in [3, 100] {
            assert_eq!(positions(&all(&door, &tokens[0], &Json::Null, first).await), whole, "the administrator");
            assert_eq!(positions(&all(&door, &tokens[1], &Json::Null, first).await), whole, "the auditor");
        }
        let mine = all(&door, &tokens[2], &Json::Null, 2).await;
        assert!(!mine.is_empty() && mine.len() < whole.len());
        assert!(mine.iter().all(|entry| ["town", "below"].iter().any(|code| entry["siteCode"] == *code)), "{mine:?}");
        assert_eq!(all(&door, &tokens[3], &Json::Null, 100).await.len(), 0, "an editor audits nothing");
        let nobody = door.ask(PAGE, &json!({}), &[]).await.json();
        assert_eq!(nobody["data"]["desk"], Json::Null);

        let auditor = &tokens[1];
        let withdrawn = all(&door, auditor, &json!({"action": "CONTENT_WITHDRAWN"}), 100).await;
        assert_eq!((withdrawn.len(), &withdrawn[0]["reason"]), (1, &json!("测试")));
        assert_eq!((&withdrawn[0]["actor"], &withdrawn[0]["name"]), (&json!("program:test"), &Json::Null));
        let touched = withdrawn[0]["subjects"].as_array().expect("subjects");
        assert!(
            touched.iter().any(|one| one["subject"] == content.to_string() && one["effect"] == "LEFT"),
            "{touched:?}"
        );
        let signed = all(&door, auditor, &json!({"account": editor.to_string()}), 100).await;
        assert_eq!((signed.len(), &signed[0]["action"]), (1, &json!("SESSION_CHANGED")));
        assert_eq!(
            (&signed[0]["name"], &signed[0]["account"]["id"]),
            (&json!("姓名editor"), &json!(editor.to_string()))
        );
        let county = all(&door, auditor, &json!({"site": town.county.to_string()}), 100).await;
        assert!(!county.is_empty() && county.iter().all(|entry| entry["site"]["id"] == town.county.to_string()));
        let now = library.now().utc().to_rfc3339();
        let until = positions(&all(&door, auditor, &json!({"until": now}), 100).await);
        let from = positions(&all(&door, auditor, &json!({"from": now}), 100).await);
        assert_eq!((until.len() + from.len(), from.len()), (whole.len(), 1), "an instant divides the log");
        let bearer = format!("Bearer {auditor}");
        let wrong = json!({"filter": {"action": "DREAMT"}});
        let wrong = door.ask(PAGE, &wrong, &[("Authorization", &bearer)]).await.json();
        assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        door.close().await;
    });
}

#[test]
fn the_log_of_a_period_is_written_whole() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let editor = staff.account("editor", None).await;
        // More subjects than are read with an entry at once.
        let mut columns = vec![town.news];
        for at in 0..45 {
            columns.push(town.column(&format!("/many-{at}")).await);
        }
        let mut fields = town.article("=到处都有,\"的\"稿件");
        fields.columns = columns;
        let content = town.publish(fields).await;
        library.withdraw_content(&town.editor(), content, "=1+1, \"引号\"\n换行", None).await.expect("withdrawn");
        staff.sign_in("editor").await;
        let newest = library.newest_position().await.expect("a position");
        let day = library.zone().date(library.now());
        let period = |from, to, format| Audit { from, to, format };
        let mut out = Vec::new();
        let written = write(library, &period(day, day, Format::Jsonl), &mut out).await.expect("written");
        assert_eq!(written as i64, newest);
        let lines: Vec<Json> = String::from_utf8(out)
            .expect("text")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect();
        let log = library.changes_after(0, newest).await.expect("the log");
        assert_eq!(lines.len(), log.len());
        for (line, change) in lines.iter().zip(&log) {
            assert_eq!((&line["position"], &line["actor"]), (&json!(change.position), &json!(change.actor)));
            assert_eq!(line["at"], change.at.utc().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
            let told: Vec<_> =
                line["subjects"].as_array().expect("subjects").iter().map(|one| &one["subject"]).collect();
            let kept: Vec<_> = change.subjects.iter().map(|touch| json!(touch.subject)).collect();
            assert!(told.iter().copied().eq(kept.iter()), "{}: {} of {}", change.position, told.len(), kept.len());
        }
        assert!(log.iter().any(|change| change.subjects.len() > SUBJECTS_AT_ONCE), "a deed is large");
        let signed = lines.last().expect("a line");
        assert_eq!((&signed["actor"], &signed["name"]), (&json!(editor.to_string()), &json!("姓名editor")));

        let mut out = Vec::new();
        write(library, &period(day, day, Format::Csv), &mut out).await.expect("written");
        let text = String::from_utf8(out).expect("text");
        let rows = rows(&text);
        assert_eq!(rows.len() as i64, newest + 1, "a head and a row for each");
        assert!(rows.iter().all(|row| row.len() == 10), "ten cells");
        assert!(rows.iter().any(|row| row[7] == "'=1+1, \"引号\"\n换行"), "nothing is run");
        let largest = log.iter().map(|change| change.subjects.len()).max().expect("one");
        assert!(rows.iter().any(|row| row[9].split("; ").count() == largest));

        let tomorrow = day.succ_opt().expect("a day");
        let mut out = Vec::new();
        assert_eq!(write(library, &period(tomorrow, tomorrow, Format::Jsonl), &mut out).await.expect("written"), 0);
        assert!(out.is_empty());
        assert!(write(library, &period(tomorrow, day, Format::Jsonl), &mut out).await.is_err());
    });
}

/// The cells of comma-separated values (RFC 4180).
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            sign => cell.push(sign),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty(), "it ends with a row");
    rows
}

/// The texts of a source that may be statements, with its spaces made one.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("a file").to_lowercase();
            found.push((path.display().to_string(), text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }
}

#[test]
fn nothing_updates_or_deletes_what_the_log_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the project");
    let mut found = Vec::new();
    for room in ["library/src", "migrations/src", "seed/src", "server/src"] {
        sources(&root.join(room), &mut found);
    }
    let inserts = found.iter().filter(|(_, text)| text.contains("insert into change (")).count();
    assert_eq!(inserts, 1, "it is written in one place, so it is looked for by the right name");
    let verbs = ["update ", "delete from ", "truncate ", "truncate table ", "drop table ", "replace into "];
    for (path, text) in &found {
        for table in ["change", "change_subject"] {
            for verb in verbs {
                let statement = format!("{verb}{table}");
                for (at, _) in text.match_indices(&statement) {
                    let next = text[at + statement.len()..].chars().next();
                    assert!(next.is_some_and(|next| next.is_alphanumeric() || next == '_'), "{path}: {statement}");
                }
            }
        }
    }
}
