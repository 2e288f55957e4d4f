//! A server in a process of its own, so that its memory can be told from that of the test.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use library::clock::SetClock;
use server::App;
use server::http::Settings;
use tests::{World, runtime};
use tokio::net::{TcpListener, TcpStream};

const URL: &str = "JIYUE_TEST_SERVER_URL";
const FILES: &str = "JIYUE_TEST_SERVER_FILES";
/// The program that is to be measured instead.
const PROGRAM: &str = "JIYUE_TEST_PROGRAM";
const TOLD: &str = "listening on ";
/// How long the servers of these tests wait for the next piece of a body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether a program is measured that was built for use.
pub fn is_program() -> bool {
    std::env::var_os(PROGRAM).is_some()
}

/// A server that runs until it is ended.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

/// What a process takes, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub now: usize,
    pub peak: usize,
}

/// The process that is besieged.
#[test]
#[ignore = "started as a process of its own by the tests of hostile requests"]
fn server() {
    let (Ok(url), Ok(files)) = (std::env::var(URL), std::env::var(FILES)) else { return };
    runtime().block_on(async {
        let clock = Arc::new(SetClock::new(seed::END, 1));
        let library = World::node(&url, Path::new(&files), clock).await;
        // Times that a test can wait for.
        let header_timeout = Duration::from_secs(1);
        let settings = Settings { header_timeout, body_timeout: BODY_TIMEOUT, ..Settings::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        println!("\n{TOLD}{}", listener.local_addr().expect("an address"));
        server::serve(listener, App::new(library).with_settings(settings), std::future::pending::<()>()).await;
    });
}

impl Process {
    /// Serves a world.
    pub async fn start(world: &World) -> Self {
        match std::env::var(PROGRAM) {
            Ok(program) => Self::of_program(&program, world).await,
            Err(_) => Self::of_this(world),
        }
    }

    fn of_this(world: &World) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "hostile::process::server", "--ignored", "--nocapture"])
            .env(URL, &world.url)
            .env(FILES, &world.files)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let told = BufReader::new(child.stdout.take().expect("its output"));
        let mut lines = told.lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix(TOLD)?.parse().ok()).expect("it listens");
        Self { child, address }
    }

    async fn of_program(program: &str, world: &World) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let child = Command::new(program)
            .arg("serve")
            .env("JIYUE_LISTEN", address.to_string())
            .env("JIYUE_DATABASE_URL", &world.url)
            .env("JIYUE_ATTACHMENTS_URL", &world.files)
            .env("JIYUE_DATA_DIR", &world.files)
            .env("JIYUE_BODY_TIMEOUT_SECONDS", BODY_TIMEOUT.as_secs().to_string())
            .env("JIYUE_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("a process");
        let process = Self { child, address };
        for _ in 0..200 {
            if TcpStream::connect(address).await.is_ok() {
                return process;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the program does not listen");
    }

    /// What it takes now, and the most that it has taken.
    pub fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs on Linux");
        let bytes = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel tells");
            let number = line.split_whitespace().nth(1).and_then(|number| number.parse::<usize>().ok());
            number.expect("a number") * 1024
        };
        Memory { now: bytes("VmRSS:"), peak: bytes("VmHWM:") }
    }

    /// Ends it; until now it must have run.
    pub fn end(mut self) {
        assert!(matches!(self.child.try_wait(), Ok(None)), "it has ended by itself");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
