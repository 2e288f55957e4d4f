//! Equal questions that are being answered at this moment: who comes meanwhile waits for that answer instead of asking for
//! another one, if it is not older than what it may get.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use library::Position;
use tokio::sync::watch;

use super::answer::Answer;
use super::key::{ByKey, Key};

/// What came of an execution: nothing yet, an answer for everybody, or one that nobody else may have.
type Came = Option<Option<Arc<Answer>>>;

/// The executions of this moment.
#[derive(Default)]
pub struct Flights(Mutex<HashMap<Key, Flight, ByKey>>);

struct Flight {
    /// What it reads is not older than this.
    position: Position,
    came: watch::Receiver<Came>,
}

/// What somebody is to do who asks.
pub enum Turn<'a> {
    /// To execute, and to tell the others.
    Lead(Lead<'a>),
    /// To wait.
    Wait(Waiting),
}

impl Flights {
    fn all(&self) -> MutexGuard<'_, HashMap<Key, Flight, ByKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the execution of `key`, if it reads nothing older than `least`; else begins one that reads nothing older than
    /// `position`.
    pub fn enter(&self, key: Key, least: Position, position: Position) -> Turn<'_> {
        let mut all = self.all();
        if let Some(flight) = all.get(&key)
            && flight.position >= least
        {
            return Turn::Wait(Waiting(flight.came.clone()));
        }
        let (tell, came) = watch::channel(None);
        let own = came.clone();
        all.insert(key, Flight { position, came });
        Turn::Lead(Lead { flights: self, key, tell, own })
    }
}

/// Who executes for all that wait. Dropped without an answer, one of those executes.
pub struct Lead<'a> {
    flights: &'a Flights,
    key: Key,
    tell: watch::Sender<Came>,
    own: watch::Receiver<Came>,
}

impl Lead<'_> {
    /// Tells the others what came: nothing if the answer is nobody else's.
    pub fn tell(self, answer: Option<Arc<Answer>>) {
        // Whoever comes from here on finds the answer or begins anew.
        self.leave();
        self.tell.send_replace(Some(answer));
    }

    fn leave(&self) {
        let mut all = self.flights.all();
        if all.get(&self.key).is_some_and(|flight| flight.came.same_channel(&self.own)) {
            all.remove(&self.key);
        }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// What came of waiting.
pub enum Waited {
    /// The answer.
    Answer(Arc<Answer>),
    /// The answer is nobody else's: each asks for its own.
    Alone,
    /// Who executed has gone.
    Gone,
}

/// Who waits for somebody's execution.
pub struct Waiting(watch::Receiver<Came>);

impl Waiting {
    /// Waits.
    pub async fn wait(mut self) -> Waited {
        match self.0.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Some(answer))) => Waited::Answer(answer.clone()),
            Ok(_) => Waited::Alone,
            Err(_) => Waited::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::super::marks::Marks;
    use super::*;

    fn answer() -> Arc<Answer> {
        Arc::new(Answer::new(Bytes::from_static(b"x"), String::new(), Duration::ZERO, Marks::default()))
    }

    #[tokio::test]
    async fn who_comes_meanwhile_gets_the_same_answer_unless_it_would_be_too_old() {
        let (flights, key) = (Flights::default(), Key::of(&[b"a"]));
        let Turn::Lead(lead) = flights.enter(key, 5, 5) else { panic!("nobody executes yet") };
        let Turn::Wait(waiting) = flights.enter(key, 5, 5) else { panic!("somebody executes") };
        let Turn::Lead(newer) = flights.enter(key, 6, 6) else { panic!("that execution is too old") };
        let Turn::Wait(second) = flights.enter(key, 6, 6) else { panic!("somebody executes") };
        lead.tell(Some(answer()));
        assert!(matches!(waiting.wait().await, Waited::Answer(_)));
        let Turn::Wait(third) = flights.enter(key, 6, 6) else { panic!("the newer one still runs") };
        drop(newer);
        assert!(matches!(second.wait().await, Waited::Gone) && matches!(third.wait().await, Waited::Gone));
        let Turn::Lead(lead) = flights.enter(key, 6, 6) else { panic!("nobody executes any more") };
        let Turn::Wait(waiting) = flights.enter(key, 6, 6) else { panic!("somebody executes") };
        lead.tell(None);
        assert!(matches!(waiting.wait().await, Waited::Alone));
    }
}
