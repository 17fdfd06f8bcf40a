//! Remembering which wheel a URL without a digest gave last, for when there is no network.

use barrow_model::Sha256;
use sha2::Digest as _;

/// A name for the URL under which the store remembers; logins do not reach the disk.
pub(super) fn digest(url: &str) -> Sha256 {
    let mut hasher = sha2::Sha256::new();
    hasher.update("barrow url 1\n");
    hasher.update(url);
    Sha256::new(hasher.finalize().into())
}
