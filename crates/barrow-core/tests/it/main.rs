//! The crate as its callers see it: archives that lie, and packages that every reader reads alike.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod hostile;
mod packages;
