//! How to serve.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::journal::Journal;
use crate::logs::Limits;

/// What the service is told when it starts.
#[derive(Debug, Clone)]
pub struct Options {
    pub listen: SocketAddr,
    /// Of callers whose access key is no account's number.
    pub account: String,
    /// Of callers who name none.
    pub region: String,
    /// How long a function stays `Pending`, or a change `InProgress`. Clients are written for a
    /// service in which both take a while.
    pub settling: Duration,
    /// How much of functions' logs is kept.
    pub logs: Limits,
    /// With which requests are signed. Without any, signatures are read and not checked.
    pub credentials: Option<Keys>,
    /// Names of this machine that requests may be sent to, besides its address and `localhost`.
    pub hosts: Vec<String>,
    /// Who is told of requests.
    pub journal: Option<Journal>,
}

/// An access key and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub access_key: String,
    pub secret_key: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Keys");
        shown
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}
