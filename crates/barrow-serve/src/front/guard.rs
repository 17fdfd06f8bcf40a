//! Against web pages that reach for a service on loopback.
//!
//! A page of somebody else's can make a browser send requests here: under a name that it lets
//! resolve to this machine (`Host` is then that name), or across sites (`Origin` is then the
//! page's). Names that nobody else can own are let in, and those that the user gave.

use std::net::{IpAddr, SocketAddr};

use hyper::Method;
use hyper::http::request::Parts;

use crate::api::Refusal;

/// Who may be meant, and who may ask.
#[derive(Debug)]
pub(crate) struct Guard {
    listen: IpAddr,
    /// Besides the address and what is local.
    names: Vec<String>,
}

impl Guard {
    pub(crate) fn new(listen: SocketAddr, names: &[String]) -> Self {
        Self {
            listen: listen.ip(),
            names: names.iter().map(|name| name.to_ascii_lowercase()).collect(),
        }
    }

    /// Whether the request is meant for this service.
    pub(super) fn check_host(&self, head: &Parts) -> Result<(), Refusal> {
        let host = match head.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => head.headers.get("host").and_then(|host| host.to_str().ok()),
        };
        let is_ours = host.is_some_and(|host| self.knows(host));
        is_ours.then_some(()).ok_or_else(|| {
            let host = crate::api::shortened(host.unwrap_or_default());
            denied(format!(
                "the host `{host}` is not one that this service is known by"
            ))
        })
    }

    /// Whether no page of somebody else's sent the request.
    pub(super) fn check_origin(&self, head: &Parts) -> Result<(), Refusal> {
        if let Some(origin) = head.headers.get("origin") {
            let origin = origin.to_str().unwrap_or_default();
            let host = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"));
            if !host.is_some_and(|host| self.knows(host)) {
                let origin = crate::api::shortened(origin);
                return Err(denied(format!(
                    "pages of `{origin}` may not send requests to this service"
                )));
            }
            return Ok(());
        }
        // Without an origin, browsers say at least this much. A link that is followed is no harm.
        let says = |name: &str| {
            head.headers
                .get(name)
                .map(hyper::header::HeaderValue::as_bytes)
        };
        let is_followed = says("sec-fetch-mode") == Some(b"navigate") && head.method == Method::GET;
        if says("sec-fetch-site") == Some(b"cross-site") && !is_followed {
            return Err(denied(
                "pages of other sites may not send requests to this service".to_owned(),
            ));
        }
        Ok(())
    }

    /// Whether a host, with or without a port, leads here and nowhere else.
    fn knows(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            // An address cannot be made to lead elsewhere. Where all are listened to, any may be
            // ours.
            return address.is_loopback()
                || address.to_canonical() == self.listen.to_canonical()
                || self.listen.is_unspecified();
        }
        name == "localhost"
            || name.ends_with(".localhost")
            || self.names.iter().any(|known| known == name)
    }
}

fn without_port(host: &str) -> Option<&str> {
    let (name, port) = match host.rsplit_once(':') {
        // The colons of an address without brackets are not a port's.
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, port),
        _ => (host, "0"),
    };
    port.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(name)
}

fn denied(message: String) -> Refusal {
    Refusal::new("AccessDeniedException", message)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn check(headers: &[(&str, &str)]) -> bool {
        let guard = Guard::new("127.0.0.1:9500".parse().unwrap(), &["Barrow.Test".into()]);
        let mut request = Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        guard
            .check_host(&head)
            .and_then(|()| guard.check_origin(&head))
            .is_ok()
    }

    #[test]
    fn names_that_nobody_else_can_own_are_let_in() {
        for host in [
            "127.0.0.1:9500",
            "127.0.0.1",
            "localhost:1",
            "LOCALHOST.",
            "[::1]:9500",
            "bucket.s3.localhost:9500",
            "barrow.test:80",
        ] {
            assert!(check(&[("host", host)]), "{host}");
        }
        for host in [
            "",
            "evil.example:9500",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "10.0.0.1",
            "localhost:80@evil.example",
            "x.barrow.test",
        ] {
            assert!(!check(&[("host", host)]), "{host}");
        }
        assert!(!check(&[]));
    }

    #[test]
    fn pages_of_others_are_not() {
        let host = ("host", "localhost:9500");
        assert!(check(&[host, ("origin", "http://localhost:3000")]));
        assert!(!check(&[host, ("origin", "https://evil.example")]));
        assert!(!check(&[host, ("origin", "null")]));
        assert!(!check(&[host, ("sec-fetch-site", "cross-site")]));
        let followed = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ];
        assert!(check(&[host, followed[0], followed[1]]));
    }

    #[test]
    fn who_listens_everywhere_has_many_addresses() {
        let guard = Guard::new("0.0.0.0:9500".parse().unwrap(), &[]);
        assert!(guard.knows("192.168.1.7:9500"));
        assert!(!guard.knows("evil.example"));
    }
}
