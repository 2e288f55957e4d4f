//! `bench hits`: answers from the cache beside an axum handler that sends the same bytes from memory; both are processes of
//! their own, and are driven one after the other in one run.

use std::sync::Arc;

use anyhow::Context as _;

use super::places::Places;
use super::server::Server;
use super::{LOOKED_INTO, Rate, Read, SEED, questions, rate};
use crate::Work;
use crate::ceiling::{self, Ceiling, Stored};
use crate::fill::dice::Dice;
use crate::load::{self, Questions};
use crate::process::{Served, machine, memory};

/// What of memory the cache may take, in MB.
const CACHE: u32 = 256;

/// Measures and prints.
///
/// # Errors
/// When the library is not filled, or an answer is not right.
pub fn measure(read: &Read) -> Work<'_, ()> {
    Box::pin(measured(read))
}

async fn measured(read: &Read) -> anyhow::Result<()> {
    let places = Places::read(&read.database_url).await?;
    let server = Server::start(read.program.clone(), &read.database_url, CACHE).await?;
    let folder = tempfile::tempdir().context("a folder for the run")?;
    println!("{}; {} connections, {} s a figure\n", machine(), read.connections, read.period.as_secs());
    println!("| operation | bytes | hits/s | bare/s | of it | p50 ms | bare | p99 ms | bare | CPU ms | bare |");
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, document) in questions::operations() {
        if !read.only.is_empty() && !read.only.iter().any(|only| only == name) {
            continue;
        }
        let mut dice = Dice::new(SEED);
        let drawn = (0..LOOKED_INTO).map(|_| Ok(places.draw(name, &mut dice)?.to_string()));
        let asked = Arc::new(Questions::of(document, drawn.collect::<anyhow::Result<_>>()?));
        let mut bodies = Vec::new();
        for at in 0..LOOKED_INTO {
            bodies.push(load::once(server.process.address, &asked.body(at)).await?);
        }
        let size = bodies.iter().map(String::len).sum::<usize>() / bodies.len();
        let stored = Stored { document: document.to_owned(), bodies, data: Vec::new() };
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, serde_json::to_vec(&stored)?)?;
        let hits = driven(read, &server.process, &asked).await?;
        let bare = driven(read, &ceiling::start(Ceiling::Bytes, &file).await?, &asked).await?;
        print(name, size, hits, bare);
    }
    let held = memory(server.process.pid());
    println!(
        "\nmemory of the server after that: {:.0} MB of its own, {:.0} MB of mapped files",
        held.private, held.mapped
    );
    Ok(())
}

/// How often two servers take turns.
const TURNS: usize = 7;

/// Measures how the time of a hit grows from one library to another, by turns, and prints.
///
/// # Errors
/// As [`measure`].
pub fn growth<'w>(read: &'w Read, beside: &'w str) -> Work<'w, ()> {
    Box::pin(async move {
        let of = async |url: &str| {
            anyhow::Ok((Places::read(url).await?, Server::start(read.program.clone(), url, CACHE).await?))
        };
        let sides = [of(&read.database_url).await?, of(beside).await?];
        println!("{}; {} connections, {TURNS} turns\n", machine(), read.connections);
        println!("| operation | p50 ms | p50 ms beside | times |\n|---|---|---|---|");
        for (name, document) in questions::operations() {
            if !read.only.is_empty() && !read.only.iter().any(|only| only == name) {
                continue;
            }
            let mut asked = Vec::new();
            for (places, server) in &sides {
                let mut dice = Dice::new(SEED);
                let drawn = (0..LOOKED_INTO).map(|_| Ok(places.draw(name, &mut dice)?.to_string()));
                let questions = Questions::of(document, drawn.collect::<anyhow::Result<_>>()?);
                for at in 0..LOOKED_INTO {
                    load::once(server.process.address, &questions.body(at)).await?;
                }
                asked.push(Arc::new(questions));
            }
            let mut times = [Vec::new(), Vec::new()];
            for _ in 0..TURNS {
                for (at, (_, server)) in sides.iter().enumerate() {
                    let turn = read.period / 5;
                    let load = load::drive(server.process.address, &asked[at], read.connections, turn).await?;
                    times[at].push(load.median.as_secs_f64() * 1000.0);
                }
            }
            let [one, other] = times.map(|mut times| {
                times.sort_by(f64::total_cmp);
                times[TURNS / 2]
            });
            println!("| {name} | {one:.3} | {other:.3} | {:.3} |", other / one);
        }
        Ok(())
    })
}

async fn driven(read: &Read, process: &Served, asked: &Arc<Questions>) -> anyhow::Result<Rate> {
    load::drive(process.address, asked, read.connections, read.period / 5).await?;
    let begun = process.cpu();
    let load = load::drive(process.address, asked, read.connections, read.period).await?;
    Ok(rate(&load, process.cpu() - begun))
}

fn print(name: &str, size: usize, hits: Rate, bare: Rate) {
    println!(
        "| {name} | {size} | {:.0} | {:.0} | {:.0} % | {:.3} | {:.3} | {:.3} | {:.3} | {:.4} | {:.4} |",
        hits.per_second,
        bare.per_second,
        100.0 * hits.per_second / bare.per_second,
        hits.p50,
        bare.p50,
        hits.p99,
        bare.p99,
        hits.cpu,
        bare.cpu
    );
}
