//! Random deeds of random accounts on a few contents: no state is reached that may not be, nothing is published that did not
//! pass every level that its column demands, and the change log tells the same story as the tables.
//!
//! What may follow what stands here a second time, in words of its own; nothing of the library's table is used.

use std::collections::BTreeMap;

use library::content::{ContentPatch, EditContent, Edited, ReviewContent, ReviewDecision, Schedule, SubmitContent};
use library::database::Sql;
use library::id::{AccountId, ContentId};
use library::{Clock as _, Error};
use tests::{Engine, on_both};

use super::Newsroom;
use crate::accounts::caller;
use crate::oracle::deeds::Dice;

/// What a deed may make of a state.
const MAY: &[(&str, &[&str], &[&str])] = &[
    ("edit", &["DRAFT", "SUBMITTED", "IN_REVIEW", "APPROVED", "SCHEDULED", "PUBLISHED", "WITHDRAWN"], &["DRAFT"]),
    ("discard", &["DRAFT"], &["PUBLISHED", "WITHDRAWN", "ARCHIVED"]),
    ("submit", &["DRAFT"], &["SUBMITTED"]),
    ("pass", &["SUBMITTED", "IN_REVIEW"], &["IN_REVIEW", "APPROVED"]),
    ("return", &["SUBMITTED", "IN_REVIEW", "APPROVED", "SCHEDULED"], &["DRAFT"]),
    ("schedule", &["APPROVED", "SCHEDULED"], &["SCHEDULED"]),
    ("publish", &["APPROVED", "SCHEDULED"], &["PUBLISHED"]),
    ("withdraw", &["DRAFT", "SUBMITTED", "IN_REVIEW", "APPROVED", "SCHEDULED", "PUBLISHED"], &["WITHDRAWN"]),
    ("archive", &["DRAFT", "PUBLISHED", "WITHDRAWN"], &["ARCHIVED"]),
    ("clock", &["SCHEDULED"], &["PUBLISHED", "DRAFT"]),
];

/// What is known of a content beside the library.
#[derive(Default)]
struct Model {
    /// Who passed which level of the newest revision.
    passed: BTreeMap<i64, AccountId>,
    /// Who wrote since the last publication.
    writers: Vec<AccountId>,
}

/// State, newest revision, and the level of review that it waits for.
type Was = (String, i64, Option<i64>);

async fn state(room: &Newsroom, id: ContentId) -> Was {
    static STATE: Sql = Sql::new("select state, revision, level from working where content_id = $1");
    let rows = room.staff.library().database().rows(&STATE, &[id.into()]).await.expect("rows");
    (rows[0].get(0).expect("a state"), rows[0].get(1).expect("a number"), rows[0].get(2).expect("a level"))
}

/// Who does a deed: half of the time somebody whose business it is.
fn somebody(room: &Newsroom, dice: &mut Dice, deed: usize) -> AccountId {
    let everybody = [room.editor, room.colleague, room.first, room.second, room.publisher, room.admin, room.stranger];
    if dice.below(2) == 0 {
        return *dice.of(&everybody);
    }
    match deed {
        0..=3 => *dice.of(&[room.editor, room.colleague, room.admin]),
        4..=7 => *dice.of(&[room.first, room.second]),
        _ => *dice.of(&[room.publisher, room.admin]),
    }
}

/// A deed that was drawn; answers its name, and whether it was done.
async fn act(
    room: &Newsroom,
    dice: &mut Dice,
    (deed, who): (usize, AccountId),
    id: ContentId,
    revision: i64,
) -> (&'static str, bool) {
    let (library, asker) = (room.staff.library(), caller(who));
    let verdict = |decision| ReviewContent {
        id,
        expected_revision: revision,
        decision,
        proofreading: decision,
        reason: Some("理由".to_owned()),
    };
    let (name, done): (_, library::Result<bool>) = match deed {
        0 => {
            let title = serde_json::json!({"title": dice.word()});
            let patch = ContentPatch(title.as_object().expect("an object").clone());
            let edit = EditContent { id, expected_revision: revision, patch, note: None };
            let saved = library.patch_content(&asker, edit).await;
            ("edit", saved.map(|edited| matches!(edited, Edited::Saved { .. })))
        }
        1 => ("discard", library.discard_draft(&asker, id, revision).await.map(|_| true)),
        2 | 3 => {
            let submit = SubmitContent { id, expected_revision: revision, overrule: Vec::new() };
            ("submit", library.submit_content(&asker, submit).await.map(|submitted| submitted.done.is_some()))
        }
        4..=6 => ("pass", library.review_content(&asker, verdict(ReviewDecision::Approve)).await.map(|_| true)),
        7 => ("return", library.review_content(&asker, verdict(ReviewDecision::Return)).await.map(|_| true)),
        8 => {
            let at = library::Instant(room.staff.town.world.clock.now().0 + 1_000_000);
            let moments = Schedule { publish_at: Some(at), withdraw_at: None };
            ("schedule", library.schedule(&asker, id, revision, moments).await.map(|_| true))
        }
        9 => ("publish", library.publish_content(&asker, id, revision).await.map(|_| true)),
        10 if dice.below(3) == 0 => {
            ("withdraw", library.withdraw_content(&asker, id, "理由", None).await.map(|_| true))
        }
        11 if dice.below(8) == 0 => ("archive", library.archive_content(&asker, id, "理由").await.map(|_| true)),
        _ => ("nothing", Ok(false)),
    };
    match done {
        Ok(done) => (name, done),
        Err(Error::Refused(_)) => (name, false),
        Err(fault) => panic!("«{name}» failed: {fault}"),
    }
}

/// Judges what a deed made of one content.
fn judge(model: &mut Model, deed: &str, who: AccountId, was: &Was, is: &Was, demanded: i64) -> Result<bool, String> {
    let fits = MAY
        .iter()
        .any(|(name, from, to)| *name == deed && from.contains(&was.0.as_str()) && to.contains(&is.0.as_str()));
    if !fits {
        return Err(format!("«{deed}» led from {} to {}", was.0, is.0));
    }
    match (deed, is.0.as_str()) {
        ("edit", _) => {
            let writers = model.writers.iter().copied().chain([who]).collect();
            *model = Model { writers, ..Model::default() };
        }
        ("discard", _) => *model = Model::default(),
        ("submit", _) => model.passed.clear(),
        ("pass", _) if model.writers.contains(&who) => {
            return Err(format!("{who} reviewed what the same account wrote"));
        }
        ("pass", _) if model.passed.values().any(|other| *other == who) => return Err(format!("two levels by {who}")),
        ("pass", _) => drop(model.passed.insert(was.2.ok_or("it waited for no level")?, who)),
        ("publish" | "clock", "PUBLISHED") => {
            if !(1..=demanded).all(|level| model.passed.contains_key(&level)) {
                return Err(format!("published with {:?} of {demanded} levels", model.passed));
            }
            model.writers.clear();
            return Ok(true);
        }
        _ => {}
    }
    Ok(false)
}

async fn walk(engine: Engine, seed: u64, steps: usize) {
    let room = Newsroom::on(engine).await;
    let (mut dice, clock) = (Dice::new(seed), room.staff.town.world.clock.clone());
    let mut contents: Vec<(ContentId, Model)> = Vec::new();
    let (mut demanded, mut published) = (1, 0);
    for step in 0..steps {
        if contents.len() < 3 || dice.below(60) == 0 {
            let id: ContentId = room.draft(&dice.word()).await.parse().expect("an identifier");
            contents.push((id, Model { writers: vec![room.editor], ..Model::default() }));
        }
        if dice.below(15) == 0 {
            demanded = 1 + dice.below(2) as i64;
            room.demand(demanded as u8, &[]).await;
        }
        let mut before = Vec::new();
        for (id, _) in &contents {
            before.push(state(&room, *id).await);
        }
        let drawn = dice.below(contents.len());
        let drawn_deed = dice.below(12);
        let who = somebody(&room, &mut dice, drawn_deed);
        let (deed, done) = match dice.below(10) {
            0 => {
                clock.set(library::Instant(clock.now().0 + 2_000_000));
                room.staff.library().catch_up_clock().await.expect("the clock");
                ("clock", true)
            }
            _ => act(&room, &mut dice, (drawn_deed, who), contents[drawn].0, before[drawn].1).await,
        };
        for (at, (id, model)) in contents.iter_mut().enumerate() {
            let (was, is) = (&before[at], state(&room, *id).await);
            let touched = deed == "clock" || at == drawn;
            if !touched || !done || (deed == "clock" && *was == is) {
                assert_eq!(
                    *was, is,
                    "{engine:?}, seed {seed}, step {step}: «{deed}» was not done to it and changed it"
                );
                continue;
            }
            match judge(model, deed, who, was, &is, demanded) {
                Ok(is_published) => published += usize::from(is_published),
                Err(why) => panic!("{engine:?}, seed {seed}, step {step}: {why}"),
            }
        }
    }
    assert!(published > 0, "a walk that publishes nothing judges nothing");
    for (id, _) in &contents {
        assert_eq!(replayed(&room, *id).await, state(&room, *id).await.0, "the log of {id}");
    }
}

/// The state of a content as its entries of the log tell it.
async fn replayed(room: &Newsroom, id: ContentId) -> String {
    static LOG: Sql = Sql::new(
        "select c.action, c.reason from change c where c.id in (
           select s.change_id from change_subject s where s.subject = $1 or s.subject = $2) order by c.position",
    );
    static LEVELS: Sql = Sql::new("select level, levels from review_round where content_id = $1 order by ordinal");
    let database = room.staff.library().database();
    let own = [id.to_string().into(), format!("members:working:{id}").into()];
    let rounds = database.rows(&LEVELS, &[id.into()]).await.expect("rounds");
    let (mut state, mut round, mut live, mut ever) = (String::new(), 0, false, false);
    for row in database.rows(&LOG, &own).await.expect("the log") {
        let action: String = row.get(0).expect("an action");
        state = match action.as_str() {
            "CONTENT_DRAFTED" => "DRAFT",
            "CONTENT_SUBMITTED" => "SUBMITTED",
            "CONTENT_REVIEWED" => {
                let (level, levels): (i64, i64) =
                    (rounds[round].get(0).expect("a level"), rounds[round].get(1).expect("levels"));
                round += 1;
                if level < levels { "IN_REVIEW" } else { "APPROVED" }
            }
            "CONTENT_RETURNED" => {
                // What was approved or scheduled goes back without a verdict of a level.
                round += usize::from(state == "SUBMITTED" || state == "IN_REVIEW");
                "DRAFT"
            }
            "CONTENT_SCHEDULED" => "SCHEDULED",
            "CONTENT_PUBLISHED" | "CONTENT_EDITED" => {
                (live, ever) = (true, true);
                "PUBLISHED"
            }
            "CONTENT_WITHDRAWN" => {
                live = false;
                "WITHDRAWN"
            }
            "CONTENT_ARCHIVED" => "ARCHIVED",
            "DRAFT_DISCARDED" if live => "PUBLISHED",
            "DRAFT_DISCARDED" if ever => "WITHDRAWN",
            "DRAFT_DISCARDED" => "ARCHIVED",
            _ => continue,
        }
        .to_owned();
    }
    state
}

#[test]
fn random_deeds_keep_to_the_table() {
    let seed = std::env::var("JIYUE_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    on_both(async |engine| walk(engine, seed, 400).await);
}

#[test]
#[ignore = "long: many walks"]
fn random_deeds_keep_to_the_table_long() {
    on_both(async |engine| {
        for seed in 200..210 {
            walk(engine, seed, 2000).await;
        }
    });
}
