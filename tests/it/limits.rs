//! Statements that take too long: they are stopped, a deed that meets one writes nothing, and what comes next runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant as Moment};

use library::clock::SetClock;
use library::database::{Database, Sql};
use library::{Audience, Clock, Error, Instant, Library, Settings};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tests::{Engine, World, files_in, on_both};

use super::town::Town;

/// A statement that would run for minutes.
const SLOW: &str = "with recursive slow(i) as (select 1 union all select i + 1 from slow where i < 1000000000)
    select count(*) from slow";
static SLOWLY: Sql = Sql::new(SLOW);
static AT_ONCE: Sql = Sql::new("select 1 as one");

/// A clock that stands for deeds, and runs for what is measured.
pub struct Running {
    set: SetClock,
    began: Moment,
    /// How often something was measured: before and after each statement at least.
    pub measured: AtomicU64,
}

impl Clock for Running {
    fn now(&self) -> Instant {
        self.set.now()
    }

    fn random(&self) -> [u8; 16] {
        self.set.random()
    }

    fn elapsed(&self) -> Duration {
        self.measured.fetch_add(1, Ordering::Relaxed);
        self.began.elapsed()
    }
}

impl Running {
    /// A clock that stands at what the clock of a world says.
    pub fn at(world: &World) -> Arc<Self> {
        let set = SetClock::new(world.library.now(), tests::fresh());
        Arc::new(Self { set, began: Moment::now(), measured: AtomicU64::new(0) })
    }
}

/// A further node whose statements of a read may take `limit`.
async fn node(world: &World, connections: u32, limit: Duration) -> Library {
    node_with(world, connections, limit, Running::at(world)).await
}

/// The same with this clock.
pub async fn node_with(world: &World, connections: u32, limit: Duration, clock: Arc<Running>) -> Library {
    let database = Database::open_with(&world.url, connections, limit).await.expect("the database");
    let files_url = "http://127.0.0.1/files".to_owned();
    let settings = Settings { database, files: files_in(&world.files), clock, files_url, iframe_hosts: Vec::new() };
    Library::open(settings).await.expect("a library")
}

/// Changes the tables behind the library's back.
pub async fn tamper(world: &World, sqlite: &str, postgres: &str) {
    match world.engine {
        Engine::Sqlite => {
            let path = world.url.strip_prefix("sqlite://").expect("a file");
            rusqlite::Connection::open(path).expect("the file").execute_batch(sqlite).expect("a change");
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&world.url).await.expect("the server");
            connection.execute(AssertSqlSafe(postgres.to_owned())).await.expect("a change");
            connection.close().await.expect("closed");
        }
    }
}

#[test]
fn a_slow_read_is_stopped_and_the_next_one_runs() {
    on_both(async |engine| {
        let world = World::empty(engine).await;
        let library = node(&world, 1, Duration::from_millis(300)).await;
        for _ in 0..3 {
            let begun = Moment::now();
            let answer = library.database().rows(&SLOWLY, &[]).await;
            assert!(matches!(answer, Err(Error::TimedOut)), "{answer:?}");
            assert!(begun.elapsed() >= Duration::from_millis(250), "stopped after {:?}", begun.elapsed());
            assert!(begun.elapsed() < Duration::from_secs(3), "stopped only after {:?}", begun.elapsed());
            library.database().rows(&AT_ONCE, &[]).await.expect("the next statement");
        }
    });
}

#[test]
fn a_question_that_takes_too_long_is_answered_timeout() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        town.publish(town.article("一")).await;
        let slow = format!(
            "alter table placement rename to kept; \
             create view placement as select * from kept where ({SLOW}) > 0"
        );
        tamper(&town.world, &slow, &slow).await;
        let library = node(&town.world, 2, Duration::from_millis(300)).await;
        let question = "{ column(by: {at: {site: \"town\", path: \"/news\"}}) { name placements { nodes { id } } } }";
        let (answer, scope) = schema::execute(&town.world.schema, &library, schema::Request::new(question)).await;
        let answer = serde_json::to_value(&answer).expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT", "{answer}");
        assert!(!answer.to_string().contains("select"), "{answer}");
        // What it ran is known, however it ended.
        assert_eq!(scope.statements(), 1);
        assert!(scope.sql_time() >= Duration::from_millis(250), "{:?}", scope.sql_time());
    });
}

#[test]
fn a_deed_that_takes_too_long_is_taken_back_whole() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let draft = town.draft(town.article("一")).await;
        let slow = format!(
            "create view slow as {SLOW}; \
             create trigger slowly before insert on change begin select * from slow; end"
        );
        let slow_server = format!(
            "create function slow() returns trigger language plpgsql as \
             $$ begin perform * from ({SLOW}) slow; return new; end $$; \
             create trigger slowly before insert on change for each row execute function slow()"
        );
        tamper(&town.world, &slow, &slow_server).await;
        let library = node(&town.world, 2, Duration::from_millis(100)).await;
        let (revision, _) = library.working_content(draft).await.expect("a revision");
        let position = library.newest_position().await.expect("a position");
        let begun = Moment::now();
        let answer = library.publish_content(&town.editor(), draft, revision).await;
        assert!(matches!(answer, Err(Error::TimedOut)), "{answer:?}");
        assert!(begun.elapsed() >= Duration::from_millis(500), "a deed has six times as long: {:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(5), "stopped only after {:?}", begun.elapsed());
        for table in ["content", "placement", "content_body"] {
            let count = format!("select count(*) from {table}");
            let rows = library.database().rows(&Sql::built(count), &[]).await.expect("rows");
            assert_eq!(rows[0].get::<i64>(0).expect("a number"), 0, "{table}");
        }
        assert_eq!(library.newest_position().await.expect("a position"), position);
        tamper(&town.world, "drop trigger slowly", "drop trigger slowly on change").await;
        library.publish_content(&town.editor(), draft, revision).await.expect("the same deed");
        assert_eq!(library.newest_position().await.expect("a position"), position + 1);
    });
}

#[test]
fn a_deed_waits_for_another_program_only_so_long() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let library = node(&town.world, 2, Duration::from_millis(100)).await;
        let draft = town.draft(town.article("一")).await;
        let (revision, _) = library.working_content(draft).await.expect("a revision");
        let deed = async || library.publish_content(&town.editor(), draft, revision).await;
        let answer = match engine {
            Engine::Sqlite => {
                let path = town.world.url.strip_prefix("sqlite://").expect("a file");
                let other = rusqlite::Connection::open(path).expect("the file");
                other.execute_batch("begin immediate").expect("the lock");
                deed().await
            }
            Engine::Postgres => {
                let mut other = PgConnection::connect(&town.world.url).await.expect("the server");
                let lock = "begin; select one from directory_guard for update";
                other.execute(AssertSqlSafe(lock.to_owned())).await.expect("the lock");
                let answer = deed().await;
                other.close().await.expect("closed");
                answer
            }
        };
        assert!(matches!(answer, Err(Error::TimedOut)), "{answer:?}");
        deed().await.expect("the same deed");
    });
}

#[test]
fn a_read_that_was_given_up_leaves_a_connection_that_serves() {
    on_both(async |engine| {
        // SQLite runs a statement in the thread that asks: there is no moment at which it could be given up.
        if engine == Engine::Sqlite {
            return;
        }
        let world = World::empty(engine).await;
        let library = node(&world, 1, Duration::from_secs(1)).await;
        for _ in 0..2 {
            let given_up = tokio::time::timeout(Duration::from_millis(200), library.database().rows(&SLOWLY, &[]));
            assert!(given_up.await.is_err(), "it ended by itself");
            // The only connection comes back when the server has stopped the statement.
            let begun = Moment::now();
            let rows = library.database().rows(&AT_ONCE, &[]).await.expect("the next statement");
            assert_eq!(rows[0].get::<i64>(0).expect("a number"), 1);
            assert!(begun.elapsed() < Duration::from_secs(3), "after {:?}", begun.elapsed());
        }
        let running = "select count(*) from pg_stat_activity where datname = current_database() and state = 'active'
            and query like 'with recursive slow%'";
        // The server says that it stops a statement before it has tidied up behind it.
        let begun = Moment::now();
        while world.count(running).await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(3), "a statement that nobody waits for still runs");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

#[test]
fn what_a_read_depends_on_can_be_read_by_people() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        town.publish(town.article("一")).await;
        let question =
            "{ column(by: {at: {site: \"town\", path: \"/news\"}}) { name totalShown: placements { totalCount }
            placements(filter: {kinds: [NOTICE]}) { nodes { id } } } }";
        let (answer, scope) = town.world.ask(question, &json!({})).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        let subjects = scope.subjects();
        let list = format!("members:column:{}", town.news);
        assert!(subjects.contains(&format!("key:path:{} /news", town.site)), "{subjects:#?}");
        assert!(subjects.contains(&town.news.to_string()), "{subjects:#?}");
        assert!(subjects.contains(&format!("{list} whole")), "{subjects:#?}");
        assert!(subjects.contains(&format!("{list} of NOTICE by rank from lowest to highest")), "{subjects:#?}");
        assert!(subjects.is_sorted(), "{subjects:#?}");
        assert!(town.library().scope(Audience::Public).subjects().is_empty());
    });
}

/// Connections that lay at hand when their server went are found out by the next read, which is asked on another one.
#[test]
fn a_server_that_was_away_is_asked_again_by_the_next_read() {
    on_both(async |engine| {
        if engine == Engine::Sqlite {
            return;
        }
        let town = Town::on(engine).await;
        let id = town.publish(town.article("一")).await;
        let database = town.world.url.rsplit('/').next().expect("a name").to_owned();
        let mut aside = PgConnection::connect(&tests::postgres_url().expect("a server")).await.expect("a connection");
        for _ in 0..3 {
            assert!(town.live(id).await.is_some());
            let ended = format!(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{database}'
                   and application_name = 'jiyue'"
            );
            let ended: i64 = sqlx::query_scalar(AssertSqlSafe(ended)).fetch_one(&mut aside).await.expect("ended");
            assert!(ended > 0);
            assert!(town.live(id).await.is_some(), "a read goes on");
            town.publish(town.article("又一")).await;
        }
    });
}
