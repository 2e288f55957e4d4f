//! The keys of the door: who is trusted, what is open, how much at once, how long.
//!
//! Like the other keys they are checked here once; nothing is opened.

use std::time::Duration;

use data_encoding::BASE64;
use delivery::webhook::Reach;
use library::webhook::WebhookSecret;
use operation::{Limit, Limits};
use url::Url;

use super::read::Reader;
use crate::http::{Mode, OperatorKey, Origins, Settings, TrustedProxies, networks};
use crate::purge::Purge;

/// How lines of the log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl Reader {
    /// The settings of the door.
    pub(super) fn door(&mut self) -> Settings {
        Settings {
            mode: self.mode(),
            operator_key: self.operator_key(),
            trusted_proxies: self.trusted_proxies(),
            cors_origins: self.cors_origins(),
            issuers: self.issuers(),
            webhook_reach: self.webhook_reach(),
            connections: self.count("http_connections", 32..=100_000),
            requests_at_once: self.count("requests_at_once", 1..=10_000),
            requests_waiting: self.count("requests_waiting", 0..=100_000),
            header_timeout: self.seconds("header_timeout_seconds"),
            body_timeout: self.seconds("body_timeout_seconds"),
            idle_timeout: self.seconds("idle_timeout_seconds"),
            upload_timeout: Duration::from_secs(self.number("upload_timeout_seconds", 1..=86_400).into()),
            uploads_at_once: self.count("uploads_at_once", 1..=1000),
            cache_bytes: self.count("cache_megabytes", 0..=65_536) << 20,
            cache_compared: self.number("cache_compared", 0..=10_000).into(),
            shared_seconds: self.number("shared_cache_seconds", 0..=86_400).into(),
            purge: self.purge(),
            limits: self.limits(),
            ..Settings::default()
        }
    }

    fn limits(&mut self) -> Limits {
        Limit::all().fold(Limits::default(), |limits, limit| {
            let most = self.number(&format!("limit_{}", limit.name()), 1..=limit.highest());
            limits.with(limit, most.into())
        })
    }

    /// The format of the log.
    pub(super) fn log_format(&mut self) -> LogFormat {
        match self.text_or_default("log_format").as_str() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => {
                self.refuse("log_format", "must be text or json");
                LogFormat::Text
            }
        }
    }

    fn mode(&mut self) -> Mode {
        Mode::named(&self.text_or_default("mode")).unwrap_or_else(|| {
            self.refuse("mode", "must be development or production");
            Mode::Production
        })
    }

    fn operator_key(&mut self) -> Option<OperatorKey> {
        let text = self.text("operator_key").filter(|text| !text.is_empty())?;
        let key = OperatorKey::of(&text);
        if key.is_none() {
            let least = OperatorKey::SHORTEST;
            self.refuse("operator_key", format!("must have at least {least} letters, digits or signs, without spaces"));
        }
        key
    }

    fn trusted_proxies(&mut self) -> TrustedProxies {
        TrustedProxies::read(&self.text_or_default("trusted_proxies")).unwrap_or_else(|part| {
            self.refuse_network("trusted_proxies", &part);
            TrustedProxies::default()
        })
    }

    fn cors_origins(&mut self) -> Origins {
        Origins::read(&self.text_or_default("cors_origins")).unwrap_or_else(|part| {
            let must = format!("must be * or list origins such as https://www.example.org (not \"{part}\")");
            self.refuse("cors_origins", must);
            Origins::default()
        })
    }

    fn webhook_reach(&mut self) -> Reach {
        let networks = networks(&self.text_or_default("webhook_networks")).unwrap_or_else(|part| {
            self.refuse_network("webhook_networks", &part);
            Vec::new()
        });
        let text = self.text_or_default("webhook_ports");
        let ports = text.split([',', ' ']).filter(|part| !part.is_empty());
        let ports: Result<_, String> = ports.map(|part| part.parse().map_err(|_| part.to_owned())).collect();
        let ports = ports.unwrap_or_else(|part| {
            self.refuse("webhook_ports", format!("must list ports such as 8443, 9000 (not \"{part}\")"));
            Vec::new()
        });
        Reach { networks, ports }
    }

    fn purge(&mut self) -> Option<Purge> {
        let url = self.text_or_default("purge_url");
        let secret = self.text("purge_secret").unwrap_or_default();
        if url.is_empty() {
            return None;
        }
        if Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()) {
            let long_enough =
                |key: &str| BASE64.decode(key.as_bytes()).is_ok_and(|bytes| (24..=64).contains(&bytes.len()));
            if !secret.strip_prefix("whsec_").is_some_and(long_enough) {
                let must = "needs purge_secret beside it: whsec_ and 24 to 64 random bytes in Base64";
                self.refuse("purge_url", must);
            }
        } else {
            self.refuse("purge_url", "must be a web address such as https://cdn.example/purge");
        }
        Some(Purge { url, secret: WebhookSecret(secret) })
    }

    fn refuse_network(&mut self, name: &str, part: &str) {
        let must = format!("must list IP addresses and networks such as 10.0.0.5, fd00::/8 (not \"{part}\")");
        self.refuse(name, must);
    }

    fn count(&mut self, name: &str, range: std::ops::RangeInclusive<u32>) -> usize {
        usize::try_from(self.number(name, range)).unwrap_or(usize::MAX)
    }

    fn seconds(&mut self, name: &str) -> Duration {
        Duration::from_secs(self.number(name, 1..=3600).into())
    }
}
