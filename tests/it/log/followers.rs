//! Followers: a crash, a failure, a replay or a poisonous entry loses nothing and stops nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use library::changes::{Change, Effect, Follower, Member, Retry, Touch};
use library::clock::SetClock;
use library::database::Sql;
use tests::{World, on_both};
use tokio::sync::Notify;

/// A follower that keeps which contents are live and where they are shown, by nothing but the log.
#[derive(Default)]
struct Keeper {
    contents: BTreeSet<String>,
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Every position that it was given, as often as it was given.
    seen: Vec<i64>,
    /// Fails, after its work, on batches that begin at one of these; each once.
    fails_at: BTreeSet<i64>,
    /// Never gets through these.
    poison: BTreeSet<i64>,
    /// Says that its work is done and then hangs before its cursor is moved.
    hangs: Option<Arc<Notify>>,
}

impl Keeper {
    fn take(&mut self, change: &Change) {
        self.seen.push(change.position);
        for Touch { subject, effect, before, after } in &change.subjects {
            let of = |member: &Option<Member>| member.expect("a member").content.to_string();
            if let Some(column) = subject.strip_prefix("members:column:") {
                let members = self.columns.entry(column.to_owned()).or_default();
                match effect {
                    Effect::Left => members.remove(&of(before)),
                    _ => members.insert(of(after)),
                };
            }
            if subject.starts_with("content_") {
                match effect {
                    Effect::Entered => self.contents.insert(subject.clone()),
                    Effect::Left => self.contents.remove(subject),
                    Effect::Changed => false,
                };
            }
        }
    }

    /// What it keeps is what the tables say.
    async fn agrees_with(&self, world: &World) {
        static LIVE: Sql = Sql::new("select id from content");
        static SHOWN: Sql = Sql::new("select column_id, content_id from placement where shown");
        let database = world.library.database();
        let rows = database.rows(&LIVE, &[]).await.expect("contents");
        let live = rows.iter().map(|row| row.get::<library::id::ContentId>(0).expect("an id").to_string()).collect();
        assert_eq!(self.contents, live);
        let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in database.rows(&SHOWN, &[]).await.expect("placements") {
            let column: library::id::ColumnId = row.get(0).expect("an id");
            let content: library::id::ContentId = row.get(1).expect("an id");
            columns.entry(column.to_string()).or_default().insert(content.to_string());
        }
        let kept: BTreeMap<_, _> = self.columns.clone().into_iter().filter(|(_, kept)| !kept.is_empty()).collect();
        assert!(kept.len() > 20, "{}", kept.len());
        assert_eq!(kept, columns);
    }
}

impl Follower for Keeper {
    const NAME: &'static str = "keeper";

    async fn follow(&mut self, batch: &[Change]) -> Result<(), Retry> {
        for change in batch {
            self.take(change);
            if self.poison.contains(&change.position) {
                return Err(Retry(format!("no way past {}", change.position)));
            }
        }
        if self.fails_at.remove(&batch[0].position) {
            return Err(Retry("the line was cut".to_owned()));
        }
        if let Some(done) = &self.hangs {
            done.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

async fn parked(world: &World) -> Option<String> {
    static PARKED: Sql = Sql::new("select parked from follower where name = 'keeper'");
    let rows = world.library.database().rows(&PARKED, &[]).await.expect("the follower");
    rows[0].get(0).expect("a text or nothing")
}

#[test]
fn the_log_alone_tells_what_is_live_and_where_it_is_shown() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let newest = world.library.newest_position().await.expect("the position");
        let mut keeper = Keeper::default();
        assert_eq!(world.library.follower_position(Keeper::NAME).await.expect("a position"), 0);
        assert_eq!(world.library.feed(&mut keeper).await.expect("fed"), newest);
        assert_eq!(world.library.follower_position(Keeper::NAME).await.expect("a position"), newest);
        assert_eq!(keeper.seen, (1..=newest).collect::<Vec<_>>());
        keeper.agrees_with(&world).await;
        // Fed again, it is given nothing; fed after a deed, that deed.
        assert_eq!(world.library.feed(&mut keeper).await.expect("fed"), newest);
        assert_eq!(keeper.seen.len() as i64, newest);
        let live = keeper.contents.first().expect("a content").parse().expect("an id");
        world.library.withdraw_content(&world.editor(), live, "试验", None).await.expect("withdrawn");
        assert_eq!(world.library.feed(&mut keeper).await.expect("fed"), newest + 1);
        assert_eq!(keeper.seen[newest as usize..], [newest + 1]);
        keeper.agrees_with(&world).await;
        // A replay from the beginning over what it keeps does no harm.
        let all = world.library.changes_after(0, newest + 1).await.expect("the log");
        assert_eq!(all.len() as i64, newest + 1);
        keeper.follow(&all).await.expect("again");
        keeper.agrees_with(&world).await;
    });
}

#[test]
fn a_crash_between_work_and_cursor_repeats_the_batch() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let done = Arc::new(Notify::new());
        let mut keeper = Keeper { hangs: Some(done.clone()), ..Keeper::default() };
        tokio::select! {
            fed = world.library.feed(&mut keeper) => panic!("it did not hang: {fed:?}"),
            () = done.notified() => {}
        }
        let first = keeper.seen.len();
        assert!(first > 1, "a batch was worked on");
        assert_eq!(world.library.follower_position(Keeper::NAME).await.expect("a position"), 0, "the cursor stands");

        // Another node takes over what was kept.
        keeper.hangs = None;
        let clock = Arc::new(SetClock::new(seed::END, 77));
        let node = World::node(&world.url, &world.files, clock).await;
        let newest = node.feed(&mut keeper).await.expect("fed");
        assert_eq!(newest, world.library.newest_position().await.expect("the position"));
        let (again, rest) = keeper.seen.split_at(first);
        assert_eq!(again, &rest[..first], "the same batch once more");
        assert_eq!(rest, (1..=newest).collect::<Vec<_>>());
        keeper.agrees_with(&world).await;
        assert_eq!(parked(&world).await, None);
    });
}

#[test]
fn a_follower_that_fails_once_is_given_the_batch_again() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let mut keeper = Keeper { fails_at: BTreeSet::from([1]), ..Keeper::default() };
        let newest = world.library.feed(&mut keeper).await.expect("fed");
        let given = |position: i64| keeper.seen.iter().filter(|seen| **seen == position).count();
        let twice = (1..=newest).take_while(|position| given(*position) == 2).count() as i64;
        assert!(twice > 1, "the whole batch was given again");
        assert!((twice + 1..=newest).all(|position| given(position) == 1), "and nothing else");
        assert_eq!(keeper.seen[twice as usize..], (1..=newest).collect::<Vec<_>>(), "in order");
        keeper.agrees_with(&world).await;
        assert_eq!(world.library.follower_position(Keeper::NAME).await.expect("a position"), newest);
        assert_eq!(parked(&world).await, None, "what went through is not parked");
    });
}

#[test]
fn a_poisonous_entry_is_parked_and_the_rest_goes_on() {
    on_both(async |engine| {
        let world = World::city(engine).await;
        let newest = world.library.newest_position().await.expect("the position");
        let poison = BTreeSet::from([7, newest - 3]);
        let mut keeper = Keeper { poison: poison.clone(), ..Keeper::default() };
        assert_eq!(world.library.feed(&mut keeper).await.expect("fed"), newest);
        for position in 1..=newest {
            let given = keeper.seen.iter().filter(|seen| **seen == position).count();
            match poison.contains(&position) {
                true => assert!(given > 3, "{position} was tried only {given} times"),
                false => assert!((1..=2).contains(&given), "{position} was given {given} times"),
            }
        }
        assert_eq!(world.library.follower_position(Keeper::NAME).await.expect("a position"), newest);
        let parked = parked(&world).await.expect("something is parked");
        for position in poison {
            assert!(parked.contains(&format!("{position}: no way past {position}")), "{position} in {parked}");
        }
        let tried = keeper.seen.len();
        world.library.feed(&mut keeper).await.expect("fed");
        assert_eq!(keeper.seen.len(), tried, "what is parked is not tried for ever");
    });
}
