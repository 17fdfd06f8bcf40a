//! Work that waits for a disk or for a lock, away from the runtime's own threads.

use std::panic::resume_unwind;

/// Does the work on another thread. It goes on when nobody waits for it any more.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| resume_unwind(error.into_panic()))
}
