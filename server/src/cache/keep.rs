//! Keeping an answer, if it is still right, and making room for it.

use std::sync::Arc;

use bytes::Bytes;
use library::Position;

use super::{Answer, Cache, Coding, Key, Marks};

/// An answer takes at most this part of the whole.
const LARGEST: usize = 8;

impl Cache {
    /// Keeps an answer that was read at `position`; whether it is kept. One that a change since then can alter is not.
    pub fn keep(&self, key: Key, answer: &Arc<Answer>, position: Position) -> bool {
        if answer.bytes() > self.most_bytes / LARGEST {
            return false;
        }
        let now = self.now();
        answer.touch(now);
        let mut shelf = self.shelf();
        let position = self.planted.position(position, self.position());
        if !shelf.recent().leaves(position, answer.marks()) {
            self.counts.overtaken();
            return false;
        }
        shelf.put(&self.found, key, answer.clone());
        let gone = shelf.make_room(&self.found, self.most_bytes, now);
        self.counts.made_room(gone);
        self.counts.hold(shelf.answers(), shelf.bytes());
        true
    }

    /// The notes of a read as they are kept.
    pub fn marks(&self, notes: &library::Notes) -> Marks {
        self.planted.marks(Marks::of(notes))
    }

    /// From now on the bytes of a request lead to an answer without being read, if it is still kept.
    pub fn lead(&self, request: Key, key: &Key, answer: &Arc<Answer>) {
        self.shelf().lead(&self.found, request, key, answer);
    }

    /// Keeps the compressed form of an answer with it.
    pub fn keep_compressed(&self, key: &Key, answer: &Arc<Answer>, coding: Coding, body: Bytes) {
        if answer.keep_compressed(coding, body) == 0 {
            return;
        }
        let mut shelf = self.shelf();
        shelf.weigh(&self.found, key, answer);
        let gone = shelf.make_room(&self.found, self.most_bytes, self.now());
        self.counts.made_room(gone);
        self.counts.hold(shelf.answers(), shelf.bytes());
    }

    /// Whether an answer is still kept, which says that nothing up to [`Cache::position`] altered it.
    pub fn has(&self, key: &Key, answer: &Arc<Answer>) -> bool {
        self.shelf().has(&self.found, key, answer)
    }

    /// Takes an answer away that is not what it should be.
    pub fn take_away(&self, key: &Key, answer: &Arc<Answer>) {
        let mut shelf = self.shelf();
        shelf.take_away(&self.found, key, answer);
        self.counts.hold(shelf.answers(), shelf.bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Counts;
    use super::*;

    fn answer(bytes: usize, subject: u64) -> Arc<Answer> {
        let marks = Marks { subjects: vec![subject], ..Marks::default() };
        Arc::new(Answer::new(Bytes::from(vec![b'x'; bytes]), String::new(), Duration::from_millis(1), marks))
    }

    #[test]
    fn it_takes_no_more_than_it_may_and_what_was_asked_for_lately_stays() {
        let cache = Cache::new(100_000, 0, Counts::default());
        assert!(!cache.keep(Key::of(&[b"large"]), &answer(20_000, 1), 0), "one answer is not to take all");
        let keys: Vec<Key> = (0..100_u32).map(|at| Key::of(&[&at.to_le_bytes()])).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(cache.keep(*key, &answer(5_000, at as u64), 0));
            std::thread::sleep(Duration::from_millis(2));
            assert!(cache.find(&keys[0]).is_some(), "it is asked for all the time");
            assert!(cache.shelf().bytes() <= 100_000);
        }
        let kept = keys.iter().filter(|key| cache.find(key).is_some()).count();
        assert!((10..=17).contains(&kept), "{kept} are kept");
    }

    #[test]
    fn requests_lead_to_an_answer_as_long_as_it_is_kept() {
        let cache = Cache::new(100_000, 0, Counts::default());
        let (key, first, second) = (Key::of(&[b"key"]), answer(10, 1), answer(11, 1));
        let requests: Vec<Key> = (0..20_u8).map(|at| Key::of(&[&[at]])).collect();
        assert!(cache.keep(key, &first, 0));
        for request in &requests {
            cache.lead(*request, &key, &first);
        }
        assert!(cache.find(&requests[19]).is_some() && cache.find(&requests[0]).is_none(), "only so many lead there");
        assert!(cache.keep(key, &second, 0));
        assert!(requests.iter().all(|request| cache.find(request).is_none()), "they led to another answer");
        cache.lead(requests[0], &key, &first);
        assert!(cache.find(&requests[0]).is_none(), "it is not kept any more");
        cache.lead(requests[0], &key, &second);
        cache.take_away(&key, &second);
        assert!(cache.find(&requests[0]).is_none() && cache.find(&key).is_none());
        let shelf = cache.shelf();
        assert_eq!((shelf.bytes(), shelf.answers()), (0, 0));
    }
}
