//! A Lambda on your desk.
//!
//! ```text
//! package ─▶ tree ─┐
//! interpreter ─────┼─▶ sandbox ◀─ runtime API ─▶ environment: init, invoke, freeze, shut down
//! runtime ─────────┘
//! ```
//!
//! A function runs as a process tree of its own, started through the runtime client that Lambda
//! itself uses. This crate makes its surroundings and answers its calls; it prints nothing and
//! reads no settings.

pub mod environment;
pub mod pool;
mod processes;
pub mod python;
mod runtime_api;
#[cfg(target_os = "linux")]
pub mod sandbox;
pub mod tree;
mod watched;

pub use environment::Environment;
pub use pool::Pool;

/// A script that Lambda starts the runtime through.
pub(crate) const WRAPPER_VARIABLE: &str = "AWS_LAMBDA_EXEC_WRAPPER";
