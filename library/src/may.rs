//! What somebody may do (权限): the one place where it is decided.
//!
//! A grant is a role somewhere; a role has rights; a right holds for what lies in the grant's scope. What the caller may not
//! see is not found; what it sees but may not do is not allowed, with the roles that it lacks. This file knows no deed.

mod target;

pub use target::{Seen, Target};

use crate::grant::{GrantScope, Role};
use crate::id::{AccountId, AnyId, SessionId};
use crate::means::{key_of, may_preview, not_by_key, require_ready};
use crate::refusal::{Refusal, RefusalCode, Result};
use crate::session::not_signed_in;
use crate::{Caller, Directory, Means, Who};

/// What a role lets its account do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Begin a content.
    Draft,
    /// Edit a content.
    Edit,
    /// Submit a content for review.
    Submit,
    /// Review a content: at this level, or at any.
    Review(Option<u8>),
    /// Publish and schedule a content, and correct a live one.
    Publish,
    /// Withdraw and archive a content.
    Withdraw,
    /// Subscribe a column to others, and decide what comes.
    Subscribe,
    /// Pin, retitle, hide and arrange placements and panels.
    Arrange,
    /// Keep a site, its columns, panels and fields.
    Manage,
    /// Keep tags.
    Steward,
    /// Draw contents and judge their tags.
    AuditTags,
    /// Keep accounts and grants.
    Administer,
    /// Read the change log with who did what.
    Audit,
    /// Keep what belongs to the whole library: sites, organisations, code lists.
    Platform,
}

impl Right {
    /// Every right, for the table of them.
    pub const ALL: [Self; 17] = [
        Self::Draft,
        Self::Edit,
        Self::Submit,
        Self::Review(Some(1)),
        Self::Review(Some(2)),
        Self::Review(Some(3)),
        Self::Review(Some(4)),
        Self::Publish,
        Self::Withdraw,
        Self::Subscribe,
        Self::Arrange,
        Self::Manage,
        Self::Steward,
        Self::AuditTags,
        Self::Administer,
        Self::Audit,
        Self::Platform,
    ];

    /// The roles that have it.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Auditor, Editor, PlatformAdmin, Publisher, Reviewer, SiteAdmin, TagSteward};
        match self {
            Self::Draft | Self::Edit | Self::Submit => &[Editor, SiteAdmin, PlatformAdmin],
            // Nobody reviews by being an administrator: who may, was made a reviewer by somebody else.
            Self::Review(_) => &[Reviewer],
            Self::Publish | Self::Withdraw | Self::Arrange => &[Publisher, SiteAdmin, PlatformAdmin],
            Self::Subscribe | Self::Manage | Self::Administer => &[SiteAdmin, PlatformAdmin],
            Self::Steward | Self::AuditTags => &[TagSteward, PlatformAdmin],
            Self::Audit => &[Auditor, PlatformAdmin],
            Self::Platform => &[PlatformAdmin],
        }
    }

    /// Whether a grant of `role` at `level` has it.
    fn is_of(self, role: Role, level: Option<u8>) -> bool {
        let at_level = match self {
            Self::Review(Some(wanted)) => level == Some(wanted),
            _ => true,
        };
        at_level && self.roles().contains(&role)
    }
}

/// Whether `caller` may do what `right` is for to `target`.
///
/// # Errors
/// `UNAUTHENTICATED` for who is not signed in, `NOT_FOUND` for what the caller may not see, `NOT_ALLOWED` with the
/// missing roles for what it may not do.
pub fn may(directory: &Directory, caller: &Caller, right: Right, target: &Target) -> Result<(), Refusal> {
    let id = match caller.who {
        Who::Program => return Ok(()),
        Who::Nobody => return Err(not_signed_in()),
        Who::Account(id, _) => id,
    };
    let account = directory.accounts.get(id).filter(|account| account.is_active()).ok_or_else(not_signed_in)?;
    let key = key_of(directory, caller)?;
    require_ready(directory, caller, account)?;
    // A key is good where it was made for, and for nothing elsewhere.
    let within = key.is_none_or(|key| target.lies_in(directory, key.scope()));
    let has = |right: Right| {
        let mut over = directory.grants_of(id).filter(|grant| target.lies_in(directory, grant.scope));
        within && over.any(|grant| right.is_of(grant.role, grant.level))
    };
    // Accounts are kept and audited; nothing else is done to them.
    let applies = target.seen != Seen::Administration || matches!(right, Right::Administer | Right::Audit);
    let allows = key.is_none_or(|key| key.allows(right));
    if applies && allows && has(right) {
        return Ok(());
    }
    let sees = match target.seen {
        Seen::Everybody => true,
        Seen::AnyRole => within && directory.grants_of(id).any(|grant| target.lies_in(directory, grant.scope)),
        Seen::Administration => key.is_none() && (has(Right::Administer) || has(Right::Audit)),
    };
    Err(match (sees, key) {
        (false, _) => Refusal::not_found(""),
        (true, Some(_)) if !allows || !within => not_by_key(),
        (true, _) => missing(right),
    })
}

/// The same about what `path` names: nothing there is not found, which who has not signed in is not told.
pub(crate) fn may_on(
    directory: &Directory,
    caller: &Caller,
    right: Right,
    target: Option<Target>,
    path: &str,
) -> Result<()> {
    require_somebody(caller)?;
    let target = target.ok_or_else(|| Refusal::not_found(path))?;
    Ok(may(directory, caller, right, &target).map_err(|refusal| at(refusal, path))?)
}

/// Whether `caller` has any role over `target`: then it sees what is not open yet or not any more.
pub(crate) fn has_role(directory: &Directory, caller: Option<&Caller>, target: &Target) -> bool {
    let Some(caller) = caller else { return false };
    let ready = match caller.who {
        Who::Program => true,
        // Who must change the password, or enrol a second factor, does that before anything else.
        Who::Account(id, _) => {
            directory.accounts.get(id).is_some_and(|account| require_ready(directory, caller, account).is_ok())
        }
        Who::Nobody => false,
    };
    ready && may_preview(directory, caller, target)
}

/// The refusal of who lacks a role.
fn missing(right: Right) -> Refusal {
    let roles = right.roles();
    let level = match right {
        Right::Review(Some(level)) => level.to_string(),
        _ => String::new(),
    };
    let chinese: Vec<_> = roles.iter().map(|role| role.chinese()).collect();
    let english: Vec<_> = roles.iter().map(<&str>::from).collect();
    let refusal = Refusal::new(RefusalCode::NotAllowed, "", "没有此项权限", "not allowed to do this");
    let (at_chinese, at_english) = match level.as_str() {
        "" => (String::new(), String::new()),
        level => (format!("（{level}级）"), format!(" of level {level}")),
    };
    refusal.hinting(
        format!("需要以下角色之一：{}{at_chinese}", chinese.join("、")),
        format!("one of these roles is needed here: {}{at_english}", english.join(", ")),
    )
}

/// Whether `caller` may do what `right` is for to what the field at `path` names; nothing is named by `None`.
pub(crate) fn may_at(
    directory: &Directory,
    caller: &Caller,
    right: Right,
    target: Option<&Target>,
    path: &str,
) -> Result<()> {
    require_somebody(caller)?;
    let target = target.ok_or_else(|| Refusal::not_found(path))?;
    Ok(may(directory, caller, right, target).map_err(|refusal| at(refusal, path))?)
}

/// Whether `caller` has `right` anywhere: for what has no place yet, such as a file that is uploaded.
///
/// # Errors
/// As [`may`] of the whole library.
pub fn may_somewhere(directory: &Directory, caller: &Caller, right: Right) -> Result<(), Refusal> {
    if let Who::Account(id, _) = caller.who {
        let mut places = directory.grants_of(id).filter_map(|grant| Target::scope(directory, grant.scope));
        if places.any(|place| may(directory, caller, right, &place).is_ok()) {
            return Ok(());
        }
    }
    may(directory, caller, right, &Target::platform())
}

/// Whether `caller` may keep the account `id`: who keeps it must keep all that it has a role over, so that nobody
/// takes over an account that may do more.
pub(crate) fn may_administer(directory: &Directory, caller: &Caller, id: AccountId, path: &str) -> Result<()> {
    require_somebody(caller)?;
    let target = Target::of(directory, AnyId::AccountId(id)).ok_or_else(|| Refusal::not_found(path))?;
    may(directory, caller, Right::Administer, &target).map_err(|refusal| at(refusal, path))?;
    for grant in directory.grants.all().iter().filter(|grant| grant.account == id) {
        may_give(directory, caller, grant.role, grant.scope)?;
    }
    Ok(())
}

/// Whether `caller` may give and take away `role` at `scope`.
pub(crate) fn may_give(directory: &Directory, caller: &Caller, role: Role, scope: GrantScope) -> Result<()> {
    let Some(target) = Target::scope(directory, scope) else { return Err(Refusal::not_found("scope").into()) };
    let right = if role == Role::PlatformAdmin { Right::Platform } else { Right::Administer };
    Ok(may(directory, caller, right, &target).map_err(|refusal| at(refusal, "scope"))?)
}

/// Whether `caller` may see the account `id`: itself, and those that it keeps or audits.
pub(crate) fn may_see_account(directory: &Directory, caller: Option<&Caller>, id: AccountId) -> bool {
    let Some(caller) = caller else { return false };
    if matches!(caller.who, Who::Account(own, _) if own == id) {
        return directory.accounts.get(id).is_some();
    }
    let Some(target) = Target::of(directory, AnyId::AccountId(id)) else { return false };
    [Right::Administer, Right::Audit].into_iter().any(|right| may(directory, caller, right, &target).is_ok())
}

/// Refuses who has not signed in, before anything else is said.
pub(crate) fn require_somebody(caller: &Caller) -> Result<()> {
    match caller.who {
        Who::Nobody => Err(not_signed_in().into()),
        Who::Program | Who::Account(..) => Ok(()),
    }
}

/// The account and the session of a caller who must be signed in, in a session of its own: a key and an identity of a
/// sign-on provider have none.
pub(crate) fn require_account(caller: &Caller) -> Result<(AccountId, SessionId)> {
    match caller.who {
        Who::Account(account, session) if caller.means() == Means::Session => Ok((account, session)),
        Who::Account(..) => {
            let (message, english) = ("此操作须以口令登录", "this asks for a session of one's own");
            let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
            Err(refusal.hinting("请以用户名和口令登录", "sign in with name and password").into())
        }
        Who::Program | Who::Nobody => Err(not_signed_in().into()),
    }
}

/// The same refusal of the field at `path`, where it is about what is named there.
fn at(mut refusal: Refusal, path: &str) -> Refusal {
    if matches!(refusal.code, RefusalCode::NotFound | RefusalCode::NotAllowed) && refusal.path.is_empty() {
        refusal.path = vec![path.to_owned()];
    }
    refusal
}
