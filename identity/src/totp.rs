//! Second factors (双因素认证): codes of six digits that change every thirty seconds (TOTP, RFC 6238, by HMAC-SHA-1, which is
//! what the apps of all makers compute).
//!
//! What must not be used twice, who calls sees to: it keeps the step of the last code.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

/// How long a code is shown, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// How many digits a code has.
pub const DIGITS: usize = 6;
/// So many steps before and after the present one are taken: clocks differ, and people type slowly.
const AROUND: i64 = 1;

/// The secret that an account shares with the app of its owner; it prints as stars.
#[derive(Clone, PartialEq, Eq)]
pub struct Totp(Zeroizing<[u8; 20]>);

impl Totp {
    /// The factor of 20 random bytes (RFC 4226, section 4, R6).
    pub fn new(random: [u8; 20]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// The factor whose secret is written so.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The secret as people type it where no picture can be read (Base32, RFC 4648).
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// What apps read from a picture: an address of the Key Uri Format. `issuer` and `account` must be percent-encoded.
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let secret = self.reveal();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
            *secret
        ))
    }

    /// The step of `code` if it is one of now and was not used: later than `last`. It takes as long for a wrong one.
    pub fn step_of(&self, code: &str, now: i64, last: i64) -> Option<i64> {
        let mut given = [0; DIGITS];
        let digits = code.bytes().filter(|byte| *byte != b' ');
        let mut count = 0;
        for (at, byte) in digits.enumerate() {
            count = at + 1;
            if let Some(place) = given.get_mut(at) {
                *place = byte;
            }
        }
        let present = now.div_euclid(STEP_SECONDS);
        let mut found = i64::MIN;
        for step in present - AROUND..=present + AROUND {
            let same = self.code(step).ct_eq(&given);
            found.conditional_assign(&step, same);
        }
        (count == DIGITS && found > last).then_some(found)
    }

    /// The code of a step.
    fn code(&self, step: i64) -> [u8; DIGITS] {
        let mut code = [b'0'; DIGITS];
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&*self.0) else { return code };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let word = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
        let mut rest = word % 1_000_000;
        for place in code.iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        code
    }

    /// The code that an app shows at `now` (seconds since 1970).
    pub fn shown(&self, now: i64) -> String {
        String::from_utf8_lossy(&self.code(now.div_euclid(STEP_SECONDS))).into_owned()
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn example() -> Totp {
        Totp::new(*b"12345678901234567890")
    }

    #[test]
    fn agrees_with_the_examples_of_the_standard() {
        // The last six of the eight digits that the standard prints.
        for (now, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(example().shown(now), code, "at {now}");
            assert_eq!(example().step_of(code, now, 0), Some(now / 30), "at {now}");
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_late_and_never_again() {
        let code = example().shown(59);
        assert_eq!(example().step_of("287 082", 59, 0), Some(1), "people type what they see");
        for (now, taken) in [(29, true), (30, true), (89, true), (90, false), (-1, false)] {
            assert_eq!(example().step_of(&code, now, 0), taken.then_some(1), "at {now}");
        }
        assert_eq!(example().step_of(&code, 59, 1), None, "used before");
        assert_eq!(example().step_of(&code, 59, 2), None, "a later one was used before");
        for wrong in ["", "28708", "2870820", "287083", "２８７０８２", "abcdef", "287082x"] {
            assert_eq!(example().step_of(wrong, 59, 0), None, "{wrong}");
        }
        assert_eq!(Totp::new([0; 20]).step_of(&code, 59, 0), None);
    }

    #[test]
    fn a_secret_is_read_as_it_was_written_and_not_printed() {
        let written = example().reveal();
        assert_eq!(&*written, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(Totp::read(&written), Some(example()));
        for wrong in ["", "GEZDGNBV", "0189", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGE"] {
            assert_eq!(Totp::read(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{:?}", example()), "***");
        let uri = example().uri("api.example.gov.cn", "zhang.wei");
        assert_eq!(
            &*uri,
            "otpauth://totp/api.example.gov.cn:zhang.wei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=api.example.gov.cn&algorithm=SHA1&digits=6&period=30"
        );
    }
}
