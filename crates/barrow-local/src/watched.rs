//! File descriptors that the asynchronous runtime waits for.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::unix::AsyncFd;

/// Takes a descriptor over; it must not block.
#[expect(
    unsafe_code,
    reason = "the call trusts its caller about who owns the descriptor"
)]
pub(crate) fn watched(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is closed by nobody else, and always names the same open file.
    unsafe { AsyncFd::register(descriptor) }.map_err(io::Error::from)
}
