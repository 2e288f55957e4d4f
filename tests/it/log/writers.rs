//! Two processes write one library at once, a third follows: no position is missing, doubled or out of order.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use library::changes::{Change, Follower, Retry};
use library::clock::SetClock;
use library::column::Column;
use library::content::{
    ContentFields, ContentKind, Details, DisclosureKind, DraftContent, TagAssignment, TagAssignmentSource,
};
use library::{Caller, Library};
use tests::{World, on_both, runtime};

use crate::whole::whole;

const URL: &str = "JIYUE_TEST_WRITER_URL";
const FILES: &str = "JIYUE_TEST_WRITER_FILES";
const NUMBER: &str = "JIYUE_TEST_WRITER_NUMBER";
/// How many contents each process writes.
const CONTENTS: usize = 60;
/// Draft, publish, edit, publish, withdraw.
const DEEDS: usize = 5;

/// A process that writes: publishes, corrects and withdraws contents.
#[test]
#[ignore = "started as a process of its own by two_processes_write_one_log"]
fn writer() {
    let (Ok(url), Ok(files), Ok(number)) = (std::env::var(URL), std::env::var(FILES), std::env::var(NUMBER)) else {
        return;
    };
    let number: u64 = number.parse().expect("a number");
    runtime().block_on(async {
        let clock = Arc::new(SetClock::new(seed::END, 1_000 + number));
        let library = World::node(&url, Path::new(&files), clock).await;
        write(&library, &Caller::program(&format!("writer-{number}")), number as usize).await;
    });
}

/// Columns that others mirror, so that the two processes meet in their counters.
fn shared_columns(library: &Library) -> Vec<Arc<Column>> {
    let directory = library.directory();
    let shared = |column: &&Arc<Column>| {
        column.fields.accepts.contains(&ContentKind::Article)
            && directory.subscriptions.all().iter().any(|subscription| subscription.feeds_from(column.id))
    };
    directory.columns.all().iter().filter(shared).cloned().collect()
}

/// The content that goes on being written while the one before it is withdrawn: the two processes touch the same
/// columns, tags and serial numbers in all orders.
async fn write(library: &Library, caller: &Caller, number: usize) {
    let directory = library.directory();
    let columns = shared_columns(library);
    assert!(columns.len() > 2, "{}", columns.len());
    let tags = directory.tags.all();
    for at in 0..CONTENTS {
        let column = &columns[(at + number) % columns.len()];
        let site = directory.sites.get(column.site).expect("its site");
        let details = Details::bare(ContentKind::Article);
        let mut fields = ContentFields::new(format!("第{number}组第{at}条"), site.fields.sponsor, details);
        fields.body_html = "<p>正文</p>".to_owned();
        fields.columns = vec![column.id];
        fields.disclosure = DisclosureKind::Proactive;
        let tag = |step: usize| TagAssignment { tag: tags[step % 7].id, source: TagAssignmentSource::Editor };
        fields.tags = vec![tag(at), tag(at + 3)];
        let id = library.draft_content(caller, DraftContent { site: site.id, fields }).await.expect("drafted");
        library.publish_content(caller, id, 1).await.expect("published");
        let (revision, mut fields) = library.working_content(id).await.expect("the fields");
        fields.title.push_str("（更正）");
        fields.tags = vec![tag(at + 1)];
        let revision = library.edit_content(caller, id, revision, fields, None).await.expect("edited");
        library.publish_content(caller, id, revision).await.expect("corrected");
        library.withdraw_content(caller, id, "试验", None).await.expect("withdrawn");
    }
}

/// Remembers what it was given.
#[derive(Default)]
struct Collector(Vec<Change>);

impl Follower for Collector {
    const NAME: &'static str = "collector";

    async fn follow(&mut self, batch: &[Change]) -> Result<(), Retry> {
        self.0.extend_from_slice(batch);
        Ok(())
    }
}

fn start(world: &World, number: usize) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "log::writers::writer", "--ignored", "--nocapture"])
        .env(URL, &world.url)
        .env(FILES, &world.files)
        .env(NUMBER, number.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("a process")
}

#[test]
fn two_processes_write_one_log() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let before = world.library.newest_position().await.expect("the position");
        let mut collector = Collector::default();
        let mut writers = [start(&world, 0), start(&world, 1)];
        loop {
            let ended = writers.iter_mut().all(|writer| writer.try_wait().expect("its state").is_some());
            world.library.feed(&mut collector).await.expect("fed");
            if ended {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for writer in &mut writers {
            assert!(writer.wait().expect("its end").success(), "a deed of a writer failed");
        }
        let newest = world.library.newest_position().await.expect("the position");
        assert_eq!(newest - before, (2 * CONTENTS * DEEDS) as i64, "every deed has one position");
        let seen: Vec<i64> = collector.0.iter().map(|change| change.position).collect();
        assert_eq!(seen, (1..=newest).collect::<Vec<_>>(), "each once and in order");
        assert_eq!(world.count("select count(*) from change").await, newest);
        // The two really wrote at once: neither had ended before the other began.
        let turns = collector.0.windows(2).filter(|two| two[0].actor != two[1].actor).count();
        assert!(turns > 10, "they took turns only {turns} times");
        for number in 0..2 {
            let actor = format!("program:writer-{number}");
            let mut own =
                collector.0.iter().filter(|change| change.actor == actor).map(|change| change.action.as_str());
            for _ in 0..CONTENTS {
                let deeds: Vec<_> = own.by_ref().take(DEEDS).collect();
                let order =
                    ["DRAFTED", "PUBLISHED", "DRAFTED", "EDITED", "WITHDRAWN"].map(|deed| format!("CONTENT_{deed}"));
                assert_eq!(deeds, order, "in the order in which it did them");
            }
        }
        assert_eq!(world.library.refresh().await.expect("refreshed"), newest);
        whole(&world).await;
    });
}
