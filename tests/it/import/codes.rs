//! Code lists from files: with codes, by levels, as trees; brought up to date and never taken from.

use library::code::CodeList;
use seed::{Import, ImportReport};
use serde_json::{Value as Json, json};
use tests::on_both;

use super::{Ran, folder, run, write};
use crate::town::Town;

async fn import(town: &Town, name: &str, text: &str, map: &str) -> Ran {
    let folder = folder();
    let path = write(&folder, name, text.as_bytes());
    let map = write(&folder, "map.toml", map.as_bytes());
    run(town, &Import { path, map: Some(map), ..Import::default() }).await
}

/// The items of a list as `code name parent`.
fn items(town: &Town, list: CodeList) -> Vec<String> {
    let directory = town.library().directory();
    let of_list = directory.codes.all().iter().filter(|item| item.list == list);
    let mut items: Vec<_> = of_list
        .map(|item| {
            let above = item.parent.and_then(|id| directory.codes.get(id)).map_or("-", |above| above.code.as_str());
            format!("{} {} {above}", item.code, item.name)
        })
        .collect();
    items.sort();
    items
}

#[test]
fn rows_with_codes_become_a_list() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let map = "[[codes]]\nlist = \"DIVISION\"\ncode = \"code\"\nname = \"name\"\nparent = \"parent\"";
        let file = |rows: Json| json!({"fields": ["code", "name", "level", "parent"], "rows": rows}).to_string();
        let rows = json!([
            ["34", "安徽省", "province", ""],
            ["3415", "六安市", "city", "34"],
            ["99", "", "city", "34"],
            ["341502", "金安区", "county", "3415"],
            ["1", "无上级", "city", "77"],
            ["34", "重复", "province", ""]
        ]);
        let ran = import(&town, "divisions.json.gz", &file(rows.clone()), map).await;
        assert_eq!(ran.failed(), [(3, "REQUIRED", "name"), (5, "NOT_FOUND", "parent"), (6, "DUPLICATE", "code")]);
        assert_eq!(ran.report, ImportReport { read: 6, written: 3, failed: 3, ..ImportReport::default() });
        assert_eq!(items(&town, CodeList::Division), ["34 安徽省 -", "3415 六安市 34", "341502 金安区 3415"]);

        let position = town.position().await;
        let again = import(&town, "divisions.json", &file(rows), map).await;
        assert_eq!((again.report.unchanged, again.report.failed), (3, 3));
        assert_eq!(town.position().await, position, "nothing is written");
        let renamed = json!([["34", "安徽", "province", ""], ["3415", "六安市", "city", "34"]]);
        let ran = import(&town, "divisions.json", &file(renamed), map).await;
        assert_eq!((ran.report.updated, ran.report.unchanged), (1, 1), "{:?}", ran.lines);
        assert_eq!(items(&town, CodeList::Division).len(), 3, "what is gone from the file stays");
    });
}

#[test]
fn trees_and_levels_get_codes() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let tree = json!({"主题": [{"name": "综合", "children": [{"name": "信访"}, {"name": "保密"}]}, {"name": "财政"}], "种类": [{"name": "通知"}]});
        let map =
            "[[codes]]\nlist = \"THEME\"\nitems = \"主题\"\n[[codes]]\nlist = \"DOCUMENT_TYPE\"\nitems = \"种类\"";
        let entry = library::code::CodeEntry { code: "07".to_owned(), name: "财政".to_owned(), parent: None };
        town.library().import_codes(&town.editor(), CodeList::Theme, vec![entry]).await.unwrap();
        let ran = import(&town, "themes.json", &tree.to_string(), map).await;
        assert!(ran.report.is_whole(), "{:?}", ran.lines);
        assert_eq!(items(&town, CodeList::Theme), ["01 综合 -", "0101 信访 01", "0102 保密 01", "07 财政 -"]);
        assert_eq!(items(&town, CodeList::DocumentType), ["01 通知 -"]);
        let ran = import(&town, "themes.json", &tree.to_string(), map).await;
        assert_eq!((ran.report.unchanged, ran.report.read), (5, 5));

        let table = "id\t一级\t二级\n1\t城乡建设\t安全\n2\t城乡建设\t绿化\n3\t交通\t\n";
        let map = "[[codes]]\nlist = \"KNOWLEDGE_CATEGORY\"\nlevels = [\"一级\", \"二级\"]";
        let ran = import(&town, "taxonomy.tsv", table, map).await;
        assert_eq!((ran.report.written, ran.report.failed), (4, 0), "{:?}", ran.lines);
        let expected = ["01 城乡建设 -", "0101 安全 01", "0102 绿化 01", "02 交通 -"];
        assert_eq!(items(&town, CodeList::KnowledgeCategory), expected);
    });
}

#[test]
fn a_list_of_thousands_is_brought_in_parts() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let rows: Vec<Json> = (0..2_300)
            .map(|n: u32| json!({"code": format!("{n:04}"), "name": format!("第{n}项"), "parent": if n.is_multiple_of(10) { Json::Null } else { json!(format!("{:04}", n - n % 10)) }}))
            .collect();
        let map = "[[codes]]\nlist = \"INDUSTRY\"\ncode = \"code\"";
        let before = town.position().await;
        let ran = import(&town, "industries.json", &json!(rows).to_string(), map).await;
        assert_eq!((ran.report.written, ran.report.failed), (2_300, 0));
        assert_eq!(items(&town, CodeList::Industry).len(), 2_300);
        assert_eq!(town.position().await, before + 5);
    });
}
