//! What is no other side of a mirror is refused, in words and by the code of the program's end.

use std::future::pending;
use std::process::{Command, Stdio};

use server::mirror::{Mirror, Secret};
use tests::{Engine, on_both, runtime};

use super::Two;
use crate::door::http::Door;
use crate::webhooks::receiver::{Manner, Receiver};

/// Why following is refused.
async fn refused(two: &Two, wanted: &Mirror) -> String {
    let refused = server::mirror::follow(two.here.library(), wanted, pending()).await;
    format!("{:#}", refused.expect_err("refused"))
}

#[test]
fn what_is_no_other_side_is_refused() {
    on_both(async |engine| {
        let two = Two::on(engine).await;
        two.publish_there(["第一条".to_owned()]).await;
        let door = Door::open(&two.there.world).await;
        let good = two.wanted(&door);
        let key = Mirror { key: Some(Secret::from("jiyue_wrong".to_owned())), ..good.clone() };
        // Whether it ends at once or would wait: what does not pass by itself ends it at the first meeting.
        for once in [true, false] {
            let why = refused(&two, &Mirror { once, ..key.clone() }).await;
            assert!(why.contains("KEY_REFUSED") && !why.contains("jiyue_wrong"), "{why}");
        }
        let column = Mirror { columns: vec!["town/nowhere".to_owned()], ..good.clone() };
        assert!(refused(&two, &column).await.contains("COLUMN_NOT_FOUND"));
        for (manner, code) in [
            (Manner::Answers(200), "NOT_JIYUE"),
            (Manner::Answers(404), "NOT_JIYUE"),
            (Manner::Answers(503), "OVERLOADED"),
            (Manner::Redirects, "REDIRECTED"),
            (Manner::Babbles, "TOO_LARGE"),
            (Manner::HangsUp, "NOT_REACHED"),
        ] {
            let other = Receiver::open(manner).await;
            let why =
                refused(&two, &Mirror { from: format!("http://127.0.0.1:{}", other.port()), ..good.clone() }).await;
            assert!(why.contains(code), "{manner:?}: {why}");
            assert!(other.got().iter().all(|got| got.path == "/graphql"), "{manner:?}: a redirect was followed");
        }
        // What is asked for on this side.
        for (wrong, word) in [
            (Mirror { into: Some("town/nowhere".to_owned()), ..good.clone() }, "has no column"),
            (Mirror { into: None, ..good.clone() }, "--into"),
            (Mirror { columns: Vec::new(), ..good.clone() }, "--column"),
            (Mirror { into: Some("news".to_owned()), ..good.clone() }, "SITE/PATH"),
            (Mirror { from: "ftp://there.example".to_owned(), ..good.clone() }, "NOT_AN_ADDRESS"),
            (Mirror { publisher: Some("nobody".to_owned()), ..good.clone() }, "no organisation"),
            (Mirror { name: Some("a b".to_owned()), ..good.clone() }, "letters"),
        ] {
            let why = refused(&two, &wrong).await;
            assert!(why.contains(word), "{word}: {why}");
        }
        assert_eq!(two.here.world.count("select count(*) from mirror").await, 0, "nothing of it was begun");
        assert_eq!(two.here.world.count("select count(*) from content").await, 0);
        // After a good beginning, trouble is told, once.
        two.follow(&good).await;
        for _ in 0..2 {
            refused(&two, &key).await;
        }
        assert_eq!(two.told("TROUBLE").await, 1);
        let problem = "select count(*) from mirror where problem = 'KEY_REFUSED'";
        assert_eq!(two.here.world.count(problem).await, 1);
        two.follow(&good).await;
        assert_eq!(two.here.world.count(problem).await, 0, "it has passed");
        door.close().await;
    });
}

#[test]
fn a_mapping_file_that_is_not_right_is_refused() {
    runtime().block_on(async {
        let two = Two::on(Engine::Sqlite).await;
        let folder = tests::scratch(&format!("mirror-{}", tests::fresh()));
        for (number, (text, word)) in [
            ("columns = 1", "is not right"),
            ("colums = {}", "is not right"),
            ("[columns]\n\"town/news\" = \"town/from-there\"\n", "fallback"),
            ("fallback = \"town/news\"\n[columns]\n\"town/news\" = \"county/town-news\"\n", "one site"),
            ("fallback = \"town/news\"\n[columns]\n\"town\" = \"town/news\"\n", "SITE/PATH"),
            (
                "fallback = \"town/news\"\n[columns]\n\"town/news\" = \"town/news\"\n[kinds]\nPAGE = \"ARTICLE\"\n",
                "PAGE",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let map = folder.join(format!("{number}.toml"));
            std::fs::write(&map, text).expect("a file");
            let wanted =
                Mirror { from: "http://127.0.0.1:1".to_owned(), map: Some(map), once: true, ..Mirror::default() };
            let why = refused(&two, &wanted).await;
            assert!(why.contains(word), "{word}: {why}");
        }
        let wanted = Mirror { from: "http://127.0.0.1:1".to_owned(), once: true, ..Mirror::default() };
        let missing = Mirror { map: Some(folder.join("nothing.toml")), ..wanted };
        assert!(refused(&two, &missing).await.contains("cannot be read"));
    });
}

const ARGUMENTS: &str = "JIYUE_TEST_MIRROR_ARGUMENTS";

/// The program itself, as its command line has it.
#[test]
#[ignore = "started as a process of its own by the_program_ends_with_a_code"]
fn program() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let line = server::command::parse(arguments.split(' ')).expect("a command line");
    let code = runtime().block_on(server::command::run(line));
    println!("\nended with {code:?}");
}

#[test]
fn the_program_ends_with_a_code() {
    runtime().block_on(async {
        let two = Two::on(Engine::Sqlite).await;
        two.publish_there((0..3).map(|n| format!("第{n}条"))).await;
        let door = Door::open(&two.there.world).await;
        let run = |more: &str, key: &str| {
            let arguments = format!(
                "jiyue mirror --from http://{} --column town/news --into town/from-there --once --name there{more}",
                door.address()
            );
            let mut command = Command::new(std::env::current_exe().expect("this program"));
            command
                .args(["--exact", "sharing::mirror::wrong::program", "--ignored", "--nocapture"])
                .env(ARGUMENTS, arguments)
                .env("JIYUE_DATABASE_URL", &two.here.world.url)
                .env("JIYUE_ATTACHMENTS_URL", &two.here.world.files)
                .env("JIYUE_DATA_DIR", &two.here.world.files)
                .env(server::mirror::VARIABLE, key)
                .stdin(Stdio::null());
            tokio::task::spawn_blocking(move || {
                let output = command.output().expect("it ran");
                let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
                (text(output.stdout), text(output.stderr))
            })
        };
        let (out, _) = run("", "").await.expect("ended");
        assert!(out.contains("3 written, 0 corrected, 0 withdrawn, 0 told of, 0 failed"), "{out}");
        let success = format!("{:?}", std::process::ExitCode::SUCCESS);
        let failure = format!("{:?}", std::process::ExitCode::FAILURE);
        assert!(out.contains(&format!("ended with {success}")), "{out}");
        // A key that is not taken, from the variable and from the flag.
        for (more, key) in [("", "jiyue_wrong"), (" --key jiyue_wrong", "")] {
            let (out, err) = run(more, key).await.expect("ended");
            assert!(out.contains(&format!("ended with {failure}")), "{out}");
            assert!(err.contains("KEY_REFUSED") && !err.contains("jiyue_wrong"), "{err}");
        }
        two.here.library().refresh().await.expect("refreshed");
        two.compare("by the program").await;
        door.close().await;
    });
}
