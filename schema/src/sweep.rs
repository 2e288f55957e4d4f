//! What is still being done after a rule changed (后续处理).

use async_graphql::{Context, ID, Object, Result};
use library::id::{AnyId, SweepId};
use library::sweep::OpenSweep;
use library::{Caller, Scope};

use crate::deed::afterwards;
use crate::scalars::{DateTime, int};

/// Something that is being done in batches.
#[derive(Clone)]
pub struct Sweep(pub OpenSweep);

/// What a changed rule still has to do (后续处理): contents are settled in batches, and other deeds come between. It is done
/// whoever waits for it and whatever ends, and then it is gone.
#[Object]
impl Sweep {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// How many contents are settled (已处理).
    async fn done(&self) -> i32 {
        int(self.0.done)
    }

    /// How many there are (总数); null before it has looked.
    async fn total(&self) -> Option<i32> {
        self.0.total.map(int)
    }

    /// When the rule changed (开始时间).
    async fn begun_at(&self) -> DateTime {
        self.0.begun_at.utc()
    }
}

impl Sweep {
    /// One that is still being done.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn find(scope: &Scope, id: SweepId) -> Result<Option<Self>> {
        let open = scope.open_sweeps().await.map_err(crate::error)?;
        Ok(open.into_iter().find(|open| open.id == id).map(Self))
    }
}

/// What a deed of `caller` on a record left to do, if it was done and is not finished yet.
///
/// # Errors
/// When the library cannot be read.
pub async fn left(
    ctx: &Context<'_>,
    caller: Caller,
    position: Option<&String>,
    record: AnyId,
) -> Result<Option<Sweep>> {
    if position.is_none() {
        return Ok(None);
    }
    let open = afterwards(ctx, caller).open_sweeps().await.map_err(crate::error)?;
    Ok(open.into_iter().find(|open| open.about == record).map(Sweep))
}
