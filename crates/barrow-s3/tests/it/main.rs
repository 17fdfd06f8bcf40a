//! S3 as its clients use it, over HTTP on loopback.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod clients;
mod kill;
mod model;
mod odd;
mod plain;
mod server;
mod smoke;
