//! What the user's surroundings say about reaching the network.

use std::time::Duration;

use camino::Utf8PathBuf;

use super::proxy::Proxies;
use super::retry::Patience;
use crate::address::Address;
use crate::resolve::Environment;

/// How to reach indexes.
#[derive(Debug, Clone, Default)]
pub struct ClientOptions {
    /// Certificates to trust in place of the platform's.
    pub ca_bundle: Option<Utf8PathBuf>,
    /// Hosts, perhaps with `:port`, whose certificate is not checked.
    pub trusted_hosts: Vec<String>,
    pub proxies: Proxies,
    pub patience: Patience,
}

impl ClientOptions {
    /// What uv's and pip's variables say, uv's first.
    pub fn from_environment(environment: &Environment) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| environment.get(name));
        let hosts = first(&["UV_INSECURE_HOST", "PIP_TRUSTED_HOST"]).unwrap_or_default();
        let mut patience = Patience::default();
        let seconds = first(&["UV_HTTP_TIMEOUT", "HTTP_TIMEOUT", "PIP_DEFAULT_TIMEOUT"]);
        if let Some(seconds) = seconds
            .and_then(|text| text.parse().ok())
            .filter(|s| *s > 0)
        {
            patience.stall = Duration::from_secs(seconds);
        }
        let retries = first(&["UV_HTTP_RETRIES", "PIP_RETRIES"]);
        if let Some(retries) = retries.and_then(|text| text.parse::<u32>().ok()) {
            patience.tries = retries.saturating_add(1);
        }
        Self {
            ca_bundle: first(&["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"])
                .map(Utf8PathBuf::from),
            trusted_hosts: hosts.split_whitespace().map(str::to_owned).collect(),
            proxies: Proxies::from_environment(environment),
            patience,
        }
    }

    pub(super) fn trusts(&self, address: &Address) -> bool {
        let origin = address.origin();
        self.trusted_hosts
            .iter()
            .any(|trusted| match trusted.rsplit_once(':') {
                Some((host, port)) if !host.contains(':') => {
                    host.eq_ignore_ascii_case(&origin.host) && port.parse().ok() == origin.port
                }
                _ => trusted.eq_ignore_ascii_case(&origin.host),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(variables: &[(&str, &str)]) -> ClientOptions {
        let variables = variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        ClientOptions::from_environment(&variables.collect())
    }

    #[test]
    fn uv_speaks_before_pip() {
        let both = options(&[
            ("PIP_CERT", "/pip.pem"),
            ("SSL_CERT_FILE", "/uv.pem"),
            ("PIP_DEFAULT_TIMEOUT", "180"),
            ("UV_HTTP_TIMEOUT", "7"),
            ("PIP_RETRIES", "0"),
        ]);
        assert_eq!(both.ca_bundle, Some("/uv.pem".into()));
        assert_eq!(both.patience.stall, Duration::from_secs(7));
        assert_eq!(both.patience.tries, 1);
        assert_eq!(
            options(&[("REQUESTS_CA_BUNDLE", "/r.pem")]).ca_bundle,
            Some("/r.pem".into())
        );
    }

    #[test]
    fn nonsense_leaves_the_usual_values() {
        let odd = options(&[
            ("UV_HTTP_TIMEOUT", "soon"),
            ("PIP_RETRIES", "-1"),
            ("PIP_CERT", ""),
        ]);
        assert_eq!(odd.patience, Patience::default());
        assert_eq!(odd.ca_bundle, None);
    }

    #[test]
    fn a_trusted_host_may_name_its_port() {
        let options = options(&[("PIP_TRUSTED_HOST", "a.example b.example:8443")]);
        let check = |url: &str, expected: bool| {
            assert_eq!(
                options.trusts(&Address::parse(url).unwrap()),
                expected,
                "{url}"
            );
        };
        check("https://A.example/x", true);
        check("https://a.example:8443/x", true);
        check("https://b.example:8443/x", true);
        check("https://b.example/x", false);
        check("https://a.example.evil.example/x", false);
    }
}
