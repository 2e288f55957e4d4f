//! A queue before the hashing of passwords: a few at a time, a bounded number waiting, the rest is turned away.
//!
//! Each hash takes 19 MiB and a processor; a flood of sign-ins must leave both to readers.

use std::sync::Arc;

use crate::password::{self, NotHashed, Password};
use tokio::sync::Semaphore;

/// How many hashes are made at once.
pub const AT_ONCE: usize = 2;
/// How many more may wait.
pub const WAITING: usize = 62;

/// Too many wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// The queue; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hashing {
    admitted: Arc<Semaphore>,
    threads: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self::of(AT_ONCE, WAITING)
    }
}

impl Hashing {
    /// A queue of `at_once` threads, before which `waiting` may wait.
    pub fn of(at_once: usize, waiting: usize) -> Self {
        let admitted = Arc::new(Semaphore::new(at_once + waiting));
        Self { admitted, threads: Arc::new(Semaphore::new(at_once)) }
    }

    /// [`password::hash`] in its turn.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<Result<String, NotHashed>, Busy> {
        self.run(move || password::hash(password.reveal(), salt)).await
    }

    /// [`password::verify`] in its turn.
    ///
    /// # Errors
    /// When too many wait already.
    pub async fn verify(&self, password: Password, kept: Option<String>) -> Result<bool, Busy> {
        self.run(move || password::verify(password.reveal(), kept.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|_| Busy)?;
        let thread = self.threads.clone().acquire_owned().await.map_err(|_| Busy)?;
        // The places are given back when the thread is done, also if nobody waits for it any more.
        let done = tokio::task::spawn_blocking(move || {
            let _places = (admitted, thread);
            work()
        });
        done.await.map_err(|_| Busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_finds_the_queue_full_is_turned_away_and_the_rest_is_served() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let queue = Hashing::of(1, 1);
            let (free, wait) = std::sync::mpsc::channel::<()>();
            let (began, begun) = tokio::sync::oneshot::channel::<()>();
            let first = tokio::spawn({
                let queue = queue.clone();
                async move {
                    let work = move || {
                        let _ = began.send(());
                        wait.recv().is_ok()
                    };
                    queue.run(work).await
                }
            });
            begun.await.expect("the first one works");
            let waits = queue.run(|| true);
            let mut waits = std::pin::pin!(waits);
            let soon = std::time::Duration::from_millis(20);
            assert!(tokio::time::timeout(soon, waits.as_mut()).await.is_err(), "the second one waits");
            assert_eq!(queue.run(|| true).await, Err(Busy), "the third one is turned away");
            free.send(()).expect("the first one waits for this");
            assert_eq!(waits.await, Ok(true));
            assert_eq!(first.await.expect("ended"), Ok(true));
            assert_eq!(queue.run(|| true).await, Ok(true), "places come back");
        });
    }
}
