//! How to serve.

use std::net::SocketAddr;
use std::time::Duration;

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
}
