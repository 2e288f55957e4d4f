//! Addresses on the web and host names as the library accepts them, for every noun that holds one.
//!
//! An address is kept as browsers understand it: the host in the letters of the DNS (IDNA), no user and no password.
//! This room knows no noun, and never asks the network whether an address answers.

use url::{Host, Url};

use crate::refusal::{Refusal, RefusalCode, Result};
use crate::text;

/// The longest address, in characters as given and in bytes as kept.
const MOST: usize = 2048;

/// An absolute http or https address without credentials in its normal form, or a refusal of the field at `path`.
///
/// # Errors
/// Refuses every other scheme, relative addresses, user names and passwords, control characters, and more than 2,048
/// characters.
pub fn address(path: &str, text: &str) -> Result<String> {
    let text = text::require(path, text, MOST)?;
    let malformed = || {
        Refusal::new(
            RefusalCode::Invalid,
            path,
            "应为完整的 http 或 https 网址，例如 https://www.example.org/",
            "give a whole http or https address, such as https://www.example.org/",
        )
    };
    if text.chars().any(char::is_control) {
        return Err(malformed().into());
    }
    let url = Url::parse(&text).map_err(|_| malformed())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(malformed().into());
    }
    if has_credentials(&url) {
        return Err(Refusal::new(
            RefusalCode::Invalid,
            path,
            "网址中不能带用户名或密码，请删去@之前的部分",
            "take user name and password out of the address: what stands before the @",
        )
        .into());
    }
    let address = String::from(url);
    if address.len() > MOST {
        return Err(Refusal::new(
            RefusalCode::TooLong,
            path,
            format!("网址编码后最多{MOST}个字符"),
            format!("at most {MOST} characters when percent-encoded"),
        )
        .into());
    }
    Ok(address)
}

/// The origin of an address (scheme, host and port), as issuers of tokens are named; the text itself where it has none.
pub(crate) fn origin(address: &str) -> String {
    Url::parse(address).map_or_else(|_| address.to_owned(), |url| url.origin().ascii_serialization())
}

/// A host name in its normal form, or a refusal of the field at `path`.
///
/// # Errors
/// Refuses what is not a host name alone, such as one with a path.
pub fn host(path: &str, text: &str) -> Result<String> {
    let host = normal_host(&text::require(path, text, 255)?);
    let alone = |url: Url| url.host_str() == Some(&host) && url.path() == "/" && !has_credentials(&url);
    let is_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:[]".contains(&byte));
    if is_name && host.len() <= 253 && Url::parse(&format!("https://{host}")).is_ok_and(alone) {
        return Ok(host);
    }
    Err(Refusal::new(
        RefusalCode::Invalid,
        path,
        "应为域名，例如 www.example.org，不带协议和路径",
        "give a host name such as www.example.org, without scheme and path",
    )
    .into())
}

/// A host name as it is compared: in lower case and in the letters of the DNS, without port and closing dot.
pub fn normal_host(host: &str) -> String {
    let host = host.trim().trim_end_matches('.');
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.');
    Host::parse(name).map_or_else(|_| name.to_lowercase(), |host| host.to_string())
}

/// Whether an address names a user or holds a password.
pub(crate) fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_their_normal_form() {
        for (given, kept) in [
            ("https://www.example.org", "https://www.example.org/"),
            (" HTTP://WWW.Example.ORG:80/a b?q=云 ", "http://www.example.org/a%20b?q=%E4%BA%91"),
            ("https://云泽市.政务.cn/政策", "https://xn--9kq598ayjl.xn--zfr164b.cn/%E6%94%BF%E7%AD%96"),
            ("https://a.example/x/../y#z", "https://a.example/y#z"),
            ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
        ] {
            let first = address("u", given).expect(given);
            assert_eq!(first, kept);
            assert_eq!(address("u", &first).expect("it stays"), first);
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for given in [
            "",
            "//a.example/x",
            "/x",
            "a.example",
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "ftp://a.example/",
            "file:///etc/passwd",
            "mailto:a@b.example",
            "https://",
            "https://a b.example/",
            "https://a.example/\tx",
            "https://a.example/\u{7f}",
            "https://me:secret@a.example/",
            "https://me@a.example/",
            "https://:secret@a.example/",
            "https:me@a.example",
            "https://xn--a.example/",
            "https://a.example:99999/",
        ] {
            assert!(address("u", given).is_err(), "{given:?}");
        }
        assert!(address("u", &format!("https://a.example/{}", "x".repeat(2031))).is_err());
        assert!(address("u", &format!("https://a.example/{}", "云".repeat(300))).is_err(), "long when encoded");
        assert!(address("u", &format!("https://a.example/{}", "x".repeat(2030))).is_ok());
    }

    #[test]
    fn hosts_compare_without_port_case_and_script() {
        assert_eq!(normal_host("WWW.Yunze.Example.:8080"), "www.yunze.example");
        assert_eq!(normal_host("中文.cn"), "xn--fiq228c.cn");
        assert_eq!(normal_host("XN--FIQ228C.CN."), "xn--fiq228c.cn");
        assert_eq!(normal_host("[2001:DB8::1]:443"), "[2001:db8::1]");
    }

    #[test]
    fn a_host_is_a_name_alone() {
        assert_eq!(host("h", "中文.cn").expect("a host"), "xn--fiq228c.cn");
        for given in
            ["", "a b", "a.example/x", "a.example?x", "a.example#x", "me@a.example", "https://a.example", "a..b:x"]
        {
            assert!(host("h", given).is_err(), "{given:?}");
        }
    }
}
