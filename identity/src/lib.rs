//! Who somebody is: passwords, access tokens, opaque tokens, second factors, tokens of others (身份鉴别), as pure functions.
//!
//! Time and randomness are handed in, and nothing is kept: tables are the library's. This room knows no content, no
//! role and no request.
#![forbid(unsafe_code)]

mod access;
mod foreign;
mod opaque;
pub mod password;
mod queue;
mod seal;
mod signing;
mod totp;

pub use access::{AUDIENCE, Access, Claims, LEEWAY_SECONDS, LIFE_SECONDS, Rejected};
pub use foreign::{ForeignAlgorithm, ForeignKeys, TrustedIssuer, Unverified};
pub use opaque::{Kind, Opaque, digest};
pub use password::{Password, Weakness};
pub use queue::{Busy, Hashing};
pub use seal::Seal;
pub use signing::{BadKey, SigningKey};
pub use totp::{STEP_SECONDS, Totp};
