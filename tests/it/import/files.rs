//! Files beside the lines: attached once, from nowhere else.

use library::attachment::AttachmentRole;
use library::content::Details;
use seed::ImportReport;
use serde_json::json;
use tests::on_both;

use super::{folder, import, lines, of_origin, write};
use crate::town::Town;

/// A picture of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

#[test]
fn files_beside_the_lines_are_attached() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let folder = folder();
        write(&folder, "files/表.txt", "甲".as_bytes());
        write(&folder, "files/cover.gif", PIXEL);
        let mut records = vec![
            json!({"id": "1", "title": "一", "body": "文", "cover": {"file": "files/cover.gif", "alt": "图"},
                "attachments": ["files/表.txt", {"file": "./files/cover.gif", "role": "IMAGE", "name": "图.gif", "caption": "说明"}]}),
            json!({"id": "2", "title": "二", "attachments": ["files/表.txt"]}),
            json!({"id": "3", "kind": "SERVICE_GUIDE", "title": "三", "materials": [{"name": "申请表", "blankForm": "files/表.txt"}]}),
        ];
        let path = write(&folder, "old.jsonl", lines(&records).as_bytes());
        let ran = import(&town, path.clone()).await;
        assert_eq!(ran.report, ImportReport { read: 3, written: 3, ..ImportReport::default() }, "{:?}", ran.lines);
        let one = of_origin(&town, "old", "1").await.unwrap();
        let detail = town.read().details(&[one.id]).await.unwrap()[&one.id].clone();
        let said: Vec<_> =
            detail.attachments.iter().map(|file| (file.name.as_str(), file.role, file.caption.as_deref())).collect();
        assert_eq!(
            said,
            [("表.txt", AttachmentRole::Attachment, None), ("图.gif", AttachmentRole::Image, Some("说明"))]
        );
        assert_eq!(one.card.cover.as_ref().and_then(|cover| cover.alt.as_deref()), Some("图"));
        let three = of_origin(&town, "old", "3").await.unwrap();
        let detail = town.read().details(&[three.id]).await.unwrap()[&three.id].clone();
        let Details::ServiceGuide(guide) = &detail.details else { panic!("{detail:?}") };
        assert_eq!(guide.materials[0].blank_form, Some(detail.attachments[0].id));
        assert_eq!(town.world.count("select count(*) from attachment").await, 2, "equal bytes are one file");

        let before = town.position().await;
        assert_eq!(import(&town, path.clone()).await.report.unchanged, 3);
        assert_eq!(town.position().await, before, "no file is brought twice");
        write(&folder, "files/表.txt", "乙".as_bytes());
        let ran = import(&town, path.clone()).await;
        assert_eq!((ran.report.updated, ran.report.unchanged), (3, 0), "another file at its place is a change");
        records.remove(2);
        crate::whole::whole(&town.world).await;
    });
}

#[test]
fn files_come_from_the_folder_alone() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let folder = folder();
        write(&folder, "secret.txt", "秘密".as_bytes());
        write(&folder, "in/empty.txt", b"");
        write(&folder, "in/broken.gif", b"GIF89a");
        std::os::unix::fs::symlink(folder.join("secret.txt"), folder.join("in/link.txt")).ok();
        let with = |id: usize, file: &str| json!({"id": id, "title": "题", "body": "文", "attachments": [file]});
        let secret = folder.join("secret.txt").display().to_string();
        let records = [
            with(1, "../secret.txt"),
            with(2, &secret),
            with(3, "link.txt"),
            with(4, "https://old.example/a.pdf"),
            with(5, "nowhere.txt"),
            with(6, "empty.txt"),
            with(7, "a/../../secret.txt"),
            with(8, ""),
            with(9, "broken.gif"),
            with(10, "."),
        ];
        let ran = import(&town, write(&folder, "in/old.jsonl", lines(&records).as_bytes())).await;
        let field = "attachments.0";
        let expected = [
            (1, "OUTSIDE_FOLDER", field),
            (2, "OUTSIDE_FOLDER", field),
            (3, "OUTSIDE_FOLDER", field),
            (4, "NOT_A_FILE", field),
            (5, "FILE_NOT_FOUND", field),
            (6, "INVALID", field),
            (7, "OUTSIDE_FOLDER", field),
            (8, "OUTSIDE_FOLDER", field),
            (9, "INVALID", field),
            (10, "NOT_A_FILE", field),
        ];
        assert_eq!(ran.failed(), expected);
        assert_eq!(town.world.count("select count(*) from attachment").await, 0);
    });
}
