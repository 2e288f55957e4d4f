//! Word lists: who keeps them, what is refused, and how they are read.

use library::RefusalCode::{Duplicate, Invalid, NotAllowed, NotFound, Required, TooLong, Unauthenticated};
use library::finding::Word;
use library::grant::{GrantScope, Role};
use library::words::{EditWordList, MOST_AT_ONCE, WordListKind};
use library::{Audience, Caller};
use serde_json::{Value as Json, json};
use server::words::{self, Imported, Kind, Words};
use tests::on_both;

use crate::accounts::{Staff, caller};
use crate::door::http::Door;
use crate::refusals::{refuses, unknown};

fn list(name: &str) -> EditWordList {
    EditWordList { kind: Some(WordListKind::WrongWords), name: Some(name.to_owned()), ..EditWordList::default() }
}

#[test]
fn lists_are_made_changed_and_removed_by_who_keeps_the_place() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let site = GrantScope::Site(town.site);
        let admin = caller(staff.administrator("admin").await);
        let keeper = caller(staff.account("keeper", Some((Role::SiteAdmin, site))).await);
        let editor = caller(staff.account("editor", Some((Role::Editor, site))).await);
        let of_site = |name: &str| EditWordList { site: Some(town.site), ..list(name) };
        for (code, path, asker, input) in [
            (Unauthenticated, "", Caller::nobody(), list("甲")),
            (NotAllowed, "site", keeper.clone(), list("甲")),
            (NotAllowed, "site", editor.clone(), of_site("甲")),
            (NotFound, "site", admin.clone(), EditWordList { site: Some(unknown("site")), ..list("甲") }),
            (Required, "kind", keeper.clone(), EditWordList { kind: None, ..of_site("甲") }),
            (Required, "name", keeper.clone(), EditWordList { name: None, ..of_site("甲") }),
            (Required, "name", keeper.clone(), of_site(" ")),
            (
                Required,
                "add.0.wrong",
                keeper.clone(),
                EditWordList { add: vec![Word::forbidden(" ")], ..of_site("甲") },
            ),
            (
                Invalid,
                "add.0.right",
                keeper.clone(),
                EditWordList { add: vec![Word::new("甲", "甲")], ..of_site("甲") },
            ),
            (
                Duplicate,
                "add.1.wrong",
                keeper.clone(),
                EditWordList { add: vec![Word::new("a", "b"), Word::new("A", "c")], ..of_site("甲") },
            ),
            (
                TooLong,
                "add",
                keeper.clone(),
                EditWordList {
                    add: (0..MOST_AT_ONCE).map(|n| Word::forbidden(format!("词{n}"))).collect(),
                    remove: vec!["乙".to_owned()],
                    ..of_site("甲")
                },
            ),
        ] {
            refuses(town, code, path, library.edit_word_list(&asker, input)).await;
        }
        let (own, _) = library.edit_word_list(&keeper, of_site("常用")).await.expect("made");
        let (platform, _) = library.edit_word_list(&admin, list("常用")).await.expect("made");
        let change = |id| EditWordList { id: Some(id), ..EditWordList::default() };
        for (code, path, asker, input) in [
            (Duplicate, "name", &keeper, of_site("常用")),
            (Duplicate, "name", &admin, list("常用")),
            (Unauthenticated, "", &Caller::nobody(), change(own)),
            (NotFound, "id", &keeper, change(platform)),
            (NotFound, "id", &editor, change(own)),
            (NotFound, "id", &admin, change(unknown("word_list"))),
            (Invalid, "kind", &keeper, EditWordList { kind: Some(WordListKind::SensitiveWords), ..change(own) }),
            (Invalid, "site", &admin, EditWordList { site: Some(town.county), ..change(own) }),
            (TooLong, "name", &keeper, EditWordList { name: Some("长".repeat(101)), ..change(own) }),
        ] {
            refuses(town, code, path, library.edit_word_list(asker, input)).await;
        }
        refuses(town, Unauthenticated, "", library.remove_word_list(&Caller::nobody(), own)).await;
        refuses(town, NotFound, "id", library.remove_word_list(&editor, own)).await;
        let (second, _) = library.edit_word_list(&keeper, of_site("行业")).await.expect("made");
        let renamed = EditWordList { name: Some("常用".to_owned()), ..change(second) };
        refuses(town, Duplicate, "name", library.edit_word_list(&keeper, renamed)).await;
        // Who keeps what reads what.
        let names = async |asker: &Caller| {
            let scope = library.scope(Audience::Public).asked_by(asker.clone());
            let heads = scope.word_lists().await.expect("lists");
            assert!(scope.is_private());
            heads.iter().map(|head| (head.name.clone(), head.site)).collect::<Vec<_>>()
        };
        assert_eq!(names(&editor).await, []);
        let mut kept = names(&keeper).await;
        kept.sort();
        assert_eq!(kept, [("常用".to_owned(), Some(town.site)), ("行业".to_owned(), Some(town.site))]);
        assert_eq!(names(&admin).await.len(), 3);
        library.remove_word_list(&keeper, own).await.expect("removed");
        refuses(town, NotFound, "id", library.remove_word_list(&keeper, own)).await;
        assert_eq!(names(&keeper).await.len(), 1);
    });
}

#[test]
fn words_are_added_replaced_removed_and_counted() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let (town, library) = (&staff.town, staff.library());
        let admin = caller(staff.administrator("admin").await);
        let words =
            |range: std::ops::Range<u32>| range.map(|n| Word::new(format!("误{n:05}"), "正")).collect::<Vec<_>>();
        let first = EditWordList { add: words(0..5_000), ..list("大") };
        let (id, position) = library.edit_word_list(&admin, first).await.expect("made");
        assert_eq!(town.position().await, position);
        let change = EditWordList {
            id: Some(id),
            add: vec![
                Word::new(" APP ", "应用"),
                Word { except: vec!["丙误00001".into()], ..Word::new("误00001", "改") },
            ],
            remove: vec!["误00001".into(), "误00002".into(), "没有".into()],
            ..EditWordList::default()
        };
        library.edit_word_list(&admin, change).await.expect("changed");
        let scope = library.scope(Audience::Public).asked_by(admin.clone());
        let head = scope.word_list(id).await.expect("a read").expect("the list");
        assert_eq!((head.entries, head.revision), (5_000, 2));
        assert_eq!(head.entries, town.world.count("select count(*) from word_entry").await);
        let (mut after, mut all) = (String::new(), Vec::new());
        while let Some(page) =
            Some(scope.words(&head, &after, 999).await.expect("words")).filter(|page| !page.is_empty())
        {
            after = page.last().expect("a word").0.clone();
            all.extend(page.into_iter().map(|(_, word)| word));
        }
        assert_eq!(all.len(), 5_000);
        assert_eq!(all[0], Word::new("APP", "应用"));
        assert_eq!(all[2], Word { except: vec!["丙误00001".into()], ..Word::new("误00001", "改") });
        assert_eq!(all[3].wrong, "误00003");
        // Latin letters are the same word, large or small.
        let before = town.position().await;
        let lower = EditWordList { id: Some(id), remove: vec!["app".into()], ..EditWordList::default() };
        library.edit_word_list(&admin, lower).await.expect("changed");
        assert_eq!(town.world.count("select entries from word_list").await, 4_999);
        let changes = town.changes(before).await;
        assert!(changes.iter().any(|change| scope.notes().met_by(change)), "what was read depends on the list");
        for change in town.changes(position).await {
            assert_eq!(change.action, "WORDS_CHANGED");
            let told: Vec<_> = change.subjects.iter().map(|touch| touch.subject.clone()).collect();
            assert_eq!(told, [id.to_string(), "members:word_lists".to_owned()]);
        }
    });
}

const EDIT: &str = "mutation Edit($input: EditWordListInput!) { editWordList(input: $input) {
    wordList { id kind name size site { name } entries(first: 2) { nodes { wrong right exceptions } totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor } } } position userErrors { code path message } } }";
const READ: &str = "query Read($id: ID!, $after: String) { desk { wordLists { totalCount nodes { id name size } }
    wordList(id: $id) { changedAt entries(first: 2, after: $after) { nodes { wrong } pageInfo { hasNextPage hasPreviousPage } } } } }";
const REMOVE: &str = "mutation Remove($input: RemoveWordListInput!) { removeWordList(input: $input) { position userErrors { code path } } }";

#[test]
fn a_keeper_keeps_lists_on_the_desk() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        staff.account("keeper", Some((Role::SiteAdmin, GrantScope::Site(staff.town.site)))).await;
        let tokens = staff.sign_in("keeper").await;
        let door = Door::open(&staff.town.world).await;
        let ask = async |document: &str, variables: Json| {
            let bearer = format!("Bearer {}", tokens.access.0);
            let answer = door.ask(document, &variables, &[("Authorization", &bearer)]).await;
            assert_eq!(answer.header("cache-control"), "private, no-store");
            answer.json()["data"].clone()
        };
        let add = json!([{"wrong": "丙", "right": "饼"}, {"wrong": "一前", "right": "以前", "exceptions": ["统一"]}, {"wrong": "乙"}]);
        let input = json!({"kind": "WRONG_WORDS", "site": staff.town.site.to_string(), "name": "常用", "add": add});
        let made = ask(EDIT, json!({"input": input})).await["editWordList"].clone();
        assert_eq!(made["userErrors"], json!([]));
        assert!(made["position"].is_string());
        let list = &made["wordList"];
        assert_eq!(
            (&list["kind"], &list["size"], &list["site"]["name"]),
            (&json!("WRONG_WORDS"), &json!(3), &json!("站点town.example"))
        );
        let nodes = json!([{"wrong": "一前", "right": "以前", "exceptions": ["统一"]}, {"wrong": "丙", "right": "饼", "exceptions": []}]);
        assert_eq!((&list["entries"]["nodes"], &list["entries"]["totalCount"]), (&nodes, &json!(3)));
        let after = &list["entries"]["pageInfo"]["endCursor"];
        let read = ask(READ, json!({"id": list["id"], "after": after})).await["desk"].clone();
        assert_eq!(
            read["wordLists"],
            json!({"totalCount": 1, "nodes": [{"id": list["id"], "name": "常用", "size": 3}]})
        );
        let entries = json!({"nodes": [{"wrong": "乙"}], "pageInfo": {"hasNextPage": false, "hasPreviousPage": true}});
        assert_eq!(read["wordList"]["entries"], entries);
        let again = ask(EDIT, json!({"input": input})).await["editWordList"].clone();
        assert_eq!(
            (&again["userErrors"][0]["code"], &again["userErrors"][0]["path"]),
            (&json!("DUPLICATE"), &json!(["name"]))
        );
        assert_eq!(again["wordList"], Json::Null);
        let removed = ask(REMOVE, json!({"input": {"id": list["id"]}})).await["removeWordList"].clone();
        assert_eq!(removed["userErrors"], json!([]));
        let read = ask(READ, json!({"id": list["id"]})).await["desk"].clone();
        assert_eq!((&read["wordLists"]["totalCount"], &read["wordList"]), (&json!(0), &Json::Null));
    });
}

#[test]
fn the_program_takes_words_over_from_a_file() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let world = &staff.town.world;
        let file = tests::scratch("words").join(format!("{}.tsv", tests::fresh()));
        let import = async |text: &str, replace: bool| {
            std::fs::write(&file, text).expect("a file");
            let words = Words::Import {
                file: file.clone(),
                kind: Kind::WrongWords,
                site: Some("town".to_owned()),
                name: Some("行业".to_owned()),
                replace,
            };
            words::import(staff.library(), words).await.map_err(|error| error.to_string())
        };
        let done = |read: usize, repeated: usize, (before, removed, after): (i64, usize, i64)| {
            Ok(Imported { name: "行业".to_owned(), read, repeated, before, removed, after })
        };
        let many: String = (0..7_000).map(|n| format!("误{n:05}\t正\n")).collect();
        assert_eq!(import(&many, false).await, done(7_000, 0, (0, 0, 7_000)));
        assert_eq!(import("误00001\t改\n新\t词\n新\t语\n", false).await, done(2, 1, (7_000, 0, 7_001)));
        let refused = import("甲\t乙\n丙\t丙\n", false).await.expect_err("refused");
        assert!(refused.starts_with("line 2: "), "{refused}");
        assert_eq!(import("误00001\t改\n新\t词\n末\n", true).await, done(3, 0, (7_001, 6_999, 3)));
        assert_eq!(world.count("select count(*) from word_entry").await, 3);
        assert_eq!(world.count("select count(*) from word_list where site_id is not null").await, 1);
    });
}
