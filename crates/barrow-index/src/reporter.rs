//! What happens while requirements become wheels, told to whoever shows it.

use barrow_model::PackageName;

/// Receives events from any thread. Every method does nothing unless overridden.
pub trait Reporter: Send + Sync {
    /// Something that takes time and has no known length: "installing uv 0.13.8".
    fn working(&self, what: &str) {
        let _ = what;
    }

    /// Requirements are fixed to versions.
    fn resolved(&self, packages: usize) {
        let _ = packages;
    }

    /// A download begins; `bytes` where the index says how long it is.
    fn download_started(&self, file: &str, bytes: Option<u64>) {
        let _ = (file, bytes);
    }

    fn download_advanced(&self, file: &str, bytes: u64) {
        let _ = (file, bytes);
    }

    /// All bytes are there; they are being held against their digests.
    fn verifying(&self, file: &str) {
        let _ = file;
    }

    fn download_finished(&self, file: &str) {
        let _ = file;
    }

    /// A download is tried again after `seconds`.
    fn retrying(&self, file: &str, reason: &str, seconds: f32) {
        let _ = (file, reason, seconds);
    }

    /// A source distribution is being built to a wheel.
    fn building(&self, name: &PackageName, version: &str) {
        let _ = (name, version);
    }

    /// Something the user should know though nothing failed.
    fn note(&self, text: &str) {
        let _ = text;
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {}
