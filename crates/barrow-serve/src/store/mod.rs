//! Records that outlive the service: `SQLite`, one table of documents.
//!
//! A record is known by its kind, by whose it is (account and region), by its owner (a function for
//! its versions; empty for what stands alone) and by its key. What a service answers is not stored;
//! what it needs for its answer is.

mod database;
mod records;

pub use database::OpenError;
pub(crate) use database::{Store, StoreError, connect};
pub(crate) use records::{Record, Records, Weight};

/// An account in a region: nothing is seen from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub(crate) struct Scope {
    pub account: String,
    pub region: String,
}

/// A number as a key: ordered as the numbers are.
pub(crate) fn number_key(number: u64) -> String {
    format!("{number:020}")
}
