//! Renditions under load, and pictures that are made to break who decodes them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use library::RefusalCode::{Invalid, TooLong};
use library::attachment::{Attached, Upload};
use tests::{World, on_both};

use super::http::Door;
use super::refused;
use super::shown::{fresh_picture, upload, with_file};
use crate::town::Town;

const PRESETS: [&str; 4] = ["thumbnail", "list", "detail", "banner"];

fn kept(town: &Town, file: &Attached, preset: &str) -> std::path::PathBuf {
    town.world.files.join("rendition").join(&file.sha256[..2]).join(&file.sha256).join(format!("{preset}.jpg"))
}

fn original(town: &Town, file: &Attached) -> std::path::PathBuf {
    town.world.files.join("original").join(&file.sha256[..2]).join(&file.sha256)
}

#[test]
fn many_renditions_at_once_are_made_without_holding_up_the_server() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Arc::new(Door::open(&town.world).await);
        let picture = upload(&town, "图.png", fresh_picture(&town).await).await;
        town.publish(with_file(town.article("甲"), picture.id)).await;
        let asking: Vec<_> = (0..52)
            .map(|n| {
                let (door, target) = (door.clone(), format!("/files/{}/{}/a.jpg", picture.id, PRESETS[n % 4]));
                tokio::spawn(async move { (n % 4, door.get(&target, &[]).await) })
            })
            .collect();
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let begun = Instant::now();
            assert_eq!(door.get("/healthz", &[]).await.status, 200);
            slowest = slowest.max(begun.elapsed());
        }
        assert!(slowest < Duration::from_secs(2), "the server answers meanwhile: {slowest:?}");
        let mut made: [Option<Vec<u8>>; 4] = Default::default();
        for asked in asking {
            let (preset, answer) = asked.await.expect("an answer");
            assert_eq!((answer.status, answer.header("content-type")), (200, "image/jpeg"));
            let first = made[preset].get_or_insert_with(|| answer.body.clone());
            assert!(*first == answer.body, "all are the same");
        }
        for (preset, made) in PRESETS.iter().zip(&made) {
            assert!(std::fs::read(kept(&town, &picture, preset)).ok() == *made, "{preset} is kept");
        }
        let door = Arc::into_inner(door).expect("nobody asks any more");
        door.close().await;
    });
}

#[test]
fn a_rendition_that_is_kept_is_not_made_again() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let picture = upload(&town, "图.png", fresh_picture(&town).await).await;
        town.publish(with_file(town.article("甲"), picture.id)).await;
        let target = format!("/files/{}/list/a.jpg", picture.id);
        let made = door.get(&target, &[]).await;
        assert!(made.body.starts_with(b"\xff\xd8\xff"));
        assert!(made.header("content-disposition").contains("-list.jpg\""), "named as what it is");
        std::fs::remove_file(original(&town, &picture)).expect("the original is gone");
        assert!(door.get(&target, &[]).await.body == made.body, "it is read, not made");
        let fault = door.get(&format!("/files{}", picture.path()), &[]).await;
        refused(&fault, 500, "INTERNAL");
        assert_eq!(fault.json()["errors"][0]["extensions"]["requestId"], fault.header("x-request-id"));
        refused(&door.get(&format!("/files/{}/detail/a.jpg", picture.id), &[]).await, 500, "INTERNAL");
        door.close().await;
    });
}

/// The picture with another size in its head (PNG, IHDR), and the sum that belongs to it.
fn claiming(picture: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bomb = picture.to_vec();
    bomb[16..20].copy_from_slice(&width.to_be_bytes());
    bomb[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = !bomb[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1)))
    });
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    bomb
}

#[test]
fn a_bomb_is_refused_when_it_comes_and_does_no_harm_where_it_lies() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let bytes = fresh_picture(&town).await;
        for (width, height) in [(60_000, 60_000), (50_001, 1000), (u32::MAX, u32::MAX), (0, 0)] {
            let bomb = Upload { name: "图.png".to_owned(), alt: None, bytes: claiming(&bytes, width, height).into() };
            match town.library().upload_attachment(&town.editor(), bomb).await {
                Err(library::Error::Refused(refusal)) => {
                    assert!([Invalid, TooLong].contains(&refusal.code) && refusal.path == ["file"], "{refusal}");
                }
                other => panic!("{width} x {height} was accepted: {other:?}"),
            }
        }
        for bomb in
            [claiming(&bytes, 60_000, 60_000), claiming(&bytes, 7_000, 7_000), bytes[..bytes.len() / 2].to_vec()]
        {
            let picture = upload(&town, "图.png", fresh_picture(&town).await).await;
            town.publish(with_file(town.article("甲"), picture.id)).await;
            std::fs::write(original(&town, &picture), bomb).expect("put in its place");
            let begun = Instant::now();
            refused(&door.get(&format!("/files/{}/list/a.jpg", picture.id), &[]).await, 404, "NOT_FOUND");
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
            assert!(!kept(&town, &picture, "list").exists());
        }
        door.close().await;
    });
}

#[test]
fn a_picture_that_cannot_be_decoded_is_fetched_and_tried_once() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let bytes = fresh_picture(&town).await;
        let picture = upload(&town, "图.png", bytes.clone()).await;
        town.publish(with_file(town.article("甲"), picture.id)).await;
        let target = |preset: &str| format!("/files/{}/{preset}/a.jpg", picture.id);
        std::fs::write(original(&town, &picture), &bytes[..bytes.len() / 2]).expect("put in its place");
        refused(&door.get(&target("list"), &[]).await, 404, "NOT_FOUND");
        // Whoever fetched it again would now find that it is gone, which is a fault.
        std::fs::remove_file(original(&town, &picture)).expect("it was there");
        for preset in PRESETS.iter().cycle().take(12) {
            refused(&door.get(&target(preset), &[]).await, 404, "NOT_FOUND");
        }
        // A program that begins anew tries anew.
        let world = &town.world;
        let again = Door::of(server::App::new(World::node(&world.url, &world.files, world.clock.clone()).await)).await;
        refused(&again.get(&target("list"), &[]).await, 500, "INTERNAL");
        std::fs::write(original(&town, &picture), &bytes).expect("put back");
        assert_eq!(again.get(&target("list"), &[]).await.status, 200);
        again.close().await;
        door.close().await;
    });
}
