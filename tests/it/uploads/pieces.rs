//! Large files in pieces: they go on where they stood, also after the program was killed.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};
use tests::{Engine, World, files_in, on_both, runtime};

use super::{Desk, path};
use crate::door::http::{Answer, Door};

const BEGIN: &str = "mutation Begin($input: BeginUploadInput!) { beginUpload(input: $input) { position \
    upload { id url offset expiresAt } userErrors { code path } } }";
const FINISH: &str = "mutation Finish($input: FinishUploadInput!) { finishUpload(input: $input) { position \
    attachment { id name url mediaType size sha256 alt } userErrors { code path message } } }";

impl Desk {
    async fn begin(&self, input: Json) -> Json {
        self.ask(&self.token, BEGIN, &json!({"input": input})).await["data"]["beginUpload"].clone()
    }

    async fn finish(&self, id: &Json) -> Json {
        let answer = self.ask(&self.token, FINISH, &json!({"input": {"id": id, "alt": "片"}})).await;
        answer["data"]["finishUpload"].clone()
    }

    async fn put(&self, url: &str, from: usize, bytes: &[u8], size: usize) -> Answer {
        let range = format!("bytes {from}-{}/{size}", from + bytes.len() - 1);
        self.door.send("PUT", url, &[("Content-Range", &range)], bytes).await
    }
}

#[test]
fn a_file_in_pieces_is_an_attachment_in_the_end() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| b'a' + (n % 26) as u8).collect();
        let begun = desk.begin(json!({"name": "长.txt", "size": bytes.len(), "mediaType": "text/plain"})).await;
        assert_eq!((&begun["userErrors"], &begun["upload"]["offset"]), (&json!([]), &json!(0)), "{begun}");
        let (id, url) = (&begun["upload"]["id"], path(&begun["upload"]["url"]));

        let early = desk.finish(id).await;
        assert_eq!(early["userErrors"][0]["code"], "WRONG_STATE", "{early}");
        let first = desk.put(url, 0, &bytes[..100_000], bytes.len()).await;
        assert_eq!((first.status, first.header("upload-offset")), (204, "100000"));
        let head = desk.door.send("HEAD", url, &[], b"").await;
        assert_eq!(
            (head.status, head.header("upload-offset"), head.header("upload-length")),
            (200, "100000", "300000")
        );
        assert_eq!(head.header("cache-control"), "no-store");
        for from in [0, 99_999, 100_001] {
            let wrong = desk.put(url, from, b"x", bytes.len()).await;
            assert_eq!((wrong.status, wrong.header("upload-offset")), (409, "100000"), "{from}");
            assert_eq!(wrong.json()["errors"][0]["extensions"]["code"], "UPLOAD_CONFLICT");
        }
        for range in ["bytes 100000-100001/5", "bytes 100001-100000/300000", "bytes 100000-300000/300000", "x"] {
            let wrong = desk.door.send("PUT", url, &[("Content-Range", range)], b"xx").await;
            assert_eq!(wrong.status, 400, "{range}");
        }
        let short = desk
            .door
            .send("PUT", url, &[("Content-Range", "bytes 100000-100009/300000")], &bytes[100_000..100_005])
            .await;
        assert_eq!((short.status, short.header("upload-offset")), (400, "100005"), "what came stays");
        let long = desk.door.send("PUT", url, &[("Content-Range", "bytes 100005-100006/300000")], b"xxx").await;
        assert_eq!(long.status, 400);

        // The token of the one who announced it does as well as the secret; nobody else's does.
        let bare = url.split('?').next().expect("a path");
        let missing = |answer: &Answer| assert_eq!(answer.status, 404);
        assert_eq!(desk.put(bare, 100_005, b"x", bytes.len()).await.status, 401);
        missing(&desk.put(&format!("{bare}?signature=x"), 100_005, b"x", bytes.len()).await);
        missing(&desk.put(&url.replace("signature=", "signature=A"), 100_005, b"x", bytes.len()).await);
        let other = desk.begin(json!({"name": "b.txt", "size": 5})).await;
        let others = path(&other["upload"]["url"]).split_once('?').expect("a query").1;
        missing(&desk.put(&format!("{bare}?{others}"), 100_005, b"x", bytes.len()).await);
        let rest = format!("bytes 100005-{}/{}", bytes.len() - 1, bytes.len());
        let bearer = format!("Bearer {}", desk.token);
        let last = [("Content-Range", rest.as_str()), ("Authorization", bearer.as_str())];
        assert_eq!(desk.door.send("PUT", bare, &last, &bytes[100_005..]).await.status, 204);

        let done = desk.finish(id).await;
        assert_eq!(done["userErrors"], json!([]), "{done}");
        let file = &done["attachment"];
        assert_eq!((&file["name"], &file["size"], &file["alt"]), (&json!("长.txt"), &json!(bytes.len()), &json!("片")));
        assert!(desk.door.get(path(&file["url"]), &[]).await.body == bytes, "other bytes");
        assert_eq!(desk.finish(id).await["attachment"]["id"], file["id"], "asked again");
        missing(&desk.put(url, 0, b"x", bytes.len()).await);
        let folder = World::uploads(&desk.staff.town.world.url).folder.join("resumable");
        assert!(!folder.join(id.as_str().expect("an id")).exists(), "nothing is left behind");
        desk.door.close().await;
    });
}

#[test]
fn what_is_announced_must_come() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        for (input, expected) in [
            (json!({"name": "a.txt", "size": 0}), "INVALID"),
            (json!({"name": "a.txt", "size": -1}), "INVALID"),
            (json!({"name": "a.txt", "size": 2_147_483_647}), "TOO_LONG"),
            (json!({"name": "a.exe", "size": 5}), "INVALID"),
            (json!({"name": "", "size": 5}), "REQUIRED"),
            (json!({"name": "a.txt", "size": 5, "sha256": "x"}), "INVALID"),
        ] {
            let refused = desk.begin(input.clone()).await;
            assert_eq!(refused["userErrors"][0]["code"], expected, "{input}");
        }
        let mut ids = Vec::new();
        for (more, path_of) in [
            (json!({"sha256": "0".repeat(64)}), "sha256"),
            (json!({"mediaType": "video/mp4"}), "mediaType"),
            (json!({"name": "a.png"}), "file"),
        ] {
            let mut input = json!({"name": "a.txt", "size": 5});
            input.as_object_mut().expect("an input").extend(more.as_object().expect("more").clone());
            let upload = desk.begin(input).await["upload"].clone();
            assert_eq!(desk.door.send("PUT", path(&upload["url"]), &[], b"12345").await.status, 204);
            let refused = desk.finish(&upload["id"]).await;
            assert_eq!(
                (&refused["userErrors"][0]["code"], &refused["userErrors"][0]["path"]),
                (&json!("INVALID"), &json!([path_of]))
            );
            ids.push(upload["id"].clone());
        }
        let colleague = desk
            .staff
            .account("colleague", Some((library::grant::Role::Editor, library::grant::GrantScope::Platform)))
            .await;
        assert_ne!(colleague, desk.editor);
        let token = desk.staff.sign_in("colleague").await.access.0;
        let foreign = desk.ask(&token, FINISH, &json!({"input": {"id": ids[0]}})).await;
        assert_eq!(foreign["data"]["finishUpload"]["userErrors"][0]["code"], "NOT_FOUND", "{foreign}");

        let mut most = Vec::new();
        while most.len() < 30 {
            let begun = desk.begin(json!({"name": "a.txt", "size": 5})).await;
            match begun["userErrors"][0]["code"].as_str() {
                None => most.push(begun["upload"].clone()),
                Some(code) => {
                    assert_eq!(code, "WRONG_STATE");
                    break;
                }
            }
        }
        assert_eq!(most.len() + ids.len(), 20);
        // Who never finishes loses them after a day.
        let world = &desk.staff.town.world;
        let url = path(&most[0]["url"]);
        assert_eq!(desk.door.send("PUT", url, &[], b"12345").await.status, 204);
        world.clock.set(library::Instant(world.library.now().0 + 24 * 3600 * 1_000_000 + 1));
        assert_eq!(desk.door.send("HEAD", url, &[], b"").await.status, 404);
        assert_eq!(world.library.collect_files().await.expect("a round").uploads, 20);
        let folder = World::uploads(&world.url).folder.join("resumable");
        assert_eq!(std::fs::read_dir(folder).expect("the folder").count(), 0);
        desk.door.close().await;
    });
}

#[test]
fn one_sends_at_a_time() {
    on_both(async |engine| {
        let desk = Desk::on(engine).await;
        let upload = desk.begin(json!({"name": "a.txt", "size": 5})).await["upload"].clone();
        let library = desk.staff.library();
        let id = upload["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let ticket = library.upload_ticket(id).await.expect("a read").expect("a ticket");
        let held = library.receive(&ticket).await.expect("the first");
        let url = path(&upload["url"]);
        assert_eq!(desk.door.send("PUT", url, &[], b"12345").await.status, 409);
        assert_eq!(desk.finish(&upload["id"]).await["userErrors"][0]["code"], "WRONG_STATE");
        drop(held);
        assert_eq!(desk.door.send("PUT", url, &[], b"12345").await.status, 204);
        desk.door.close().await;
    });
}

const URL: &str = "JIYUE_TEST_RECEIVER_URL";
const FILES: &str = "JIYUE_TEST_RECEIVER_FILES";
const SPOOL: &str = "JIYUE_TEST_RECEIVER_SPOOL";

/// The process that is killed: a door that receives.
#[test]
#[ignore = "started as a process of its own by an_upload_goes_on_after_the_program_was_killed"]
fn receiver() {
    let (Ok(url), Ok(files), Ok(spool)) = (std::env::var(URL), std::env::var(FILES), std::env::var(SPOOL)) else {
        return;
    };
    runtime().block_on(async {
        let clock = std::sync::Arc::new(library::clock::SetClock::new(seed::END, 7_777));
        let mut uploads = World::uploads(&url);
        uploads.folder = spool.into();
        let library = World::node_with(&url, files_in(Path::new(&files)), clock, uploads).await;
        library.clean_spool().await.expect("cleaned");
        let door = Door::of(server::App::new(library)).await;
        println!("\nat {}", door.address());
        std::future::pending::<()>().await;
    });
}

fn start(world: &World) -> (std::process::Child, String) {
    use std::io::BufRead as _;
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args(["--exact", "uploads::pieces::receiver", "--ignored", "--nocapture"])
        .env(URL, &world.url)
        .env(FILES, &world.files)
        .env(SPOOL, World::uploads(&world.url).folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let told = std::io::BufReader::new(child.stdout.take().expect("its output"));
    let address = told.lines().map_while(Result::ok).find_map(|line| line.strip_prefix("at ").map(str::to_owned));
    (child, address.expect("an address"))
}

#[test]
fn an_upload_goes_on_after_the_program_was_killed() {
    on_both(async |engine| {
        use tokio::io::AsyncWriteExt as _;
        let desk = Desk::on(engine).await;
        let bytes: Vec<u8> = (0..4_000_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
        let upload = desk.begin(json!({"name": "长.txt", "size": bytes.len()})).await["upload"].clone();
        let url = path(&upload["url"]).to_owned();
        let world = &desk.staff.town.world;
        let (mut child, address) = start(world);
        let mut connection = tokio::net::TcpStream::connect(&address).await.expect("the process");
        let size = bytes.len();
        let head = format!(
            "PUT {url} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nContent-Range: bytes 0-{}/{size}\r\n\r\n",
            size - 1
        );
        connection.write_all(head.as_bytes()).await.expect("the head");
        connection.write_all(&bytes[..2_500_000]).await.expect("a part");
        let id = upload["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        for _ in 0..500 {
            if world.library.upload_offset(id).await.expect("the offset") > 1_000_000 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        child.kill().expect("killed");
        child.wait().expect("its end");
        drop(connection);
        if engine == Engine::Postgres {
            crate::kill::nobody_writes(&world.url).await;
        }
        // Another process goes on where that one was; what came with a request is of no use any more.
        let left = World::uploads(&world.url).folder.join("passing/1-1");
        std::fs::create_dir_all(left.parent().expect("a folder")).expect("a folder");
        std::fs::write(&left, "half").expect("a file");
        let (mut child, address) = start(world);
        assert!(!left.exists(), "it was removed at the start");
        let offset = world.library.upload_offset(id).await.expect("the offset") as usize;
        assert!(offset > 1_000_000 && offset <= 2_500_000, "{offset}");
        let mut connection = tokio::net::TcpStream::connect(&address).await.expect("the process");
        let head = format!(
            "PUT {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\nContent-Range: bytes {offset}-{}/{size}\r\n\r\n",
            size - offset,
            size - 1
        );
        connection.write_all(head.as_bytes()).await.expect("the head");
        connection.write_all(&bytes[offset..]).await.expect("the rest");
        assert_eq!(crate::door::http::rest(connection).await.status, 204);
        child.kill().expect("killed");
        child.wait().expect("its end");
        let done = desk.finish(&upload["id"]).await;
        assert_eq!(done["userErrors"], json!([]), "{done}");
        assert!(desk.door.get(path(&done["attachment"]["url"]), &[]).await.body == bytes, "other bytes");
        desk.door.close().await;
    });
}
