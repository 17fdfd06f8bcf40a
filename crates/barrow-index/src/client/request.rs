//! One request, with its redirects and its login.

use std::io;
use std::time::{Duration, SystemTime};

use ureq::Body;
use ureq::http::Response;
use ureq::http::header::{AUTHORIZATION, HeaderMap, LOCATION, RETRY_AFTER};

use super::Client;
use super::error::{ClientError, Passing};
use super::retry::{is_passing, parse_retry_after};
use crate::address::{Address, Login, Origin};

/// More than this and the server goes round in circles.
const REDIRECT_LIMIT: usize = 10;

/// Why a try did not bring what was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    Final(ClientError),
    /// Worth another try, after the pause that the server asks for.
    Passing(Passing, Option<Duration>),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Final(error)
    }
}

/// A response, and the address that gave it after all redirects.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response<Body>,
    pub(super) address: Address,
}

impl Client {
    /// Sends a `GET`. Answers are 200, 206 or 416; every other status is a failure.
    pub(super) fn get(
        &self,
        address: &Address,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let mut address = address.clone();
        // A login in the URL holds for redirects that stay on its origin.
        let mut carried: Option<(Origin, Login)> = None;
        for _ in 0..=REDIRECT_LIMIT {
            if let Some(login) = address.userinfo() {
                carried = Some((address.origin(), login.clone()));
            }
            let own = carried
                .as_ref()
                .filter(|(origin, _)| *origin == address.origin());
            let login = self.credentials.known(&address);
            let login = login.or_else(|| own.map(|(_, login)| login.clone()));
            let response = self.get_with_login(&address, headers, login.as_ref())?;
            let status = response.status().as_u16();
            match status {
                200 | 206 | 416 => return Ok(Answer { response, address }),
                301 | 302 | 303 | 307 | 308 => address = follow(&address, response.headers())?,
                _ if is_passing(status) => {
                    let asked = header(response.headers(), &RETRY_AFTER)
                        .and_then(|text| parse_retry_after(text, SystemTime::now()));
                    return Err(Failure::Passing(Passing::Status(status), asked));
                }
                _ => {
                    return Err(ClientError::Status {
                        address,
                        status,
                        tries: 1,
                    }
                    .into());
                }
            }
        }
        Err(ClientError::Redirect {
            address,
            problem: "more than 10 times",
        }
        .into())
    }

    /// Sends the request once, and once more with the keyring's login where the first is refused.
    fn get_with_login(
        &self,
        address: &Address,
        headers: &[(&str, &str)],
        login: Option<&Login>,
    ) -> Result<Response<Body>, Failure> {
        let response = self.exchange(address, headers, login)?;
        let status = response.status().as_u16();
        if !matches!(status, 401 | 403) {
            return Ok(response);
        }
        drop(response);
        let refused = |status, logged_in| {
            ClientError::Refused {
                address: address.clone(),
                status,
                logged_in,
            }
            .into()
        };
        let asked = self
            .credentials
            .ask(address)
            .filter(|asked| Some(asked) != login);
        let Some(asked) = asked else {
            return Err(refused(status, login.is_some()));
        };
        let response = self.exchange(address, headers, Some(&asked))?;
        match response.status().as_u16() {
            status @ (401 | 403) => Err(refused(status, true)),
            _ => Ok(response),
        }
    }

    fn exchange(
        &self,
        address: &Address,
        headers: &[(&str, &str)],
        login: Option<&Login>,
    ) -> Result<Response<Body>, Failure> {
        let proxy = self.options.proxies.choose(&address.origin());
        let mut request = self.agent(address)?.get(address.request_text());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(login) = login {
            request = request.header(AUTHORIZATION, login.basic());
        }
        // The pool is keyed by proxy, so a setting per request does not cost the connection.
        let request = match proxy {
            Some(proxy) => request.config().proxy(Some(proxy)).build(),
            None => request,
        };
        request
            .call()
            .map_err(|error| transport_failure(address, error))
    }
}

fn follow(address: &Address, headers: &HeaderMap) -> Result<Address, ClientError> {
    let error = |problem| ClientError::Redirect {
        address: address.clone(),
        problem,
    };
    let location = header(headers, &LOCATION).ok_or_else(|| error("without saying where"))?;
    let next = address.join(location)?;
    if next.local_path().is_some() {
        return Err(error("to a local file"));
    }
    // Whoever reads along could change the page, and with it every digest on it.
    if address.is_https() && !next.is_https() {
        return Err(error("from `https` to `http`"));
    }
    Ok(next)
}

pub(super) fn header<'h>(headers: &'h HeaderMap, name: &ureq::http::HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn transport_failure(address: &Address, error: ureq::Error) -> Failure {
    let untrusted = match &error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => true,
        // How TLS alerts and bad certificates come out of a handshake.
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::InvalidData,
        _ => false,
    };
    let passing = match &error {
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Protocol(_) => !untrusted,
        _ => false,
    };
    let source = error.into_io();
    if passing {
        return Failure::Passing(Passing::transport(source), None);
    }
    let address = address.clone();
    Failure::Final(if untrusted {
        ClientError::Untrusted { address, source }
    } else {
        ClientError::Unreachable {
            address,
            tries: 1,
            source,
        }
    })
}
