//! Which requests go through which proxy.
//!
//! The usual variables in the usual order: the scheme's own, then `ALL_PROXY`; lower case first,
//! as curl and Python have it. `NO_PROXY` lists hosts that are reached directly.

use std::fmt;
use std::net::IpAddr;

use crate::address::Origin;
use crate::resolve::Environment;

/// The proxies for both schemes, and the hosts that need none.
#[derive(Clone, Default)]
pub struct Proxies {
    https: Option<ureq::Proxy>,
    http: Option<ureq::Proxy>,
    direct: Vec<String>,
}

impl Proxies {
    /// Values that are no proxy are left out, as curl, pip and uv do.
    pub fn from_environment(environment: &Environment) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| environment.get(name));
        let proxy = |names: &[&str]| first(names).and_then(|url| ureq::Proxy::new(url).ok());
        let direct = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        let direct = direct
            .split(',')
            .map(|host| host.trim().to_ascii_lowercase());
        Self {
            https: proxy(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            http: proxy(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
            direct: direct.filter(|host| !host.is_empty()).collect(),
        }
    }

    pub(super) fn choose(&self, origin: &Origin) -> Option<ureq::Proxy> {
        let proxy = match origin.scheme.as_str() {
            "https" => self.https.as_ref(),
            _ => self.http.as_ref(),
        };
        proxy.filter(|_| !self.is_direct(origin)).cloned()
    }

    fn is_direct(&self, origin: &Origin) -> bool {
        let host = origin.host.trim_matches(['[', ']']).to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        self.direct.iter().any(|entry| {
            let (entry, port) = match entry.rsplit_once(':') {
                Some((name, port)) if !name.contains(':') => (name, port.parse().ok()),
                _ => (entry.as_str(), None),
            };
            if port.is_some() && port != origin.port {
                return false;
            }
            let name = entry.trim_start_matches('*').trim_start_matches('.');
            let below = || {
                host.strip_suffix(name)
                    .is_some_and(|rest| rest.ends_with('.'))
            };
            entry == "*"
                || host == name
                || (address.is_none() && below())
                || address.is_some_and(|address| contains(entry, address))
        })
    }
}

/// Whether a network such as `10.0.0.0/8` holds the address.
fn contains(network: &str, address: IpAddr) -> bool {
    let Some((start, bits)) = network.split_once('/') else {
        return false;
    };
    let (Ok(start), Ok(bits)) = (start.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let same = |difference: u128, width: u32| {
        bits <= width && (bits == 0 || difference.checked_shr(width - bits).unwrap_or(0) == 0)
    };
    match (start, address) {
        (IpAddr::V4(start), IpAddr::V4(address)) => {
            same(u128::from(start.to_bits() ^ address.to_bits()), 32)
        }
        (IpAddr::V6(start), IpAddr::V6(address)) => same(start.to_bits() ^ address.to_bits(), 128),
        _ => false,
    }
}

/// Without user names and passwords.
impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = |proxy: &Option<ureq::Proxy>| {
            proxy
                .as_ref()
                .map(|proxy| format!("{}:{}", proxy.host(), proxy.port()))
        };
        f.debug_struct("Proxies")
            .field("https", &host(&self.https))
            .field("http", &host(&self.http))
            .field("direct", &self.direct)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;

    fn check(variables: &[(&str, &str)], url: &str, expected: Option<&str>) {
        let owned = variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        let proxies = Proxies::from_environment(&owned.collect());
        let proxy = proxies.choose(&Address::parse(url).unwrap().origin());
        let host = proxy
            .as_ref()
            .map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        assert_eq!(host.as_deref(), expected, "{variables:?} {url}");
    }

    #[test]
    fn each_scheme_has_its_own_proxy() {
        let both = [
            ("HTTPS_PROXY", "http://s.example:8080"),
            ("http_proxy", "p.example:3128"),
        ];
        check(&both, "https://index.example/", Some("s.example:8080"));
        check(&both, "http://index.example/", Some("p.example:3128"));
        let only = [("https_proxy", "http://s.example:8080")];
        check(&only, "http://index.example/", None);
        check(
            &[("ALL_PROXY", "socks5://s.example")],
            "http://i.example/",
            Some("s.example:1080"),
        );
        check(&[("HTTPS_PROXY", "")], "https://index.example/", None);
    }

    #[test]
    fn hosts_that_need_no_proxy_are_reached_directly() {
        let check = |direct: &str, url: &str, expected: bool| {
            let proxy = expected.then_some("p.example:80");
            let all = [("all_proxy", "http://p.example"), ("NO_PROXY", direct)];
            super::tests::check(&all, url, proxy);
        };
        check("index.example", "https://index.example/", false);
        check("example", "https://index.example/", false);
        check(".index.example", "https://a.index.example/", false);
        check("*.index.example", "https://a.INDEX.example/", false);
        check("dex.example", "https://index.example/", true);
        check("a.example, *", "https://index.example/", false);
        check("index.example:8443", "https://index.example/", true);
        check("index.example:8443", "https://index.example:8443/", false);
        check("10.0.0.0/8", "http://10.1.2.3/", false);
        check("10.0.0.0/8", "http://11.1.2.3/", true);
        check("0.0.0.0/0", "http://11.1.2.3/", false);
        check("::1", "http://[::1]:80/", false);
        check("fd00::/8", "http://[fd12::1]/", false);
        check("10.0.0.0/99", "http://10.0.0.0/", true);
    }

    #[test]
    fn passwords_are_not_shown() {
        let variable = (
            "https_proxy".to_owned(),
            "http://me:secret@p.example:1".to_owned(),
        );
        let proxies = Proxies::from_environment(&std::iter::once(variable).collect());
        assert!(!format!("{proxies:?}").contains("secret"), "{proxies:?}");
        assert!(
            format!("{proxies:?}").contains("p.example:1"),
            "{proxies:?}"
        );
    }
}
