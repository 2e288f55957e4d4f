//! Who asks: the client's address behind the proxies that are trusted.
//!
//! A header can be written by anybody, so it is read from the right, hop by hop, only as far as trusted proxies wrote.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, header};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The most hops that are looked at.
const HOPS: usize = 32;

/// Addresses and networks (`10.0.0.5`, `10.0.0.0/8`, `fd00::/8`), separated by commas or spaces.
///
/// # Errors
/// Gives back the first part that is neither.
pub fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    let network = |part: &str| {
        let address = part.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        address.or_else(|_| part.parse::<IpNet>()).map_err(|_| part.to_owned())
    };
    parts.map(network).collect()
}

/// The networks of the proxies whose word is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks (`10.0.0.5`, `10.0.0.0/8`, `fd00::/8`), separated by commas or spaces.
    ///
    /// # Errors
    /// Gives back the first part that is neither.
    pub fn read(text: &str) -> Result<Self, String> {
        networks(text).map(Self)
    }

    /// Whether this is the address of a trusted proxy.
    pub fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The other end of the connection; an extension that the accept loop gives to each request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address of the client as far as it is known; a request extension. It is personal data: do not log it whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl ClientAddress {
    /// The client behind `peer`, by the headers of the request where `peer` is trusted.
    pub fn of(peer: Option<Peer>, trusted: &TrustedProxies, headers: &HeaderMap) -> Self {
        let Some(Peer(peer)) = peer else {
            return Self(None);
        };
        let peer = peer.ip().to_canonical();
        if !trusted.trust(peer) {
            return Self(Some(peer));
        }
        let told =
            [forwarded(headers), x_forwarded_for(headers)].map(|hops| hops.map(|hops| walk(peer, trusted, hops)));
        let address = match told {
            [None, None] => peer,
            [Some(told), None] | [None, Some(told)] => told,
            // A proxy writes one of the two and may pass on the other as the client made it up.
            [Some(one), Some(other)] if one == other => one,
            [Some(_), Some(_)] => peer,
        };
        Self(Some(address))
    }

    /// The network that the client is in, for logs: it does not tell one person from the others.
    pub fn network(self) -> Option<IpNet> {
        let network = match self.0? {
            IpAddr::V4(address) => Ipv4Net::new(address, 24).ok().map(IpNet::V4),
            IpAddr::V6(address) => Ipv6Net::new(address, 48).ok().map(IpNet::V6),
        };
        network.map(|network| network.trunc())
    }
}

/// Goes from the nearest hop outwards while the one before is trusted.
fn walk(peer: IpAddr, trusted: &TrustedProxies, hops: Vec<Option<IpAddr>>) -> IpAddr {
    let mut known = peer;
    for hop in hops.into_iter().rev().take(HOPS) {
        // What is no address ends the chain: beyond it nothing is known.
        let Some(hop) = hop else { break };
        known = hop;
        if !trusted.trust(hop) {
            break;
        }
    }
    known
}

fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    list(headers, "x-forwarded-for").map(|parts| parts.iter().map(|part| address(part)).collect())
}

fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let hop = |part: &String| {
        let pairs = part.split(';').filter_map(|pair| pair.split_once('='));
        let mut addresses = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        addresses.next().and_then(|(_, value)| address(value.trim().trim_matches('"')))
    };
    list(headers, header::FORWARDED.as_str()).map(|parts| parts.iter().map(hop).collect())
}

/// The elements of a header that may be sent several times; none if it is not sent.
fn list(headers: &HeaderMap, name: &str) -> Option<Vec<String>> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let split = |value: &axum::http::HeaderValue| {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        text.split(',').map(|part| part.trim().to_owned()).collect::<Vec<_>>()
    };
    Some(values.flat_map(split).collect())
}

/// An address as proxies write it: with a port or without, IPv6 in brackets or bare.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip().to_canonical());
    }
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    inside.parse::<Ipv6Addr>().ok().map(|address| IpAddr::V6(address).to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, trusted: &str, given: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, value.parse().expect("a header"));
        }
        let trusted = TrustedProxies::read(trusted).expect("networks");
        let peer = Peer(SocketAddr::new(peer.parse().expect("an address"), 1));
        ClientAddress::of(Some(peer), &trusted, &headers).0.map(|ip| ip.to_string()).unwrap_or_default()
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn nobody_is_believed_by_default() {
        assert_eq!(client("10.0.0.1", "", &[(XFF, "1.2.3.4"), ("forwarded", "for=1.2.3.4")]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", "", &[]), "10.0.0.1");
        assert_eq!(client("9.9.9.9", "10.0.0.0/8", &[(XFF, "1.2.3.4")]), "9.9.9.9");
    }

    #[test]
    fn the_chain_is_read_from_the_right_through_trusted_hops() {
        let trusted = "10.0.0.0/8, fd00::/8 192.0.2.7";
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "1.2.3.4")]), "1.2.3.4");
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "6.6.6.6, 1.2.3.4, 10.0.0.9")]), "1.2.3.4");
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "6.6.6.6"), (XFF, "1.2.3.4,192.0.2.7")]), "1.2.3.4");
        assert_eq!(client("fd00::1", trusted, &[("forwarded", "for=\"[2001:db8::1]:80\";proto=https")]), "2001:db8::1");
        assert_eq!(client("fd00::1", trusted, &[("Forwarded", "For=9.9.9.9, for=1.2.3.4:5;by=10.0.0.2")]), "1.2.3.4");
        assert_eq!(client("::ffff:10.0.0.1", trusted, &[(XFF, "::ffff:1.2.3.4")]), "1.2.3.4");
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "1.2.3.4, unknown")]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "1.2.3.4, unknown, 10.0.0.3")]), "10.0.0.3");
        assert_eq!(client("10.0.0.1", trusted, &[(XFF, "")]), "10.0.0.1");
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let both = |one, other| client("10.0.0.1", "10.0.0.0/8", &[(XFF, one), ("forwarded", other)]);
        assert_eq!(both("1.2.3.4", "for=1.2.3.4"), "1.2.3.4");
        assert_eq!(both("1.2.3.4", "for=6.6.6.6"), "10.0.0.1");
    }

    #[test]
    fn a_network_does_not_tell_a_person() {
        let network = |ip: &str| ClientAddress(ip.parse().ok()).network().map(|network| network.to_string());
        assert_eq!(network("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(network("2001:db8:1:2::5").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(TrustedProxies::read("10.0.0.1, nonsense"), Err("nonsense".to_owned()));
    }
}
