//! Followers that are not woken, and followers that run on two nodes at once: what they follow is late at most.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use library::Library;
use library::changes::{Change, Follower, Retry};
use library::clock::SetClock;
use library::gate::Sketches;
use library::recall::Withdrawals;
use tests::{World, on_both};
use tokio::task::JoinHandle;

use crate::town::{Town, at};

/// Remembers, for all nodes on which it runs, what it was given.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<Vec<i64>>>);

impl Tally {
    fn given(&self) -> Vec<i64> {
        self.0.lock().expect("what was given").clone()
    }
}

impl Follower for Tally {
    const NAME: &'static str = "tally";

    async fn follow(&mut self, batch: &[Change]) -> Result<(), Retry> {
        self.0.lock().expect("what was given").extend(batch.iter().map(|change| change.position));
        // Another node may take the same batch meanwhile.
        tokio::task::yield_now().await;
        Ok(())
    }
}

fn runs<F: Follower + 'static>(library: &Library, follower: F, every: Duration) -> JoinHandle<()> {
    let library = library.clone();
    tokio::spawn(async move { library.run_follower(follower, every).await })
}

/// Waits until something holds; a slow machine has a minute for it.
async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..6_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come to hold");
}

async fn node(town: &Town, seed: u64) -> Library {
    let clock = Arc::new(SetClock::new(at("2026-10-31 18:00"), seed));
    World::node(&town.world.url, &town.world.files, clock).await
}

const TICK: Duration = Duration::from_millis(20);
/// Longer than any test.
const NEVER: Duration = Duration::from_secs(24 * 3600);

#[test]
fn a_follower_that_no_hint_reaches_is_woken_by_its_timer() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let tally = Tally::default();
        let reached =
            async |position: i64| town.library().follower_position(Tally::NAME).await.expect("a position") == position;
        // This node commits nothing itself, and the hints of another process are not told to it.
        let other = node(&town, 601).await;
        let running = runs(&other, tally.clone(), TICK);
        for title in ["一", "二", "三"] {
            town.publish(town.article(title)).await;
            let newest = town.position().await;
            until("the timer wakes it", async || reached(newest).await).await;
        }
        running.abort();
        // What is committed while nobody follows is taken up afterwards.
        town.publish(town.article("四")).await;
        let newest = town.position().await;
        assert_eq!(town.library().feed(&mut tally.clone()).await.expect("fed"), newest);
        // Where the hint comes, nobody waits for the timer.
        let running = runs(town.library(), tally.clone(), NEVER);
        town.publish(town.article("五")).await;
        let newest = town.position().await;
        until("the hint wakes it", async || reached(newest).await).await;
        running.abort();
        assert_eq!(tally.given(), (1..=newest).collect::<Vec<_>>(), "each once, in order, whoever was awake");
    });
}

#[test]
fn two_nodes_that_follow_at_once_miss_nothing_and_one_goes_on_alone() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let (one, two) = (node(&town, 602).await, node(&town, 603).await);
        let tally = Tally::default();
        let mut running = Vec::new();
        for library in [&one, &two] {
            running.push(runs(library, tally.clone(), TICK));
            running.push(runs(library, Sketches::of(library.clone()), TICK));
            running.push(runs(library, Withdrawals::of(library.clone()), TICK));
        }
        let mut farthest = 0;
        for number in 0..12 {
            let id = town.publish(town.article(&format!("两个节点第{number}条"))).await;
            if number % 3 == 2 {
                town.withdraw(id, None).await;
            }
            if number == 6 {
                // One node ends in the middle of whatever it is at.
                running.drain(..3).for_each(|task| task.abort());
            }
            let position = town.library().follower_position(Tally::NAME).await.expect("a position");
            assert!(position >= farthest, "the cursor never goes back: {position} after {farthest}");
            farthest = position;
        }
        let newest = town.position().await;
        for name in [Tally::NAME, Sketches::NAME, Withdrawals::NAME] {
            let library = town.library();
            let there = async || library.follower_position(name).await.expect("a position") == newest;
            until("each has read everything", there).await;
        }
        running.iter().for_each(JoinHandle::abort);
        let given: BTreeSet<i64> = tally.given().into_iter().collect();
        assert_eq!(given, (1..=newest).collect(), "nothing was passed over");
        // What they keep is what one node alone would keep.
        assert_eq!(town.world.count("select count(*) from withdrawal_receipt where position is null").await, 0);
        let positions = "select count(distinct position) from withdrawal_receipt";
        assert_eq!(town.world.count(positions).await, 4);
    });
}
