//! S3 on this machine, as far as people use it with Lambda functions.
//!
//! A [`Storage`] is one folder: records in `SQLite`, bodies as files beside it. A [`Service`] answers
//! HTTP requests out of a storage. What was acknowledged survives a killed process. Bodies are
//! streams and never in memory as a whole; sizes are bytes.
//!
//! Left to others: listening, TLS, which hosts and origins may ask, and who else looks into the
//! storage.

mod caller;
mod checksum;
mod conditions;
mod error;
mod listing;
mod operations;
mod ranges;
mod receive;
mod records;
mod refusal;
mod reporter;
mod send;
mod service;
mod storage;

pub use caller::Account;
pub use error::{NoObject, OpenError};
pub use reporter::{Reporter, Silent};
pub use s3s::Body;
pub use service::{Authorise, Lookup, Service, Settings};
pub use storage::{Object, Storage};
