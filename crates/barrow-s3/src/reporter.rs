//! Who hears of what goes wrong on our side.

use std::error::Error;

/// Told of what clients only learn as `InternalError`.
pub trait Reporter: Send + Sync {
    /// `operation` is S3's, in the spelling of Rust, such as `put_object`.
    fn failed(&self, operation: &'static str, error: &(dyn Error + 'static));
}

/// Says nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Reporter for Silent {
    fn failed(&self, _operation: &'static str, _error: &(dyn Error + 'static)) {}
}
