//! A process that may open few files: more connections come than the system gives, and it neither ends nor spins.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use server::App;
use tests::{Engine, World, runtime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const URL: &str = "JIYUE_TEST_FEW_FILES_URL";
const FILES: &str = "JIYUE_TEST_FEW_FILES_FILES";

/// The process: serves an empty library until its input ends.
#[test]
#[ignore = "started as a process of its own by a_server_without_free_files_waits_for_some"]
fn server_with_few_files() {
    let (Ok(url), Ok(files)) = (std::env::var(URL), std::env::var(FILES)) else { return };
    runtime().block_on(async {
        let world = World::over(Engine::Sqlite, url, files.into()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("\nlistening {}", listener.local_addr().expect("an address"));
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        server::serve(listener, App::new(world.library.clone()), async { drop(ended.await) }).await;
    });
}

fn start(url: &str, files: &Path) -> (Child, BufReader<ChildStdout>, SocketAddr) {
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -n 80; exec \"$0\" \"$@\""])
        .arg(program)
        .args(["--exact", "door::exhausted::server_with_few_files", "--ignored", "--nocapture"])
        .env(URL, url)
        .env(FILES, files)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut told = BufReader::new(child.stdout.take().expect("its output"));
    let address = told.by_ref().lines().map_while(Result::ok).find_map(|line| {
        let address = line.strip_prefix("listening ")?;
        address.parse().ok()
    });
    (child, told, address.expect("an address"))
}

/// The time that the process has worked so far, in hundredths of a second.
fn worked(child: &Child) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("the process lives");
    let (_, fields) = stat.rsplit_once(')').expect("fields");
    let numbers: Vec<u64> = fields.split_whitespace().skip(11).take(2).filter_map(|text| text.parse().ok()).collect();
    numbers.iter().sum()
}

#[test]
fn a_server_without_free_files_waits_for_some() {
    runtime().block_on(async {
        let World { url, files, .. } = World::empty(Engine::Sqlite).await;
        let (mut child, mut told, address) = start(&url, &files);
        let mut held = Vec::new();
        for _ in 0..120 {
            held.push(TcpStream::connect(address).await.expect("the queue of the system"));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = worked(&child);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let used = worked(&child) - before;
        assert!(used < 50, "it works all the time: {used} hundredths of a second in two");
        drop(held);
        let begun = Instant::now();
        let mut connection = TcpStream::connect(address).await.expect("the server");
        let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        connection.write_all(request).await.expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        drop(child.stdin.take());
        told.read_to_string(&mut String::new()).expect("its last words");
        assert!(child.wait().expect("it ends").success());
    });
}
