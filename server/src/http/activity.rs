//! What happens on one connection, so that a slow or silent one can be told from one that works.
//!
//! It watches bytes and requests, and knows nothing of what they mean.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::Version;
use http_body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Fewer bytes written at once are no progress: whoever reads so little only holds on to the connection.
const PROGRESS: usize = 512;

/// What is known of a connection.
#[derive(Debug)]
pub struct Activity(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    /// Requests that are being answered.
    running: usize,
    /// Answers that are being sent.
    sending: usize,
    /// Whether a request has come at all, and then in which version.
    version: Option<Version>,
    /// The last progress.
    touched: Instant,
    /// When the head began that is being read.
    head: Option<Instant>,
}

/// What is to be done with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may go on.
    Keep,
    /// It has nothing to do: it ends in good order.
    Idle,
    /// Its request does not come: it ends at once.
    Slow,
}

impl Activity {
    /// A connection that was accepted now.
    pub fn begin() -> Self {
        Self(Mutex::new(Seen { running: 0, sending: 0, version: None, touched: Instant::now(), head: None }))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come; it runs until what is given back is dropped.
    pub fn request(self: &Arc<Self>, version: Version) -> Running {
        let mut seen = self.seen();
        seen.running += 1;
        seen.version = Some(version);
        seen.touched = Instant::now();
        seen.head = None;
        Running(Arc::clone(self))
    }

    fn read(&self) {
        let mut seen = self.seen();
        // On HTTP/2 other things come between requests; slow heads are found by pings there.
        if seen.running + seen.sending == 0 && seen.version.is_none_or(|version| version < Version::HTTP_2) {
            seen.head.get_or_insert_with(Instant::now);
        }
    }

    fn written(&self, bytes: usize) {
        if bytes >= PROGRESS {
            self.seen().touched = Instant::now();
        }
    }

    /// Judges the connection by the times it may take: for a head, without anything to do, and between two pieces of an
    /// answer.
    pub fn judge(&self, now: Instant, head: Duration, idle: Duration, fetch: Duration) -> Verdict {
        let seen = self.seen();
        let late = |since: Instant, most: Duration| now.saturating_duration_since(since) >= most;
        if seen.running > 0 {
            Verdict::Keep
        } else if seen.sending > 0 {
            if late(seen.touched, fetch) { Verdict::Slow } else { Verdict::Keep }
        } else if seen.version.is_none() && late(seen.touched, head) || seen.head.is_some_and(|begun| late(begun, head))
        {
            Verdict::Slow
        } else if seen.version.is_some() && late(seen.touched, idle) {
            Verdict::Idle
        } else {
            Verdict::Keep
        }
    }
}

/// A request that is being answered.
pub struct Running(Arc<Activity>);

impl Running {
    /// The answer is there; from now on it is sent.
    pub fn send(self, body: Body) -> Sending {
        let activity = Arc::clone(&self.0);
        activity.seen().sending += 1;
        Sending { body, activity }
    }
}

/// The body of an answer that is being sent.
pub struct Sending {
    body: Body,
    activity: Arc<Activity>,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut seen = self.activity.seen();
        seen.sending -= 1;
        seen.touched = Instant::now();
    }
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut seen = self.0.seen();
        seen.running -= 1;
        seen.touched = Instant::now();
    }
}

/// Where the stream lies when the protocol is done with it.
pub type Returned = Arc<Mutex<Option<TcpStream>>>;

/// A stream that tells what happens on it, and comes back when it is dropped.
pub struct Watched {
    stream: Option<TcpStream>,
    activity: Arc<Activity>,
    returned: Returned,
}

impl Watched {
    /// Watches a stream.
    pub fn new(stream: TcpStream, activity: Arc<Activity>, returned: Returned) -> Self {
        Self { stream: Some(stream), activity, returned }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        *self.returned.lock().unwrap_or_else(PoisonError::into_inner) = self.stream.take();
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.stream()?.poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.activity.read();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write(cx, bytes);
        if let Poll::Ready(Ok(written)) = written {
            self.activity.written(written);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write_vectored(cx, slices);
        if let Poll::Ready(Ok(written)) = written {
            self.activity.written(written);
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FETCH: Duration = Duration::from_secs(100);

    #[test]
    fn who_fetches_an_answer_slowly_is_not_idle_and_who_fetches_nothing_is_cut() {
        let activity = Arc::new(Activity::begin());
        let sending = activity.request(Version::HTTP_11).send(Body::from("an answer"));
        // The next head may come while the answer is sent.
        activity.read();
        let second = Duration::from_secs(1);
        let judge = |seconds| activity.judge(Instant::now() + Duration::from_secs(seconds), second, second, FETCH);
        assert_eq!([judge(99), judge(101)], [Verdict::Keep, Verdict::Slow]);
        drop(sending);
        assert_eq!([judge(0), judge(2)], [Verdict::Keep, Verdict::Idle]);
    }

    #[test]
    fn slow_and_idle_are_told_apart() {
        let (head, idle) = (Duration::from_secs(10), Duration::from_secs(75));
        let activity = Arc::new(Activity::begin());
        let at = |seconds| Instant::now() + Duration::from_secs(seconds);
        let judge = |seconds| activity.judge(at(seconds), head, idle, FETCH);
        assert_eq!([judge(0), judge(9), judge(11)], [Verdict::Keep, Verdict::Keep, Verdict::Slow]);
        activity.read();
        let running = activity.request(Version::HTTP_11);
        activity.read();
        assert_eq!(judge(1000), Verdict::Keep, "the time of a request is bounded elsewhere");
        drop(running);
        assert_eq!([judge(74), judge(76)], [Verdict::Keep, Verdict::Idle]);
        activity.read();
        assert_eq!([judge(9), judge(11)], [Verdict::Keep, Verdict::Slow], "the next head has begun");

        drop(activity.request(Version::HTTP_2));
        activity.read();
        assert_eq!([judge(74), judge(76)], [Verdict::Keep, Verdict::Idle], "a ping is no head");
    }
}
