//! What happens while an image is pulled, told to whoever shows it.

/// Receives events from any thread. Every method does nothing unless overridden.
pub trait Reporter: Send + Sync {
    /// Something that takes time and has no known length: "unpacking layer 2 of 6".
    fn working(&self, what: &str) {
        let _ = what;
    }

    /// A download begins; `blob` is what it is to be called in front of the user.
    fn download_started(&self, blob: &str, bytes: u64) {
        let _ = (blob, bytes);
    }

    fn download_advanced(&self, blob: &str, bytes: u64) {
        let _ = (blob, bytes);
    }

    /// All bytes are there, and have the digest that they should have.
    fn download_finished(&self, blob: &str) {
        let _ = blob;
    }

    /// Something is tried again after `seconds`.
    fn retrying(&self, what: &str, reason: &str, seconds: f32) {
        let _ = (what, reason, seconds);
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {}
