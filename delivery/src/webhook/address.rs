//! Which addresses a webhook may be sent to: those of the open network and of networks that the operator names, by the ports
//! of the web and those that the operator names.
//!
//! A name is looked up once, at the connection; if any of its addresses may not be asked, none is (no server within is
//! reached by a name that leads there, not even now and then).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv6Net};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The ports of the web.
const WEB: [u16; 2] = [80, 443];

/// What may be asked beyond the open network and the ports of the web.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Networks that are open although they are nobody else's, such as a government's own.
    pub networks: Vec<IpNet>,
    /// Further ports.
    pub ports: Vec<u16>,
}

/// Networks that are not everybody's: IANA's special-purpose registries (RFC 6890), multicast and what is reserved.
const CLOSED: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/8",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// Networks whose addresses stand for one of IPv4: which four bytes that is, from which byte on.
const MAPPED: [(&str, usize); 3] = [("::ffff:0:0/96", 12), ("64:ff9b::/96", 12), ("2002::/16", 2)];

impl Reach {
    /// Why an address is not asked, as far as it can be told without looking up its name.
    pub(super) fn refuses(&self, url: &Url) -> Option<&'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Some("it is no web address");
        }
        if !url.port_or_known_default().is_some_and(|port| WEB.contains(&port) || self.ports.contains(&port)) {
            return Some("its port is not open to webhooks");
        }
        let literal = match url.host()? {
            Host::Domain(_) => return None,
            Host::Ipv4(ip) => IpAddr::V4(ip),
            Host::Ipv6(ip) => IpAddr::V6(ip),
        };
        (!self.is_open(literal)).then_some("its network is not open to webhooks")
    }

    /// Whether an address may be asked.
    fn is_open(&self, ip: IpAddr) -> bool {
        if self.networks.iter().any(|network| network.contains(&ip)) {
            return true;
        }
        if let IpAddr::V6(six) = ip
            && let Some(four) = four_within(six)
        {
            return self.is_open(four);
        }
        !CLOSED.iter().filter_map(|text| text.parse::<IpNet>().ok()).any(|network| network.contains(&ip))
    }
}

/// The address of IPv4 for which one of IPv6 stands.
fn four_within(six: Ipv6Addr) -> Option<IpAddr> {
    let stands = |text: &str| text.parse::<Ipv6Net>().is_ok_and(|network| network.contains(&six));
    let (_, from) = MAPPED.into_iter().find(|(text, _)| stands(text))?;
    let bytes: [u8; 4] = six.octets().get(from..from + 4)?.try_into().ok()?;
    Some(IpAddr::V4(bytes.into()))
}

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotReached {
    #[error("one of its addresses is not open to webhooks")]
    Refused,
    #[error("the name has no address")]
    NoName,
}

/// Looks names up by the system, and gives out addresses that may be asked alone.
pub(super) struct Resolver(pub Arc<Reach>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NotReached::NoName)?;
            let found: Vec<SocketAddr> = found.collect();
            if found.is_empty() {
                return Err(NotReached::NoName.into());
            }
            if !found.iter().all(|address| reach.is_open(address.ip())) {
                return Err(NotReached::Refused.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_open(reach: &Reach, ip: &str) -> bool {
        reach.is_open(ip.parse().expect("an address"))
    }

    #[test]
    fn closed_networks_are_networks() {
        assert!(CLOSED.iter().all(|text| text.parse::<IpNet>().is_ok()));
        assert!(MAPPED.iter().all(|(text, _)| text.parse::<Ipv6Net>().is_ok()));
    }

    #[test]
    fn the_open_network_is_asked_and_no_other() {
        let reach = Reach::default();
        for ip in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "240e::1"] {
            assert!(is_open(&reach, ip), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "127.255.1.1",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_open(&reach, ip), "{ip}");
        }
    }

    #[test]
    fn what_the_operator_names_is_open_too() {
        let networks =
            ["10.2.0.0/16", "fd00::5/128", "127.0.0.1/32"].map(|text| text.parse().expect("a network")).to_vec();
        let reach = Reach { networks, ports: Vec::new() };
        assert!(is_open(&reach, "10.2.3.4") && is_open(&reach, "fd00::5") && is_open(&reach, "127.0.0.1"));
        assert!(is_open(&reach, "::ffff:10.2.3.4"), "by another way of writing it");
        assert!(!is_open(&reach, "10.3.0.1") && !is_open(&reach, "fd00::6") && !is_open(&reach, "127.0.0.2"));
    }

    #[test]
    fn ports_and_literal_addresses_are_looked_at_before() {
        let reach = Reach { networks: Vec::new(), ports: vec![8443] };
        let refuses = |url: &str| reach.refuses(&Url::parse(url).expect("an address"));
        for url in ["https://a.example/", "http://a.example/", "https://a.example:8443/", "https://8.8.8.8/"] {
            assert_eq!(refuses(url), None, "{url}");
        }
        for url in [
            "https://a.example:22/",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "ftp://a.example/",
        ] {
            assert!(refuses(url).is_some(), "{url}");
        }
    }
}
