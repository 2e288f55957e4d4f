//! Columns that move: every path that one ever had leads to it in one step, and to nothing else.

use library::address::RedirectTo;
use library::column::CreateColumn;
use library::id::ColumnId;
use library::{Error, RefusalCode};
use tests::on_both;

use super::found;
use crate::town::{Town, column_fields};

async fn move_to(town: &Town, column: ColumnId, path: &str) {
    town.library().move_column(&town.editor(), column, path).await.expect("moved");
}

/// The code with which a deed was refused at `path`.
fn refused<T: std::fmt::Debug>(answer: library::Result<T>) -> RefusalCode {
    match answer {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.path, ["path"], "{refusal}");
            refusal.code
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_moved_column_is_found_at_every_path_that_it_had() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let topic = town.column("/topics").await;
        town.column("/topics/a").await;
        let deep = town.column("/topics/a/deep").await;

        move_to(&town, topic, "/themes").await;
        assert_eq!(found(&town, town.site, "/themes/a/deep").await, "page");
        assert_eq!(found(&town, town.site, "/topics").await, "-> https://town.example/themes");
        assert_eq!(found(&town, town.site, "/topics/a").await, "-> https://town.example/themes/a");
        assert_eq!(found(&town, town.site, "/topics/a/deep").await, "-> https://town.example/themes/a/deep");
        assert_eq!(town.world.count("select count(*) from address").await, 1, "one row, whatever hangs below");

        move_to(&town, topic, "/special").await;
        for (old, new) in [
            ("/topics", "/special"),
            ("/themes", "/special"),
            ("/topics/a/deep", "/special/a/deep"),
            ("/themes/a/deep", "/special/a/deep"),
        ] {
            assert_eq!(found(&town, town.site, old).await, format!("-> https://town.example{new}"), "{old}");
        }

        // What hangs below moves by itself after what it hung under.
        move_to(&town, deep, "/deep").await;
        for old in ["/topics/a/deep", "/themes/a/deep", "/special/a/deep"] {
            assert_eq!(found(&town, town.site, old).await, "-> https://town.example/deep", "{old}");
        }
        assert_eq!(found(&town, town.site, "/topics/a").await, "-> https://town.example/special/a");
        assert_eq!(found(&town, town.site, "/themes/a/never").await, "nothing");
        assert_eq!(found(&town, town.county, "/topics").await, "nothing", "paths belong to a site");
        let above = town.read().column(deep).expect("the column").parent;
        assert_eq!(above, None);
    });
}

#[test]
fn moving_back_and_forth_leaves_no_circle() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let column = town.column("/a").await;
        let below = town.column("/a/x").await;
        move_to(&town, column, "/b").await;
        move_to(&town, column, "/a").await;
        for (path, expected) in [
            ("/a", "page"),
            ("/a/x", "page"),
            ("/b", "-> https://town.example/a"),
            ("/b/x", "-> https://town.example/a/x"),
        ] {
            assert_eq!(found(&town, town.site, path).await, expected, "{path}");
        }
        move_to(&town, column, "/b").await;
        assert_eq!(found(&town, town.site, "/a/x").await, "-> https://town.example/b/x");
        move_to(&town, below, "/x").await;
        move_to(&town, below, "/b/x").await;
        assert_eq!(found(&town, town.site, "/x").await, "-> https://town.example/b/x");
        assert_eq!(found(&town, town.site, "/a/x").await, "-> https://town.example/b/x");
        // A column below may be taken home by the one above it.
        move_to(&town, below, "/b/y").await;
        move_to(&town, column, "/c").await;
        move_to(&town, column, "/b").await;
        assert_eq!(found(&town, town.site, "/b/x").await, "-> https://town.example/b/y");
        assert_eq!(found(&town, town.site, "/c/y").await, "-> https://town.example/b/y");
        // What moved away meanwhile is found below the path to which the one above it came back.
        move_to(&town, column, "/d").await;
        move_to(&town, below, "/elsewhere").await;
        move_to(&town, column, "/b").await;
        for old in ["/b/y", "/b/x", "/a/x", "/d/y", "/c/y"] {
            assert_eq!(found(&town, town.site, old).await, "-> https://town.example/elsewhere", "{old}");
        }
    });
}

#[test]
fn a_path_that_was_used_is_taken_by_nobody_else() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let moved = town.column("/old").await;
        let other = town.column("/other").await;
        move_to(&town, moved, "/new").await;
        let (library, editor) = (town.library(), town.editor());
        let before = town.position().await;

        let create = CreateColumn { site: town.site, path: "/old".to_owned(), fields: column_fields("旧") };
        assert_eq!(refused(library.create_column(&editor, create).await), RefusalCode::Duplicate);
        assert_eq!(refused(library.move_column(&editor, other, "/old").await), RefusalCode::Duplicate);
        let redirect = library.create_redirect(&editor, town.site, "/old", RedirectTo::Gone).await;
        assert_eq!(refused(redirect), RefusalCode::Duplicate);
        assert_eq!(town.position().await, before);
        assert_eq!(found(&town, town.site, "/old").await, "-> https://town.example/new");

        // Hand-made redirects are used paths too.
        let leads = [
            ("/gone", RedirectTo::Gone),
            ("/out", RedirectTo::Url("https://out.example/".to_owned())),
            ("/content-lead", RedirectTo::Content(town.publish(town.article("甲")).await)),
        ];
        for (path, to) in leads {
            library.create_redirect(&editor, town.site, path, to).await.unwrap();
            assert_eq!(refused(library.move_column(&editor, other, path).await), RefusalCode::Duplicate, "{path}");
        }
        for reserved in ["/content", "/content/a", "/tag/a"] {
            assert_eq!(
                refused(library.move_column(&editor, other, reserved).await),
                RefusalCode::Invalid,
                "{reserved}"
            );
        }
        assert_eq!(found(&town, town.site, "/other").await, "page");
    });
}

#[test]
fn a_column_brings_nothing_onto_a_path_that_was_used() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        // `/b/x` was a column's own before it moved away, and then `/b` moved away.
        let above = town.column("/b").await;
        let x = town.column("/b/x").await;
        move_to(&town, x, "/x").await;
        move_to(&town, above, "/b2").await;
        town.column("/b2/x").await;
        let back = town.library().move_column(&town.editor(), above, "/b").await;
        assert_eq!(refused(back), RefusalCode::Duplicate, "its new column would take the path of another");
        assert_eq!(found(&town, town.site, "/b/x").await, "-> https://town.example/x");
    });
}

#[test]
fn contents_keep_their_addresses_when_their_column_moves() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let id = town.publish(town.article("新闻")).await;
        let path = format!("/content/202610/{}", id.short());
        assert_eq!(found(&town, town.site, &path).await, "page");
        move_to(&town, town.news, "/headlines").await;
        assert_eq!(found(&town, town.site, &path).await, "page");
        assert_eq!(found(&town, town.county, &path).await, "page");
        let short = format!("/content/{}", id.short());
        assert_eq!(found(&town, town.site, &short).await, format!("-> https://town.example{path}"));
    });
}
