//! The keys of signing in: whose tokens are taken, and which roles ask for a second factor.

use library::grant::Role;
use library::linked_identity::TrustedIssuer;
use url::{Host, Url};

use super::read::Reader;

impl Reader {
    /// The sign-on providers whose tokens are taken.
    pub(super) fn issuers(&mut self) -> Vec<TrustedIssuer> {
        let text = self.text_or_default("identity_issuers");
        if text.is_empty() {
            return Vec::new();
        }
        let read = serde_json::from_str::<Vec<TrustedIssuer>>(&text).map_err(|error| error.to_string());
        match read.and_then(|issuers| check(&issuers).map(|()| issuers)) {
            Ok(issuers) => issuers,
            Err(why) => {
                let must =
                    "must be a JSON list of issuers with issuer, audience, algorithms, jwks and, if need be, require";
                self.refuse("identity_issuers", format!("{must}: {why}"));
                Vec::new()
            }
        }
    }

    /// Roles that nobody uses without a second factor.
    pub(super) fn second_factor_roles(&mut self) -> Vec<Role> {
        let text = self.text_or_default("second_factor_roles").to_uppercase().replace('-', "_");
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        let roles: Result<Vec<Role>, _> = names.map(str::parse).collect();
        roles.unwrap_or_else(|_| {
            self.refuse("second_factor_roles", "must list roles such as PLATFORM_ADMIN, SITE_ADMIN");
            Vec::new()
        })
    }
}

fn check(issuers: &[TrustedIssuer]) -> Result<(), String> {
    for (at, issuer) in issuers.iter().enumerate() {
        let name = &issuer.issuer;
        for address in [name, &issuer.jwks] {
            if !is_safe(address) {
                return Err(format!("\"{address}\" must be an https address, or one of this machine"));
            }
        }
        if issuer.audience.is_empty() || issuer.algorithms.is_empty() {
            return Err(format!("{name} needs an audience and an algorithm"));
        }
        if issuers[..at].iter().any(|other| other.issuer == *name) {
            return Err(format!("{name} is listed twice"));
        }
    }
    Ok(())
}

/// Whether what comes from an address cannot be changed on its way.
fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return false,
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain && (url.scheme() == "https" || (url.scheme() == "http" && loopback))
}
