//! The desk (采编后台): what is read by those who work on the library. A file a part; all of it is private.

mod access;

use async_graphql::MergedObject;
use library::Scope;
use library::means::may_have_desk;

use access::Access;

/// The desk of who is signed in (采编后台): what waits for the asker, and what it keeps. Each list holds what the asker may see and
/// nothing else; answers are private and kept by no cache.
#[derive(MergedObject)]
pub struct Desk(Access);

impl Desk {
    /// The desk of who asks; nothing for who is not signed in, and for systems whose key is not good for previews.
    pub fn of(scope: &Scope) -> Option<Self> {
        may_have_desk(&scope.library().directory(), scope.caller()?).then_some(Self(Access))
    }
}
