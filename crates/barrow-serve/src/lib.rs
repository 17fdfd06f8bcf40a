//! A Lambda-compatible service on this machine.
//!
//! ```text
//! request ─▶ front ─▶ lambda: route ─▶ bind ─▶ validate ─▶ operation ─▶ answer
//!               └───▶ s3 · logs · sts · iam · function URL
//! ```

mod api;
mod front;
mod iam;
mod inspect;
mod invoke;
mod journal;
mod lambda;
mod logs;
mod metrics;
mod options;
mod server;
mod service;
mod store;
mod sts;
mod url;

pub use invoke::{Ground, Wanted};
pub use journal::{Form as JournalForm, Journal, Level};
pub use logs::Limits as LogLimits;
pub use options::{Keys, Options};
pub use server::{ServeError, Server};
pub use store::OpenError;
