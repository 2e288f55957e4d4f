//! Readers (公众用户): who brings a token of an issuer for the public and has no account. A reader has no role and sees what
//! everybody sees; what is kept is a digest of who vouches for whom, and the tags that were subscribed (标签订阅).
//!
//! Nothing of it stands in the change log: what somebody reads is nobody else's, and what is deleted is gone.

mod feed;
mod read;
mod recommend;
mod subscribe;

use crate::changes::Work;
use crate::database::Sql;
use crate::id::TagId;
use crate::may::require_somebody;
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::{Caller, Library};

pub use feed::Feed;
pub use read::Reader;
pub use subscribe::{MOST_TAGS, SubscribeTags};

/// How a reader is known: by a digest, which is good for nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderKey(String);

impl ReaderKey {
    fn of(issuer: &str, subject: &str) -> Self {
        // Not the digest by which an account is known: who becomes one is not found among the readers.
        Self(identity::digest(format!("reader\u{1f}{issuer}\u{1f}{subject}").as_bytes()))
    }
}

impl Library {
    /// Who is known by an identity of an issuer for the public: the account that it is linked to, else a reader. It is looked
    /// up in the directory alone: an account that was linked elsewhere a moment ago may do less until it is known here.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for an identity that is linked to a disabled account.
    pub async fn reader_of_identity(&self, issuer: &str, subject: &str) -> Result<Caller> {
        match self.knows_identity(issuer, subject) {
            true => self.caller_of_identity(issuer, subject).await,
            false => Ok(ReaderKey::of(issuer, subject).into()),
        }
    }
}

/// The reader who asks for a deed.
fn require_reader(caller: &Caller) -> Result<&ReaderKey> {
    if let Some(reader) = caller.reader() {
        return Ok(reader);
    }
    require_somebody(caller)?;
    let (message, english) = ("此操作仅供公众用户使用", "this is for readers, who have no account");
    let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
    Err(refusal.hinting("请以公众身份登录", "bring a token of an issuer for the public").into())
}

static HOLD: Sql = Sql::new(
    "insert into reader (key, refuses) values ($1, $2) on conflict (key) do update set refuses = reader.refuses returning refuses",
);
static TAGS: Sql = Sql::new("select tag_id from reader_tag where reader_key = $1");
static FORGET_TAGS: Sql = Sql::new("delete from reader_tag where reader_key = $1");
static FORGET: Sql = Sql::new(
    "delete from reader where key = $1 and not refuses and not exists (select 1 from reader_tag t where t.reader_key = $1)",
);

impl ReaderKey {
    /// Deeds of one reader come one after the other from here on. Answers whether it refuses recommendations.
    async fn hold(&self, work: &mut Work) -> Result<bool> {
        work.row(&HOLD, &[(&self.0).into(), false.into()]).await?.map_or(Ok(false), |row| row.get(0))
    }

    /// The tags that it subscribed, as they were called then.
    async fn tags(&self, work: &mut Work) -> Result<Vec<TagId>> {
        work.rows(&TAGS, &[(&self.0).into()]).await?.iter().map(|row| row.get(0)).collect()
    }

    async fn forget_tags(&self, work: &mut Work) -> Result<()> {
        work.run(&FORGET_TAGS, &[(&self.0).into()]).await.map(|_| ())
    }

    /// Of whom nothing is to be kept, nothing is.
    async fn forget(&self, work: &mut Work) -> Result<()> {
        work.run(&FORGET, &[(&self.0).into()]).await.map(|_| ())
    }
}
