//! A Lambda-compatible service on this machine.
//!
//! ```text
//! request ─▶ front ─▶ lambda: route ─▶ bind ─▶ validate ─▶ operation ─▶ answer
//! ```

mod api;
mod front;
mod invoke;
mod lambda;
mod options;
mod server;
mod service;
mod store;

pub use invoke::{Ground, Wanted};
pub use options::Options;
pub use server::{ServeError, Server};
pub use store::OpenError;
