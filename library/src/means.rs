//! By what a caller is known (身份来源), and what that takes away from what its account may: a key of a system is narrow, a
//! password that somebody else chose must be changed, a role may ask for a second factor.
//!
//! What an account may is decided in [`crate::may`].

use crate::account::Account;
use crate::api_key::ApiKey;
use crate::may::Target;
use crate::refusal::{Refusal, RefusalCode};
use crate::session::not_signed_in;
use crate::{Caller, Directory, Means, Who};

/// The key that a system brings; it may have been revoked since the request began.
pub(crate) fn key_of<'a>(directory: &'a Directory, caller: &Caller) -> Result<Option<&'a ApiKey>, Refusal> {
    let Some(id) = caller.key() else { return Ok(None) };
    let key = directory.api_keys.get(id).filter(|key| key.revoked_at.is_none());
    key.map(|key| Some(&**key)).ok_or_else(not_signed_in)
}

/// Refuses who must do something else first. A key was made by somebody who could, and who comes from a sign-on provider
/// was asked there: neither has a password of ours to change.
pub(crate) fn require_ready(directory: &Directory, caller: &Caller, account: &Account) -> Result<(), Refusal> {
    if caller.means() != Means::Session {
        return Ok(());
    }
    if account.must_change_password {
        let (message, english) = ("首次登录须先修改口令", "the password must be changed first");
        let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
        return Err(refusal.hinting("请先修改口令", "call changePassword first"));
    }
    if must_enrol(directory, account) {
        let (message, english) = ("此角色须先启用双因素认证", "a role of yours asks for a second factor");
        let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
        return Err(refusal.hinting("请先启用双因素认证", "call enrolSecondFactor first"));
    }
    Ok(())
}

/// Whether an account may do nothing before it has a second factor: one of its roles asks for it.
pub fn must_enrol(directory: &Directory, account: &Account) -> bool {
    !account.has_second_factor
        && directory.grants_of(account.id).any(|grant| directory.second_factor_roles.contains(&grant.role))
}

/// Whether `caller` may see what is not published of `target` at all: it has any role over it, and its key, if it is a
/// system, is good for previews there.
pub fn may_preview(directory: &Directory, caller: &Caller, target: &Target) -> bool {
    let id = match caller.who {
        Who::Program => return true,
        Who::Nobody => return false,
        Who::Account(id, _) => id,
    };
    let Ok(key) = key_of(directory, caller) else { return false };
    key.is_none_or(|key| key.previews() && target.lies_in(directory, key.scope()))
        && directory.grants_of(id).any(|grant| target.lies_in(directory, grant.scope))
}

/// Whether `caller` has a desk: everybody who is signed in, and systems whose key is good for previews.
pub fn may_have_desk(directory: &Directory, caller: &Caller) -> bool {
    matches!(caller.who, Who::Account(..))
        && matches!(key_of(directory, caller), Ok(key) if key.is_none_or(ApiKey::previews))
}

/// The refusal of a system whose key is not good for this.
pub(crate) fn not_by_key() -> Refusal {
    let (message, english) = ("此接口密钥没有此项权限", "the key is not good for this");
    let refusal = Refusal::new(RefusalCode::NotAllowed, "", message, english);
    refusal.hinting("请由有权限的账号登录后操作", "somebody who may do it signs in and does it")
}
