//! What a changed rule has to do is finished, whatever ends in between.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use library::clock::{Clock, SetClock};
use library::content::{ContentFilter, DraftContent, Retag, TagAssignment, TagAssignmentSource};
use library::database::{Database, Engine};
use library::id::{AnyId, TagId};
use library::sharing::{SubscribeColumn, SubscriptionSource};
use library::tag::{CreateTag, TagFields, TagGroupFields, TagSphere};
use library::{Audience, Caller, Instant, Library, Settings};
use serde_json::json;
use tests::{World, on_both, runtime};

use super::holds;
use crate::accounts::{Staff, caller};
use crate::kill::nobody_writes;
use crate::town::{Town, at, everything};

const URL: &str = "JIYUE_TEST_SWEEP_URL";
const FILES: &str = "JIYUE_TEST_SWEEP_FILES";
const DEED: &str = "JIYUE_TEST_SWEEP_DEED";
const NOW: &str = "JIYUE_TEST_SWEEP_NOW";

/// Enough that whoever does it is still at it when it is killed.
const MANY: usize = 1500;
/// How long what goes on by itself is held back at most.
const PATIENCE: Duration = Duration::from_secs(120);
const OPEN: &str = "select count(*) from sweep";
const BEGUN: &str = "select count(*) from sweep where done > 0";

/// Two tags of one group.
pub async fn tags(town: &Town) -> (TagId, TagId) {
    let (library, editor) = (town.library(), town.editor());
    let group = TagGroupFields { name: "主题".to_owned(), sphere: TagSphere::Government, rank: 0 };
    let group = library.create_tag_group(&editor, "topic", group).await.expect("a group").0;
    let create = |code: &str, name: &str| CreateTag {
        code: code.to_owned(),
        group,
        fields: TagFields { name: name.to_owned(), parent: None, synonyms: Vec::new(), steward: None },
    };
    let old = library.create_tag(&editor, create("old", "旧标签")).await.expect("a tag").0;
    let new = library.create_tag(&editor, create("new", "新标签")).await.expect("a tag").0;
    (old, new)
}

/// Many contents of `/news` with a tag.
async fn tagged(town: &Town, tag: TagId, many: usize) {
    let library = town.library();
    let mut ready = Vec::new();
    for number in 0..many {
        let mut fields = town.article(&format!("第{number}条"));
        fields.tags = vec![TagAssignment { tag, source: TagAssignmentSource::Import }];
        ready.push(library.prepare_import(DraftContent { site: town.site, fields }.into()).expect("sound"));
    }
    for batch in ready.chunks(500) {
        let imported = library.import_contents(&town.editor(), batch, false).await.expect("imported");
        assert!(imported.answers.iter().all(Result::is_ok));
    }
}

/// A deed, as the process of its own that is killed at it reads it.
pub fn deed(words: &[&str]) -> String {
    words.join(" ")
}

/// The process that is killed.
#[test]
#[ignore = "started as a process of its own by those that follow"]
fn worker() {
    let given = |name: &str| std::env::var(name).ok();
    let (Some(url), Some(files), Some(words), Some(now)) = (given(URL), given(FILES), given(DEED), given(NOW)) else {
        return;
    };
    runtime().block_on(async {
        let clock = Arc::new(SetClock::new(Instant(now.parse().expect("an instant")), 77));
        let library = World::node(&url, Path::new(&files), clock).await;
        let caller = Caller::program("worker");
        let words: Vec<&str> = words.split(' ').collect();
        match words[..] {
            ["merge", from, into] => {
                let (from, into) = (from.parse().expect("a tag"), into.parse().expect("a tag"));
                library.merge_tags(&caller, from, into).await.expect("merged");
            }
            ["subscribe", target, tag] => {
                let source = SubscriptionSource::Tag(tag.parse().expect("a tag"));
                let target = target.parse().expect("a column");
                let subscribe = SubscribeColumn { target, source, fields: everything() };
                library.subscribe_column(&caller, subscribe).await.expect("subscribed");
            }
            ["retag", old, new] => {
                let filter = ContentFilter { any_tags: vec![old.parse().expect("a tag")], ..ContentFilter::default() };
                let retag = Retag { add: vec![new.parse().expect("a tag")], remove: Vec::new() };
                library.retag_filter(&caller, filter, &retag).await.expect("retagged");
            }
            ["end", id] => {
                let id = id.parse().expect("a subscription");
                library.unsubscribe_column(&caller, id, None).await.expect("ended");
            }
            _ => panic!("no such deed"),
        }
    });
}

/// Has a deed done by another process, and kills it after the first batch: what is committed stays.
pub async fn cut_off(town: &Town, deed: String) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "sharing::sweeps::worker", "--ignored", "--nocapture"])
        .env(URL, &town.world.url)
        .env(FILES, &town.world.files)
        .env(DEED, deed)
        .env(NOW, town.library().now().0.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("a process");
    while town.world.count(BEGUN).await == 0 {
        assert!(child.try_wait().expect("a process").is_none(), "it was too fast to be cut off");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    if town.library().database().engine() == Engine::Postgres {
        nobody_writes(&town.world.url).await;
    }
    assert_eq!(town.world.count(OPEN).await, 1, "it was cut off in the middle");
    town.library().refresh().await.expect("the log");
}

/// Goes on with what was left, as the next program does.
pub async fn finish(town: &Town, later: &str) {
    let library = town.library();
    assert_eq!(library.finish_sweeps().await.expect("looked"), 0, "somebody may still be at it");
    town.world.clock.set(at(later));
    assert_eq!(library.finish_sweeps().await.expect("finished"), 1);
    assert_eq!(town.world.count(OPEN).await, 0);
    assert_eq!(library.finish_sweeps().await.expect("looked"), 0);
    holds(&town.world).await;
}

/// A clock by which each deed takes a second, and nothing else any time. What goes on by itself finds the hour only when it may.
struct BySteps {
    clock: SetClock,
    deeds: AtomicU64,
    goes_on: Arc<(Mutex<bool>, Condvar)>,
}

impl Clock for BySteps {
    fn now(&self) -> Instant {
        self.deeds.fetch_add(1, Ordering::Relaxed);
        // The test itself is no task.
        if tokio::task::try_id().is_some() {
            tokio::task::block_in_place(|| {
                let (goes_on, changed) = &*self.goes_on;
                let held = changed.wait_timeout_while(goes_on.lock().expect("sound"), PATIENCE, |goes_on| !*goes_on);
                assert!(*held.expect("sound").0, "it was never let go on");
            });
        }
        self.clock.now()
    }

    fn random(&self) -> [u8; 16] {
        self.clock.random()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_secs(self.deeds.load(Ordering::Relaxed))
    }
}

#[test]
fn who_changes_a_rule_is_told_what_is_left_and_need_not_wait_for_it() {
    on_both(async |engine| {
        let staff = Staff::on(engine).await;
        let town = &staff.town;
        let (old, _) = tags(town).await;
        tagged(town, old, MANY).await;
        let target = super::column(town, town.county, "/tagged", library::column::ShareType::Open).await;
        let admin = staff.administrator("admin").await;
        let goes_on = Arc::new((Mutex::new(false), Condvar::new()));
        let clock = BySteps {
            clock: SetClock::new(town.library().now(), 78),
            deeds: AtomicU64::default(),
            goes_on: goes_on.clone(),
        };
        let settings = Settings {
            database: Database::open(&town.world.url, 4).await.expect("the database"),
            files: tests::files_in(&town.world.files),
            clock: Arc::new(clock),
            files_url: "http://127.0.0.1/files".to_owned(),
            iframe_hosts: Vec::new(),
        };
        let node = Library::open(settings).await.expect("a node");
        let subscribe = SubscribeColumn { target, source: SubscriptionSource::Tag(old), fields: everything() };
        let (id, _) = node.subscribe_column(&town.editor(), subscribe).await.expect("subscribed");
        let mine = |library: &Library| library.scope(Audience::Public).asked_by(caller(admin));
        let open = mine(&node).open_sweeps().await.expect("sweeps").pop().expect("it is not done");
        assert_eq!((open.about, open.total), (AnyId::SubscriptionId(id), Some(MANY as i64)));
        assert!(open.done > 0 && open.done < MANY as i64, "{open:?}");
        // On the desk it is told to who works there, and to nobody else.
        town.library().refresh().await.expect("the log");
        let desk =
            "query($id: ID!) { desk { sweeps { id done total begunAt } } node(id: $id) { ... on Sweep { total } } }";
        let variables = json!({"id": open.id.to_string()});
        let (answer, _) = town.world.ask_as(&caller(admin), desk, &variables).await;
        for sweep in answer["data"]["desk"]["sweeps"].as_array().expect("sweeps") {
            assert_eq!((&sweep["id"], &sweep["total"]), (&variables["id"], &json!(MANY)), "{answer}");
        }
        let (answer, _) = town.world.ask(desk, &variables).await;
        assert_eq!(answer["data"], json!({"desk": null, "node": null}));
        // It goes on by itself.
        *goes_on.0.lock().expect("sound") = true;
        goes_on.1.notify_all();
        for _ in 0..3_000 {
            if town.world.count(OPEN).await == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(mine(&node).open_sweeps().await.expect("sweeps").is_empty());
        let shown = "select count(*) from placement p join site_column c on c.id = p.column_id where c.path = '/tagged' and p.shown";
        assert_eq!(town.world.count(shown).await, MANY as i64);
        holds(&town.world).await;
    });
}

#[test]
fn a_merge_of_tags_that_was_cut_off_is_finished() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (old, new) = tags(&town).await;
        tagged(&town, old, MANY).await;
        cut_off(&town, deed(&["merge", &old.to_string(), &new.to_string()])).await;
        let left = "select count(*) from content_tag t join tag g on g.id = t.tag_id where g.code = 'old'";
        assert!(town.world.count(left).await > 0, "not all have followed");
        finish(&town, "2026-12-01 08:00").await;
        assert_eq!(town.world.count(left).await, 0);
        let followed = "select count(*) from content_tag t join tag g on g.id = t.tag_id where g.code = 'new'";
        assert_eq!(town.world.count(followed).await, MANY as i64);
    });
}

#[test]
fn a_change_of_tags_that_was_cut_off_is_finished() {
    on_both(async |engine| {
        const SOME: usize = 400;
        let town = Town::on(engine).await;
        let (old, new) = tags(&town).await;
        tagged(&town, old, SOME).await;
        cut_off(&town, deed(&["retag", &old.to_string(), &new.to_string()])).await;
        let changed = "select count(*) from content_tag t join tag g on g.id = t.tag_id where g.code = 'new'";
        let so_far = town.world.count(changed).await;
        assert!((1..SOME as i64).contains(&so_far), "{so_far}");
        assert_eq!(town.world.count("select changed from retag where ended_at is null").await, so_far);
        finish(&town, "2026-12-01 08:00").await;
        assert_eq!(town.world.count(changed).await, SOME as i64);
        let ended = "select changed from retag where ended_at is not null and skipped = 0";
        assert_eq!(town.world.count(ended).await, SOME as i64, "each is changed once");
    });
}

#[test]
fn a_shared_column_that_was_cut_off_is_filled_and_one_that_ends_is_emptied() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (old, _) = tags(&town).await;
        tagged(&town, old, MANY).await;
        // The town's mirror in the county is there before; another one takes what has the tag.
        let target = super::column(&town, town.county, "/tagged", library::column::ShareType::Open).await;
        let shown = "select count(*) from placement p join site_column c on c.id = p.column_id where c.path = '/tagged' and p.shown";
        cut_off(&town, deed(&["subscribe", &target.to_string(), &old.to_string()])).await;
        assert!((1..MANY as i64).contains(&town.world.count(shown).await));
        finish(&town, "2026-12-01 08:00").await;
        assert_eq!(town.world.count(shown).await, MANY as i64);

        let directory = town.library().directory();
        let mine = directory.subscriptions.all().iter().find(|it| it.target == target).expect("a subscription").id;
        cut_off(&town, deed(&["end", &mine.to_string()])).await;
        assert!(town.world.count(shown).await > 0);
        finish(&town, "2026-12-02 08:00").await;
        assert_eq!(town.world.count(shown).await, 0);
    });
}
