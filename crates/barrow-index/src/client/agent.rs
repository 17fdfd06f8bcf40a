//! The connection pool and what it trusts.

use std::time::Duration;

use camino::Utf8Path;
use ureq::config::AutoHeaderValue;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;

use super::error::ClientError;
use super::options::ClientOptions;
use super::resolver::CachedResolver;

/// A server that does not take a connection in this time has to be tried again.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// As many downloads as anybody would run at once keep their connections.
const IDLE_CONNECTIONS: usize = 32;

pub(super) fn build(options: &ClientOptions, trusted: bool) -> Result<ureq::Agent, ClientError> {
    let roots = match &options.ca_bundle {
        Some(path) => read_roots(path)?,
        None => RootCerts::PlatformVerifier,
    };
    let tls = TlsConfig::builder()
        .root_certs(roots)
        .disable_verification(trusted)
        .build();
    let config = ureq::Agent::config_builder()
        .tls_config(tls)
        // Chosen per request, because it depends on the scheme and the host.
        .proxy(None)
        // Redirects are followed by us, who know which login belongs where.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(AutoHeaderValue::from(concat!(
            "barrow/",
            env!("CARGO_PKG_VERSION")
        )))
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_per_read(Some(options.patience.stall))
        .timeout_per_write(Some(options.patience.stall))
        .max_idle_connections(IDLE_CONNECTIONS)
        .max_idle_connections_per_host(IDLE_CONNECTIONS)
        .build();
    let connector = DefaultConnector::default();
    Ok(ureq::Agent::with_parts(
        config,
        connector,
        CachedResolver::default(),
    ))
}

fn read_roots(path: &Utf8Path) -> Result<RootCerts, ClientError> {
    let error = |source| ClientError::Roots {
        path: path.to_owned(),
        source,
    };
    let pem = std::fs::read(path).map_err(error)?;
    let mut certificates: Vec<Certificate<'static>> = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|e| error(e.into_io()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        return Err(error(std::io::Error::other(
            "it holds no certificate in PEM form",
        )));
    }
    Ok(RootCerts::from(certificates))
}
