//! A file is public while something public shows it, and for no moment longer.

use library::attachment::{Attached, AttachmentRole, Upload};
use library::content::{AttachmentUse, ContentFields};
use library::id::AttachmentId;
use library::leader::LeaderFields;
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind};
use tests::{World, on_both};

use super::files::{files, of_type, path};
use super::http::Door;
use super::refused;
use crate::town::{Town, at};

/// A content with one file.
pub fn with_file(mut fields: ContentFields, attachment: AttachmentId) -> ContentFields {
    let role = AttachmentRole::Attachment;
    fields.attachments = vec![AttachmentUse { attachment, role, name: None, alt: None, caption: None }];
    fields
}

/// A picture with other bytes than any other: what follows its end is passed over by all who decode it.
pub async fn fresh_picture(town: &Town) -> Vec<u8> {
    let city = World::city(town.world.engine).await;
    let files = files(&city).await;
    let door = Door::open(&city).await;
    let mut picture = door.get(path(&of_type(&files, "image/png").1["url"]), &[]).await.body;
    door.close().await;
    picture.extend_from_slice(format!("{:?} {}", town.world.engine, tests::fresh()).as_bytes());
    picture
}

/// A leader without a photo.
pub fn leader(name: &str) -> LeaderFields {
    LeaderFields {
        name: name.to_owned(),
        position: "镇长".to_owned(),
        rank: 1,
        photo: None,
        biography: None,
        duties: None,
        activities: None,
    }
}

/// Uploads a file.
pub async fn upload(town: &Town, name: &str, bytes: Vec<u8>) -> Attached {
    let upload = Upload { name: name.to_owned(), alt: None, bytes: bytes.into() };
    town.library().upload_attachment(&town.editor(), upload).await.expect("a file")
}

/// Sees that a file and its renditions are there, or that all of them are not.
async fn is_open(door: &Door, file: &Attached, open: bool) {
    for target in [
        format!("/files{}", file.path()),
        format!("/files/{}/thumbnail/a.jpg", file.id),
        format!("/files/{}/detail/a.jpg", file.id),
    ] {
        let answer = door.get(&target, &[]).await;
        if open {
            assert_eq!(answer.status, 200, "{target}");
        } else {
            refused(&answer, 404, "NOT_FOUND");
            refused(&door.get(&target, &[("Range", "bytes=0-1")]).await, 404, "NOT_FOUND");
            let known = format!("\"{}\"", file.sha256);
            refused(&door.get(&target, &[("If-None-Match", &known)]).await, 404, "NOT_FOUND");
        }
    }
}

#[test]
fn a_file_opens_with_publication_and_closes_with_withdrawal() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let picture = upload(&town, "图.png", fresh_picture(&town).await).await;
        is_open(&door, &picture, false).await;
        let content = town.draft(with_file(town.article("甲"), picture.id)).await;
        is_open(&door, &picture, false).await;
        town.publish_newest(content).await;
        is_open(&door, &picture, true).await;

        town.edit(content, |fields| fields.attachments.clear()).await;
        is_open(&door, &picture, true).await;
        town.publish_newest(content).await;
        is_open(&door, &picture, false).await;
        town.edit(content, |fields| *fields = with_file(fields.clone(), picture.id)).await;
        town.publish_newest(content).await;

        let other = town.publish(with_file(town.article("乙"), picture.id)).await;
        town.withdraw(content, None).await;
        is_open(&door, &picture, true).await;
        town.withdraw(other, Some("已撤回")).await;
        is_open(&door, &picture, false).await;
        door.close().await;
    });
}

#[test]
fn a_file_of_many_closed_contents_is_found_in_the_open_one() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        let picture = upload(&town, "图.png", fresh_picture(&town).await).await;
        let mut contents = Vec::new();
        for n in 0..45 {
            let fields = with_file(town.policy(&format!("办法{n}"), Default::default()), picture.id);
            contents.push(town.publish(fields).await);
        }
        let suspended = town.library().suspend_site(&town.editor(), town.site, "维护中", None).await;
        suspended.expect("suspended");
        is_open(&door, &picture, false).await;
        // The county shows the last one: nothing of it depends on the town's own site.
        let last = *contents.last().expect("contents");
        let shown = town.library().place_content(&town.editor(), last, town.town_news).await;
        shown.expect("placed");
        is_open(&door, &picture, true).await;
        door.close().await;
    });
}

#[test]
fn pictures_of_panels_and_leaders_are_open_as_long_as_they_are_shown() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let door = Door::open(&town.world).await;
        let banner = upload(&town, "横幅.png", fresh_picture(&town).await).await;
        let item = PanelItem {
            title: Some("横幅".to_owned()),
            summary: None,
            image: Some(banner.clone()),
            target: None,
            body: None,
            children: Vec::new(),
            starts_at: None,
            ends_at: Some(at("2026-11-02 00:00")),
            hidden: false,
            shown: false,
        };
        let fields = PanelFields { name: "横幅".to_owned(), kind: PanelKind::Banner, more: None, items: vec![item] };
        let panel = CreatePanel { site: town.site, column: None, code: "banner".to_owned(), fields };
        library.create_panel(&editor, panel).await.expect("a panel");
        is_open(&door, &banner, true).await;
        town.pass("2026-11-02 00:00").await;
        is_open(&door, &banner, false).await;

        let photo = upload(&town, "照片.png", fresh_picture(&town).await).await;
        let fields = LeaderFields { photo: Some(photo.clone()), ..leader("张三") };
        let (leader, _) = library.appoint_leader(&editor, town.publisher, fields).await.expect("a leader");
        is_open(&door, &photo, true).await;
        library.remove_leader(&editor, leader, None).await.expect("removed");
        is_open(&door, &photo, false).await;
        door.close().await;
    });
}

#[test]
fn what_could_run_is_saved_as_text() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let door = Door::open(&town.world).await;
        for (name, bytes) in [
            ("页面.html", "<!DOCTYPE html><script>alert('甲')</script>"),
            ("图.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
            ("图.png", "<html><script>alert(1)</script>"),
            ("a.js", "alert(1)"),
        ] {
            let file = upload(&town, name, bytes.as_bytes().to_vec()).await;
            town.publish(with_file(town.article(name), file.id)).await;
            let answer = door.get(&format!("/files{}", file.path()), &[]).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; charset=utf-8"), "{name}");
            assert!(answer.header("content-disposition").starts_with("attachment; "), "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.body, bytes.as_bytes());
            refused(&door.get(&format!("/files/{}/thumbnail/a.jpg", file.id), &[]).await, 404, "NOT_FOUND");
        }
        door.close().await;
    });
}
