//! From requirements to pins.
//!
//! The resolver is a trait; the one that there is runs the `uv` program. Whatever the user has
//! told uv or pip about indexes, proxies and passwords holds for it.

pub mod advice;
mod cache;
mod call;
mod compile;
mod environment;
mod error;
mod export;
mod failure;
pub mod index_config;
mod index_page;
mod install;
pub mod launchers;
mod newer;
mod offers;
pub mod pip_conf;
mod platform;
pub mod program;
mod request;
mod solve;
mod uv;

pub use environment::Environment;
pub use error::ResolveError;
pub use failure::Failure;
pub use index_page::{NoPages, PAGE_ACCEPT, ReadPage};
pub use install::InstallUvError;
pub use program::{FindUvError, UvProgram, UvSource};
pub use request::{Freshness, Newer, Request, Resolution, Resolver};
pub use uv::Uv;
