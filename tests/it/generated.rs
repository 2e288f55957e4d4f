//! Requests made by dice from the grammar of the served schema: valid ones, and the same ones broken. Nothing that is
//! sent may bring the server out of its composure: no panic, no status of its own fault, no error without a code; and
//! what is valid is never called invalid. A valid question whose values are all known to be sound is answered without any
//! error, unless it costs too much.
//!
//! `JIYUE_TEST_SEED=8 cargo test -p tests --test it generated` makes others. A failure names seed and number.

mod breaker;
pub mod city;
pub mod maker;
mod soup;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use operation::{Limit, Limits};
use serde_json::{Value as Json, json};
use server::App;
use server::http::{BODY_LIMIT, Settings};
use tests::{Engine, World, on_both};

use self::city::City;
use self::maker::Maker;
use self::wire::Wire;
use crate::door::http::{Answer, Door};
use crate::oracle::deeds::Dice;

/// How many connections ask at once.
const CONNECTIONS: usize = 4;

fn seed() -> u64 {
    std::env::var("JIYUE_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7)
}

/// Dice for one request: neighbours have nothing in common.
pub fn dice(seed: u64, number: usize) -> Dice {
    let mut mixed = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ (number as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let mut dice = Dice::new(mixed ^ (mixed >> 31));
    for _ in 0..4 {
        dice.below(2);
    }
    dice
}

/// The served schema, as the generator reads it.
pub fn served() -> Valid<Schema> {
    Schema::parse_and_validate(schema::sdl(), "schema").expect("the served schema is valid")
}

/// A question as it is sent.
pub struct Question {
    pub query: String,
    pub variables: Json,
    /// Whether the library is known to take all its values, as long as nobody breaks it.
    sound: bool,
}

/// What is known of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    /// It was broken, and may be valid all the same.
    Broken,
    /// It keeps every rule of validation.
    Valid,
    /// And nothing that it asks for can be refused.
    Sound,
}

/// What was sent, and what is known of it.
struct Request {
    body: Result<Vec<u8>, String>,
    known: Known,
}

impl Request {
    /// Makes a request; a third of them are valid.
    fn make(schema: &Schema, city: &City, dice: &mut Dice) -> Self {
        let question = Maker::new(schema, city, dice).question();
        let whole = |question: &Question| json!({"query": question.query, "variables": question.variables}).to_string();
        let known = if question.sound { Known::Sound } else { Known::Valid };
        let (body, known) = match dice.below(9) {
            0..=1 => (Ok(whole(&question).into_bytes()), known),
            2 => (Err(wire::address(&question)), known),
            3..=5 => (Ok(whole(&breaker::text(question, dice)).into_bytes()), Known::Broken),
            6 => (Ok(whole(&breaker::variables(question, dice)).into_bytes()), Known::Broken),
            7 => (Ok(breaker::bytes(whole(&question).into_bytes(), dice)), Known::Broken),
            _ => (Err(wire::address(&breaker::text(question, dice))), Known::Broken),
        };
        Self { body, known }
    }

    /// Judges the answer; says in a word what it was.
    fn judge(&self, answer: &Answer) -> Result<String, String> {
        if answer.status >= 500 {
            return Err(format!("the status is {}", answer.status));
        }
        let json: Json = serde_json::from_slice(&answer.body).map_err(|_| "the answer is no JSON".to_owned())?;
        let errors = json.get("errors").and_then(Json::as_array).cloned().unwrap_or_default();
        let Some(first) = errors.first() else {
            return if json["data"].is_object() {
                Ok("answered".to_owned())
            } else {
                Err("no data and no errors".into())
            };
        };
        for error in &errors {
            let code = error["extensions"]["code"].as_str().ok_or("an error without a code")?;
            if error["message"].as_str().is_none_or(|message| message.len() <= 5) {
                return Err("an error without a message".to_owned());
            }
            if ["INTERNAL", "TIMEOUT", "OVERLOADED"].contains(&code) {
                return Err(format!("a fault: {code}"));
            }
            let costly = error["extensions"]["limit"]["name"] == "cost";
            let fits = match self.known {
                Known::Broken => true,
                Known::Valid => costly || code == "BAD_USER_INPUT",
                Known::Sound => costly,
            };
            if !fits {
                return Err(format!("a valid question is refused: {code}"));
            }
        }
        let code = first["extensions"]["code"].as_str().unwrap_or_default();
        Ok(if json["data"].is_object() { format!("{code}, with data") } else { code.to_owned() })
    }

    fn shown(&self) -> String {
        match &self.body {
            Ok(body) => format!("POST {}", String::from_utf8_lossy(body)),
            Err(address) => format!("GET {address}"),
        }
    }
}

/// A door that has much time and lets little in at once: what is judged is not how fast a machine under load is.
fn patient(world: &World) -> App {
    let limits = Limits::default().with(Limit::Cost, 2_000);
    let app = App::new(world.library.clone()).with_search(world.search.clone());
    let app = app.with_limits(BODY_LIMIT, Duration::from_secs(120));
    app.with_settings(Settings { limits, ..Settings::default() })
}

/// Sends `number` requests and counts what came of them, apart for valid and broken ones.
async fn run(engine: Engine, number: usize) {
    let seed = seed();
    let world = World::city(engine).await;
    let city = Arc::new(City::of(&world).await);
    let schema = Arc::new(served());
    world.indexed().await;
    let door = Door::of(patient(&world)).await;
    let next = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (city, schema, next, address) = (city.clone(), schema.clone(), next.clone(), door.address());
            tokio::spawn(async move {
                let mut counts: BTreeMap<(Known, String), usize> = BTreeMap::new();
                let mut wire = Wire::to(address);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= number {
                        return counts;
                    }
                    let request = Request::make(&schema, &city, &mut dice(seed, at));
                    let answer = wire.send(&request.body).await;
                    let what = request.judge(&answer).unwrap_or_else(|wrong| {
                        let said = String::from_utf8_lossy(&answer.body);
                        panic!("{engine:?}, seed {seed}, request {at}: {wrong}\n{}\n{said}", request.shown())
                    });
                    *counts.entry((request.known, what)).or_default() += 1;
                }
            })
        })
        .collect();
    let mut counts: BTreeMap<(Known, String), usize> = BTreeMap::new();
    for worker in workers {
        for (what, found) in worker.await.expect("every answer is right") {
            *counts.entry(what).or_default() += found;
        }
    }
    door.close().await;
    for ((known, what), found) in &counts {
        let known = match known {
            Known::Broken => "broken",
            Known::Valid => "valid",
            Known::Sound => "sound",
        };
        eprintln!("{known}, {what}: {found}");
    }
    let of = |known: Known, what: &str| counts.get(&(known, what.to_owned())).copied().unwrap_or(0);
    let all = |known: Known| counts.iter().filter(|((own, _), _)| *own == known).map(|(_, found)| found).sum::<usize>();
    let (valid, sound) = (all(Known::Valid), all(Known::Sound));
    // Dice that make only nonsense prove nothing.
    assert!(sound * 4 > valid + sound, "only {sound} of {} valid questions are sound", valid + sound);
    assert!(of(Known::Sound, "answered") * 2 > sound, "only {} of {sound} are answered", of(Known::Sound, "answered"));
    assert!(of(Known::Valid, "BAD_USER_INPUT, with data") > 0, "no doubtful value is refused");
    for code in ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST", "BAD_USER_INPUT"] {
        assert!(of(Known::Broken, code) * 1_000 > number, "hardly any broken question is {code}");
    }
}

#[test]
fn generated_requests_are_answered_with_composure() {
    on_both(async |engine| run(engine, 3_000).await);
}

#[test]
#[ignore = "long: a hundred thousand requests on each database"]
fn generated_requests_are_answered_with_composure_long() {
    on_both(async |engine| run(engine, 100_000).await);
}
