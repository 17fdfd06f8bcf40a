//! A Lambda-compatible service on this machine.
//!
//! ```text
//! request ─▶ front ─▶ lambda: route ─▶ bind ─▶ validate ─▶ operation ─▶ answer
//! ```

mod api;
mod front;
mod invoke;
mod lambda;
mod logs;
mod options;
mod server;
mod service;
mod store;
mod url;

pub use invoke::{Ground, Wanted};
pub use logs::Limits as LogLimits;
pub use options::Options;
pub use server::{ServeError, Server};
pub use store::OpenError;
