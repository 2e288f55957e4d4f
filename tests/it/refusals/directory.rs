//! Refusals of the deeds on tags, code lists, fields, panels and attachments.

use library::RefusalCode::{Duplicate, Invalid, Loop, NotFound, Required, TooLong};
use library::attachment::Upload;
use library::code::{CodeEntry, CodeList, EditCode};
use library::field::{DefineField, FieldFields, FieldType};
use library::id::{PanelId, TagId};
use library::panel::{CreatePanel, PanelFields, PanelItem, PanelKind, PanelTarget};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use tests::on_both;

use super::{long, refuses, unknown};
use crate::town::Town;

fn group(name: &str) -> TagGroupFields {
    TagGroupFields { name: name.to_owned(), sphere: TagSphere::Government, rank: 0 }
}

fn tag(name: &str) -> TagFields {
    TagFields { name: name.to_owned(), parent: None, synonyms: Vec::new(), steward: None }
}

#[test]
fn of_groups_and_tags() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let (themes, _) = library.create_tag_group(&editor, "themes", group("主题")).await.unwrap();
        let (other, _) = library.create_tag_group(&editor, "other", group("其他")).await.unwrap();
        for (code, path, name, fields) in [
            (Duplicate, "code", "themes", group("再来")),
            (Invalid, "code", "The Mes", group("再来")),
            (Required, "name", "new", group("")),
            (TooLong, "name", "new", group(&long(31))),
        ] {
            refuses(&town, code, path, library.create_tag_group(&editor, name, fields)).await;
        }
        refuses(&town, NotFound, "id", library.edit_tag_group(&editor, unknown("tag_group"), group("名"))).await;
        refuses(&town, Required, "name", library.edit_tag_group(&editor, other, group(" "))).await;

        let create = async |code: &str, group, fields| {
            library.create_tag(&editor, CreateTag { code: code.to_owned(), group, fields }).await.map(|(id, _)| id)
        };
        let synonyms = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let housing =
            create("housing", themes, TagFields { synonyms: synonyms(&["住宅"]), ..tag("住房") }).await.unwrap();
        let rent = create("rent", themes, TagFields { parent: Some(housing), ..tag("租房") }).await.unwrap();
        let far = create("far", other, tag("远")).await.unwrap();
        refuses(&town, Duplicate, "code", create("rent", themes, tag("新"))).await;
        refuses(&town, Required, "code", create("", themes, tag("新"))).await;
        refuses(&town, NotFound, "group", create("new", unknown("tag_group"), tag("新"))).await;
        for (code, path, fields) in [
            (Required, "name", tag("")),
            (TooLong, "name", tag(&long(31))),
            (Duplicate, "name", tag("住房")),
            (Duplicate, "name", tag("住宅")),
            (Duplicate, "name", TagFields { synonyms: synonyms(&["远"]), ..tag("新") }),
            (Duplicate, "name", TagFields { synonyms: synonyms(&["新"]), ..tag("新") }),
            (Duplicate, "name", TagFields { synonyms: synonyms(&["旧", " 旧"]), ..tag("新") }),
            (Required, "synonyms", TagFields { synonyms: synonyms(&[""]), ..tag("新") }),
            (NotFound, "parent", TagFields { parent: Some(unknown::<TagId>("tag")), ..tag("新") }),
            (Invalid, "parent", TagFields { parent: Some(far), ..tag("新") }),
            (NotFound, "steward", TagFields { steward: Some(unknown("organisation")), ..tag("新") }),
        ] {
            refuses(&town, code, path, create("new", themes, fields.clone())).await;
            refuses(&town, code, path, library.edit_tag(&editor, rent, true, fields)).await;
        }
        for parent in [housing, rent] {
            let circle = TagFields { parent: Some(parent), ..tag("住房") };
            refuses(&town, Loop, "parent", library.edit_tag(&editor, housing, true, circle)).await;
        }
        refuses(&town, NotFound, "id", library.edit_tag(&editor, unknown("tag"), true, tag("新"))).await;
        // A name that a retired tag had may be taken; the retired one then cannot come back with it.
        library.edit_tag(&editor, far, false, tag("远")).await.unwrap();
        create("distant", other, tag("远")).await.unwrap();
        refuses(&town, Duplicate, "name", library.edit_tag(&editor, far, true, tag("远"))).await;
    });
}

#[test]
fn of_code_lists_and_fields() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let entry = |code: &str, name: &str, parent: Option<&str>| CodeEntry {
            code: code.to_owned(),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
        };
        // One bad entry refuses the whole list.
        for (code, path, bad) in [
            (Required, "items.1.code", entry("", "无码", None)),
            (TooLong, "items.1.code", entry(&long(65), "长码", None)),
            (Required, "items.1.name", entry("B", "", None)),
            (TooLong, "items.1.name", entry("B", &long(201), None)),
            (NotFound, "items.1.parent", entry("B", "乙", Some("Z"))),
        ] {
            let entries = vec![entry("A", "甲", None), bad];
            refuses(&town, code, path, library.import_codes(&editor, CodeList::Theme, entries)).await;
        }
        library.import_codes(&editor, CodeList::Theme, vec![entry("A", "甲", None)]).await.unwrap();
        let item = library.directory().codes.all()[0].id;
        let named = |name: &str| EditCode { name: Some(name.to_owned()), ..EditCode::default() };
        refuses(&town, Required, "name", library.edit_code(&editor, item, named(" "))).await;
        refuses(&town, NotFound, "id", library.edit_code(&editor, unknown("code"), named("甲"))).await;

        let fields = |label: &str| FieldFields {
            label: label.to_owned(),
            help: None,
            kind: FieldType::Text,
            required: false,
            repeatable: false,
            list: None,
            minimum: None,
            maximum: None,
            pattern: None,
            kinds: Vec::new(),
            in_element_table: false,
            filterable: false,
            public: true,
            rank: 0,
        };
        let define = |key: &str, label: &str| DefineField {
            key: key.to_owned(),
            site: Some(town.site),
            column: None,
            fields: fields(label),
        };
        let (known, _) = library.define_field(&editor, define("area", "面积")).await.unwrap();
        for (code, path, input) in [
            (Duplicate, "key", define("area", "又是面积")),
            (Invalid, "key", define("Fläche", "面积")),
            (Required, "label", define("new", "")),
            (TooLong, "label", define("new", &long(101))),
            (NotFound, "site", DefineField { site: Some(unknown("site")), ..define("new", "新") }),
            (NotFound, "column", DefineField { column: Some(unknown("column")), ..define("new", "新") }),
            (NotFound, "column", DefineField { column: Some(town.town_news), ..define("new", "新") }),
        ] {
            refuses(&town, code, path, library.define_field(&editor, input)).await;
        }
        refuses(&town, Required, "label", library.edit_field(&editor, known, |kept| *kept = fields(" "))).await;
        refuses(&town, NotFound, "id", library.edit_field(&editor, unknown("field"), |_| ())).await;
    });
}

fn item(title: Option<&str>, target: Option<PanelTarget>, children: Vec<PanelItem>) -> PanelItem {
    let title = title.map(str::to_owned);
    PanelItem {
        title,
        summary: None,
        image: None,
        target,
        body: None,
        children,
        starts_at: None,
        ends_at: None,
        hidden: false,
        shown: false,
    }
}

#[test]
fn of_panels() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let fields =
            |items: Vec<PanelItem>| PanelFields { name: "菜单".to_owned(), kind: PanelKind::Menu, more: None, items };
        let panel = |code: &str, fields: PanelFields| CreatePanel {
            site: town.site,
            column: None,
            code: code.to_owned(),
            fields,
        };
        let (known, _) = library.create_panel(&editor, panel("menu", fields(Vec::new()))).await.unwrap();
        let level = |below: Vec<PanelItem>| vec![item(Some("层"), None, below)];
        let outside = PanelTarget::External { title: "外".to_owned(), url: "data:text/html,x".to_owned() };
        let many = (0..201).map(|_| item(Some("项"), None, Vec::new())).collect();
        for (code, path, fields) in [
            (Required, "name", PanelFields { name: String::new(), ..fields(Vec::new()) }),
            (TooLong, "name", PanelFields { name: long(101), ..fields(Vec::new()) }),
            (Invalid, "more", PanelFields { more: Some("x".to_owned()), ..fields(Vec::new()) }),
            (Required, "items.0.title", fields(vec![item(None, None, Vec::new())])),
            (TooLong, "items.0.title", fields(vec![item(Some(&long(201)), None, Vec::new())])),
            (Invalid, "items.0.target.page.url", fields(vec![item(None, Some(outside), Vec::new())])),
            (TooLong, "items", fields(level(level(level(level(Vec::new())))))),
            (TooLong, "items", fields(many)),
        ] {
            refuses(&town, code, path, library.create_panel(&editor, panel("new", fields.clone()))).await;
            refuses(&town, code, path, library.edit_panel(&editor, known, None, |kept| *kept = fields)).await;
        }
        for (code, path, input) in [
            (Duplicate, "code", panel("menu", fields(Vec::new()))),
            (Invalid, "code", panel("菜单", fields(Vec::new()))),
            (NotFound, "site", CreatePanel { site: unknown("site"), ..panel("new", fields(Vec::new())) }),
            (NotFound, "column", CreatePanel { column: Some(town.town_news), ..panel("new", fields(Vec::new())) }),
        ] {
            refuses(&town, code, path, library.create_panel(&editor, input)).await;
        }
        let edit = library.edit_panel(&editor, unknown::<PanelId>("panel"), None, |_| ());
        refuses(&town, NotFound, "id", edit).await;
        // The same code on another page is another panel.
        library
            .create_panel(&editor, CreatePanel { column: Some(town.news), ..panel("menu", fields(Vec::new())) })
            .await
            .unwrap();
    });
}

#[test]
fn of_uploading() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (library, editor) = (town.library(), town.editor());
        let upload = |name: &str, alt: Option<String>, bytes: &'static [u8]| Upload {
            name: name.to_owned(),
            alt,
            bytes: bytes.into(),
        };
        for (code, path, input) in [
            (Required, "file", upload("empty.txt", None, b"")),
            (Required, "name", upload(" ", None, b"text")),
            (TooLong, "name", upload(&long(201), None, b"text")),
            (Invalid, "name", upload("a\u{7}.txt", None, b"text")),
            (TooLong, "alt", upload("a.txt", Some(long(501)), b"text")),
            (Invalid, "file", upload("a.png", None, b"\x89PNG\r\n\x1a\nbroken")),
        ] {
            refuses(&town, code, path, library.upload_attachment(&editor, input)).await;
        }
        let stored = |folder: &std::path::Path| std::fs::read_dir(folder).expect("the folder").count();
        assert_eq!(stored(&town.world.files), 0, "no bytes are left of a refused file");
        library.upload_attachment(&editor, upload("a.txt", None, b"text")).await.unwrap();
        assert_ne!(stored(&town.world.files), 0);
    });
}
